"""The pages of a WACZ, in pages/pages.jsonl (articles, with their text) and pages/extraPages.jsonl (listings)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from archive.moment import iso
from archive.release.export import slices_of
from archive.wacz.package import Package
from archive.wacz.scope import Scope
from archive.warc.record import uri

PAGES, EXTRA = "pages/pages.jsonl", "pages/extraPages.jsonl"

_SLICE = 2048
_BATCH = 256
_LONGEST_TITLE, _LONGEST_TEXT = 1000, 1_000_000
_LONGEST_URL = 8192

_ARTICLES = """
SELECT article_id, record_id, r.url_original, r.title, r.lead, r.body, r.fetch_time AS fetch_time
FROM readings r JOIN pages USING (article_id, record_id, snapshot_id)
WHERE {during} ORDER BY r.fetch_time, article_id, record_id"""
_LISTINGS = """
SELECT DISTINCT c.url_original AS url_original, l.category AS category, l.page AS page, c.fetch_time AS fetch_time
FROM listings l JOIN captures c USING (record_id)
WHERE l.record_id IN (SELECT record_id FROM listings WHERE {listings}) AND c.method = 'GET'
AND l.record_id NOT IN (SELECT record_id FROM withheld) ORDER BY ALL"""


@dataclass(frozen=True, slots=True)
class Told:
    """How many pages were written, and the last of them in time: its address and when it was captured."""

    count: int
    url: str | None = None
    when: str | None = None


def write_pages(package: Package, sql: duckdb.DuckDBPyConnection, folder: Path) -> Told:
    """Writes a line for each reading that the table `pages` of the connection names, oldest capture first."""
    told = Told(0)
    waiting = folder / "pages.jsonl"
    with waiting.open("wb") as file:
        file.write(_line({"format": "json-pages-1.0", "id": "pages", "title": "Articles", "hasText": True}))
        for row in _articles(sql):
            url, when = uri(row["url_original"] or ""), _time(row["fetch_time"])
            if not url or len(url) > _LONGEST_URL:
                continue
            text = "\n\n".join(part for part in (row["lead"], row["body"]) if part)
            page = {
                "id": f"{row['article_id']}-{told.count + 1}",
                "url": url,
                "ts": when,
                "title": (row["title"] or url)[:_LONGEST_TITLE],
                "text": text[:_LONGEST_TEXT],
            }
            file.write(_line(page))
            told = Told(told.count + 1, url, when)
    package.add(PAGES, waiting, packed=True)
    return told


def write_listings(package: Package, sql: duckdb.DuckDBPyConnection, scope: Scope, folder: Path) -> int:
    """Writes a line for each page of a listing that an address alone leads to; how many there were."""
    if scope.listings is None:
        return 0
    count = 0
    waiting = folder / "extraPages.jsonl"
    with waiting.open("wb") as file:
        file.write(_line({"format": "json-pages-1.0", "id": "extra", "title": "Listings", "hasText": False}))
        answer = sql.sql(_LISTINGS.format(listings=scope.listings)).to_arrow_reader(_BATCH)
        for row in (row for batch in answer for row in batch.to_pylist()):
            url = uri(row["url_original"] or "")
            if not url or len(url) > _LONGEST_URL:
                continue
            count += 1
            title = f"{' › '.join(row['category'] or ())} ({row['page']})"
            page = {"id": f"listing-{count}", "url": url, "ts": _time(row["fetch_time"])}
            file.write(_line({**page, "title": title[:_LONGEST_TITLE]}))
    package.add(EXTRA, waiting, packed=True)
    return count


def _articles(sql: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    """By slices of time: DuckDB cannot sort texts that are longer than its memory."""
    minutes = sql.sql("SELECT date_trunc('minute', fetch_time), count(*) FROM pages GROUP BY 1 ORDER BY 1").fetchall()
    for start, end in slices_of(minutes, _SLICE):
        during = f"r.fetch_time >= TIMESTAMPTZ '{iso(start)}'" if start else "r.fetch_time IS NULL"
        during += f" AND r.fetch_time < TIMESTAMPTZ '{iso(end)}'" if end else ""
        for batch in sql.sql(_ARTICLES.format(during=during)).to_arrow_reader(_BATCH):
            yield from batch.to_pylist()


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _line(page: dict[str, object]) -> bytes:
    return json.dumps(page, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
