"""Pages cut short, shuffled and with bytes flipped: reading them never raises, and never takes long.

Time is measured against lxml's bare parse of the same page in the same run, in seconds of the processor: machines are busy.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from lxml import html

from archive.capture import Capture
from crawler import portals
from crawler.demo.site import Site, article_url, listing_urls
from crawler.extract import extract
from crawler.platforms import PLATFORMS

from .real_pages import folder

URL = "http://hanam.example/tin/Pages/bai.aspx"
SHAREPOINT = PLATFORMS["sharepoint"].layout
TIMES, GRACE = 400, 0.5
"""How many bare parses a reading may take, and the seconds that any may: its own code runs in Python, lxml's in C."""

Damage = Callable[[bytes, random.Random], bytes]


def cut_short(page: bytes, dice: random.Random) -> bytes:
    return page[: dice.randrange(len(page))]


def shuffled(page: bytes, dice: random.Random) -> bytes:
    pieces = [piece + b">" for piece in page.split(b">")]
    dice.shuffle(pieces)
    return b"".join(pieces)


def parts_exchanged(page: bytes, dice: random.Random) -> bytes:
    first, second = sorted(dice.randrange(len(page)) for _ in range(2))
    return page[second:] + page[first:second] + page[:first]


def bytes_flipped(page: bytes, dice: random.Random) -> bytes:
    flipped = bytearray(page)
    for _ in range(1 + len(page) // 500):
        flipped[dice.randrange(len(page))] ^= 1 << dice.randrange(8)
    return bytes(flipped)


def tags_lost(page: bytes, dice: random.Random) -> bytes:
    return b"".join(b"<" + piece if dice.random() < 0.9 else piece for piece in page.split(b"<"))


DAMAGES: list[Damage] = [cut_short, shuffled, parts_exchanged, bytes_flipped, tags_lost]


def own_pages() -> Iterator[bytes]:
    """Articles and listings of the demo portal."""
    site = Site()
    urls = [*(article_url(text) for text in site.texts), *listing_urls().values()]
    for url in urls:
        host, _, path = url.removeprefix("http://").removeprefix("https://").partition("/")
        yield site.answer("GET", host, f"/{path}", {}, b"").body


def capture(body: bytes) -> Capture:
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    return Capture(URL, datetime(2026, 11, 24, tzinfo=UTC), 200, headers, body)


def timed(body: bytes) -> tuple[float, float]:
    """Seconds of a bare parse and of a reading."""
    found = capture(body)
    began = time.process_time()
    html.document_fromstring(b"<p>" + body, parser=html.HTMLParser(huge_tree=True, encoding="utf-8"))
    parsed = time.process_time()
    extract(found, SHAREPOINT)
    return parsed - began, time.process_time() - parsed


def check(page: bytes, seed: str, rounds: int) -> None:
    dice = random.Random(seed)
    for damage in DAMAGES:
        for _ in range(rounds):
            body = damage(page, dice)
            bare, spent = timed(body)
            assert spent < GRACE + TIMES * bare, damage.__name__
    portals.extract(capture(damage(page, dice)), None)  # and as a page of unknown make


@pytest.mark.parametrize("damaged", range(4))
def test_own_pages_in_every_state_are_read_without_a_fault(damaged: int) -> None:
    for number, page in enumerate(own_pages()):
        if number % 4 == damaged:
            check(page, f"{number}", 2)


def test_real_pages_in_every_state_are_read_without_a_fault() -> None:
    for path in sorted(folder().glob("*.html")):
        check(path.read_bytes(), path.name, 3)


GROWING = {
    "elements in a row": lambda n: "<p>a</p>" * n,
    "elements in each other": lambda n: "<div>a" * n,
    "spans in each other": lambda n: "<span>a" * n,
    "line breaks": lambda n: "a<br>" * n,
    "spaces": lambda n: "<p>" + "&nbsp;" * (10 * n) + "</p>",
    "marks on one letter": lambda n: "<p>a" + "\u0301\u0323" * n + "</p>",
    "images": lambda n: "<img src='a.jpg'>" * n,
    "images and lines": lambda n: "<p><img src='a.jpg'></p><p><i>Toàn cảnh</i></p>" * n,
    "lines and images": lambda n: "<p><i>Toàn cảnh</i></p><p><img src='a.jpg'></p>" * n,
    "images in one paragraph": lambda n: "<p>" + "<img src='a.jpg'><br>Toàn cảnh<br>" * n,
    "sources of one picture": lambda n: "<picture>" + "<source srcset='a.jpg'><img src='b.jpg'>" * n,
    "figures": lambda n: "<figure><img src='a.jpg'><figcaption>Toàn cảnh</figcaption></figure>" * n,
    "rows of a table": lambda n: "<table>" + "<tr><td><img src='a.jpg'></td></tr><tr><td>Toàn cảnh</td></tr>" * n,
    "rows of figures": lambda n: "<table>" + "<tr><td>1</td><td>2</td></tr>" * n,
    "cells that span rows": lambda n: "<table>" + "<tr><td rowspan='9999' colspan='50'>a</td></tr>" * (n // 10),
    "tables": lambda n: "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>" * n,
    "captions": lambda n: "<div class='caption'>" * 1_000 + "<p>a</p>" * n,
    "share bars": lambda n: "<div class='share'>" * 1_000 + "<div class='share'>a</div>" * n,
    "links": lambda n: "<a href='/a.aspx'>a</a> " * n,
    "files": lambda n: "<p><a href='/a.pdf'>Kế hoạch</a></p>" * n,
    "words of one link": lambda n: "<a href='/a.aspx'>" + "<b>a</b> " * n,
    "sources below": lambda n: "<p>Nguồn: TTXVN</p>" * n,
    "related news": lambda n: "<p>Tin khác</p>" + "<p><a href='/a.aspx'>Bài</a></p>" * n,
    "one sentence after another": lambda n: "<p>" + "Ông A nói. " * n,
}


@pytest.mark.parametrize("grown", GROWING.values(), ids=GROWING.keys())
def test_a_page_four_times_as_long_takes_four_times_as_long(grown: Callable[[int], str]) -> None:
    def spent(size: int) -> float:
        field = "<h1 class='title'>Tin</h1><div class='ms-rtestate-field' id='ctl00_ControlWrapper_RichHtmlField'>"
        return min(timed(f"{field}<p>Tin.</p>{grown(size)}".encode())[1] for _ in range(2))

    few, many = spent(2_000), spent(8_000)
    assert many < 0.2 + 9 * few  # the square would be sixteen
