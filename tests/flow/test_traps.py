"""Portals without end: traps are not walked into, a night has a budget, and old pages are not asked for again and again."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from archive.store import open_store
from archive.tables.views import ask
from crawler.demo.answer import Answer
from crawler.demo.server import DemoServer

PORTAL = """\
title = "Cổng thử"
hosts = ["thu.example"]
platform = "sharepoint"
[[categories]]
path = ["Tin tức"]
url = "http://thu.example/tin/trang-1"
[[layouts]]
entries = "//li"
next = "//a[@class='next']"
[politeness]
delay = 0.0
concurrency = 4
"""

Respond = Callable[[str], str | None]


class Site:
    """Answers a path with the HTML that `respond` gives for it."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def answer(self, method: str, host: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        page = self.respond(target)
        kind = (("Content-Type", "text/html; charset=utf-8"),)
        if page is None:
            return Answer(404, "Not Found", kind, b"<h1>404</h1>")
        return Answer(200, "OK", kind, f"<html><body>{page}</body></html>".encode())


def article(name: str) -> str:
    words = f"Ủy ban nhân dân tỉnh họp phiên {name} và bàn các nội dung về kinh tế, xã hội của quý này. " * 6
    return f'<h1 class="title">Tin {name}</h1><div class="ms-rtestate-field"><p>{words}</p></div>'


def listing(urls: list[str], onward: str = "") -> str:
    items = "".join(f'<li><a href="{url}">Tin số {url} của tỉnh nhà</a></li>' for url in urls)
    return f"<ul>{items}</ul>" + (f'<a class="next" href="{onward}">Tiếp</a>' if onward else "")


@pytest.fixture
def crawl(tmp_path: Path, luutru: Callable[..., subprocess.CompletedProcess[str]]) -> Any:
    def run(server: DemoServer, *more: str, walk: str = "") -> dict[str, Any]:
        (tmp_path / "thu.toml").write_text(PORTAL + walk, "utf-8")
        config = tmp_path / "luutru.toml"
        config.write_text(f'[connect]\n"thu.example:80" = "127.0.0.1:{server.port}"\n', "utf-8")
        words = ("--portals", str(tmp_path), "--store", str(tmp_path / "store"), "--config", str(config), "--json")
        done = luutru("crawl", "thu", *words, *more)
        assert "Traceback" not in done.stderr
        row: dict[str, Any] = json.loads(done.stdout)
        return row | {"articles": ask(open_store(tmp_path / "store"), "SELECT url FROM articles")}

    return run


def asked(server: DemoServer) -> Counter[str]:
    return Counter(exchange.target for exchange in server.log)


def trap(target: str) -> str | None:
    """Thirty articles on three pages; every other link answers with a listing of further ones, deeper each time."""
    if target.startswith("/tin/trang-"):
        page = int(target.rpartition("-")[2])
        real = [f"/Pages/{n}.aspx" for n in range((page - 1) * 10, page * 10) if n < 30]
        deeper = [f"/chuyen-de/{page}/{n}" for n in range(40)]
        return listing([*real, *deeper], f"/tin/trang-{page + 1}")
    if target.startswith("/Pages/"):
        return article(target.removeprefix("/Pages/").removesuffix(".aspx"))
    return listing([f"{target}/vi/en/{n}" for n in range(20)], f"{target}/vi/en") if target != "/robots.txt" else None


def test_a_portal_that_nests_without_end_is_left_with_its_articles(crawl: Any) -> None:
    with DemoServer(Site(trap)) as server:
        row = crawl(server)
        assert len(row["articles"]) == 30
        assert sum(asked(server).values()) < 400
        assert row["cut_short"] is None
        assert any("led to nothing but listings" in reason for reason in row["reasons"]), row["reasons"]


def test_a_calendar_of_empty_days_ends(crawl: Any) -> None:
    def respond(target: str) -> str | None:
        if target.startswith("/tin/trang-"):
            page = int(target.rpartition("-")[2])
            return listing([f"/Pages/{page}.aspx" if page < 3 else "/Pages/1.aspx"], f"/tin/trang-{page + 1}")
        return article(target[7:-5]) if target.startswith("/Pages/") else None

    with DemoServer(Site(respond)) as server:
        assert len(crawl(server)["articles"]) == 2
        assert sum(target.startswith("/tin/") for target in asked(server)) <= 6


