"""NukeViet: an article in its fields, and numbered pages."""

from __future__ import annotations

from datetime import date

import pytest

from crawler.platforms.nukeviet import full_image

from .pages import article, titles, walk

SITE = "https://truongcap.example"
NEWS = f"{SITE}/vi/news/thong-bao/"

ARTICLE = """
<html lang="vi"><head><meta name="generator" content="NukeViet v4.5"></head><body>
<ol class="breadcrumb"><li><a href="/" itemprop="item"><span itemprop="name">Trang chủ</span></a></li>
<li><a href="/vi/news/thong-bao/"><span itemprop="name">Thông báo</span></a></li></ol>
<div class="news_column panel panel-default" itemtype="http://schema.org/NewsArticle" itemscope><div class="panel-body">
<h1 class="title margin-bottom-lg" itemprop="headline">Tập huấn sơ cứu cho giáo viên</h1>
<div class="hidden hide d-none" itemprop="author" itemscope><span itemprop="name">Ban biên tập</span></div>
<span class="hidden hide d-none" itemprop="datePublished">2026-10-19T07:45:00+07:00</span>
<span class="hidden hide d-none" itemprop="dateModified">2026-10-20T15:00:00+07:00</span>
<span class="h5">Thứ hai - 19/10/2026 07:45</span>
<div class="clearfix">
<div class="hometext m-bottom" itemprop="description">Sáu mươi giáo viên học cách sơ cứu trong hai buổi.</div>
<figure class="article center"><img src="/assets/news/2026_10/so-cuu.jpg" class="img-thumbnail">
<figcaption>Thực hành băng bó</figcaption></figure></div>
<div id="news-bodyhtml" class="bodytext margin-bottom-lg"><p>Lớp học mở tại hội trường trường cấp hai.</p>
<p style="text-align:center"><img src="/uploads/news/2026_10/lop.jpg"><br><em>Buổi học sáng thứ hai</em></p>
<p>Mỗi người được cấp một cuốn sổ tay.</p></div>
<div class="panel panel-default"><div class="list-group news-download-file"><div class="list-group-item">
<span class="badge"><a role="button" href="#file-0">Xem</a></span>
<a href="/vi/news/download/?id=7" title="Tải về so-tay" download>Tải về: <strong>so-tay.pdf</strong></a></div></div></div>
<div class="margin-bottom-lg"><p class="h5 text-right"><strong>Tác giả bài viết: </strong>Trần Văn Thời</p>
<p class="h5 text-right"><strong>Nguồn tin: </strong>Phòng Giáo dục</p></div></div></div>
<div class="news_column panel panel-default"><div class="panel-body"><div class="h5"><em class="fa fa-tags">&nbsp;</em>
<strong>Tags: </strong>
<a href="/vi/news/tag/so-cuu/"><em>sơ cứu</em></a>, <a href="/vi/news/tag/giao-vien/"><em>giáo viên</em></a></div></div></div>
<div class="news_column panel panel-default"><div class="panel-body other-news"><ul class="related"><li><h4>
<a href="/vi/news/x-1.html">Tin khác</a></h4></li></ul></div></div>
</body></html>
"""


def shown(number: int, last: int) -> str:
    rows = "".join(
        f"""<div class="panel panel-default"><div class="panel-body"><a href="/vi/news/thong-bao/bai-{n}.html">
<img class="imghome"></a>
<h3><a href="/vi/news/thong-bao/bai-{n}.html">Thông báo số {n}</a></h3><div class="text-muted"><ul><li>
<em class="fa fa-clock-o">&nbsp;</em> {n}/10/2026 07:45</li>
<li><em class="fa fa-eye">&nbsp;</em> Đã xem: 12</li></ul></div>Tóm tắt.</div></div>"""
        for n in (number * 2, number * 2 + 1)
    )
    numbers = "".join(
        f'<li class="page-item active"><a class="page-link" href="#">{n}</a></li>'
        if n == number
        else f'<li class="page-item"><a class="page-link" href="/vi/news/thong-bao/page-{n}/">{n}</a></li>'
        for n in range(1, last + 1)
    )
    head = '<meta name="generator" content="NukeViet v4.5"><title>Thông báo</title>'
    return f'{head}<div class="news_column">{rows}</div><div class="text-center"><ul class="pagination">{numbers}</ul></div>'


LISTING = shown(1, 3)


def test_article_is_read_in_its_fields() -> None:
    found = article("nukeviet", ARTICLE, f"{NEWS}tap-huan-so-cuu-12.html")
    assert (found.title, found.layout) == ("Tập huấn sơ cứu cho giáo viên", "nukeviet/news")
    assert found.lead == "Sáu mươi giáo viên học cách sơ cứu trong hai buổi."
    assert found.body == ("Lớp học mở tại hội trường trường cấp hai.", "Mỗi người được cấp một cuốn sổ tay.")
    assert found.published is not None
    assert found.modified is not None
    assert found.published.text() == "2026-10-19T07:45:00+07:00"
    assert found.modified.text() == "2026-10-20T15:00:00+07:00"
    assert (found.category, found.author, found.source) == (("Thông báo",), "Trần Văn Thời", "Phòng Giáo dục")
    assert found.tags == ("sơ cứu", "giáo viên")
    assert [(i.url, i.caption) for i in found.images] == [
        (f"{SITE}/uploads/news/2026_10/so-cuu.jpg", "Thực hành băng bó"),
        (f"{SITE}/uploads/news/2026_10/lop.jpg", "Buổi học sáng thứ hai"),
    ]
    assert [(f.url, f.name) for f in found.attachments] == [(f"{SITE}/vi/news/download/?id=7", "Tải về: so-tay.pdf")]


def test_author_of_an_article_without_a_line_of_its_own_is_that_of_the_microdata() -> None:
    plain = ARTICLE.replace("<strong>Tác giả bài viết: </strong>Trần Văn Thời", "")
    assert article("nukeviet", plain, f"{NEWS}tap-huan-so-cuu-12.html").author == "Ban biên tập"


def test_listing_is_walked_by_its_numbers() -> None:
    pages = {NEWS: shown(1, 3), f"{NEWS}page-2/": shown(2, 3), f"{NEWS}page-3/": shown(3, 3)}
    found = walk("nukeviet", NEWS, lambda turn: pages[turn.url])
    assert [len(page) for page in titles(found)] == [2, 2, 2]
    first = found[0].entries[0]
    assert (first.title, first.day, first.date_raw) == ("Thông báo số 2", date(2026, 10, 2), "2/10/2026 07:45")


@pytest.mark.parametrize(
    ("url", "full"),
    [
        ("/assets/news/2024_10/x.jpg", "/uploads/news/2024_10/x.jpg"),
        ("/assets/news/x.jpg", "/uploads/news/x.jpg"),
        ("/assets/images/logo.png", "/assets/images/logo.png"),
        ("/uploads/news/2024_10/x.jpg", "/uploads/news/2024_10/x.jpg"),
        ("/themes/a/images/x.jpg", "/themes/a/images/x.jpg"),
    ],
)
def test_thumbnail_leads_to_the_upload(url: str, full: str) -> None:
    assert full_image(SITE + url) == SITE + full
