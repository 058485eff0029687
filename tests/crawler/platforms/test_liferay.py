"""Liferay 6.2 and 7: the asset publisher's article, and pagers by link and by script."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from archive.article import Turn
from crawler.platforms.liferay import full_image

from .pages import article, listing, titles, walk

SITE = "https://buuchinh.example"
NEWS = f"{SITE}/tin-tuc"
UUID = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
BANNER = """
<div class="portlet-boundary portlet-boundary_56_"><div class="journal-content-article"><p>Đường dây nóng</p></div></div>
"""

ARTICLE = f"""
<html class="ltr" lang="vi-VN"><body><script>Liferay.Portlet.register('x');</script>{BANNER}
<ul class="breadcrumb"><li><a href="/">Trang chủ</a></li><li><a href="/tin-tuc">Tin tức</a></li></ul>
<div class="portlet-boundary portlet-boundary_101_ portlet portlet-asset-publisher" id="p_p_id_101_INSTANCE_aB3dE5fG7hJ9_">
<h1 class="portlet-title"><span class="portlet-title-text">Xuất bản thông tin</span></h1>
<h3 class="header-title"><span>Bưu tá xã mang lương hưu tới tận nhà</span></h3>
<div class="asset-full-content"><div class="assetPublishDate">18/03/2025 | 04:01 PM | View count: 536</div>
<div class="asset-content"><div class="journal-content-article">
<p><strong>Từ tháng ba, bưu tá của mười hai xã phát lương hưu tại nhà cho người già yếu.</strong></p>
<p>Mỗi sáng thứ tư, anh Bảy đạp xe qua bốn thôn ven sông.</p>
<table><tr><td><img src="/documents/20182/77/xe-dap.jpg/{UUID}?t=171&amp;imageThumbnail=1"></td></tr><tr>
<td>Anh Bảy ở thôn Bến</td></tr></table>
<p>Cả xã có 212 người nhận theo cách này.</p></div></div>
<div class="asset-attachments"><a href="/documents/20182/77/ke-hoach.pdf/{UUID}">Kế hoạch phát lương hưu</a></div>
<div class="asset-metadata"><span class="metadata-entry metadata-modified-date">19/03/2025 08:15</span>
<span class="metadata-entry metadata-author">Văn phòng Sở</span></div>
<div class="taglib-asset-tags-summary"><a href="/tag/a">bưu tá</a><a href="/tag/b">lương hưu</a></div>
<div class="taglib-social-bookmarks">Thích</div><div class="asset-links">Bài liên quan</div></div></div></body></html>
"""
SEVEN = """
<html><body>
<div class="portlet-boundary portlet-boundary_com_liferay_asset_publisher_web_portlet_AssetPublisherPortlet_ portlet"
id="p_p_id_com_liferay_asset_publisher_web_portlet_AssetPublisherPortlet_INSTANCE_qW2eR4tY6uI8_">
<div class="asset-full-content show-asset-title"><h4 class="component-title">
<span class="asset-title d-inline">Tiêm phòng ở xã đảo</span></h4>
<div class="asset-content mb-3"><div class="journal-content-article"><span class="text-ngayxam-page">09/02/2026 10:20</span>
<p>Tổ tiêm phòng ra đảo bằng chuyến tàu sớm.</p><p>Một trăm trẻ đã được tiêm.</p></div></div></div></div>
<div class="portlet-boundary portlet-boundary_com_liferay_journal_content_web_portlet_JournalContentPortlet_">
<div class="journal-content-article"><p>Đường dây nóng</p></div></div></body></html>
"""


def entry(number: int) -> str:
    return f"""<div class="asset-abstract "><div class="asset-image"><a href="/tin-tuc/-/view_content/{number}-bai"><img>
