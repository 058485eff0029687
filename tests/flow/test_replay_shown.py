"""luutru replay in a real browser: the demo's pages as they looked on both nights, and what the banner says of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.moment import local, stamp
from crawler.demo.addresses import CATEGORIES, GONE, text_of
from crawler.demo.site import article_url
from crawler.demo.texts import EDITED, SEED

from .chrome import Chrome, Page, chrome
from .conftest import Ground
from .replayed import PICTURES, Replaying, banner, parts, replaying, text

PORTAL = "hanam-demo"
FIRST, SECOND = "2026-11-23", "2026-11-24"
IMAGES = ("IMG_7698.jpg", "bt.jpg", "IMG_7703.jpg", "DSC08916.jpg")
(PAGED,) = (category for category in CATEGORIES if category.paging == "postback")


@pytest.fixture(scope="module")
def replay(nights: Ground) -> Iterator[Replaying]:
    with replaying(nights.store) as running:
        yield running


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with chrome(tmp_path_factory.mktemp("chromium")) as running:
        yield running


def captured(nights: Ground, url: str, night: str) -> datetime:
    """When a page was captured on a night, by the table."""
    (row,) = nights.rows(
        f"SELECT fetch_time FROM captures JOIN crawls USING (crawl) WHERE url_original = '{url}' AND night = DATE '{night}' "
        "AND coalesce(method, 'GET') = 'GET'"
    )
    at: datetime = row["fetch_time"]
    return at


def opened(browser: Chrome, replay: Replaying, nights: Ground, url: str, night: str, collection: str = PORTAL) -> Page:
    return browser.open(replay.page(collection, stamp(captured(nights, url, night)), url))


def seed() -> str:
    return article_url(text_of(SEED))


def test_the_seed_article_replays_with_its_four_images_and_its_stylesheet(
    replay: Replaying, browser: Chrome, nights: Ground
) -> None:
    before = len(nights.server.log)
    page = opened(browser, replay, nights, seed(), FIRST)
    frame = page.frame(seed())
    widths = frame.evaluate(
        "Object.fromEntries([...document.images].map((i) => [i.src.split('/').pop(), i.naturalWidth]))"
    )
    assert {name: widths.get(name, 0) > 0 for name in IMAGES} == dict.fromkeys(IMAGES, True)
    styled = frame.evaluate("getComputedStyle(document.querySelector('.tinbai-tieude')).color")
    assert styled not in ("rgb(0, 0, 0)", ""), "the stylesheet gives the title its colour"
    assert "Hội nghị đối thoại giữa người đứng đầu" in text(frame)
    said = banner(page)
    assert set(parts(page).values()) == {200}
    assert len(parts(page)) >= 6
    assert all(one.status == 200 for one in page.requests), page.requests
    assert (said["url"], said["captured"]) == (seed(), local(captured(nights, seed(), FIRST)))
    assert said["notes"] == {}, "all of it is of one night"
    assert not [line for line in page.console if "thrown" in line]
    assert len(nights.server.log) == before, "nothing of the replay comes from the portal"
    page.screenshot(PICTURES / "seed-first-night.png")


@pytest.mark.parametrize("collection", [PORTAL, "all"])
def test_parts_of_another_night_are_told_with_their_times(
    replay: Replaying, browser: Chrome, nights: Ground, collection: str
) -> None:
    """On the second night no image that was known was asked for again: the page is shown with those of the first."""
    page = opened(browser, replay, nights, seed(), SECOND, collection)
    said = banner(page)
    assert said["captured"] == local(captured(nights, seed(), SECOND))
    others = said["notes"]["others"]
    rows = nights.rows(
        "SELECT url_original AS url, fetch_time FROM captures JOIN crawls USING (crawl) WHERE night = DATE '2026-11-23'"
    )
    first = {row["url"]: local(row["fetch_time"]) for row in rows}
    told = dict(reversed(line.split("  ")) for line in others["lines"])
    assert {url.rsplit("/", 1)[1] for url in told} == {*IMAGES, "banner.jpg"}
    assert {url: first[url] for url in told} == told
    assert f"{len(told)} phần" in others["vi"]
    assert f"{len(told)} parts" in others["en"]
    for time in (min(told.values()), max(told.values())):
        assert time in others["vi"]
        assert time in others["en"]
    page.screenshot(PICTURES / f"seed-second-night-{collection}.png")


def test_a_click_on_the_pager_shows_the_second_page_of_a_listing(
    replay: Replaying, browser: Chrome, nights: Ground
) -> None:
    """The pager posts a form with __VIEWSTATE, and the posted page was captured under that form."""
    page = opened(browser, replay, nights, PAGED.url, FIRST)
    frame = page.frame(PAGED.url)
    titles = "[...document.querySelectorAll('.tin-item h3 a')].map((a) => a.textContent.trim())"
    first = frame.evaluate(titles)
    assert frame.evaluate("document.querySelector('.phantrang .current').textContent") == "1"
    frame.click(".phantrang a")
    frame.wait("document.querySelector('.phantrang .current')?.textContent === '2'")
    second = frame.evaluate(titles)
    assert second
    assert not set(first) & set(second)
    assert any(one.method == "POST" and one.status == 200 for one in page.requests)
    known = nights.rows("SELECT title FROM articles WHERE category[-1] = 'Kinh tế'")
    assert set(second) <= {row["title"] for row in known}
    said = banner(page)
    assert (said["state"], said["url"]) == ("known", PAGED.url)
    page.screenshot(PICTURES / "listing-second-page.png")


def test_an_edited_article_shows_each_version_at_its_date(replay: Replaying, browser: Chrome, nights: Ground) -> None:
    from crawler.demo import texts

    url = article_url(text_of(EDITED))
    old, new = texts.EDIT
    for night, there, gone in ((FIRST, old, new), (SECOND, new, old)):
        page = opened(browser, replay, nights, url, night)
        words = text(page.frame(url))
        assert (there in words, gone in words) == (True, False), night
        assert banner(page)["captured"] == local(captured(nights, url, night))
        page.screenshot(PICTURES / f"edited-{night}.png")


def test_a_link_leads_on_within_the_night_and_the_banner_follows(
    replay: Replaying, browser: Chrome, nights: Ground
) -> None:
    page = opened(browser, replay, nights, PAGED.url, FIRST)
    frame = page.frame(PAGED.url)
    to = frame.evaluate("document.querySelector('.tin-item h3 a').href")
    assert to.startswith("http://hanam.example/")
    frame.click(".tin-item h3 a")
    page.wait(f"document.getElementById('url').textContent === {to!r}")
    assert banner(page)["captured"] == local(captured(nights, to, FIRST))


def test_a_page_that_was_missing_says_so_and_one_that_is_not_kept_says_that(
    replay: Replaying, browser: Chrome, nights: Ground
) -> None:
    gone = f"http://hanam.example{GONE.path}"
    page = opened(browser, replay, nights, gone, FIRST)
    assert "HTTP 404" in banner(page)["notes"]["status"]["vi"]
    never = "http://hanam.example/Pages/chua-tung-co.aspx"
    page = browser.open(replay.page(PORTAL, "20261123000000", never))
    said = banner(page)
    assert set(said["notes"]) == {"absent"}
    assert "không được tải từ mạng" in text(page.frame(never))
    page.screenshot(PICTURES / "not-kept.png")


def test_a_capture_far_from_the_time_that_was_asked_for_is_told(
    replay: Replaying, browser: Chrome, nights: Ground
) -> None:
    at = captured(nights, seed(), FIRST) - timedelta(days=700)
    page = browser.open(replay.page(PORTAL, stamp(at), seed()))
    said = banner(page)
    assert said["captured"] == local(captured(nights, seed(), FIRST))
    assert local(at) in said["notes"]["asked"]["vi"]


def test_the_calendar_lists_each_capture_by_its_vietnamese_time_and_leads_to_it(
    replay: Replaying, browser: Chrome, nights: Ground
) -> None:
    page = browser.open(replay.address)
    assert "Cổng thông tin điện tử tỉnh Hà Nam (bản dựng lại để trình diễn)" in text(page)
    page.screenshot(PICTURES / "home.png")
    page.evaluate(f"document.querySelector('input[name=url]').value = {seed()!r}")
    page.click("form button")
    page.wait("document.querySelectorAll('ul.captures a').length === 2")
    words = text(page)
    for night in (FIRST, SECOND):
        assert local(captured(nights, seed(), night)) in words
    page.screenshot(PICTURES / "calendar.png")
    page.click("ul.captures a")
    page.wait("document.getElementById('banner')?.dataset.state === 'known'")
    assert banner(page)["captured"] == local(captured(nights, seed(), FIRST))


def test_a_portal_is_entered_by_its_categories(replay: Replaying, browser: Chrome, nights: Ground) -> None:
    page = browser.open(replay.address)
    page.click("ul.collections a")
    page.wait("document.querySelectorAll('ul.collections a').length === 4")
    assert "Tin theo lĩnh vực › Kinh tế" in text(page)
    page.screenshot(PICTURES / "portal.png")
    page.evaluate(f"document.querySelector('ul.collections a[href$=\"{PAGED.url}\"]').click()")
    page.wait("document.querySelectorAll('ul.captures a').length === 2")
    assert local(captured(nights, PAGED.url, FIRST)) in text(page)


def test_the_command_opens_the_capture_nearest_to_a_day(nights: Ground) -> None:
    with replaying(nights.store, seed(), "--at", "2026-01-01") as running:
        assert running.address.endswith(f"/{PORTAL}/{stamp(captured(nights, seed(), FIRST))}/{seed()}")
    with replaying(nights.store, seed()) as running:
        assert running.address.endswith(f"/{PORTAL}/{stamp(captured(nights, seed(), SECOND))}/{seed()}")


def test_the_store_is_not_written_to(nights: Ground, tmp_path: Path) -> None:
    def state() -> dict[str, Any]:
        return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in nights.store.rglob("*")}

    before = state()
    with replaying(nights.store), chrome(tmp_path / "chromium"):
        pass
    assert state() == before
