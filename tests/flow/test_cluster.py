"""A night shared out over Dask's workers: a worker that is killed costs nothing, and no host ever has two crawls."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from archive.errors import NoCluster
from archive.store import create_store, open_store
from archive.tables.views import ask
from crawler.cluster import Ground, code, ground
from crawler.demo.server import DemoServer

from .night_portals import COUNT, NightPortals, Nights, closed_port
from .workers import alive, crawls, parent_of

NAMES = ("mot", "hai", "ba")
NIGHT = "2026-11-23"


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    """Three portals that answer one request at a time, slowly enough to be met in the middle."""
    site = NightPortals(slow=dict.fromkeys(NAMES, 0.2))
    with DemoServer(site) as server:
        made = Nights(tmp_path, server, site, NAMES)
        for name in NAMES:
            path = tmp_path / "portals" / f"{name}.toml"
            path.write_text(path.read_text("utf-8").replace("concurrency = 2", "concurrency = 1"), "utf-8")
        yield made


def start(nights: Nights, *words: str) -> subprocess.Popen[str]:
    command = nights.command("nightly", *NAMES, "--night", NIGHT, "--jobs", "2", *words)
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)


def until(due: Callable[[], bool], process: subprocess.Popen[str], seconds: float = 60) -> None:
    limit = time.monotonic() + seconds
    while not due():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < limit
        time.sleep(0.01)


def requests(nights: Nights, portal: str) -> int:
    return sum(count for (name, _), count in list(nights.site.asked.items()) if name == portal)


def met(nights: Nights, process: subprocess.Popen[str], least: int) -> tuple[str, int]:
    """A portal that has been asked `least` times and is still being crawled, and the process that crawls it."""
    found: list[tuple[str, int]] = []

    def due() -> bool:
        if any(requests(nights, name) >= least for name in NAMES):
            under = crawls(process.pid, nights.store)
            found.extend((name, pid) for name, pid in under.items() if COUNT > requests(nights, name) >= least)
        return bool(found)

    until(due, process)
    return found[0]


def rows(nights: Nights, sql: str) -> list[dict[str, Any]]:
    return ask(open_store(nights.store), sql)


def complete(nights: Nights) -> None:
    """Every portal's articles are there, once, and no host had more than one request at once."""
    told = json.loads((nights.store / "reports" / f"{NIGHT}.json").read_text("utf-8"))
    assert told["colour"] == "green", told
    assert dict(nights.site.most_at_once) == dict.fromkeys(NAMES, 1)
    articles = rows(nights, "SELECT portal, count(*) AS n, count(DISTINCT url) AS urls FROM articles_rows GROUP BY ALL")
    assert {row["portal"]: (row["n"], row["urls"]) for row in articles} == dict.fromkeys(NAMES, (COUNT, COUNT))
    for table in ("captures", "articles", "listings"):
        assert rows(nights, f"SELECT record_id FROM {table}_rows GROUP BY ALL HAVING count(*) > 1") == []
    assert rows(nights, "SELECT portal FROM crawls GROUP BY ALL HAVING count(*) > 1") == []
    assert not list((nights.store / "staging").glob(".scratch-*"))
    assert not list((nights.store / "warc").glob("*/*.open"))


def killed(nights: Nights, least: int) -> None:
    """A round: a worker dies by -9 once the portal that it crawls has been asked `least` times."""
    process = start(nights, "--cluster", "local")
    _, child = met(nights, process, least)
    os.kill(parent_of(child), signal.SIGKILL)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert "its process died 1 times" in said
    assert "Traceback" not in said
    assert not alive(child)
    complete(nights)


@pytest.mark.parametrize("least", [5])
def test_a_worker_is_killed_in_mid_portal_and_another_takes_it_over(nights: Nights, least: int) -> None:
    killed(nights, least)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_a_worker_is_killed_at_any_moment(nights: Nights, seed: int) -> None:
    killed(nights, Random(seed).randint(1, COUNT - 1))


def test_ctrl_c_ends_a_shared_night_cleanly_and_the_next_run_goes_on(nights: Nights) -> None:
    process = start(nights, "--cluster", "local")
    met(nights, process, 3)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: Dask's workers get it too
    _, said = process.communicate(timeout=60)
    assert "Traceback" not in said
    assert (nights.store / "reports" / f"{NIGHT}.html").exists(), said
    assert not list((nights.store / "warc").glob("*/*.open"))
    done = nights.run("nightly", *NAMES, "--night", NIGHT, "--cluster", "local")
    assert done.returncode == 0, done.stderr
    assert dict(nights.site.most_at_once) == dict.fromkeys(NAMES, 1)
    (count,) = rows(nights, "SELECT count(DISTINCT url) AS n FROM articles")
    assert count["n"] == COUNT * len(NAMES)


