"""Platforms: recognised by their markup, and SharePoint's pages read."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from archive.capture import Capture
from crawler.extract import extract
from crawler.extract.page import Page
from crawler.platforms import PLATFORMS, recognise
from crawler.platforms.sharepoint import full_image

SITE = "http://hanam.example"


def capture(markup: str, url: str = f"{SITE}/Pages/bai.aspx") -> Capture:
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    return Capture(url, datetime(2026, 11, 24, 1, 0, tzinfo=UTC), 200, headers, markup.encode())


@pytest.mark.parametrize(
    ("markup", "marks"),
    [
        ("<script>var _spPageContextInfo = {webServerRelativeUrl: '/'};</script>", 1),
        ('<meta name="GENERATOR" content="Microsoft SharePoint" />', 1),
        ("<div id='s4-workspace'><img src='/PublishingImages/a.jpg'></div>", 2),
        ("<div id='x_ControlWrapper_RichHtmlField'></div><link href='/_layouts/15/1066/a.css'>", 2),
    ],
)
def test_sharepoint_is_recognised_and_the_signs_are_told(markup: str, marks: int) -> None:
    platform, signs = recognise(Page(capture(markup)))
    assert platform.name == "sharepoint"
    assert len(signs) == marks
    assert all(sign.words for sign in signs)


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "<p>Bài viết về SharePoint và PublishingImages/</p>",
        "<a href='/_layouts/15/download.aspx'>Tải về</a>",
        "<div class='journal-content-article'><img src='https://storage-vnportal.vnpt.vn/a/b.jpg'></div>",
        "<script src='/DesktopModules/Tin/tin.js'></script><img src='/Portals/0/a.jpg'>",
        "<form id='aspnetForm'><img src='/getattachment/1.jpg'></form>",
    ],
)
def test_page_with_few_signs_or_none_is_of_unknown_make(markup: str) -> None:
    platform, signs = recognise(Page(capture(markup)))
    assert (platform.name, signs) == ("generic", ())


def test_every_platform_names_its_layout_after_itself() -> None:
    for name, platform in PLATFORMS.items():
        assert platform.name == name
        assert platform.layout.name.startswith(f"{name}/")


@pytest.mark.parametrize(
    ("url", "full"),
    [
        ("/PublishingImages/_t/IMG_7698_jpg.jpg", "/PublishingImages/IMG_7698.jpg"),
        ("/PublishingImages/_w/IMG_7698_jpg.jpg", "/PublishingImages/IMG_7698.jpg"),
        ("/tin/PublishingImages/2021/_w/so_do_png.jpg", "/tin/PublishingImages/2021/so_do.png"),
        ("/PublishingImages/_t/DSC_1186_JPG.jpg", "/PublishingImages/DSC_1186.JPG"),
        ("/PublishingImages/_t/x_jpeg.jpg?t=1", "/PublishingImages/x.jpeg"),
        ("/PublishingImages/_w/%E1%BA%A3nh%20l%E1%BB%85_jpg.jpg", "/PublishingImages/%E1%BA%A3nh%20l%E1%BB%85.jpg"),
        ("/PublishingImages/_w/ho%E0i_gif.jpg", "/PublishingImages/ho%E0i.gif"),  # Windows-1258, no UTF-8
        ("/PublishingImages/a.jpg?RenditionID=5", "/PublishingImages/a.jpg"),
        ("/PublishingImages/a.jpg?width=100&height=80&v=2", "/PublishingImages/a.jpg?v=2"),
        ("/PublishingImages/a.jpg?v=2&RenditionID=5", "/PublishingImages/a.jpg?v=2"),
        ("/PublishingImages/a.jpg", "/PublishingImages/a.jpg"),
        ("/PublishingImages/mua_jpg.jpg", "/PublishingImages/mua_jpg.jpg"),
        ("/_t/a.jpg", "/_t/a.jpg"),
    ],
)
def test_rendition_of_an_image_leads_to_the_original(url: str, full: str) -> None:
    assert full_image(SITE + url) == SITE + full


PAGE = """
<html dir="ltr" lang="vi-VN"><head><title>
	Khánh thành cầu mới - Cổng thông tin điện tử tỉnh
