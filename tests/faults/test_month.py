"""A month of nights in a row: what a store holds grows with what changes, and nothing that a crawl needs grows with nights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from .hostile_crawl import article, crawl
from .test_hours import FAKETIME
from .wild import Play, Wild, page, says

FIRST = 40
A_NIGHT = 3
PAGE = 20
BEGIN = datetime(2026, 11, 1, 15, 30)  # noqa: DTZ001 - libfaketime is told UTC without its offset
MORE = "[walk]\nfresh_days = 2\nsweep_days = 5\nfile_days = 5\n"


@dataclass(frozen=True)
class Figures:
    """What one night left: bytes by part of the store, the crawl's requests and peak of memory (bytes)."""

    warcs: int
    tables: int
    seen: int
    staging: int
    requests: int
    peak: int


def script(night: int) -> dict[str, Play]:
    """The portal on a night: forty articles and three more each night, newest first, twenty a page; one is edited."""
    count = FIRST + A_NIGHT * night
    pages: dict[str, Play] = {}
    for number, first in enumerate(range(0, count, PAGE), 1):
        shown = [count - 1 - place for place in range(first, min(first + PAGE, count))]
        items = "".join(f'<li><a href="/Pages/{n}.aspx">Tin số {n}{_said(n, night)}</a></li>' for n in shown)
        onward = (
            f'<ul class="pager"><a class="next" href="/tin/{number + 1}">Sau</a></ul>' if first + PAGE < count else ""
        )
        pages["/tin" if number == 1 else f"/tin/{number}"] = says(page((items + onward).encode()))
    for n in range(count):
        image = f"<p><img src='/anh/{n}.png'></p><p>{'Nội dung dài của bản tin. ' * 40}</p>"
        pages[f"/Pages/{n}.aspx"] = says(page(article(f"{n}{_said(n, night)}", image)))
        pages[f"/anh/{n}.png"] = says(page(b"\x89PNG" + bytes([n % 256]) * 2000))
    return pages


def _said(number: int, night: int) -> str:
    return " (đã sửa)" if 0 < number <= night else ""


def _size(folder: Path, wanted: Callable[[Path], bool] = lambda _path: True) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and wanted(path))


def nights(folder: Path, count: int) -> list[Figures]:
    """Crawls so many nights, a day apart by the clock of the crawl."""
    found: list[Figures] = []
    with Wild(script(0)) as server:
        for night in range(count):
            server.script = script(night)
            moment = f"@{BEGIN + timedelta(days=night):%Y-%m-%d %H:%M:%S}"
            moved = {"LD_PRELOAD": str(FAKETIME), "FAKETIME": moment, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": "UTC"}
            before = len(server.log)
            left = crawl(folder, {"thu.example:80": server.port}, concurrency=4, more=MORE, environment=moved)
            assert (left.code, left.row["colour"]) == (0, "green"), left.row["reasons"]
            found.append(_figures(left.store, len(server.log) - before, left.peak))
            _told(found)
        (articles,) = left.ask("SELECT count(*) AS n FROM articles")
        assert articles["n"] == FIRST + A_NIGHT * (count - 1)
        (edited,) = left.ask("SELECT count(*) AS n FROM events WHERE event = 'edited'")
        assert edited["n"] == count - 1, "every change is found on its night"
    return found


def _figures(store: Path, requests: int, peak: int) -> Figures:
    seen = _size(store / "warc", lambda path: path.name.startswith("seen.sqlite"))
    warcs = _size(store / "warc") - seen
    return Figures(warcs, _size(store / "tables"), seen, _size(store / "staging"), requests, peak)


def _told(found: list[Figures]) -> None:
    number, one = len(found), found[-1]
    if number == 1:
        print("\nnight requests  WARC KB  tables KB  seen KB  staging B  peak MB")
    print(
        f"{number:5} {one.requests:8} {one.warcs / 1e3:8.0f} {one.tables / 1e3:10.0f} {one.seen / 1e3:8.0f} "
        f"{one.staging:10} {one.peak / 1e6:8.0f}",
        flush=True,
    )


def _grows_with_change_only(found: list[Figures]) -> None:
    first, later = found[0], found[1:]
    for night, one in enumerate(later, 1):
        assert one.requests < 2 * (FIRST + A_NIGHT * night), "less than all that is there: each article and its image"
    added = [(now.warcs - before.warcs) / now.requests for before, now in pairwise(found)]
    assert max(added) < 1.5 * min(added), "a request costs the same on every night"
    tables = [now.tables - before.tables for before, now in pairwise(found)]
    assert max(tables) < 1.5 * min(tables), "and so does a commit"
    assert max(one.staging for one in found) < 4096, "nothing of a crawl that is committed stays in staging"
    grown = [now.seen - before.seen for before, now in pairwise(found)]
    assert max(grown) <= max(first.seen, 65536)
    assert max(one.peak for one in later) < 1.3 * min(one.peak for one in found)


def test_four_nights_grow_with_what_changes(tmp_path: Path) -> None:
    found = nights(tmp_path, 4)
    _grows_with_change_only(found)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_twenty_nights_grow_with_what_changes(tmp_path: Path) -> None:
    found = nights(tmp_path, 20)
    _grows_with_change_only(found)
