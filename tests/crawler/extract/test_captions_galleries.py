"""Many pictures in a row: no caption ever moves to a neighbour, and no sentence of the article goes missing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.capture import Capture
from crawler.extract import blocks, captions
from crawler.extract.captions import Bound
from crawler.extract.page import Page

CLOSING = "Hội nghị đã trao bằng khen của Tỉnh đoàn cho 15 tập thể và 23 cá nhân có thành tích xuất sắc."
SENTENCES = [
    "Sáng 5/11, Tỉnh đoàn Hà Nam tổ chức hội nghị tổng kết công tác Đoàn và phong trào thanh thiếu nhi năm 2021.",
    "Hội nghị bắt đầu lúc 8 giờ.",
    "Phát biểu tại hội nghị, ông Trương Quốc Huy ghi nhận kết quả của tuổi trẻ. Ông đề nghị Đoàn tiếp tục đổi mới:",
    "“Chúng tôi sẽ cố gắng hơn nữa”, anh Nam nói.",
    "Bí thư Tỉnh đoàn Trần Ngọc Nam phát biểu tiếp thu ý kiến, khẳng định quyết tâm của tuổi trẻ trong năm mới./.",
    "- Giữ vững an ninh chính trị",
]
TITLES = [
    "Toàn cảnh hội nghị",
    "Bí thư Tỉnh đoàn Trần Ngọc Nam phát biểu tiếp thu ý kiến",
    "Đoàn viên xã Liêm Chung, TP. Phủ Lý thăm mẹ Việt Nam anh hùng",
    "Các đại biểu chụp ảnh lưu niệm",
    "Ảnh minh họa",
]
FORMS = {
    "italics": "<p>{img}</p><p><i>{caption}</i></p>",
    "italics with a full stop": "<p>{img}</p><p>&nbsp;</p><p><em>{caption}.</em></p>",
    "centred": "<p style='text-align:center'>{img}</p><p style='text-align:center'>{caption}</p>",
    "plain": "<p>{img}</p><p>{caption}</p>",
    "plain, a gap between": "<p>{img}</p><p>&nbsp;</p><p style='text-align:justify'>{caption}</p>",
    "same paragraph": "<p style='text-align:center'>{img} {caption}</p>",
    "same paragraph, next line": "<p>{img}<br/>{caption}</p>",
    "row below": "<table><tr><td>{img}</td></tr><tr><td>{caption}.</td></tr></table>",
    "same cell": "<table><tr><td>{img}<p>{caption}</p></td></tr></table>",
    "figure": "<figure>{img}<figcaption>{caption}.</figcaption></figure>",
    "figure with a heading": "<figure>{img}<figcaption><h2>{caption}</h2></figcaption></figure>",
    "marked": "<div>{img}</div><div class='PhotoCMS_Caption'><p>{caption}.</p></div>",
    "marked paragraph": "<p>{img}</p><p class='image_caption'>{caption}</p>",
}
CREDITS = ["<p>Ảnh: {who}</p>", "<p><i>(Ảnh: {who})</i></p>", "<p>Nguồn ảnh: {who}</p>"]
BARE = [
    "<p>{img}</p>",
    "<p style='text-align:center'>{img}</p>",
    "<figure>{img}</figure>",
    "<div><a href='x.aspx'>{img}</a></div>",
]
SPACE = ["", "\r\n", "<p>&nbsp;</p>", "<br/>"]
AROUND = ["{}", "<table><tr><td>{}</td></tr></table>", "<div><div><blockquote>{}</blockquote></div></div>"]


@dataclass(frozen=True)
class Shot:
    """An image as its editor meant it."""

    form: str
    caption: str | None = None
    credit_form: str = ""
    who: str | None = None

    def markup(self, number: int) -> str:
        picture = self.form.format(img=f"<img src='{number}.jpg' alt='anh {number}'>", caption=self.shown(number))
        return picture + self.credit_form.format(who=self.who)

    def shown(self, number: int) -> str | None:
        """Its caption, told apart from every other."""
        return self.caption and f"{self.caption} ({number})"


def bind(markup: str) -> Bound:
    body = f"<html><body><div>{markup}</div></body></html>".encode()
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    page = Page(Capture("http://hanam.example/", datetime(2026, 11, 24, tzinfo=UTC), 200, headers, body))
    return captions.bind(blocks.read(page, page.elements(["//body/div"]), frozenset()).row)


def check(parts: Sequence[Shot | str], space: str = "", around: str = "{}") -> None:
    """Reads an article of images and sentences, and compares with what was meant."""
    markup = [part.markup(n) if isinstance(part, Shot) else f"<p>{part}</p>" for n, part in enumerate(parts)]
    bound = bind(around.format(space.join([*markup, f"<p>{CLOSING}</p>"])))
    meant = [(f"{n}.jpg", part.shown(n), part.who) for n, part in enumerate(parts) if isinstance(part, Shot)]
    found = [(i.url.rsplit("/", 1)[1], i.caption.rstrip(".") if i.caption else None, i.credit) for i in bound.images]
    assert found == meant
    assert [line.text for line in bound.lines] == [*(part for part in parts if isinstance(part, str)), CLOSING]


def shots(forms: Sequence[str]) -> st.SearchStrategy[Shot]:
    told = st.builds(
        Shot,
        st.sampled_from(forms),
        st.sampled_from(TITLES),
        st.just(""),
    )
    credited = st.builds(
        Shot,
        st.sampled_from(forms),
        st.sampled_from(TITLES),
        st.sampled_from(CREDITS),
        st.sampled_from(["Minh Đường", "VGP/Nhật Bắc"]),
    )
    return told | credited | st.builds(Shot, st.sampled_from(BARE))


@settings(max_examples=250, deadline=None)
@given(
    st.lists(shots(list(FORMS.values())) | st.sampled_from(SENTENCES), max_size=8),
    st.sampled_from(SPACE),
    st.sampled_from(AROUND),
)
def test_images_of_mixed_forms_keep_their_captions(parts: list[Shot | str], space: str, around: str) -> None:
    check(parts, space, around)


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(list(FORMS.values())), st.sampled_from(SPACE))
def test_images_of_one_form_some_without_a_caption_keep_their_captions(
    data: st.DataObject, form: str, space: str
) -> None:
    check(data.draw(st.lists(shots([form]) | st.sampled_from(SENTENCES), max_size=8)), space)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize(
    "missing", [lambda n: False, lambda n: n % 3 == 0, lambda n: n % 3 == 2, lambda n: n in (0, 19)]
)
def test_a_gallery_of_twenty(form: str, missing: Callable[[int], bool]) -> None:
    check([Shot(BARE[n % 4]) if missing(n) else Shot(form, TITLES[n % 5]) for n in range(20)])


def grid(rows: Sequence[Sequence[str]]) -> str:
    body = "".join(
        f"<tr>{''.join(cell if cell[:3] == '<td' else f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<p>{SENTENCES[0]}</p><table>{body}</table><p>{CLOSING}</p>"


def found(markup: str) -> list[str | None]:
    return [image.caption for image in bind(markup).images]


A, B, C, D = (f"<img src='{name}.jpg'>" for name in "abcd")


@pytest.mark.parametrize(
    ("rows", "meant"),
    [
        ([[A, B], ["Một", "Hai"]], ["Một", "Hai"]),
        ([[A, B], ["", "Hai"]], [None, "Hai"]),
        ([[A, B], ["Một", "&nbsp;"]], ["Một", None]),
        ([[A, B], ["Một", "Hai"], [C, D], ["Ba", "Bốn"]], ["Một", "Hai", "Ba", "Bốn"]),
        ([[A, B], ["Một", ""], [C, D], ["", "Bốn"]], ["Một", None, None, "Bốn"]),
        ([[A, B], [C, D], ["Ba", "Bốn"]], [None, None, "Ba", "Bốn"]),
        ([[f"{A}<p>Một</p>", f"{B}<p>Hai</p>"]], ["Một", "Hai"]),
        ([[f"{A}<br>Một", B], [C, f"{D}<br>Bốn"]], ["Một", None, None, "Bốn"]),
        ([[A, "Một"], [B, "Hai"]], ["Một", "Hai"]),
        ([[A, "Một", B, "Hai"]], ["Một", "Hai"]),
        ([[A, "Bên phải ảnh"], ["Một", ""]], ["Một"]),
        ([[A, B], ["<td colspan='2'>Hai hình ảnh</td>"]], [None, "Hai hình ảnh"]),
        ([["<td colspan='2'>" + A + "</td>"], ["<td colspan='2'>Một</td>"]], ["Một"]),
        ([["<td rowspan='2'>" + A + "</td>", B], ["Hai"]], [None, "Hai"]),
        ([["<td rowspan='2'>" + A + "</td>", B], ["Hai"], ["Một", ""]], ["Một", "Hai"]),
        ([["Trên", "Trên nữa"], [A, B]], [None, None]),
        ([[A], [f"Chữ trên ảnh<p>{B}</p>"], ["Hai"]], [None, "Hai"]),
        ([[A, B], ["Một", "Hai"], ["Ảnh: Minh Đường", "Ảnh: TTXVN"]], ["Một", "Hai"]),
    ],
)  # fmt: skip
def test_pictures_in_a_grid_have_the_words_of_their_column(rows: list[list[str]], meant: list[str | None]) -> None:
    assert found(grid(rows)) == meant


def test_a_short_article_in_a_table_was_taken_for_the_caption_of_its_image() -> None:
    article = f"<p>{SENTENCES[1]}</p><p>{CLOSING}</p>"
    for table in (
        f"<td>{A}{article}</td>",
        f"<td>{A}</td></tr><tr><td>{article}</td>",
        f"<td>{A}<p>{CLOSING}</p></td>",
    ):
        bound = bind(f"<table><tr>{table}</tr></table>")
        assert [image.caption for image in bound.images] == [None]
        assert bound.lines[-1].text == CLOSING


def test_credits_in_a_grid_stand_below_the_captions_of_their_column() -> None:
    rows = [[A, B], ["Một", "Hai"], ["Ảnh: Minh Đường", "Ảnh: TTXVN"]]
    assert [image.credit for image in bind(grid(rows)).images] == ["Minh Đường", "TTXVN"]


def test_the_captions_of_a_row_of_pictures_all_went_to_the_last() -> None:
    assert found(grid([[A, B, C], ["Một", "Hai", "Ba"]])) == ["Một", "Hai", "Ba"]


def test_the_caption_of_an_image_without_an_address_went_to_the_one_before() -> None:
    lost = "<p><img src='blob:x'></p><p><i>Toàn cảnh hội nghị</i></p>"
    bound = bind(f"<p>{A}</p>{lost}<p>{CLOSING}</p>")
    assert [image.caption for image in bound.images] == [None]
    assert [line.text for line in bound.lines] == ["Toàn cảnh hội nghị", CLOSING]


def test_the_caption_of_a_film_went_to_the_image_before() -> None:
    film = "<iframe src='https://www.youtube.com/embed/x'></iframe><p><i>Phóng sự về hội nghị</i></p>"
    assert found(f"<p>{A}</p>{film}<p>{CLOSING}</p>") == [None]


def test_the_last_plain_caption_of_a_gallery_was_lost_for_every_image_before() -> None:
    gallery = "".join(f"<p><img src='{n}.jpg'></p><p>Ảnh thứ {n}</p>" for n in range(5))
    assert found(gallery)[:4] == [f"Ảnh thứ {n}" for n in range(4)]


def test_a_caption_below_several_images_is_the_last_ones() -> None:
    centred = f"<div style='text-align:center'><br>{A}<br><br>{B}<br><br>{C}<br><br>Đoàn đi tham quan</div>"
    assert found(f"<p>{CLOSING}</p>{centred}") == [None, None, "Đoàn đi tham quan"]


def test_two_images_in_one_paragraph_with_a_caption_each() -> None:
    assert found(f"<p>{A}<br>Toàn cảnh<br>{B}<br>Trao quà</p><p>{CLOSING}</p>") == ["Toàn cảnh", "Trao quà"]


def test_in_an_article_parted_by_line_breaks_a_sentence_was_taken_for_it_shares_the_images_block() -> None:
    bound = bind(f"<p>{SENTENCES[0]}<br><br>{A}<br><br>Hội nghị bắt đầu lúc 8 giờ.<br><br>{CLOSING}</p>")
    assert [image.caption for image in bound.images] == [None]
    assert len(bound.lines) == 3


@pytest.mark.parametrize(
    "markup",
    [
        f"{A}<p><i>{'a. B' * 2_500}</i></p>",
        f"<figure>{A}<figcaption>{'-' * 10_000}</figcaption></figure>",
        f"<p>{A}</p><p><i>{'Ảnh: ' * 2_000}</i></p>",
        f"<p>{A}</p><p>{', ảnh' * 2_000}:</p>",
        f"<p>{A}</p><p>{'(' * 10_000}</p>",
        f"<p>{A}</p>" * 3_000,
        f"<p>{A}</p><p>Một</p>" * 1_500,
        f"<p>{A}</p><p><i>Một</i></p>" * 1_500,
        f"<figure>{A * 1_500}{'<p>Một</p>' * 1_500}</figure>",
        f"<p>{A * 1_500}{'<br>Một' * 1_500}</p>",
        f"<table>{f'<tr><td>{A}</td></tr><tr><td>Một</td></tr>' * 1_000}</table>",
        f"<table><tr>{f'<td colspan=999999 rowspan=999999>{A}</td>' * 500}</tr><tr><td>Một</td></tr></table>",
        f"<div class='caption'>{'<p>Một</p>' * 3_000}</div>",
    ],
)  # fmt: skip
def test_long_lines_and_many_images_are_bound_at_once(markup: str) -> None:
    began = time.perf_counter()
    bind(markup)
    assert time.perf_counter() - began < 2
