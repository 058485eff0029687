"""Portals that misbehave: the crawl ends, tells the truth, and keeps every byte."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from archive.store import open_store
from archive.tables.views import ask
from archive.warc.reader import StoredExchange
from crawler.demo.answer import Answer
from crawler.demo.server import DemoServer

Run = Callable[..., subprocess.CompletedProcess[str]]
Respond = Callable[[str, str], Answer | None]

PORTAL = """\
title = "Cổng thử"
hosts = ["thu.example"]
platform = "sharepoint"
[[categories]]
path = ["Tin tức"]
url = "http://thu.example/tin/Pages/default.aspx"
[[layouts]]
entries = "//li"
next = "//a[@class='next']"
[politeness]
delay = 0.0
concurrency = 4
timeout = 5
"""


def html(body: str, status: int = 200, *headers: tuple[str, str]) -> Answer:
    page = f"<html><body>{body}</body></html>".encode()
    return Answer(status, "Said", (("Content-Type", "text/html; charset=utf-8"), *headers), page)


def article(name: str, extra: str = "") -> Answer:
    return html(
        f'<h1 class="title">Tin số {name}</h1><div class="ms-rtestate-field">'
        f"<p>Ủy ban nhân dân tỉnh họp phiên thứ {name} vào buổi sáng và bàn bốn nội dung khác nhau.</p>{extra}</div>"
    )


def listing(*names: str, next_page: str = "") -> Answer:
    items = "".join(f'<li><a href="/Pages/{name}.aspx">Tin số {name}</a></li>' for name in names)
    return html(f"<ul>{items}</ul>" + (f'<a class="next" href="{next_page}">Tiếp</a>' if next_page else ""))


class Odd:
    """A portal of three articles that answers as `respond(method, target)` says, and ordinarily where it says nothing."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    def answer(self, method: str, host: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if (told := self._respond(method, target)) is not None:
            return told
        if target == "/tin/Pages/default.aspx":
            return listing("1", "2", "3")
        if target.startswith("/Pages/") and target[7:8].isdigit():
            return article(target[7:8])
        return html("<h1>Không tìm thấy</h1>", 404)


class Crawled:
    """What a crawl of an odd portal left."""

    stored: Callable[[Path], list[StoredExchange]]

    def __init__(self, folder: Path, server: DemoServer, luutru: Run, portal: str = PORTAL) -> None:
        (folder / "thu.toml").write_text(portal, "utf-8")
        config = folder / "luutru.toml"
        config.write_text(f'[connect]\n"thu.example:80" = "127.0.0.1:{server.port}"\n', "utf-8")
        self.store = folder / "store"
        self.server = server
        words = ("--portals", str(folder), "--store", str(self.store), "--config", str(config), "--json")
        self.done = luutru("crawl", "thu", *words)
        self.row = json.loads(self.done.stdout) if self.done.stdout else {}

    def ask(self, sql: str) -> list[dict[str, Any]]:
        return ask(open_store(self.store), sql)

    def asked(self) -> Counter[str]:
        return Counter(exchange.target for exchange in self.server.log)

    def same_bytes(self) -> None:
        """Every exchange of the server's record is in the WARC, and nothing else is."""
        kept = Counter(
            (found.request.block if found.request else b"", found.response.block if found.response else b"")
            for found in self.stored(self.store / "warc")
        )
        assert kept == Counter((exchange.received, exchange.sent) for exchange in self.server.log)


@pytest.fixture
def crawl(tmp_path: Path, luutru: Run, stored_exchanges: Any) -> Callable[[Respond], Any]:
    @contextmanager
    def run(respond: Respond) -> Iterator[Crawled]:
        with DemoServer(Odd(respond)) as server:
            crawled = Crawled(tmp_path, server, luutru)
            crawled.stored = stored_exchanges
            yield crawled

    return run


def test_an_ordinary_night_is_green(crawl: Any) -> None:
    with crawl(lambda _method, _target: None) as crawled:
        assert crawled.done.returncode == 0
        assert (crawled.row["colour"], crawled.row["articles"], crawled.row["completeness"]) == ("green", 3, 1.0)
        assert crawled.asked()["/robots.txt"] == 1
        crawled.same_bytes()


