"""A few pages of a portal, asked for as a crawl asks: robots.txt, politeness, the guard of addresses, the connect map.

What comes is kept in a store that the caller throws away; what is asked for next, the caller decides by what came.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scrapy.crawler import CrawlerProcess
from scrapy.settings import Settings

from archive.article import Turn
from archive.capture import Capture
from archive.store import Store
from archive.url import canonical
from crawler.config import Configuration
from crawler.fetch import settings as module
from crawler.fetch.frontier import Outcome, Visit
from crawler.fetch.recorder import Kept
from crawler.fetch.session import Session, open_session
from crawler.fetch.spider import PortalSpider, nothing, settings_of
from crawler.portals import Portal


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page to ask for, as a listing or as an article."""

    turn: Turn
    kind: str = "article"


@dataclass(frozen=True, slots=True)
class Taken:
    """A page that was asked for: its verdict on the wire, and its capture where an answer came that may be read."""

    wanted: Wanted
    verdict: str
    capture: Capture | None


Follow = Callable[[Taken], Sequence[Wanted]]


@dataclass(frozen=True, slots=True)
class Sampled:
    """What came, in order of coming, and why something did not, where that is known."""

    taken: tuple[Taken, ...]
    why: str


class SampleSpider(PortalSpider):
    """Asks for the pages wanted, and for those that `follow` wants when it has seen one."""

    name = "sample"

    def __init__(self, session: Session, wanted: Sequence[Wanted], follow: Follow, **rest: Any) -> None:
        super().__init__(session, **rest)
        self._wanted = wanted
        self._follow = follow

    async def start(self) -> AsyncIterator[Any]:
        """The pages that are wanted whatever comes; their robots.txt is asked for by the scheduler."""
        self.session.frontier.add([_visit(each) for each in self._wanted])
        for request in nothing():
            yield request

    def _outcome(self, visit: Visit, kept: Sequence[Kept]) -> Outcome:
        done = super()._outcome(visit, kept)
        if done.again or visit.kind not in ("article", "listing") or (done.verdict == "redirect" and done.found):
            return done
        last = kept[-1]
        shown = last.capture.shown if last.capture is not None else None
        turn = Turn(visit.url, visit.method, visit.body)
        taken = Taken(Wanted(turn, visit.kind), last.verdict, shown)
        return replace(done, found=[_visit(each) for each in self._follow(taken)])


def sample(
    store: Store, portal: Portal, configuration: Configuration, wanted: Sequence[Wanted], follow: Follow
) -> Sampled:
    """Asks for the pages wanted and what `follow` adds to them.  Once in a process: Scrapy's reactor starts no second time."""
    session = open_session(store, portal, configuration)
    chosen = Settings()
    chosen.setmodule(module)
    log = store.log(session.identity.crawl)
    log.parent.mkdir(parents=True, exist_ok=True)
    chosen.setdict({**settings_of(session), "LOG_FILE": str(log)}, priority="cmdline")
    logging.raiseExceptions = False
    process = CrawlerProcess(chosen)
    taken: list[Taken] = []

    def noted(one: Taken) -> Sequence[Wanted]:
        taken.append(one)
        return follow(one)

    process.crawl(SampleSpider, session=session, wanted=wanted, follow=noted)
    process.start()
    session.progress.end()
    session.leave()
    if session.fatal is not None:
        raise session.fatal
    refused = [each for each in wanted if session.robots.knows(each.turn.url)]
    refused = [each for each in refused if not session.robots.allows(each.turn.url)]
    why = session.troubles[0] if session.troubles else ("robots.txt refuses it" if refused else "no answer")
    return Sampled(tuple(taken), why)


def _visit(wanted: Wanted) -> Visit:
    turn = wanted.turn
    headers = {} if turn.method == "GET" else {"Content-Type": turn.media_type}
    key = f"{wanted.kind} {canonical(turn.url)} {turn.method} {turn.label}"
    context = {"category": [], "page": 1} if wanted.kind == "listing" else {}
    return Visit(wanted.kind, turn.url, key, turn.method, turn.body, headers, context=context)
