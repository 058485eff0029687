"""Listings: what they show of each article, and the way to their next page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from urllib.parse import parse_qsl

import pytest

from archive.article import Listing, Turn
from archive.capture import Capture
from crawler.extract import listing
from crawler.extract.layout import Layout
from crawler.extract.page import Page
from crawler.platforms import PLATFORMS

URL = "http://hanam.example/tin/Pages/default.aspx"
SHAREPOINT = PLATFORMS["sharepoint"].layout
UNKNOWN = PLATFORMS["generic"].layout
NAMED = Layout(
    name="generic/page",
    entries=("//div[@class='tin']",),
    entry_link=(".//h3/a",),
    entry_date=(".//span[@class='ngay']",),
    generic=True,
)
ITEM = "<div class='tin'><a href='/x-{n}'><img></a><h3><a href='/bai-{n}.aspx'>Bài số {n}</a></h3>{more}</div>"


def read(markup: str, layout: Layout = NAMED, url: str = URL) -> Listing | None:
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    capture = Capture(url, datetime(2026, 11, 24, 1, 0, tzinfo=UTC), 200, headers, markup.encode())
    return listing.read(Page(capture), layout)


def turn(pager: str, layout: Layout = NAMED, url: str = URL) -> Turn | None:
    """How the next page is asked for, by a listing with this pager."""
    item = "<li class='cbs-Item'><div class='tin'><h3><a href='/Pages/bai-1.aspx'>Bài số 1</a></h3></div></li>"
    found = read(item + pager, layout, url)
    assert found is not None
    return found.next


def address(pager: str, layout: Layout = NAMED, url: str = URL) -> str | None:
    """The URL of the next page, by a listing with this pager."""
    found = turn(pager, layout, url)
    assert found is None or found.method == "GET"
    return found.url if found else None


def test_entries_are_told_in_order_with_title_and_date() -> None:
    dates = ["<span class='ngay'>(17/11/2021)</span>", "<span class='ngay'>hôm qua</span>", ""]
    found = read("".join(ITEM.format(n=n, more=more) for n, more in enumerate(dates, 1)))
    assert found is not None
    assert [(e.position, e.url, e.title, e.date_raw, e.day) for e in found.entries] == [
        (1, "http://hanam.example/bai-1.aspx", "Bài số 1", "17/11/2021", date(2021, 11, 17)),
        (2, "http://hanam.example/bai-2.aspx", "Bài số 2", "hôm qua", None),
        (3, "http://hanam.example/bai-3.aspx", "Bài số 3", None, None),
    ]
    assert found.url == URL


def test_count_of_views_is_no_part_of_an_entrys_date() -> None:
    found = read(ITEM.format(n=1, more="<span class='ngay'>Ngày đăng 09/09/2020 | 05:07 PM | View count: 842</span>"))
    assert found is not None
    assert (found.entries[0].date_raw, found.entries[0].day) == ("09/09/2020 | 05:07 PM", date(2020, 9, 9))


def test_article_that_is_listed_twice_is_one_entry() -> None:
    found = read(ITEM.format(n=1, more="") + ITEM.format(n=2, more="") + ITEM.format(n=1, more=""))
    assert found is not None
    assert [entry.title for entry in found.entries] == ["Bài số 1", "Bài số 2"]


def test_entry_that_leads_nowhere_or_to_the_listing_itself_is_none() -> None:
    bad = "".join(f"<div class='tin'><h3><a href='{href}'>Bài</a></h3></div>" for href in ("javascript:;", "#", URL))
    assert read(bad) is None
    found = read(bad + ITEM.format(n=1, more=""))
    assert found is not None
    assert [entry.position for entry in found.entries] == [1]


def test_title_of_a_link_without_words_is_its_title_attribute() -> None:
    found = read("<div class='tin'><h3><a href='/a' title='Bài có ảnh'><img></a></h3></div>")
    assert found is not None
    assert found.entries[0].title == "Bài có ảnh"


def test_page_without_entries_is_no_listing() -> None:
    assert read("<p>Không có tin nào.</p>") is None
    assert read("", UNKNOWN) is None


def test_family_of_links_of_one_make_is_the_listing_of_unknown_markup() -> None:
    menu = "".join(f"<li><a href='/muc-{n}'>Mục {n}</a></li>" for n in range(12))
    news = "".join(
        f"<div class='o'><h4><a href='/bai-{n}.html'>Hội nghị tổng kết công tác năm 202{n}</a></h4></div>"
        for n in range(3)
    )
    side = "<aside><a class='b' href='/quang-cao-1'>Chuyên trang cải cách hành chính của tỉnh</a></aside>" * 2
    away = "".join(
        f"<p><a href='http://khac.example/{n}'>Một trang khác của một cơ quan khác</a></p>" for n in range(9)
    )
    found = read(f"<ul>{menu}</ul>{news}{side}{away}", UNKNOWN)
    assert found is not None
    assert [entry.url for entry in found.entries] == [f"http://hanam.example/bai-{n}.html" for n in range(3)]


def test_two_links_are_no_family() -> None:
    assert (
        read("<a href='/1'>Hội nghị tổng kết công tác năm</a><a href='/2'>Hội nghị tổng kết công tác quý</a>", UNKNOWN)
        is None
    )


@pytest.mark.parametrize(
    "link",
    [
        "<a href='?page=2'>Tiếp</a>",
        "<a href='?page=2'>Tiếp theo »</a>",
        "<a href='?page=2'> TRANG SAU </a>",
        "<a href='?page=2'>Trang tiếp &gt;&gt;</a>",
        "<a href='?page=2'>[Sau]</a>",
        "<a href='?page=2'>Next →</a>",
        "<a href='?page=2' title='Trang sau'><i class='icon'></i></a>",
        "<a href='?page=2' aria-label='Next page'></a>",
        "<a href='?page=2'><img src='r.gif' alt='Trang tiếp'></a>",
        "<a rel='next' href='?page=2'>Cũ hơn</a>",
        "<link rel='next' href='?page=2'>",
        "<div><a href='?page=1'>1</a> <a href='?page=2'>&gt;</a></div>",
        "<ul><li><span>1</span></li><li><a href='?page=2'>»</a></li></ul>",
    ],
)
def test_next_page_is_found_by_the_words_that_portals_use(link: str) -> None:
    assert address(link) == f"{URL}?page=2"


@pytest.mark.parametrize(
    "link",
    [
        "<a href='?page=2'>Tin tiếp theo của huyện</a>",
        "<a href='?page=2'>Trước</a>",
        "<a href='?page=9'>Cuối cùng »|</a>",
        "<div class='anh'><a href='?anh=2'>&gt;</a></div>",  # the arrow of a row of pictures
        "<a href='http://khac.example/?page=2'>Tiếp</a>",
        "<a href='javascript:;'>Tiếp</a>",
        "<a href='#'>Tiếp</a>",
        f"<a href='{URL}#dau'>Tiếp</a>",
    ],
)
def test_other_links_are_not_taken_for_the_next_page(link: str) -> None:
    assert turn(link) is None


def test_www_is_the_same_site() -> None:
    assert address("<a href='http://www.hanam.example/tin?page=2'>Tiếp</a>") == "http://www.hanam.example/tin?page=2"


@pytest.mark.parametrize(
    "pager",
    [
        "<div><a href='?p=1'>1</a><span class='current'>2</span><a href='?p=3'>3</a><a href='?p=4'>4</a></div>",
        "<ul><li><a href='?p=1'>1</a></li><li class='active'><a href='#'>2</a></li><li><a href='?p=3'>3</a></li></ul>",
        "<span><span class='SelectedPage'>2</span>&nbsp;<a class='UnselectedPage' href='?p=3'>3</a></span>",
        "<p><a href='?p=1'>1</a> <a aria-current='page' href='?p=2'>2</a> <a href='?p=3'>3</a></p>",
        "<table><tr><td><a href='?p=1'>1</a></td><td><span>2</span></td><td><a href='?p=3'>3</a></td></tr></table>",
        "<div><a href='?p=1'>1</a> <b>2</b> <a href='?p=3'>3</a> <a href='?p=9'>»</a></div>",
    ],
)
def test_numbered_pager_leads_from_the_page_shown_to_the_one_after_it(pager: str) -> None:
    assert address(pager, url=f"{URL}?p=2") == f"{URL}?p=3"


def test_numbered_pager_ends_on_the_last_page() -> None:
    assert (
        turn("<div><a href='?p=1'>1</a><a href='?p=2'>2</a><span class='current'>3</span></div>", url=f"{URL}?p=3")
        is None
    )


def test_pager_that_marks_no_page_is_not_guessed_at() -> None:
    assert turn("<div><a href='?p=1'>1</a><a href='?p=2'>2</a><a href='?p=3'>3</a></div>", url=f"{URL}?p=1") is None
    assert turn("<p>Tháng <span class='inactive'><a href='?d=1'>1</a></span> <a href='?d=2'>2</a></p>") is None


def test_named_path_to_the_next_page_is_the_last_word() -> None:
    layout = Layout(
        name="generic/page",
        entries=("//div[@class='tin']",),
        next=("//a[@class='UnselectedNext']",),
        generic=True,
        guess_next=False,
    )
    more = "<a href='?anh=2'>Tiếp</a>"
    assert address(f"{more}<a class='UnselectedNext' href='?page=2'>&gt;</a>", layout) == f"{URL}?page=2"
    assert turn(f"{more}<span class='SelectedNext'>&gt;</span>", layout) is None


PAGED = "Paged=TRUE&amp;p_ID={id}&amp;PageFirstRow={row}&amp;View=%7bA1%7d"


@pytest.mark.parametrize(
    "cell", ["<div class='ms-paging'>{}</div>", "<table><tr><td id='pagingWPQ2next'>{}</td></tr></table>", "{}"]
)
def test_sharepoint_is_followed_forward_only(cell: str) -> None:
    back = f"<a href='?{PAGED.format(id=29, row=1)}&amp;PagedPrev=TRUE'><img alt='Previous'></a>"
    forth = f"<a href='?{PAGED.format(id=60, row=61)}'><img alt='Next'></a>"
    here = f"{URL}?Paged=TRUE&p_ID=30&PageFirstRow=31"
    second = f"{URL}?Paged=TRUE&p_ID=60&PageFirstRow=61&View=%7BA1%7D"
    assert address(cell.format(back) + cell.format(forth), SHAREPOINT, here) == second
    assert turn(cell.format(back), SHAREPOINT, here) is None
    assert address(cell.format(f"<a href='?{PAGED.format(id=30, row=31)}'>1 - 30</a>"), SHAREPOINT) is not None


@pytest.mark.parametrize(
    "query", ["Paged=TRUE&PageFirstRow=1", "Paged=TRUE&PageFirstRow=x", "Paged=TRUE&PagedPrev=TRUE"]
)
def test_sharepoint_link_that_leads_back_or_nowhere_is_not_followed(query: str) -> None:
    assert (
        turn(f"<div class='ms-paging'><a href='?{query}'>&gt;</a></div>", SHAREPOINT, f"{URL}?PageFirstRow=31") is None
    )


@pytest.mark.parametrize(
    "pager",
    [
        "<div><a href='?page=1'>1</a><span class='current'>2</span><a href='?page=3'>3</a></div>",
        "<ul><li><a href='?page=1'>1</a></li><li class='active'>2</li><li><a href='?page=3'>3</a></li></ul>",
    ],
)
def test_sharepoint_web_part_with_numbers_is_followed(pager: str) -> None:
    assert address(pager, SHAREPOINT, f"{URL}?page=2") == f"{URL}?page=3"


FORM = """
<form action="default.aspx?muc=5" method="post"><div class="so"><span class="current">1</span>
<a href="javascript:__doPostBack(&#39;ctl00$g_1$pager&#39;,&#39;Page$2&#39;)">2</a></div>
<input type="hidden" name="__EVENTTARGET" value="cu"><input type="hidden" name="__EVENTARGUMENT" value="cu">
<input type="hidden" name="__VIEWSTATE" value="/wEPDwUK+a/b==">
<input type="hidden" name="__EVENTVALIDATION" value="/wEdAAI=">
<input name="tu" value="Hà Nam"><input name="trong"><input value="không tên">
<input type="checkbox" name="o1" value="1" checked><input type="checkbox" name="o2" value="1">
<input type="checkbox" name="o3" checked>
<input type="radio" name="r" value="a"><input type="radio" name="r" value="b" checked="checked">
<input name="tat" value="1" disabled><fieldset disabled><input name="tat2" value="1"></fieldset>
<input type="submit" name="tim" value="Tìm"><input type="image" name="anh"><input type="button" name="nut" value="x">
<input type="file" name="tep"><input type="reset" name="xoa" value="x"><button name="nut2" value="y">y</button>
<select name="muc"><option value="">-- Chọn --</option><option value="5">Y tế</option></select>
<select name="nam"><option>2020</option><option selected>2021</option></select>
<select name="xa" multiple><option value="1" selected>A<option value="2">B<option value="3" selected>C</select>
<select name="huyen" multiple><option value="1">A</select>
<textarea name="ghi">dòng
hai</textarea></form>
"""


def test_postback_sends_the_form_as_a_browser_does() -> None:
    found = turn(FORM, SHAREPOINT)
    assert found is not None
    assert (found.method, found.url) == ("POST", "http://hanam.example/tin/Pages/default.aspx?muc=5")
    assert parse_qsl(found.body, keep_blank_values=True) == [
        ("__EVENTTARGET", "ctl00$g_1$pager"),
        ("__EVENTARGUMENT", "Page$2"),
        ("__VIEWSTATE", "/wEPDwUK+a/b=="),
        ("__EVENTVALIDATION", "/wEdAAI="),
        ("tu", "Hà Nam"),
        ("trong", ""),
        ("o1", "1"),
        ("o3", "on"),
        ("r", "b"),
        ("muc", ""),  # not the words of the option: the server refuses what it did not offer
        ("nam", "2021"),
        ("xa", "1"),
        ("xa", "3"),
        ("ghi", "dòng\nhai"),
    ]


@pytest.mark.parametrize("action", ["", " action=''", " action='#'", " action='javascript:;'"])
def test_form_without_an_action_is_sent_to_the_page_itself(action: str) -> None:
    pager = "<a href=\"javascript:__doPostBack('p','')\">Tiếp</a>"
    found = turn(f"<form{action}>{pager}</form>", url=f"{URL}?muc=5")
    assert found is not None
    assert (found.url, found.body) == (f"{URL}?muc=5", "__EVENTTARGET=p&__EVENTARGUMENT=")


@pytest.mark.parametrize(
    "link",
    [
        "<a href=\"javascript:__doPostBack('p','Page$2')\">Tiếp</a>",
        "<a href='#' onclick=\"__doPostBack('p', 'Page$2'); return false\">Tiếp</a>",
        '<a href=\'javascript:__doPostBack("p","Page$2")\'>Tiếp</a>',
        "<a href='javascript:__doPostBack(\\&#39;p\\&#39;,\\&#39;Page$2\\&#39;)'>Tiếp</a>",
        '<a href=\'javascript:WebForm_DoPostBackWithOptions(new WebForm_PostBackOptions("p", "Page$2", true, ""))\'>Tiếp</a>',
    ],
)
def test_postback_is_understood_however_it_is_written(link: str) -> None:
    found = turn(f"<form action='/t'>{link}</form>")
    assert found is not None
    assert (found.method, found.url, found.label) == ("POST", "http://hanam.example/t", "Page$2")
    assert found.body == "__EVENTTARGET=p&__EVENTARGUMENT=Page%242"


def test_postback_without_any_form_leads_nowhere() -> None:
    assert turn("<a href=\"javascript:__doPostBack('p','')\">Tiếp</a>") is None


def test_postback_outside_the_form_sends_the_pages_form() -> None:
    found = turn("<form><input name='a' value='1'></form><a href=\"javascript:__doPostBack('p','')\">Tiếp</a>")
    assert found is not None
    assert found.body.endswith("&a=1")
