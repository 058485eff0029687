"""The writer in a thread of its own: compression, write(2) and fsync happen off the reactor."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from archive.capture import Exchange, Place
from archive.errors import LuutruError
from archive.warc.writer import WarcWriter

Result = TypeVar("Result")


class Recorder:
    """Hands exchanges to a WarcWriter in order.  An error of the disk is kept in `error` and ends the crawl."""

    def __init__(self, writer: WarcWriter) -> None:
        self._writer = writer
        self._jobs: queue.SimpleQueue[tuple[Callable[[], object], Future[object]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="warc writer", daemon=True)
        self._thread.start()
        self.error: LuutruError | None = None

    async def write(self, exchange: Exchange, context: Mapping[str, str]) -> Place:
        """Returns after write(2) of the exchange's last member."""
        return await self._do(lambda: self._writer.write(exchange, context))

    async def sync(self) -> None:
        """Returns when all that was written before has reached the disk."""
        await self._do(self._writer.sync)

    async def close(self) -> list[Path]:
        """Closes and seals the file that is open, ends the thread, and gives the files of this crawl."""
        try:
            await self._do(self._writer.abandon if self.error else self._writer.close)
        finally:
            self._jobs.put(None)
            self._thread.join()
        return self._writer.closed

    async def _do(self, job: Callable[[], Result]) -> Result:
        done: Future[Result] = Future()
        self._jobs.put((job, done))  # type: ignore[arg-type]
        return await asyncio.wrap_future(done)

    def _run(self) -> None:
        while (task := self._jobs.get()) is not None:
            job, done = task
            try:
                done.set_result(job())
            except LuutruError as error:
                self.error = self.error or error
                done.set_exception(error)
            except BaseException as error:  # noqa: BLE001 - whoever awaits the job gets it; the thread must live on
                done.set_exception(error)
