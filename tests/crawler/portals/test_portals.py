"""Portals: files found, hosts owned, layouts chosen by the day of the capture."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from archive.capture import Capture
from crawler import portals
from crawler.extract.page import Page
from crawler.extract.version import extractor_version
from crawler.platforms import PLATFORMS
from crawler.portals import Portal

START = """\
title = "Cổng tỉnh"
hosts = ["tinh.example", "huyen.tinh.example"]
categories = [{ path = ["Tin"], url = "http://www.tinh.example/tin" }]
"""
LAYOUTS = """
[[layouts]]
until = 2025-07-01
title = "//h2"

[[layouts]]
until = 2020-01-01
title = ["//h3", "//h4"]

[[layouts]]
title = "//h1"
"""
MARKUP = "<h1>Mới</h1><h2>Giữa</h2><h3>Cũ</h3><div class='ms-rtestate-field'><p>Nội dung của bài viết.</p></div>"


def portal(folder: Path, text: str, name: str = "tinh") -> Portal:
    (folder / f"{name}.toml").write_text(text, "utf-8")
    return portals.read(folder / f"{name}.toml")


def capture(at: datetime, markup: str = MARKUP) -> Capture:
    return Capture("http://tinh.example/Pages/a.aspx", at, 200, (("Content-Type", "text/html"),), markup.encode())


def title(found: Portal, at: datetime) -> str | None:
    reading = portals.extract(capture(at), found)
    return reading.article.title if reading.article else None


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(2019, 12, 31, 16, 59, tzinfo=UTC), "Cũ"),  # 23:59 of that day in Vietnam
        (datetime(2019, 12, 31, 17, 0, tzinfo=UTC), "Giữa"),
        (datetime(2025, 6, 30, 16, 59, tzinfo=UTC), "Giữa"),
        (datetime(2025, 6, 30, 17, 0, tzinfo=UTC), "Mới"),
        (datetime(2030, 1, 1, tzinfo=UTC), "Mới"),
    ],
)
def test_layout_is_chosen_by_the_captures_day_in_vietnam(tmp_path: Path, at: datetime, told: str) -> None:
    found = portal(tmp_path, START + 'platform = "sharepoint"\n' + LAYOUTS)
    assert title(found, at) == told


def test_after_the_last_day_without_an_open_layout_the_platforms_own_is_used(tmp_path: Path) -> None:
    text = START + 'platform = "sharepoint"\n[[layouts]]\nuntil = 2020-01-01\ntitle = "//h3"\n'
    found = portal(tmp_path, text)
    assert title(found, datetime(2019, 1, 1, tzinfo=UTC)) == "Cũ"
    page = Page(capture(datetime(2021, 1, 1, tzinfo=UTC)))
    assert found.layout(page).title != ("//h3",)


def test_value_of_the_file_goes_before_the_platforms_and_the_rest_stays(tmp_path: Path) -> None:
    found = portal(tmp_path, START + 'platform = "sharepoint"\n[[layouts]]\ntitle = "//h2"\nlead = []\n')
    layout = found.layout(Page(capture(datetime(2026, 1, 1, tzinfo=UTC))))
    assert (layout.title, layout.lead, layout.name) == (("//h2",), (), "sharepoint/publishing")
    assert layout.body


def test_portal_without_a_platform_has_each_page_recognised(tmp_path: Path) -> None:
    found = portal(tmp_path, START)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    sharepoint = "<script>var _spPageContextInfo = {};</script>" + MARKUP
    assert found.layout(Page(capture(now, sharepoint))).name == "sharepoint/publishing"
    assert found.layout(Page(capture(now, "<p>"))).name == "generic/page"


def test_hosts_of_the_portal_are_its_own_with_www_too_and_others_not(tmp_path: Path) -> None:
    found = portal(tmp_path, START)
    for url in (
        "http://tinh.example/a",
        "https://www.tinh.example:443/",
        "http://HUYEN.tinh.example/a",
        "http://tinh.example.",
    ):
        assert found.owns(url), url
    for url in ("http://example/", "http://xa.tinh.example/", "http://tinh.example.khac/", "http://[", "/a", ""):
        assert not found.owns(url), url


def test_file_of_the_users_own_goes_before_the_built_in_one(tmp_path: Path) -> None:
    portal(tmp_path, START, "hanam")
    assert portals.find("hanam", [tmp_path]).title == "Cổng tỉnh"
    assert portals.find("hanam").title == "Cổng thông tin điện tử tỉnh Hà Nam"
    assert "dinhdoclap" in portals.paths([tmp_path])


def test_any_change_of_the_file_makes_another_version_of_the_reading(tmp_path: Path) -> None:
    one = portal(tmp_path, START)
    two = portal(tmp_path, START + "# a word\n")
    assert extractor_version(one.digest) != extractor_version(two.digest)
    assert extractor_version(one.digest) == extractor_version(portal(tmp_path, START).digest)


def test_page_without_a_portal_is_read_by_its_markup() -> None:
    reading = portals.extract(capture(datetime(2026, 1, 1, tzinfo=UTC), "%PDF-1.4"), None)
    assert (reading.verdict, reading.layout) == ("not-html", "")


BUILT_IN = sorted(portals.paths().keys() - {"hanam-demo"})


@pytest.mark.parametrize("name", BUILT_IN)
def test_portal_that_comes_with_the_program_is_polite_and_says_what_it_rests_on(name: str) -> None:
    found = portals.find(name)
    assert found.name == name
    assert found.politeness.delay >= 2
    assert found.politeness.concurrency == 1
    assert any(word in found.evidence for word in ("real pages", "template", "reported", "guess", "rebuilt"))
    assert found.platform is not None
    assert {len(category.path) for category in found.categories} <= {1, 2}
    if "guess" in found.evidence:
        assert "\n# A guess.\n[[categories]]" in portals.paths()[name].read_text("utf-8")


def test_there_is_a_portal_of_every_platform() -> None:
    assert {portals.find(name).platform for name in BUILT_IN} == PLATFORMS.keys() - {"generic"}


def test_provinces_and_communes_tell_where_they_belonged_and_belong() -> None:
    found = {name: portal.province for name in BUILT_IN if (portal := portals.find(name)).province}
    told = {name: (province.then, province.now) for name, province in found.items()}
    assert told == {
        "hanam": ("Hà Nam", "Ninh Bình"),
        "namdinh": ("Nam Định", "Ninh Bình"),
        "ninhbinh": ("Ninh Bình", "Ninh Bình"),
        "tralinh-danang": ("Quảng Nam", "Đà Nẵng"),
    }


def test_ha_nam_has_the_category_of_its_seed_and_tells_both_its_provinces() -> None:
    found = portals.find("hanam")
    assert found.hosts == ("hanam.gov.vn",)
    assert [category.path for category in found.categories] == [("Tin theo lĩnh vực", "Đoàn thanh niên")]
    assert found.province is not None
    assert (found.province.then, found.province.now) == ("Hà Nam", "Ninh Bình")
    assert "rebuilt" in found.evidence


KENTICO = """
<div class="breakcumb"><a class="CMSBreadCrumbsLink">Tin tức</a> <span class="CMSBreadCrumbsCurrentItem">Bài</span></div>
<div class="article"><h1><a>Khai mạc trưng bày</a></h1><time class="ct_time">Cập nhật : 09-03-2018 - 04:51</time>
<div class="clearfix"></div><div><div class="sapo">Trưng bày mở cửa đến hết năm.</div><p>Sáng nay, trưng bày khai mạc.</p>
<p>Nguồn: Báo Sài Gòn</p></div><div class="ct_social">Chia sẻ</div></div>
<div class="orther_content"><h1>Bài viết khác</h1></div>
"""
LIFERAY = """
<div class="dd_chuyenmuc"><span class="trangchu"><a href="/">Trang chủ</a></span>
<span class="tintuc"><p>Bưu chính</p></span></div>
<div class="portlet-boundary portlet-boundary_101_ portlet"><h3 class="header-title"><span>Hội nghị bưu chính</span></h3>
<div class="assetPublishDate">18/03/2019 | 04:01 PM | View count: 536</div>
<div class="journal-content-article"><p>Hội nghị họp tại Hà Nội.</p></div></div>
<div class="portlet-boundary portlet-boundary_56_"><div class="journal-content-article"><p>Đường dây nóng</p></div></div>
"""


def test_kentico_article_is_read_by_its_portals_file() -> None:
    found = portals.extract(capture(datetime(2026, 1, 1, tzinfo=UTC), KENTICO), portals.find("dinhdoclap")).article
    assert found is not None
    assert (found.title, found.category) == ("Khai mạc trưng bày", ("Tin tức",))
    assert (found.lead, found.body) == ("Trưng bày mở cửa đến hết năm.", ("Sáng nay, trưng bày khai mạc.",))
    assert found.source == "Báo Sài Gòn"
    assert found.published is not None
    assert found.published.text() == "2018-03-09T04:51:00+07:00"


def test_liferay_article_is_that_of_the_publisher_and_no_banner() -> None:
    found = portals.extract(capture(datetime(2026, 1, 1, tzinfo=UTC), LIFERAY), portals.find("sotttt-hanoi")).article
    assert found is not None
    assert (found.title, found.body) == ("Hội nghị bưu chính", ("Hội nghị họp tại Hà Nội.",))
    assert found.category == ("Bưu chính",)
    assert found.published is not None
    assert (found.published.day, found.published.raw) == (date(2019, 3, 18), "18/03/2019 | 04:01 PM")


MOH = """
<html><body><div class="portlet-boundary portlet-boundary_101_" id="p_p_id_101_INSTANCE_3Yst7YhbkA5j_">
<div class="portlet-body"><div><div><div><h3>Mùa cúm đến sớm</h3></div>
<div><div><p>15/11/2026 | 08:30</p></div></div></div></div>
<div class="asset-content" id="_101_INSTANCE_3Yst7YhbkA5j_753365">
<div><p><strong>Cúm mùa đến sớm hơn mọi năm một tháng.</strong></p></div><div></div>
<div><p>Các trạm y tế đã có thuốc.</p><p>Người già nên tiêm trước cuối tháng.</p></div></div></div></div></body></html>
"""
DANANG = """
<html><body><form id="Form"><div id="dnn_ctr401_List"><ul>{}</ul></div></form></body></html>
"""


def test_article_of_the_ministry_of_health_is_read_by_its_numbered_element() -> None:
    found = portals.extract(capture(datetime(2026, 11, 24, tzinfo=UTC), MOH), portals.find("moh")).article
    assert found is not None
    assert (found.title, found.lead) == ("Mùa cúm đến sớm", "Cúm mùa đến sớm hơn mọi năm một tháng.")
    assert found.body == ("Các trạm y tế đã có thuốc.", "Người già nên tiêm trước cuối tháng.")
    assert found.published is not None
    assert found.published.text() == "2026-11-15T08:30:00+07:00"


def test_commune_of_da_nang_lists_its_articles_by_the_form_of_their_addresses() -> None:
    rows = "".join(f"<li><a href='/chi-tiet-tin/group/119/nid/{n}/bai'>Tin số {n}</a></li>" for n in (3, 2, 1))
    menu = "<li><a href='/gioi-thieu/gioi-thieu-chung'>Giới thiệu chung</a></li>"
    reading = portals.extract(
        capture(datetime(2026, 11, 24, tzinfo=UTC), DANANG.format(menu + rows)), portals.find("tralinh-danang")
    )
    assert reading.listing is not None
    assert [entry.title for entry in reading.listing.entries] == ["Tin số 3", "Tin số 2", "Tin số 1"]


def test_way_on_that_a_portals_file_names_stands_in_the_place_of_the_platforms_script(tmp_path: Path) -> None:
    rows = "<ul class='ArticleList'><li><h2 class='Title'><a href='/bai-1'>Bài số 1</a></h2></li></ul>"
    script = "<script>var article_category_id = 1, site_id = 2;</script>"
    page = capture(datetime(2026, 11, 24, tzinfo=UTC), rows + script)
    own = portals.extract(page, portal(tmp_path, START + 'platform = "vnpt"\n')).listing
    named = portals.extract(
        page, portal(tmp_path, START + 'platform = "vnpt"\n[[layouts]]\nnext = "//a[@class=\'toi\']"\n')
    ).listing
    assert own is not None
    assert own.next is not None
    assert named is not None
    assert named.next is None