</title><script>var _spPageContextInfo={siteServerRelativeUrl:"\\u002f"};</script></head><body>
<form method="post" action="/Pages/khanh-thanh.aspx" id="aspnetForm"><a href="#">Skip Ribbon Commands</a>
<div id="s4-workspace"><div class="breadcrumb"><a href="/">Trang chủ</a> <a href="/x">Tin trong tỉnh</a></div>
<h1 class="title-detail">Khánh thành cầu mới</h1><span class="ngay-dang">29/09/2012 | 12:00 AM</span>
<div id="ctl00_PlaceHolderMain_ctl02__ControlWrapper_RichHtmlField" class="ms-rtestate-field" style="display:inline">
<div class="ExternalClassA1B2"><p>Sáng 29/9, cầu mới được khánh thành.</p>
<p><img alt="a" src="/PublishingImages/_w/cau_jpg.jpg" /></p><p><em>Cầu mới nhìn từ bờ nam</em></p>
<p>Cầu dài 300 m, rộng 12 m, do ngân sách tỉnh đầu tư.</p></div></div></div></form></body></html>
"""


def test_sharepoint_article_is_read_in_its_fields() -> None:
    found = extract(capture(PAGE), PLATFORMS["sharepoint"].layout).article
    assert found is not None
    assert (found.title, found.category) == ("Khánh thành cầu mới", ("Tin trong tỉnh",))
    assert found.body == ("Sáng 29/9, cầu mới được khánh thành.", "Cầu dài 300 m, rộng 12 m, do ngân sách tỉnh đầu tư.")
    assert [(image.url, image.caption) for image in found.images] == [
        (f"{SITE}/PublishingImages/cau.jpg", "Cầu mới nhìn từ bờ nam")
    ]
    assert found.published is not None
    assert (found.published.day, found.published.at) == (date(2012, 9, 29), None)


def test_category_is_the_trail_that_is_seen_and_not_the_ribbons_hidden_menu() -> None:
    ribbon = """<div class="ms-popoutMenu s4-breadcrumb-menu" style="display:none"><ul class="s4-breadcrumb"><li>
    <a href="/">Cổng tỉnh</a><ul><li><a href="/Pages">Trang</a></li></ul></li></ul></div>"""
    found = extract(
        capture(PAGE.replace('<div id="s4', ribbon + '<div id="s4')), PLATFORMS["sharepoint"].layout
    ).article
    assert found is not None
    assert found.category == ("Tin trong tỉnh",)
    alone = PAGE.replace('class="breadcrumb"', "").replace('<div id="s4', ribbon + '<div id="s4')
    found = extract(capture(alone), PLATFORMS["sharepoint"].layout).article
    assert found is not None
    assert found.category == ("Cổng tỉnh", "Trang")


def test_page_of_unknown_make_is_filed_where_the_trail_above_its_title_says() -> None:
    first = "Bà con các thôn bắt đầu xuống đồng từ sáng sớm, dưới sự hướng dẫn của cán bộ khuyến nông huyện."
    second = (
        "Toàn huyện gieo cấy hơn ba nghìn héc-ta lúa xuân, trong đó hai phần ba là các giống lúa thuần chất lượng cao."
    )
    trail = """<ol class="breadcrumb"><li><a href="/">Trang chủ</a></li><li><a href="/kt">Kinh tế</a></li>
    <li><a href="/kt/xuong-dong.html">Xuống đồng đầu năm</a></li></ol>"""
    foot = '<div class="breadcrumb"><a href="/ban-do">Bản đồ</a></div>'
    markup = f"<body>{trail}<h1>Xuống đồng đầu năm</h1><div><p>{first}</p><p>{second}</p></div>{foot}</body>"
    found = extract(capture(markup), PLATFORMS["generic"].layout).article
    assert found is not None
    assert found.category == ("Kinh tế",)


def test_title_of_a_sharepoint_page_without_a_heading_loses_the_sites_name() -> None:
    bare = PAGE.replace('<h1 class="title-detail">Khánh thành cầu mới</h1>', "")
    found = extract(capture(bare), PLATFORMS["sharepoint"].layout).article
    assert found is not None
    assert found.title == "Khánh thành cầu mới"


def test_sharepoint_body_without_its_usual_id_is_found_by_its_class() -> None:
    plain = PAGE.replace('id="ctl00_PlaceHolderMain_ctl02__ControlWrapper_RichHtmlField" class="ms-rtestate-field"', "")
    found = extract(capture(plain), PLATFORMS["sharepoint"].layout).article
    assert found is not None
    assert len(found.body) == 2
