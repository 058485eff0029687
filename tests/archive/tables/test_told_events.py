"""Moves, delistings, sweeps, swapped files and new readings: what is told of them, and what is not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.store import create_store
from archive.tables.gaps import Fates
from archive.tables.views import ask

from .nights import NAMES, Nights, Shown, article, pages

MANY = [str(number) for number in range(1, 21)]


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(create_store(tmp_path / "store"))


def some(**changed: Any) -> dict[str, Any]:
    """Twenty articles, with some answered otherwise."""
    return {name: changed.get(f"a{name}", article(name)) for name in MANY}


def versions(nights: Nights, name: str) -> int:
    return len(ask(nights.store, "SELECT version FROM versions WHERE url LIKE ?", f"%/{name}.aspx"))


def test_what_only_a_sweep_came_to_is_a_baseline(nights: Nights) -> None:
    nights.night(pages())
    listed = [Shown([*NAMES, "7"], more=True), Shown(["8"], page=2)]
    third = nights.night({**pages(), "7": article("7"), "8": article("8")}, listed=listed, swept_from={("Tin",): 2})
    told = {row["url"].rsplit("/", 1)[1]: row for row in nights.told(third)}
    assert (told["7.aspx"]["baseline"], told["8.aspx"]["baseline"]) == (False, True)
    assert told["7.aspx"]["not_before"] is not None
    assert told["8.aspx"]["not_before"] is None


def test_gone_from_listings_alone_is_delisted_and_confirmed_a_day_later(nights: Nights) -> None:
    nights.night(pages())
    without = [Shown([name for name in NAMES if name != "3"])]
    first = nights.night(pages(), listed=without)
    assert nights.events(first) == [("delisted", "3", "suspected")]
    assert nights.state("3") == "online"
    assert nights.events(nights.night(pages(), listed=without, after=timedelta(hours=3))) == []
    assert nights.events(nights.night(pages(), listed=without)) == [("delisted", "3", "confirmed")]
    assert nights.events(nights.night(pages(), listed=without)) == []
    back = nights.night(pages())
    assert nights.events(back) == [("returned", "3", "confirmed")]
    assert nights.told(back)[0]["reason"] == "listed again"
    assert nights.events(nights.night(pages(), listed=without)) == [("delisted", "3", "suspected")]


def test_a_walk_that_did_not_come_to_the_end_delists_nothing(nights: Nights) -> None:
    nights.night(pages())
    assert nights.events(nights.night(pages(), listed=[Shown(["1", "2"], more=True)])) == []


def test_an_article_that_leads_to_another_has_moved(nights: Nights) -> None:
    nights.night(pages())
    moved = {**pages(a2=(301, "http://thu.example/Pages/moi.aspx")), "moi": article("2")}
    night = nights.night(moved)
    assert nights.events(night) == [("moved", "2", "confirmed"), ("appeared", "moi", "confirmed")]
    gone, new = nights.told(night)
    assert gone["moved_to"] == new["article_id"]
    assert new["baseline"], "it is older than its address"
    assert nights.state("2") == "moved"
    assert nights.events(nights.night(moved)) == []


def test_a_host_that_throttled_tells_no_vanishing(nights: Nights) -> None:
    nights.night(some())
    assert nights.events(nights.night(some(a3=(404, ""), a4=(503, "")))) == []


def test_a_host_that_failed_in_a_fifth_of_its_answers_tells_no_vanishing(nights: Nights) -> None:
    nights.night(some())
    failing = {f"a{number}": (500, "") for number in range(5, 11)}
    assert nights.events(nights.night(some(a3=(404, ""), **failing))) == []


def test_a_few_failures_do_not_hide_a_vanishing(nights: Nights) -> None:
    nights.night(some())
    assert nights.events(nights.night(some(a3=(404, ""), a5=(500, "")))) == [("vanished", "3", "suspected")]


def test_an_image_swapped_under_its_address_is_an_edit(nights: Nights) -> None:
    answers = pages(a2=article("2", more="<p><img src='/anh.jpg'></p>"))
    nights.night(answers, images={"/anh.jpg": (200, "the first bytes")})
    night = nights.night(answers, images={"/anh.jpg": (200, "other bytes")})
    assert nights.events(night) == [("edited", "2", "confirmed")]
    (told,) = nights.told(night)
    assert told["fields_changed"] == ["images"]
    assert told["hash_before"] != told["hash_after"]
    assert versions(nights, "2") == 2


def test_an_image_that_was_never_fetched_and_then_is_makes_no_version(nights: Nights) -> None:
    answers = pages(a2=article("2", more="<p><img src='/anh.jpg'></p>"))
    nights.night(answers)
    assert nights.events(nights.night(answers, images={"/anh.jpg": (200, "the first bytes")})) == []
    assert versions(nights, "2") == 1


def test_an_address_that_changes_every_night_and_fails_is_no_edit(nights: Nights) -> None:
    nights.night(pages(a2=article("2", more="<p><img src='/anh.jpg?t=1'></p>")))
    assert nights.events(nights.night(pages(a2=article("2", more="<p><img src='/anh.jpg?t=2'></p>")))) == []
    assert versions(nights, "2") == 1


def test_an_edit_on_the_night_of_a_new_extractor_is_found_by_reading_the_older_bytes_again(nights: Nights) -> None:
    nights.night(pages())
    changed = pages(a2=article("2", "Hội nghị bàn về vụ lúa mùa năm nay."))
    night = nights.night(changed, version="v2", reread=nights.reader("v2"))
    assert nights.events(night) == [("edited", "2", "confirmed")]
    assert nights.told(night)[0]["fields_changed"] == ["body"]
    assert [versions(nights, name) for name in NAMES] == [1, 2, 1, 1, 1, 1]
    again = ask(nights.store, "SELECT count(*) AS n FROM readings WHERE snapshot_id = ?", night.id)[0]["n"]
    assert again == 2 * len(NAMES), "each differing capture stands there as the new version reads it"


def test_what_cannot_be_read_again_is_not_compared_and_the_night_says_so(nights: Nights) -> None:
    nights.night(pages())
    night = nights.night(pages(), version="v2", reread=lambda _known: None)
    assert nights.events(night) == []
    assert night.row["colour"] == "amber"
    assert any("were not compared" in reason for reason in night.row["reasons"])  # type: ignore[attr-defined]


def test_a_gap_says_why_and_closes_when_the_article_comes(nights: Nights) -> None:
    listed = [Shown(["1", "2", "3", "4", "5", "6"])]
    fates = Fates(
        {
            "http://thu.example/Pages/4.aspx": "refused by robots.txt",
            "http://thu.example/Pages/5.aspx": "over budget",
            "http://thu.example/Pages/6.aspx": None,
        },
        "window",
    )
    answers = {"1": article("1"), "2": (500, ""), "3": (404, "")}
    night = nights.night(answers, listed=listed, fates=fates, cut_short="window")
    told = ask(nights.store, "SELECT url, why, detail, open FROM gaps ORDER BY url")
    assert [(row["url"][-6], row["why"], row["detail"], row["open"]) for row in told] == [
        ("2", "failed", "error", True),
        ("3", "failed", "missing", True),
        ("4", "robots", None, True),
        ("5", "budget", None, True),
        ("6", "window", "window", True),
    ]
    (row,) = ask(nights.store, "SELECT * FROM completeness WHERE snapshot_id = ?", night.id)
    assert (row["entries"], row["captured"], row["failed"]) == (6, 1, 2)
    assert (row["robots"], row["over_budget"], row["out_of_window"], row["unreached"]) == (1, 1, 1, 0)
    nights.night(pages(), listed=listed)
    assert ask(nights.store, "SELECT * FROM gaps WHERE open") == []


def test_a_known_article_that_nobody_asks_is_overdue(nights: Nights) -> None:
    nights.night(pages())
    asked = {name: article(name) for name in NAMES if name != "6"}
    nights.now += timedelta(days=-100)
    night = nights.night(asked, fates=Fates(overdue_days=30))
    told = ask(nights.store, "SELECT url, why, open FROM gaps WHERE snapshot_id = ?", night.id)
    assert [(row["url"][-6], row["why"], row["open"]) for row in told] == [("6", "overdue", True)]
    assert any("overdue" in reason for reason in night.row["reasons"])  # type: ignore[attr-defined]
