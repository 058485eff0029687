"""VCCorp's CMS: an article in its fields, and a listing that loads more."""

from __future__ import annotations

import pytest

from archive.article import Turn
from crawler.platforms.vccorp import full_image

from .pages import article, listing, titles, walk

SITE = "https://vanphong.example"
CDN = "https://bcp.cdnchinhphu.vn"

ARTICLE = f"""
<html lang="vi"><head><meta property="article:modified_time" content="2026-11-22T09:40:00+07:00"></head><body>
<input type="hidden" id="hdZoneId" value="1151"><input type="hidden" id="hdNewsId" value="115261121080500123">
<div class="list-cate"><a data-role="cate-name" href="/hoat-dong.htm">Hoạt động</a></div>
<h1 class="detail-title" data-role="title">Họp bàn việc đắp kè sông Lam</h1>
<div class="detail-time"><div data-role="publishdate">21/11/2026 08:05</div></div>
<h2 class="detail-sapo" data-role="sapo">Các bộ thống nhất đắp hai kè trước mùa lũ năm sau.</h2>
<div class="detail-content" data-role="content"><p>Cuộc họp diễn ra chiều 20/11 tại Hà Nội.</p>
<figure class="VCSortableInPreviewMode" type="Photo"><div>
<img src="{CDN}/zoom/670_420/334/2026/11/21/ke.jpg" alt="Họp bàn - Ảnh 1."></div>
<figcaption class="PhotoCMS_Caption"><p>Phòng họp chiều 20/11 - Ảnh: Lê Hải</p></figcaption></figure>
<div class="VCSortableInPreviewMode" type="RelatedOneNews"><a href="/bai-khac-115261120080500777.htm">Kè cũ ra sao</a></div>
<div class="VCSortableInPreviewMode" type="Photo"><div><img src="{CDN}/thumb_w/640/334/2026/11/21/song.png"></div>
<div class="PhotoCMS_Caption"><p>Bờ sông Lam cuối tháng 11</p></div></div>
<p>Hồ sơ kèm theo: <a href="{CDN}/334/2026/11/21/ho-so.pdf">Hồ sơ đắp kè</a></p><p>Việc đắp kè xong trước tháng 6.</p>
<div class="link-content-footer">Xem thêm</div></div>
<div class="author-info"><span data-role="author">Lê Hải</span></div><span data-role="source">Văn phòng</span>
<ul class="detail-tags" data-role="tags"><li><a href="/ke.htm">kè</a></li><li><a href="/song-lam.htm">sông Lam</a></li>
</ul></body></html>
"""


def rows(*numbers: int) -> str:
    return "".join(
        f"""<div class="box-category-item">
<a class="box-category-link-with-avatar" href="/bai-{n}-1152611210805001{n:02}.htm"><img></a>
<h3><a data-linktype="newsdetail" href=" /bai-{n}-1152611210805001{n:02}.htm" title="Bài số {n}">Bài số {n}</a></h3>
<span class="box-category-time" title="{n}/11/2026 08:05">hôm qua</span></div>"""
        for n in numbers
    )


LISTING = f"""
<html><body><input type="hidden" name="hdZoneId" id="hdZoneId" value="1151"><div class="box-category">{rows(9, 8)}</div>
<a class="view-more" href="javascript:;">Xem thêm</a></body></html>
"""


def test_article_is_read_in_its_fields() -> None:
    found = article("vccorp", ARTICLE, f"{SITE}/hop-ban-115261121080500123.htm")
    assert (found.title, found.layout) == ("Họp bàn việc đắp kè sông Lam", "vccorp/article")
    assert found.lead == "Các bộ thống nhất đắp hai kè trước mùa lũ năm sau."
    assert found.body[0] == "Cuộc họp diễn ra chiều 20/11 tại Hà Nội."
    assert found.body[-1] == "Việc đắp kè xong trước tháng 6."
    assert not any("Kè cũ" in paragraph or "Xem thêm" in paragraph for paragraph in found.body)
    assert found.published is not None
    assert found.modified is not None
    assert found.published.text() == "2026-11-21T08:05:00+07:00"
    assert found.modified.text() == "2026-11-22T09:40:00+07:00"
    assert (found.category, found.author, found.source) == (("Hoạt động",), "Lê Hải", "Văn phòng")
    assert (found.tags, found.cms_id) == (("kè", "sông Lam"), "115261121080500123")
    assert [(i.url, i.caption, i.credit) for i in found.images] == [
        (f"{CDN}/334/2026/11/21/ke.jpg", "Phòng họp chiều 20/11", "Lê Hải"),
        (f"{CDN}/334/2026/11/21/song.png", "Bờ sông Lam cuối tháng 11", None),
    ]
    assert [f.name for f in found.attachments] == ["Hồ sơ đắp kè"]


def test_listing_loads_more_until_nothing_comes() -> None:
    more = {f"{SITE}/timelinelist/1151/2.htm": rows(7, 6), f"{SITE}/timelinelist/1151/3.htm": rows(5)}
    asked: list[str] = []

    def answer(turn: Turn) -> str:
        asked.append(turn.url)
        return LISTING if len(asked) == 1 else more.get(turn.url, "")

    found = walk("vccorp", f"{SITE}/hoat-dong.htm", answer)
    assert titles(found) == [["Bài số 9", "Bài số 8"], ["Bài số 7", "Bài số 6"], ["Bài số 5"], []]
    assert asked[-1] == f"{SITE}/timelinelist/1151/4.htm"
    first = found[0].entries[0]
    assert (first.url, first.date_raw) == (f"{SITE}/bai-9-115261121080500109.htm", "9/11/2026 08:05")


@pytest.mark.parametrize("zone", ["0", "", "abc"])
def test_page_without_a_zone_has_no_more(zone: str) -> None:
    assert listing("vccorp", LISTING.replace('value="1151"', f'value="{zone}"'), f"{SITE}/x.htm").next is None


@pytest.mark.parametrize(
    ("url", "full"),
    [
        (f"{CDN}/zoom/318_212/350/2024/11/29/a.jpg", f"{CDN}/350/2024/11/29/a.jpg"),
        ("https://giadinh.mediacdn.vn/thumb_w/640/296/a.jpg", "https://giadinh.mediacdn.vn/296/a.jpg"),
        (f"{CDN}/350/2024/zoom/1_1/a.jpg", f"{CDN}/350/2024/zoom/1_1/a.jpg"),
        (f"{SITE}/zoom/318_212/a.jpg", f"{SITE}/zoom/318_212/a.jpg"),
    ],
)
def test_resized_image_of_the_cdn_leads_to_its_original(url: str, full: str) -> None:
    assert full_image(url) == full
