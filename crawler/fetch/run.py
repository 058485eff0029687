"""One crawl of one portal in this process, from the command to the snapshot."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from scrapy.crawler import CrawlerProcess
from scrapy.settings import Settings

from archive.errors import LuutruError, Misuse, Unreachable, unwritable
from archive.store import Store
from archive.tables.commit import Snapshot
from archive.tables.crawls import answered, finished
from crawler.config import Configuration
from crawler.fetch import settings as module
from crawler.fetch.resolver import is_address, is_public
from crawler.fetch.session import AlreadyDone, Session, open_session
from crawler.fetch.spider import PortalSpider, settings_of
from crawler.portals import Portal
from crawler.portals.window import ZONE

_NOWHERE = ("invalid", "localhost")


@dataclass(frozen=True, slots=True)
class Crawled:
    """How a crawl ended.  `snapshot` is None where there was nothing left to do, and `said` then tells why.

    `leave` is called when its result has been told: until then, the same command again does not repeat the crawl.
    """

    crawl: str
    snapshot: Snapshot | None
    resumed: bool
    said: str = ""
    leave: Callable[[], None] = lambda: None


def crawl(store: Store, portal: Portal, configuration: Configuration, night: date | None = None) -> Crawled:
    """Crawls a portal and commits what it found.

    With `night`, a night that is finished is left as it is; nothing is asked outside the portal's hours.  Raises what ended
    the crawl: Unreachable where no host gave an answer (the snapshot that says so is committed), StoreFull and its kin where
    the store could not be written; Misuse, before anything is asked, where luutru.toml names no contact.
    """
    _refuse_unsigned(portal, configuration)
    if night is not None and (done := finished(store, portal.name, night)):
        return Crawled(done, None, False, f"night {night} of {portal.name} is finished already ({done})")
    hours, closes = portal.politeness.hours, portal.politeness.closing(datetime.now(UTC))
    if hours is not None and closes is None:
        opens = f"{hours.opening(datetime.now(UTC), ZONE).astimezone(ZONE):%H:%M}"
        return Crawled("", None, False, f"window: {portal.name} is asked from {hours} alone, next at {opens}")
    try:
        session = open_session(store, portal, configuration, night)
        session.deadline = closes
    except AlreadyDone as committed:
        name = str(committed)
        return Crawled(
            name, None, True, f"crawl {name} was committed before its process ended; its staging is cleared now"
        )
    _run(session)
    if session.snapshot is None:
        raise LuutruError(
            f"the crawl of {portal.name} ended without a snapshot", f"Look into {store.log(session.identity.crawl)}"
        )
    if int(str(session.snapshot.row["requests"])) and not answered(store, session.identity.crawl):
        why = session.troubles[0] if session.troubles else "no answer"
        session.leave()
        raise Unreachable(
            f"no host of {portal.name} gave an answer ({why})",
            "Check the portal's hosts, the network and the connect map",
        )
    return Crawled(session.identity.crawl, session.snapshot, session.identity.resumed, leave=session.leave)


def stage(
    store: Store,
    portal: Portal,
    configuration: Configuration,
    night: date,
    deadline: datetime | None = None,
    most: int | None = None,
) -> str:
    """Crawls a portal and leaves what it found in staging, to be committed with others; the crawl's id.

    Fetching ends at `deadline` or with the portal's hours, as cut short by the window (where a crawl begins outside these,
    it asks nothing), and when more than `most` bytes have been received.  Raises
    what ended the crawl, and AlreadyDone where the crawl that stood in staging had been committed.
    """
    _refuse_unsigned(portal, configuration)
    session = open_session(store, portal, configuration, night, hold=True)
    now = datetime.now(UTC)
    closes = portal.politeness.closing(now) or (now if portal.politeness.hours else None)
    session.most, session.deadline = most, min((end for end in (deadline, closes) if end is not None), default=None)
    _run(session)
    session.leave()
    return session.identity.crawl


def _run(session: Session) -> None:
    """Runs Scrapy on a session to its end; raises what ended it."""
    chosen = Settings()
    chosen.setmodule(module)
    log = session.store.log(session.identity.crawl)
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.touch()
    except OSError as error:
        raise unwritable(error, log) from error
    logging.raiseExceptions = False  # a log that cannot be written on a full disk is no reason for a traceback
    chosen.setdict({**settings_of(session), "LOG_FILE": str(log)}, priority="cmdline")
    process = CrawlerProcess(chosen)
    process.crawl(PortalSpider, session=session)
    process.start()
    session.progress.end()
    if session.fatal is not None:
        raise session.fatal


def _refuse_unsigned(portal: Portal, configuration: Configuration) -> None:
    """Nobody's server is crawled by who cannot be asked to stop; where the connect map leads is one's own affair."""
    if configuration.contact:
        return
    for category in portal.categories:
        parts = urlsplit(category.url)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        if configuration.target(host, port) is None and _on_the_web(host):
            raise Misuse(
                f"no contact to give to {host}, which {portal.name} would crawl",
                'Write contact = "mailto:…" into luutru.toml, so that its operators can reach you',
            )


def _on_the_web(host: str) -> bool:
    """Whether a host may be one of the open web: no private address, and no name that leads nowhere (RFC 6761)."""
    if is_address(host):
        return is_public(host)
    return host.rstrip(".").rpartition(".")[2] not in _NOWHERE
