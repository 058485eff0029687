"""kill -9 at any moment of a commit, and the same commit again: a night is there wholly or not at all, and never twice."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from archive.store import Store, create_store, open_store
from archive.tables.at import At
from archive.tables.delta import dataset
from archive.tables.schema import TABLES
from archive.tables.views import ask, connect

from .committer import answer, commit_file, committer, tell
from .nights import Nights, Page, Shown, article, dump, essence, write_facts

MANY = [str(n) for n in range(300)]
TABLES_IN_ORDER = ("captures", "articles", "listings", "events", "gaps", "crawls")


@dataclass(frozen=True)
class Ground:
    """A store with one night, a second night staged, what the store said before and what it says after both.

    `takes` is how long the second commit takes in a process of its own, seconds.
    """

    root: Path
    staging: Path
    first: str
    before: dict[str, list[str]]
    after: dict[str, list[str]]
    takes: float

    def copy(self, folder: Path) -> tuple[Store, Path]:
        """The store and the staging file once more, for one kill."""
        shutil.copytree(self.root, folder / "store")
        for suffix in (".sqlite", ".json"):
            shutil.copy(self.staging.with_suffix(suffix), folder / f"night{suffix}")
        return open_store(folder / "store"), folder / "night.sqlite"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    folder = tmp_path_factory.mktemp("kill")
    store = create_store(folder / "store")
    told = Nights(store)
    first = told.night({name: article(name) for name in MANY})
    second: dict[str, Page] = {name: _second(name) for name in [*MANY, "new"]}
    shown = [Shown([*MANY[5:], "new", "never-asked"])]
    with told.staged(second, folder / "night.sqlite", listed=shown) as one:
        write_facts(folder / "night.json", one.facts)
    drawn = Ground(folder / "store", folder / "night.sqlite", first.id, dump(store), {}, 0.0)
    twin, staging = drawn.copy(folder / "twin")
    with committer(twin) as process:
        began = time.monotonic()
        tell(process, str(staging))
        assert answer(process)
        takes = time.monotonic() - began
    after = essence(twin)
    assert len(after["crawls"]) == 2
    assert {"edited", "vanished", "appeared"} <= {row["event"] for row in ask(twin, "SELECT event FROM events")}
    return Ground(drawn.root, drawn.staging, first.id, drawn.before, after, takes)


@pytest.mark.parametrize("table", TABLES_IN_ORDER)
def test_killed_after_the_append_to(ground: Ground, tmp_path: Path, table: str) -> None:
    store, staging = ground.copy(tmp_path)
    log = store.table(table) / "_delta_log"
    there = _entries(log)
    inside = _kill(store, staging, lambda: _entries(log) > there)
    assert inside or table in ("gaps", "crawls"), "the commit was over before it was killed"
    assert _dead_rows(store, table) or not inside
    _holds(ground, store, staging, inside)


def test_killed_at_random_moments(ground: Ground, tmp_path: Path) -> None:
    assert _at_random(ground, tmp_path, range(4))


@pytest.mark.soak
@pytest.mark.parametrize("tens", range(10))
def test_killed_at_many_random_moments(ground: Ground, tmp_path: Path, tens: int) -> None:
    assert _at_random(ground, tmp_path, range(10 + tens * 10, 20 + tens * 10)) > 5


def _at_random(ground: Ground, folder: Path, seeds: range) -> int:
    """Kills at moments over the time that a commit takes; how many fell inside it."""
    inside, takes = 0, ground.takes
    for seed in seeds:
        store, staging = ground.copy(folder / str(seed))
        delay = Random(seed).uniform(0, takes)
        killed = _kill(store, staging, lambda: False, delay)
        _holds(ground, store, staging, killed)
        inside += killed
        takes = takes if killed else delay  # the machine is less busy now than it was
        shutil.rmtree(folder / str(seed))
    print(f"{inside} of {len(seeds)} kills fell inside the commit, which takes {ground.takes:.2f} s")
    return inside


def _kill(store: Store, staging: Path, due: Callable[[], bool], within: float = 60) -> bool:
    """Kills the second night's commit when it is due, or `within` seconds; whether that was before its end."""
    with committer(store) as process:
        log = store.table("crawls") / "_delta_log"
        there = _entries(log)
        tell(process, str(staging))
        limit = time.monotonic() + within
        while not due() and time.monotonic() < limit and process.poll() is None:
            time.sleep(0.0002)
        process.kill()
        process.wait()
        assert process.returncode == -9
        return _entries(log) == there


def _holds(ground: Ground, store: Store, staging: Path, inside: bool) -> None:
    """What must hold after a kill, and after the next attempt where the night is not there yet."""
    assert dump(store, At(ground.first)) == ground.before
    if inside:
        assert dump(store) == ground.before
        commit_file(store, staging)
    assert essence(store) == ground.after
    assert dump(store, At(ground.first)) == ground.before
    with connect(store) as sql:
        assert sql.sql("FROM snapshots").shape[0] == 2
        for view in ("captures", "readings", "articles", "versions", "listings", "events", "gaps", "completeness"):
            assert sql.sql(f"FROM {view} WHERE snapshot_id NOT IN (SELECT snapshot_id FROM snapshots)").shape[0] == 0
        for view, key in (("articles", "article_id"), ("readings", "record_id"), ("captures", "record_id")):
            assert sql.sql(f"SELECT {key} FROM {view} GROUP BY 1 HAVING count(*) > 1").shape[0] == 0, view


def _dead_rows(store: Store, table: str) -> int:
    """How many rows of a table no view shows."""
    visible = {row["snapshot_id"] for row in ask(store, "SELECT snapshot_id FROM snapshots")}
    rows = dataset(store, TABLES[table]).to_table(columns=["snapshot_id"]).column(0).to_pylist()
    return sum(snapshot not in visible for snapshot in rows)


def _second(name: str) -> Page:
    """The second night: a fifth is edited, some have gone, one fails, the others are as they were."""
    if name in ("1", "2", "3"):
        return 404, ""
    if name == "7":
        return 500, ""
    if name.isdecimal() and int(name) % 5 == 0:
        return article(name, "Hội nghị bàn về vụ lúa mùa năm nay.")
    return article(name)


def _entries(log: Path) -> int:
    return len(list(log.glob("*.json"))) if log.exists() else 0
