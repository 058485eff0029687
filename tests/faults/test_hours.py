"""A portal is asked in its hours alone; what they end before is asked for first on the next night."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .hostile_crawl import Left, article, crawl, listing
from .wild import Wild, page, says

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
COUNT = 12
HOURS = 'hours = "22:00-05:30"\n'


def site() -> Wild:
    """A listing and its articles."""
    pages = {f"/Pages/{n}.aspx": says(page(article(str(n)))) for n in range(COUNT)}
    return Wild({"/tin": listing(pages)} | pages)


def night(folder: Path, server: Wild, moment: str, *, more: str = HOURS, delay: float = 0.0) -> Left:
    """A crawl that begins at a moment of UTC (Vietnam is seven hours ahead)."""
    moved = {"LD_PRELOAD": str(FAKETIME), "FAKETIME": f"@{moment}", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": "UTC"}
    ports = {"thu.example:80": server.port}
    return crawl(folder, ports, concurrency=1, delay=delay, more=more, environment=moved)


def asked(server: Wild, since: int = 0) -> list[str]:
    return [heard.target for heard in server.log[since:]]


@pytest.mark.parametrize("moment", ["2026-11-24 14:59:00", "2026-11-24 22:30:00", "2026-11-24 05:00:00"])
def test_outside_its_hours_a_portal_is_not_asked(tmp_path: Path, moment: str) -> None:
    with site() as server:
        left = night(tmp_path, server, moment)
    assert (left.code, server.log, left.row["snapshot_id"]) == (0, [], None)
    assert "window: thu is asked from 22:00-05:30 alone, next at 22:00" in left.said


def test_within_its_hours_it_is(tmp_path: Path) -> None:
    with site() as server:
        left = night(tmp_path, server, "2026-11-24 22:00:00")
    assert (left.code, left.row["colour"], left.row["articles"]) == (0, "green", COUNT)
    assert not (left.store / "staging" / "thu.rest").exists()


def test_a_night_that_its_hours_end_goes_on_the_next_night_where_it_stopped(tmp_path: Path) -> None:
    with site() as server:
        first = night(tmp_path, server, "2026-11-24 22:29:56", delay=0.5)
        assert (first.row["cut_short"], first.row["colour"]) == ("window", "amber")
        assert 0 < first.row["articles"] < COUNT
        before = len(server.log)
        left = (first.store / "staging" / "thu.rest").read_text("utf-8").splitlines()
        waiting = [json.loads(json.loads(line)[1])[1].removeprefix("http://thu.example") for line in left]
        assert waiting
        assert not set(waiting) & set(asked(server))
        second = night(tmp_path, server, "2026-11-25 15:30:00")
        later = asked(server, before)
    assert second.row["cut_short"] is None
    own = [target for target in later if target.startswith("/Pages/")]
    assert own[: len(waiting)] == waiting, "what waited is asked for before what is asked again"
    assert not (first.store / "staging" / "thu.rest").exists()
    (count,) = second.ask("SELECT count(DISTINCT url) AS n FROM articles")
    assert count["n"] == COUNT
