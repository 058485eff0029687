"""A snapshot: all tables move together or not at all.  `crawls` goes last, and its rows make the others visible.

One commit a table, whatever number of crawls the snapshot holds.  Commits of one store follow one another, so that a
snapshot's events are compared with all that was known before it, and snapshots have one order for ever.  An attempt that
dies before its last commit leaves rows under a snapshot id that no view shows; the next attempt has a new id.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TypeVar
from uuid import uuid4

import duckdb

from archive.custody.clock import skew, synchronised
from archive.moment import iso
from archive.store import Store
from archive.tables import stage
from archive.tables.attempt import Attempt, Custody
from archive.tables.comparison import Comparison, compare
from archive.tables.gaps import Fates
from archive.tables.join import stands
from archive.tables.judgement import Expected, judge
from archive.tables.past import Reread
from archive.tables.rows import Json
from archive.tables.schema import ARTICLES, CAPTURES, CRAWLS, EVENTS, GAPS, LISTINGS
from archive.tables.shrunk import former_counts
from archive.tables.views import ask, connect

One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class CrawlFacts:
    """What the crawl itself knows and no row tells; the keys of `own` are columns of crawls, `remarks` make it amber.

    `swept_from` is the first page of each category that only a sweep came to; `reread` reads a former capture by the
    version in force.  `custody` is what holds the crawl's manifest to its word.
    """

    crawl: str
    portal: str
    cut_short: str | None
    own: Mapping[str, object]
    expected: Expected = field(default_factory=Expected)
    remarks: tuple[str, ...] = ()
    fates: Fates = field(default_factory=Fates)
    swept_from: Mapping[tuple[str, ...], int] = field(default_factory=dict)
    reread: Reread = lambda _known: None
    custody: Custody = field(default_factory=Custody)


@dataclass(frozen=True, slots=True)
class Staged:
    """A crawl that waits to be committed: its staging database, and what it knows of itself."""

    db: sqlite3.Connection
    facts: CrawlFacts


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A commit: its id, and the rows of crawls that made it visible, in the order of their portals."""

    id: str
    rows: tuple[Json, ...]

    @property
    def row(self) -> Json:
        """The row of a snapshot of one crawl."""
        (row,) = self.rows
        return row


def new_snapshot_id(now: datetime) -> str:
    """An id that sorts by time: fourteen digits in UTC and six random hex digits."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{uuid4().hex[:6]}"


def commit(store: Store, db: sqlite3.Connection, facts: CrawlFacts) -> Snapshot:
    """Commits a staged crawl as one snapshot.  Its captures must be closed and synced before."""
    return commit_all(store, [Staged(db, facts)])


def commit_all(store: Store, crawls: Sequence[Staged]) -> Snapshot:
    """Commits staged crawls of different portals as one snapshot.  Their captures must be closed and synced before."""
    staged = sorted(crawls, key=lambda one: one.facts.portal)
    with store.commit_lock():
        now = _after_all(store)
        id_ = new_snapshot_id(now)
        attempt = Attempt(store, id_, (one.facts.crawl for one in staged))
        with connect(store) as sql:
            compared = [_compare(sql, one, now) for one in staged]
            former = [former_counts(sql, one.facts.portal) for one in staged]
        attempt.append(CAPTURES, lambda: _each(staged, lambda one: stage.read_rows(one.db, "captures")))
        attempt.append(ARTICLES, lambda: _each(compared, Comparison.articles))
        attempt.append(LISTINGS, lambda: _each(staged, lambda one: stage.read_rows(one.db, "listings")))
        attempt.append(EVENTS, lambda: _each(compared, Comparison.events))
        attempt.append(GAPS, lambda: _each(compared, Comparison.gaps))
        rows = tuple(
            attempt.told(_crawl_row(one, found, now, counts), one.facts.custody, stage.files(one.db))
            for one, found, counts in zip(staged, compared, former, strict=True)
        )
        attempt.append(CRAWLS, lambda: iter(rows))
        return Snapshot(id_, rows)


def commit_readings(store: Store, db: sqlite3.Connection, facts: CrawlFacts, articles: list[Json]) -> Snapshot:
    """Commits another version's readings of captures that are committed already: rows are added, none is replaced."""
    with store.commit_lock():
        now = _after_all(store)
        snapshot = new_snapshot_id(now)
        attempt = Attempt(store, snapshot, [facts.crawl])
        attempt.append(ARTICLES, lambda: iter(articles))
        attempt.append(LISTINGS, lambda: stage.read_rows(db, "listings"))
        row: Json = {
            "crawl": facts.crawl,
            "portal": facts.portal,
            "action": "reextract",
            "committed_at": iso(now),
            "failed": 0,
            "reasons": [],
            "articles": len(articles),
            "listing_pages": stage.count(db, "listings"),
            **facts.own,
        }
        row = attempt.told(row, facts.custody)
        attempt.append(CRAWLS, lambda: iter([row]))
        return Snapshot(snapshot, (row,))


