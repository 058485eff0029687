"""Several processes commit to one store at once: snapshots follow one another, and none is lost or changed afterwards."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow.fs import LocalFileSystem, SubTreeFileSystem

from archive.store import Store, create_store
from archive.tables.at import At
from archive.tables.commit import commit_all
from archive.tables.delta import append, dataset
from archive.tables.rows import table
from archive.tables.schema import CAPTURES, TABLES
from archive.tables.views import ask

from .committer import answer, committer, tell
from .nights import Nights, Shown, article, dump, pages, write_facts

PORTALS = ("bac", "trung", "nam")


@dataclass
class Onlooker:
    """A reader who looks at the newest snapshot, again and again, while others commit."""

    store: Store
    pause: float = 0.05
    orders: list[list[tuple[str, str]]] = field(default_factory=list)
    seen: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    fault: Exception | None = None
    over: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        rows = ask(self.store, "SELECT snapshot_id, committed_at FROM snapshots ORDER BY committed_at")
        self.orders.append([(row["snapshot_id"], row["committed_at"]) for row in rows])
        if rows and rows[-1]["snapshot_id"] not in self.seen:
            newest = rows[-1]["snapshot_id"]
            self.seen[newest] = dump(self.store, At(newest))

    def watch(self) -> None:
        try:
            while not self.over.wait(self.pause):
                self.look()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test tells it
            self.fault = error


def test_three_processes_commit_at_once(tmp_path: Path) -> None:
    _rounds(tmp_path, 3)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_three_processes_commit_at_once_thirty_times(tmp_path: Path) -> None:
    _rounds(tmp_path, 30)


def test_others_compact_and_append_meanwhile(tmp_path: Path) -> None:
    """Delta's own tools hold no lock of ours."""
    store = create_store(tmp_path / "store")
    told = Nights(store)
    made = [told.night(pages()).id for _ in range(3)]
    with committer(store) as ours, committer(store) as compacts, committer(store) as appends:
        for number in range(4):
            with told.staged(pages(a2=article("2", f"Lần {number}.")), tmp_path / f"{number}.sqlite") as one:
                write_facts(tmp_path / f"{number}.json", one.facts)
            tell(ours, str(tmp_path / f"{number}.sqlite"))
            for name in ("captures", "articles", "listings", "crawls"):
                tell(compacts, f"compact {name}")
                tell(appends, f"append {name}")
            made.append(answer(ours))
            for _ in range(4):
                assert answer(compacts)
                assert answer(appends)
    assert [row["snapshot_id"] for row in ask(store, "FROM snapshots ORDER BY committed_at")] == made
    rows = ask(store, "SELECT snapshot_id, count(*) AS n, count(DISTINCT record_id) AS ids FROM captures GROUP BY 1")
    assert {row["snapshot_id"]: (row["n"], row["ids"]) for row in rows} == dict.fromkeys(made, (7, 7))
    assert len(ask(store, "FROM versions WHERE url LIKE '%/2.aspx'")) == 5


def test_an_append_that_has_to_be_made_again_loses_no_row(tmp_path: Path) -> None:
    """Someone adds a column in the middle of an append of ours: Delta refuses ours, and it is made again."""
    store = create_store(tmp_path / "store")
    mark = {"snapshot_id": "s", "month": "2026-09", "portal": "thu"}
    append(store, CAPTURES, table([mark | {"record_id": "before"}], CAPTURES.schema), {})

    def rows() -> Iterator[pa.RecordBatch]:
        yield from table([mark | {"record_id": f"{n}"} for n in range(3)], CAPTURES.schema).to_batches()
        _widen_once(store, "captures")

    append(store, CAPTURES, lambda: pa.RecordBatchReader.from_batches(CAPTURES.schema, rows()), {})
    found = dataset(store, CAPTURES).to_table(columns=["record_id"]).column(0).to_pylist()
    assert sorted(found) == ["0", "1", "2", "before", "theirs"]


