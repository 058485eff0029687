"""A portal whose articles are of many ages, made from a seed: listings newest first, a picture an article, few validators.

Pages change only where `edited` says so, and pictures where `swapped` does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from crawler.demo.answer import Answer

HOST = "lau.example"
LISTED = 50
MISSING = Answer(404, "Not Found", (("Content-Type", "text/html"),), b"<html><h1>404</h1></html>")

PORTAL = """\
title = "Cổng lâu năm"
hosts = ["lau.example"]
platform = "sharepoint"
[[categories]]
path = ["Tin tức"]
url = "http://lau.example/tin"
[[layouts]]
entries = "//li"
entry_date = ".//span"
date = "//div[@class='ngay']"
next = "//a[@class='next']"
[politeness]
delay = 0.0
concurrency = 4
[walk]
"""


@dataclass
class AgingPortal:
    """`ages` are the articles' ages in days on `today`, youngest first; articles are called by their place."""

    ages: list[int]
    today: date
    edited: set[int] = field(default_factory=set)
    swapped: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    unlisted: set[int] = field(default_factory=set)
    retitled: set[int] = field(default_factory=set)
    picture: int = 20_000

    def answer(self, method: str, host: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        path, _, query = target.partition("?")
        if path == "/robots.txt":
            return Answer(200, "OK", (("Content-Type", "text/plain"),), b"User-agent: *\nDisallow:\n")
        if path == "/tin":
            return self._listing(int(query.removeprefix("trang=") or 1))
        number = int(path.rpartition("/")[2].partition(".")[0])
        if number in self.gone:
            return MISSING
        return self._picture(number, headers) if path.startswith("/anh/") else self._article(number)

    def day(self, number: int) -> date:
        """When an article was published."""
        return self.today - timedelta(days=self.ages[number])

    def _listing(self, page: int) -> Answer:
        shown = [number for number in range(len(self.ages)) if number not in self.unlisted]
        part = shown[(page - 1) * LISTED : page * LISTED]
        items = "".join(
            f'<li><a href="/Pages/{number}.aspx">{self._title(number)}</a><span>{self.day(number):%d/%m/%Y}</span></li>'
            for number in part
        )
        onward = f'<a class="next" href="/tin?trang={page + 1}">Tiếp</a>' if page * LISTED < len(shown) else ""
        return _html(f"<ul>{items}</ul>{onward}")

    def _article(self, number: int) -> Answer:
        words = f"Ủy ban nhân dân tỉnh họp phiên thứ {number} và bàn bốn nội dung khác nhau. " * 10
        more = "<p>Bài đã được sửa sau khi đăng.</p>" if number in self.edited else ""
        return _html(
            f'<h1 class="title">{self._title(number)}</h1><div class="ngay">{self.day(number):%d/%m/%Y}</div>'
            f'<div class="ms-rtestate-field"><p>{words}</p>{more}<p><img src="/anh/{number}.jpg"></p></div>'
        )

    def _title(self, number: int) -> str:
        return f"Tin số {number}" + (" (đính chính)" if number in self.retitled else "")

    def _picture(self, number: int, headers: Mapping[str, str]) -> Answer:
        name = f"{number} {number in self.swapped}"
        tag = f'"{hashlib.sha256(name.encode()).hexdigest()[:12]}"'
        if headers.get("if-none-match") == tag:
            return Answer(304, "Not Modified", (("ETag", tag),))
        body = hashlib.shake_128(name.encode()).digest(self.picture)
        return Answer(200, "OK", (("Content-Type", "image/jpeg"), ("ETag", tag)), b"\xff\xd8" + body)


def _html(body: str) -> Answer:
    page = f"<!DOCTYPE html><html><head><title>Cổng</title></head><body>{body}</body></html>".encode()
    return Answer(200, "OK", (("Content-Type", "text/html; charset=utf-8"),), page)
