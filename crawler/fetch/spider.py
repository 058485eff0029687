"""The spider: walks a portal's listings, reads its articles, fetches their images and files.

It holds no state of its own: what it finds goes to the frontier with the outcome of the visit that found it.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.article import Article, Listing, Requisite, Turn
from archive.capture import Capture
from archive.errors import LuutruError
from archive.moment import iso
from archive.store import create_store
from archive.tables import stage
from archive.tables.known import File, entry_mark
from archive.tables.rows import Asked, redirect_of
from archive.url import canonical
from crawler import config, portals
from crawler.extract.requisites import captured_stylesheet_requisites
from crawler.extract.verdict import is_trap
from crawler.fetch import rest, robots
from crawler.fetch.frontier import Outcome, Visit
from crawler.fetch.recorder import Kept
from crawler.fetch.scheduler import robots_visit
from crawler.fetch.session import Session, fault, open_session
from crawler.record import record

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_ATTEMPTS = 3
_PAGES_A_LISTING = 5000
_WRAPS_TO = 10
_REDIRECTS = 5
_AGAIN = {"failed", "truncated", "throttled", "error"}
_DEAD_AFTER = 10
_DEPTH = 5
_REQUISITES = 5000
_DOUBTS = 100
"""Refusals of a night that are asked about once more: where there are so many, the portal is in trouble."""


class PortalSpider(Spider):
    """`scrapy crawl portal -a portal=NAME`; `luutru crawl NAME` runs it with a session that is open already."""

    name = "portal"

    def __init__(self, session: Session, **rest: Any) -> None:
        super().__init__(**rest)
        self.session = session
        self._silent: dict[str, int] = {}
        self._shown: set[str] = set()
        self._doubts = 0

    @classmethod
    def from_crawler(
        cls, crawler: Crawler, *args: Any, portal: str = "", session: Session | None = None, **rest: Any
    ) -> PortalSpider:
        """Scrapy's way of making one: without a session, the portal is opened in the store that the settings name."""
        if session is None:
            chosen = crawler.settings
            folders = [Path(folder) for folder in chosen.getlist("LUUTRU_PORTALS")]
            found = portals.find(portal, folders)
            store = create_store(Path(chosen.get("LUUTRU_STORE")))
            session = open_session(store, found, config.read())
            crawler.settings.setdict(settings_of(session), priority="spider")
            atexit.register(session.leave)
        spider = super().from_crawler(crawler, *args, session=session, **rest)
        assert isinstance(spider, PortalSpider)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """The hosts' robots.txt, the categories' first pages, and the articles that earlier crawls know."""
        session = self.session
        visits: list[Visit] = []
        for category in session.portal.categories:
            visits.append(robots_visit(category.url))
            visits.append(_listing(Turn(category.url), category.path, 1))
        visits.extend(rest.left(session.store, session.portal))
        visits.extend(_article(url, "", 1) for url in sorted(session.known.due))
        visits.extend(_file(file) for file in session.known.due_files.values())
        session.frontier.add(visits)
        for request in nothing():
            yield request

    async def parse(self, response: Response) -> None:
        """Reads what came and settles the visit; returns when that is on the disk."""
        request = response.request
        assert request is not None
        visit: Visit = request.meta["visit"]
        kept: list[Kept] = request.meta["kept"]
        self._note_answer(visit.url, True)
        await self._settle(visit, kept)

    async def failed(self, failure: Failure) -> None:
        """An exchange without a whole response: its bytes are kept, and it is tried again a few times."""
        request: Request = failure.request  # type: ignore[attr-defined]
        if isinstance(failure.value, LuutruError):
            self.session.fatal = self.session.fatal or failure.value
            raise CloseSpider("the store cannot be written")
        visit: Visit = request.meta["visit"]
        kept: list[Kept] = request.meta.get("kept") or []
        if not kept:  # refused before anything was sent, by Scrapy itself
            await self._complete(self.unasked(visit))
            return
        last = kept[-1]
        foreign = last.capture is not None and last.capture.status == 0
        self._note_answer(
            visit.url, last.capture is not None, "what answered speaks no HTTP" if foreign else last.exchange.failure
        )
        await self._settle(visit, kept)

    async def _settle(self, visit: Visit, kept: Sequence[Kept]) -> None:
        try:
            outcome = self._outcome(visit, kept)
        except Exception as error:  # a fault of ours: without an outcome the visit would be held for ever
            logging.getLogger(__name__).exception("No outcome for %s", visit.url)
            self.session.fatal = fault(f"reading {visit.url}", error)
            raise CloseSpider("a fault of ours") from error
        await self._complete(outcome)
        self.session.progress.show(self.session.frontier.counts.left)

    async def _complete(self, outcome: Outcome) -> None:
        try:
            await self.session.complete(outcome)
        except LuutruError as error:
            raise CloseSpider("the store cannot be written") from error

    def _outcome(self, visit: Visit, kept: Sequence[Kept]) -> Outcome:
        session, last = self.session, kept[-1]
        asked = _asked(visit)
        recorded = [
            record(k.exchange, k.capture, k.place, asked, session.origin, session.portal, requisites=True) for k in kept
        ]
        rows = [row for each in recorded for row in each.rows]
        verdict, reading = recorded[-1].verdict, recorded[-1].reading
        hollow = verdict == "not-modified" and last.capture is not None and last.capture.revisit_of is None
        if (
            (verdict in _AGAIN or hollow)
            and visit.attempts + 1 < self._attempts(visit)
            and not self._is_dead(visit.url)
            and not (visit.kind == "robots" and session.pace.has_left(visit.url))
        ):
            return Outcome(visit, verdict, rows, again=True)
        if visit.kind == "robots":
            return self._robots(visit, last, rows)
        if verdict == "redirect":
            return Outcome(visit, verdict, rows, list(self._redirected(visit, last)))
        if visit.kind in ("image", "attachment"):
            return Outcome(visit, verdict, rows, list(self._showing(visit, last)))
        if visit.kind == "requisite" and last.capture is not None:
            return Outcome(visit, verdict, rows, list(self._shown_with(visit, _of_stylesheet(visit, last.capture))))
        if reading is None:
            return Outcome(visit, verdict, rows, list(self._doubted(visit, verdict)))
        if visit.kind == "article":
            session.bounds.read(visit, reading.verdict)
        shown_with = self._shown_with(visit, reading.requisites)
        if visit.kind == "article" and reading.article is not None:
            session.progress.read()
            return Outcome(visit, "article", rows, [*self._files(visit, reading.article), *shown_with])
        if visit.kind == "listing" and reading.listing is not None:
            onward = [*self._walk(visit, reading.listing), *shown_with]
            return Outcome(visit, "listing", rows, onward, notes=self._swept(visit))
        return Outcome(visit, reading.verdict, rows)

    def _robots(self, visit: Visit, kept: Kept, rows: list[stage.Row]) -> Outcome:
        key = str(visit.context["origin"])
        if kept.verdict == "redirect" and visit.hops < _REDIRECTS and (target := _target(kept)):
            follow = Visit(
                "robots", target, f"{visit.key} {visit.hops + 1}", hops=visit.hops + 1, context=visit.context
            )
            return Outcome(visit, "redirect", rows, [follow])
        shown = kept.capture.shown if kept.capture else None
        status = shown.status if shown else 0
        text = robots.rules_of(404 if kept.verdict == "redirect" else status, shown.body if shown else b"")
        self.session.robots.learn(key, text)
        notes = {f"robots {key}": text, f"robots-since {key}": iso(datetime.now(UTC))}
        # a host that only gives what pages are shown with is no failure of the portal's
        said = kept.verdict if self.session.portal.owns(visit.url) else f"foreign: {kept.verdict}"
        return Outcome(visit, said, rows, notes=notes)

    def unasked(self, visit: Visit) -> Outcome:
        """A visit that no connection could be made for; without its robots.txt a host's pages would wait for ever."""
        if visit.kind != "robots":
            return Outcome(visit, "failed")
        key = str(visit.context["origin"])
        self.session.robots.learn(key, robots.DISALLOW_ALL)
        return Outcome(visit, "failed", notes={f"robots {key}": robots.DISALLOW_ALL})

    def _walk(self, visit: Visit, listing: Listing) -> Iterator[Visit]:
        path = tuple(str(part) for part in visit.context["category"])  # type: ignore[attr-defined]
        page = int(str(visit.context["page"]))
        name = " › ".join(path)
        articles = []
        for entry in listing.entries:
            if self.session.portal.owns(entry.url) and not is_trap(entry.url):
                article = _article(entry.url, visit.url, visit.hops + 1, name)
                articles.append(article)
                if not self.session.known.rests(article.url, entry_mark(entry.url, entry.title, entry.date_raw)):
                    yield article
        self.session.leaving.show([article.url for article in articles])
        shown = _fingerprint(listing)
        turn = listing.next
        before = str(visit.context.get("shown") or "").split()
        if turn is None:
            yield from (_article(url, visit.url, visit.hops + 1) for url in self.session.leaving.end(path))
        if turn is None or shown in before or page >= _PAGES_A_LISTING or not self.session.portal.owns(turn.url):
            return
        if self.session.bounds.goes_on(name, listing, [article.url for article in articles]):
            # the first pages too: a pager that has no end goes back to one of them
            seen = " ".join([*before[:_WRAPS_TO], *before[_WRAPS_TO:][-_WRAPS_TO:], shown])
            yield _listing(turn, path, page + 1, visit.url, seen)

    def _swept(self, visit: Visit) -> dict[str, str]:
        """Notes from where on only a sweep walks a category: what stands there is older than what the archive knows."""
        path = visit.context["category"]
        assert isinstance(path, list | tuple)
        key = f"swept {json.dumps(list(path), ensure_ascii=False)}"
        if not self.session.bounds.ended(" › ".join(map(str, path))) or self.session.frontier.noted(key):
            return {}
        return {key: str(int(str(visit.context["page"])) + 1)}

    def _shown_with(self, visit: Visit, requisites: Sequence[Requisite]) -> Iterator[Visit]:
        """What a page is shown with, from whatever host; pictures that are known are as they were, the rest may change."""
        depth = int(str(visit.context.get("depth", 0))) + 1
        for requisite in requisites if depth <= _DEPTH else ():
            name = canonical(requisite.url)
            if name in self._shown or (requisite.kind == "image" and name in self.session.known.files):
                continue
            if len(self._shown) >= _REQUISITES:
                return
            self._shown.add(name)
            context = {"as": requisite.kind, "depth": depth}
            yield Visit("requisite", requisite.url, f"file {name}", via=visit.url, hops=visit.hops + 1, context=context)

    def _showing(self, visit: Visit, kept: Kept) -> Iterator[Visit]:
        """The articles that show a file whose bytes are others than they were: read again, they have the new digest."""
        file = self.session.known.due_files.get(str(visit.context.get("of")))
        payload = kept.capture.payload if kept.capture else None
        if (
            file is None
            or payload is None
            or kept.verdict not in ("ok", "not-modified")
            or payload.digest == file.digest
        ):
            return
        for url in file.pages:
            yield _article(url, visit.url, visit.hops + 1)

    def _doubted(self, visit: Visit, verdict: str) -> Iterator[Visit]:
        """A known article that is said to be gone is asked once more before the night is over."""
        if visit.kind != "article" or verdict not in ("missing", "gone") or visit.context.get("again"):
            return
        if visit.url not in self.session.known.articles or self._doubts >= _DOUBTS:
            return
        self._doubts += 1
        yield replace(visit, key=f"{visit.key} again", id=0, attempts=0, context={**visit.context, "again": True})

    def _attempts(self, visit: Visit) -> int:
        """Another's host is asked once: what a page is only shown with is not worth waiting for."""
        foreign = visit.kind in ("requisite", "robots") and not self.session.portal.owns(visit.url)
        return 1 if foreign else _ATTEMPTS

    def _files(self, visit: Visit, article: Article) -> Iterator[Visit]:
        for kind, urls in (
            ("image", [image.url for image in article.images]),
            ("attachment", [file.url for file in article.attachments]),
        ):
            for url in urls:
                if url not in self.session.known.files:
                    yield Visit(kind, url, f"file {url}", via=visit.url, hops=visit.hops + 1)

    def _redirected(self, visit: Visit, kept: Kept) -> Iterator[Visit]:
        target = _target(kept)
        hop = int(str(visit.context.get("redirects", 0))) + 1
        if target is None or hop > _REDIRECTS:
            return
        context = {**visit.context, "redirects": hop}
        if visit.kind in ("image", "attachment", "requisite"):
            yield Visit(visit.kind, target, f"file {target}", via=visit.url, hops=visit.hops, context=context)
        elif not self.session.portal.owns(target):
            return
        elif visit.kind == "article":
            yield Visit("article", target, f"article {target}", via=visit.url, hops=visit.hops, context=context)
        else:
            key = f"{visit.key} redirect {hop}"
            yield Visit("listing", target, key, via=visit.url, hops=visit.hops, context=context)

    def _note_answer(self, url: str, answered: bool, why: str | None = None) -> None:
        host = robots.origin(url)
        self._silent[host] = 0 if answered else self._silent.get(host, 0) + 1
        if why and why not in self.session.troubles:
            self.session.troubles.append(why)

    def _is_dead(self, url: str) -> bool:
        return self._silent.get(robots.origin(url), 0) >= _DEAD_AFTER


