"""What a night asks for follows what changes: few of the known articles, and nothing untrue is said of the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.store import open_store
from archive.tables.views import ask
from crawler.demo.server import DemoServer

from .aging_portal import HOST, PORTAL, AgingPortal
from .conftest import luutru

FIRST = date(2026, 11, 24)
YOUNG = 10
AGES = [number * 3 for number in range(YOUNG)] + [40 + number * 10 for number in range(80)]


@dataclass
class Aging:
    """The portal, served, and a store of its nights."""

    portal: AgingPortal
    server: DemoServer
    folder: Path

    def night(self, days: int, walk: str = "sweep_days = 1000", code: int = 0) -> set[str]:
        """Crawls a night so many days after the first; the targets that were asked."""
        (self.folder / "lau.toml").write_text(f"{PORTAL}{walk}\n", "utf-8")
        config = self.folder / "luutru.toml"
        config.write_text(f'sync_interval = 0.05\n[connect]\n"{HOST}:80" = "127.0.0.1:{self.server.port}"\n', "utf-8")
        self.server.forget()
        night = (FIRST + timedelta(days=days)).isoformat()
        words = ("--portals", str(self.folder), "--store", str(self.folder / "store"), "--config", str(config))
        done = luutru("crawl", "lau", "--night", night, *words)
        assert done.returncode == code, done.stderr
        return {one.target for one in self.server.log}

    def ask(self, sql: str) -> list[dict[str, Any]]:
        return ask(open_store(self.folder / "store"), sql)

    def events(self) -> list[tuple[str, str]]:
        """What the last night told."""
        rows = self.ask(
            "SELECT event, url FROM events WHERE crawl = (SELECT arg_max(crawl, committed_at) FROM crawls) ORDER BY 1, 2"
        )
        return [(row["event"], row["url"].removeprefix(f"http://{HOST}")) for row in rows]

    def last(self) -> dict[str, Any]:
        return self.ask("SELECT * FROM crawls ORDER BY committed_at DESC LIMIT 1")[0]


@pytest.fixture
def aging(tmp_path: Path) -> Iterator[Aging]:
    portal = AgingPortal(AGES, FIRST, picture=500)
    with DemoServer(portal) as server:
        one = Aging(portal, server, tmp_path)
        one.night(0)
        yield one


def page(number: int) -> str:
    return f"/Pages/{number}.aspx"


def test_the_second_night_asks_for_what_is_young_and_says_nothing_of_the_rest(aging: Aging) -> None:
    asked = aging.night(1)
    pages = {target for target in asked if target.startswith("/Pages/")}
    assert {page(number) for number in range(YOUNG)} <= pages
    assert len(pages) == 20, "the young, and the oldest visits up to what tells a trouble from a few refusals"
    assert not [target for target in asked if target.startswith("/anh/")]
    row = aging.last()
    assert (row["colour"], row["completeness"], row["missing"]) == ("green", 1.0, 0)
    assert aging.events() == []
    assert aging.ask("SELECT * FROM gaps") == []
    assert {row["state"] for row in aging.ask("SELECT state FROM articles")} == {"online"}


def test_every_change_of_a_young_article_is_found_that_night(aging: Aging) -> None:
    aging.portal.edited = {0, 4, 9}
    aging.night(1)
    assert aging.events() == [("edited", page(number)) for number in (0, 4, 9)]


def test_a_listing_that_says_something_else_brings_an_old_article_at_once(aging: Aging) -> None:
    aging.portal.retitled = {30}
    aging.portal.edited = {30}
    assert page(30) in aging.night(1)
    assert ("edited", page(30)) in aging.events()


def test_a_picture_swapped_under_its_address_is_an_edit_of_an_old_article(aging: Aging) -> None:
    (before,) = aging.ask("SELECT content_digest FROM images WHERE url LIKE '%/anh/60.jpg'")
    aging.portal.swapped = {60}
    asked = aging.night(30, "revisit_days = 90\nsweep_days = 1000")
    assert {f"/anh/{number}.jpg" for number in range(len(AGES))} <= asked, "every picture within thirty days"
    (after,) = aging.ask("SELECT content_digest FROM images WHERE url LIKE '%/anh/60.jpg'")
    assert before != after
    assert aging.events() == [("edited", page(60))]


def test_a_known_article_that_is_gone_is_asked_again_in_the_same_night(aging: Aging) -> None:
    aging.portal.gone = {2}
    aging.night(1)
    assert [one.target for one in aging.server.log].count(page(2)) == 2
    assert ("vanished", page(2)) in aging.events()


def test_an_old_article_that_left_its_listing_is_asked_and_told_as_delisted(aging: Aging) -> None:
    aging.portal.unlisted = {50}
    assert page(50) in aging.night(1, "sweep_days = 1")
    assert aging.events() == [("delisted", page(50))]
    aging.portal.unlisted = set()
    assert page(50) in aging.night(2, "sweep_days = 1")
    assert aging.events() == [("returned", page(50))]


def test_a_maximum_over_what_counts_as_overdue_is_refused(aging: Aging) -> None:
    aging.night(1, "revisit_days = 91", code=2)
