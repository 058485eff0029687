"""Which crawl a capture belongs to: what a page is shown with may have been captured by another, days before or after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from archive.errors import LuutruError
from archive.store import Store
from archive.tables.views import ask

_APART = timedelta(hours=12)
"""How far apart captures may be and still count as of one night, where no crawl is known to have made them."""
_CLOCK = timedelta(seconds=1)
"""Indexes tell times to the second."""


@dataclass(frozen=True, slots=True)
class Stand:
    """When something stood on the portal as it is shown: `at`, UTC, to the second, by the word of the capture in `file`
    (relative to `warc/`).  `repeated` where another capture than the one in `file` said so, by "not modified"."""

    at: datetime
    file: str
    repeated: bool = False

    @property
    def portal(self) -> str:
        return self.file.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Crawls:
    """The crawls that the tables know: by the WARCs that they wrote, and by portal with start and end."""

    files: Mapping[str, str] = field(default_factory=dict)
    spans: Mapping[str, list[tuple[datetime, datetime, str]]] = field(default_factory=dict)

    def of(self, stand: Stand) -> str | None:
        """The crawl that saw this; None where no finished one did."""
        if not stand.repeated and stand.file in self.files:
            return self.files[stand.file]
        spans = self.spans.get(stand.portal, ())
        # the later first: what ended with a second may share it with what began then
        return next((crawl for start, end, crawl in reversed(spans) if start - _CLOCK < stand.at <= end), None)

    def apart(self, one: Stand, other: Stand) -> bool:
        """Whether the two were seen by different crawls; where that is not known of both, more than twelve hours apart."""
        first, second = self.of(one), self.of(other)
        if first is not None and second is not None:
            return first != second
        return abs(one.at - other.at) > _APART


def read(store: Store) -> Crawls:
    """The crawls of a store, by its tables; none where these do not read: the captures can be shown all the same."""
    try:
        spans: dict[str, list[tuple[datetime, datetime, str]]] = {}
        text = "SELECT portal, started_at, finished_at, crawl FROM crawls WHERE action = 'crawl' ORDER BY started_at"
        for row in ask(store, text):
            spans.setdefault(row["portal"], []).append((row["started_at"], row["finished_at"], row["crawl"]))
        rows = ask(store, "SELECT DISTINCT warc_filename AS file, crawl FROM captures WHERE warc_filename IS NOT NULL")
    except LuutruError:
        return Crawls()
    return Crawls({row["file"]: row["crawl"] for row in rows}, spans)