def test_robots_that_answer_503_refuse_everything(crawl: Any) -> None:
    with crawl(lambda _method, target: html("", 503) if target == "/robots.txt" else None) as crawled:
        assert crawled.done.returncode == 1
        assert crawled.row["colour"] == "red"
        assert "robots.txt gave no rules (throttled)" in str(crawled.row["reasons"])
        assert set(crawled.asked()) == {"/robots.txt"}


def test_robots_by_redirect_are_heard(crawl: Any) -> None:
    def respond(_method: str, target: str) -> Answer | None:
        if target == "/robots.txt":
            return html("", 301, ("Location", "/robots-moi.txt"))
        if target == "/robots-moi.txt":
            return Answer(200, "OK", (("Content-Type", "text/plain"),), b"User-agent: *\nDisallow: /Pages/2\n")
        return None

    with crawl(respond) as crawled:
        assert {row["title"] for row in crawled.ask("SELECT title FROM articles")} == {"Tin số 1", "Tin số 3"}
        assert "/Pages/2.aspx" not in crawled.asked()
        assert crawled.row["colour"] == "amber"


def test_a_server_error_is_asked_three_times_and_then_given_up(crawl: Any) -> None:
    with crawl(lambda _method, target: html("", 500) if target == "/Pages/2.aspx" else None) as crawled:
        assert crawled.asked()["/Pages/2.aspx"] == 3
        assert (crawled.row["failed"], crawled.row["missing"], crawled.row["colour"]) == (1, 1, "amber")
        rows = crawled.ask("SELECT wire_verdict, fetch_status FROM captures WHERE url LIKE '%/2.aspx'")
        assert rows == [{"wire_verdict": "error", "fetch_status": 500}] * 3
        crawled.same_bytes()


def test_403_is_an_answer_and_is_not_asked_again(crawl: Any) -> None:
    with crawl(lambda _method, target: html("Cấm", 403) if target == "/Pages/2.aspx" else None) as crawled:
        assert crawled.asked()["/Pages/2.aspx"] == 1
        assert crawled.ask("SELECT wire_verdict FROM captures WHERE url LIKE '%/2.aspx'") == [
            {"wire_verdict": "forbidden"}
        ]


def test_a_listing_that_leads_to_itself_ends(crawl: Any) -> None:
    def respond(_method: str, target: str) -> Answer | None:
        if target.startswith("/tin/Pages/default.aspx"):
            page = int(target.partition("page=")[2] or 1)
            return listing("1", "2", "3", next_page=f"/tin/Pages/default.aspx?page={page + 1}")
        return None

    with crawl(respond) as crawled:
        assert sum(count for target, count in crawled.asked().items() if "default.aspx" in target) == 2
        assert crawled.row["articles"] == 3


def test_two_listing_pages_that_lead_to_each_other_end(crawl: Any) -> None:
    def respond(_method: str, target: str) -> Answer | None:
        if target == "/tin/Pages/default.aspx":
            return listing("1", "2", next_page="/tin/Pages/default.aspx?page=2")
        if target == "/tin/Pages/default.aspx?page=2":
            return listing("3", next_page="/tin/Pages/default.aspx")
        return None

    with crawl(respond) as crawled:
        assert crawled.asked()["/tin/Pages/default.aspx"] == 1
        assert crawled.row["listing_pages"] == 2


