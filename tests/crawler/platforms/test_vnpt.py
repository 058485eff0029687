"""VNPT Portal: an article in its fields, and a listing whose further pages a script posts for."""

from __future__ import annotations

import json
from datetime import date
from urllib.parse import parse_qs

import pytest

from archive.article import Turn
from crawler.extract import extract
from crawler.platforms import PLATFORMS

from .pages import article, capture, listing, titles, walk

SITE = "https://vinhloc.example"
LOAD = f"{SITE}/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle"
STORE = "https://storage-vnportal.vnpt.vn"

ARTICLE = f"""
<html lang="vi"><head><title>Gặt lúa sớm ở đồng Chằm</title></head><body><form id="form1">
<div class="UIBreadcrumb_Default"><ul class="breadcrumb"><li><a href="/">Trang chủ</a></li><li>
<a href="/kinh-te">Kinh tế</a></li></ul></div>
<div class="ArticleDetailControl"><div class="ArticleHeader">Gặt lúa sớm ở đồng Chằm</div>
<div class="PostDate">Thứ hai, 23/11/2026 - 14:05</div><div class="UpdateDate">Cập nhật: 24/11/2026 07:30</div>
<div class="tool"><a href="#">In bài</a></div>
<div class="ArticleSummary"><p>Bà con thôn Chằm gặt xong ba mươi héc-ta lúa sớm trước đợt rét đầu mùa.</p></div>
<div class="ArticleContent"><p>Sáng 23/11, máy gặt chạy suốt từ đầu làng tới chân đê.</p>
<p>&nbsp;</p><p><img src="{STORE}/vlc-ubnd/12/anhbai/gat.jpg" alt="anh tin bai"></p><p>
<i>Máy gặt trên đồng Chằm</i></p>
<p>Năng suất đạt sáu tạ một sào, cao hơn vụ trước nửa tạ.</p>
<div class="relate-news"><a href="/kinh-te/bai-khac-9">Tin liên quan: đắp đê</a></div>
<div class="UISocialShare">Chia sẻ bài viết</div></div>
<div class="author"><span class="name">Hoàng Thị Lụa</span></div><div class="ArticleSource">Đài truyền thanh xã</div>
<a class="link-download" href="{STORE}/vlc-ubnd/12/tep/lich-gat">Lịch gặt các thôn</a>
<div class="tags"><a href="/tag/lua">lúa</a> <a href="/tag/gat">gặt</a></div></div></form></body></html>
"""

ROW = """
<li class="row"><h2 class="Title"><a href="/kinh-te/bai-{n}">Bài số {n}</a></h2><div class="Ngaydang">{n}/10/2026</div></li>
"""
SCRIPT = """
<script>var maxPage = parseInt(3); function LoadPage(page) { $.ajax({ type: "POST",
url: "/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle", data: { article_category_id: 54442,
categoryIds: "54442,54443", site_id: 7, page: page, page_size: 2, keyword: $("#key").val(), show_no: "False", no: -2 },
success: function (html) { $("#list").html(html); } }); }</script>
"""


def rows(*numbers: int) -> str:
    return f"<ul class='ArticleList'>{''.join(ROW.format(n=n) for n in numbers)}</ul>"


LISTING = f"""
<html><head><title>Kinh tế</title></head><body><div class="UIArticleInMenu_Default" id="list">{rows(6, 5)}
<ul class="pagination"><li class="page-item page-number active" data-page="1">
<a class="page-link" href="javascript:void(0)">1</a></li>
<li class="page-item page-number" data-page="2"><a class="page-link" href="javascript:void(0)">2</a></li></ul>
</div>{SCRIPT}</body></html>
"""


def test_article_is_read_in_its_fields() -> None:
    found = article("vnpt", ARTICLE, f"{SITE}/kinh-te/gat-lua-som-o-dong-cham-8")
    assert (found.title, found.layout) == ("Gặt lúa sớm ở đồng Chằm", "vnpt/article")
    assert found.lead == "Bà con thôn Chằm gặt xong ba mươi héc-ta lúa sớm trước đợt rét đầu mùa."
    assert found.body == (
        "Sáng 23/11, máy gặt chạy suốt từ đầu làng tới chân đê.",
        "Năng suất đạt sáu tạ một sào, cao hơn vụ trước nửa tạ.",
    )
    assert found.published is not None
    assert found.modified is not None
    assert found.published.text() == "2026-11-23T14:05:00+07:00"
    assert found.modified.text() == "2026-11-24T07:30:00+07:00"
    assert (found.category, found.author, found.source) == (("Kinh tế",), "Hoàng Thị Lụa", "Đài truyền thanh xã")
    assert found.tags == ("lúa", "gặt")
    assert [(i.url, i.caption) for i in found.images] == [
        (f"{STORE}/vlc-ubnd/12/anhbai/gat.jpg", "Máy gặt trên đồng Chằm")
    ]
    assert [(f.url, f.name) for f in found.attachments] == [(f"{STORE}/vlc-ubnd/12/tep/lich-gat", "Lịch gặt các thôn")]


