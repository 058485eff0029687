"""The writer's thread: what its index cannot do ends the crawl as what the disk cannot do."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.capture import Exchange
from archive.errors import StoreUnwritable
from archive.warc.seen import NAME, Seen
from archive.warc.writer import WarcWriter
from crawler.fetch.recorder import Recorder

WHEN = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
EXCHANGE = Exchange("http://thu.example/", "GET", b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\nx", WHEN, 1, None)


def test_an_index_that_cannot_be_written_was_taken_for_a_failed_request(tmp_path: Path) -> None:
    seen = Seen(tmp_path, tmp_path)
    recorder = Recorder(WarcWriter(tmp_path, "thu", {}, host="h", seen=seen), seen, tmp_path)

    async def crawl() -> None:
        await recorder.keep(EXCHANGE, {})
        await recorder.sync()
        await recorder.run(lambda: seen._db.execute("PRAGMA query_only = 1"))
        with pytest.raises(StoreUnwritable, match=f"{NAME} does not read or write: .*readonly"):
            await recorder.keep(EXCHANGE, {})
        assert isinstance(recorder.error, StoreUnwritable), "which ends the crawl"
        await recorder.close()

    asyncio.run(crawl())
    seen.close()


def test_an_index_that_does_not_open_is_told_and_not_removed(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(StoreUnwritable, match="does not read or write"):
        Seen(tmp_path, tmp_path)
    assert (tmp_path / NAME).is_dir()
