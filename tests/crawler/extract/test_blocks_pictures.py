"""The pictures of a body, and the files that hang on it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from archive.article import Attachment, Link
from archive.capture import Capture
from crawler.extract import blocks
from crawler.extract.blocks import Blocks, Gap, Line, Picture
from crawler.extract.page import Page

SITE = "http://hanam.example"
URL = f"{SITE}/tin/Pages/bai.aspx"
PDF = f"{SITE}/Documents/kh-12.pdf"


def read(markup: str) -> Blocks:
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    page = Page(Capture(URL, datetime(2026, 11, 24, tzinfo=UTC), 200, headers, f"<div id='b'>{markup}</div>".encode()))
    return blocks.read(page, page.elements(["//div[@id='b']"]), frozenset(), lambda url: url.replace("_t/", ""))


def pictures(markup: str) -> list[Picture]:
    return [block for block in read(markup).row if isinstance(block, Picture)]


def lines(markup: str) -> list[Line]:
    return [block for block in read(markup).row if isinstance(block, Line)]


def shape(markup: str) -> list[str]:
    """Lines as their text, pictures as their file's name, anything else as `-`."""
    return [
        block.text if isinstance(block, Line) else block.url.rsplit("/", 1)[1] if isinstance(block, Picture) else "-"
        for block in read(markup).row
    ]


def test_a_picture_parts_the_paragraph_it_stands_in() -> None:
    assert shape("<p>Một <img src='a.jpg'> hai<img src='b.jpg'></p><p>Ba</p>") == ["Một", "a.jpg", "hai", "b.jpg", "Ba"]


def test_the_address_is_canonical_and_the_alternative_text_is_clean() -> None:
    found = pictures("<p><img src='/_t/Ảnh 1.jpg' alt=' anh \n tin bai '><img src='b.jpg' alt=''></p>")
    assert [(image.url, image.alt) for image in found] == [
        (f"{SITE}/%E1%BA%A2nh%201.jpg", "anh tin bai"),
        (f"{SITE}/tin/Pages/b.jpg", None),
    ]


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ("src='a.jpg'", "a.jpg"),
        ("src='data:image/gif;base64,R0lGOD' data-src='a.jpg'", "a.jpg"),
        ("src='blank.gif' data-src='a.jpg'", "a.jpg"),
        ("src='blank.gif' data-original='a.jpg'", "a.jpg"),
        ("src='blank.gif' data-lazy-src='a.jpg'", "a.jpg"),
        ("src='s.jpg' srcset='s.jpg 300w, a.jpg 1200w, m.jpg 600w'", "a.jpg"),
        ("src='s.jpg' srcset='s.jpg 1x, a.jpg 2x'", "a.jpg"),
        ("src='blank.gif' data-srcset='a.jpg'", "a.jpg"),
        ("srcset=', ,'  src='a.jpg'", "a.jpg"),
        ("srcset='https://x.vn/w_100,h_200/s.jpg 1x, a.jpg 1.5x' src='s.jpg'", "a.jpg"),
        ("src='a.jpg' width='560' height='1000' style='margin:1px;max-width:1px'", "a.jpg"),
    ],
)
def test_where_an_image_comes_from(attributes: str, name: str) -> None:
    assert shape(f"<p><img {attributes}></p>") == [name]


def test_a_list_of_sources_without_spaces_gave_the_smallest() -> None:
    assert shape("<img srcset='s.jpg 300w,a.jpg 1200w' src='s.jpg'>") == ["a.jpg"]


@pytest.mark.parametrize(
    "dot",
    [
        "<img src='/dem.gif' width='1' height='1'>", "<img src='/dem.gif' width='1px' height='0'>",
        "<img src='/dem.gif' style='width:1px;height:1px'>", "<img src='/dem.gif' style='display:none'>",
        "<iframe src='https://dem.vn/' width='0' height='0'></iframe>",
    ],
)  # fmt: skip
def test_spacers_and_counters_are_nothing_to_see(dot: str) -> None:
    assert shape(f"<p>Một</p>{dot}<p>Hai</p>") == ["Một", "Hai"]


def test_a_counter_hidden_by_its_style_was_an_image() -> None:
    assert pictures("<img src='/dem.gif' style='width:1px;height:1px'>") == []


