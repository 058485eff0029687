"""Who wrote an article and where it was taken from, parted from its last sentence."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from archive.capture import Capture
from crawler.extract import blocks, ending
from crawler.extract.blocks import Line
from crawler.extract.page import Page

FIRST = "Sáng 5/11, Tỉnh đoàn Hà Nam tổ chức hội nghị tổng kết năm."
LAST = "Hội nghị đã trao bằng khen cho 15 tập thể./."


def part(tail: str) -> tuple[list[str], str | None, str | None]:
    """What is left of an article that ends with the markup `tail`, its author and its source."""
    markup = f"<html><body><div><p>{FIRST}</p><p>{LAST}</p>{tail}</div></body></html>".encode()
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    page = Page(Capture("http://hanam.example/", datetime(2026, 11, 24, tzinfo=UTC), 200, headers, markup))
    row = blocks.read(page, page.elements(["//body/div"]), frozenset()).row
    found = ending.part([block for block in row if isinstance(block, Line)])
    return [line.text for line in found.lines], found.author, found.source


@pytest.mark.parametrize(
    ("tail", "author"),
    [
        ("<p style='text-align:right'><strong>Minh Đường</strong></p>", "Minh Đường"),
        ("<p align='right'>Nguyễn Thị Ánh - Hoàng Long</p>", "Nguyễn Thị Ánh - Hoàng Long"),
        ("<p align='right'>Trần Ích và Đỗ Ưng</p>", "Trần Ích và Đỗ Ưng"),
        ("<p align='right'><b>Ánh Tuyết (Tỉnh đoàn)</b></p>", "Ánh Tuyết (Tỉnh đoàn)"),
        ("<p><strong>Minh Đường</strong></p>", "Minh Đường"),
        ("<p align='right'><b>MINH ĐƯỜNG./.</b></p>", "MINH ĐƯỜNG"),
        ("<p>Tác giả: Phòng Văn hóa huyện</p>", "Phòng Văn hóa huyện"),
        ("<p>Người viết: Minh Đường.</p>", "Minh Đường"),
        ("<p>(Bài và ảnh: Minh Đường)</p>", "Minh Đường"),
        ("<p><i>Tin, ảnh: Minh Đường</i></p>", "Minh Đường"),
        ("<p>Tin - ảnh: Minh Đường, Hoàng Long</p>", "Minh Đường, Hoàng Long"),
        ("<p>Tin, bài và ảnh: PV</p>", "PV"),
        ("<p>Tin bài : Minh Đường</p>", "Minh Đường"),
        ("<p>Bài: Minh Đường</p>", "Minh Đường"),
        ("<p>Thực hiện: Minh Đường - Hoàng Long</p>", "Minh Đường - Hoàng Long"),
        ("<p>T/h: Minh Đường</p>", "Minh Đường"),
        ("<p>Tác giả bài viết: Minh Đường</p>", "Minh Đường"),
        ("<p>Bài: Minh Đường - Ảnh: Hoàng Long</p>", "Minh Đường - Ảnh: Hoàng Long"),
        ("<p align='right'><b>Minh Đường, ảnh: Hoàng Long</b></p>", "Minh Đường, ảnh: Hoàng Long"),
        ("<p align='right'><b>Ban Biên tập</b></p>", "Ban Biên tập"),
        ("<p align='right'>Minh Đường - Đài Truyền thanh huyện</p>", "Minh Đường - Đài Truyền thanh huyện"),
    ],
)
def test_an_author_below_the_last_sentence(tail: str, author: str) -> None:
    assert part(tail) == ([FIRST, LAST], author, None)


@pytest.mark.parametrize(
    ("tail", "source"),
    [
        ("<p>(Theo TTXVN)</p>", "TTXVN"),
        ("<p>(Theo báo Hà Nam)</p>", "báo Hà Nam"),
        ("<p>(theo baochinhphu.vn).</p>", "baochinhphu.vn"),
        ("<p>Theo: Cổng thông tin điện tử Chính phủ</p>", "Cổng thông tin điện tử Chính phủ"),
        ("<p style='text-align:right'>Theo Báo Nhân Dân</p>", "Báo Nhân Dân"),
        ("<p><em>Theo TTXVN</em></p>", "TTXVN"),
        ("<p><b>Theo Bộ Y tế</b></p>", "Bộ Y tế"),
        ("<p>Nguồn: Báo Hà Nam</p>", "Báo Hà Nam"),
        ("<p>Theo TTXVN</p>", "TTXVN"),
        ("<p>Theo TTXVN/Vietnam+</p>", "TTXVN/Vietnam+"),
        ("<p>Theo chinhphu.vn</p>", "chinhphu.vn"),
        ("<p>Theo Báo Nhân Dân.</p>", "Báo Nhân Dân"),
        ("<p>Nguồn Cổng TTĐT Chính phủ</p>", "Cổng TTĐT Chính phủ"),
        ("<p>(TTXVN)</p>", "TTXVN"),
        ("<p>[Nguồn tin : báo Nhân Dân]</p>", "báo Nhân Dân"),
        ("<p>Nguồn:&nbsp;https://www.baohanam.com.vn/" + "tin-" * 40 + ".html</p>",
         "https://www.baohanam.com.vn/" + "tin-" * 40 + ".html"),
    ],
)  # fmt: skip
def test_a_source_below_the_last_sentence(tail: str, source: str) -> None:
    assert part(tail) == ([FIRST, LAST], None, source)


AUTHOR = "<p align='right'><b>Minh Đường</b></p>"
SOURCE = "<p align='right'>(Theo TTXVN)</p>"


@pytest.mark.parametrize("tail", [AUTHOR + SOURCE, SOURCE + AUTHOR])
def test_author_and_source_in_either_order(tail: str) -> None:
    assert part(tail) == ([FIRST, LAST], "Minh Đường", "TTXVN")


@pytest.mark.parametrize("sign", [" - ", "; ", ". ", " | "])
def test_author_and_source_in_one_line(sign: str) -> None:
    assert part(f"<p>Tác giả: Minh Đường{sign}Nguồn: Báo Hà Nam</p>") == ([FIRST, LAST], "Minh Đường", "Báo Hà Nam")


def test_only_one_author_is_taken() -> None:
    assert part("<p>Tác giả: Một</p><p>Tác giả: Hai</p>") == ([FIRST, LAST, "Tác giả: Một"], "Hai", None)


@pytest.mark.parametrize(
    "last",
    [
        "<p>Theo kế hoạch, hội nghị bế mạc ngày mai</p>",
        "<p><i>Theo kế hoạch, hội nghị sẽ bế mạc ngày mai.</i></p>",
        "<p><i>Theo quy định của pháp luật.</i></p>",
        "<p><b>Theo Nghị quyết số 12, tỉnh sẽ giảm 5 xã.</b></p>",
        "<p>Theo Báo cáo, tỉnh có 5 xã</p>",
        "<p>Theo Nghị quyết Đại hội Đảng bộ</p>",
        "<p>(Theo báo cáo của UBND tỉnh)</p>",
        "<p>Theo Báo Hà Nam, hội nghị thành công tốt đẹp.</p>",
        "<p>Theo Báo Nhân Dân đưa tin hội nghị đã thành công tốt đẹp</p>",
        "<p>Nguồn lực của tỉnh còn hạn chế</p>",
        "<p>(Còn nữa)</p>",
        "<p><b>Hội nghị thành công tốt đẹp.</b></p>",
        "<p><strong>Phát huy truyền thống quê hương</strong></p>",
        "<p><b>Nguyễn Thị Ánh Nguyệt Hoàng Thanh Phương Trương</b></p>",
        "<p>Nguyễn Văn A</p>",
        "<p><i>Nguyễn Văn A</i></p>",
        "<p align='right'>Hà Nam, ngày 17 tháng 11 năm 2021</p>",
        "<p align='right'>Ảnh: Minh Đường</p>",
        "<p>Thực hiện: rà soát 12 xã trong năm tới</p>",
        "<p>./.</p>",
        "<ol><li>Nguyễn Văn A</li><li><b>Trần Thị B</b></li></ol>",
        "<table><tr><td>A</td><td>B</td></tr><tr><td>Nguồn</td><td>B</td></tr></table>",
        f"<p align='right'><b>{'Minh Đường ' * 9}</b></p>",
    ],
)
def test_a_last_line_that_is_part_of_the_article(last: str) -> None:
    kept, author, source = part(last)
    assert (author, source) == (None, None)
    assert len(kept) > 2


@pytest.mark.parametrize("only", ["<p>Nguồn: TTXVN</p>", "<p align='right'><b>Minh Đường</b></p>"])
def test_the_only_paragraph_stays(only: str) -> None:
    page = Page(Capture("http://hanam.example/", datetime(2026, 11, 24, tzinfo=UTC), 200, (), only.encode()))
    row = blocks.read(page, page.elements(["//body"]), frozenset()).row
    found = ending.part([block for block in row if isinstance(block, Line)])
    assert (len(found.lines), found.author, found.source) == (1, None, None)


def test_nothing_ends_with_nothing() -> None:
    assert ending.part([]) == ending.Ending((), None, None)


def test_the_last_sentence_in_italics_was_taken_for_a_source() -> None:
    assert part("<p><i>Theo kế hoạch, hội nghị sẽ bế mạc ngày mai.</i></p>")[2] is None


def test_a_bold_line_of_small_letters_with_accents_was_taken_for_an_author() -> None:
    assert part("<p><b>Ủng hộ đồng bào ở đảo</b></p>")[1] is None
    assert part("<p><b>Ấm áp ở đây</b></p>")[1] is None


def test_the_long_address_of_a_source_was_left_in_the_text() -> None:
    address = "https://www.baohanam.com.vn/can-canh-sieu-co-thu-bach-tuoc-khong-lo-giua-sai-gon/c/20432850.epi"
    assert part(f"<p>Nguồn: {address}</p>")[2] == address


def test_the_last_name_of_a_list_was_taken_for_the_author() -> None:
    assert part("<ul><li><b>Nguyễn Văn A</b></li><li><b>Trần Thị B</b></li></ul>")[1] is None


@pytest.mark.parametrize(
    "piece", ["Theo ", "(theo ", "nguồn: ", "Minh ", "tin, bài ", "a-", "- ", "Tác giả: ", "A. ", "https://"]
)
def test_long_lines_are_read_at_once(piece: str) -> None:
    line = piece * (10_000 // len(piece))
    began = time.perf_counter()
    part(f"<p align='right'><b>{line}</b></p>")
    ending.is_label(line)
    ending.is_name(line)
    assert time.perf_counter() - began < 0.5
