"""What is said to have happened to an article, from nights whose pages and times are given."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from archive.capture import Exchange, Place, capture_of
from archive.store import Store, create_store
from archive.tables import stage
from archive.tables.commit import CrawlFacts, Snapshot, commit
from archive.tables.rows import Asked, Origin
from archive.tables.views import ask
from crawler.portals.portal import Portal
from crawler.record import record

FIRST = datetime(2026, 11, 1, 18, 30, tzinfo=UTC)
NAMES = ("1", "2", "3", "4", "5", "6")
PORTAL = Portal.model_validate(
    {
        "name": "thu",
        "title": "Cổng thử",
        "hosts": ["thu.example"],
        "platform": "sharepoint",
        "categories": [{"path": ["Tin"], "url": "http://thu.example/tin.aspx"}],
        "layouts": [{"entries": "//li"}],
    }
)
Page = tuple[int, str]


def article(name: str, words: str = "Hội nghị bàn về vụ lúa xuân năm nay.", picture: str = "") -> Page:
    body = f'<div class="ms-rtestate-field"><p>{words}</p>{picture}<p>Tin số {name} kết thúc ở đây.</p></div>'
    return 200, f"<html><body><h1 class='title'>Tin số {name}</h1>{body}</body></html>"


def pages(**changed: Page) -> dict[str, Page]:
    """Six ordinary articles, with some answered otherwise (`a3=(404, "")` for article 3)."""
    return {name: changed.get(f"a{name}", article(name)) for name in NAMES}


class Nights:
    """Commits nights into one store, each a day after the one before unless said otherwise."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = FIRST

    def night(
        self,
        answers: Mapping[str, Page],
        *,
        after: timedelta = timedelta(days=1),
        cut_short: str | None = None,
        version: str = "v1",
        images: tuple[str, ...] = (),
    ) -> Snapshot:
        self.now += after
        crawl = f"thu-{self.now:%Y%m%dT%H%M%S}"
        listed = "".join(
            f"<li><a href='/Pages/{name}.aspx'>Tin số {name}</a></li>"
            for name, page in answers.items()
            if page[0] == 200
        )
        with closing(sqlite3.connect(":memory:", check_same_thread=False)) as db:
            stage.create_stage(db)
            self._stage(db, crawl, version, "listing", "/tin.aspx", (200, f"<html><ul>{listed}</ul></html>"))
            for name, page in answers.items():
                self._stage(db, crawl, version, "article", f"/Pages/{name}.aspx", page)
            for image in images:
                self._stage(db, crawl, version, "image", f"/{image}", (200, "no real jpeg, but bytes of its own"))
            own: dict[str, object] = {"night": self.now.date().isoformat(), "action": "crawl", "failed": 0}
            return commit(self.store, db, CrawlFacts(crawl, "thu", cut_short, own))

    def _stage(self, db: sqlite3.Connection, crawl: str, version: str, kind: str, path: str, page: Page) -> None:
        self.now += timedelta(seconds=1)
        status, text = page
        location = text if 300 <= status < 400 else ""
        head = f"HTTP/1.1 {status} X\r\nContent-Type: text/html; charset=utf-8\r\n"
        head += f"Location: {location}\r\n\r\n" if location else "\r\n"
        request = f"GET {path} HTTP/1.1\r\nHost: thu.example\r\n\r\n".encode()
        exchange = Exchange(
            f"http://thu.example{path}", "GET", request, head.encode() + text.encode(), self.now, 5, "192.0.2.1"
        )
        place = Place("thu/x.warc.gz", 0, 1, f"urn:uuid:{uuid4()}")
        asked = Asked(kind, ("Tin",) if kind == "listing" else (), 1 if kind == "listing" else 0)
        read = record(exchange, capture_of(exchange, place), place, asked, Origin(crawl, "thu", version), PORTAL)
        stage.add_rows(db, read.rows)

    def events(self, snapshot: Snapshot) -> list[tuple[str, str, str]]:
        """(event, article, confidence) of one snapshot, in order of article."""
        rows = ask(
            self.store,
            "SELECT event, url, confidence FROM events WHERE snapshot_id = ? ORDER BY url, event",
            snapshot.id,
        )
        return [(row["event"], row["url"].rsplit("/", 1)[1].removesuffix(".aspx"), row["confidence"]) for row in rows]

    def state(self, name: str) -> str:
        (row,) = ask(self.store, "SELECT state FROM articles WHERE url LIKE ?", f"%/{name}.aspx")
        return str(row["state"])


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
    picture = pages(a2=article("2", picture="<p><img src='/anh.jpg'></p>"))
    nights.night(picture, images=("anh.jpg",))
    assert nights.events(nights.night(picture)) == []
    (row,) = ask(nights.store, "SELECT content_digest FROM images")
    assert row["content_digest"], "the newest capture of it is an earlier night's"


def test_rows_of_an_attempt_without_its_crawls_row_are_invisible(nights: Nights, monkeypatch: Any) -> None:
    nights.night(pages())
    before = ask(nights.store, "SELECT count(*) AS n FROM captures")

    from archive.tables import commit as module

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