def test_redirects_in_a_circle_and_away_from_the_portal_are_kept_and_not_followed(crawl: Any) -> None:
    def respond(_method: str, target: str) -> Answer | None:
        if target == "/Pages/1.aspx":
            return html("", 302, ("Location", "/Pages/vong.aspx"))
        if target == "/Pages/vong.aspx":
            return html("", 302, ("Location", "/Pages/1.aspx"))
        if target == "/Pages/2.aspx":
            return html("", 302, ("Location", "http://elsewhere.example/"))
        if target == "/Pages/3.aspx":
            return html("", 302, ("Location", "file:///etc/passwd"))
        return None

    with crawl(respond) as crawled:
        assert crawled.asked()["/Pages/1.aspx"] == crawled.asked()["/Pages/vong.aspx"] == 1
        rows = crawled.ask("SELECT redirect_to FROM captures WHERE wire_verdict = 'redirect' ORDER BY fetch_time")
        assert {row["redirect_to"] for row in rows} == {
            "http://thu.example/Pages/vong.aspx",
            "http://thu.example/Pages/1.aspx",
            "http://elsewhere.example/",
            "file:///etc/passwd",
        }
        assert crawled.row["colour"] == "red"
        crawled.same_bytes()


def test_an_answer_that_breaks_off_is_kept_as_truncated_and_asked_again(crawl: Any) -> None:
    def respond(_method: str, target: str) -> Answer | None:
        if target != "/Pages/2.aspx":
            return None
        whole = article("2")
        return Answer(200, "OK", (*whole.headers, ("Content-Length", "99999")), whole.body)

    with crawl(respond) as crawled:
        rows = crawled.ask("SELECT wire_verdict, truncated FROM captures WHERE url LIKE '%/2.aspx'")
        assert rows == [{"wire_verdict": "truncated", "truncated": "disconnect"}] * 3
        assert crawled.row["articles"] == 2
        crawled.same_bytes()


def test_a_portal_whose_layout_is_gone_is_red(crawl: Any) -> None:
    def respond(_method: str, target: str) -> Answer | None:
        return html("<p>Giao diện mới</p>") if target.startswith("/tin/") else None

    with crawl(respond) as crawled:
        assert crawled.done.returncode == 1
        assert crawled.row["reasons"][0] == "no listing could be read"


def test_an_image_that_is_gone_leaves_nulls_and_the_article(crawl: Any) -> None:
    def respond(_method: str, target: str) -> Answer | None:
        extra = (
            '<p><img src="/PublishingImages/mat.jpg"></p><p><em>Quang cảnh phiên họp</em></p><p>Phiên họp kết thúc.</p>'
        )
        return article("1", extra) if target == "/Pages/1.aspx" else None

    with crawl(respond) as crawled:
        (row,) = crawled.ask("SELECT * FROM images")
        assert row["caption"] == "Quang cảnh phiên họp"
        assert (row["content_digest"], row["width"], row["record_id"]) == (None, None, None)
        assert crawled.row["articles"] == 3


TWO_CATEGORIES = PORTAL.replace(
    "[[layouts]]",
    '[[categories]]\npath = ["Tin tức", "Kinh tế"]\nurl = "http://thu.example/kinh-te/Pages/default.aspx"\n[[layouts]]',
)


def test_a_category_whose_listing_is_gone_is_red_by_its_name(tmp_path: Path, luutru: Run) -> None:
    with DemoServer(Odd(lambda _method, _target: None)) as server:
        crawled = Crawled(tmp_path, server, luutru, TWO_CATEGORIES)
    assert crawled.done.returncode == 1
    assert crawled.row["articles"] == 3
    assert crawled.row["reasons"][0] == "the listing of Tin tức › Kinh tế could not be read"
    assert crawled.row["reasons"][1].startswith("a listing page was not read (missing): http://thu.example/kinh-te/")


def test_a_field_that_falls_empty_and_a_listing_that_shrinks_turn_the_night_red(tmp_path: Path, luutru: Run) -> None:
    portal = PORTAL + "[expect]\nlisting_links = [5, 60]\nfilled = { title = 1.0, lead = 0.9, author = 0.0 }\n"
    with DemoServer(Odd(lambda _method, _target: None)) as server:
        crawled = Crawled(tmp_path, server, luutru, portal)
    assert crawled.row["colour"] == "red"
    assert crawled.row["reasons"] == [
        "the listing of Tin tức shows 3 links, expected 5 to 60",
        "lead is filled in 0 of 3 articles, expected 90% (empty in sharepoint/publishing)",
    ]


