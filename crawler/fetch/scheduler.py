"""Scrapy's scheduler interface over the frontier.

Requests wait here until their host's robots.txt is known and their host's turn has come: what Scrapy is given goes on the
wire at once, and a crawl that ends has nothing that waits for its turn.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from datetime import datetime
from typing import TYPE_CHECKING

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler
from twisted.internet.defer import Deferred

from archive.errors import LuutruError
from archive.moment import iso
from archive.url import host_of
from crawler.fetch import robots
from crawler.fetch.frontier import Outcome, Visit
from crawler.fetch.pace import LEFT
from crawler.fetch.session import Session

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_QUEUE = 32
"""Requests of one host that are taken from the frontier ahead of their turns, at most."""


class FrontierScheduler(BaseScheduler):
    """Gives the engine the frontier's visits in order, and writes them off where robots.txt refuses them."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._waiting: dict[str, list[Visit]] = defaultdict(list)
        self._queues: dict[str, deque[Request]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> FrontierScheduler:
        """Scrapy's way of making one."""
        return cls(crawler)

    @property
    def _session(self) -> Session:
        return self._crawler.spider.session  # type: ignore[union-attr,no-any-return]

    def open(self, spider: Spider) -> None:  # noqa: ARG002 - Scrapy's interface
        """Scrapy calls this when the engine starts."""
        self._session.on_progress = self._nudge
        self._session.start()

    def close(self, reason: str) -> Deferred[None]:
        """Ends the session, which commits; Scrapy waits for it."""
        if self._timer is not None:
            self._timer.cancel()
        return Deferred.fromFuture(asyncio.ensure_future(self._session.finish(reason)))

    def has_pending_requests(self) -> bool:
        """Whether anything is queued, waits for robots.txt or its turn, or is not yet written as done."""
        return not self._session.over and self._session.frontier.counts.left > 0

    def enqueue_request(self, request: Request) -> bool:
        """Queues a request that Scrapy brings; False where its key is known."""
        visit = request.meta.get("visit")
        if not isinstance(visit, Visit):
            body = request.body.decode("utf-8", "replace")
            visit = Visit(
                "article", request.url, f"request {request.method} {request.url} {body}", request.method, body
            )
        return self._session.frontier.add([visit]) > 0

    def next_request(self) -> Request | None:
        """The next request that may be sent; None while there is none."""
        session = self._session
        if session.over:
            return None
        self._release()
        try:
            self._fill()
            request, wait = self._turn()
        except LuutruError as error:  # the host's reservation cannot be written
            session.fatal = error
            return None
        if request is None:
            self._wake(wait)
            if not self._queues:
                session.hurry()
        return request

    def _fill(self) -> None:
        """Takes from the frontier what may be asked, until the next visit's host has enough that waits."""
        frontier = self._session.frontier
        while (visit := frontier.next()) is not None:
            queue = self._queues.setdefault(host_of(visit.url), deque())
            if len(queue) >= _QUEUE:
                frontier.put_back([visit])
                break
            try:
                if visit.kind == "robots" or self._is_allowed(visit):
                    queue.append(self._request(visit))
            except ValueError:  # no URL that Scrapy takes (a port over 65535): it would never ask for another
                self._spawn(self._crawler.spider.unasked(visit))  # type: ignore[union-attr]

    def _turn(self) -> tuple[Request | None, float | None]:
        """A request whose host's turn it is; or None, and in how many seconds the next turn comes (None: when one ends)."""
        session, soonest = self._session, None
        for host, queue in list(self._queues.items()):
            while queue and session.pace.has_left(queue[0].url) and queue[0].meta["visit"].kind != "robots":
                self._leave(queue.popleft().meta["visit"])
            if not queue:
                del self._queues[host]
            elif self._under_way(host) < session.portal.politeness.concurrency:
                wait = session.pace.turn(queue[0].url, session.gap(queue[0].url))
                if wait <= 0:
                    return queue.popleft(), None
                soonest = wait if soonest is None else min(wait, soonest)
        return None, soonest

    def _under_way(self, host: str) -> int:
        engine = self._crawler.engine
        return sum(host_of(request.url) == host for request in engine.downloader.active) if engine else 0

    def _wake(self, wait: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(wait, self._nudge) if wait is not None else None

    def _leave(self, visit: Visit) -> None:
        """Writes off a visit to a host that is left for the night: it waits for the next, or was itself to blame."""
        session = self._session
        waits = session.portal.owns(visit.url) and (visit.attempts == 0 or session.pace.is_to_blame(visit.url))
        self._spawn(Outcome(visit, LEFT if waits else "throttled"))

    def _is_allowed(self, visit: Visit) -> bool:
        """Whether a visit may be made now; it waits for its host's robots.txt, or is written off, where not."""
        rules = self._session.robots
        if self._session.pace.has_left(visit.url):
            self._leave(visit)
            return False
        if not rules.knows(visit.url):
            self._wait(visit)
            return False
        if self._session.robots_policy == "obey" and not rules.allows(visit.url):
            self._spawn(Outcome(visit, "refused by robots.txt"))
            return False
        if (why := self._session.bounds.refused(visit)) is not None:
            self._spawn(Outcome(visit, why))
            return False
        return True

    def _wait(self, visit: Visit) -> None:
        key = robots.origin(visit.url)
        if key not in self._waiting:
            self._session.frontier.add([robots_visit(visit.url, self._session.robots.since(visit.url))])
        self._waiting[key].append(visit)

    def _release(self) -> None:
        for key in [key for key, visits in self._waiting.items() if self._session.robots.knows(visits[0].url)]:
            self._session.frontier.put_back(reversed(self._waiting.pop(key)))

    def _spawn(self, outcome: Outcome) -> None:
        task = asyncio.ensure_future(self._session.complete(outcome))
        self._tasks.add(task)
        task.add_done_callback(self._settled)

    def _settled(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # the session has it in `fatal` already

    def _nudge(self) -> None:
        # the engine looks for work when a request ends; work that came otherwise has to be told (it has no public call)
        slot = self._crawler.engine._slot if self._crawler.engine else None
        if slot is not None:
            slot.nextcall.schedule()

    def _request(self, visit: Visit) -> Request:
        spider = self._crawler.spider
        assert spider is not None
        headers = dict(visit.headers)
        if visit.method == "POST":
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        return Request(
            visit.url,
            method=visit.method,
            body=visit.body,
            headers=headers,
            callback=spider.parse,
            errback=spider.failed,  # type: ignore[attr-defined]
            meta={"visit": visit},
            dont_filter=True,
        )


def robots_visit(url: str, since: datetime | None = None) -> Visit:
    """The visit to the robots.txt that speaks for `url`; once more where what is known of it, since a moment, is too old."""
    key = robots.origin(url)
    name = f"robots {key}" + (f" after {iso(since)}" if since else "")
    return Visit("robots", robots.address(url), name, context={"origin": key})