def test_path_segments_that_repeat_are_never_asked_for(crawl: Any) -> None:
    def respond(target: str) -> str | None:
        if target == "/tin/trang-1":
            return listing(["/Pages/1.aspx", "/vi/en/vi/en/2.aspx", "/a/b/a/c/a/3.aspx"])
        return article(target[7:-5]) if target.startswith("/Pages/") else None

    with DemoServer(Site(respond)) as server:
        assert [page["url"] for page in crawl(server)["articles"]] == ["http://thu.example/Pages/1.aspx"]
        assert set(asked(server)) == {"/robots.txt", "/tin/trang-1", "/Pages/1.aspx"}


def test_a_hosts_budget_for_a_night_is_kept_and_told(crawl: Any) -> None:
    def respond(target: str) -> str | None:
        if target == "/tin/trang-1":
            return listing([f"/Pages/{n}.aspx" for n in range(60)])
        return article(target[7:-5]) if target.startswith("/Pages/") else None

    with DemoServer(Site(respond)) as server:
        row = crawl(server, walk="[walk]\nbudget = 25\n")
        assert sum(asked(server).values()) == 26, "robots.txt, and what the budget allows"
        assert (row["cut_short"], row["colour"]) == ("page budget", "amber")
        assert "36 requests were not made: pages of thu.example, whose budget for a night is 25" in row["reasons"]


class Growing:
    """A listing of ten entries a page, newest first; `count` articles."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __call__(self, target: str) -> str | None:
        if target.startswith("/tin/trang-"):
            page = int(target.rpartition("-")[2])
            newest = self.count - (page - 1) * 10
            numbers = range(newest, max(newest - 10, 0), -1)
            return listing([f"/Pages/{n}.aspx" for n in numbers], f"/tin/trang-{page + 1}" if newest > 10 else "")
        return article(target[7:-5]) if target.startswith("/Pages/") else None


def pages(server: DemoServer, since: int) -> list[str]:
    return sorted({each.target for each in server.log[since:] if each.target.startswith("/tin/")})


def test_a_listing_is_walked_to_what_is_known_and_now_and_then_to_its_end(crawl: Any) -> None:
    site = Growing(200)
    walk = "[walk]\nstop_after = 20\nsweep_days = 5\n"
    with DemoServer(Site(site)) as server:
        assert len(crawl(server, "--night", "2026-11-01", walk=walk)["articles"]) == 200
        walked: list[int] = []
        for day in range(2, 7):
            site.count += 3
            before = len(server.log)
            row = crawl(server, "--night", f"2026-11-0{day}", walk=walk)
            assert len(row["articles"]) == site.count, "what is new is found each night"
            walked.append(len(pages(server, before)))
        assert sorted(walked) == [3, 3, 3, 3, 22], "one night in five goes to the end"


def test_an_entry_that_changed_is_not_what_was_known(crawl: Any) -> None:
    site = Growing(200)
    with DemoServer(Site(site)) as server:
        walk = "[walk]\nstop_after = 20\nsweep_days = 1000000\n"
        crawl(server, "--night", "2026-11-01", walk=walk)
        before = len(server.log)
        quiet = site.__call__

        def renamed(target: str) -> str | None:
            page = quiet(target)
            return page.replace("Tin số /Pages/185.aspx", "Tin đã sửa /Pages/185.aspx") if page else None

        server.site.respond = renamed  # type: ignore[attr-defined]
        crawl(server, "--night", "2026-11-02", walk=walk)
        assert len(pages(server, before)) == 4, "the twenty are counted anew behind a changed entry"


def test_what_pages_share_was_counted_on_each_of_them_against_the_bound_on_requisites(crawl: Any) -> None:
    """Sixty pages with the same hundred pictures: the one that the last page has alone is asked for, too."""
    shared = "".join(f'<img src="/chung/{n}.gif">' for n in range(100))

    def respond(target: str) -> str | None:
        if target == "/tin/trang-1":
            return listing([f"/Pages/{n}.aspx" for n in range(60)])
        if target.startswith("/Pages/"):
            name = target[7:-5]
            return shared + (article(name) + '<img src="/rieng.gif">' if name == "59" else article(name))
        return None

    with DemoServer(Site(respond)) as server:
        assert len(crawl(server)["articles"]) == 60
        seen = asked(server)
        assert {seen[f"/chung/{n}.gif"] for n in range(100)} == {1}
        assert seen["/rieng.gif"] == 1
