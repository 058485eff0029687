"""What is said to have happened to an article, from nights whose pages and times are given."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.store import create_store
from archive.tables.views import ask

from ..archive.tables.nights import FIRST, NAMES, Nights, article, pages


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(create_store(tmp_path / "store"))


def test_a_first_night_is_a_baseline(nights: Nights) -> None:
    first = nights.night(pages())
    assert nights.events(first) == [("appeared", name, "confirmed") for name in NAMES]
    rows = ask(nights.store, "SELECT DISTINCT baseline, not_before FROM events")
    assert rows == [{"baseline": True, "not_before": None}]


def test_an_unchanged_night_tells_nothing(nights: Nights) -> None:
    nights.night(pages())
    assert nights.events(nights.night(pages())) == []


def test_an_appearance_lies_between_the_listing_without_it_and_the_article(nights: Nights) -> None:
    nights.night({name: article(name) for name in NAMES[:5]})
    second = nights.night(pages())
    assert nights.events(second) == [("appeared", "6", "confirmed")]
    (row,) = ask(nights.store, "SELECT * FROM events WHERE snapshot_id = ?", second.id)
    assert not row["baseline"]
    assert FIRST < row["not_before"] < FIRST + timedelta(days=1, hours=1)
    assert row["not_after"] > FIRST + timedelta(days=2)


def test_an_edit_says_which_fields(nights: Nights) -> None:
    nights.night(pages())
    second = nights.night(pages(a2=article("2", "Hội nghị bàn về vụ lúa mùa năm nay.")))
    assert nights.events(second) == [("edited", "2", "confirmed")]
    (row,) = ask(nights.store, "SELECT * FROM events WHERE snapshot_id = ?", second.id)
    assert row["fields_changed"] == ["body"]
    assert row["hash_before"] != row["hash_after"]
    versions = ask(nights.store, "SELECT version, body FROM versions WHERE url LIKE '%/2.aspx' ORDER BY version")
    assert [(v["version"], "lúa xuân" in v["body"]) for v in versions] == [(1, True), (2, False)]


@pytest.mark.parametrize("status", [404, 410, 403])
def test_a_vanishing_is_suspected_then_confirmed_a_day_later(nights: Nights, status: int) -> None:
    nights.night(pages())
    gone = pages(a3=(status, ""))
    assert nights.events(nights.night(gone)) == [("vanished", "3", "suspected")]
    assert nights.state("3") == "suspected"
    assert nights.events(nights.night(gone, after=timedelta(hours=20))) == []
    confirmed = nights.night(gone, after=timedelta(hours=10))
    assert nights.events(confirmed) == [("vanished", "3", "confirmed")]
    assert nights.state("3") == "vanished"
    rows = ask(
        nights.store, "SELECT not_before, not_after, confirmations FROM events WHERE event = 'vanished' ORDER BY 3"
    )
    assert rows[0]["not_before"] == rows[1]["not_before"]
    assert rows[0]["not_after"] == rows[1]["not_after"], "the second refusal confirms the first; it does not move it"
    assert [row["confirmations"] for row in rows] == [1, 2]


def test_a_redirect_home_and_a_soft_404_are_refusals_too(nights: Nights) -> None:
    nights.night({str(n): article(str(n)) for n in range(20)})
    changed = {str(n): article(str(n)) for n in range(20)}
    changed["3"] = (302, "http://thu.example/")
    changed["4"] = (200, "<html><title>Không tìm thấy trang</title><h1>Không tìm thấy trang</h1></html>")
    assert nights.events(nights.night(changed)) == [("vanished", "3", "suspected"), ("vanished", "4", "suspected")]


def test_a_return_closes_a_vanishing(nights: Nights) -> None:
    nights.night(pages())
    nights.night(pages(a3=(404, "")))
    assert nights.events(nights.night(pages())) == [("returned", "3", "confirmed")]
    assert nights.state("3") == "online"


@pytest.mark.parametrize("status", [404, 403])
def test_all_refused_at_once_is_the_portals_trouble(nights: Nights, status: int) -> None:
    nights.night(pages())
    night = nights.night(dict.fromkeys(NAMES, (status, "")))
    assert nights.events(night) == []
    assert night.row["colour"] == "red"
    assert any("mass_vanishing" in reason for reason in night.row["reasons"])  # type: ignore[attr-defined]


def test_a_night_of_503_tells_no_event(nights: Nights) -> None:
    nights.night(pages())
    assert nights.events(nights.night(pages(a1=(503, ""), a2=(503, ""), a3=(503, "")))) == []


def test_a_night_that_was_cut_short_tells_no_vanishing(nights: Nights) -> None:
    nights.night(pages())
    assert nights.events(nights.night(pages(a3=(404, "")), cut_short="interrupted")) == []


def test_a_new_reading_of_the_same_words_is_no_edit(nights: Nights) -> None:
    nights.night(pages())
    changed = pages(a2=article("2", "Hội nghị bàn về vụ lúa mùa năm nay."))
    assert nights.events(nights.night(changed, version="v2")) == []


def test_an_image_that_could_not_be_fetched_is_no_edit(nights: Nights) -> None:
    picture = pages(a2=article("2", more="<p><img src='/anh.jpg'></p>"))
    nights.night(picture, images={"/anh.jpg": (200, "no real jpeg, but bytes of its own")})
    assert nights.events(nights.night(picture)) == []
    (row,) = ask(nights.store, "SELECT content_digest FROM images")
    assert row["content_digest"], "the newest capture of it is an earlier night's"


def test_rows_of_an_attempt_without_its_crawls_row_are_invisible(nights: Nights, monkeypatch: Any) -> None:
    nights.night(pages())
    before = ask(nights.store, "SELECT count(*) AS n FROM captures")

    from archive.tables import attempt as module

    def dies(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        append = module.append
        patched.setattr(module, "append", lambda s, t, r, n: dies() if t.name == "crawls" else append(s, t, r, n))
        with pytest.raises(KeyboardInterrupt):
            nights.night(pages())
    assert ask(nights.store, "SELECT count(*) AS n FROM captures") == before
    nights.night(pages(), after=timedelta(days=1))
    assert len(ask(nights.store, "SELECT * FROM articles")) == len(NAMES)
