"""Which crawl a portal's staging is of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import uuid4

from archive.moment import iso, local_date, parse_iso
from crawler.fetch.frontier import Frontier


@dataclass(frozen=True, slots=True)
class Identity:
    """A crawl: its id, the night that it counts for, when it began (UTC), and whether a process before this one began it."""

    crawl: str
    night: date
    started: datetime
    resumed: bool


def identity_of(portal: str, frontier: Frontier, night: date | None) -> Identity:
    """The crawl that the frontier is of; a new one, for `night` or today's, where it is of none yet."""
    crawl = frontier.noted("crawl")
    if crawl is None:
        now = datetime.now(UTC)
        crawl = f"{portal}-{now:%Y%m%dT%H%M%SZ}-{uuid4().hex[:6]}"
        chosen = night or local_date(now)
        frontier.note(crawl=crawl, night=chosen.isoformat(), started=iso(now))
        return Identity(crawl, chosen, now, resumed=False)
    kept_night = date.fromisoformat(frontier.noted("night") or "")
    return Identity(crawl, kept_night, parse_iso(frontier.noted("started") or ""), resumed=True)
