"""Pages of unknown make: the lead and the pictures above the text, captions in frames, what is no part of the text."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from archive.article import Article, Reading
from archive.capture import Capture
from crawler import portals

TEXT = "".join(
    f"<p>Ủy ban nhân dân tỉnh ban hành kế hoạch thứ {n}, triển khai nhiệm vụ trọng tâm trên địa bàn các huyện, thành phố.</p>"
    for n in ("nhất", "hai", "ba", "tư")
)
LEAD = "Kế hoạch nhằm nâng cao chất lượng phục vụ người dân và doanh nghiệp trong năm tới"
TITLE = "Tỉnh ban hành kế hoạch mới"


def read(above: str, text: str = TEXT, head: str = "", below: str = "") -> Reading:
    markup = (
        f"<html><head><title>{TITLE}</title>{head}</head><body><div class='bai'><h1>{TITLE}</h1>{above}"
        f"<div class='than-bai'>{text}</div>{below}</div></body></html>"
    )
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    capture = Capture("http://a.example/x", datetime(2026, 11, 24, 1, 0, tzinfo=UTC), 200, headers, markup.encode())
    return portals.extract(capture, None)


def article(above: str, text: str = TEXT, head: str = "", below: str = "") -> Article:
    found = read(above, text, head, below).article
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("above", "head"),
    [
        (f"<div class='article-sapo'>{LEAD}</div>", ""),
        (f"<p class='standfirst'>{LEAD}</p>", ""),
        (f"<h2 class='c-article__subtitle'>{LEAD}</h2>", ""),
        (f"<div itemprop='description'>{LEAD}</div>", ""),
        (f"<div class='x1'><span>{LEAD}</span></div>", f"<meta name='description' content='{LEAD}'>"),
        (
            f"<div class='x1'>{LEAD}</div>",
            f'<script type="application/ld+json">{{"@type": "NewsArticle", "description": "{LEAD}"}}</script>',
        ),
    ],
)
def test_lead_between_headline_and_text_is_the_lead_and_no_paragraph(above: str, head: str) -> None:
    found = article(above, head=head)
    assert found.lead == LEAD
    assert len(found.body) == 4


def test_description_that_stands_nowhere_on_the_page_is_no_lead() -> None:
    assert article("", head=f"<meta name='description' content='{LEAD}'>").lead is None


def test_description_made_of_the_first_paragraph_leaves_it_in_the_text() -> None:
    first = "Ủy ban nhân dân tỉnh ban hành kế hoạch thứ nhất, triển khai nhiệm vụ trọng tâm trên địa bàn các huyện, thành phố."
    found = article("", head=f"<meta property='og:description' content='{first}'>")
    assert (found.lead, len(found.body)) == (None, 4)


@pytest.mark.parametrize(
    "frame",
    [
        "<figure><img src='/a.jpg'><figcaption>Toàn cảnh hội nghị <span class='credit'>Thu Hà</span></figcaption></figure>",
        "<div class='main-image'><img src='/a.jpg'><div class='txt'>Toàn cảnh hội nghị</div>"
        "<p class='copyright'>Thu Hà</p></div>",
        "<div class='hero'><picture><source srcset='/s.jpg 1w'><img data-src='/a.jpg' src='data:,'></picture>"
        "<p>Toàn cảnh hội nghị (Photo: Thu Hà)</p></div>",
        "<figure><noscript><img src='/a.jpg'></noscript><figcaption>Toàn cảnh hội nghị. Ảnh: Thu Hà</figcaption></figure>",
    ],
)
@pytest.mark.parametrize("place", ["above", "inside"])
def test_picture_has_the_caption_and_the_credit_of_its_frame(frame: str, place: str) -> None:
    first, rest = TEXT.split("</p>", 1)
    found = article(frame) if place == "above" else article("", f"{first}</p>{frame}{rest}")
    told = [(image.url, image.caption, image.credit) for image in found.images]
    assert told == [("http://a.example/a.jpg", "Toàn cảnh hội nghị", "Thu Hà")]
    assert len(found.body) == 4


def test_icons_portraits_and_teasers_are_no_pictures_of_the_article() -> None:
    found = article(
        "<div class='author'><img src='/nguoi-viet.jpg'></div><img class='icon' src='/in.png' width='16' height='16'>",
        below="<div class='related'><a href='/y.html'><img src='/khac.jpg'>Một bài khác về kế hoạch</a></div>",
    )
    assert found.images == ()


def test_picture_of_the_same_address_is_told_once() -> None:
    frame = "<figure><img src='/a.jpg'><figcaption>Toàn cảnh</figcaption></figure>"
    assert len(article(frame, frame + TEXT).images) == 1


def test_links_between_the_paragraphs_are_no_text_and_a_file_is_none_of_them() -> None:
    first, rest = TEXT.split("</p>", 1)
    more = "<div class='xem-them'><a href='/b.html'>Xem thêm: Một bài khác về kế hoạch của tỉnh trong năm nay</a></div>"
    found = article("", f"{first}</p>{more}{rest}<p><a href='/k.pdf'>Kế hoạch số 12</a></p>")
    assert len(found.body) == 4
    assert [file.url for file in found.attachments] == ["http://a.example/k.pdf"]


@pytest.mark.parametrize(
    ("headline", "title"),
    [
        ("Tỉnh ban hành kế hoạch mới cho năm tới", "Tỉnh ban hành kế hoạch mới cho năm tới"),
        ("Tỉnh ban hành kế…", TITLE),
        ("Tin tức", TITLE),
    ],
)
def test_headline_that_the_linked_data_declare_is_the_title_where_it_is_whole(headline: str, title: str) -> None:
    head = f'<script type="application/ld+json">{{"@type": ["NewsArticle"], "headline": "{headline}"}}</script>'
    assert article("", head=head).title == title


@pytest.mark.parametrize(
    ("head", "author"),
    [
        ("<meta name='author' content='Thu Hà'>", "Thu Hà"),
        (
            '<script type="application/ld+json">{"@type": "NewsArticle",'
            ' "author": [{"name": "Thu Hà"}, {"name": "An"}]}</script>',
            "Thu Hà, An",
        ),
        ("<meta name='author' content='https://a.example/'>", None),
    ],
)
def test_author_is_read_off_the_metadata(head: str, author: str | None) -> None:
    assert article("", head=head).author == author


@pytest.mark.parametrize(
    "noise",
    [
        "<img src='/a.jpg'>" * 5000,
        "<div>" * 3000 + "<figure><img src='/a.jpg'></figure>" + "</div>" * 3000,
        "<li>một dòng ngắn</li>" * 5000,
        "<span>" * 3000 + LEAD + "</span>" * 3000,
        "<div class='image'><a href='/b.html'><img src='/a.jpg'></a>" * 2000,
    ],
    ids=["images", "a figure deep inside", "lines", "a lead deep inside", "teasers inside each other"],
)
def test_page_that_repeats_itself_is_read_in_no_longer_time_than_a_browser_takes(noise: str) -> None:
    start = time.process_time()
    assert read(noise, below=noise, text=TEXT + noise).verdict in ("article", "other", "listing")
    assert read("", below=noise).verdict in ("article", "other", "listing")
    assert time.process_time() - start < 10
