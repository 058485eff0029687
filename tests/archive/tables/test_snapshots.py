"""Snapshots: what was known when.  One names all that was known at its commit, and reads the same for ever."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from deltalake import DeltaTable

from archive.errors import Misuse, UnknownSnapshot
from archive.moment import iso
from archive.store import Store, create_store
from archive.tables import stage
from archive.tables.at import At, at
from archive.tables.commit import CrawlFacts, commit_all, commit_readings
from archive.tables.compaction import compact
from archive.tables.delta import append
from archive.tables.rows import table
from archive.tables.schema import CRAWLS, TABLES
from archive.tables.views import ask, query

from .nights import Nights, article, dump, name_of, pages

PORTALS = ("bac", "nam", "trung")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return create_store(tmp_path / "store")


def test_three_portals_are_one_snapshot(store: Store) -> None:
    with ExitStack() as stack:
        staged = [stack.enter_context(Nights(store, portal).staged(pages())) for portal in reversed(PORTALS)]
        first = commit_all(store, staged)
    assert [row["portal"] for row in first.rows] == list(PORTALS)
    assert {DeltaTable(str(store.table(name))).version() for name in TABLES if store.table(name).exists()} == {0}
    (row,) = ask(store, "FROM snapshots")
    assert (row["snapshot_id"], row["portals"], row["articles"]) == (first.id, list(PORTALS), 18)
    assert row["completeness"] == 1
    for view in ("articles", "versions", "readings"):
        rows = ask(store, f"SELECT portal, article_id FROM {view}")
        assert len(rows) == len({(row["portal"], row["article_id"]) for row in rows}) == 18
    assert len(ask(store, "FROM events WHERE event = 'appeared'")) == 18
    with ExitStack() as stack:
        told = [Nights(store, portal) for portal in PORTALS]
        for one in told:
            one.now += timedelta(days=1)
        edited = pages(a2=article("2", "Hội nghị bàn về vụ lúa mùa năm nay."))
        second = commit_all(store, [stack.enter_context(one.staged(edited)) for one in told])
    events = [(row["portal"], row["event"]) for row in told[0].told(second)]
    assert sorted(events) == [(portal, "edited") for portal in PORTALS]
    assert len(ask(store, "FROM snapshots")) == 2
    assert len(ask(store, "FROM articles")) == 18
    assert len(ask(store, "FROM versions")) == 21


def test_a_snapshot_has_a_name_a_beginning_and_a_day(store: Store) -> None:
    """Midnight is Vietnam's: 17:00 UTC."""
    for id_, time in (
        ("20261031T165959Z-aaaaaa", "2026-10-31T16:59:59.999999Z"),
        ("20261031T170000Z-bbbbbb", "2026-10-31T17:00:00.000000Z"),
        ("20261101T165959Z-cccccc", "2026-11-01T16:59:59.999999Z"),
        ("20261103T180000Z-dddddd", "2026-11-03T18:00:00.000000Z"),
    ):
        _crawl(store, id_, time)
    assert at(store, "20261031T170000Z-bbbbbb") == At("20261031T170000Z-bbbbbb")
    assert at(store, "20261031T165") == At("20261031T165959Z-aaaaaa")
    assert at(store, "20261103") == At("20261103T180000Z-dddddd")
    assert at(store, "2026-10-31") == At("20261031T165959Z-aaaaaa")
    assert at(store, "2026-11-01") == At("20261101T165959Z-cccccc"), "the last of the day"
    assert at(store, "2026-11-03") == At("20261101T165959Z-cccccc"), "18:00 UTC is the next day in Vietnam"
    assert at(store, "2026-11-04") == At("20261103T180000Z-dddddd")
    assert at(store, "2030-01-01") == At("20261103T180000Z-dddddd")
    for unknown in ("2026-10-30", "2025", "20261031T17000Z", "bbbbbb"):
        with pytest.raises(UnknownSnapshot, match="no snapshot"):
            at(store, unknown)
    with pytest.raises(UnknownSnapshot, match="several snapshots begin with '20261031T1'"):
        at(store, "20261031T1")
    with pytest.raises(Misuse):
        at(store, "2026-02-30")
    _crawl(store, "20261031", "2026-11-05T00:00:00.000000Z")
    assert at(store, "20261031") == At("20261031"), "a whole id is meant, though others begin with it"


