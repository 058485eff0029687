"""Kentico: an article in its fields, and numbered pages."""

from __future__ import annotations

from datetime import date

import pytest

from crawler.platforms.kentico import full_image

from .pages import article, titles, walk

SITE = "http://baotang.example"
NEWS = f"{SITE}/vi-vn/tin-tuc.aspx"

ARTICLE = """
<html><body><form method="post" action="/vi-vn/tin-tuc/mo-cua.aspx" id="aspnetForm">
<div class="breakcumb"><a href="/vi-vn/tin-tuc.aspx" class="CMSBreadCrumbsLink">Tin tức</a>
<span class="CMSBreadCrumbsCurrentItem">Bảo tàng mở cửa buổi tối</span></div>
<div class="article"><h1><a>Bảo tàng mở cửa buổi tối</a></h1><time class="ct_time">12-05-2026 - 18:20</time>
<span class="ArticleModified">Cập nhật : 13-05-2026 - 08:00</span>
<div class="clearfix"></div><div><div class="sapo">Từ thứ sáu tuần này, khách có thể xem hiện vật tới chín giờ tối.</div>
<p>Ba phòng ở tầng trệt được chiếu đèn mới.</p>
<figure><img src="/getattachment/6a1f/den.jpg.aspx?maxsidesize=300" alt="den.jpg">
<figcaption>Phòng gốm dưới đèn mới</figcaption></figure>
<p>Vé buổi tối bằng vé ban ngày.</p><p class="author">Ngô Kiều</p><p>Nguồn: Báo Phố Cổ</p></div>
<div class="ct_social">Chia sẻ</div>
<div class="attachments"><a href="/getattachment/77aa/so-do.aspx">Sơ đồ tham quan</a></div>
<div class="tagList"><a href="/t/1">bảo tàng</a></div></div>
<div class="orther_content"><h1>Bài viết khác</h1></div></form></body></html>
"""


def shown(number: int, last: int) -> str:
    rows = "".join(
        f"""<li><a class="block" href="/vi-vn/tin-tuc/bai-{n}.aspx"><div class="news-thumbs"></div></a>
<h2><a href="/vi-vn/tin-tuc/bai-{n}.aspx">Bài số {n}</a></h2><time>{n:02}-05-2026 - 09:34</time></li>"""
        for n in (number * 2, number * 2 + 1)
    )
    on = (
        f'<a href="/vi-vn/tin-tuc.aspx?page={number + 1}" class="UnselectedNext">&gt;</a>'
        if number < last
        else '<span class="SelectedNext">&gt;</span>'
    )
    return f"""<html><body><a class="CMSBreadCrumbsLink" href="/">Trang chủ</a><ul class="news-item">{rows}</ul>
<div class="PagerNumberArea"><span class="SelectedPage">{number}</span>{on}</div></body></html>"""


LISTING = shown(1, 3)


def test_article_is_read_in_its_fields() -> None:
    found = article("kentico", ARTICLE, f"{SITE}/vi-vn/tin-tuc/mo-cua.aspx")
    assert (found.title, found.layout) == ("Bảo tàng mở cửa buổi tối", "kentico/article")
    assert found.lead == "Từ thứ sáu tuần này, khách có thể xem hiện vật tới chín giờ tối."
    assert found.body[:2] == ("Ba phòng ở tầng trệt được chiếu đèn mới.", "Vé buổi tối bằng vé ban ngày.")
    assert not any("Chia sẻ" in text or "Nguồn" in text or "Bài viết khác" in text for text in found.body)
    assert found.published is not None
    assert found.modified is not None
    assert found.published.text() == "2026-05-12T18:20:00+07:00"
    assert found.modified.text() == "2026-05-13T08:00:00+07:00"
    assert (found.category, found.author, found.source) == (("Tin tức",), "Ngô Kiều", "Báo Phố Cổ")
    assert found.tags == ("bảo tàng",)
    assert [(i.url, i.caption) for i in found.images] == [
        (f"{SITE}/getattachment/6a1f/den.jpg.aspx", "Phòng gốm dưới đèn mới")
    ]
    assert [(f.url, f.name) for f in found.attachments] == [
        (f"{SITE}/getattachment/77aa/so-do.aspx", "Sơ đồ tham quan")
    ]


def test_listing_is_walked_to_the_page_whose_pager_has_no_next() -> None:
    pages = {NEWS: shown(1, 3), f"{NEWS}?page=2": shown(2, 3), f"{NEWS}?page=3": shown(3, 3)}
    found = walk("kentico", NEWS, lambda turn: pages[turn.url])
    assert titles(found) == [["Bài số 2", "Bài số 3"], ["Bài số 4", "Bài số 5"], ["Bài số 6", "Bài số 7"]]
    assert found[0].entries[0].day == date(2026, 5, 2)


@pytest.mark.parametrize(
    ("url", "full"),
    [
        ("/getattachment/aa50/NodeAlias.aspx?width=260&height=", "/getattachment/aa50/NodeAlias.aspx"),
        ("/getattachment/aa50/a.jpg?maxsidesize=100&lang=vi", "/getattachment/aa50/a.jpg?lang=vi"),
        ("/CMSPages/GetFile.aspx?guid=1&maxsidesize=90", "/CMSPages/GetFile.aspx?guid=1"),
        ("/anh.ashx?width=260", "/anh.ashx?width=260"),
    ],
)
def test_resized_file_leads_to_the_file_as_it_was_stored(url: str, full: str) -> None:
    assert full_image(SITE + url) == SITE + full
