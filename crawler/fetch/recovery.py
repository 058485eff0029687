"""What a crawl that was killed had kept already: exchanges that are in a WARC and not yet in the frontier."""

from __future__ import annotations

import logging
from collections import defaultdict, deque
from collections.abc import Callable, Set
from functools import partial
from pathlib import Path

from archive.capture import Capture
from archive.errors import BrokenWarc
from archive.store import Store
from archive.tables import stage
from archive.tables.rows import Origin, exchange_of
from archive.url import canonical
from archive.warc.names import finished_name
from archive.warc.reader import StoredExchange, crawl_files, exchange_at, exchanges
from archive.warc.resolve import resolved
from archive.warc.seen import Seen
from crawler.fetch.frontier import Visit
from crawler.fetch.recorder import Kept
from crawler.portals import Portal
from crawler.record import asked_of, record

logger = logging.getLogger(__name__)

_Request = tuple[str, str, str]


class Recovery:
    """Gives each kept exchange once, to the visit that would ask for it again; what no visit asks for gets its rows too."""

    def __init__(self, store: Store, portal: Portal, origin: Origin, seen: Seen) -> None:
        self._store = store
        self._portal = portal
        self._origin = origin
        self._seen = seen
        self._waiting: dict[_Request, deque[tuple[Path, int]]] = defaultdict(deque)

    def find(self, staged: Set[str]) -> list[stage.Row]:
        """Looks through the crawl's files; the rows of failures and of exchanges that are not whole, to be staged at once."""
        rows: list[stage.Row] = []
        count = 0
        for path in crawl_files(self._store.portal_warcs(self._portal.name), self._origin.crawl):
            for found in exchanges(path, self._name(path)):
                if found.first.id in staged:
                    continue
                if found.response is not None and found.metadata:
                    key = _request(found.method, found.response.url, found.request_body.decode("utf-8", "replace"))
                    self._waiting[key].append((path, found.first.offset))
                    count += 1
                else:
                    rows += self._rows(found)
        logger.info("Crawl %s goes on; %d exchanges were kept before it died", self._origin.crawl, count)
        return rows

    def take(self, visit: Visit) -> Callable[[], Kept] | None:
        """Reads what was kept of a visit, once; None where there is nothing."""
        waiting = self._waiting.get(_request(visit.method, visit.url, visit.body)) if self._waiting else None
        return partial(self._kept, *waiting.popleft()) if waiting else None

    def leftovers(self) -> list[stage.Row]:
        """Rows for exchanges that nothing asked for again: their bytes are there, so the table says so."""
        return [
            row
            for waiting in self._waiting.values()
            for path, offset in waiting
            for row in self._rows(exchange_at(path, offset, self._name(path)))
        ]

    def _kept(self, path: Path, offset: int) -> Kept:
        stored = exchange_at(path, offset, self._name(path))
        return Kept(exchange_of(stored), stored.place, self._resolved(stored))

    def _rows(self, found: StoredExchange) -> tuple[stage.Row, ...]:
        """The rows of a kept exchange that no visit asks for, as re-extraction makes them."""
        capture = self._resolved(found)
        asked = asked_of(found.metadata)
        return record(exchange_of(found), capture, found.place, asked, self._origin, self._portal).rows

    def _resolved(self, stored: StoredExchange) -> Capture | None:
        try:
            return resolved(stored, self._store.warcs, self._seen)
        except BrokenWarc as error:  # what it repeats was taken away: its own head is all there is
            logger.warning("%s", error)
            return stored.capture()

    def _name(self, path: Path) -> str:
        return path.with_name(finished_name(path)).relative_to(self._store.warcs).as_posix()


def _request(method: str, url: str, body: str) -> _Request:
    return method, canonical(url), body
