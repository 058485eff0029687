"""Templates that portals' pages are made of, filled with values of our own, and bodies that were taken out of their pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from archive.article import Reading
from archive.capture import Capture
from crawler import portals
from crawler.extract import extract
from crawler.platforms import PLATFORMS

from .real_pages import page

UUID = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
NUKEVIET = {
    "DETAIL.title": "Tập huấn sơ cứu",
    "SCHEMA_AUTHOR": "Ban biên tập",
    "SCHEMA_DATEPUBLISHED": "2026-10-19T07:45:00+07:00",
    "DETAIL.publtime": "Thứ hai - 19/10/2026 07:45",
    "DETAIL.hometext": "Sáu mươi giáo viên học sơ cứu.",
    "DETAIL.bodyhtml": "<p>Lớp học mở tại trường cấp hai.</p><p>Mỗi người được cấp một cuốn sổ tay.</p>",
    "DETAIL.image.src": "/assets/news/2026_10/so-cuu.jpg",
    "DETAIL.image.note": "Thực hành băng bó",
    "DETAIL.homeimgfile": "/uploads/news/2026_10/so-cuu.jpg",
    "DETAIL.srcset": "",
    "DETAIL.author": "Trần Văn Thời",
    "DETAIL.source": "Phòng Giáo dục",
    "LANG.author": "Tác giả",
    "LANG.source": "Nguồn tin",
    "KEYWORD": "sơ cứu",
    "LINK_KEYWORDS": "/vi/news/tag/so-cuu/",
    "SLASH": "",
    "FILE.url": "/vi/news/download/?id=7",
    "FILE.title": "so-tay.pdf",
    "FILE.titledown": "Tải về",
    "CONTENT.link": "/vi/news/thong-bao/bai-2.html",
    "CONTENT.title": "Bài số hai",
    "CONTENT.publtime": "19/10/2026 07:45",
}
MOH = {
    "title": "Tiêm phòng ở xã đảo",
    "time": "23/02/2026 10:20",
    "heading": "Tổ tiêm phòng ra đảo bằng chuyến tàu sớm, mang theo thuốc cho một trăm trẻ.",
    "image": f"/documents/20182/1/tau.jpg/{UUID}",
    "content": "Một trăm trẻ đã được tiêm trong ngày.",
    "author": "Lê Hà",
}


def read(markup: str, url: str, platform: str | None = None) -> Reading:
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    capture = Capture(url, datetime(2026, 11, 24, 1, 0, tzinfo=UTC), 200, headers, markup.encode())
    return extract(capture, PLATFORMS[platform].layout) if platform else portals.extract(capture, None)


def nukeviet(name: str, without: str) -> str:
    """The template with our values: without the parts named, which it has where the article has none of the sort."""
    text = page(name).decode()
    text = re.sub(rf"<!-- BEGIN: ({without}) -->.*?<!-- END: \1 -->", "", text, flags=re.DOTALL)
    text = re.sub(r"<!-- (?:BEGIN|START|END)[^>]*-->", "", text)
    return re.sub(r"\{([A-Z_]+(?:\.[\w.]+)?)\}", lambda found: NUKEVIET.get(found[1], ""), text)


def blade(name: str, values: Mapping[str, str]) -> str:
    text = re.sub(r"<\?= \$post_result\['(\w+)'\] \?>", lambda found: values.get(found[1], ""), page(name).decode())
    return re.sub(r"<\?.*?\?>", "", text, flags=re.DOTALL)


def test_nukeviets_own_template_of_an_article_is_read_in_its_fields() -> None:
    found = read(
        nukeviet("nukeviet-template-detail.html", "imgthumb|no_public|show_player|others|adminlink"),
        "https://truong.example/vi/news/thong-bao/tap-huan-7.html",
    ).article
    assert found is not None
    assert (found.title, found.lead) == ("Tập huấn sơ cứu", "Sáu mươi giáo viên học sơ cứu.")
    assert found.body == ("Lớp học mở tại trường cấp hai.", "Mỗi người được cấp một cuốn sổ tay.")
    assert found.published is not None
    assert (found.published.text(), found.modified) == ("2026-10-19T07:45:00+07:00", None)
    assert (found.author, found.source, found.tags) == ("Trần Văn Thời", "Phòng Giáo dục", ("sơ cứu",))
    assert [(image.url.rsplit("/", 3)[1:], image.caption) for image in found.images] == [
        (["news", "2026_10", "so-cuu.jpg"], "Thực hành băng bó")
    ]
    assert [file.name for file in found.attachments] == ["Tải về: so-tay.pdf"]


def test_nukeviets_own_template_of_a_category_is_a_listing() -> None:
    found = read(
        nukeviet("nukeviet-template-listing.html", "viewdescription|featured|related"),
        "https://truong.example/vi/news/thong-bao/",
    ).listing
    assert found is not None
    assert [(entry.title, entry.date_raw) for entry in found.entries] == [("Bài số hai", "19/10/2026 07:45")]


def test_article_in_the_ministry_of_healths_liferay_7_is_read_in_its_fields() -> None:
    found = read(blade("ncov.moh-template-post-detail.html", MOH), "https://yte.example/-/tin/1").article
    assert found is not None
    assert (found.title, found.lead) == (MOH["title"], MOH["heading"])
    assert (found.body, found.author) == ((MOH["content"],), "Lê Hà")
    assert found.published is not None
    assert found.published.text() == "2026-02-23T10:20:00+07:00"
    assert [image.url for image in found.images] == [f"https://yte.example{MOH['image']}"]


@pytest.mark.parametrize(
    ("name", "paragraphs", "captions"),
    [
        ("ninhbinh-body-01.html", 5, ["Ảnh minh họa"]),
        ("ninhbinh-body-05.html", 7, [None, None]),
        (
            "ninhbinh-body-11.html",
            4,
            [
                "Quang cảnh Hội nghị",
                "Đồng chí Tống Quang Thìn, Phó Chủ tịch Thường trực UBND tỉnh phát biểu kết luận Hội nghị",
            ],
        ),
    ],
)
def test_body_from_ninh_binhs_portal_is_read_in_vnpts_fields(
    name: str, paragraphs: int, captions: list[str | None]
) -> None:
    text = page(name).decode().replace("<h1>", '<div class="ArticleHeader">').replace("</h1>", "</div>")
    text = text.replace('class="excerpt"', 'class="ArticleSummary"').replace(
        'class="content"', 'class="ArticleContent"'
    )
    found = read(text, "https://ninhbinh.gov.vn/tin/bai-1", "vnpt").article
    assert found is not None
    assert found.lead is not None
    assert len(found.body) == paragraphs
    assert [image.caption for image in found.images] == captions
