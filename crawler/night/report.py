"""What a night brought, portal by portal: gathered from its rows, told as a page, as JSON, and as a line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from archive.custody import manifest
from archive.moment import iso
from archive.store import Store
from archive.tables.views import ask
from crawler.fetch.progress import size
from crawler.night.afterwards import Afterwards

COLOURS = ("green", "amber", "red")

_MOST = 6
"""Kinds of trouble on the wire that are told of a portal."""


@dataclass(frozen=True, slots=True)
class PortalNight:
    """One portal's night; `colour` is red and `crawl` None where it has no row.  Times are seconds, sizes bytes."""

    portal: str
    colour: str
    reasons: tuple[str, ...]
    crawl: str | None = None
    articles: int = 0
    listed: int = 0
    completeness: float | None = None
    events: Mapping[str, int] | None = None
    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    troubles: tuple[str, ...] = ()
    vantage: str | None = None
    skew: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A night's report; `head` is the hash of the newest manifest: whoever keeps it can tell later that none was dropped."""

    night: date
    made_at: datetime
    portals: tuple[PortalNight, ...]
    head_number: int
    head: str | None
    stamp_trouble: str | None = None
    afterwards: tuple[Afterwards, ...] = ()

    @property
    def colour(self) -> str:
        """That of the worst portal, green without any; red where what was to be done afterwards went wrong."""
        colours = [one.colour for one in self.portals] + ["red" for one in self.afterwards if not one.good]
        return max(colours, key=COLOURS.index, default="green")

    def told(self) -> dict[str, Any]:
        """As JSON has it."""
        own = {"night": self.night.isoformat(), "made_at": iso(self.made_at), "colour": self.colour}
        chain = {"head": self.head, "manifests": self.head_number, "stamp_trouble": self.stamp_trouble}
        afterwards = [asdict(one) for one in self.afterwards]
        return {**own, **chain, "afterwards": afterwards, "portals": [asdict(one) for one in self.portals]}

    def line(self) -> str:
        """The night in a line."""
        counts = [f"{n} {c}" for c in COLOURS if (n := sum(one.colour == c for one in self.portals))]
        articles, size_ = sum(one.articles for one in self.portals), size(sum(one.bytes for one in self.portals))
        head = f"; chain head {self.head}" if self.head else ""
        return f"night {self.night}: {', '.join(counts) or 'no portal'}; {articles} articles, {size_}{head}"


def gather(store: Store, night: date, portals: tuple[str, ...], failed: Mapping[str, str], made_at: datetime) -> Report:
    """The report of a night's portals; `failed` are those that have no row of it, and why."""
    rows = ask(
        store,
        "SELECT * FROM crawls WHERE night = ? AND action = 'crawl' "
        "QUALIFY row_number() OVER (PARTITION BY portal ORDER BY committed_at DESC) = 1",
        night,
    )
    found = {str(row["portal"]): row for row in rows}
    number, head = manifest.head(store.manifests)
    told = _told(store, [str(row["crawl"]) for row in found.values()])
    nights = [
        _portal(found[name], told)
        if name in found
        else PortalNight(name, "red", (failed.get(name, "it was not crawled"),))
        for name in portals
    ]
    order = sorted(nights, key=lambda one: (-COLOURS.index(one.colour), one.portal))
    return Report(night, made_at, tuple(order), number, head)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the tables say of a night's crawls, by crawl: events by their names, and what went wrong on the wire."""

    events: Mapping[str, Mapping[str, int]]
    troubles: Mapping[str, Sequence[str]]


def _told(store: Store, crawls: Sequence[str]) -> _Told:
    """Asked once for all: opening the tables takes longer than any of these answers."""
    events: dict[str, dict[str, int]] = defaultdict(dict)
    troubles: dict[str, list[str]] = defaultdict(list)
    for row in ask(
        store,
        "SELECT crawl, CASE WHEN baseline THEN 'baseline' ELSE event END AS event, count(*) AS n FROM events "
        "WHERE list_contains(?, crawl) GROUP BY ALL ORDER BY ALL",
        list(crawls),
    ):
        events[row["crawl"]][row["event"]] = row["n"]
    for row in ask(
        store,
        "SELECT crawl, coalesce(failure, 'captures over a certificate that was not verified') AS what, count(*) AS n "
        "FROM captures WHERE list_contains(?, crawl) AND (failure IS NOT NULL OR NOT tls_verified) GROUP BY ALL "
        "ORDER BY n DESC, what",
        list(crawls),
    ):
        troubles[row["crawl"]].append(f"{row['n']} × {row['what']}")
    return _Told(events, troubles)


def _portal(row: dict[str, Any], told: _Told) -> PortalNight:
    crawl = row["crawl"]
    return PortalNight(
        portal=row["portal"],
        colour=row["colour"],
        reasons=tuple(row["reasons"] or ()),
        crawl=crawl,
        articles=row["articles"] or 0,
        listed=row["listing_entries"] or 0,
        completeness=row["completeness"],
        events=dict(told.events.get(crawl, {})),
        requests=row["requests"] or 0,
        bytes=row["bytes"] or 0,
        seconds=(row["finished_at"] - row["started_at"]).total_seconds(),
        troubles=tuple(told.troubles.get(crawl, ())[:_MOST]),
        vantage=row["vantage"],
        skew=row["clock_skew_s"],
    )
