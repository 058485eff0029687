"""Compaction: fewer files and the same rows, whoever appends, reads or is killed meanwhile."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from deltalake import DeltaTable

from archive.errors import StoreUnwritable
from archive.store import Store, create_store, open_store
from archive.tables.compaction import Compacted, compact
from archive.tables.delta import append
from archive.tables.pins import pin, pins, unpin
from archive.tables.rows import table
from archive.tables.schema import CAPTURES, CRAWLS, TABLES
from archive.tables.views import ask

ROOT = Path(__file__).parents[2]
TIME = "2026-11-24T01:00:00.000000Z"


def add(store: Store, number: int, rows: int = 20) -> None:
    """One commit of captures, and the row of crawls that shows it."""
    snapshot = f"snapshot-{number:04d}"
    month = f"2026-{1 + number % 3:02d}"
    own = {"snapshot_id": snapshot, "crawl": f"crawl-{number}", "portal": "hanam", "month": month}
    captures = [own | {"record_id": f"{number}-{n}", "url": f"http://x/{n}", "fetch_time": TIME} for n in range(rows)]
    append(store, CAPTURES, table(captures, CAPTURES.schema), {})
    when = f"2026-11-24T02:{number // 60:02d}:{number % 60:02d}.000000Z"
    append(store, CRAWLS, table([own | {"committed_at": when}], CRAWLS.schema), {})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = create_store(tmp_path / "store")
    for number in range(9):
        add(made, number)
    return made


def seen(store: Store) -> list[dict[str, object]]:
    return ask(store, "SELECT * FROM captures ORDER BY record_id") + ask(store, "SELECT * FROM crawls ORDER BY crawl")


def data_files(store: Store, name: str = "captures") -> set[str]:
    return {path.name for path in store.table(name).rglob("*.parquet") if "_delta_log" not in path.parts}


def of(done: list[Compacted], name: str) -> Compacted:
    (one,) = (one for one in done if one.table == name)
    return one


def test_rows_are_the_same_and_files_are_few(store: Store) -> None:
    before, size = seen(store), sum(p.stat().st_size for p in store.table("captures").rglob("month=*/*.parquet"))
    planned = of(compact(store, older_than=0, dry_run=True), "captures")
    assert (planned.merged, planned.into) == (9, 3)
    assert len(data_files(store)) == 9, "a dry run does nothing"
    assert DeltaTable(str(store.table("captures"))).version() == 8
    young = of(compact(store), "captures")
    assert (young.merged, young.into, young.removed, young.freed) == (9, 3, 0, 0)
    assert len(data_files(store)) == 12, "what was merged a moment ago may be read by others"
    done = of(compact(store, older_than=0), "captures")
    assert (done.merged, done.removed, done.freed) == (0, 9, size)
    assert len(data_files(store)) == 3
    assert seen(store) == before
    again = compact(store, older_than=0)
    assert {(one.merged, one.removed, one.freed) for one in again} == {(0, 0, 0)}
    add(store, 9)
    assert len(seen(store)) == len(before) + 21


def test_each_snapshot_reads_as_before(store: Store) -> None:
    from archive.tables.at import At

    ids = [f"snapshot-{number:04d}" for number in range(9)]
    before = [ask(store, "SELECT * FROM captures ORDER BY record_id", at=At(one)) for one in ids]
    assert [len(rows) for rows in before] == [20 * n for n in range(1, 10)]
    compact(store, older_than=0)
    assert [ask(store, "SELECT * FROM captures ORDER BY record_id", at=At(one)) for one in ids] == before


def test_the_versions_of_releases_stay_readable(store: Store) -> None:
    assert pin(store, "snapshot-0008")
    assert not pin(store, "snapshot-0008"), "a snapshot is pinned once"
    version = pins(store)[0].tables["captures"]
    add(store, 9)
    add(store, 10)
    compact(store, older_than=0)
    assert DeltaTable(str(store.table("captures")), version=version).to_pyarrow_table().num_rows == 180
    assert len(data_files(store)) == 9 + 3, "the nine of the release, and what all is in now"
    for path in list(store.table("captures").rglob("month=2026-01/*.parquet"))[:4]:
        if path.name in {
            Path(uri).name for uri in DeltaTable(str(store.table("captures")), version=version).file_uris()
        }:
            path.unlink()
    assert of(compact(store), "captures").lost == ("snapshot-0008",)
    unpin(store, "snapshot-0008")
    compact(store, older_than=0)
    assert len(data_files(store)) == 3


def test_pins_that_do_not_read_stop_it_before_anything_is_removed(store: Store) -> None:
    store.releases.write_text('{"releases": [{"snapshot_id": 1}]}')
    before = data_files(store)
    with pytest.raises(StoreUnwritable, match=r"releases\.json does not read"):
        compact(store, older_than=0)
    assert data_files(store) == before


def test_what_a_killed_commit_left_goes_and_what_is_being_written_stays(store: Store) -> None:
    folder = next(store.table("captures").glob("month=*"))
    for name, hours in (("old.parquet", 200), ("young.parquet", 100)):
        (folder / name).write_bytes(b"x" * 1000)
        when = time.time() - hours * 3600
        os.utime(folder / name, (when, when))
    done = of(compact(store), "captures")
    assert (done.removed, done.freed) == (1, 1000)
    assert "young.parquet" in data_files(store)
    left = of(compact(store, vacuum=False), "captures")
    assert left.removed == 0


_CODE = "import sys; from pathlib import Path; from archive.store import open_store; store = open_store(Path(sys.argv[1]))\n"


def start(code: str, store: Store) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _CODE + code, str(store.root)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


_APPEND = """
import importlib.util
spec = importlib.util.spec_from_file_location("compaction_test", {file!r})
module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)
from contextlib import nullcontext
for number in range(100, 125):
    with store.commit_lock() if {locked} else nullcontext():
        module.add(store, number)
"""


@pytest.mark.parametrize("locked", [True, False])
def test_commits_that_come_meanwhile_are_not_broken(store: Store, locked: bool) -> None:
    """Commits of crawls hold the lock; Delta's own rules hold where another program appends, and then age does."""
    process = start(_APPEND.format(file=__file__, locked=locked), store)
    while process.poll() is None:
        compact(store, older_than=0 if locked else 168)
    assert process.stdout is not None
    process.stdout.close()
    assert process.returncode == 0
    assert len(ask(store, "SELECT DISTINCT record_id FROM captures")) == len(ask(store, "FROM captures")) == 34 * 20
    assert len(ask(store, "FROM crawls")) == 34


def test_a_kill_at_any_moment_leaves_the_tables_whole(store: Store) -> None:
    before = seen(store)
    code = "from archive.tables.compaction import compact\nprint('begun', flush=True)\ncompact(store, older_than=0)"
    chance = random.Random(7)
    for number in range(8):
        process = start(code, store)
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        time.sleep(chance.uniform(0, 0.25))
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)
        process.stdout.close()
        assert seen(open_store(store.root)) == before
        add(store, 20 + number, rows=0 if number else 1)
        before = seen(store)
    compact(store, older_than=0)
    assert seen(store) == before
    assert len(data_files(store)) == 3


def test_every_table_that_is_there_is_compacted(store: Store) -> None:
    assert {one.table for one in compact(store)} == {"captures", "crawls"} <= set(TABLES)
