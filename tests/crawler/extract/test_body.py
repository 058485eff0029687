"""A body parted into lead, paragraphs, captions and ending; and nothing that a person reads goes missing."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.article import Attachment, Link
from archive.capture import Capture
from crawler.extract import body
from crawler.extract.body import Body
from crawler.extract.layout import Layout
from crawler.extract.page import Page

SITE = "http://hanam.example"
TITLE = "Hội nghị đối thoại với đoàn viên, thanh niên năm 2021"
LEAD = "Sáng ngày 17/11/2021, Tỉnh ủy Hà Nam tổ chức hội nghị đối thoại giữa người đứng đầu cấp ủy, chính quyền với thanh niên."
ONE = "Dự hội nghị còn có Ủy viên Ban Thường vụ Tỉnh ủy; lãnh đạo các sở, ban, ngành của tỉnh."
TWO = "Hội nghị đã giải đáp 23 câu hỏi của đoàn viên, hội viên, thanh niên trong tỉnh./."
LAYOUT = Layout(name="test/article", lead=("//*[@class='sapo']",), drop=("//*[@class='share']",))


def read(markup: str, outside: str = "", layout: Layout = LAYOUT) -> Body:
    files = "<div class='files'><a href='/pl.docx'>Phụ lục</a></div>"
    html = f"<html><body>{outside}<div id='b'>{markup}</div>{files}</body></html>"
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    page = Page(Capture(f"{SITE}/tin/Pages/bai.aspx", datetime(2026, 11, 24, tzinfo=UTC), 200, headers, html.encode()))
    return body.read(page, layout, page.elements(["//div[@id='b']"]), TITLE)


REST = f"<p>{ONE}</p><p>{TWO}</p>"


@pytest.mark.parametrize(
    ("markup", "outside"),
    [
        (REST, f"<div class='sapo'>{LEAD}</div>"),
        (f"<div class='sapo'><p>{LEAD}</p></div>{REST}", ""),
        (f"<p class='sapo'><strong>{LEAD}</strong></p>{REST}", ""),
        (f"<p>{LEAD}</p>{REST}", f"<h2 class='sapo'>{LEAD}</h2>"),
        (f"<p><strong>{LEAD}</strong></p>{REST}", ""),
        (f"<h2><strong>{LEAD}</strong></h2>{REST}", ""),
        (f"<p><i><strong>{LEAD}</strong></i></p>{REST}", ""),
        (f"<p>{TITLE}</p><p><b>{LEAD}</b></p>{REST}", ""),
        (f"<p><img src='a.jpg'></p><p><b>{LEAD}</b></p>{REST}", ""),
    ],
)
def test_the_lead_by_its_path_or_by_its_bold_letters(markup: str, outside: str) -> None:
    found = read(markup, outside)
    assert (found.lead, found.paragraphs) == (LEAD, (ONE, TWO))


@pytest.mark.parametrize(
    "markup",
    [
        f"<p>{LEAD}</p>{REST}",
        f"<p><b>Về dự hội nghị</b></p><p>{LEAD}</p>{REST}",
        f"<p><b>{LEAD}</b></p><p><b>{ONE}</b></p><p>{TWO}</p>",
        f"<p><b>{LEAD}</b></p>",
        f"<ul><li><b>{LEAD}</b></li></ul>{REST}",
        f"<p><b>Sáng ngày 17/11/2021</b>, {LEAD}</p>{REST}",
    ],
)
def test_a_first_paragraph_that_is_no_lead(markup: str) -> None:
    found = read(markup)
    assert found.lead is None
    assert LEAD in " ".join(found.paragraphs)


def test_a_lead_that_only_an_attribute_tells() -> None:
    layout = Layout(name="test/article", lead=("//div[@class='sapo']", "//meta/@content"))
    found = read(REST, f"<div class='sapo'></div><meta name='description' content='{LEAD}'>", layout)
    assert (found.lead, found.paragraphs) == (LEAD, (ONE, TWO))


@pytest.mark.parametrize("title", [TITLE, TITLE.upper(), f"  {TITLE}\n", TITLE.replace("Hội", "Ho\u0302\u0323i")])
def test_the_title_on_top_of_the_text_is_no_part_of_it(title: str) -> None:
    assert read(f"<h2>{title}</h2><p>&nbsp;</p><p>{title}</p>{REST}").paragraphs == (ONE, TWO)
    assert read(f"{REST}<p>{TITLE}</p>").paragraphs == (ONE, TWO, TITLE)


def test_an_article_of_every_part() -> None:
    found = read(
        f"<p><b>{LEAD}</b></p><p><img src='a.jpg' alt='a.jpg'></p><p><i>Toàn cảnh</i></p><p>Ảnh: Minh Đường</p>{REST}"
        "<p>Xem <a href='x.aspx'>bài trước</a>.</p><p>Tệp đính kèm: <a href='/kh.pdf'>Kế hoạch số 12</a></p>"
        "<p align='right'><b>Hoàng Long</b></p><p>(Theo TTXVN)</p><div class='share'>Chia sẻ</div>",
        layout=Layout(name="t", drop=("//*[@class='share']",), attachments=("//*[@class='files']//a",)),
    )
    assert (found.lead, found.paragraphs) == (LEAD, (ONE, TWO, "Xem bài trước."))
    assert [(image.url, image.caption, image.credit) for image in found.images] == [
        (f"{SITE}/tin/Pages/a.jpg", "Toàn cảnh", "Minh Đường")
    ]
    assert found.attachments == (
        Attachment(f"{SITE}/kh.pdf", "Kế hoạch số 12"),
        Attachment(f"{SITE}/pl.docx", "Phụ lục"),
    )
    assert found.links == (Link(f"{SITE}/tin/Pages/x.aspx", "bài trước"),)
    assert (found.author, found.source) == ("Hoàng Long", "TTXVN")


def test_files_below_the_article_hide_no_ending_above_them() -> None:
    found = read(
        f"{REST}<p align='right'><b>Hoàng Long</b></p><p>Tài liệu kèm theo:</p><p><a href='/a.pdf'>Kế hoạch</a></p>"
    )
    assert (found.paragraphs, found.author) == ((ONE, TWO), "Hoàng Long")


def test_a_line_that_only_offers_a_file_is_no_paragraph() -> None:
    found = read(f"{REST}<p>Xem chi tiết <a href='/kh.pdf'>tại đây</a>.</p>")
    assert (found.paragraphs, found.attachments) == ((ONE, TWO), (Attachment(f"{SITE}/kh.pdf", "kh.pdf"),))


def test_an_article_that_is_one_file() -> None:
    found = read("<p><a href='/tb.pdf'>Thông báo số 5</a></p>")
    assert (found.paragraphs, found.attachments) == ((), (Attachment(f"{SITE}/tb.pdf", "Thông báo số 5"),))


def test_the_paragraphs_of_a_lead_ran_together() -> None:
    found = read(
        REST, "<div class='sapo'><p>(CTTĐT) - Một.</p><p>Hai<span style='display:none'>không</span>.</p></div>"
    )
    assert found.lead == "(CTTĐT) - Một. Hai."


def test_the_image_of_a_lead_inside_the_body_was_lost() -> None:
    found = read(f"<div class='sapo'><img src='a.jpg'><p>{LEAD}</p></div><p>Một</p>{REST}")
    assert [(image.url, image.caption) for image in found.images] == [(f"{SITE}/tin/Pages/a.jpg", None)]
    assert read(REST, f"<div class='sapo'><img src='nho.jpg'>{LEAD}</div>").images == ()


def test_links_and_files_of_a_lead_were_lost() -> None:
    found = read(f"<div class='sapo'>{LEAD} <a href='/x.aspx'>Xem</a> <a href='/kh.pdf'>Kế hoạch</a></div>{REST}")
    assert found.links == (Link(f"{SITE}/x.aspx", "Xem"),)
    assert found.attachments == (Attachment(f"{SITE}/kh.pdf", "Kế hoạch"),)


def test_a_title_repeated_below_the_first_image_became_its_caption() -> None:
    found = read(f"<p><img src='a.jpg'></p><p style='text-align:center'>{TITLE}</p>{REST}")
    assert [image.caption for image in found.images] == [None]
    assert found.paragraphs == (ONE, TWO)


def test_other_words_for_a_file_that_was_named_already_were_lost() -> None:
    found = read(f"{REST}<p><a href='/a.pdf'>Kế hoạch</a></p><p><a href='/a.pdf'>Biểu mẫu báo cáo</a></p>")
    assert found.attachments == (Attachment(f"{SITE}/a.pdf", "Kế hoạch"),)
    assert found.paragraphs == (ONE, TWO, "Biểu mẫu báo cáo")


def test_the_name_of_a_file_over_two_lines_is_no_paragraph() -> None:
    found = read(f"{REST}<p><a href='/a.pdf'>Kế hoạch<br>số 12</a></p>")
    assert (found.paragraphs, found.attachments) == ((ONE, TWO), (Attachment(f"{SITE}/a.pdf", "Kế hoạch số 12"),))


def test_a_name_that_begins_with_the_name_of_another_file_was_lost() -> None:
    markup = (
        "<p><a href='/a.pdf'>Phụ lục 1</a></p><p><a href='/a.pdf'>Phụ lục 10</a></p><p><a href='/b.pdf'>Phụ lục</a></p>"
    )
    assert read(f"{REST}{markup}").paragraphs == (ONE, TWO, "Phụ lục 10")


def test_a_short_sentence_with_a_link_to_a_file_was_lost() -> None:
    sentence = "Nay đã có <a href='/a.pdf'>Kế hoạch</a> mới."
    assert read(f"<p>{ONE}</p><p>{sentence}</p>").paragraphs == (ONE, "Nay đã có Kế hoạch mới.")


# Nothing is lost: # stands for words that no other place of the page has.
PIECES = [
    "<p>Đoàn # dự hội nghị tại hội trường UBND tỉnh, cùng lãnh đạo các sở, ban, ngành.</p>", "<p>Đoàn # về dự.</p>",
    "<p>Đoàn # về dự</p>", "<p><b>Đoàn # về dự</b></p>", "<p><i>Đoàn # về dự</i></p>", "<h3>Đoàn #</h3>", "<p>./.</p>",
    "Đoàn #<br>Đoàn #<br><br>", "<p style='text-align:center'>Đoàn #</p>", "<blockquote>“Đoàn #”</blockquote>",
    "<ul><li>Đoàn #</li><li><b>#</b></li></ul>", "<div class='caption'><p>Đoàn #</p><p>Đoàn #.</p></div>",
    "<p align='right'>Đoàn #</p>", "<p align='right'><b>#</b></p>", "<p>(Theo #)</p>", "<p>Nguồn: #</p>",
    "<p>Tin, ảnh: #</p>", "<p>Ảnh: #</p>", "<p>(Nguồn ảnh: #)</p>", f"<p>{TITLE}</p>", "<p>{lead}</p>",
    "<p>{img}</p>", "<p>{img} Đoàn #</p>", "<p>Đoàn # {img} về dự #</p>", "<p>{img}<br>Đoàn #<br>Ảnh: #</p>",
    "<p>{img}</p><p><i>Đoàn #. Ảnh: #</i></p>", "<figure>{img}</figure>",
    "<figure>{img}<figcaption>Đoàn # (Ảnh: #)<p>Nguồn: #</p></figcaption></figure>",
    "<table><caption>Bảng #</caption><tr><th>#</th><th>#</th></tr><tr><td>#</td><td># <br> #</td></tr></table>",
    "<table><tr><td>{img}</td><td>{img}</td></tr><tr><td>Đoàn #</td><td>#<p>Ảnh: #</p></td></tr><tr><td>#</td></tr></table>",
    "<table><tr><td>Đoàn #{img}</td><td>Đoàn # về dự.</td></tr></table>", "<iframe src='/phim.html'></iframe>",
    "<p>Tệp đính kèm: <a href='/{n}.pdf'>Kế hoạch #</a></p>", "<p>Đoàn # xem <a href='/{n}.pdf'>tại đây</a></p>",
    "<p><a href='/kh.pdf'>Kế hoạch #</a></p>", "<p>Xem <a href='/{n}.aspx'>Đoàn #</a></p>",
    "<div class='share'>Chia sẻ</div>",
]  # fmt: skip
SAPO = ["", "<div class='sapo'>{lead}</div>", "<div class='sapo'><p>{lead}</p><p>Đoàn #</p></div>"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=9), st.sampled_from(SAPO), st.booleans())
def test_every_word_ends_up_in_one_place(pieces: list[str], sapo: str, inside: bool) -> None:
    numbers = count()
    markup = sapo * inside + "".join(pieces)
    outside = sapo * (not inside)
    marked = re.sub("#", lambda _: f"Mã{next(numbers)}", f"{outside}\0{markup}")
    for name, text in (("{img}", "<img src='a.jpg' alt='anh tin bai'>"), ("{lead}", LEAD)):
        marked = marked.replace(name, text)
    outside, markup = re.sub(re.escape("{n}"), lambda _: f"x{next(numbers)}", marked).split("\0")
    found = read(markup, outside)
    told = [found.lead, *found.paragraphs, *(image.caption for image in found.images), found.author, found.source]
    told += [*(image.credit for image in found.images), *(file.name for file in found.attachments)]
    words = Counter(word for text in told for word in re.findall(r"Mã\d+", text or ""))
    assert words == Counter(re.findall(r"Mã\d+", outside + markup))