def test_a_shared_night_that_is_killed_takes_its_workers_with_it_and_is_finished_by_the_next_run(
    nights: Nights,
) -> None:
    process = start(nights, "--cluster", "local")
    _, child = met(nights, process, 4)
    process.kill()
    process.wait()
    done = nights.run("nightly", *NAMES, "--night", NIGHT, "--cluster", "local")
    assert done.returncode == 0, done.stderr
    assert not alive(child)
    complete(nights)


def test_a_scheduler_elsewhere_has_its_workers_do_the_night(nights: Nights, tmp_path: Path) -> None:
    port = closed_port()
    own = [sys.executable, "-m"]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    scheduler = subprocess.Popen(
        [*own, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"], **quiet
    )
    address = f"tcp://127.0.0.1:{port}"
    workers = ["--nworkers", "2", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"]
    worker = subprocess.Popen([*own, "distributed.cli.dask_worker", address, *workers], **quiet)
    try:
        done = nights.run("nightly", *NAMES, "--night", NIGHT, "--cluster", address)
    finally:
        worker.terminate()
        worker.wait()
        scheduler.terminate()
        scheduler.wait()
    assert done.returncode == 0, done.stderr
    complete(nights)


def test_a_scheduler_that_does_not_answer_is_told(nights: Nights) -> None:
    done = nights.run("nightly", *NAMES, "--cluster", f"tcp://127.0.0.1:{closed_port()}")
    assert done.returncode == 1
    assert "no Dask scheduler answers at tcp://127.0.0.1" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_dask_the_cure_is_told(nights: Nights, tmp_path: Path) -> None:
    absent = tmp_path / "absent" / "distributed"
    absent.mkdir(parents=True)
    (absent / "__init__.py").write_text("raise ImportError\n", "utf-8")
    done = subprocess.run(
        nights.command("nightly", *NAMES, "--cluster", "local"),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(absent.parent)},
    )
    assert done.returncode == 2
    assert "pip install 'luutru[cluster]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_worker_that_sees_another_store_or_has_another_version_does_nothing(tmp_path: Path) -> None:
    store = create_store(tmp_path / "store")
    with ground(store) as common:
        common.check()
        with pytest.raises(NoCluster, match="another version"):
            Ground(common.scratch, "0.0.1-000000000000").check()
    with pytest.raises(NoCluster, match="does not see"):
        Ground(str(tmp_path / "elsewhere" / "staging" / ".scratch-1"), code()).check()


def test_what_a_dead_command_left_in_the_store_is_removed_by_the_next(tmp_path: Path) -> None:
    store = create_store(tmp_path / "store")
    script = (
        "import os, sys, pathlib\nfrom archive.store import open_store\n"
        "with open_store(pathlib.Path(sys.argv[1])).scratch():\n    os._exit(9)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(store.root)], check=False)
    (left,) = (path for path in (store.root / "staging").glob(".scratch-*") if path.is_dir())
    with store.scratch() as one, store.scratch() as two:
        assert one.is_dir()
        assert two.is_dir()
        assert not left.exists()
    assert [path.name for path in (store.root / "staging").glob(".scratch*")] == [".scratch.lock"]


def test_a_crawl_ends_when_who_began_it_is_dead(nights: Nights) -> None:
    """Whichever thread of it had begun the crawl: it is the other end of the pipe that counts."""
    create_store(nights.store)
    order = {
        "store": str(nights.store),
        "portal": "mot",
        "night": NIGHT,
        "portal_folders": [str(nights.folder / "portals")],
        "configuration": str(nights.folder / "luutru.toml"),
    }
    command = [sys.executable, "-m", "crawler.night.worker"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert process.stdin is not None
    process.stdin.write(json.dumps(order).encode() + b"\n")
    process.stdin.flush()
    limit = time.monotonic() + 60
    while requests(nights, "mot") < 4:
        assert time.monotonic() < limit
        assert process.poll() is None
        time.sleep(0.01)
    process.stdin.close()
    process.wait(timeout=20)
    assert requests(nights, "mot") < COUNT
    assert not open_store(nights.store).locked("mot")


def test_a_crawl_whose_order_never_comes_begins_nothing() -> None:
    done = subprocess.run([sys.executable, "-m", "crawler.night.worker"], input=b"{", capture_output=True, check=False)
    assert done.returncode == 143
    assert done.stderr == b""
