"""kill -9 at random moments of a crawl of 500 pages: what reached the spider is kept, and the crawl ends complete."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from archive.store import open_store
from archive.tables.views import ask
from archive.warc import cdxj
from archive.warc.names import warcs_in
from archive.warc.reader import exchanges
from archive.warc.repair import whole
from crawler.demo.answer import Answer
from crawler.demo.server import DemoServer

HERE = Path(__file__).parent
PAGES = 500
SHOWN = 50
ANSWERS = 1 + PAGES // SHOWN + PAGES
"""robots.txt, listing pages, articles."""

PORTAL = """\
title = "Cổng thử"
hosts = ["thu.example"]
platform = "sharepoint"
[[categories]]
path = ["Tin tức"]
url = "http://thu.example/tin?page=1"
[[layouts]]
entries = "//li"
next = "//a[@class='next']"
[politeness]
delay = 0.0
concurrency = 8
"""

Asked = tuple[str, str, str]


class Large:
    """A portal of 500 articles on ten listing pages; every third article has the same words as another."""

    def answer(self, method: str, host: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if target.startswith("/tin?page="):
            page = int(target.partition("=")[2])
            numbers = range((page - 1) * SHOWN, page * SHOWN)
            items = "".join(f'<li><a href="/Pages/{n}.aspx">Tin số {n} của tỉnh</a></li>' for n in numbers)
            more = f'<a class="next" href="/tin?page={page + 1}">Tiếp</a>' if page * SHOWN < PAGES else ""
            return _html(f"<ul>{items}</ul>{more}")
        if target.startswith("/Pages/"):
            number = int(target.removeprefix("/Pages/").removesuffix(".aspx"))
            said = "cùng một nội dung" if number % 3 == 0 else f"nội dung thứ {number}"
            words = f"Ủy ban nhân dân tỉnh họp phiên thường kỳ và bàn {said} về phát triển kinh tế. " * 20
            return _html(f'<h1 class="title">Tin</h1><div class="ms-rtestate-field"><p>{words}</p></div>')
        return Answer(404, "Not Found", (("Content-Type", "text/plain"),), b"none")


def _html(body: str) -> Answer:
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    return Answer(200, "OK", headers, f"<html><body>{body}</body></html>".encode())


@pytest.fixture(scope="module")
def server() -> Any:
    with DemoServer(Large()) as running:
        yield running


def _command(folder: Path, port: int) -> list[str]:
    (folder / "thu.toml").write_text(PORTAL, "utf-8")
    config = folder / "luutru.toml"
    config.write_text(f'[connect]\n"thu.example:80" = "127.0.0.1:{port}"\n', "utf-8")
    # of one night: the command again goes on with it, and leaves it as it is where the kill came too late
    words = [
        "crawl",
        "thu",
        "--night",
        "2026-11-24",
        "--portals",
        folder,
        "--store",
        folder / "store",
        "--config",
        config,
    ]
    return [sys.executable, str(HERE / "noted_crawl.py"), str(folder / "notes"), *map(str, words)]


def _round(folder: Path, port: int, moment: int, pause: float) -> int:
    """Kills a crawl `pause` seconds after its `moment`th answer, runs it again and looks; how many answers had been noted."""
    folder.mkdir()
    command = _command(folder, port)
    notes = folder / "notes"
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    limit = time.monotonic() + 60
    while process.poll() is None and (not notes.exists() or notes.read_bytes().count(b"\n") < moment):
        assert time.monotonic() < limit
        time.sleep(0.002)
    try:
        process.wait(pause)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    reached = _noted(notes)
    kept = _kept(folder / "store")
    lost = [asked for asked in reached if asked not in kept]
    assert not lost, "the spider had them, and no WARC holds them"
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    _complete(folder / "store")
    return sum(reached.values())


def _noted(notes: Path) -> Counter[Asked]:
    lines = notes.read_bytes().split(b"\n")[:-1]
    return Counter(tuple(json.loads(line)) for line in lines)


def _kept(store: Path) -> Counter[Asked]:
    """What stands whole in the WARCs, whatever state they are in."""
    kept: Counter[Asked] = Counter()
    for path in warcs_in(store / "warc" / "thu"):
        copy = store.parent / "copy"
        copy.write_bytes(path.read_bytes()[: whole(path)[1]])
        kept.update(
            (x.method, x.first.url, x.request_body.decode()) for x in exchanges(copy) if x.response and x.metadata
        )
    return kept


def _complete(root: Path) -> None:
    store = open_store(root)
    assert ask(store, "SELECT count(*) AS n FROM articles") == [{"n": PAGES}]
    assert ask(store, "SELECT count(*) AS n, count(DISTINCT url) AS d FROM readings") == [{"n": PAGES, "d": PAGES}]
    files = list((store.warcs / "thu").glob("*.warc.gz*"))
    assert {path.suffix for path in files} == {".gz", ".cdxj", ".ledger"}, "nothing is left open, apart or half joined"
    ids = []
    for path in store.portal_warcs("thu").glob("*.warc.gz"):
        count, end = whole(path)
        assert end == path.stat().st_size
        assert count > 1
        index = path.with_name(path.name + ".cdxj").read_text("utf-8").splitlines()
        assert index == cdxj.lines(path, path.name)
        ids += [found.first.id for found in exchanges(path)]
    rows = ask(store, "SELECT record_id, warc_filename, warc_record_offset FROM captures")
    assert sorted(ids) == sorted(row["record_id"] for row in rows)


@pytest.mark.parametrize("moment", [60, 400])
def test_a_large_crawl_that_is_killed_loses_nothing(server: DemoServer, tmp_path: Path, moment: int) -> None:
    assert _round(tmp_path / "round", server.port, moment, 0.003) < ANSWERS


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_fifty_large_crawls_that_are_killed_lose_nothing(server: DemoServer, tmp_path: Path) -> None:
    chance = random.Random(1000)
    reached = [
        _round(tmp_path / str(number), server.port, chance.randrange(ANSWERS), chance.uniform(0.0, 0.2))
        for number in range(50)
    ]
    assert sum(count < ANSWERS for count in reached) > 40, f"most were killed on their way: {reached}"
