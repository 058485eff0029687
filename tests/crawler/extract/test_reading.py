"""extract(): what a page is, and the fields that no other part decides."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.article import Article, Reading
from archive.capture import Capture
from crawler.extract import extract
from crawler.extract.layout import Layout
from crawler.platforms import PLATFORMS
from crawler.portals import extract as extract_by_portal

URL = "http://hanam.example/tin/Pages/bai.aspx"
SHAREPOINT = PLATFORMS["sharepoint"].layout
UNKNOWN = PLATFORMS["generic"].layout
FIELD = "<div class='ms-rtestate-field' id='ctl00_P_ctl03_ControlWrapper_RichHtmlField'>{}</div>"
TEXT = "Ủy ban nhân dân tỉnh ban hành kế hoạch triển khai nhiệm vụ trọng tâm trên địa bàn các huyện, thành phố. "
HEAD = "<h1 class='title'>Kế hoạch năm 2021</h1>"
ITEMS = "".join(f"<li class='cbs-Item'><h3><a href='/Pages/tin-{n}.aspx'>Tin số {n}</a></h3></li>" for n in range(5))
PAGER = "<a href='?Paged=TRUE&amp;PageFirstRow=31'>Tiếp</a>"


def capture(body: bytes, content_type: str = "text/html; charset=utf-8", url: str = URL) -> Capture:
    return Capture(url, datetime(2026, 11, 24, 1, 0, tzinfo=UTC), 200, (("Content-Type", content_type),), body)


def read(markup: str, layout: Layout = SHAREPOINT, url: str = URL) -> Reading:
    return extract(capture(markup.encode(), url=url), layout)


def article(markup: str, layout: Layout = SHAREPOINT) -> Article:
    found = read(markup, layout).article
    assert found is not None
    return found


def test_page_with_title_and_body_is_an_article() -> None:
    found = article(f"<html lang='vi-VN'>{HEAD}{FIELD.format(f'<p>{TEXT}</p><p>Hết.</p>')}")
    assert (found.url, found.title, found.body) == (URL, "Kế hoạch năm 2021", (TEXT.strip(), "Hết."))
    assert (found.layout, found.language) == ("sharepoint/publishing", "vi")
    assert (found.published, found.modified, found.author, found.lead, found.images) == (None, None, None, None, ())


def test_pictures_or_a_file_alone_make_an_article() -> None:
    assert len(article(HEAD + FIELD.format("<img src='/PublishingImages/a.jpg'>")).images) == 1
    assert len(article(HEAD + FIELD.format("<a href='/a.pdf'>Tải về</a>")).attachments) == 1
    assert read(HEAD + FIELD.format("<p>&nbsp;</p><p>\u200b</p>")).article is None


def test_nested_body_elements_are_read_once() -> None:
    inner = f"<div class='ms-rtestate-field'><p>{TEXT}</p></div>"
    assert article(f"{HEAD}<div class='ms-rtestate-field'>{inner}</div>").body == (TEXT.strip(),)


def test_bodies_beside_each_other_are_read_in_order() -> None:
    assert article(HEAD + FIELD.format("<p>Phần một.</p>") + FIELD.format("<p>Phần hai.</p>")).body == (
        "Phần một.",
        "Phần hai.",
    )


def test_listing_is_one_by_its_entries() -> None:
    found = read(f"<h1 class='title'>Tin tức</h1><ul>{ITEMS}</ul>")
    assert (found.verdict, found.article) == ("listing", None)
    assert found.listing is not None
    assert len(found.listing.entries) == 5


def test_listing_with_some_words_above_it_is_walked() -> None:
    words = FIELD.format("<p>Chuyên trang cập nhật tin tức về hoạt động của Đoàn thanh niên.</p>")
    assert read(f"{HEAD}{words}<ul>{ITEMS}</ul>{PAGER}").verdict == "listing"


def test_article_with_related_news_below_is_an_article() -> None:
    assert read(f"{HEAD}{FIELD.format(f'<p>{TEXT * 5}</p>')}<ul>{ITEMS}</ul>{PAGER}").verdict == "article"
    assert read(f"{HEAD}{FIELD.format('<p>Tin ngắn.</p>')}<ul>{ITEMS}</ul>").verdict == "article"


def test_listing_full_of_summaries_is_no_article_without_a_layout() -> None:
    items = "".join(
        f"<div class='o'><h3><a href='/b-{n}.html'>Hội nghị tổng kết lần {n}</a></h3><p>{TEXT}</p></div>"
        for n in range(6)
    )
    found = read(f"<html><body><h1>Tin tức</h1><div>{items}</div></body></html>", UNKNOWN)
    assert found.verdict == "listing"
    assert found.listing is not None
    assert [entry.title for entry in found.listing.entries][:2] == [
        "Hội nghị tổng kết lần 0",
        "Hội nghị tổng kết lần 1",
    ]


def test_article_of_unknown_make_is_found_by_its_text() -> None:
    related = "".join(f"<li><a href='/b-{n}.html'>Hội nghị tổng kết công tác lần {n}</a></li>" for n in range(6))
    text = f"<div>{f'<p>{TEXT}</p>' * 4}</div>"
    markup = f"<html lang='en'><title>Kế hoạch | Cổng</title><body>{text}<ul>{related}</ul></body></html>"
    found = article(markup, UNKNOWN)
    assert (found.title, found.layout, found.language) == ("Kế hoạch", "generic/page", "vi")
    assert TEXT.strip() in found.body


def test_page_of_neither_is_told_as_other() -> None:
    assert read("<h1>Bản đồ</h1><p>Xem trên điện thoại.</p>") == Reading("other", "sharepoint/publishing")


DATED = replace(SHAREPOINT, date=("//*[@class='ngay']",))


def dates(*shown: str, layout: Layout = DATED) -> tuple[date | None, date | None]:
    """Publishing date and date of change that a page with these lines tells."""
    lines = "".join(f"<p class='ngay'>{line}</p>" for line in shown)
    found = article(HEAD + lines + FIELD.format(f"<p>{TEXT}</p>"), layout)
    return found.published.day if found.published else None, found.modified.day if found.modified else None


def test_date_labelled_as_an_update_is_the_publishing_date_where_no_other_stands() -> None:
    assert dates("Cập nhật : 04-04-2018 - 09:34") == (date(2018, 4, 4), None)
    assert dates("04-04-2018 - 09:34") == (date(2018, 4, 4), None)


@pytest.mark.parametrize(
    "shown",
    [
        ("Ngày đăng: 01/02/2021 | Cập nhật: 03/02/2021 10:00",),
        ("Cập nhật: 03/02/2021 - Ngày đăng: 01/02/2021",),
        ("Lần cập nhật cuối: 03/02/2021", "Ngày đăng: 01/02/2021"),
        ("01/02/2021", "Chỉnh sửa: 03/02/2021"),
        ("Xuất bản 01/02/2021 07:00, sửa đổi 03/02/2021",),
        ("Hải Đăng | 01/02/2021 | Cập nhật lúc 10:05, ngày 03/02/2021",),
    ],
)
def test_date_labelled_as_an_update_is_one_where_a_publishing_date_stands_too(shown: tuple[str, ...]) -> None:
    assert dates(*shown) == (date(2021, 2, 1), date(2021, 2, 3))


@pytest.mark.parametrize(
    ("shown", "raw"),
    [
        ("Ngày đăng: 31/02/2021 | Lượt xem: 12", "31/02/2021"),
        ("17/11/0000", "17/11/0000"),
        ("17/11/2099 08:15", "17/11/2099 08:15"),
        ("26/11/2026 | 12:00 AM", "26/11/2026 | 12:00 AM"),
        ("Đang cập nhật", None),
    ],
)
def test_a_date_that_cannot_be_is_null_and_its_text_is_kept(shown: str, raw: str | None) -> None:
    found = article(f"{HEAD}<p class='ngay'>{shown}</p>{FIELD.format(f'<p>{TEXT}</p>')}", DATED)
    assert (found.published, found.modified, found.published_unread) == (None, None, raw)


def test_a_day_after_the_capture_is_let_pass_for_a_server_whose_zone_is_wrong() -> None:
    assert dates("25/11/2026") == (date(2026, 11, 25), None)


@pytest.mark.parametrize("label", ["Sửa cuối", "Ngày sửa cuối", "Last modified", "Lần cập nhật cuối"])
def test_the_date_of_the_last_change_was_taken_for_that_of_publication(label: str) -> None:
    assert dates(f"{label}: 13/02/2021", "Posted 12/02/2021") == (date(2021, 2, 12), date(2021, 2, 13))


def test_path_to_the_date_of_change_is_believed() -> None:
    layout = replace(DATED, date=("//*[@class='dang']",), modified=("//*[@class='ngay']",))
    assert dates("Cập nhật: 03/02/2021", layout=layout) == (None, date(2021, 2, 3))
    assert dates("03/02/2021", layout=layout) == (None, date(2021, 2, 3))


def test_day_told_in_the_text_is_no_publishing_date() -> None:
    assert article(HEAD + FIELD.format("<p>Sáng ngày 17/11/2021, Tỉnh ủy tổ chức hội nghị.</p>")).published is None


@pytest.mark.parametrize(
    ("author", "source", "told"),
    [
        ("Tác giả: Minh Đường", "Nguồn: Báo Hà Nam", ("Minh Đường", "Báo Hà Nam")),
        ("Minh Đường", "(Theo TTXVN)", ("Minh Đường", "TTXVN")),
        ("Phòng Văn hóa - Thông tin", "Theo Sở Y tế tỉnh", ("Phòng Văn hóa - Thông tin", "Sở Y tế tỉnh")),
    ],
)
def test_the_label_before_an_author_or_a_source_was_kept(author: str, source: str, told: tuple[str, str]) -> None:
    layout = replace(SHAREPOINT, author=("//*[@class='tg']",), source=("//*[@class='nguon']",))
    lines = f"<p class='tg'>{author}</p><p class='nguon'>{source}</p>"
    found = article(HEAD + FIELD.format(f"<p>{TEXT}</p>") + lines, layout)
    assert (found.author, found.source) == told


def test_category_is_read_without_the_way_home() -> None:
    crumbs = (
        "<div class='breadcrumb'><a>Trang chủ</a><a>»</a><a>Tin theo lĩnh vực</a><a> </a><a>Đoàn thanh niên</a></div>"
    )
    assert article(crumbs + HEAD + FIELD.format("<p>Tin.</p>")).category == ("Tin theo lĩnh vực", "Đoàn thanh niên")


@pytest.mark.parametrize(
    ("start", "text", "language"),
    [
        ("<html lang='en'>", TEXT, "vi"),
        ("<html lang='en-US'>", "The People's Committee issued a plan.", "en"),
        ("<html xml:lang='fr'>", "Le plan.", "fr"),
        ("<html lang='ăâ'>", "Plan.", None),
        ("<html>", "Plan.", None),
        ("<html lang='vi'>", "Plan.", "vi"),
    ],
)
def test_language_is_told_by_the_letters_before_the_template(start: str, text: str, language: str | None) -> None:
    assert article(f"{start}{HEAD}{FIELD.format(f'<p>{text}</p>')}").language == language


@pytest.mark.parametrize(
    ("body", "content_type", "told"),
    [
        (b"%PDF-1.4\n1 0 obj", "text/html", "not-html"),
        (b"%PDF-1.4", "application/pdf", "not-html"),
        (b"", "text/html", "other"),
        (b"", "", "not-html"),
        (b"\x00\x01\x02\xfe\xff" * 300, "text/html", "other"),
        (b"<frameset cols='20%,*'><frame src='/menu.aspx'><frame src='/bai.aspx'></frameset>", "text/html", "other"),
        (b"<head><title>T</title></head>", "text/html", "other"),
        (b"just words", "text/html", "other"),
    ],
)
@pytest.mark.parametrize("layout", [SHAREPOINT, UNKNOWN], ids=["sharepoint", "unknown"])
def test_bytes_that_are_no_page_to_read_get_their_verdict(
    body: bytes, content_type: str, told: str, layout: Layout
) -> None:
    assert extract(capture(body, content_type), layout) == Reading(told, layout.name)


@pytest.mark.parametrize("tag", ["div", "span", "font", "table", "b", "ul"])
@pytest.mark.parametrize("layout", [SHAREPOINT, UNKNOWN], ids=["sharepoint", "unknown"])
def test_ten_thousand_nested_elements_are_read_without_a_crash(tag: str, layout: Layout) -> None:
    start = time.monotonic()
    deep = f"<{tag}>" * 10_000 + TEXT + f"</{tag}>" * 10_000
    words = f"<{tag}>chữ " * 1500
    for markup in (deep, HEAD + FIELD.format(deep), HEAD + FIELD.format(words)):
        assert read(markup, layout).verdict in ("article", "other")
    assert time.monotonic() - start < 20


SEEDS = (
    "<html><head><title>Kế hoạch - Cổng</title></head><body><form action='/x'>"
    f"<div class='breadcrumb'><a href='/'>Tin</a></div>{HEAD}"
    f"<p class='ngay-dang'>Cập nhật: 17/11/2021 | 12:00 AM</p>{FIELD.format(f'<p><strong>{TEXT}</strong></p><p>{TEXT}</p>')}"
    "<table><tr><td><img src='a_jpg.jpg' srcset='b.jpg 2x' alt='x'></td></tr><tr><td><i>Ảnh: Lan</i></td></tr></table>"
    "<a href='/a.pdf'>Tải về</a><p>Nguồn: Báo</p></form></body></html>",
    f"<body><ul>{ITEMS}</ul><form><input name='a' value='1'><select name='s'><option>1</select>{PAGER}"
    "<a href=\"javascript:__doPostBack('p','2')\">2</a></form></body>",
    "<script type='application/ld+json'>{\"datePublished\": \"2021-02-31T25:61:00+99:99\"}</script><base href='http://[x'>"
    "<a href='http://[::1'>Trang sau</a><a href='//:0'>&#xD800;</a><meta charset='hex'>",
)
PIECES = sorted({piece for seed in SEEDS for piece in seed.replace(">", ">\n").split("\n") if piece})
QUICK = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def never_raises(body: bytes, content_type: str = "text/html") -> None:
    found = capture(body, content_type)
    for layout in (SHAREPOINT, UNKNOWN):
        assert extract(found, layout) == extract(found, layout)  # and says the same twice
    extract_by_portal(found, None)


@given(
    st.binary(max_size=400),
    st.sampled_from(["text/html", "text/html; charset=utf-16", "", "text/html; charset=windows-1258"]),
)
@QUICK
def test_no_bytes_raise_anything(body: bytes, content_type: str) -> None:
    never_raises(body, content_type)


@given(st.sampled_from(SEEDS), st.data())
@QUICK
def test_no_page_that_is_cut_off_or_damaged_raises_anything(seed: str, data: st.DataObject) -> None:
    whole = seed.encode()
    cut = data.draw(st.integers(0, len(whole)))
    patch = data.draw(st.binary(max_size=6))
    end = data.draw(st.integers(cut, len(whole)))
    never_raises(whole[:cut] + patch + whole[end:])


@given(st.lists(st.sampled_from(PIECES), max_size=40))
@QUICK
def test_no_page_whose_parts_are_shuffled_raises_anything(pieces: list[str]) -> None:
    never_raises("".join(pieces).encode())