def nothing() -> Iterator[Request]:
    """The frontier holds the requests; Scrapy wants an iterator all the same."""
    return iter(())


def settings_of(session: Session) -> dict[str, object]:
    """The settings that a portal's own politeness asks for."""
    polite = session.portal.politeness
    return {
        "USER_AGENT": session.user_agent,
        "CONCURRENT_REQUESTS_PER_DOMAIN": polite.concurrency,
        "DOWNLOAD_TIMEOUT": polite.timeout,
        "DOWNLOAD_MAXSIZE": session.configuration.largest,
    }


def _asked(visit: Visit) -> Asked:
    category = visit.context.get("category") or ()
    assert isinstance(category, list | tuple)
    return Asked(visit.kind, tuple(str(part) for part in category), int(str(visit.context.get("page") or 0)))


def _of_stylesheet(visit: Visit, capture: Capture) -> tuple[Requisite, ...]:
    """What a stylesheet asks for in its turn; nothing of any other requisite."""
    shown = capture.shown
    if visit.context.get("as") != "style" or shown.status != 200:
        return ()
    return captured_stylesheet_requisites(shown)


def _article(url: str, via: str, hops: int, listed: str = "") -> Visit:
    name = canonical(url)
    return Visit("article", name, f"article {name}", via=via, hops=hops, context={"listed": listed} if listed else {})


def _file(file: File) -> Visit:
    own = {"as": "image", "depth": _DEPTH} if file.kind == "requisite" else {"of": file.url}
    return Visit(file.kind, file.url, f"file {file.url}", hops=1, context=own)


def _listing(turn: Turn, path: Sequence[str], page: int, via: str = "", shown: str = "") -> Visit:
    walk = " › ".join(path)
    # a posted form differs at each load (its view state): its page number names it, on the page that it is posted to
    key = f"listing {walk} {canonical(turn.url)}" + ("" if turn.method == "GET" else f" page {page}")
    headers = {} if turn.method == "GET" else {"Content-Type": turn.media_type}
    context = {"category": list(path), "page": page, "shown": shown}
    return Visit("listing", turn.url, key, turn.method, turn.body, headers, via, page - 1, context)


def _fingerprint(listing: Listing) -> str:
    return hashlib.sha256("\n".join(entry.url for entry in listing.entries).encode()).hexdigest()[:16]


def _target(kept: Kept) -> str | None:
    url = redirect_of(kept.exchange.url, kept.capture)
    return url if url and url.startswith(("http://", "https://")) else None
