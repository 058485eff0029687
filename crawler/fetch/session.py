"""One crawl of one portal: its files, its frontier, its writer, from the first request to the commit.

A crawl that died is taken up where it stood: torn files are repaired, exchanges that are in a WARC and not yet in the
frontier are read from there instead of being asked again, and what was in flight is asked once more.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, date, datetime
from pathlib import Path

from archive.custody.signing import Signer
from archive.errors import LuutruError, database_error
from archive.moment import iso, parse_iso
from archive.store import Store
from archive.tables import stage
from archive.tables.attempt import Custody
from archive.tables.commit import CrawlFacts, Snapshot, commit
from archive.tables.crawls import committed
from archive.tables.known import Known, known_of
from archive.tables.rows import Origin
from archive.warc import joining
from archive.warc.names import finished_name, parts_in
from archive.warc.record import as_json
from archive.warc.seen import Seen
from archive.warc.writer import ROTATE_AT, WarcWriter, seal
from crawler.config import Configuration
from crawler.custody import SOFTWARE, log_told, signer, versions
from crawler.extract.version import extractor_version
from crawler.fetch import rest
from crawler.fetch.bounds import Bounds
from crawler.fetch.frontier import Frontier, Outcome, Visit
from crawler.fetch.held import Held, facts_of, hold
from crawler.fetch.identity import Identity, identity_of
from crawler.fetch.leaving import Leaving
from crawler.fetch.leftovers import mend, tidy
from crawler.fetch.pace import LEFT, Pace, remarks_of
from crawler.fetch.progress import Progress
from crawler.fetch.recorder import Kept, Recorder
from crawler.fetch.recovery import Recovery
from crawler.fetch.robots import Robots, policy
from crawler.fetch.warcinfo import user_agent, warcinfo
from crawler.portals import Portal

logger = logging.getLogger(__name__)

JOIN_BELOW = ROTATE_AT // 2
_BATCH = 100


class AlreadyDone(Exception):
    """There is nothing left to crawl: the crawl that stood in staging had been committed before its process died."""


class Session:
    """Everything that a crawl holds.  Made by `open_session`; ended by `finish`, which commits."""

    def __init__(
        self,
        store: Store,
        portal: Portal,
        configuration: Configuration,
        identity: Identity,
        frontier: Frontier,
        held: ExitStack,
        key: Signer | None = None,
        *,
        hold: bool = False,
    ) -> None:
        self.store = store
        self.portal = portal
        self.configuration = configuration
        self.identity = identity
        self.frontier = frontier
        self.known: Known = known_of(store, portal.name, identity.night, portal.walk.revisits)
        asked = stage.names(frontier.connection, "captures")
        self.bounds = Bounds(portal, self.known, identity.night.toordinal(), asked)
        self.leaving = Leaving(store, portal.name, self.known, frontier)
        self.progress = Progress(portal.name)
        self.origin = Origin(identity.crawl, portal.name, extractor_version(portal.digest))
        sides = (portal.politeness, configuration)
        self.robots_policy = policy(*((side.robots, side.authority) for side in sides))
        self.robots = Robots(SOFTWARE.partition("/")[0])
        self.pace = Pace(store.hosts)
        folder = store.portal_warcs(portal.name)
        self._seen = Seen(folder, store.warcs)
        writer = WarcWriter(
            folder,
            portal.name,
            warcinfo(configuration, portal, identity, self.robots_policy),
            root=store.warcs,
            seen=self._seen,
            join_below=JOIN_BELOW,
            sha1=configuration.sha1,
        )
        self.recorder = Recorder(writer, self._seen, store.warcs)
        self.spool = store.staging(portal.name).parent
        self.fatal: LuutruError | None = None
        self.most: int | None = None
        self.deadline: datetime | None = None
        self._ending: str | None = None
        self.snapshot: Snapshot | None = None
        self.troubles: list[str] = []
        self._held = held
        self._key = key
        self._hold = hold
        self._files: set[Path] = set()
        self._pending: list[tuple[Outcome, asyncio.Future[None]]] = []
        self._wake = asyncio.Event()
        self._hurry = asyncio.Event()
        self._flusher: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()
        self._recovery = Recovery(store, portal, self.origin, self._seen)
        self.on_progress: Callable[[], None] = lambda: None
        if identity.resumed:
            frontier.commit_rows(self._recovery.find(stage.staged_records(frontier.connection)))

    @property
    def user_agent(self) -> str:
        """Who we say we are: software, and how to reach the operator."""
        return user_agent(self.configuration)

    def start(self) -> None:
        """Begins to write outcomes; called once the event loop runs."""
        told = self.frontier.notes("robots-since ")
        for key, text in self.frontier.notes("robots ").items():
            self.robots.learn(key, text, parse_iso(told[key]) if key in told else self.identity.started)
        self._flusher = asyncio.ensure_future(self._flush_for_ever())
        if self.deadline is not None:
            left = (self.deadline - datetime.now(UTC)).total_seconds()
            if left <= 0:
                self._ending = "window"
            asyncio.get_running_loop().call_later(max(0.0, left), self.end, "window")

    def context(self, visit: Visit | None) -> Mapping[str, str]:
        """What the metadata record of an exchange says beside its time and its verdict."""
        if visit is None:
            return {}
        pairs = {"via": visit.via, "hopsFromSeed": str(visit.hops), "kind": visit.kind}
        for key in ("category", "page"):
            if key in visit.context:
                pairs[key] = as_json(visit.context[key])
        return {key: value for key, value in pairs.items() if value}

    def gap(self, url: str) -> float:
        """Seconds between two requests to the host of `url`: as its robots.txt and the portal's file say, the larger."""
        return max(self.portal.politeness.delay, self.robots.delay(url) or 0.0)

    def count(self, kept: Kept) -> None:
        """An exchange is in the WARC."""
        self.progress.kept(kept.exchange)
        self.pace.heard(kept, self.gap(kept.exchange.url))
        if self.most is not None and self.progress.received > self.most:
            self.end("byte budget")

    @property
    def over(self) -> bool:
        """Whether nothing more is asked for: a fault, or the crawl is being cut short."""
        return self.fatal is not None or self._ending is not None

    def end(self, why: str) -> None:
        """Ends fetching as Ctrl-C does, once: what is under way is written, and the crawl is cut short by `why`."""
        if self._ending is None:
            self._ending = why
            os.kill(os.getpid(), signal.SIGINT)

    async def recovered(self, visit: Visit | None) -> Kept | None:
        """The exchange of this visit that a killed process had kept already, once; None where there is none."""
        if visit is None or not (take := self._recovery.take(visit)):
            return None
        return await self.recorder.run(take)

    async def complete(self, outcome: Outcome) -> None:
        """Returns when the outcome is on the disk: after the fsync of its record, in one transaction with its links."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pending.append((outcome, future))
        self._wake.set()
        counts = self.frontier.counts
        alone = counts.queued == 0 and len(self._pending) >= counts.in_flight
        if len(self._pending) >= _BATCH or alone or outcome.visit.kind == "robots":
            self._hurry.set()  # a batch is full, or others wait for this to be written
        await future

    def hurry(self) -> None:
        """Writes what is pending now: the engine has nothing to do until then."""
        if self._pending:
            self._hurry.set()

    async def finish(self, reason: str) -> None:
        """Ends the crawl: everything pending is written, files are closed and sealed, and the snapshot is committed.

        Never raises: what went wrong is in `fatal`.
        """
        try:
            await self._end(reason)
        except LuutruError as error:
            self.fatal = self.fatal or error
        except sqlite3.Error as error:
            self.fatal = self.fatal or staging_error(self.store.staging(self.portal.name), error)
        finally:
            self._seen.close()
            self.frontier.close()

    def leave(self) -> None:
        """Clears what a committed crawl leaves in staging, and lets go of the portal.

        The last thing of all: until it is done, the same command again finds the committed crawl and does not repeat it.
        """
        if self.snapshot is not None:
            clear_staging(self.store, self.portal.name)
        self._held.close()

    async def _end(self, reason: str) -> None:
        if self._flusher is not None:
            async with self._writing:  # a flush that is under way ends first: what it took is in no list any more
                self._flusher.cancel()
        if self.fatal is None:
            await self._flush()
        self._files.update(await self.recorder.close())
        if self.fatal or self.recorder.error:
            self.fatal = self.fatal or self.recorder.error
            return
        self.frontier.commit_rows(self._recovery.leftovers())
        self._join()
        cut_short = self._cut_short(reason)
        self.frontier.note(finished=iso(datetime.now(UTC)))
        rest.leave(self.store, self.portal.name, self.frontier)
        facts = self._facts(cut_short)
        if self._hold:
            hold(self.frontier, facts)
        else:
            self.snapshot = commit(self.store, self.frontier.connection, facts)

    def _join(self) -> None:
        """Makes one file of the crawl's small ones; what is staged follows before anything is committed."""
        folder = self.store.portal_warcs(self.portal.name)
        for parts in joining.groups(parts_in(folder)):
            if len(parts) == 1:
                self._files.add(seal(parts[0]))
            else:
                joined = joining.copy(parts)
                self.frontier.move(joined, self.store.warcs)
                self._files.add(joining.finish(joined))
        self._seen.refresh()

    def _cut_short(self, reason: str) -> str | None:
        if self.frontier.counts.left == 0:
            throttled = "throttled" if self.frontier.count_outcomes(LEFT) else None
            return "page budget" if self.bounds.spent else throttled
        return self._ending or {"shutdown": "interrupted"}.get(reason, reason)

    def _facts(self, cut_short: str | None) -> CrawlFacts:
        identity = self.identity
        own = {
            "night": identity.night.isoformat(),
            "action": "crawl",
            "started_at": iso(identity.started),
            "finished_at": self.frontier.noted("finished"),
            "failed": self.frontier.count_outcomes("failed", "truncated", "throttled", "error"),
            "extractor_version": self.origin.extractor_version,
            "software": SOFTWARE,
            "configuration_digest": f"{self.configuration.digest()}-{self.portal.digest}",
            "operator": self.configuration.operator or None,
            "robots_policy": self.robots_policy,
            "vantage": self.configuration.vantage or None,
        }
        remarks = (*self.bounds.remarks, *remarks_of(self.frontier.ended(LEFT)), *self.robots.remarks)
        told = Held(identity.crawl, cut_short, own, remarks, self._custody())
        return facts_of(self.store, self.portal, self.frontier, told, self._seen)

    def _custody(self) -> Custody:
        told = versions(self.configuration, self.portal, self.origin.extractor_version)
        told["robots_policy"] = self.robots_policy
        told["log"] = log_told(self.store.log(self.identity.crawl))
        files = (path.with_name(finished_name(path)) for path in self._files)  # parts that were joined are no more
        names = tuple(path.relative_to(self.store.warcs).as_posix() for path in files if path.exists())
        return Custody(told, names, self._key)

    async def _flush_for_ever(self) -> None:
        while True:
            await self._wake.wait()
            with suppress(TimeoutError):  # the interval is over: time to write
                await asyncio.wait_for(self._hurry.wait(), self.configuration.sync_interval)
            await self._flush()

    async def _flush(self) -> None:
        async with self._writing:
            self._wake.clear()
            self._hurry.clear()
            batch, self._pending = self._pending, []
            if batch:
                await self._write(batch)
                self.on_progress()

    async def _write(self, batch: Sequence[tuple[Outcome, asyncio.Future[None]]]) -> None:
        try:
            await self.recorder.sync()
            self.frontier.commit([outcome for outcome, _ in batch])
        except LuutruError as error:
            self._fail(batch, error)
        except sqlite3.Error as error:
            self._fail(batch, staging_error(self.store.staging(self.portal.name), error))
        except Exception as error:  # a fault of ours must end the crawl: who waits for this batch would wait for ever
            logger.exception("The frontier could not be written")
            self._fail(batch, fault("writing the frontier", error))
        else:
            for _, future in batch:
                if not future.done():
                    future.set_result(None)

    def _fail(self, batch: Sequence[tuple[Outcome, asyncio.Future[None]]], error: LuutruError) -> None:
        self.fatal = self.fatal or error
        for _, future in batch:
            if not future.done():
                future.set_exception(error)


