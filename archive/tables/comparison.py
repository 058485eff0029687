"""A staged crawl held against what was known before it: its articles joined, its events, its gaps.

Rows are told one by one as they are asked for, so that a crawl may be larger than memory; what is counted on the way is
there when they have been told, and is counted anew where they are asked for again.  Tables are read in `compare` alone:
rows are asked for while tables are being written.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from archive.moment import iso
from archive.tables import delisting, events, gaps, join, stage
from archive.tables.filled import Filled
from archive.tables.past import Past, Reread, past_of, recall
from archive.tables.refusals import Refusals, of_refusals, refusals
from archive.tables.rows import Json
from archive.url import host_of


@dataclass
class Comparison:
    """One crawl's; made by `compare`."""

    db: sqlite3.Connection
    portal: str
    whole: bool
    fates: gaps.Fates
    found: join.Found
    behind: join.Bytes
    past: Past
    read: frozenset[str]
    resting: frozenset[str]
    refusals: Refusals
    walked: delisting.Walked
    late: Sequence[Json]
    filled: Filled = field(default_factory=Filled)
    _lacking: defaultdict[tuple[str, ...], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def held(self) -> frozenset[str]:
        """The ids of articles that were read, and of those that listings show as before and that were not due."""
        return self.read | self.resting

    def articles(self) -> Iterator[Json]:
        """The rows of articles: the crawl's own, joined, and former captures that a new version had to read again."""
        self.filled = Filled()
        for row in self._joined():
            self.filled.count(row)
            yield row
        yield from self.past.read_again()

    def events(self) -> Iterator[Json]:
        """What happened."""
        arrived = frozenset(onward for onward, _ in self.refusals.moves.values())
        good: set[str] = set()
        for row in self._joined():
            good.add(host_of(str(row["url"])))
            yield from events.of_article(row, self.past, self.found, arrived)
        if self.whole:
            yield from of_refusals(self.refusals, self.past, frozenset(good))
            if not self.refusals.mass:
                yield from delisting.of_listings(self.db, self.portal, self.found, self.past, self.walked)

    def gaps(self) -> Iterator[Json]:
        """What was promised and is not there."""
        self._lacking.clear()
        for row in gaps.of_listings(self.db, self.portal, self.found, self.held, self.fates):
            path = row["category"]
            assert isinstance(path, list)
            self._lacking[tuple(path)][str(row["why"])] += 1
            yield row
        yield from self.late

    def categories(self) -> list[Json]:
        """What came of each category's entries; after `gaps`."""
        return gaps.by_category(self.db, self.found, self._lacking)

    def remarks(self) -> Iterator[str]:
        """What a person should know of the comparison."""
        if self.past.unread:
            yield (
                f"{len(self.past.unread)} articles were not compared: an earlier version read them, and their bytes could "
                "not be read again"
            )
        if self.late:
            days = self.fates.overdue_days
            yield f"{len(self.late)} known articles are overdue: they were not asked for more than {days} days"

    def _joined(self) -> Iterator[Json]:
        return join.articles(self.db, self.found, self.behind)


def compare(
    sql: duckdb.DuckDBPyConnection,
    db: sqlite3.Connection,
    crawl: str,
    portal: str,
    now: datetime,
    *,
    whole: bool,
    swept_from: Mapping[tuple[str, ...], int],
    fates: gaps.Fates,
    reread: Reread,
) -> Comparison:
    """Holds a staged crawl against the views in `sql`; `whole` is false where it was cut short."""
    found = join.found_in(db, portal, swept_from)
    behind = join.bytes_behind(sql, db, portal, iso(now))
    past = past_of(sql, db, portal)
    recall(sql, past, join.articles(db, found, behind), reread)
    read = frozenset(stage.names(db, "articles"))
    resting = gaps.resting(sql, portal, found, past.asked | read, fates)
    told = refusals(db, portal, past, found.moved, read)
    far = delisting.walked(sql, db, portal)
    days = fates.overdue_days
    late = list(gaps.overdue(sql, past.asked, portal, crawl, now, days)) if days is not None else []
    return Comparison(db, portal, whole, fates, found, behind, past, read, resting, told, far, late)
