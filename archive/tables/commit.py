"""A snapshot: all tables move together or not at all.  `crawls` goes last, and its row makes the others visible.

An attempt that dies before that leaves rows under a snapshot id that no view shows; the next attempt has a new id.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from uuid import uuid4

import pyarrow as pa

from archive.moment import iso, month, parse_iso
from archive.store import Store
from archive.tables import events, join, stage
from archive.tables.delta import append
from archive.tables.judgement import Expected, judge
from archive.tables.rows import Json, table
from archive.tables.schema import ARTICLES, CAPTURES, CRAWLS, EVENTS, LISTINGS, Table

_BATCH = 2000


@dataclass(frozen=True, slots=True)
class CrawlFacts:
    """What the crawl itself knows and no row tells; the keys of `own` are columns of crawls, `remarks` make it amber."""

    crawl: str
    portal: str
    cut_short: str | None
    own: Mapping[str, object]
    expected: Expected = field(default_factory=Expected)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A commit: its id, and the row of crawls that made it visible."""

    id: str
    row: Json


def new_snapshot_id(now: datetime) -> str:
    """An id that sorts by time: fourteen digits in UTC and six random hex digits."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{uuid4().hex[:6]}"


def commit(store: Store, db: sqlite3.Connection, facts: CrawlFacts) -> Snapshot:
    """Commits a staged crawl as one snapshot.  Its captures must be closed and synced before."""
    now = datetime.now(UTC)
    snapshot = new_snapshot_id(now)
    note = {"snapshot_id": snapshot, "crawl": facts.crawl}
    found = join.found_in(db, facts.portal)
    behind = join.bytes_behind(store, db, facts.portal, iso(now))
    rows = list(join.articles(db, found, behind))
    happened = events.compare(store, db, facts.portal, rows, found.moved, facts.cut_short is None)
    totals = _totals(db, rows, found)
    _append(store, CAPTURES, stage.read_rows(db, "captures"), snapshot, note)
    _append(store, ARTICLES, iter(rows), snapshot, note)
    _append(store, LISTINGS, stage.read_rows(db, "listings"), snapshot, note)
    _append(store, EVENTS, iter(happened.events), snapshot, note)
    row: Json = {
        "crawl": facts.crawl,
        "portal": facts.portal,
        "cut_short": facts.cut_short,
        "committed_at": iso(datetime.now(UTC)),
        **totals,
        **facts.own,
    }
    colour, reasons = judge(row, db, rows, facts.expected, happened.mass_vanishing)
    if facts.remarks and colour == "green":
        colour = "amber"
    row |= {"colour": colour, "reasons": [*reasons, *facts.remarks]}
    _append(store, CRAWLS, iter([row]), snapshot, note)
    return Snapshot(snapshot, row)


def commit_readings(store: Store, db: sqlite3.Connection, facts: CrawlFacts, articles: list[Json]) -> Snapshot:
    """Commits another version's readings of captures that are committed already: rows are added, none is replaced."""
    snapshot = new_snapshot_id(datetime.now(UTC))
    note = {"snapshot_id": snapshot, "crawl": facts.crawl}
    totals = _totals(db, articles, join.found_in(db, facts.portal))
    _append(store, ARTICLES, iter(articles), snapshot, note)
    _append(store, LISTINGS, stage.read_rows(db, "listings"), snapshot, note)
    row: Json = {
        "crawl": facts.crawl,
        "portal": facts.portal,
        "action": "reextract",
        "committed_at": iso(datetime.now(UTC)),
        "failed": 0,
        "reasons": [],
        **totals,
        **facts.own,
    }
    _append(store, CRAWLS, iter([row]), snapshot, note)
    return Snapshot(snapshot, row)


def _totals(db: sqlite3.Connection, articles: list[Json], found: join.Found) -> Json:
    kinds: dict[str, int] = {}
    received = requests = 0
    for row in stage.read_rows(db, "captures"):
        requests += 1
        received += int(str(row["bytes"]))
        if join.stands(row):
            kinds[str(row["kind"])] = kinds.get(str(row["kind"]), 0) + 1
    read = {str(row["article_id"]) for row in articles}
    missing = len(found.entries - read)
    return {
        "requests": requests,
        "bytes": received,
        "listing_pages": stage.count(db, "listings"),
        "listing_entries": len(found.entries),
        "articles": len(articles),
        "images": kinds.get("image", 0),
        "attachments": kinds.get("attachment", 0),
        "missing": missing,
        "completeness": 1 - missing / len(found.entries) if found.entries else None,
    }


def _append(store: Store, target: Table, rows: Iterator[Json], snapshot: str, note: Mapping[str, str]) -> None:
    first = list(islice(rows, 1))
    if not first:
        return
    batches = _batches(target, first, rows, snapshot)
    append(store, target, pa.RecordBatchReader.from_batches(target.schema, batches), note)


def _batches(target: Table, first: list[Json], rows: Iterable[Json], snapshot: str) -> Iterator[pa.RecordBatch]:
    more = iter(rows)
    batch = first + list(islice(more, _BATCH))
    while batch:
        marked = [row | {"snapshot_id": snapshot, "month": _month(row)} for row in batch]
        yield from table(marked, target.schema).to_batches()
        batch = list(islice(more, _BATCH))


def _month(row: Json) -> str:
    when = row.get("fetch_time") or row.get("not_after") or row.get("committed_at")
    return month(parse_iso(str(when)))