def open_session(
    store: Store, portal: Portal, configuration: Configuration, night: date | None = None, *, hold: bool = False
) -> Session:
    """Takes up the portal's unfinished crawl, or begins a new one.  StoreBusy while another process crawls it.

    With `hold` it is not committed at its end, but left in staging for a commit with others.

    AlreadyDone where the unfinished one only lacked its cleaning up.
    """
    with ExitStack() as held:
        key = signer(configuration, store)
        held.enter_context(store.lock(portal.name))
        try:
            frontier = Frontier(store.staging(portal.name))
            identity = identity_of(portal.name, frontier, night)
            if identity.resumed and committed(store, identity.crawl):
                frontier.close()
                clear_staging(store, portal.name)
                raise AlreadyDone(identity.crawl)
            mend(store.portal_warcs(portal.name), identity.crawl, JOIN_BELOW, key)
            tidy(store, portal.name, frontier, identity.crawl, key)
        except sqlite3.Error as error:
            raise staging_error(store.staging(portal.name), error) from error
        return Session(store, portal, configuration, identity, frontier, held.pop_all(), key, hold=hold)


def fault(doing: str, error: Exception) -> LuutruError:
    """The error of ours for a fault of ours."""
    return LuutruError(
        f"a fault in luutru while {doing}: {type(error).__name__}: {error}",
        "What was captured is kept; please report it with the crawl's log",
    )


def staging_error(path: Path, error: sqlite3.Error) -> LuutruError:
    """What SQLite's error means for the frontier."""
    return database_error(
        path,
        error,
        "Check the disk; or move the file away to begin the portal's crawl anew, which touches no captures and no tables",
    )


def clear_staging(store: Store, portal: str) -> None:
    """Removes a committed crawl's staging files."""
    path = store.staging(portal)
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