</a></div>
<h3 class="asset-title"><a href="/tin-tuc/-/view_content/{number}-bai">Bài số {number}</a></h3>
<div class="assetPublishDate block_timer">{number}/07/2025 | 10:00 AM</div></div>"""


def address(number: int) -> str:
    return f"{NEWS}?p_p_id=101_INSTANCE_aB3dE5fG7hJ9&_101_INSTANCE_aB3dE5fG7hJ9_cur={number}&p_r_p_5642_resetCur=false"


def shown(number: int, last: int) -> str:
    to = address(number + 1).replace("&", "&amp;")
    on = (
        f'<li class=""><a href="{to}">Tiếp</a></li>'
        if number < last
        else '<li class="disabled"><a href="javascript:;">Tiếp</a></li>'
    )
    back = f'<li class="first"><a href="{NEWS}">Đầu</a></li><li><a href="{NEWS}">Trước</a></li>'
    pager = f'<ul class="pager lfr-pagination-buttons">{back}{on}<li class="last"><a>Cuối</a></li></ul>'
    publisher = '<div class="portlet-boundary portlet-boundary_101_" id="p_p_id_101_INSTANCE_aB3dE5fG7hJ9_">'
    return f"{publisher}{entry(number * 2)}{entry(number * 2 + 1)}{pager}</div>{BANNER}"


LISTING = shown(1, 3)


def test_article_is_read_in_its_fields() -> None:
    found = article("liferay", ARTICLE, f"{NEWS}/-/view_content/5-buu-ta")
    assert (found.title, found.layout) == ("Bưu tá xã mang lương hưu tới tận nhà", "liferay/publisher")
    assert found.lead == "Từ tháng ba, bưu tá của mười hai xã phát lương hưu tại nhà cho người già yếu."
    assert found.body == (
        "Mỗi sáng thứ tư, anh Bảy đạp xe qua bốn thôn ven sông.",
        "Cả xã có 212 người nhận theo cách này.",
    )
    assert found.published is not None
    assert found.modified is not None
    assert (found.published.text(), found.published.raw) == ("2025-03-18T16:01:00+07:00", "18/03/2025 | 04:01 PM")
    assert found.modified.text() == "2025-03-19T08:15:00+07:00"
    assert (found.category, found.author, found.tags) == (("Tin tức",), "Văn phòng Sở", ("bưu tá", "lương hưu"))
    assert [(i.url, i.caption) for i in found.images] == [
        (f"{SITE}/documents/20182/77/xe-dap.jpg/{UUID}?t=171", "Anh Bảy ở thôn Bến")
    ]
    assert [(f.url, f.name) for f in found.attachments] == [
        (f"{SITE}/documents/20182/77/ke-hoach.pdf/{UUID}", "Kế hoạch phát lương hưu")
    ]


def test_article_of_liferay_7_is_that_of_the_publisher_and_no_banner() -> None:
    found = article("liferay", SEVEN, f"{NEWS}/-/asset_publisher/qW2eR4tY6uI8/content/tiem-phong")
    assert (found.title, found.lead) == ("Tiêm phòng ở xã đảo", None)
    assert found.body == ("Tổ tiêm phòng ra đảo bằng chuyến tàu sớm.", "Một trăm trẻ đã được tiêm.")
    assert found.published is not None
    assert found.published.text() == "2026-02-09T10:20:00+07:00"


def test_listing_is_walked_by_the_pagers_links() -> None:
    pages = {NEWS: shown(1, 3), address(2): shown(2, 3), address(3): shown(3, 3)}
    found = walk("liferay", NEWS, lambda turn: pages[turn.url])
    assert titles(found) == [["Bài số 2", "Bài số 3"], ["Bài số 4", "Bài số 5"], ["Bài số 6", "Bài số 7"]]
    assert found[0].entries[0].day == date(2025, 7, 2)


def test_numbered_pager_leads_from_the_page_shown() -> None:
    numbers = f'<li class="page-item"><a href="{NEWS}">1</a></li><li class="page-item active"><a>2</a></li>'
    pager = f'<ul class="pagination">{numbers}<li class="page-item"><a href="{address(3)}">3</a></li></ul>'
    turn = listing("liferay", entry(1) + entry(2) + pager, address(2)).next
    assert turn == Turn(address(3), label="3")


@pytest.mark.parametrize(
    "link",
    [
        "href=\"javascript:_101_INSTANCE_aB3dE5fG7hJ9_submitForm('_101_INSTANCE_aB3dE5fG7hJ9_cur', '{n}')\"",
        "href='javascript:;' onclick=\"document.fm._101_INSTANCE_aB3dE5fG7hJ9_cur.value = '{n}'; submitForm(document.fm);\"",
    ],
)
def test_pager_that_runs_a_script_is_followed_by_the_page_number_in_the_address(link: str) -> None:
    links = "".join(f"<a {link.format(n=number)}>{number}</a>" for number in (1, 2, 3))
    asked: list[str] = []

    def answer(turn: Turn) -> str:
        asked.append(turn.url)
        return entry(len(asked)) + entry(len(asked) + 9) + links

    found = walk("liferay", f"{NEWS}?x=1", answer)
    assert len(found) == 3
    sent = [parse_qs(urlsplit(url).query) for url in asked]
    assert [query.get("_101_INSTANCE_aB3dE5fG7hJ9_cur") for query in sent] == [None, ["2"], ["3"]]
    assert sent[1]["p_p_id"] == ["101_INSTANCE_aB3dE5fG7hJ9"]
    assert sent[1]["x"] == ["1"]


def test_newest_story_that_stands_above_the_rows_is_the_first_entry() -> None:
    rows = "".join(
        f"""<div class="row mb-1"><div class="col-xs-7"><a class="text-tletin" href="/-/bai-{n}">Bài {n}</a><br>
        <small class="text-muted">0{n}/02/2026 10:20</small></div></div>"""
        for n in (2, 1)
    )
    large = """<div><img src="/a.jpg"><a href="/-/bai-3"><h2>Bài 3</h2></a>
    <small class="text-muted">03/02/2026 10:20</small><p>Tóm tắt</p></div>"""
    publisher = '<div class="portlet-boundary_com_liferay_asset_publisher_web_portlet_AssetPublisherPortlet_">'
    found = listing("liferay", f"{publisher}{large}<div>{rows}</div></div>", f"{SITE}/tin-tuc")
    assert [(entry.title, entry.day) for entry in found.entries] == [(f"Bài {n}", date(2026, 2, n)) for n in (3, 2, 1)]


def test_strong_words_below_the_date_are_the_lead_however_few() -> None:
    short = '<p class="text-justify"><strong class="text-muted"><p>Tàu ra đảo.</p></strong></p><p>Tổ tiêm'
    found = article("liferay", SEVEN.replace("<p>Tổ tiêm", short), f"{NEWS}/-/bai-1")
    assert found.lead == "Tàu ra đảo."
    assert found.body == ("Tổ tiêm phòng ra đảo bằng chuyến tàu sớm.", "Một trăm trẻ đã được tiêm.")


def test_thumbnail_of_a_document_leads_to_the_document() -> None:
    assert full_image(f"{SITE}/documents/1/a.jpg/{UUID}?imageThumbnail=3&t=9") == f"{SITE}/documents/1/a.jpg/{UUID}?t=9"
    assert full_image(f"{SITE}/image/journal/article?img_id=4&t=9") == f"{SITE}/image/journal/article?img_id=4&t=9"
