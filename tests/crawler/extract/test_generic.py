"""Pages of unknown make: title, dates and body by what they say of themselves."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from archive.capture import Capture
from crawler.extract import generic
from crawler.extract.page import Page, text_of

TEXT = "Ủy ban nhân dân tỉnh ban hành kế hoạch triển khai nhiệm vụ trọng tâm trên địa bàn các huyện, thành phố."


def page(markup: str) -> Page:
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    return Page(Capture("http://a.example/x", datetime(2026, 11, 24, 1, 0, tzinfo=UTC), 200, headers, markup.encode()))


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("<title>Cổng TTĐT tỉnh</title><h1>Khai mạc lễ hội</h1>", "Khai mạc lễ hội"),
        ("<title>Khai mạc lễ hội - Cổng TTĐT tỉnh</title><h1>Tin</h1><h1>Khai mạc lễ hội</h1>", "Khai mạc lễ hội"),
        (
            "<meta property='og:title' content='Khai mạc lễ hội'><title>X</title><h1>Tin</h1><h1>KHAI MẠC LỄ HỘI</h1>",
            "KHAI MẠC LỄ HỘI",
        ),
        ("<meta property='og:title' content='Khai mạc lễ hội'><title>Trang chủ</title>", "Khai mạc lễ hội"),
        ("<title>Khai mạc lễ hội | Sở Du lịch</title>", "Khai mạc lễ hội"),
        ("<title>Khai mạc lễ hội - Trang thông tin điện tử huyện</title>", "Khai mạc lễ hội"),
        ("<title>Khai mạc lễ hội - Tin tức - Cổng thông tin</title><h3>Khai mạc lễ hội</h3>", "Khai mạc lễ hội"),
        ("<title>Khai mạc lễ hội » Du lịch</title><meta property='og:site_name' content='Du lịch'>", "Khai mạc lễ hội"),
        ("<h1>Một</h1><h1>Hai</h1>", "Một"),
        ("<p>Không có gì</p>", None),
    ],
)
def test_title_is_the_pages_own_without_the_sites_name(markup: str, title: str | None) -> None:
    assert generic.title(page(markup)) == title


@pytest.mark.parametrize(
    "title",
    [
        "Hà Nam - vùng đất của những lễ hội",
        "Chủ tịch UBND tỉnh - Trưởng đoàn đại biểu Quốc hội tỉnh tiếp công dân",
        "Hội thao kỷ niệm 90 năm ngày thành lập Đoàn (26/3/1931 – 26/3/2021)",
    ],
)
def test_title_with_a_dash_keeps_its_second_half(title: str) -> None:
    assert generic.title(page(f"<title>{title}</title>")) == title
    assert generic.title(page(f"<title>{title} - Cổng thông tin điện tử tỉnh</title>")) == title
    assert generic.title(page(f"<meta property='og:title' content='{title}'>")) == title


@pytest.mark.parametrize(
    "markup",
    [
        "<meta property='article:published_time' content='2021-11-17T08:30:00+07:00'>",
        "<meta itemprop='datePublished' content='2021-11-17T01:30:00Z'>",
        "<time itemprop='datePublished' datetime='2021-11-17T08:30:00'>hôm qua</time>",
        "<span class='d-none hide hidden' itemprop='datePublished'>2021-11-17T08:30:00+07:00</span>",
        "<meta name='pubdate' content='2021-11-17 08:30:00'>",
        '<script type="application/ld+json">{"@graph":[{"datePublished":"2021-11-17T08:30:00+07:00"}]}</script>',
        '<script type="application/ld+json">{hỏng</script>'
        '<script type="application/ld+json">[1, {"datePublished": 5}, {"datePublished": "2021-11-17T08:30:00"}]</script>',
    ],
)
def test_publishing_date_is_read_off_the_metadata(markup: str) -> None:
    told = generic.published(page(markup))
    assert told is not None
    assert told.at is not None
    assert (told.at.astimezone(UTC), told.source) == (datetime(2021, 11, 17, 1, 30, tzinfo=UTC), "meta")


def test_date_of_change_is_read_off_the_metadata() -> None:
    told = generic.modified(page("<meta property='article:modified_time' content='2021-11-18'>"))
    assert told is not None
    assert (told.day, told.at) == (date(2021, 11, 18), None)
    told = generic.modified(page('<script type="application/ld+json">{"dateModified": "2021-11-19"}</script>'))
    assert told is not None
    assert told.day == date(2021, 11, 19)


def test_no_metadata_tell_no_date() -> None:
    assert generic.published(page("<p>Sáng ngày 17/11/2021, hội nghị khai mạc.")) is None
    assert generic.modified(page("<meta property='article:modified_time' content='sau này'>")) is None


def test_metadata_nested_deeper_than_python_calls_are_passed_over() -> None:
    nested = '{"a":' * 100_000 + "1" + "}" * 100_000
    assert generic.published(page(f'<script type="application/ld+json">{nested}</script>')) is None


def test_body_is_the_smallest_element_that_holds_the_text() -> None:
    paragraphs = "".join(f"<p>{TEXT} Đoạn {n}.</p>" for n in range(4))
    markup = (
        "<body><nav><ul><li><a href='/'>Trang chủ</a></li><li><a href='/tin'>Tin tức</a></li></ul></nav><div id='khung'>"
        f"<h1>Kế hoạch</h1><div id='bai'>{paragraphs}</div></div><footer><p>Bản quyền thuộc về Cổng</p></footer></body>"
    )
    (body,) = generic.find(page(markup)).body
    assert body.get("id") in ("bai", "khung")
    assert text_of(body).count(TEXT) == 4
    assert "Bản quyền" not in text_of(body)


def test_page_of_few_words_has_no_body() -> None:
    assert generic.find(page("<body><div><p>Nội dung đang được cập nhật.</p></div></body>")) == generic.NOTHING
    assert generic.find(page("")) == generic.NOTHING


def test_page_that_trips_the_text_finder_has_no_body(monkeypatch: pytest.MonkeyPatch) -> None:
    import trafilatura

    def trip(*words: Any, **more: Any) -> str:
        raise TypeError("its own fault")

    monkeypatch.setattr(trafilatura, "extract", trip)
    assert generic.find(page(f"<p>{TEXT * 9}</p>")) == generic.NOTHING