def test_a_time_shows_what_was_online_then(store: Store) -> None:
    told = Nights(store)
    told.night(pages())
    after_first = told.now + timedelta(minutes=1)
    second = told.night(pages(a2=article("2", "Đã sửa."), a3=(404, "")))
    after_second = told.now + timedelta(minutes=1)
    told.night(pages(a2=article("2", "Lại sửa."), a3=(404, "")))
    after_third = told.now + timedelta(minutes=1)
    assert _online(store, after_first) == {"1", "2", "3", "4", "5", "6"}
    assert _online(store, after_second) == {"1", "2", "4", "5", "6"}, "as is known now, it was gone then"
    assert _online(store, after_second, second.id) == {"1", "2", "3", "4", "5", "6"}, "then it was only suspected"
    assert _online(store, after_third) == {"1", "2", "4", "5", "6"}
    assert _online(store, datetime(2026, 9, 1, tzinfo=UTC)) == set()
    for time, words in ((after_first, "lúa xuân"), (after_second, "Đã sửa."), (after_third, "Lại sửa.")):
        (row,) = query(store, "SELECT body FROM articles WHERE url LIKE '%/2.aspx'", At(as_of=time)).to_pylist()
        assert words in row["body"]
        assert len(query(store, "FROM versions WHERE url LIKE '%/2.aspx'", At(as_of=time))) == 1 + (
            time > after_first
        ) + (time > after_second)
    day = at(store, as_of="2026-09-04")
    assert day.as_of == datetime(2026, 9, 4, 16, 59, 59, 999999, tzinfo=UTC), "a day ends at midnight in Vietnam"
    assert at(store, as_of="2026-09-04T01:30:00+07:00").as_of == datetime(2026, 9, 3, 18, 30, tzinfo=UTC)


def test_a_snapshot_reads_the_same_whatever_comes_after(store: Store) -> None:
    told = Nights(store)
    told.night(pages())
    second = told.night(pages(a2=article("2", "Đã sửa."), a3=(404, "")))
    then = told.now
    there = {where: dump(store, where) for where in (At(second.id), At(second.id, then - timedelta(hours=3)))}
    told.night(pages(a2=article("2", "Lại sửa."), a3=(404, "")))
    last = told.night(pages(a5=(410, "")))
    assert {where: dump(store, where) for where in there} == there
    now = dump(store)
    reading = _read_all_again(told, "v2")
    assert {where: dump(store, where) for where in there} == there
    assert dump(store, At(last.id)) == now
    versions = ask(store, "SELECT url, version FROM versions ORDER BY url, version")
    assert [v["version"] for v in versions if name_of(v["url"]) == "2"] == [1, 2, 3, 4]
    assert len(versions) == 9
    assert all("kết thúc" not in row["body"] for row in ask(store, "SELECT body FROM articles"))
    assert len(ask(store, "FROM snapshots")) == 5
    now = dump(store, At(reading))
    compact(store, older_than=0)
    assert {where: dump(store, where) for where in there} == there
    assert dump(store) == dump(store, At(reading)) == now
    assert DeltaTable(str(store.table("captures"))).get_add_actions().num_rows == 1, "it was compacted indeed"


def test_a_clock_that_was_put_back_does_not_reorder_snapshots(store: Store) -> None:
    told = Nights(store)
    _crawl(store, "20991231T000000Z-ffffff", "2099-12-31T00:00:00.000000Z")
    made = [told.night(pages()).id for _ in range(2)]
    assert [row["snapshot_id"] for row in ask(store, "FROM snapshots ORDER BY committed_at")][1:] == made


def _read_all_again(told: Nights, version: str) -> str:
    """Commits every reading once more, by another version; the snapshot."""
    again = told.reader(version)
    with closing(sqlite3.connect(":memory:", check_same_thread=False)) as db:
        stage.create_stage(db)
        rows = [again(row) for row in ask(told.store, "FROM readings")]
        joined = [row | {"content_hash": row["text_hash"]} for row in rows if row is not None]
        own: dict[str, object] = {"night": "2026-09-09", "extractor_version": version}
        return commit_readings(told.store, db, CrawlFacts("thu-again", "thu", None, own), joined).id


def _crawl(store: Store, snapshot: str, time: str) -> None:
    row: dict[str, object] = {
        "snapshot_id": snapshot,
        "month": time[:7],
        "crawl": snapshot,
        "portal": "thu",
        "committed_at": iso(datetime.fromisoformat(time)),
    }
    append(store, CRAWLS, table([row], CRAWLS.schema), {})


def _online(store: Store, time: datetime, snapshot: str | None = None) -> set[str]:
    return {name_of(row["url"]) for row in ask(store, "SELECT url FROM articles", at=At(snapshot, time))}