def test_a_night_whose_gaps_have_to_be_told_again_counts_them_once(tmp_path: Path) -> None:
    store = create_store(tmp_path / "store")
    told = [Nights(store, portal) for portal in PORTALS[:2]]
    shown = [Shown(["1", "2", "never-asked"])]
    night = {name: article(name) for name in ("1", "2")}
    for one in told:
        one.night(night, listed=shown)
    night["1"] = article("1", "Đã sửa.")
    with told[0].staged(night, listed=shown) as first, told[1].staged(night, listed=shown) as second:
        events = len(list((store.table("events") / "_delta_log").glob("*.json")))

        def watch(
            _statement: str,
        ) -> None:  # the second portal is read while gaps are written, after those of the first
            if len(list((store.table("events") / "_delta_log").glob("*.json"))) > events:
                _widen_once(store, "gaps")

        second.db.set_trace_callback(watch)
        done = commit_all(store, [first, second])
    assert (store.root / "gaps.widened").exists()
    assert len(ask(store, "FROM gaps WHERE snapshot_id = ?", done.id)) == 2
    rows = ask(store, "FROM completeness WHERE snapshot_id = ?", done.id)
    assert [(row["entries"], row["captured"], row["unreached"]) for row in rows] == [(3, 2, 1)] * 2


def _widen_once(store: Store, name: str) -> None:
    """Someone else adds a column to a table, the first time that it is called."""
    mark = store.root / f"{name}.widened"
    if not mark.exists():
        mark.touch()
        with committer(store) as other:
            tell(other, f"widen {name}")
            assert answer(other) == "widened"


def test_tables_are_read_by_arrow_alone_whose_threads_wait_for_no_lock_of_pythons(tmp_path: Path) -> None:
    """Read through Python's file objects, a reader beside others hung for ever after some hundred queries."""
    nights = Nights(create_store(tmp_path / "store"), "bac")
    nights.night(pages())
    files = dataset(nights.store, CAPTURES).filesystem
    assert isinstance(files, SubTreeFileSystem)
    assert isinstance(files.base_fs, LocalFileSystem)


def _rounds(folder: Path, count: int) -> None:
    store = create_store(folder / "store")
    staged = {portal: _staged(folder, Nights(store, portal), count) for portal in PORTALS}
    onlooker = Onlooker(store, 0.05 if count < 10 else 2.0)  # seconds; what was seen is read once more at the end
    watching = threading.Thread(target=onlooker.watch)
    watching.start()
    made: list[tuple[str, str]] = []
    try:
        with ExitStack() as stack:
            processes = {portal: stack.enter_context(committer(store)) for portal in PORTALS}
            for number in range(count):
                made += _at_once(staged, processes, number)
    finally:
        onlooker.over.set()
        watching.join()
    assert onlooker.fault is None
    rows = ask(store, "SELECT snapshot_id, portal, committed_at FROM crawls ORDER BY committed_at")
    assert sorted((row["portal"], row["snapshot_id"]) for row in rows) == sorted(made)
    assert all(former["committed_at"] < later["committed_at"] for former, later in pairwise(rows))
    for former, later in pairwise(onlooker.orders):
        assert later[: len(former)] == former, "a snapshot came to be visible before one that had been read"
    assert len(onlooker.seen) >= max(3, count / 2)
    for snapshot, there in onlooker.seen.items():
        assert dump(store, At(snapshot)) == there, f"{snapshot} reads otherwise than when it was new"
    for portal in PORTALS:
        assert len(ask(store, "FROM versions WHERE portal = ? AND url LIKE '%/2.aspx'", portal)) == count
        assert len(ask(store, "FROM events WHERE portal = ? AND event = 'edited'", portal)) == count - 1
        assert len(ask(store, "FROM gaps WHERE portal = ?", portal)) == count
    assert set(TABLES) == {path.name for path in (store.root / "tables").iterdir()}


def _staged(folder: Path, told: Nights, count: int) -> list[Path]:
    """So many nights of a portal, each with an edit and a gap."""
    paths = []
    for number in range(count):
        answers = pages(a2=article("2", f"Lần thứ {number}."))
        paths.append(folder / f"{told.portal}-{number}.sqlite")
        with told.staged(answers, paths[-1], listed=[Shown([*answers, "never-asked"])]) as one:
            write_facts(paths[-1].with_suffix(".json"), one.facts)
    return paths


def _at_once(
    staged: Mapping[str, list[Path]], processes: Mapping[str, subprocess.Popen[str]], number: int
) -> list[tuple[str, str]]:
    """A night of each portal, all committed at once; (portal, snapshot) of each."""
    for portal in PORTALS:
        tell(processes[portal], str(staged[portal][number]))
    found = [(portal, answer(processes[portal])) for portal in PORTALS]
    assert all(snapshot for _, snapshot in found)
    return found
