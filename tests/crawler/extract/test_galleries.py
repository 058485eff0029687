"""Galleries made with their right answer: each known form of caption, any of them missing, alone and mixed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.article import Article
from archive.capture import Capture
from crawler.extract import extract
from crawler.extract.layout import Layout

LAYOUT = Layout(name="test/article", title=("//h1",), body=("//div[@id='noidung']",))
TITLE = "Lễ hội xuân trên quê hương Kim Bảng"
OPENING = (
    "Sáng mùng 8 tháng Giêng, nhân dân xã Tượng Lĩnh về dự lễ hội xuân, cầu cho mưa thuận gió hòa, mùa màng bội thu."
)
BETWEEN = (
    "Phần hội diễn ra sôi nổi với các trò chơi dân gian: đấu vật, kéo co, chọi gà và thi gói bánh chưng của các thôn."
)
CLOSING = "Lễ hội góp phần gìn giữ bản sắc văn hóa, giáo dục truyền thống uống nước nhớ nguồn cho thế hệ trẻ của địa phương./."
WORDS = [
    "Đoàn rước kiệu qua cầu Đọ Xá", "Các cụ cao niên làm lễ dâng hương", "Thiếu nữ làng múa hát Dậm trước cửa đền",
    "Chủ tịch UBND huyện Nguyễn Đình Hùng đánh trống khai hội", "Đông đảo du khách thập phương về dự lễ hội",
    "Bà Lê Thị Mến (bên trái), thôn Quang Thừa, gói bánh chưng", "Trận chung kết kéo co giữa hai thôn Lưu Giáo và Ấp",
]  # fmt: skip
PEOPLE = ["Ngọc Ánh", "TTXVN", "Hoàng Long - Ngọc Ánh", "VGP/Nhật Bắc", "CTV"]

# The form of an image with its caption, and what its editor leaves where there is none to tell.
FORMS = {
    "figcaption": (
        "<figure>{img}<figcaption>{caption}</figcaption></figure>",
        "<figure>{img}<figcaption></figcaption></figure>",
    ),
    "figcaption around h2": (
        "<figure class='image'>{img}<figcaption><h2>{caption}</h2></figcaption></figure>",
        "<figure class='image'>{img}</figure>",
    ),
    "italics": ("<p>{img}</p>\n<p><em>{caption}</em></p>", "<p>{img}</p>"),
    "italics by style": (
        "<p>{img}</p><p><span style='font-style:italic'><span style='font-size:12pt'>{caption}</span></span></p>",
        "<p>{img}</p><p><i>&nbsp;</i></p>",
    ),
    "centred": (
        "<p style='text-align:center'>{img}</p>\n<p style='text-align: center;'>{caption}</p>",
        "<p style='text-align:center'>{img}</p>",
    ),
    "centred italics": (
        "<div align='center'>{img}</div><div align='center'><i>{caption}</i></div>",
        "<div align='center'>{img}</div>",
    ),
    "row below": (
        "<table><tbody><tr><td>{img}</td></tr><tr><td><p><em>{caption}</em></p></td></tr></tbody></table>",
        "<table><tbody><tr><td>{img}</td></tr><tr><td>&nbsp;</td></tr></tbody></table>",
    ),
    "cell beside": (
        "<table><tr><td>{img}</td><td>{caption}</td></tr></table>",
        "<table><tr><td>{img}</td><td></td></tr></table>",
    ),
    "same paragraph": ("<p>{img}<br/>{caption}</p>", "<p>{img}<br/></p>"),
    "same paragraph in italics": (
        "<p style='text-align:center'>{img}<br><em>{caption}</em></p>",
        "<p style='text-align:center'>{img}</p>",
    ),
    "PhotoCMS_Caption": (
        "<div class='VCSortableInPreviewMode' type='Photo'><div>{img}</div>"
        "<div class='PhotoCMS_Caption'><p>{caption}</p></div></div>",
        "<div class='VCSortableInPreviewMode noCaption' type='Photo'><div>{img}</div>"
        "<div class='PhotoCMS_Caption'></div></div>",
    ),
    "image_caption": ("<p>{img}</p><p class='image_caption'>{caption}</p>", "<p>{img}</p><p class='image_caption'></p>"),
    "div.caption": ("<div class='anh'>{img}<div class='caption'>{caption}</div></div>", "<div class='anh'>{img}</div>"),
    "wp-caption": (
        "<div class='wp-caption aligncenter'>{img}<p class='wp-caption-text'>{caption}</p></div>",
        "<div class='wp-caption aligncenter'>{img}</div>",
    ),
    "wp-caption of a list": (
        "<dl class='wp-caption'><dt>{img}</dt><dd class='wp-caption-dd'>{caption}</dd></dl>",
        "<dl class='wp-caption'><dt>{img}</dt></dl>",
    ),
    "tplCaption": (
        "<table class='tplCaption'><tbody><tr><td>{img}</td></tr><tr><td class='Image'>{caption}</td></tr></tbody></table>",
        "<table class='tplCaption'><tbody><tr><td>{img}</td></tr></tbody></table>",
    ),
    "same cell": ("<table><tr><td>{img}<br>{caption}</td></tr></table>", "<table><tr><td>{img}</td></tr></table>"),
    "bare lines": ("{img}<br>{caption}<br><br>", "{img}<br><br>"),
    "ms-rteElement-Caption": ("<p>{img}</p><p class='ms-rteElement-Caption'>{caption}</p>", "<p>{img}</p>"),
    "chu-thich-anh": ("<div>{img}</div><p class='chu-thich-anh'>{caption}</p>", "<div>{img}</div>"),
    "plain": ("<p>{img}</p><p>{caption}</p>", "<p>{img}</p>"),
    "plain and gaps": ("<p>{img}</p><p>&nbsp;</p><p>\u200b</p><p>{caption}</p><p>&nbsp;</p>", "<p>{img}</p><p>&nbsp;</p>"),
    "an image that leads to its full size": (
        "<p><a href='{n}.jpg' title='Bấm vào để xem ảnh lớn'><img src='nho/{n}.jpg' alt='{title}'></a></p>"
        "<p><i>{caption}</i></p>",
        "<p><a href='{n}.jpg' title='Bấm vào để xem ảnh lớn'><img src='nho/{n}.jpg' alt='{title}'></a></p>",
    ),
    "lazy": (
        "<figure><img src='data:image/gif;base64,R0lGODlhAQABAAAAACw=' data-src='{n}.jpg'>"
        "<figcaption>{caption}</figcaption></figure>",
        "<figure><img src='data:image/gif;base64,R0lGODlhAQABAAAAACw=' data-src='{n}.jpg'></figure>",
    ),
}  # fmt: skip
ABOVE = {
    "italics above": ("<p><em>{caption}</em></p><p>{img}</p>", "<p>{img}</p>"),
    "centred above": ("<p align='center'>{caption}</p><p align='center'>{img}</p>", "<p align='center'>{img}</p>"),
    "plain above": ("<p>{caption}</p><p>{img}</p>", "<p>{img}</p>"),
    "same paragraph above": ("<p>{caption}<br>{img}</p>", "<p>{img}</p>"),
    "marked above": ("<div class='caption'>{caption}</div><div>{img}</div>", "<div>{img}</div>"),
    "row above": (
        "<table><tr><td>{caption}</td></tr><tr><td>{img}</td></tr></table>",
        "<table><tr><td></td></tr><tr><td>{img}</td></tr></table>",
    ),
    "cell to the left": (
        "<table><tr><td>{caption}</td><td>{img}</td></tr></table>",
        "<table><tr><td></td><td>{img}</td></tr></table>",
    ),
    "figcaption above": (
        "<figure><figcaption>{caption}</figcaption>{img}</figure>",
        "<figure><figcaption></figcaption>{img}</figure>",
    ),
}
CREDITS = [
    "<p>Ảnh: {who}</p>",
    "<p><em>(Ảnh: {who})</em></p>",
    "<p>Nguồn ảnh: {who}</p>",
    "<p align='right'>Ảnh: {who}</p>",
]
TAILS = [" (Ảnh: {who})", ". Ảnh: {who}", ". Nguồn ảnh: {who}", " - Ảnh: {who}", " (Nguồn: {who})"]
"""A credit in a paragraph of its own below the caption, and one at the end of its line."""


@dataclass(frozen=True)
class Shot:
    """An image of a gallery as its editor meant it."""

    form: tuple[str, str]
    caption: str | None
    who: str | None = None
    credit: str = ""

    def markup(self, number: int) -> str:
        tail, below = (self.credit, "") if not self.credit.startswith("<") else ("", self.credit)
        image = f"<img src='{number}.jpg' alt='{TITLE}'>"
        told = (self.caption or "") + tail.format(who=self.who)
        form = self.form[self.caption is None]
        return form.format(img=image, caption=told, n=number, title=TITLE) + below.format(who=self.who)


Meant = list[tuple[str, str | None, str | None]]


def page(parts: Sequence[Shot | str]) -> tuple[str, Meant, list[str]]:
    """A page of images and sentences, with the images and the paragraphs that its editor meant."""
    markup: list[str] = []
    meant: Meant = []
    for number, part in enumerate(parts):
        if isinstance(part, str):
            markup.append(f"<p style='text-align:justify'>{part}</p>")
        else:
            markup.append(part.markup(number))
            meant.append((f"{number}.jpg", part.caption, part.who))
    body = "\n".join(markup)
    html = f"<html><body><form><h1>{TITLE}</h1><div id='noidung'>{body}</div></form></body></html>"
    return html, meant, [part for part in parts if isinstance(part, str)]


def read(html: str) -> Article:
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    url = "http://kimbang.example/Pages/le-hoi-xuan.aspx"
    article = extract(Capture(url, datetime(2026, 11, 24, tzinfo=UTC), 200, headers, html.encode()), LAYOUT).article
    assert article is not None
    return article


def check(parts: Sequence[Shot | str]) -> None:
    html, meant, paragraphs = page(parts)
    article = read(html)
    assert [(image.url.rsplit("/", 1)[1], image.caption, image.credit) for image in article.images] == meant
    assert list(article.body) == paragraphs


def caption(number: int) -> str:
    """A caption that no other image of a gallery has."""
    return f"{WORDS[number % len(WORDS)]}, ảnh số {number + 1}"


def gallery(forms: Sequence[tuple[str, str]], missing: set[int], count: int = 20) -> list[Shot | str]:
    return [Shot(forms[n % len(forms)], None if n in missing else caption(n)) for n in range(count)]


SOME = [set(random.Random(seed).sample(range(20), 1 + seed % 17)) for seed in range(40)]
MISSING = [
    set[int](),
    {0},
    {19},
    {0, 19},
    {9, 10, 11},
    set(range(0, 20, 2)),
    set(range(1, 20, 2)),
    set(range(19)),
    *SOME,
]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_twenty_images_of_one_form_with_any_captions_missing(form: tuple[str, str]) -> None:
    for missing in MISSING:
        check([OPENING, *gallery([form], missing), CLOSING])


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_every_subset_of_missing_captions(form: tuple[str, str]) -> None:
    for subset in range(2**6):
        check([OPENING, *gallery([form], {n for n in range(6) if subset >> n & 1}, 6), CLOSING])


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize("below", CREDITS + TAILS)
def test_a_gallery_with_credits(form: tuple[str, str], below: str) -> None:
    if below.startswith("<") and "<td>" in form[0]:
        return  # a credit outside the table is not of its rows
    shots = [Shot(form, caption(n), PEOPLE[n % len(PEOPLE)], below) for n in range(20)]
    check([OPENING, *(Shot(form, None) if n in (3, 4, 11) else shot for n, shot in enumerate(shots)), CLOSING])


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_gallery_at_the_end_of_an_article(form: tuple[str, str]) -> None:
    for missing in MISSING:
        if len(missing - {19}) < 17:
            check([OPENING, BETWEEN, *gallery([form], missing)])


@pytest.mark.parametrize("form", ABOVE.values(), ids=ABOVE.keys())
def test_captions_that_stand_above_their_images_throughout(form: tuple[str, str]) -> None:
    check([OPENING, *gallery([form], set()), CLOSING])
    check([OPENING, *gallery([form], set(), 3), BETWEEN, *gallery([form], set(), 4), CLOSING])
    check([OPENING, *gallery([form], set())])
    # where the first is missing nothing tells them from captions below
    for missing in MISSING:
        if 0 not in missing and len(missing) < 16:
            check([OPENING, *gallery([form], missing), CLOSING])


def rows(kind: str, number: int, told: str) -> str:
    """An image and its caption as rows of one table that holds the whole gallery."""
    image = f"<img src='{number}.jpg' alt=''>"
    return {
        "row below": f"<tr><td>{image}</td></tr><tr><td>{told}</td></tr>",
        "row below or none": f"<tr><td>{image}</td></tr>" + (f"<tr><td>{told}</td></tr>" if told else ""),
        "cell beside": f"<tr><td>{image}</td><td>{told}</td></tr>",
        "cell beside or none": f"<tr><td>{image}</td>{f'<td>{told}</td>' if told else ''}</tr>",
        "cell to the left": f"<tr><td>{told}</td><td>{image}</td></tr>",
        "same cell": f"<tr><td>{image}<br>{told}</td></tr>",
    }[kind]


@pytest.mark.parametrize(
    "kind",
    ["row below", "row below or none", "cell beside", "cell beside or none", "cell to the left", "same cell"],
)
def test_a_gallery_in_one_table(kind: str) -> None:
    for missing in MISSING:
        if kind == "cell to the left" and len(missing) > 18:
            continue  # one row of words and a picture is an article's
        told = [None if n in missing else caption(n) for n in range(20)]
        body = "".join(rows(kind, n, words or "") for n, words in enumerate(told))
        assert captions(f"<table>{body}</table>") == told


def test_a_gallery_in_one_table_of_two_columns() -> None:
    for missing in MISSING:
        told = [None if n in missing else caption(n) for n in range(20)]
        body = "".join(
            f"<tr><td><img src='{n}.jpg'></td><td><img src='{n + 1}.jpg'></td></tr>"
            f"<tr><td>{told[n] or ''}</td><td>{told[n + 1] or ''}</td></tr>"
            for n in range(0, 20, 2)
        )
        assert captions(f"<table>{body}</table>") == told


@pytest.mark.parametrize("dress", ["{}", "<i>{}</i>"])
def test_a_gallery_in_one_paragraph(dress: str) -> None:
    for missing in MISSING:
        told = [None if n in missing else caption(n) for n in range(20)]
        body = "".join(
            f"<img src='{n}.jpg'><br>" + (f"{dress.format(words)}<br>" if words else "") for n, words in enumerate(told)
        )
        assert captions(f"<p>{body}</p>") == told


@pytest.mark.parametrize("form", list(ABOVE.values())[:2])
def test_dressed_captions_above_with_text_between_the_images(form: tuple[str, str]) -> None:
    parts: list[Shot | str] = [OPENING]
    for number in range(4):
        parts += [Shot(form, caption(number)), f"{BETWEEN} Đợt {number}."]
    check(parts)


def captions(markup: str) -> list[str | None]:
    html = f"<html><body><h1>{TITLE}</h1><div id='noidung'><p>{OPENING}</p>{markup}<p>{CLOSING}</p></div></body></html>"
    return [image.caption for image in read(html).images]


A, B, C = (f"<p><img src='{name}.jpg'></p>" for name in "abc")


@pytest.mark.parametrize(
    "markup",
    [
        f"<p><i>{WORDS[0]}</i></p>{A}",
        f"<p>Phần lễ</p>{A}<p>{BETWEEN}</p><p>Phần hội</p>{B}<p>{BETWEEN}</p><p>Bế mạc</p>{C}",
        f"<p><b>Phần lễ</b></p>{A}<p><b>Phần hội</b></p>{B}<p><b>Bế mạc</b></p>{C}",
        f"<h3>Phần lễ</h3>{A}<h3>Phần hội</h3>{B}<h3>Bế mạc</h3>{C}",
    ],
)
def test_lines_above_images_that_are_no_captions(markup: str) -> None:
    assert set(captions(markup)) == {None}


def test_the_caption_above_an_image_went_to_the_image_before() -> None:
    above = "".join(f"<p>{WORDS[n]}<br><img src='{n}.jpg'></p>" for n in range(3))
    assert captions(above) == WORDS[:3]
    assert captions(above + f"<p><i>{WORDS[3]}</i></p><p>{WORDS[4]}</p>") == [None, None, WORDS[3]]


def test_captions_in_the_line_below_went_to_the_next_image_where_text_opens_the_paragraph() -> None:
    told = (
        f"<p>{OPENING}<br><img src='1.jpg'><br>{WORDS[0]}<br><img src='2.jpg'><br>{WORDS[1]}<br><img src='3.jpg'></p>"
    )
    assert captions(told) == [WORDS[0], WORDS[1], None]


def test_words_that_announce_pictures_are_no_caption_of_one() -> None:
    told = f"{A}<p>Một số hình ảnh tại lễ hội</p>{B}<p>{WORDS[0]}</p>{C}"
    assert captions(told) == [None, WORDS[0], None]
    assert captions(f"<p>Một số hình ảnh tại lễ hội</p>{A}<p>{WORDS[0]}</p>{B}") == [WORDS[0], None]


def table(*rows: str) -> str:
    cells = "</td></tr><tr><td>".join(row.replace("|", "</td><td>") for row in rows)
    return f"<table><tr><td>{cells}</td></tr></table>"


PIC = [f"<img src='{name}.jpg'>" for name in "abcd"]


@pytest.mark.parametrize(
    ("rows", "meant"),
    [
        (["Một", PIC[0], "Hai", PIC[1]], ["Một", "Hai"]),
        (["Một|Hai", f"{PIC[0]}|{PIC[1]}", "Ba|Bốn", f"{PIC[2]}|{PIC[3]}"], ["Một", "Hai", "Ba", "Bốn"]),
        (["Một|Hai", f"{PIC[0]}|{PIC[1]}", "|Bốn", f"{PIC[2]}|{PIC[3]}"], ["Một", "Hai", None, "Bốn"]),
        (["Một", PIC[0], PIC[1], "Ba", PIC[2]], ["Một", None, "Ba"]),
        ([f"Một|{PIC[0]}", f"Hai|{PIC[1]}", f"Ba|{PIC[2]}"], ["Một", "Hai", "Ba"]),
        ([f"{PIC[0]}|Một", f"{PIC[1]}|", f"{PIC[2]}|Ba"], ["Một", None, "Ba"]),
        ([BETWEEN, PIC[0], BETWEEN, PIC[1]], [None, None]),
    ],
)
def test_a_grid_with_its_captions_above_or_beside_throughout(rows: list[str], meant: list[str | None]) -> None:
    assert captions(table(*rows)) == meant


SHOTS = st.builds(
    lambda form, number, told, credited, tail: Shot(
        form,
        caption(number) if told else None,
        PEOPLE[number % len(PEOPLE)] if told and credited else None,
        tail if told and credited else "",
    ),
    st.sampled_from(list(FORMS.values())),
    st.integers(0, 10_000),
    st.sampled_from([True, True, False]),
    st.booleans(),
    st.sampled_from(TAILS),
)
SENTENCES = st.sampled_from([BETWEEN, OPENING, f"Ông Nam nói: “{BETWEEN}”", "Lễ hội mở cửa đến hết tháng Giêng."])


@settings(max_examples=400, deadline=None)
@given(st.lists(SHOTS | SENTENCES, max_size=20))
def test_images_of_every_form_in_one_article(parts: list[Shot | str]) -> None:
    check([OPENING, *parts, CLOSING])