@pytest.mark.parametrize(
    "stranger",
    [
        "<img src='data:image/png;base64,iVBORw0KGgo='>", "<img src='blob:http://hanam.example/1b2c'>", "<img alt='anh'>",
        "<iframe src='https://www.youtube.com/embed/x'></iframe>", "<video src='a.mp4'>không</video>", "<hr>",
        "<embed src='a.swf'>",
    ],
)  # fmt: skip
def test_what_is_seen_but_not_kept_still_stands_between_lines(stranger: str) -> None:
    assert shape(f"<p>Một</p>{stranger}<p>Hai</p>") == ["Một", "-", "Hai"]


def test_an_image_that_leads_to_its_full_size_is_the_full_size() -> None:
    assert shape("<a href='/lon/a.JPG?v=1#x'><img src='/nho/a.jpg'></a>") == ["a.JPG?v=1"]
    assert shape("<a href='bai.aspx'><img src='/nho/a.jpg'></a>") == ["a.jpg"]
    assert read("<a href='/lon/a.jpg'><img src='/nho/a.jpg'> Toàn cảnh</a>").links == ()
    assert read("<a href='/so-do.jpg'>Sơ đồ</a>").links == (Link(f"{SITE}/so-do.jpg", "Sơ đồ"),)


@pytest.mark.parametrize(
    ("markup", "name"),
    [
        ("<p>Theo <a href='/Documents/kh-12.pdf'>Kế hoạch số 12</a> của UBND tỉnh.</p>", "Kế hoạch số 12"),
        ("<a href='/Documents/kh-12.pdf'><img src='pdf.png'></a>", "kh-12.pdf"),
        ("<a href='/Documents/kh-12.pdf'>Tải về</a>", "kh-12.pdf"),
        ("<iframe src='/Documents/kh-12.pdf'></iframe>", "kh-12.pdf"),
        ("<embed src='/Documents/kh-12.pdf'>", "kh-12.pdf"),
        ("<object data='/Documents/kh-12.pdf'>Máy của bạn không xem được</object>", "kh-12.pdf"),
        (f"<iframe src='https://docs.google.com/gview?url={PDF}&amp;embedded=true'>", "kh-12.pdf"),
        (f"<iframe src='https://docs.google.com/viewer?url={quote(PDF, safe='')}'>", "kh-12.pdf"),
        ("<iframe src='/ViewerJS/#../Documents/kh-12.pdf'></iframe>", "kh-12.pdf"),
        ("<iframe src='/ViewerJS/index.html#/Documents/kh-12.pdf'></iframe>", "kh-12.pdf"),
        ("<iframe src='/pdfjs/viewer.html?file=/Documents/kh-12.pdf'></iframe>", "kh-12.pdf"),
        (f"<a href='https://docs.google.com/viewer?url={PDF}'>Kế hoạch số 12</a>", "Kế hoạch số 12"),
    ],
)  # fmt: skip
def test_files_hang_on_links_frames_and_viewers(markup: str, name: str) -> None:
    found = read(markup)
    assert found.attachments == (Attachment(PDF, name),)
    assert found.links == ()
    assert "Máy" not in " ".join(shape(markup))


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/Handlers/Download.ashx?id=5&amp;name=kh-12.docx", f"{SITE}/Handlers/Download.ashx?id=5&name=kh-12.docx"),
        ("/_layouts/15/WopiFrame.aspx?sourcedoc=/Documents/bc.xlsx&amp;action=default", f"{SITE}/Documents/bc.xlsx"),
        ("/tai-ve.aspx?Filename=phu-luc.rar", f"{SITE}/tai-ve.aspx?Filename=phu-luc.rar"),
    ],
)
def test_a_file_behind_a_handler_was_a_mere_link(href: str, url: str) -> None:
    assert read(f"<p><a href='{href}'>Biểu mẫu số 12</a></p>").attachments == (Attachment(url, "Biểu mẫu số 12"),)


@pytest.mark.parametrize(
    "picture",
    [
        "<picture><source srcset='a.jpg 1200w, s.jpg 300w'><img src='data:image/gif;base64,AAA='></picture>",
        "<picture><source data-srcset='a.jpg'><img class='lazy' src='blank.gif'></picture>",
        "<picture><source media='print' data-srcset='a.jpg'><source data-srcset='b.jpg'><img src='x.gif'></picture>",
        "<picture><source srcset='b.webp' type='image/webp'><img src='a.jpg'></picture>",
    ],
)
def test_an_image_of_a_picture_element_was_lost_or_its_placeholder_taken(picture: str) -> None:
    assert shape(f"<p>{picture}</p><p>Hai</p>") == ["a.jpg", "Hai"]


