"""One crawl's session, where something fails that should not: it ends, it says so, and nothing taken is lost."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from scrapy.exceptions import CloseSpider

from archive.capture import Exchange, Place, capture_of
from archive.errors import LuutruError
from archive.store import create_store
from archive.tables.rows import Asked, Origin
from crawler import portals
from crawler import record as record_module
from crawler.config import Configuration
from crawler.fetch.frontier import Counts, Frontier, Outcome, Visit
from crawler.fetch.session import Session, open_session
from crawler.fetch.spider import PortalSpider
from crawler.record import record

VISIT = Visit("article", "http://hanam.example/Pages/a.aspx", "article a")


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return open_session(create_store(tmp_path / "store"), portals.find("hanam-demo"), Configuration.model_validate({}))


def taken(session: Session) -> Visit:
    """The visit, queued and given out."""
    session.frontier.add([VISIT])
    visit = session.frontier.next()
    assert visit is not None
    return visit


def raising(error: BaseException) -> Any:
    def raises(*_arguments: object, **_named: object) -> None:
        raise error

    return raises


def test_a_fault_while_the_frontier_is_written_ends_the_crawl_instead_of_hanging_it(session: Session) -> None:
    async def run() -> None:
        session.start()
        session.frontier.commit = raising(TypeError("no JSON"))  # type: ignore[method-assign]
        with pytest.raises(LuutruError, match="a fault in luutru while writing the frontier: TypeError: no JSON"):
            await asyncio.wait_for(session.complete(Outcome(taken(session), "article")), 30)
        await session.finish("finished")

    asyncio.run(run())
    assert isinstance(session.fatal, LuutruError)
    assert session.snapshot is None


def test_what_is_being_written_when_the_crawl_ends_is_written(session: Session) -> None:
    path = session.store.staging("hanam-demo")

    async def run() -> None:
        session.start()
        reached, go = asyncio.Event(), asyncio.Event()
        sync = session.recorder.sync

        async def slow() -> None:
            reached.set()
            await go.wait()
            await sync()

        session.recorder.sync = slow  # type: ignore[method-assign]
        waiting = asyncio.ensure_future(session.complete(Outcome(taken(session), "refused by robots.txt")))
        session.hurry()
        await asyncio.wait_for(reached.wait(), 30)
        ending = asyncio.ensure_future(session.finish("shutdown"))
        await asyncio.sleep(0)
        go.set()
        await asyncio.wait_for(asyncio.gather(waiting, ending), 60)

    asyncio.run(run())
    assert Frontier(path).counts == Counts(queued=0, in_flight=0, done=1)


def test_a_fault_in_the_spider_closes_the_crawl_with_a_word(session: Session) -> None:
    spider = PortalSpider(session)
    spider._outcome = raising(KeyError("page"))  # type: ignore[method-assign]
    with pytest.raises(CloseSpider):
        asyncio.run(spider._settle(VISIT, []))
    assert session.fatal is not None
    assert f"a fault in luutru while reading {VISIT.url}: KeyError" in str(session.fatal)


def test_a_job_that_fails_leaves_the_writers_thread_alive(session: Session) -> None:
    async def run() -> list[Path]:
        with pytest.raises(ValueError, match="a job's own"):
            await session.recorder.run(raising(ValueError("a job's own")))
        await session.recorder.sync()
        return await session.recorder.close()

    assert asyncio.run(asyncio.wait_for(run(), 30)) == []


def test_a_page_that_trips_the_reader_is_kept_and_called_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_module, "extract", raising(RecursionError("too deep")))
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>page</html>"
    exchange = Exchange(VISIT.url, "GET", b"", block, datetime(2026, 11, 24, tzinfo=UTC), 1, None)
    place = Place("x.warc.gz", 0, 1, "urn:uuid:1")
    portal = portals.find("hanam-demo")
    read = record(
        exchange, capture_of(exchange, place), place, Asked("article"), Origin("c", "hanam-demo", "v"), portal
    )
    (row,) = read.rows
    assert (row.table, row.data["reading_verdict"], row.data["wire_verdict"]) == ("captures", "unreadable", "ok")
