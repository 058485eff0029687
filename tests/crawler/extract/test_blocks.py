"""The lines of a body, as a person sees them."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.article import Link
from archive.capture import Capture
from crawler.extract import blocks
from crawler.extract.blocks import Blocks, Gap, Line, Picture
from crawler.extract.page import Page

URL = "http://hanam.example/tin/Pages/bai.aspx"
HTML = (("Content-Type", "text/html; charset=utf-8"),)


def read(markup: str, dropped: str = "") -> Blocks:
    """The blocks of `<div id="b">`, without what the XPath `dropped` finds."""
    body = f'<html><body><div id="b">{markup}</div></body></html>'.encode()
    page = Page(Capture(URL, datetime(2026, 11, 24, tzinfo=UTC), 200, HTML, body))
    gone = frozenset(page.elements([dropped])) if dropped else frozenset()
    return blocks.read(page, page.elements(["//div[@id='b']"]), gone)


def lines(markup: str, dropped: str = "") -> list[Line]:
    return [block for block in read(markup, dropped).row if isinstance(block, Line)]


def texts(markup: str, dropped: str = "") -> list[str]:
    return [line.text for line in lines(markup, dropped)]


@pytest.mark.parametrize(
    ("markup", "seen"),
    [
        ("<p>Một</p><p>Hai</p>", ["Một", "Hai"]),
        ("<p>Một<br>Hai<br /><br/>Ba</p>", ["Một", "Hai", "Ba"]),
        ("<div>Một</div>\r\n<div>Hai</div>", ["Một", "Hai"]),
        ("Một<p>Hai</p>Ba<div>Bốn</div>", ["Một", "Hai", "Ba", "Bốn"]),
        ("<p>&nbsp;</p><p>Một</p><p>\u200b</p><p><span> </span></p>", ["Một"]),
        ("<p>Dự hội nghị\r\n   có lãnh đạo</p>", ["Dự hội nghị có lãnh đạo"]),
        ("<p><span><span><b>T</b><span>ỉnh</span> ủy</span></span></p>", ["Tỉnh ủy"]),
        ("<p>Một <em>hai</em>, <a href='/x'>ba</a>.</p>", ["Một hai, ba."]),
        ("<div><div><div><p>Một</p></div>Hai</div></div>", ["Một", "Hai"]),
        ("<h2>Một</h2>Hai<h3><strong>Ba</strong></h3>", ["Một", "Hai", "Ba"]),
        ("<ul><li>Một</li><li>Hai<ul><li>Ba</li></ul></li></ul>", ["Một", "Hai", "Ba"]),
        ("<blockquote>Một</blockquote><center>Hai</center><dl><dt>Ba</dt><dd>Bốn</dd></dl>", ["Một", "Hai", "Ba", "Bốn"]),
        ("<table><tr><td><p>Một</p><p>Hai</p></td></tr></table>", ["Một", "Hai"]),
        ("<table><tr><td>Một</td></tr><tr><td>Hai</td></tr></table>", ["Một", "Hai"]),
        ("<table><tr><td><table><tr><td>Một</td></tr></table></td><td>Hai</td></tr></table>", ["Một", "Hai"]),
        ("<form><fieldset><p>Một</p></fieldset></form>", ["Một"]),
        ("<pre>Một\n  Hai\nBa <b>bốn</b></pre>", ["Một", "Hai", "Ba bốn"]),
        ("<p>Một<!-- không --> hai<?php không ?> ba</p><!-- không -->", ["Một hai ba"]),
        ("Một<span style='display:block'>Hai</span>Ba", ["Một", "Hai", "Ba"]),
        ("<p>S<sub>1</sub> = 5 m<sup>2</sup></p>", ["S1 = 5 m2"]),
        ("<p>C&amp;aacute;c &#225; &aacute;</p>", ["Các á á"]),
    ],
)  # fmt: skip
def test_lines_are_what_a_person_sees(markup: str, seen: list[str]) -> None:
    assert texts(markup) == seen


@pytest.mark.parametrize(
    "unseen",
    [
        "<p style='display:none'>không</p>", "<p style='color:red; DISPLAY : none !important'>không</p>",
        "<span style='visibility:hidden'>không</span>", "<p hidden>không</p>", "<script>không</script>",
        "<style>không</style>", "<noscript><p>không</p></noscript>", "<template>không</template>",
        "<textarea>không</textarea>", "<select><option>không</option></select>", "<button>không</button>",
        "<svg><text>không</text></svg>", "<video>không</video>", "<audio>không</audio>", "<canvas>không</canvas>",
        "<div class='share'>không<p>không</p></div>",
    ],
)  # fmt: skip
def test_what_a_person_does_not_see_is_no_line(unseen: str) -> None:
    assert texts(f"<p>Một</p>{unseen}<p>Hai</p>", "//*[@class='share']") == ["Một", "Hai"]
    assert texts(f"<div>Một{unseen} hai</div>", "//*[@class='share']")[0].startswith("Một")
    assert "không" not in " ".join(texts(f"<div>Một{unseen} hai</div>", "//*[@class='share']"))


def test_text_after_a_dropped_element_stays() -> None:
    assert texts("<p>Một<span class='x'>không</span> hai</p>", "//*[@class='x']") == ["Một hai"]


def test_visible_text_was_hidden_by_a_style_that_only_ends_like_one() -> None:
    assert texts("<p style='backface-visibility:hidden'>Một</p>") == ["Một"]


def test_a_body_inside_another_was_read_twice() -> None:
    body = b"<html><body><div class='b'>A<div class='b'>B</div></div><div class='b'>C</div></body></html>"
    page = Page(Capture(URL, datetime(2026, 11, 24, tzinfo=UTC), 200, HTML, body))
    found = blocks.read(page, page.elements(["//div[@class='b']"]), frozenset())
    assert [block.text for block in found.row if isinstance(block, Line)] == ["A", "B", "C"]


@pytest.mark.parametrize("tag", ["div", "span", "table><tr><td", "b", "ul><li", "a href='/x'"])
def test_deep_nesting_is_read_and_deeper_nesting_does_no_harm(tag: str) -> None:
    began = time.perf_counter()
    assert texts(f"<p>Một</p>{f'<{tag}>' * 600}Hai") == ["Một", "Hai"]
    assert texts(f"<p>Một</p>{f'<{tag}>' * 5_000}Hai")[0] == "Một"  # libxml2 itself reads no deeper than 2,048
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    ("markup", "kind"),
    [
        ("<p>Một</p>", "text"), ("<h3>Một</h3>", "heading"), ("<ol><li><p>Một</p></li></ol>", "item"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>", "rows"),
    ],
)  # fmt: skip
def test_kinds(markup: str, kind: str) -> None:
    assert [line.kind for line in lines(markup)] == [kind]


Dress = Callable[[Line], bool]
ITALIC: Dress = lambda line: line.italic  # noqa: E731
BOLD: Dress = lambda line: line.bold  # noqa: E731
CENTRED: Dress = lambda line: line.centred  # noqa: E731
RIGHT: Dress = lambda line: line.right  # noqa: E731


@pytest.mark.parametrize(
    ("markup", "dress", "dressed"),
    [
        ("<p><em>Một</em></p>", ITALIC, True),
        ("<p>\u200b<i>Một</i> <em>hai</em>&nbsp;</p>", ITALIC, True),
        ("<em><span><span>Một</span></span></em>", ITALIC, True),
        ("<p style='font-style: italic'>Một</p>", ITALIC, True),
        ("<p><em>Một</em> hai</p>", ITALIC, False),
        ("<p><strong>Một</strong></p>", BOLD, True),
        ("<p><span style='font-weight:700'>Một</span></p>", BOLD, True),
        ("<p><b style='font-weight:normal'>Một</b></p>", BOLD, False),
        ("<p><b>Một</b>: hai</p>", BOLD, False),
        ("<p style='text-align:center'>Một</p>", CENTRED, True),
        ("<p align='center'>Một</p>", CENTRED, True),
        ("<center><div>Một</div></center>", CENTRED, True),
        ("<p class='text-center'>Một</p>", CENTRED, True),
        ("<div style='text-align:center'><p>Một</p></div>", CENTRED, True),
        ("<div align='center'><p align='justify'>Một</p></div>", CENTRED, False),
        ("<p style='text-align: right'>Một</p>", RIGHT, True),
        ("<p class='rteright'>Một</p>", RIGHT, True),
        ("<p style='text-align: right'>Một</p>", CENTRED, False),
    ],
)
def test_the_dress_of_a_line(markup: str, dress: Dress, dressed: bool) -> None:
    assert [dress(line) for line in lines(markup)] == [dressed]


def test_a_justified_paragraph_in_a_centred_block_passed_for_centred() -> None:
    assert not lines("<div style='text-align:center'><p style='text-align:justify'>Một</p></div>")[0].centred


def test_a_full_stop_outside_the_italics_undressed_the_line() -> None:
    assert lines("<p><em>Toàn cảnh hội nghị</em>.</p>")[0].italic


def test_bold_that_its_own_style_takes_back_passed_for_bold() -> None:
    assert not lines("<p><strong style='font-weight:normal'>Một</strong></p>")[0].bold
    assert not lines("<p><em style='font-style:normal'>Một</em></p>")[0].italic


TABLE = """<table><caption>Bảng giá</caption><thead><tr><th>Mặt hàng</th><th>Giá</th></tr></thead>
<tbody><tr><td><p>Gạo<br>nếp</p></td><td><span>2</span><span>8.000</span></td></tr>
<tr><td>Lá dong</td><td>&nbsp;</td></tr><tr style="display:none"><td>không</td><td>không</td></tr></tbody></table>"""


def test_a_table_of_figures_is_one_paragraph_of_rows() -> None:
    rows = ["Mặt hàng | Giá", "Gạo nếp | 28.000", "Lá dong |"]
    assert texts(f"<p>Trước</p>{TABLE}<p>Sau</p>") == ["Trước", "Bảng giá", "\n".join(rows), "Sau"]


def test_words_in_a_cell_were_torn_at_every_span() -> None:
    row = "<tr><td><span>T</span><span>ổng</span></td><td>5</td></tr>"
    assert texts(f"<table>{row}{row}</table>") == ["Tổng | 5\nTổng | 5"]


def test_the_title_of_a_table_was_lost() -> None:
    assert "Bảng giá" in texts(TABLE)


def test_hidden_cells_of_a_table_were_read() -> None:
    row = "<tr><td>Một</td><td style='display:none'>không</td><td>hai<script>không</script></td></tr>"
    assert texts(f"<table>{row}{row}</table>") == ["Một | hai\nMột | hai"]


def test_a_table_of_nothing_to_see_is_no_line() -> None:
    row = "<tr><td><script>không</script></td><td><style>không</style></td></tr>"
    assert texts(f"<p>Một</p><table>{row}{row}</table>{TABLE}")[:2] == ["Một", "Bảng giá"]


def test_words_of_a_table_outside_its_cells_are_kept() -> None:
    row = "<tr>một<td>1</td><td>2</td></tr>"
    assert sorted(texts(f"<table>hai{row}{row}</table>")) == ["1 | 2\n1 | 2", "hai", "một", "một"]


def test_a_table_with_a_picture_or_long_cells_is_there_for_the_layout() -> None:
    long = "Hội nghị. " * 50
    picture = "<table><tr><td><img src='/a.jpg'></td><td>Một</td></tr><tr><td>Hai</td><td>Ba</td></tr></table>"
    assert texts(picture) == ["Một", "Hai", "Ba"]
    assert texts(f"<table><tr><td>{long}</td><td>Một</td></tr><tr><td>Hai</td><td>Ba</td></tr></table>")[1:] == [
        "Một",
        "Hai",
        "Ba",
    ]


@pytest.mark.parametrize("sign", ["border='1'", "class='MsoTableGrid'", "class='table table-bordered'"])
def test_a_ruled_table_with_long_cells_was_torn_into_lines(sign: str) -> None:
    long = "Hướng dẫn bà con chăm sóc lúa. " * 20
    rows = f"<tr><td>1</td><td>{long}</td></tr><tr><td>2</td><td>Bón thúc</td></tr>"
    assert texts(f"<table {sign}>{rows}</table>") == [f"1 | {long.strip()}\n2 | Bón thúc"]
    assert len(texts(f"<table>{rows}</table>")) == 4


def test_links_are_pairs_of_address_and_words() -> None:
    found = read(
        "<p>Xem <a href='/tin/Pages/x.aspx#muc'>bài <b>trước</b></a>, <a href='mailto:a@b.vn'>thư</a>, <a href='#top'>lên</a>"
        ", <a href='javascript:void(0)'>in</a>, <a href='http://chinhphu.vn'>Chính\nphủ</a>"
        "<a href='/x.aspx'></a> và <a href='http://chinhphu.vn'>Chính phủ</a>.</p>"
    )
    assert found.links == (
        Link("http://hanam.example/tin/Pages/x.aspx", "bài trước"),
        Link("http://chinhphu.vn/", "Chính phủ"),
    )
    assert found.attachments == ()


def test_a_link_that_is_shown_as_a_block_is_a_link() -> None:
    found = read("<p>Xem<a href='/x.aspx' style='display:block'>Kế hoạch</a></p>")
    assert found.links == (Link("http://hanam.example/x.aspx", "Kế hoạch"),)
    assert texts("<p>Xem<a href='/x.aspx' style='display:block'>Kế hoạch</a>rồi</p>") == ["Xem", "Kế hoạch", "rồi"]


def test_links_in_a_table_are_links() -> None:
    row = "<tr><td>1</td><td><a href='/x.aspx'>Kế hoạch</a></td></tr>"
    assert read(f"<table>{row}{row}</table>").links == (Link("http://hanam.example/x.aspx", "Kế hoạch"),)


def test_the_words_of_a_link_took_in_what_is_hidden() -> None:
    markup = "<p><a href='/x.aspx'>Một<span style='display:none'>không</span><script>không</script></a></p>"
    assert read(markup).links == (Link("http://hanam.example/x.aspx", "Một"),)


def test_words_of_two_blocks_in_a_link_ran_together() -> None:
    assert read("<a href='/x.aspx'><p>Một</p><p>hai</p></a>").links[0].text == "Một hai"


WORDS = st.sampled_from(["Một", "hai", "ba.", "Đoàn", "ủy", "1,5"])
INLINE = ["span", "b", "em", "a href='/x.aspx'", "font", "span style='font-weight:bold'"]
BLOCK = ["p", "div", "div style='text-align:center'", "blockquote", "h3", "ul><li", "figure", "section", "td-table"]


def _wrap(opening: str, inside: str) -> str:
    if opening == "td-table":
        return f"<table><tr><td>{inside}</td><td>bốn</td></tr><tr><td>năm</td><td>sáu</td></tr></table>"
    closing = "".join(f"</{tag.split()[0]}>" for tag in reversed(opening.split("><")))
    return f"<{opening}>{inside}{closing}"


MARKUP = st.recursive(
    WORDS.map(lambda word: f" {word} "),
    lambda inner: st.builds(
        _wrap, st.sampled_from(INLINE + BLOCK), st.lists(inner, min_size=1, max_size=4).map("<br>".join)
    ),
    max_leaves=12,
)
HIDDEN = "<p style='display:none'>không</p><!-- không --><script>không</script>"


@settings(max_examples=150, deadline=None)
@given(st.lists(MARKUP, max_size=5))
def test_every_visible_word_is_read_once_and_in_order(parts: list[str]) -> None:
    markup = HIDDEN.join(parts)
    body = f"<div id='b'>{markup}</div>".encode()
    page = Page(Capture(URL, datetime(2026, 11, 24, tzinfo=UTC), 200, HTML, body))
    visible = page.root.xpath("//div[@id='b']//text()[not(ancestor::script or ancestor::*[@style='display:none'])]")
    told = " ".join(texts(markup)).replace("|", "")
    assert "".join(told.split()) == "".join("".join(visible).split())
    assert not any(isinstance(block, Picture | Gap) for block in read(markup).row)