def test_fields_that_were_taken_out_of_their_page_are_still_an_article() -> None:
    markup = f"""<article><h1>Đắp đê</h1><div class="excerpt"><p><strong>Ba thôn đắp đê.</strong></p></div>
    <div class="content"><p><img src="{STORE}/de.jpg" alt="anh tin bai"></p><p><i>&nbsp; &nbsp; Trên mặt đê</i></p>
    <p>Đê dài hai cây số.</p></div></article>"""
    found = article("vnpt", markup, f"{SITE}/dap-de-3")
    assert (found.title, found.lead, found.body) == ("Đắp đê", "Ba thôn đắp đê.", ("Đê dài hai cây số.",))
    assert [image.caption for image in found.images] == ["Trên mặt đê"]


def test_listing_is_walked_by_posting_the_pages_own_parameters() -> None:
    asked: list[Turn] = []
    pages = {"2": rows(4, 3), "3": rows(2), "4": ""}

    def answer(turn: Turn) -> str:
        asked.append(turn)
        return pages[parse_qs(turn.body)["page"][0]] if turn.method == "POST" else LISTING

    found = walk("vnpt", f"{SITE}/kinh-te", answer)
    assert titles(found) == [["Bài số 6", "Bài số 5"], ["Bài số 4", "Bài số 3"], ["Bài số 2"], []]
    assert found[1].entries[0].url == f"{SITE}/kinh-te/bai-4"
    assert found[1].entries[0].day == date(2026, 10, 4)
    assert [(turn.url, turn.method) for turn in asked[1:]] == [(LOAD, "POST")] * 3
    assert parse_qs(asked[1].body, keep_blank_values=True) == {
        "article_category_id": ["54442"], "categoryIds": ["54442,54443"], "site_id": ["7"], "page": ["2"],
        "page_size": ["2"], "keyword": [""], "show_no": ["False"], "no": ["-2"],
    }  # fmt: skip
    assert asked[1].media_type == "application/x-www-form-urlencoded"


def test_page_that_says_it_sends_json_is_sent_json_and_answers_with_markup_in_a_string() -> None:
    first = LISTING.replace("type:", 'contentType: "application/json; charset=utf-8", type:')
    asked: list[Turn] = []

    def answer(turn: Turn) -> str:
        asked.append(turn)
        return first if turn.method == "GET" else json.dumps({"d": rows(4, 3) if len(asked) == 2 else "<ul></ul>"})

    found = walk("vnpt", f"{SITE}/kinh-te", answer, "application/json; charset=utf-8")
    assert titles(found) == [["Bài số 6", "Bài số 5"], ["Bài số 4", "Bài số 3"], []]
    assert asked[1].media_type == "application/json; charset=utf-8"
    assert [json.loads(turn.body)["page"] for turn in asked[1:]] == ["2", "3"]


@pytest.mark.parametrize("rest", ["", "<p>Không có bài viết nào.</p>"])
def test_listing_ends_at_an_empty_piece_and_that_is_no_failure(rest: str) -> None:
    found = walk("vnpt", f"{SITE}/kinh-te", lambda turn: LISTING if turn.method == "GET" else f"<div>{rest}</div>")
    assert titles(found) == [["Bài số 6", "Bài số 5"], []]


def test_category_of_one_page_asks_for_no_other() -> None:
    assert listing("vnpt", LISTING.replace("parseInt(3)", "parseInt(1)"), f"{SITE}/kinh-te").next is None
    assert listing("vnpt", LISTING.replace(SCRIPT, ""), f"{SITE}/kinh-te").next is None


def test_parameters_that_stand_as_variables_are_sent_with_the_usual_ones() -> None:
    script = "<script>var article_category_id = 12; var site_id = parseInt('3'); var maxPage = 9;</script>"
    turn = listing("vnpt", LISTING.replace(SCRIPT, script), f"{SITE}/kinh-te").next
    assert turn is not None
    sent = parse_qs(turn.body)
    assert (sent["article_category_id"], sent["site_id"], sent["page"]) == (["12"], ["3"], ["2"])
    assert (sent["page_size"], sent["no"], sent["articlelang"]) == (["15"], ["-15"], ["vi-VN"])


def test_error_page_in_the_place_of_a_piece_is_no_end_of_the_listing() -> None:
    error = (
        "<html><head><title>Server Error in '/' Application.</title></head><body><h1>Runtime Error</h1></body></html>"
    )
    assert extract(capture(error, LOAD), PLATFORMS["vnpt"].layout).verdict == "soft-404"
