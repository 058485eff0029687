"""Postback pagers of SharePoint sites, in the markups that ASP.NET controls and their makers give them."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest

from archive.article import Turn
from archive.capture import Capture
from crawler.extract import listing
from crawler.extract.page import Page
from crawler.platforms import PLATFORMS

URL = "http://hanam.example/tin/Pages/default.aspx"
ITEM = "<li class='cbs-Item'><h3><a href='/Pages/bai-1.aspx'>Hội nghị triển khai nhiệm vụ</a></h3></li>"


def post(argument: str) -> str:
    return f"javascript:__doPostBack('ctl00$pager','{argument}')"


def turn(pager: str) -> Turn | None:
    """How the next page is asked for by a page that shows one article and this pager."""
    state = "<input type='hidden' name='__VIEWSTATE' value='x1'>"
    form = f"<form method='post' action='./default.aspx'>{state}{ITEM}{pager}</form>"
    capture = Capture(URL, datetime(2026, 11, 24, tzinfo=UTC), 200, (("Content-Type", "text/html"),), form.encode())
    found = listing.read(Page(capture), PLATFORMS["sharepoint"].layout)
    assert found is not None
    return found.next


def numbers(shown: int, first: int, last: int, more: str = "") -> str:
    cells = [
        f"<td><span>{n}</span></td>" if n == shown else f'<td><a href="{post(f"Page${n}")}">{n}</a></td>'
        for n in range(first, last + 1)
    ]
    return f"<table><tr>{''.join(cells)}{more}</tr></table>"


DOTS = f'<td><a href="{post("Page$11")}">...</a></td>'
BEFORE = f'<td><a href="{post("Page$10")}">...</a></td>'


@pytest.mark.parametrize(
    ("pager", "argument"),
    [
        (numbers(1, 1, 10, DOTS), "Page$2"),
        (numbers(9, 1, 10, DOTS), "Page$10"),
        (numbers(10, 1, 10, DOTS), "Page$11"),
        (numbers(11, 11, 12).replace("<tr>", f"<tr>{BEFORE}"), "Page$12"),
        (f'<a href="{post("1")}">&lt;&lt; Trước</a> <a href="{post("3")}">Tiếp &gt;&gt;</a>', "3"),
        (f'<b>1</b> <a href="{post("2")}">2</a> <a href="{post("9")}">Cuối</a>', "2"),
        (f'<a class="cur" disabled="disabled">2</a> <a href="{post("3")}">3</a>', "3"),
        (f'<input type="submit" name="p$next" value="&gt;" title="Trang sau" onclick="{post("next")}">', "next"),
        (
            f'<a class="rdpCurrentPage" href="{post("1")}"><span>1</span></a><a href="{post("2")}"><span>2</span></a>',
            "2",
        ),
        (f'<ul class="pagination"><li class="active"><a>1</a></li><li><a href="{post("2")}">2</a></li></ul>', "2"),
        (f'<input type="image" alt="Trang sau" onclick="{post("next")}">', "next"),
        (f'<button type="button" onclick="{post("next")}">Trang tiếp</button>', "next"),
    ],
)
def test_a_postback_pager_leads_on(pager: str, argument: str) -> None:
    found = turn(pager)
    assert found is not None
    assert found.method == "POST"
    sent = parse_qs(found.body)
    assert (sent["__EVENTTARGET"], sent["__EVENTARGUMENT"]) == (["ctl00$pager"], [argument])
    assert sent["__VIEWSTATE"] == ["x1"]


@pytest.mark.parametrize(
    "pager",
    [
        numbers(12, 11, 12).replace("<tr>", f"<tr>{BEFORE}"),
        f'<a href="{post("1")}">1</a> <b>2</b>',
        # Telerik: every number is a link, and holds a span
        f'<a href="{post("1")}"><span>1</span></a><a class="rdpCurrentPage" href="{post("2")}"><span>2</span></a>',
        f'<a href="{post("1")}">&lt;&lt; Trước</a>',
        "<input type='image' alt='Trang sau' onclick='openMenu()'>",
        "",
    ],
)
def test_the_last_page_leads_nowhere(pager: str) -> None:
    assert turn(pager) is None
