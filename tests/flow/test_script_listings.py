"""Listings that no link leads through, crawled by the real command: pages that a script posts for, and feeds."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from archive.store import open_store
from archive.tables.views import ask
from crawler.demo.answer import Answer
from crawler.demo.server import DemoServer

Run = Callable[..., subprocess.CompletedProcess[str]]

LOAD = "/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json; charset=utf-8"
PORTAL = """\
title = "Cổng xã"
hosts = ["xa.example"]
platform = "vnpt"
[politeness]
delay = 0.0
[[categories]]
path = ["Kinh tế"]
url = "http://xa.example/kinh-te"
[[categories]]
path = ["Mới"]
url = "http://xa.example/rss/moi.rss"
"""
PAGES = {1: (9, 8), 2: (7, 6), 3: (5, 4), 4: ()}


def rows(numbers: Sequence[int]) -> str:
    items = (f'<li><h2 class="Title"><a href="/kinh-te/bai-{n}">Bài số {n}</a></h2></li>' for n in numbers)
    return f'<ul class="ArticleList">{"".join(items)}</ul>' if numbers else ""


class Commune:
    """A commune's portal: its listing's further pages are told to scripts that send `kind`, and to no others."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.sent: list[tuple[str, str]] = []

    def answer(self, method: str, host: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        told = {name.lower(): value for name, value in headers.items()}
        if target == "/kinh-te":
            data = "{ article_category_id: 12, site_id: 3, page: page, page_size: 2 }"
            said = "contentType: 'application/json; charset=utf-8', " if self.kind == JSON else ""
            script = f"<script>var maxPage = parseInt(9); $.ajax({{ {said}url: '{LOAD}', data: {data} }});</script>"
            return page(f"<title>Kinh tế</title>{rows(PAGES[1])}{script}")
        if target == LOAD and method == "POST" and told.get("content-type") == self.kind:
            form = json.loads(body) if self.kind == JSON else {k: v[0] for k, v in parse_qs(body.decode()).items()}
            self.sent.append((form["page"], form["article_category_id"]))
            more = rows(PAGES[int(form["page"])])
            return page(json.dumps({"d": more}), JSON) if self.kind == JSON else page(more)
        if target == "/rss/moi.rss":
            items = "".join(f"<item><title>Bài số {n}</title><link>/kinh-te/bai-{n}</link></item>" for n in (9, 1))
            return page(f"<?xml version='1.0'?><rss><channel>{items}</channel></rss>", "text/xml; charset=utf-8")
        if target.startswith("/kinh-te/bai-"):
            text = "<p>Bà con gặt xong trước đợt rét.</p><p>Lúa được phơi ở sân đình.</p>"
            return page(f'<div class="ArticleHeader">{target}</div><div class="ArticleContent">{text}</div>')
        return Answer(404, "Not Found", (("Content-Type", "text/html"),), b"<h1>404</h1>")


def page(markup: str, mime: str = "text/html; charset=utf-8") -> Answer:
    return Answer(200, "OK", (("Content-Type", mime),), markup.encode())


@pytest.mark.parametrize("kind", [FORM, JSON])
def test_listing_is_walked_as_its_script_would_and_read_again_the_same(kind: str, tmp_path: Path, luutru: Run) -> None:
    commune = Commune(kind)
    (tmp_path / "xa.toml").write_text(PORTAL, "utf-8")
    with DemoServer(commune) as server:
        (tmp_path / "luutru.toml").write_text(f'[connect]\n"xa.example:80" = "127.0.0.1:{server.port}"\n', "utf-8")
        store = ("--portals", str(tmp_path), "--store", str(tmp_path / "store"))
        for _ in range(2):  # the second time, what comes is what is kept already
            done = luutru("crawl", "xa", *store, "--config", str(tmp_path / "luutru.toml"), "--json")
            assert done.returncode == 0, done.stderr
            row = json.loads(done.stdout)
            assert (row["colour"], row["articles"], row["completeness"]) == ("green", 7, 1.0)
    assert commune.sent == [("2", "12"), ("3", "12"), ("4", "12")] * 2

    def listed(category: str) -> list[list[str]]:
        told: list[dict[str, Any]] = ask(
            open_store(tmp_path / "store"),
            "SELECT entries FROM listings WHERE category[1] = ? ORDER BY fetch_time",
            category,
        )
        return [[entry["title"].removeprefix("Bài số ") for entry in each["entries"]] for each in told]

    assert listed("Kinh tế") == [["9", "8"], ["7", "6"], ["5", "4"], []] * 2
    assert listed("Mới") == [["9", "1"]] * 2
    again = luutru("reextract", "--json", *store)
    assert again.returncode == 0, again.stderr
    assert [(told["articles"], told["equal"], told["different"]) for told in json.loads(again.stdout)] == [
        (7, 7, [])
    ] * 2