def test_an_office_viewer_shows_a_file() -> None:
    viewer = "https://view.officeapps.live.com/op/embed.aspx?src=http://hanam.example/Documents/Bi%E1%BB%83u%20m%E1%BA%ABu.docx"
    assert read(f"<iframe src='{viewer}'></iframe>").attachments == (
        Attachment(f"{SITE}/Documents/Bi%E1%BB%83u%20m%E1%BA%ABu.docx", "Biểu mẫu.docx"),
    )


def test_a_file_that_hangs_twice_is_one_with_the_words_of_the_first() -> None:
    markup = "<a href='/a.pdf'>Kế hoạch</a> <a href='/b.docx'>Phụ lục</a> <a href='/a.pdf'>Bản PDF của kế hoạch</a>"
    assert read(markup).attachments == (
        Attachment(f"{SITE}/a.pdf", "Kế hoạch"),
        Attachment(f"{SITE}/b.docx", "Phụ lục"),
    )


def test_an_icon_took_the_name_of_the_file_from_its_words() -> None:
    markup = "<a href='/a.pdf'><img src='pdf.png'></a> <a href='/a.pdf'>Tải về</a> <a href='/a.pdf'>Kế hoạch số 5</a>"
    assert read(markup).attachments == (Attachment(f"{SITE}/a.pdf", "Kế hoạch số 5"),)


def test_the_article_after_an_embedded_film_was_lost() -> None:
    assert shape("<p>Một</p><embed src='a.swf'><p>Hai</p><p>Ba</p>") == ["Một", "-", "Hai", "Ba"]


LINK = "<a href='/Documents/kh-12.pdf'>Kế hoạch số 12/KH-UBND</a>"


@pytest.mark.parametrize(
    "markup",
    [
        f"<p>{LINK}</p>", f"<p>Tệp đính kèm: {LINK}</p>", f"<p><strong>Tài liệu kèm theo:</strong>&nbsp;{LINK}</p>",
        f"<ul><li>{LINK};</li></ul>", f"<p>- {LINK} (1,2 MB)</p>", f"<p>1. {LINK}, <a href='/a.docx'>phụ lục</a></p>",
        "<p>Xem chi tiết <a href='/Documents/kh-12.pdf'>tại đây</a>.</p>", f"<p>File đính kèm: <b>{LINK}</b></p>",
        f"<p>{LINK} <a href='/Documents/kh-12.pdf'>[Tải về]</a></p>",
    ],
)  # fmt: skip
def test_a_line_that_only_names_files(markup: str) -> None:
    assert [bool(line.files) for line in lines(markup)] == [True]


@pytest.mark.parametrize(
    "markup",
    [
        f"<p>Ngày 5/11, UBND tỉnh ban hành {LINK} về phòng, chống dịch.</p>",
        f"<p>Dự thảo: {LINK}</p>",
        "<p>Một đoạn văn không có tệp nào.</p>",
        "<p>Xem <a href='/x.aspx'>tại đây</a></p>",
        f"<table><tr><td>1</td><td>{LINK}</td></tr><tr><td>2</td><td>{LINK}</td></tr></table>",
    ],
)
def test_a_line_that_says_more_than_the_name_of_a_file(markup: str) -> None:
    assert [line.files for line in lines(markup)] == [()]


def test_a_short_sentence_with_a_link_to_a_file_was_taken_for_a_files_name() -> None:
    line = lines("<p>Nay đã có <a href='/Documents/kh-12.pdf'>Kế hoạch</a> mới.</p>")[0]
    assert (line.text, line.files) == ("Nay đã có Kế hoạch mới.", ())


def test_an_image_without_an_address_left_no_trace() -> None:
    assert [type(block) for block in read("<p><img src='a.jpg'></p><p><img src='blob:x'></p>").row] == [Picture, Gap]


@pytest.mark.parametrize(
    "markup",
    [
        f"<img src='a.jpg' srcset='{'a' * 10_000} b'>", f"<img src='a.jpg' srcset='{'a 1x,' * 2_000}'>",
        f"<a href='/a.pdf'>{'tải ' * 2_500}x</a>", f"<a href='/x?url={'%2F' * 3_000}'>a</a>",
        f"<p style='{'text-align:' * 900}'>a</p>", f"<p style='display{' ' * 10_000}x'>a</p>",
        f"<p class='{'text- ' * 2_000}'>a</p>", "<p>" + "<a href='/a.pdf'>a</a> " * 1_000,
    ],
)  # fmt: skip
def test_long_values_are_read_at_once(markup: str) -> None:
    began = time.perf_counter()
    read(markup)
    assert time.perf_counter() - began < 0.5
