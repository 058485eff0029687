"""One record as a person would like to read it, and the list of snapshots."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from archive.moment import iso, local
from archive.store import Store
from archive.tables.views import ask

_WIDTH = 96


def lines(row: dict[str, Any]) -> Iterator[str]:
    """The record, line by line: what the page says first, where the bytes are last.  Times are local."""
    yield from textwrap.wrap(row["title"], _WIDTH)
    yield ""
    yield f"  {' › '.join(row['category'])}" if row["category"] else "  (no category)"
    yield f"  published  {_published(row)}"
    if row["modified_raw"]:
        yield f"  modified   {row['modified_raw']}"
    for key in ("author", "source"):
        if row[key]:
            yield f"  {key:<10} {row[key]}"
    yield f"  address    {row['url']}"
    yield f"  state      {row['state']}, last confirmed {local(row['last_confirmed_at'])} (Vietnam)"
    yield ""
    if row["lead"]:
        yield from textwrap.wrap(row["lead"], _WIDTH, initial_indent="  ", subsequent_indent="  ")
        yield ""
    for paragraph in (row["body"] or "").split("\n\n"):
        for line in paragraph.split("\n"):
            yield from textwrap.wrap(line, _WIDTH)
        yield ""
    for image in row["images"] or ():
        yield f"  image {image['position']}: {image['caption'] or '(no caption)'}"
        if image["credit"]:
            yield f"     credit {image['credit']}"
        size = f"{image['width']}×{image['height']}, " if image["width"] else ""
        yield f"     {image['url']}"
        yield f"     {size}{image['content_digest'] or 'never fetched'}"
    for file in row["attachments"] or ():
        yield f"  file: {file['name']}"
        yield f"     {file['url']}"
        yield f"     {file['size'] if file['size'] is not None else '?'} bytes, {file['content_digest'] or 'never fetched'}"
    yield ""
    yield "  Where its bytes are"
    yield f"     warc/{row['warc_filename']}"
    yield f"     offset {row['warc_record_offset']}, length {row['warc_record_length']}"
    yield f"     record {row['record_id']}"
    yield f"     captured {local(row['fetch_time'])} (Vietnam), crawl {row['crawl']}"
    yield f"     read by {row['layout']}, {row['extractor_version']}; article {row['article_id']}"


def snapshots(store: Store) -> list[dict[str, Any]]:
    """Every snapshot, oldest first: id, time, portals, counts, completeness (of its entries all together), and how many
    events of each kind it brought (those of a baseline apart)."""
    rows = ask(
        store,
        "SELECT snapshot_id AS id, max(committed_at) AS time, list(DISTINCT portal ORDER BY portal) AS portals, "
        "sum(articles)::BIGINT AS articles, sum(images)::BIGINT AS images, sum(requests)::BIGINT AS requests, "
        "1 - sum(missing) / nullif(sum(listing_entries), 0) AS completeness "
        "FROM crawls GROUP BY snapshot_id ORDER BY time, id",
    )
    told: dict[str, dict[str, int]] = {}
    for row in ask(
        store,
        "SELECT snapshot_id, CASE WHEN baseline THEN 'baseline' ELSE event END AS event, count(*) AS n "
        "FROM events GROUP BY ALL ORDER BY ALL",
    ):
        told.setdefault(row["snapshot_id"], {})[row["event"]] = row["n"]
    return [
        {
            "id": row["id"],
            "time": iso(row["time"]),
            "portals": row["portals"],
            "counts": {key: row[key] for key in ("articles", "images", "requests")},
            "completeness": row["completeness"],
            "events": told.get(row["id"], {}),
        }
        for row in rows
    ]


def _published(row: dict[str, Any]) -> str:
    if row["published_at"]:
        return f"{local(row['published_at'])} (Vietnam; the page says {row['published_raw']!r})"
    if row["published_date"]:
        return f"{row['published_date']:%d/%m/%Y} (the page says {row['published_raw']!r})"
    return "not on the page"
