"""Articles that are online and that no listing shows any more.

Told only of categories that the crawl walked to their end: on other nights an entry is further down than the walk went.
A listing that shifts while it is paged through may drop an entry, so a first walk without it is a suspicion.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import duckdb
import pyarrow as pa

from archive.moment import parse_iso
from archive.tables import stage
from archive.tables.events import event
from archive.tables.join import Found, landing
from archive.tables.past import Past, plain
from archive.tables.rows import Json
from archive.url import article_id

_APART = timedelta(hours=24)

# where each entry was shown last, and by which categories ever
_SHOWN = """
SELECT e.url AS url, list(DISTINCT category) AS categories, max(fetch_time) AS shown_at,
    arg_max(record_id, fetch_time) AS record_id
FROM (SELECT category, fetch_time, record_id, unnest(entries) AS e FROM listings WHERE portal = $portal)
GROUP BY e.url"""


@dataclass(frozen=True, slots=True)
class Walked:
    """The last page of each category that a crawl walked to its end, and what listings had ever shown before (url,
    categories, shown_at, record_id); `shown` is None where no category was."""

    ends: Mapping[tuple[str, ...], Json]
    shown: pa.Table | None


def walked(sql: duckdb.DuckDBPyConnection, db: sqlite3.Connection, portal: str) -> Walked:
    """How far the staged crawl walked, beside what was shown before."""
    ends = _walked_to_the_end(db)
    if not ends:
        return Walked(ends, None)
    return Walked(ends, sql.sql(_SHOWN, params={"portal": portal}).to_arrow_table())


def of_listings(db: sqlite3.Connection, portal: str, found: Found, past: Past, far: Walked) -> Iterator[Json]:
    """Events of the articles that the staged crawl read and that left, or came back to, the listings it walked whole."""
    ends, listed = far.ends, found.categories.keys()
    yield from _relisted(db, past, listed)
    if far.shown is None:
        return
    gone = {name: shown for name, shown in _formerly(portal, found, far) if name not in listed}
    for row in stage.read_rows(db, "articles"):
        name = str(row["article_id"])
        shown = gone.pop(name, None)
        if shown is None or name not in past.articles:
            continue
        earlier = past.fate(name, "delisted")
        told = event(row, name) | {
            "event": "delisted",
            "confidence": "suspected",
            "not_before": shown["shown_at"],
            "not_after": max(str(end["fetch_time"]) for end in ends.values()),
            "hash_before": past.articles[name]["content_hash"],
            "reason": "in no listing",
            "evidence": [str(shown["record_id"]), *sorted(str(end["record_id"]) for end in ends.values())],
        }
        if earlier is None:
            yield told
        elif (
            earlier["confidence"] == "suspected"
            and parse_iso(str(told["not_after"])) - parse_iso(str(earlier["not_after"])) >= _APART
        ):
            yield told | {
                "confidence": "confirmed",
                "confirmations": int(str(earlier["confirmations"])) + 1,
                "not_before": earlier["not_before"],
                "not_after": earlier["not_after"],
            }


def _relisted(db: sqlite3.Connection, past: Past, listed: Collection[str]) -> Iterator[Json]:
    for row in stage.read_rows(db, "articles"):
        name = str(row["article_id"])
        if name in listed and (left := past.fate(name, "delisted")):
            yield event(row, name) | {
                "event": "returned",
                "not_before": left["not_after"],
                "not_after": row["fetch_time"],
                "reason": "listed again",
                "evidence": [str(row["record_id"])],
            }


def _walked_to_the_end(db: sqlite3.Connection) -> Mapping[tuple[str, ...], Json]:
    """The last page of each category that was walked to its end, page by page."""
    pages: dict[tuple[str, ...], dict[int, Json]] = {}
    for row in stage.read_rows(db, "listings"):
        category = row["category"]
        assert isinstance(category, list)
        pages.setdefault(tuple(map(str, category)), {})[int(str(row["page"]))] = row
    ends = {}
    for path, rows in pages.items():
        last = max(rows)
        if rows[last]["next"] is None and len(rows) == last and any(row["entries"] for row in rows.values()):
            ends[path] = rows[last]
    return ends


def _formerly(portal: str, found: Found, far: Walked) -> Iterator[tuple[str, Json]]:
    """What listings showed once, all of whose categories were walked to their end now: id, when and where it was shown."""
    assert far.shown is not None
    for batch in far.shown.to_batches(max_chunksize=1000):
        for row in batch.to_pylist():
            if all(tuple(path) in far.ends for path in row["categories"]):
                yield article_id(portal, landing(found.moved, str(row["url"]))), plain(row)
