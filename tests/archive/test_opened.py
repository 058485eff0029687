"""An archive from Python: one line each, the same times whatever the clock of the process says."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import polars
import pyarrow as pa
import pytest

import archive
from archive.errors import BrokenQuery, MissingPackage, Misuse, NotAStore, UnknownSnapshot
from archive.store import Store, create_store
from archive.tables.delta import append
from archive.tables.schema import ARTICLES, CRAWLS
from archive.tables.views import VIEWS

ROOT = Path(__file__).parents[2]
NIGHTS = {"20261123T180000Z-aaaaaa": 23, "20261124T180000Z-bbbbbb": 24}


def commit(store: Store, snapshot: str) -> None:
    moment = datetime(2026, 11, NIGHTS[snapshot], 18, 0, tzinfo=UTC)  # the next day in Vietnam
    base = {"snapshot_id": snapshot, "month": "2026-11", "crawl": f"c-{snapshot}", "portal": "p"}
    article = {**base, "article_id": snapshot[-6:], "title": f"Tin {snapshot[-6:]}", "fetch_time": moment}
    append(store, ARTICLES, pa.Table.from_pylist([article], schema=ARTICLES.schema), {})
    crawl = {**base, "night": date(2026, 11, 24), "action": "crawl", "committed_at": moment, "started_at": moment}
    append(store, CRAWLS, pa.Table.from_pylist([crawl], schema=CRAWLS.schema), {})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store of two nights with one article each."""
    store = create_store(tmp_path / "store")
    for snapshot in NIGHTS:
        commit(store, snapshot)
    return store


def test_importing_archive_imports_nothing_heavy() -> None:
    code = "import sys, archive; archive.open; print(sorted({'duckdb', 'pyarrow', 'deltalake', 'polars'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_one_line_each(store: Store) -> None:
    a = archive.open(store.root)
    first, second = NIGHTS
    assert a.snapshot == second
    table = a.arrow("articles")
    assert sorted(table["title"].to_pylist()) == ["Tin aaaaaa", "Tin bbbbbb"]
    assert str(table.schema.field("fetch_time").type) == "timestamp[us, tz=UTC]"
    some = a.arrow("articles", columns=["title", "state"], where="article_id = 'aaaaaa' -- it is the first")
    assert some.to_pylist() == [{"title": "Tin aaaaaa", "state": "online"}]
    frame = a.polars("articles", columns=["title", "fetch_time"])
    assert frame.schema["fetch_time"] == polars.Datetime("us", "UTC")
    assert frame.height == 2
    assert a.sql("SELECT count(*) AS n FROM crawls").to_pylist() == [{"n": 2}]
    assert a.sql("SELECT 1").schema.metadata[b"luutru.snapshot"] == second.encode()
    with a.duckdb() as db:
        assert db.sql("SELECT count(*) FROM articles").fetchall() == [(2,)]
        db.register("mine", pa.table({"article_id": ["bbbbbb"]}))
        assert db.sql("SELECT title FROM articles JOIN mine USING (article_id)").fetchall() == [("Tin bbbbbb",)]
    for view in VIEWS:
        assert a.arrow(view).num_columns
    assert archive.open(str(store.root), snapshot=first).arrow("articles").num_rows == 1
    assert archive.open(store.root, snapshot="2026-11-24").snapshot == first, (
        "a day is one in Vietnam, and means its end"
    )
    assert archive.open(store.root, as_of=datetime(2026, 11, 24, tzinfo=UTC)).arrow("articles").num_rows == 1


def test_it_stays_at_its_snapshot(tmp_path: Path) -> None:
    store = create_store(tmp_path / "store")
    assert archive.open(store.root).snapshot is None
    first, second = NIGHTS
    commit(store, first)
    a = archive.open(store.root)
    commit(store, second)
    assert a.arrow("articles").num_rows == a.sql("SELECT * FROM crawls").num_rows == 1
    with a.duckdb() as db:
        assert db.sql("SELECT snapshot_id FROM snapshots").fetchall() == [(first,)]


def test_what_is_wrong_is_said(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotAStore):
        archive.open(tmp_path / "nothing")
    with pytest.raises(UnknownSnapshot):
        archive.open(store.root, snapshot="nobody")
    with pytest.raises(Misuse, match="time zone"):
        archive.open(store.root, as_of=datetime(2026, 11, 24))  # noqa: DTZ001 - that is the fault
    a = archive.open(store.root)
    for wrong in ("article", "articles_rows; DROP VIEW articles"):
        with pytest.raises(BrokenQuery, match="no view"):
            a.arrow(wrong)
    with pytest.raises(BrokenQuery, match="nobody"):
        a.arrow("articles", columns=["nobody"])
    with pytest.raises(BrokenQuery, match="no columns"):
        a.arrow("articles", columns=[])
    with pytest.raises(BrokenQuery):
        a.sql("CREATE TABLE t (i INTEGER)")
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(MissingPackage, match=r"luutru\[polars\]"):
        a.polars("articles")


SCRIPT = """
import sys, archive
from datetime import UTC, datetime
a = archive.open(sys.argv[1])
with a.duckdb() as db:
    rows = db.sql("SELECT fetch_time, strftime(fetch_time, '%H:%M'), fetch_time::VARCHAR, fetch_time::DATE, hour(fetch_time), "
        "TIMESTAMPTZ '2026-11-23 20:00:00' > fetch_time, current_setting('TimeZone') FROM articles ORDER BY 1").fetchall()
    inner = db.cursor().execute("SELECT current_setting('TimeZone')").fetchall()
assert all(row[0].utcoffset().total_seconds() == 0 for row in rows)
table = a.arrow("articles")
print(rows, inner, sorted(table["fetch_time"].to_pylist()), a.sql("SELECT current_date = (now())::DATE AS d").to_pylist(),
    sorted(row["fetch_time"].isoformat() for row in a.polars("articles", columns=["fetch_time"]).iter_rows(named=True)))
"""


def test_the_clock_of_the_process_changes_nothing(store: Store) -> None:
    told = []
    for zone in ("UTC", "Asia/Ho_Chi_Minh", "America/New_York"):
        command = [sys.executable, "-c", SCRIPT, str(store.root)]
        environment = os.environ | {"TZ": zone}
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
        assert done.returncode == 0, done.stderr
        told.append(done.stdout)
    assert told[0] == told[1] == told[2]
    assert "'18:00'" in told[0]
    assert "2026-11-23T18:00:00+00:00" in told[0]
