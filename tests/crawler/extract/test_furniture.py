"""What stands in a body and is none of the article."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from archive.article import Article
from archive.capture import Capture
from crawler.extract import extract
from crawler.extract.layout import Layout

LAYOUT = Layout(name="test/article", title=("//h1",), body=("//div[@id='noidung']",))
ONE = "Ngày 12/3, Hội Nông dân xã Thanh Sơn tổ chức lớp tập huấn kỹ thuật chăm sóc lúa xuân cho hơn 80 hội viên."
TWO = "Sau lớp học, hội viên được cấp tài liệu và đi xem ruộng trình diễn tại thôn Thanh Nộn./."
RELATED = "".join(
    f"<li><a href='/tin-{n}.aspx'>Hội nghị tổng kết công tác hội lần thứ {n}</a> (1{n}/3/2021)</li>" for n in range(5)
)


def read(markup: str) -> Article:
    html = f"<html><body><form><h1>Tập huấn cho nông dân</h1><div id='noidung'>{markup}</div></form></body></html>"
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    url = "http://kimbang.example/Pages/tap-huan.aspx"
    found = extract(Capture(url, datetime(2026, 11, 24, tzinfo=UTC), 200, headers, html.encode()), LAYOUT).article
    assert found is not None
    return found


TEXT = f"<p>{ONE}</p><p>{TWO}</p>"


@pytest.mark.parametrize(
    "bar",
    [
        "<p>Quay lại</p>", "<div><a href='javascript:history.back()'>&laquo; Quay trở lại</a></div>", "<p>Lượt xem: 1.536</p>",
        "<p>1536 lượt xem</p>", "<div>In trang | Gửi email | Chia sẻ</div>", "<p>[In bài viết] [Quay lại]</p>",
        "<p>Về đầu trang</p>", "<p>Chia sẻ lên Facebook</p><p>Facebook</p><p>Zalo</p>", "<p>Đánh giá bài viết: 4.5/5</p>",
        "<p>Đã xem: 536</p><p>[Trở về]</p>", "<p>Lượt đọc: 5 | Quay lại</p>", "<p>Các bài viết khác</p>",
        "<p>Chia sẻ: <a href='https://facebook.com/sharer'><img src='/fb.png'></a> <img src='/zalo.png'></p>",
        "<p><a href='/in'><img src='/images/in.gif' alt='In'></a> <a href='#'>In trang này</a></p>",
        f"<p>Xem thêm:</p><ul>{RELATED}</ul>", "<div id='comments'><p>Bình luận (2)</p><p>Hay quá!</p></div>",
        "<div class='fb-like'>Thích</div>", "<div class='addthis_toolbox'><a>Chia sẻ</a> <a>Thêm</a></div>",
        "<div class='box-share clearfix'><ul><li>Gửi cho bạn</li></ul></div>", "<div class='rating'>Xếp hạng của bạn</div>",
        "<p>Tổng số điểm của bài viết là: 5 trong 1 đánh giá</p><p>Click để đánh giá bài viết</p>",
        f"<div class='tin-lien-quan'><ul>{RELATED}</ul></div>", f"<h3>Tin liên quan</h3><ul>{RELATED}</ul>",
        f"<p><b>Các tin khác:</b></p><ul>{RELATED}</ul><p>Quay lại</p>", f"<div>Tin cùng chuyên mục</div><ul>{RELATED}</ul>",
        f"<p>Tin bài liên quan</p><div><img src='/nho.jpg'></div><ul>{RELATED}</ul>",
    ],
)  # fmt: skip
def test_bars_and_related_news_are_no_part_of_the_article(bar: str) -> None:
    found = read(TEXT + bar)
    assert (found.body, found.images) == ((ONE, TWO), ())


def test_the_last_image_above_a_bar_stays() -> None:
    found = read(f"{TEXT}<p><img src='/ruong.jpg'></p><p>Quay lại</p>")
    assert (found.body, [image.url for image in found.images]) == ((ONE, TWO), ["http://kimbang.example/ruong.jpg"])


def test_the_size_of_letters_above_the_text_is_no_part_of_it() -> None:
    assert read(f"<div>Cỡ chữ: A- A+</div><div>Nghe đọc bài</div><div>A- A A+</div>{TEXT}").body == (ONE, TWO)


def test_words_of_the_ribbon_above_the_text_are_no_part_of_it() -> None:
    assert read(f"<a href='#'>Skip Ribbon Commands</a><div>Skip to main content</div>{TEXT}").body == (ONE, TWO)


def test_an_article_in_marked_elements_alone_was_dropped_whole() -> None:
    assert len(read("".join(f"<div class='share'><p>{TWO} Ruộng số {n}.</p></div>" for n in range(9))).body) > 4


def test_tags_at_the_end_of_the_text_are_the_articles() -> None:
    found = read(f"{TEXT}<p>Từ khóa: <a href='/t1'>nông dân</a>, <a href='/t2'>tập huấn</a></p><p>Quay lại</p>")
    assert (found.body, found.tags) == ((ONE, TWO), ("nông dân", "tập huấn"))


def test_a_bar_below_the_authors_line_hid_it() -> None:
    found = read(
        f"{TEXT}<p align='right'><b>Thanh Hà</b></p><p>Lượt xem: 12</p><p>Quay lại</p><h3>Tin khác</h3>{RELATED}"
    )
    assert (found.body, found.author) == ((ONE, TWO), "Thanh Hà")


@pytest.mark.parametrize(
    "part",
    [
        "<p>Chia sẻ tại lớp học, ông Nam cho biết lúa xuân năm nay phát triển tốt.</p>",
        "<p>Quay lại thôn Thanh Nộn sau một năm, chúng tôi thấy nhiều đổi thay.</p>",
        "<p>Đánh giá bài viết về lúa xuân, Hội Nông dân xã trao ba giải cho hội viên.</p>",
        f"<div class='share'><p>{TWO}</p><p>{ONE}</p><p>{ONE}</p></div>",
        "<h3>Tin liên quan</h3><p>Theo Trạm Khuyến nông, sâu cuốn lá nhỏ đang gây hại trên lúa xuân.</p>",
        "<p>Facebook</p><p>Trang của Hội Nông dân xã trên mạng xã hội có hơn 500 người theo dõi.</p>",
        f"<p>Các tin khác</p><ul>{RELATED}</ul><p>Lớp tập huấn kết thúc vào chiều cùng ngày trong sự phấn khởi của bà con.</p>",
        "<p class='related-wrapper-text'>Bà con nông dân phấn khởi.</p>",
    ],
)
def test_words_of_the_article_that_sound_like_a_bar_stay(part: str) -> None:
    plain = read(
        f"<p>{ONE}</p><div class='xyz'>{part}</div>".replace("class='share'", "").replace("class='related", "class='")
    )
    assert read(f"<p>{ONE}</p>{part}").body == plain.body
    assert len(plain.body) > 1


@pytest.mark.parametrize(
    "markup",
    [
        f"{'<div class=share>' * 2_000}{TEXT}", f"{'<div class=share>a</div>' * 20_000}", f"<p>{'- ' * 99}x</p>",
        f"<p>{'in bai ' * 28}x</p>", f"<p>{'danh gia 5 ' * 18}x</p>", "<p>Quay lại</p>" * 20_000,
        f"<p>Tin khác</p>{'<p><a href=/x.aspx>Bài khác</a></p>' * 10_000}{TEXT}",
    ],
)  # fmt: skip
def test_many_bars_are_cleared_at_once(markup: str) -> None:
    began = time.process_time()
    read(TEXT + markup)
    assert time.process_time() - began < 3
