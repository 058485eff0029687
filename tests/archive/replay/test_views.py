"""What the banner knows: which document is shown, and which of its parts another crawl saw."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from archive.replay.crawls import Crawls, Stand
from archive.replay.views import Summary, Views, moment, summary

NIGHT = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
NEXT = NIGHT + timedelta(days=1)
CRAWLS = Crawls(
    {"hanam/one.warc.gz": "first", "hanam/two.warc.gz": "second"},
    {"hanam": [(NIGHT, NIGHT + timedelta(hours=2), "first"), (NEXT, NEXT + timedelta(hours=2), "second")]},
)


def told(name: str, view: str, at: datetime | None, file: str = "hanam/two.warc.gz", **more: Any) -> dict[str, Any]:
    said = {
        "view": view,
        "asked": f"{NEXT:%Y%m%d%H%M%S}",
        "target": name,
        "status": 200,
        "kind": "image",
        "nonce": name,
    }
    if at is not None:
        said |= {"at": f"{at:%Y%m%d%H%M%S}", "file": file, "url": name, "date": f"{at:%Y-%m-%dT%H:%M:%S.000001Z}"}
    return said | more


def seen(*loads: dict[str, Any], nonce: str = "", crawls: Crawls = CRAWLS) -> Summary | None:
    views = Views()
    view = views.new()
    for load in loads:
        views.heard(load | {"view": view})
    return summary(views.loads(view), nonce, lambda: crawls)


PAGE = told("page", "", NEXT, kind="iframe")


def test_parts_of_another_crawl_are_told_apart_by_their_files() -> None:
    """Nights of a test are seconds apart, and indexes tell seconds: the file knows whose it is."""
    close = Crawls(CRAWLS.files, {"hanam": [(NEXT - timedelta(seconds=2), NEXT, "first"), (NEXT, NEXT, "second")]})
    told_of = seen(PAGE, told("old", "", NEXT, "hanam/one.warc.gz"), told("new", "", NEXT), crawls=close)
    assert told_of is not None
    assert told_of.others == [("old", NEXT)]


def test_what_was_confirmed_by_not_modified_is_of_the_crawl_that_asked() -> None:
    """Its payload lies in an older file; that it stood so was said again that night."""
    confirmed = told("kept", "", NEXT + timedelta(minutes=5), "hanam/one.warc.gz", date=f"{NIGHT:%Y-%m-%dT%H:%M:%SZ}")
    told_of = seen(PAGE, confirmed)
    assert told_of is not None
    assert told_of.others == []


def test_where_no_crawl_is_known_half_a_day_counts_as_another_night() -> None:
    near, far = NEXT + timedelta(hours=11), NEXT + timedelta(hours=13)
    told_of = seen(PAGE, told("near", "", near), told("far", "", far), crawls=Crawls())
    assert told_of is not None
    assert told_of.others == [("far", far)]


def test_the_document_that_speaks_is_the_one_that_is_told_of() -> None:
    loads = (
        PAGE,
        told("a", "", None, status=404),
        told("other", "", NEXT, kind="iframe"),
        told("b", "", None, status=404),
    )
    first, second = seen(*loads, nonce="page"), seen(*loads, nonce="other")
    assert first is not None
    assert second is not None
    assert (first.url, second.url, second.missing) == ("page", "other", ["b"])
    assert seen(*loads, nonce="never served") is None
    assert seen(*loads, nonce="a") is None, "what was not loaded as a document is none"


def test_a_redirect_is_no_page_and_no_part() -> None:
    told_of = seen(told("from", "", NEXT, kind="iframe", status=302), PAGE, told("moved", "", NIGHT, status=301))
    assert told_of is not None
    assert (told_of.url, told_of.others) == ("page", [])


def test_views_that_nobody_opened_are_not_kept() -> None:
    views = Views()
    views.heard(PAGE | {"view": "0" * 32})
    assert views.loads("0" * 32) == []
    first = views.new()
    for _ in range(600):
        views.new()
    views.heard(PAGE | {"view": first})
    assert views.loads(first) == []


def test_a_time_of_few_digits_is_its_beginning() -> None:
    assert moment("2026") == datetime(2026, 1, 1, tzinfo=UTC)
    assert moment("20261124011502") == datetime(2026, 11, 24, 1, 15, 2, tzinfo=UTC)
    assert moment("20269999999999").year == 1970


def test_a_stand_belongs_to_its_portal() -> None:
    assert CRAWLS.of(Stand(NIGHT, "moet/x.warc.gz")) is None
    assert CRAWLS.of(Stand(NIGHT, "hanam/unknown.warc.gz")) == "first"
