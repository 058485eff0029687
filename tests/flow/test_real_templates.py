"""Templates that portals' pages are made of, filled with values of our own, and bodies that were taken out of their pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

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


PAGER = """<ul class="pagination"><li class="page-item active"><a class="page-link" href="#">1</a></li>
<li class="page-item"><a class="page-link" rel="next" href="/vi/news/thong-bao/page-2/">2</a></li></ul>"""


def read(markup: str, url: str, platform: str | None = None, portal: str | None = None) -> Reading:
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    capture = Capture(url, datetime(2026, 11, 24, 1, 0, tzinfo=UTC), 200, headers, markup.encode())
    known = portals.find(portal) if portal else None
    return extract(capture, PLATFORMS[platform].layout) if platform else portals.extract(capture, known)


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


def test_nukeviets_picture_of_the_lead_is_one_whether_small_or_large() -> None:
    for without in ("imgfull", "imgthumb", "none"):
        text = nukeviet("nukeviet-template-detail.html", f"{without}|empty|no_public|show_player|others|adminlink")
        found = read(text, "https://truong.example/vi/news/thong-bao/tap-huan-7.html").article
        assert found is not None
        assert [(image.url, image.caption) for image in found.images] == [
            ("https://truong.example/uploads/news/2026_10/so-cuu.jpg", "Thực hành băng bó")
        ]


def test_nukeviets_date_is_the_shown_one_where_the_microdata_are_empty() -> None:
    text = nukeviet("nukeviet-template-detail.html", "imgthumb|no_public|show_player|others|adminlink")
    text = text.replace(NUKEVIET["SCHEMA_DATEPUBLISHED"], "")
    found = read(text, "https://truong.example/vi/news/thong-bao/tap-huan-7.html").article
    assert found is not None
    assert found.published is not None
    assert (found.published.text(), found.published.raw) == ("2026-10-19T07:45:00+07:00", "19/10/2026 07:45")


def test_nukeviets_listing_has_its_featured_article_first_and_its_pager_leads_on() -> None:
    text = page("nukeviet-template-listing.html").decode()
    large = text[text.index("<!-- BEGIN: featured -->") : text.index("<!-- END: featured -->")]
    text = text.replace(large, large.replace("{CONTENT.link}", "/vi/news/thong-bao/bai-9.html"))
    text = text.replace("{GENERATE_PAGE}", PAGER).replace("{CONTENT.link}", "/vi/news/thong-bao/bai-2.html")
    text = re.sub(r"<!-- BEGIN: (viewdescription|related) -->.*?<!-- END: \1 -->", "", text, flags=re.DOTALL)
    text = re.sub(r"\{([A-Z_]+(?:\.[\w.]+)?)\}", lambda hole: NUKEVIET.get(hole[1], ""), text)
    found = read(text, "https://truong.example/vi/news/thong-bao/").listing
    assert found is not None
    assert [entry.url.rsplit("/", 1)[1] for entry in found.entries] == ["bai-9.html", "bai-2.html"]
    assert {entry.day for entry in found.entries} == {date(2026, 10, 19)}
    assert found.next is not None
    assert found.next.url == "https://truong.example/vi/news/thong-bao/page-2/"


@pytest.mark.parametrize("portal", [None, "moh"])
def test_short_lead_of_the_ministry_of_health_is_told_by_its_place(portal: str | None) -> None:
    values = MOH | {"heading": "Tàu về trước bão.", "time": "Thứ hai, 23/02/2026"}
    text = blade("ncov.moh-template-post-detail.html", values)
    found = read(text, "https://yte.example/-/tin/1", portal=portal).article
    assert found is not None
    assert (found.title, found.lead) == (MOH["title"], "Tàu về trước bão.")
    assert (found.body, found.author) == ((MOH["content"],), "Lê Hà")
    assert found.published is not None
    assert (found.published.text(), found.published.raw) == ("2026-02-23", "23/02/2026")
    assert len(found.images) == 1  # the hotline's picture is another portlet's


@pytest.mark.parametrize("portal", [None, "moh"])
@pytest.mark.parametrize(("number", "following"), [(1, "https://yte.example/tin-tuc?page=2"), (3, None)])
def test_ministry_of_healths_listing_begins_with_the_large_story(
    number: int, following: str | None, portal: str | None
) -> None:
    here = f"https://yte.example/tin-tuc?page={number}" if number > 1 else "https://yte.example/tin-tuc"
    found = read(news(number, last=3), here, portal=portal).listing
    assert found is not None
    told = [(entry.url.rsplit("=", 1)[1], entry.title, entry.date_raw, entry.day) for entry in found.entries]
    assert told == [
        ("40", "Tin 0", "20/02/2026 08:10", date(2026, 2, 20)),
        ("41", "Tin 1", "21/02/2026 08:11", date(2026, 2, 21)),
        ("42", "Tin 2", "22/02/2026 08:12", date(2026, 2, 22)),
    ]
    assert (found.next.url if found.next else None) == following


def news(number: int, last: int) -> str:
    """A page of the Ministry's listing: the newest in large, two rows, and the pager of `last` pages."""
    text = page("ncov.moh-template-tin-tuc.html").decode()

    def story(part: str, n: int) -> str:
        values = {
            "id": f"4{n}",
            "title": f"Tin {n}",
            "time": f"2{n}/02/2026 08:1{n}",
            "heading": "Tóm tắt",
            "image": "/a.jpg",
        }
        return re.sub(r"<\?= \$(?:item|newPost\[0\])\['(\w+)'\] \?>", lambda hole: values[hole[1]], part)

    head, row, rest = re.split(r"<\?php (?:foreach \(.*?|endforeach;) \?>", text)
    pages = "".join(
        f"<li class='page-item active'><a class='page-link' href='#'>{n}</a></li>"
        if n == number
        else f"<li class='page-item'><a class='page-link' href='?page={n}'>{n}</a></li>"
        for n in range(1, last + 1)
    )
    rest = re.sub(r"<\?php\s+for \(.*?\?>", pages, rest, flags=re.DOTALL)
    rest = rest.replace('<?= "?page=1" ?>', "?page=1").replace('<?= "?page=" . $total_pages ?>', f"?page={last}")
    filled = (story(head, 0) + story(row, 1) + story(row, 2) + rest).replace("<?= base_url() ?>", "https://yte.example")
    return re.sub(r"<\?.*?\?>", "", filled, flags=re.DOTALL)


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
