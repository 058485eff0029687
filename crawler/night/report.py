"""What a night brought, portal by portal: gathered from its rows, told as a page, as JSON, and as a line."""

from __future__ import annotations

from collections.abc import Mapping
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
    nights = [
        _portal(store, found[name])
        if name in found
        else PortalNight(name, "red", (failed.get(name, "it was not crawled"),))
        for name in portals
    ]
    order = sorted(nights, key=lambda one: (-COLOURS.index(one.colour), one.portal))
    return Report(night, made_at, tuple(order), number, head)


def _portal(store: Store, row: dict[str, Any]) -> PortalNight:
    crawl = row["crawl"]
    events = ask(
        store,
        "SELECT CASE WHEN baseline THEN 'baseline' ELSE event END AS event, count(*) AS n FROM events WHERE crawl = ? "
        "GROUP BY ALL ORDER BY ALL",
        crawl,
    )
    troubles = ask(
        store,
        "SELECT failure, count(*) AS n FROM captures WHERE crawl = ? AND failure IS NOT NULL "
        "GROUP BY failure ORDER BY n DESC, failure LIMIT 5",
        crawl,
    )
    unverified = ask(store, "SELECT count(*) AS n FROM captures WHERE crawl = ? AND NOT tls_verified", crawl)[0]["n"]
    told = [f"{one['n']} × {one['failure']}" for one in troubles]
    told += [f"{unverified} captures over a certificate that was not verified"] if unverified else []
    return PortalNight(
        portal=row["portal"],
        colour=row["colour"],
        reasons=tuple(row["reasons"] or ()),
        crawl=crawl,
        articles=row["articles"] or 0,
        listed=row["listing_entries"] or 0,
        completeness=row["completeness"],
        events={one["event"]: one["n"] for one in events},
        requests=row["requests"] or 0,
        bytes=row["bytes"] or 0,
        seconds=(row["finished_at"] - row["started_at"]).total_seconds(),
        troubles=tuple(told),
        vantage=row["vantage"],
        skew=row["clock_skew_s"],
    )
