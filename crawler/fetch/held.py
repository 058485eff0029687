"""A crawl that is over and waits in staging to be committed with others: what it knows of itself, noted in its frontier."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from archive.custody.signing import Signer
from archive.store import Store
from archive.tables.attempt import Custody
from archive.tables.commit import CrawlFacts
from archive.tables.gaps import Fates
from archive.tables.judgement import Expected
from archive.warc.seen import Seen
from crawler.fetch.frontier import Frontier
from crawler.portals import Portal
from crawler.reread import reader

_NOTE = "held"


@dataclass(frozen=True, slots=True)
class Held:
    """What a crawl's end knows and nothing in staging tells; the fields are those of CrawlFacts."""

    crawl: str
    cut_short: str | None
    own: Mapping[str, object]
    remarks: tuple[str, ...]
    custody: Custody


def facts_of(store: Store, portal: Portal, frontier: Frontier, held: Held, seen: Seen) -> CrawlFacts:
    """The facts of a crawl that is over; what staging tells is read from its frontier."""
    expected = Expected(
        tuple(category.path for category in portal.categories),
        portal.expect.listing_links,
        portal.expect.filled,
        portal.hosts,
    )
    return CrawlFacts(
        held.crawl,
        portal.name,
        held.cut_short,
        held.own,
        expected,
        held.remarks,
        Fates(frontier.unread(), held.cut_short, portal.walk.overdue_days),
        {tuple(json.loads(path)): int(page) for path, page in frontier.notes("swept ").items()},
        reader(store, portal, str(held.own["extractor_version"]), seen),
        held.custody,
    )


def hold(frontier: Frontier, facts: CrawlFacts) -> None:
    """Notes the facts of a crawl that is over, for a later commit; the key that signs is not among them."""
    told = {
        "crawl": facts.crawl,
        "cut_short": facts.cut_short,
        "own": dict(facts.own),
        "remarks": list(facts.remarks),
        "told": dict(facts.custody.told),
        "warcs": list(facts.custody.warcs),
    }
    frontier.note(**{_NOTE: json.dumps(told, ensure_ascii=False)})


def held_in(frontier: Frontier, key: Signer | None) -> Held | None:
    """What was noted of a crawl that is over, to be signed with `key`; None where it is not over."""
    noted = frontier.noted(_NOTE)
    if noted is None:
        return None
    told = json.loads(noted)
    custody = Custody(told["told"], tuple(told["warcs"]), key)
    return Held(told["crawl"], told["cut_short"], told["own"], tuple(told["remarks"]), custody)


def night_of(frontier: Frontier) -> date | None:
    """The night that the crawl in staging counts for; None where there is none."""
    noted = frontier.noted("night")
    return date.fromisoformat(noted) if noted else None
