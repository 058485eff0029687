"""The writer in a thread of its own: compression, write(2) and fsync happen off the reactor."""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from archive.block import Block
from archive.capture import Capture, Exchange, Place, capture_of, read_revisit
from archive.errors import BrokenWarc, LuutruError
from archive.tables.rows import verdict_of
from archive.warc.record import uri
from archive.warc.resolve import target_response
from archive.warc.revisit import Target, Validators
from archive.warc.seen import Seen
from archive.warc.writer import WarcWriter

logger = logging.getLogger(__name__)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Kept:
    """An exchange that is in the WARC: its bytes, its place, and its response as it is read (None without one)."""

    exchange: Exchange
    place: Place
    capture: Capture | None

    @property
    def verdict(self) -> str:
        """The wire verdict."""
        return verdict_of(self.exchange, self.capture)


class Recorder:
    """Hands exchanges to a WarcWriter in order.  An error of the disk is kept in `error` and ends the crawl."""

    def __init__(self, writer: WarcWriter, seen: Seen | None = None, root: Path | None = None) -> None:
        """`seen` is the writer's own index, and `root` what its file names are relative to."""
        self._writer = writer
        self._seen = seen
        self._root = root or Path()
        self._jobs: queue.SimpleQueue[tuple[Callable[[], object], Future[object]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="warc writer", daemon=True)
        self._thread.start()
        self.error: LuutruError | None = None

    async def keep(self, exchange: Exchange, context: Mapping[str, str], unmodified: Target | None = None) -> Kept:
        """Returns after write(2) of the exchange's last member, with the response as it is read.

        `unmodified` is the record that a conditional request named.
        """
        return await self.run(lambda: self._keep(exchange, context, unmodified))

    async def write_dns(self, host: str, lines: Sequence[str]) -> None:
        """Keeps what a host's name resolved to."""
        await self.run(lambda: self._writer.write_dns(host, lines))

    async def validators(self, url: str) -> Validators | None:
        """What the last capture of a URL can be asked again with; None where it cannot, or nothing is known."""
        seen = self._seen
        return await self.run(lambda: seen.validators(uri(url))) if seen is not None else None

    async def sync(self) -> None:
        """Returns when all that was written before has reached the disk."""
        await self.run(self._writer.sync)

    async def close(self) -> list[Path]:
        """Closes and seals the file that is open, ends the thread, and gives the files of this crawl."""
        try:
            await self.run(self._writer.abandon if self.error else self._writer.close)
        finally:
            self._jobs.put(None)
            self._thread.join()
        return self._writer.closed

    def _keep(self, exchange: Exchange, context: Mapping[str, str], unmodified: Target | None) -> Kept:
        capture = capture_of(exchange, None)
        told = {"verdict": verdict_of(exchange, capture), **context}
        block = self._block(unmodified) if unmodified and capture and capture.status == 304 else None
        written = self._writer.keep(exchange, told, capture, unmodified if block is not None else None)
        if capture is not None:
            capture = replace(capture, place=written.place)
            if written.revisit is not None:
                capture = _repeated(exchange, capture, written.revisit.target, block)
        return Kept(exchange, written.place, capture)

    def _block(self, target: Target) -> Block | None:
        """The response that a 304 repeats; one that does not read any more is nothing to stand on, and is asked for anew."""
        try:
            return target_response(target, self._root)
        except BrokenWarc as error:
            logger.warning("What the server calls unchanged does not read: %s", error)
            if self._seen is not None:
                self._seen.drop(target)
            return None

    async def run(self, job: Callable[[], Result]) -> Result:
        """What `job` gives, done in the writer's thread: all that touches its files and their index is done there."""
        done: Future[Result] = Future()
        self._jobs.put((job, done))  # type: ignore[arg-type]
        return await asyncio.wrap_future(done)

    def _run(self) -> None:
        while (task := self._jobs.get()) is not None:
            job, done = task
            try:
                done.set_result(job())
            except LuutruError as error:
                self._fail(done, error)
            except sqlite3.Error as error:  # the index of what was seen: nothing else here is a database
                assert self._seen is not None
                self._fail(done, self._seen.error(error))
            except BaseException as error:  # noqa: BLE001 - whoever awaits the job gets it; the thread must live on
                done.set_exception(error)

    def _fail(self, done: Future[object], error: LuutruError) -> None:
        self.error = self.error or error
        done.set_exception(error)


def _repeated(exchange: Exchange, capture: Capture, target: Target, block: Block | None) -> Capture:
    """A capture with what it repeats: its own payload, or that of the response `block`."""
    if block is None:
        return replace(capture, revisit_of=target.record_id)
    return read_revisit(
        exchange.response,
        block,
        url=capture.url,
        fetch_time=capture.fetch_time,
        place=capture.place,
        revisit_of=target.record_id,
    )
