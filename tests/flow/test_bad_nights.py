"""A portal that has a bad night is not a portal whose articles changed: five bad nights, and a good one, crawled for real.

Time is moved by libfaketime: a vanishing is confirmed a day after it was suspected, and no test waits for that.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from crawler.demo.answer import Answer
from crawler.demo.server import DemoServer
from crawler.demo.site import Site
from crawler.demo.texts import VANISHED

from .conftest import Ground

ARTICLE = re.compile(r"/pages/[^/]+\.aspx", re.IGNORECASE)
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))

Rule = Callable[[str], Answer | None]


def refused(status: int) -> Rule:
    answer = Answer(status, "Refused", (("Content-Type", "text/html"),), b"<html><body>Tu choi</body></html>")
    return lambda path: answer if ARTICLE.fullmatch(path) else None


def half_unavailable(path: str) -> Answer | None:
    busy = Answer(503, "Service Unavailable", (("Content-Type", "text/html"),), b"busy")
    return busy if crc32(path.encode()) % 2 and path != "/robots.txt" else None


def without_images(path: str) -> Answer | None:
    return Answer(500, "Error", (), b"") if path.lower().endswith((".jpg", ".png")) else None


def sent_home(path: str) -> Answer | None:
    return Answer(302, "Found", (("Location", "/"),), b"") if ARTICLE.fullmatch(path) else None


@dataclass
class Troubled:
    """The demo portal, on nights when something goes before its own answers."""

    site: Site
    rule: Rule = field(default=lambda _path: None)
    home_for_articles: bool = False

    def answer(self, method: str, host: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        path = target.partition("?")[0]
        if (given := self.rule(path)) is not None:
            return given
        shown = "/" if self.home_for_articles and ARTICLE.fullmatch(path) else target
        return self.site.answer(method, host, shown, headers, body)


@dataclass
class Story:
    """A store with two nights of the demo portal, and what further nights do to it."""

    ground: Ground
    portal: Troubled
    hours: int = -24

    def night(self, *words: str, code: int | None = None) -> dict[str, Any]:
        """One more crawl, a day after the last; its row of crawls, with its events."""
        self.hours += 24
        moved = {
            **os.environ,
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME": f"+{self.hours}h",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        command = self.ground.command("crawl", "hanam-demo", *words)
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=moved)
        assert done.returncode in ((0, 1) if code is None else (code,)), done.stderr
        row = self.ground.rows("SELECT * FROM crawls ORDER BY committed_at DESC LIMIT 1")[0]
        events = self.ground.rows(
            f"SELECT * FROM events WHERE snapshot_id = '{row['snapshot_id']}' ORDER BY event, url"
        )
        told = [(e["event"], e["confidence"], e["url"].rsplit("/", 1)[1].removesuffix(".aspx")) for e in events]
        return {**row, "events": told}


CONFIRMED = ("vanished", "confirmed", VANISHED)


@pytest.fixture(scope="module")
def two_nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    site = Site(night=1)
    portal = Troubled(site)
    with DemoServer(portal) as server:
        story = Story(Ground(server, site, tmp_path_factory.mktemp("nights")), portal)
        story.night(code=0)
        site.night = 2
        second = story.night(code=0)
        assert sorted(event for event, _, _ in second["events"]) == ["appeared", "appeared", "edited", "vanished"]
        yield story


@pytest.fixture
def story(two_nights: Story, tmp_path: Path) -> Story:
    """The two nights, for one test to go on from."""
    ground = Ground(two_nights.ground.server, two_nights.ground.site, tmp_path)
    shutil.copytree(two_nights.ground.store, ground.store)
    two_nights.portal.rule = lambda _path: None
    two_nights.portal.home_for_articles = False
    return Story(ground, two_nights.portal, two_nights.hours)


def test_a_night_of_503_for_half_of_the_site_gives_no_event(story: Story) -> None:
    story.portal.rule = half_unavailable
    row = story.night()
    assert row["events"] == []
    assert row["colour"] != "green"


@pytest.mark.parametrize("status", [404, 403, 410])
def test_all_articles_refused_is_one_mass_vanishing_and_no_event(story: Story, status: int) -> None:
    story.portal.rule = refused(status)
    row = story.night(code=1)
    assert row["events"] == []
    assert row["colour"] == "red"
    assert [reason for reason in row["reasons"] if reason.startswith("mass_vanishing")], row["reasons"]
    assert row["mass_vanishing"] > 40


@pytest.mark.parametrize("how", ["redirected", "answered with it"])
def test_the_home_page_for_every_article_is_one_mass_vanishing_and_no_event(story: Story, how: str) -> None:
    if how == "redirected":
        story.portal.rule = sent_home
    else:
        story.portal.home_for_articles = True
    row = story.night(code=1)
    assert row["events"] == []
    assert [reason for reason in row["reasons"] if reason.startswith("mass_vanishing")], row["reasons"]


def test_a_night_on_which_all_images_fail_gives_no_edit(story: Story) -> None:
    story.portal.rule = without_images
    assert story.night()["events"] == [CONFIRMED], "its page was asked again, a day later"


def test_an_upgraded_extractor_over_unchanged_pages_gives_no_event(story: Story, tmp_path: Path) -> None:
    """The new portal file reads no lead, so that what was read before differs in each article that has one."""
    folder = tmp_path / "portals"
    folder.mkdir()
    file = Path("crawler/portals/hanam-demo.toml").read_text("utf-8")
    (folder / "hanam-demo.toml").write_text(file.replace("tinbai-trichdan", "khong-co"), "utf-8")
    before = len(story.ground.rows("SELECT * FROM versions"))
    row = story.night("--portals", str(folder))
    assert row["events"] == [CONFIRMED]
    assert len(story.ground.rows("SELECT * FROM versions")) == before
    (leads,) = story.ground.rows(f"SELECT count(lead) AS n FROM readings WHERE crawl = '{row['crawl']}'")
    assert leads["n"] == 0, "the new version does read otherwise"


def test_a_good_night_after_bad_ones_confirms_the_vanishing(story: Story) -> None:
    story.portal.rule = half_unavailable
    story.night()
    story.portal.rule = lambda _path: None
    row = story.night(code=0)
    assert row["events"] == [CONFIRMED]
    (state,) = story.ground.rows(f"SELECT state FROM articles WHERE url LIKE '%/{VANISHED}.aspx'")
    assert state["state"] == "vanished"
