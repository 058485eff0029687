"""What a menu leads to, and what repeats on a page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.capture import Capture
from crawler.extract.page import Page
from crawler.menu import candidates
from crawler.repeated import entries_path


def page(markup: str) -> Page:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    return Page(Capture("http://www.xa.example/", at, 200, (("Content-Type", "text/html"),), markup.encode()))


def link(words: str, href: str = "/muc") -> str:
    return f"<nav><ul><li><a href='{href}'>{words}</a></li></ul></nav>"


NEWS = ("Tin tức", "Tin trong tỉnh", "Sự kiện nổi bật", "THÔNG BÁO", "Điểm báo", "Hoạt động của lãnh đạo")
OTHER = ("Giới thiệu", "Liên hệ", "Văn bản mới", "Thủ tục hành chính", "Lịch công tác", "Thư viện ảnh", "Phường Đông")


@pytest.mark.parametrize("words", NEWS)
def test_link_to_news_is_sure(words: str) -> None:
    (found,) = candidates(page(link(words)))
    assert (found.path, found.url, found.doubt) == ((words,), "http://www.xa.example/muc", "")


@pytest.mark.parametrize("words", ["Kinh tế", "Văn hóa - Xã hội", "Thông tin chỉ đạo, điều hành"])
def test_link_that_only_names_a_topic_is_in_doubt(words: str) -> None:
    (found,) = candidates(page(link(words)))
    assert found.doubt == "told by its topic alone"
    assert not candidates(page(link(words, "/tin-tuc/muc")))[0].doubt


@pytest.mark.parametrize("words", OTHER)
def test_link_to_something_else_is_none(words: str) -> None:
    assert candidates(page(link(words))) == []


@pytest.mark.parametrize("href", ["/", "#", "javascript:;", "http://khac.example/tin-tuc", "mailto:a@xa.example"])
def test_link_that_leads_to_no_page_of_the_portals_own_is_none(href: str) -> None:
    assert candidates(page(link("Tin tức", href))) == []


def test_path_is_that_of_the_menu_and_a_page_is_named_once() -> None:
    inner = "<ul><li><a href='/tin/kinh-te'>Kinh tế</a></li><li><a href='/tin/y-te'>Y tế</a></li></ul>"
    menu = f"<div class='main-menu'><ul><li><a href='/tin'>Tin tức</a>{inner}</li></ul></div>"
    found = candidates(page(menu + menu))
    assert [(each.path, bool(each.doubt)) for each in found] == [
        (("Tin tức", "Kinh tế"), False),
        (("Tin tức", "Y tế"), False),
        (("Tin tức",), True),
    ]


def test_page_without_a_menu_has_its_links_looked_at() -> None:
    (found,) = candidates(page("<p><a href='/tin'>Tin tức</a> <a href='/bai'>Lễ mở biển ở làng chài</a></p>"))
    assert found.url == "http://www.xa.example/tin"


def test_entries_are_the_class_that_holds_one_link_each_and_most_text() -> None:
    rows = "".join(
        f"<div class='tin'><h3><a href='/{n}'>Bài viết thứ {n} của xã</a></h3><i>0{n}/11/2026</i></div>"
        for n in (1, 2, 3)
    )
    side = "".join(f"<p class='ben'><a href='/b{n}'>Tin bên cạnh thứ {n}</a></p>" for n in (1, 2, 3, 4))
    path = entries_path(page(f"<div class='khung'>{rows}</div>{side}"))
    assert path is not None
    assert len(page(f"{rows}{side}").root.xpath(path)) == 3
    assert "' tin '" in path
    assert entries_path(page("<p class='a'><a href='/1'>Bài viết duy nhất ở đây</a></p>")) is None