def _after_all(store: Store) -> datetime:
    """Now, or a moment after the newest snapshot where the clock stands before that: snapshots are in order of time."""
    newest = ask(store, "SELECT max(committed_at) AS time FROM crawls")[0]["time"]
    now = datetime.now(UTC)
    return now if newest is None or now > newest else newest + timedelta(microseconds=1)


def _compare(sql: duckdb.DuckDBPyConnection, one: Staged, now: datetime) -> Comparison:
    facts = one.facts
    return compare(
        sql,
        one.db,
        facts.crawl,
        facts.portal,
        now,
        whole=facts.cut_short is None,
        swept_from=facts.swept_from,
        fates=facts.fates,
        reread=facts.reread,
    )


def _crawl_row(one: Staged, compared: Comparison, now: datetime, former: Mapping[tuple[str, ...], int]) -> Json:
    facts, found = one.facts, compared.found
    totals = _captured(one.db)
    missing = len(found.entries - compared.held)
    row: Json = {
        "crawl": facts.crawl,
        "portal": facts.portal,
        "cut_short": facts.cut_short,
        "committed_at": iso(now),
        **totals,
        "listing_pages": stage.count(one.db, "listings"),
        "listing_entries": len(found.entries),
        "articles": len(compared.read),
        "missing": missing,
        "completeness": 1 - missing / len(found.entries) if found.entries else None,
        "categories": compared.categories(),
        "overdue": len(compared.late),
        "clock_skew_s": skew(_dates(one.db)),
        "clock_synced": synchronised(),
        "mass_vanishing": sum(compared.refusals.mass.values()) or None,
        **facts.own,
    }
    colour, reasons = judge(row, one.db, compared.filled, facts.expected, compared.refusals.mass, former)
    remarks = [*facts.remarks, *compared.remarks()]
    if remarks and colour == "green":
        colour = "amber"
    return row | {"colour": colour, "reasons": [*reasons, *remarks]}


def _captured(db: sqlite3.Connection) -> Json:
    """What the crawl brought, of everything: exchanges, bytes, and good captures of images and files."""
    kinds: Counter[str] = Counter()
    received = requests = 0
    for row in stage.read_rows(db, "captures"):
        requests += 1
        received += int(str(row["bytes"]))
        if stands(row):
            kinds[str(row["kind"])] += 1
    return {"requests": requests, "bytes": received, "images": kinds["image"], "attachments": kinds["attachment"]}


def _dates(db: sqlite3.Connection) -> Iterator[tuple[str | None, str | None]]:
    """Our time of each answer and the server's."""
    for row in stage.read_rows(db, "captures"):
        ours, theirs = row.get("fetch_time"), row.get("server_date")
        yield str(ours) if ours else None, str(theirs) if theirs else None


def _each(crawls: Iterable[One], rows: Callable[[One], Iterator[Json]]) -> Iterator[Json]:
    return chain.from_iterable(map(rows, crawls))