def test_entries_on_other_hosts_are_not_missing_for_ever(crawl: Any) -> None:
    def respond(_method: str, target: str) -> Answer | None:
        if target != "/tin/Pages/default.aspx":
            return None
        page = listing("1", "2").body.replace(
            b"</ul>", b'<li><a href="http://bao.example/x.html">Tin khac</a></li></ul>'
        )
        return Answer(200, "OK", (("Content-Type", "text/html"),), page)

    with crawl(respond) as crawled:
        assert (crawled.row["colour"], crawled.row["listing_entries"], crawled.row["missing"]) == ("green", 2, 0)
        shown = crawled.ask("SELECT len(entries) AS n FROM listings")
        assert shown == [{"n": 3}], "the listing's own row tells all that it shows"


def test_a_host_name_that_does_not_encode_stalls_nothing(crawl: Any) -> None:
    def respond(_method: str, target: str) -> Answer | None:
        extra = f'<p><img src="http://a..b/x.jpg"></p><p><img src="http://{"n" * 70}.example/x.jpg"></p>'
        return article("1", extra) if target == "/Pages/1.aspx" else None

    with crawl(respond) as crawled:
        assert crawled.row["articles"] == 3
        assert len(crawled.ask("SELECT * FROM images WHERE content_digest IS NULL")) == 2


def test_an_image_behind_a_redirect_is_bound_to_its_bytes_and_not_fetched_again(tmp_path: Path, luutru: Run) -> None:
    picture = Answer(200, "OK", (("Content-Type", "image/jpeg"),), b"\xff\xd8\xff no real picture")

    def respond(_method: str, target: str) -> Answer | None:
        return {
            "/Pages/1.aspx": article("1", '<p><img src="/cu.jpg"></p>'),
            "/cu.jpg": html("", 302, ("Location", "/moi.jpg")),
            "/moi.jpg": picture,
        }.get(target)

    with DemoServer(Odd(respond)) as server:
        for _night in range(2):
            crawled = Crawled(tmp_path, server, luutru)
            (row,) = crawled.ask("SELECT * FROM images")
            assert row["url"] == "http://thu.example/cu.jpg"
            assert row["content_digest"] is not None
            assert row["mime"] == "image/jpeg"
        assert crawled.asked()["/cu.jpg"] == crawled.asked()["/moi.jpg"] == 1


def test_a_redirect_in_raw_utf_8_is_followed(crawl: Any) -> None:
    def respond(_method: str, target: str) -> Answer | None:
        if target == "/Pages/1.aspx":
            return html("", 302, ("Location", "/Pages/tiếng-việt.aspx".encode().decode("latin-1")))
        return article("7") if target == "/Pages/ti%E1%BA%BFng-vi%E1%BB%87t.aspx" else None

    with crawl(respond) as crawled:
        assert crawled.row["colour"] == "green"
        assert crawled.ask("SELECT url FROM articles WHERE title = 'Tin số 7'") == [
            {"url": "http://thu.example/Pages/ti%E1%BA%BFng-vi%E1%BB%87t.aspx"}
        ]


def test_a_pager_that_wraps_to_its_first_page_ends(crawl: Any) -> None:
    def respond(method: str, target: str) -> Answer | None:
        if not target.startswith("/tin/"):
            return None
        page = int(target.partition("page=")[2] or 1)
        return listing(str((page - 1) % 3 + 1), next_page=f"/tin/Pages/default.aspx?page={page + 1}")

    with crawl(respond) as crawled:
        assert sum(count for target, count in crawled.asked().items() if "default.aspx" in target) == 4
        assert crawled.row["articles"] == 3


def test_a_view_counter_in_the_body_is_no_edit(tmp_path: Path, luutru: Run) -> None:
    seen = iter(range(100, 1000))

    def respond(_method: str, target: str) -> Answer | None:
        return article("1", f"<p>Lượt xem: {next(seen)}</p>") if target == "/Pages/1.aspx" else None

    with DemoServer(Odd(respond)) as server:
        for _night in range(2):
            crawled = Crawled(tmp_path, server, luutru)
    assert crawled.ask("SELECT * FROM events WHERE event = 'edited'") == []
