"""A page: decoded, parsed, its links and texts."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from archive.capture import Capture
from crawler.extract.page import Page, elements_at, is_html, text_of

URL = "http://hanam.example/tin/Pages/bai.aspx"


def capture(body: bytes, content_type: str | None = "text/html; charset=utf-8", url: str = URL) -> Capture:
    headers = (("Content-Type", content_type),) if content_type is not None else ()
    return Capture(url, datetime(2026, 11, 24, 1, 0, tzinfo=UTC), 200, headers, body)


def page(markup: str, url: str = URL) -> Page:
    return Page(capture(markup.encode(), url=url))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("Hà Nam".encode(), "text/html; charset=utf-8"),
        ("Hà Nam".encode("utf-8-sig"), "text/html; charset=iso-8859-1"),
        ('<meta charset="windows-1258">Hà Nam'.encode("cp1258"), "text/html"),
        ("Hà Nam".encode("utf-16"), "text/html"),
        ("Hà Nam".encode(), "text/html"),
        ("Hà Nam".encode(), None),
        ("Hà Nam".encode(), "text/html; charset=khong-co"),
    ],
)
def test_page_is_decoded_as_a_browser_decodes_it(body: bytes, content_type: str | None) -> None:
    read = Page(capture(b"<p>" + body if not body.startswith((b"\xef", b"\xff")) else body, content_type))
    assert text_of(read.root).endswith("Hà Nam")


@pytest.mark.parametrize(
    "charset", ["hex", "idna", "punycode", "rot13", "undefined", "zlib", "unicode_escape", "base64"]
)
def test_charset_that_is_a_codec_but_no_text_is_read_as_utf8(charset: str) -> None:
    for found in (
        capture("<p>Hà Nam \\ud800</p>".encode() + b"\xff", f"text/html; charset={charset}"),
        capture(f'<meta charset="{charset}"><p>Hà Nam \\ud800'.encode() + b"\xff", "text/html"),
    ):
        assert "Nam" in text_of(Page(found).root)


def test_nul_bytes_do_not_end_the_page() -> None:
    assert text_of(Page(capture(b"<p>tr\x00uoc</p><p>sau</p>")).root) == "truoc sau"


@pytest.mark.parametrize("body", [b"", b"   ", b"\x00\x00", b"<!-- -->", b"<", b"</html>", b"<?php ?>", b"\xff" * 50])
def test_page_of_next_to_nothing_has_a_root(body: bytes) -> None:
    read = Page(capture(body))
    assert read.root.tag == "html"
    assert read.elements(("//h1", "//p[@class]")) == []


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/a.aspx", "http://hanam.example/a.aspx"),
        ("b.aspx", "http://hanam.example/tin/Pages/b.aspx"),
        ("  ../c.aspx\n", "http://hanam.example/tin/c.aspx"),
        ("?page=2", "http://hanam.example/tin/Pages/bai.aspx?page=2"),
        ("//khac.example/d", "http://khac.example/d"),
        ("HTTP://HANAM.example:80/e#cuoi", "http://hanam.example/e"),
        ("/tin%20tức/f", "http://hanam.example/tin%20t%E1%BB%A9c/f"),
    ],
)
def test_link_is_made_absolute_and_canonical(href: str, url: str) -> None:
    assert page("<p>").absolute(href) == url


@pytest.mark.parametrize(
    "href",
    [
        "", "  ", "#", "#noi-dung", "javascript:;", "JavaScript:void(0)", "mailto:a@b.vn", "tel:0226", "ftp://hanam.example/a",
        "data:image/png;base64,AA", "blob:http://hanam.example/1", "http://", "https:///khong-co-ten", "http://[::1",
        "http://hanam.example:99999/", "http://hanam.example:tám/",
    ],
)  # fmt: skip
def test_link_that_leads_to_no_page_is_none(href: str) -> None:
    assert page("<p>").absolute(href) is None


def test_base_element_moves_relative_links() -> None:
    assert page("<base href='/vi-vn/'><p>").absolute("a.html") == "http://hanam.example/vi-vn/a.html"
    assert page("<base href=' '><p>").absolute("a.html") == "http://hanam.example/tin/Pages/a.html"
    assert page("<base href='http://[::1'><p>").absolute("/a.html") is None


def test_first_path_that_finds_anything_counts() -> None:
    read = page("<h1> </h1><h2>Một</h2><h2>Hai</h2>")
    assert read.maybe(("//h3", "//h1", "//h2")) == "Một"
    assert read.some(("//h1", "//h2")) == ("Một", "Hai")
    assert read.maybe(("//h3",)) is None
    assert [hit.tag for hit in read.elements(("//h3", "//h2"))] == ["h2", "h2"]


def test_path_that_gives_a_value_is_a_text_and_no_element() -> None:
    read = page("<h1>Tiêu đề: phụ đề</h1><p>1</p><p>2</p>")
    assert read.maybe(("substring-after(//h1, ':')",)) == "phụ đề"
    assert read.maybe(("//h1/@class", "string(//h1)")) == "Tiêu đề: phụ đề"
    for path in ("string(//h1)", "count(//p)", "boolean(//p)", "//h1/text()", "//p/@class"):
        assert read.elements((path,)) == []
        assert elements_at(read.root, path) == []


def test_words_on_both_sides_of_a_line_break_stay_apart() -> None:
    (head,) = page("<h1>Hội nghị<br>tổng kết<br/>năm 2021</h1>").elements(("//h1",))
    assert text_of(head) == "Hội nghị tổng kết năm 2021"
    (row,) = page("<table><tr><td>17</td><td>xã</td></tr></table>").elements(("//tr",))
    assert text_of(row) == "17 xã"


def test_words_of_inline_elements_stay_together() -> None:
    (head,) = page("<h1><span>Đ</span><b>oàn</b> <i>viên</i><!-- ẩn -->, <?x y?>hội viên</h1>").elements(("//h1",))
    assert text_of(head) == "Đoàn viên, hội viên"


def test_scripts_and_styles_are_no_text() -> None:
    (div,) = page("<div>a<script>var b</script>c<style>d{}</style>e<noscript>f</noscript>g</div>").elements(("//div",))
    assert text_of(div) == "aceg"
    (script,) = page("<script>var b</script>").elements(("//script",))
    assert text_of(script) == ""


def test_text_is_that_of_the_element_without_what_follows_it() -> None:
    (bold,) = page("<p>trước <b>giữa</b> sau</p>").elements(("//b",))
    assert text_of(bold) == "giữa"


def test_text_of_thousands_of_nested_elements_takes_no_time() -> None:
    deep = page("<span>chữ " * 2000)
    start = time.monotonic()
    assert text_of(deep.root).count("chữ") == 2000
    assert time.monotonic() - start < 1  # with a look at every text's ancestors it was a minute


@pytest.mark.parametrize(
    ("body", "content_type", "told"),
    [
        (b"<p>a", "text/html", True),
        (b"<p>a", "TEXT/HTML; Charset=utf-8", True),
        (b"<p>a", "text/html charset=utf-8", True),
        (b"", "text/html", True),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'>", "application/xhtml+xml", True),
        (b"\r\n\r\n<!DOCTYPE html>", None, True),
        (b"<p>a", "", True),
        (b"chu khong co the", None, False),
        (b"{}", "application/json", False),
        (b"<html>", "text/plain", False),
        (b"%PDF-1.4 ...", "application/pdf", False),
    ],
)
def test_page_is_told_by_its_declared_type_and_else_by_its_start(body: bytes, content_type: str, told: bool) -> None:
    assert is_html(capture(body, content_type)) is told


@pytest.mark.parametrize(
    "start",
    [
        b"%PDF-1.5\n%\xe2\xe3", b"\r\n%PDF-1.4", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n", b"GIF89a", b"PK\x03\x04", b"Rar!\x1a",
        b"\xd0\xcf\x11\xe0\xa1\xb1", b"{\\rtf1",
    ],
)  # fmt: skip
def test_file_that_is_served_as_html_is_no_page(start: bytes) -> None:
    assert not is_html(capture(start + b"<html><body><p>text</p>", "text/html"))


@pytest.mark.parametrize(
    ("body", "markup"),
    [
        ('{"d": "<ul><li>Hà Nam</li></ul>"}', True),
        ('"\\u003cp\\u003eHà Nam\\u003c/p\\u003e"', True),
        ('{"html": " <p>Hà Nam</p>", "more": true}', True),
        ('{"d": "<p>một</p>", "e": "hai"}', False),
        ('{"d": ["<p>Hà Nam</p>"]}', False),
        ('{"d": "Hà Nam <3"}', False),
        ('["<p>"]', False),
        ('{"d": "<p>', False),
        ("[" * 100_000 + "<", False),
        ("7", False),
    ],
)
def test_markup_in_a_string_of_json_is_a_page_and_other_json_is_none(body: str, markup: bool) -> None:
    found = capture(body.encode(), "application/json; charset=utf-8")
    assert is_html(found) is markup
    if markup:
        assert text_of(Page(found).root) == "Hà Nam"


def test_nothing_to_show_is_an_empty_page() -> None:
    found = capture(b'{"d": ""}', "application/json")
    assert is_html(found)
    assert text_of(Page(found).root) == ""
    assert not is_html(capture(b'{"e": ""}', "application/json"))
