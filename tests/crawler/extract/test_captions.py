"""Captions by every form that editors give them, and lines that look like captions and are none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.capture import Capture
from crawler.extract import blocks, captions
from crawler.extract.captions import Bound
from crawler.extract.page import Page

FIRST = (
    "<p>Sáng 5/11, Tỉnh đoàn Hà Nam tổ chức hội nghị tổng kết công tác Đoàn và phong trào thanh thiếu nhi năm 2021.</p>"
)
NEXT = "<p>Dự hội nghị có lãnh đạo các sở, ban, ngành của tỉnh cùng đông đảo đoàn viên, thanh niên trong tỉnh.</p>"
CAPTION = "Toàn cảnh hội nghị"
LONG = "Chủ tịch UBND tỉnh Trương Quốc Huy, Bí thư Tỉnh đoàn Trần Ngọc Nam và các đại biểu dự hội nghị tại điểm cầu UBND tỉnh"
IMG = "<img src='a.jpg' alt='anh tin bai'>"

Pair = tuple[str | None, str | None]


def bind(markup: str) -> Bound:
    body = f"<html><body><div>{markup}</div></body></html>".encode()
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    page = Page(Capture("http://hanam.example/", datetime(2026, 11, 24, tzinfo=UTC), 200, headers, body))
    return captions.bind(blocks.read(page, page.elements(["//body/div"]), frozenset()).row)


def told(markup: str) -> tuple[list[Pair], list[str]]:
    """Caption and credit of each image, and the lines left, of a body with a paragraph before `markup` and one after."""
    bound = bind(FIRST + markup + NEXT)
    first, *lines, last = (line.text for line in bound.lines)
    assert (f"<p>{first}</p>", f"<p>{last}</p>") == (FIRST, NEXT)
    return [(image.caption, image.credit) for image in bound.images], lines


@pytest.mark.parametrize("caption", [CAPTION, LONG])
@pytest.mark.parametrize(
    "form",
    [
        "<p>{img}</p><p>{caption}</p>",
        "<p style='text-align:center'>{img}</p><p style='text-align:justify'>{caption}</p>",
        "<p>{img}</p><p>&nbsp;</p><p>\u200b</p><p>{caption}</p>",
        "<p>{img}&nbsp;{caption}</p>",
        "<p>{img}<br>{caption}</p>",
        "<p>{img}</p><p><i>&nbsp; &nbsp; {caption}&nbsp;</i></p>",
        "<p>{img}</p><p>&nbsp;</p><p><em>{caption}.</em></p>",
        "<p>{img}</p><p><span style='font-style:italic'>{caption}.</span></p>",
        "<p style='text-align:center'>{img}</p><p style='text-align:center'>{caption}.</p>",
        "<div align='center'>{img}</div><div align='center'><b><i>{caption}</i></b></div>",
        "<p style='text-align:center'>{img}<br><em>{caption}.</em></p>",
        "<center><p>{img}</p><p>{caption}</p></center>",
        "<table><tr><td>{img}</td></tr><tr><td>{caption}.</td></tr></table>",
        "<table><tr><td>{img}</td></tr><tr><td><p><b>{caption}</b></p></td></tr></table>",
        "<table><tbody><tr><td>{img}<p>{caption}</p></td></tr></tbody></table>",
        "<table><tr><td>{img}</td><td><i>{caption}</i></td></tr></table>",
        "<figure>{img}<figcaption>{caption}.</figcaption></figure>",
        "<figure>{img}<figcaption><h2>{caption}</h2></figcaption></figure>",
        "<figure><figcaption>{caption}</figcaption>{img}</figure>",
        "<figure class='image'>{img}</figure><p><i>{caption}</i></p>",
        "<div><div>{img}</div><div class='PhotoCMS_Caption'><p>{caption}.</p></div></div>",
        "<p>{img}</p><p class='image_caption'>{caption}.</p>",
        "<div class='wp-caption'><a href='b.jpg'>{img}</a><p class='wp-caption-text'>{caption}.</p></div>",
        "<p>{img}<span class='image_caption'>{caption}.</span></p>",
        "<ul><li>{img}<p>{caption}</p></li></ul>",
        "Các đại biểu dự hội nghị.<br><br>{img}<br><em>{caption}</em><br><br>",
    ],
)
def test_a_caption_in_every_form(form: str, caption: str) -> None:
    pairs, lines = told(form.format(img=IMG, caption=caption))
    assert [(found or "").rstrip(".") for found, _ in pairs] == [caption]
    assert lines in ([], ["Các đại biểu dự hội nghị."])


@pytest.mark.parametrize(
    "credit",
    ["Ảnh: Minh Đường", "(Ảnh: Minh Đường)", "Nguồn ảnh: Minh Đường", "Ảnh : Minh Đường.", "Photo: Minh Đường"],
)
@pytest.mark.parametrize(
    "form",
    [
        "<p>{img}</p><p>{caption}</p><p>{credit}</p>",
        "<p>{img}</p><p>{caption}.</p><p>{credit}</p>",
        "<p>{img}</p><p><i>{caption}</i></p><p><i>{credit}</i></p>",
        "<p>{img}</p><p><i>{caption}</i></p><p style='text-align:right'>{credit}</p>",
        "<p>{img}</p><p><i>{caption}. {credit}</i></p>",
        "<p>{img}</p><p>{caption}. {credit}</p>",
        "<p>{img}</p><p><i>{caption} - {credit}</i></p>",
        "<p>{img}<br>{caption}<br>{credit}</p>",
        "<figure>{img}<figcaption>{caption}<br>{credit}</figcaption></figure>",
        "<figure>{img}<figcaption>{caption}. {credit}</figcaption></figure>",
        "<figure>{img}<figcaption>{caption}</figcaption></figure><p>{credit}</p>",
        "<table><tr><td>{img}</td></tr><tr><td>{caption}</td></tr><tr><td>{credit}</td></tr></table>",
        "<div>{img}</div><div class='PhotoCMS_Caption'>{caption}</div><div class='PhotoCMS_Author'>{credit}</div>",
    ],
)
def test_a_credit_beside_a_caption(form: str, credit: str) -> None:
    pairs, lines = told(form.format(img=IMG, caption=CAPTION, credit=credit))
    assert [((caption or "").rstrip("."), who) for caption, who in pairs] == [(CAPTION, "Minh Đường")]
    assert lines == []


@pytest.mark.parametrize("who", ["TTXVN", "VGP/Nhật Bắc", "Cổng TTĐT Hà Nam (CTV)", "nhân vật cung cấp", "Internet"])
def test_a_credit_without_a_caption(who: str) -> None:
    assert told(f"<p>{IMG}</p><p>Ảnh: {who}</p>") == ([(None, who)], [])


def test_a_description_behind_the_word_for_image_is_a_caption() -> None:
    assert told(f"<p>{IMG}</p><p><i>Ảnh: Các đại biểu dự hội nghị</i></p>")[0] == [
        ("Ảnh: Các đại biểu dự hội nghị", None)
    ]
    assert told(f"<p>{IMG}</p><p><i>Một số hình ảnh: lễ khai mạc</i></p>")[0] == [
        ("Một số hình ảnh: lễ khai mạc", None)
    ]


def test_the_source_of_an_image_in_the_middle_of_an_article_is_its_credit() -> None:
    assert told(f"<p>{IMG}</p><p><i>{CAPTION}</i></p><p>Nguồn: Internet</p>") == ([(CAPTION, "Internet")], [])


def test_the_author_below_a_caption_in_a_figure_is_no_credit_of_the_image() -> None:
    words = f"{CAPTION}. Tin, ảnh: Minh Đường"
    assert told(f"<figure>{IMG}<figcaption>{words}</figcaption></figure>")[0] == [(words, None)]


def test_a_plain_caption_above_a_list_typed_as_paragraphs() -> None:
    assert told(f"<p>{IMG}</p><p>{CAPTION}</p><p>- Giữ vững an ninh</p>") == ([(CAPTION, None)], ["- Giữ vững an ninh"])


def test_a_plain_line_below_a_figure_that_has_no_caption_is_none() -> None:
    assert told(f"<figure>{IMG}</figure><p>{CAPTION}</p>") == ([(None, None)], [CAPTION])


def test_two_credits_of_one_image_are_both_kept() -> None:
    figure = f"<figure>{IMG}<figcaption>{CAPTION}<p>Ảnh: Minh Đường</p><p>Nguồn: TTXVN</p></figcaption></figure>"
    assert told(figure)[0] == [(CAPTION, "Minh Đường; TTXVN")]


def test_a_caption_with_the_abbreviation_of_a_title_is_one_sentence() -> None:
    caption = "PGS.TS. Nguyễn Văn Ánh và lãnh đạo TP. Phủ Lý tại hội nghị"
    assert told(f"<p>{IMG}</p><p><i>{caption}</i></p>") == ([(caption, None)], [])


def test_a_caption_that_stands_again_at_the_start_of_the_next_paragraph() -> None:
    again = f"{CAPTION} do Tỉnh ủy tổ chức, với sự tham dự của lãnh đạo các sở, ban, ngành trong tỉnh."
    assert told(f"<p>{IMG}</p><p>{CAPTION}</p><p>{again}</p>") == ([(CAPTION, None)], [again])


@pytest.mark.parametrize(
    "line",
    [
        NEXT[3:-4],
        "Hội nghị bắt đầu lúc 8 giờ.",
        "Hội nghị bắt đầu lúc 8 giờ",  # goes on below
        f"{LONG}, cùng lãnh đạo các sở, ban, ngành, các huyện, thành phố, thị xã trong tỉnh và hàng trăm đoàn viên",
        "Các đại biểu thảo luận. Hội nghị kết thúc",
        "tại hội trường UBND tỉnh",
        "<i>Lễ khai mạc năm 2021. Các đại biểu dự lễ</i>",
        "Hội nghị có các nội dung sau:",
        "- Nội dung thứ nhất", "1. Công tác tổ chức", "a) Về kinh tế", "II. Nhiệm vụ", "• Công tác Đoàn",
        "<i>“Chúng tôi sẽ cố gắng hơn nữa trong thời gian tới”</i>",
        "<i>\"Tôi rất vui\", bà Nguyễn Thị Hoa nói.</i>",
        "<i>Hội nghị đã nghe báo cáo. Các đại biểu đã thảo luận.</i>",
        "<b>Phát huy vai trò của thanh niên</b>",
        "<b><i>Phát huy vai trò của thanh niên</i></b>",
        "<i>Tin, ảnh: Minh Đường</i>", "<i>Theo TTXVN</i>", "<i>Bài: Minh Đường</i>",
        "<i>Kết thúc hội nghị./.</i>", "<i>(Còn nữa)</i>", "<i>Bà Mến cho biết: lễ hội năm nay vui hơn.</i>",
        "<u>Phát huy vai trò của thanh niên</u>", "PHÁT HUY VAI TRÒ CỦA THANH NIÊN",
        "<a href='/kh.pdf'>Kế hoạch tổ chức hội nghị</a>",
    ],
)  # fmt: skip
def test_a_line_below_an_image_that_is_no_caption(line: str) -> None:
    below = "<p>Các đại biểu thảo luận</p>" if line.endswith("8 giờ") else ""
    pairs, lines = told(f"<p>{IMG}</p><p>{line}</p>{below}")
    assert pairs == [(None, None)]
    assert len(lines) == 1 + bool(below)


@pytest.mark.parametrize(
    "markup",
    [
        "<h3>Phát huy vai trò của thanh niên</h3>",
        "<p style='text-align:center'><b>QUYẾT ĐỊNH</b></p>",
        "<p style='text-align:right'>Minh Đường</p>",
        "<ul><li>Nội dung thứ nhất</li><li>Nội dung thứ hai</li></ul>",
        "<table><tr><td>Xã</td><td>Số hộ</td></tr><tr><td>Liêm Chung</td><td>12</td></tr></table>",
        "<table><tr><td>Họ và tên</td></tr></table>",
        "<hr><p><i>Chú thích của cả bài</i></p>",
        "<iframe src='https://www.youtube.com/embed/x'></iframe><p><i>Phóng sự về hội nghị</i></p>",
        "<figure><video src='a.mp4'></video><figcaption>Phóng sự về hội nghị</figcaption></figure>",
        "<p><i>Làng tôi xanh bóng tre</i></p><p><i>Từng tiếng chuông ban chiều</i></p><p><i>Tiếng chuông nhà thờ rung</i></p>",
    ],
)
def test_what_stands_below_an_image_and_is_no_caption(markup: str) -> None:
    pairs, lines = told(f"<p>{IMG}</p>{markup}")
    assert pairs == [(None, None)]
    assert lines


@pytest.mark.parametrize(
    "paragraph",
    [
        f"<p>Hội nghị do Tỉnh đoàn {IMG} tổ chức tại Phủ Lý</p>",
        f"<p>Hội nghị do {IMG} Tỉnh đoàn tổ chức</p>",
        f"<p>{IMG}Hội nghị bắt đầu lúc 8 giờ.</p>",
        f"<p>{IMG}<br>Hội nghị bắt đầu lúc 8 giờ.</p>",
        f"<p>{IMG}<br><b>Phát huy vai trò của thanh niên</b></p>",
        f"<ul><li>{IMG} Họp báo thường kỳ</li><li>{IMG} Lịch tiếp công dân</li></ul>",
        f"<h3>{IMG} Phát huy vai trò của thanh niên</h3>",
    ],
)
def test_a_line_in_an_images_own_paragraph_that_is_no_caption(paragraph: str) -> None:
    pairs, lines = told(paragraph)
    assert {caption for caption, _ in pairs} == {None}
    assert lines


@pytest.mark.parametrize("alt", ["anh tin bai", "IMG_7698.jpg", "Toan canh hoi nghi", "Toàn cảnh hội nghị"])
def test_the_alternative_text_is_never_a_caption(alt: str) -> None:
    image = bind(f"<p><img src='a.jpg' alt='{alt}'></p>{NEXT}").images[0]
    assert (image.caption, image.alt) == (None, alt)


@pytest.mark.parametrize(
    "last",
    [
        "<p>Hội nghị thành công tốt đẹp</p>",
        "<p style='text-align:right'><b>Minh Đường</b></p>",
        "<p><b>Minh Đường</b></p>",
        "<p><i>Tin, ảnh: Minh Đường</i></p>",
        "<p>Nguồn: Báo Hà Nam</p>",
        "<p><i>Nguồn: Báo Hà Nam</i></p>",
        "<p>(Theo TTXVN)</p>",
    ],
)
def test_the_last_line_below_the_last_image_is_the_articles(last: str) -> None:
    bound = bind(f"{FIRST}<p>{IMG}</p>{last}")
    assert [(image.caption, image.credit) for image in bound.images] == [(None, None)]
    assert len(bound.lines) == 2


def test_a_dressed_line_below_the_last_image_is_its_caption() -> None:
    bound = bind(f"{FIRST}<p>{IMG}</p><p><em>{CAPTION}</em></p>")
    assert [image.caption for image in bound.images] == [CAPTION]


@pytest.mark.parametrize("dress", ["<p><i>{}</i></p>", "<p align='center'>{}</p>"])
def test_in_an_article_all_in_one_dress_the_dress_tells_nothing(dress: str) -> None:
    sentences = [FIRST[3:-4], "Hội nghị bắt đầu lúc 8 giờ.", NEXT[3:-4]]
    first, second, third = (dress.format(sentence) for sentence in sentences)
    bound = bind(f"{first}<p>{IMG}</p>{second}{third}")
    assert bound.images[0].caption is None
    assert [line.text for line in bound.lines] == sentences


def test_a_plain_heading_below_an_image_was_taken_for_its_caption() -> None:
    headed = f"{FIRST}<p>Kết quả đạt được</p>{NEXT}<p>{IMG}</p><p>Nhiệm vụ trọng tâm</p>{NEXT}"
    bound = bind(headed)
    assert bound.images[0].caption is None
    assert "Nhiệm vụ trọng tâm" in [line.text for line in bound.lines]
    dressed = bind(headed.replace("<p>Nhiệm vụ", f"<p><i>{CAPTION}</i></p><p>Nhiệm vụ"))
    assert dressed.images[0].caption == CAPTION


def test_the_plain_caption_of_an_image_below_the_articles_end_was_left_in_the_text() -> None:
    ended = NEXT.replace("</p>", "./.</p>")
    for below in ("", "<p align='right'><b>Minh Đường</b></p>"):
        bound = bind(f"{FIRST}{ended}<p>{IMG}</p><p>{CAPTION}</p>{below}")
        assert [image.caption for image in bound.images] == [CAPTION]
    assert bind(f"{FIRST}{ended}<p>{IMG}</p><p>Minh Đường</p>").images[0].caption is None
