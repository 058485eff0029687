"""The index is made, kept up and mended by the searches themselves."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from archive.search import index
from archive.store import create_store

ROOT = Path(__file__).parents[3]


def many(count: int) -> list[dict[str, Any]]:
    chance = random.Random(count)
    words = ["hội", "nghị", "tỉnh", "ủy", "báo", "cáo", "lúa", "xuân", "đường", "dương"]
    return [
        {"name": str(n), "title": f"Tin số {n}", "body": " ".join(chance.choices(words, k=300))} for n in range(count)
    ]


def command(store: Path, text: str = "số") -> list[str]:
    return [sys.executable, "-m", "crawler.cli", "search", text, "--store", str(store), "--limit", "1000", "--json"]


def search(store: Path, *before: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(
        [*before, *command(store)], capture_output=True, text=True, timeout=120, check=False, env=env, cwd=ROOT
    )


def documents(archived: Any) -> int:
    return int(index.open_index(archived.store.search).searcher().num_docs)


def test_an_empty_store_has_nothing_and_no_index(archived: Any) -> None:
    assert archived.find("hội nghị") == []
    assert not archived.store.search.exists()


def test_new_snapshots_are_added_and_nothing_twice(archived: Any) -> None:
    archived.add(*many(20))
    assert archived.find("số", limit=100) != []
    made = (archived.store.search / "meta.json").stat().st_ino
    archived.add({"name": "new", "title": "Tin mới"}, {"name": "0", "title": "Tin khác"})
    assert archived.find("mới") == ["new"]
    assert (archived.store.search / "meta.json").stat().st_ino != made
    assert documents(archived) == 20 + 2 + 3, "one for each content, a mark for each snapshot, one for the format"
    assert len(archived.find("tin", limit=100)) == 21
    before = {path: path.stat().st_mtime_ns for path in archived.store.search.iterdir()}
    assert archived.find("mới") == ["new"]
    assert before == {path: path.stat().st_mtime_ns for path in archived.store.search.iterdir()}, "it was current"


def test_an_index_that_is_lost_or_torn_is_made_anew(archived: Any) -> None:
    archived.add(*many(30))
    expected = archived.find("hội nghị", limit=100)
    folder = archived.store.search
    names = sorted(path.name for path in folder.iterdir() if path.stat().st_size)
    assert len(names) > 5
    for name in names:
        if not (folder / name).exists():  # an index that was made anew has files of its own
            name = next(path.name for path in folder.glob(f"*{Path(name).suffix}") if path.stat().st_size)
        for damage in ("cut", "empty", "gone"):
            path = next(p for p in folder.iterdir() if p.suffix == Path(name).suffix and p.stat().st_size)
            if damage == "gone":
                path.unlink()
            else:
                os.truncate(path, path.stat().st_size // 2 if damage == "cut" else 0)
            assert archived.find("hội nghị", limit=100) == expected, (name, damage)
    shutil.rmtree(folder)
    folder.write_bytes(b"no folder")
    assert archived.find("hội nghị", limit=100) == expected


def test_an_index_of_another_format_is_made_anew(archived: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    archived.add({"name": "1", "title": "Họp"})
    with monkeypatch.context() as patch:
        patch.setattr(index, "_FORMAT_MARK", "format 0")
        assert archived.find("họp") == ["1"]
    with pytest.raises(ValueError, match="format"):
        index.covered(index.open_index(archived.store.search).searcher())
    assert archived.find("họp") == ["1"]
    index.covered(index.open_index(archived.store.search).searcher())


def test_an_index_of_another_store_is_made_anew(archived: Any, tmp_path: Path) -> None:
    from dataclasses import replace

    other = replace(archived, store=create_store(tmp_path / "other"))
    archived.add({"name": "1", "title": "Họp"})
    other.add({"name": "2", "title": "Họp"})
    assert (archived.find("họp"), other.find("họp")) == (["1"], ["2"])
    shutil.rmtree(archived.store.search)
    shutil.copytree(other.store.search, archived.store.search)
    assert archived.find("họp") == ["1"]


def test_a_search_that_is_killed_leaves_nothing_wrong(archived: Any) -> None:
    first = archived.add(*many(3000))
    store = archived.store
    expected = None
    for pause in (0.0, 0.05, 0.1, 0.2, 0.4):
        process = subprocess.Popen(command(store.root), stdout=subprocess.DEVNULL, cwd=ROOT)
        end = time.monotonic() + 60
        while not list(store.search.glob("meta.json")) and process.poll() is None and time.monotonic() < end:
            time.sleep(0.002)
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
        found = archived.find("hội nghị", limit=10)
        assert len(found) == 10
        assert expected in (None, found)
        expected = found
        assert documents(archived) == 3000 + 2
        shutil.rmtree(store.search)
    archived.find("hội")
    archived.add(*({**article, "title": f"Tin sửa {article['name']}"} for article in many(3000)))
    before = {path.name for path in store.search.iterdir()}
    process = subprocess.Popen(command(store.root), stdout=subprocess.DEVNULL, cwd=ROOT)
    while {path.name for path in store.search.iterdir()} == before and process.poll() is None:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    assert len(archived.find("sửa", limit=5000)) == 3000
    from archive.tables.at import At

    assert len(archived.find('"tin số"', At(first), limit=5000)) == 3000


def test_two_searches_at_once_both_answer(archived: Any) -> None:
    archived.add(*many(800))
    for _ in range(2):
        processes = [
            subprocess.Popen(command(archived.store.root), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
            for _ in range(3)
        ]
        answers = [process.communicate(timeout=120) for process in processes]
        assert [process.returncode for process in processes] == [0, 0, 0], answers
        assert len({out for out, _ in answers}) == 1
        assert answers[0][0].count(b"article_id") == 800
        assert documents(archived) == 801 + 1
        shutil.rmtree(archived.store.search)


ALONE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
FULL = 'mount -t tmpfs -o size=1m none "$0/search" && head -c 2m /dev/zero >"$0/search/filler"; exec "$@"'


@pytest.mark.parametrize("state", ["current", "behind", "missing"])
def test_a_store_that_cannot_be_written_is_searched(archived: Any, tmp_path: Path, state: str) -> None:
    archived.add({"name": "1", "title": "Tin số 1"})
    root = archived.store.root
    if state != "missing":
        archived.find("số")
    if state == "behind":
        archived.add({"name": "2", "title": "Tin số 2"})
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    done = search(root, *ALONE, "sh", "-c", READ_ONLY, str(root), TMPDIR=str(temporary))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("article_id") == (2 if state == "behind" else 1)
    assert before == {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    assert list(temporary.iterdir()) == []


def test_a_full_store_is_searched(archived: Any, tmp_path: Path) -> None:
    archived.add(*many(200))
    archived.store.search.mkdir()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    done = search(archived.store.root, *ALONE, "sh", "-c", FULL, str(archived.store.root), TMPDIR=str(temporary))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("article_id") == 200
    assert list(temporary.iterdir()) == []


def test_where_no_index_can_be_written_it_is_said_in_one_line(archived: Any) -> None:
    archived.add(*many(200))
    root = archived.store.root
    done = search(root, "sh", "-c", 'ulimit -f 8 && exec "$@"', "sh")
    assert done.returncode == 1, done.stdout
    assert len(done.stderr.splitlines()) == 1
    assert "no index" in done.stderr
    assert not archived.store.search.exists(), "half an index is not left on a full disk"
    assert search(root).stdout.count("article_id") == 200
