"""Two portals' real pages, crawled end to end.  What is expected was written down from looking at the pages."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from importlib import resources

import pytest

from archive.capture import Capture
from crawler import portals
from crawler.extract.page import Page
from crawler.platforms import recognise

from .real_pages import Crawled, crawl, page

PALACE = "http://dinhdoclap.gov.vn"
HANOI = "http://sotttt.hanoi.gov.vn"

NEWS = f"{PALACE}/vi-vn/tin-tuc-su-kien/tin-tuc-su-kien.aspx"
GUESTBOOK = f"{PALACE}/vi-vn/tin-tuc-su-kien/so-luu-niem.aspx"
COLLECTED = f"{PALACE}/vi-vn/suu-tam.aspx"
DELEGATION = f"{PALACE}/vi-vn/Tin-tuc-Su-kien/Tin-tuc-su-kien/oan-ai-bieu-cac-nuoc-tieu-vung-song-Me-Cong-tham-q.html"
TREE = f"{PALACE}/Tin-tuc-Su-kien/So-luu-niem/Bai-cam-nhan-1.aspx"
PICTURES = f"{PALACE}/vi-vn/Tin-tuc-Su-kien/assets/img/getattachment"

# The pages as copied lead to files of the copy; so each address here is the one that the copy's link makes.
PALACE_TABLE = {
    NEWS: "dinhdoclap-listing-1.html",
    GUESTBOOK: "dinhdoclap-article-2.html",
    DELEGATION: "dinhdoclap-article-1.html",
    # No listing of "Sưu tầm" was copied: its article stands where the guest book leads to its last entry.
    TREE: "dinhdoclap-article-3.html",
}
PRESS_PICTURES = "https://baomoi-photo-1.zadn.vn"

IT = f"{HANOI}/cong-nghe-thong-tin"
COVID = f"{HANOI}/phong-chong-dich-benh-covid-19"
TURN = (
    "p_p_id=101&p_p_lifecycle=0&p_p_state=normal&p_p_mode=view&p_p_col_id=column-1&p_p_col_pos={place}&p_p_col_count={of}"
    "&_101_delta={size}&_101_keywords=&_101_advancedSearch=false&_101_andOperator=true&p_r_p_564233524_resetCur=false"
    "&_101_cur={page}"
)
IT_2 = f"{IT}3046.html?" + TURN.format(place=1, of=2, size=10, page=2)
IT_18 = f"{IT}1c9e.html?" + TURN.format(place=1, of=2, size=10, page=18)
COVID_2 = f"{COVID}17b6.html?" + TURN.format(place=2, of=3, size=20, page=2)
TRAPPED = (
    f"{IT}/-/view_content/4410299-ha-noi-nang-cao-ky-nang-quan-tri-doanh-nghiep-cho-cac-nhom-khoi-nghiep-ve-cntt.html"
)

HANOI_TABLE = {
    IT: "sotttt.hanoi-listing-1.html",
    IT_2: "sotttt.hanoi-listing-2.html",  # page 17 stands in for page 2, which was not copied
    COVID: "sotttt.hanoi-listing-3.html",
    COVID_2: "sotttt.hanoi-listing-4.html",
    TRAPPED: "sotttt.hanoi-trap-1.html",
    f"{HANOI}/": "sotttt.hanoi-home-1.html",
    f"{HANOI}/lanh-ao-so": "sotttt.hanoi-static-1.html",
}


@pytest.fixture(scope="module")
def palace(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """The Independence Palace, crawled; one of its pictures is there."""
    table = {url: page(name) for url, name in PALACE_TABLE.items()} | {f"{PICTURES}/2.jpg": _picture()}
    return crawl("dinhdoclap", table, ["baomoi-photo-1.zadn.vn:443"], tmp_path_factory.mktemp("palace"))


@pytest.fixture(scope="module")
def hanoi(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """The department of information of Hà Nội, crawled."""
    table = {url: page(name) for url, name in HANOI_TABLE.items()}
    return crawl("sotttt-hanoi", table, ["hanoi.gov.vn:80", "hanoi.gov.vn:443"], tmp_path_factory.mktemp("hanoi"))


def test_kentico_listing_shows_ten_articles_and_the_way_to_the_next_page(palace: Crawled) -> None:
    (row,) = palace.rows(f"SELECT * FROM listings WHERE url = '{NEWS}'")
    assert row["category"] == ["Tin tức - Sự kiện", "Tin tức - Sự kiện"]
    assert [entry["position"] for entry in row["entries"]] == list(range(1, 11))
    first, last = row["entries"][0], row["entries"][-1]
    assert first["url"] == DELEGATION
    assert first["title"] == "Đoàn đại biểu các nước tiểu vùng sông Mê Công tham quan Dinh Độc Lập"
    assert (first["date_raw"], first["date"]) == ("04-04-2018 - 09:34", date(2018, 4, 4))
    assert last["title"] == "Lộ diện những “bí ẩn” của dinh Độc Lập"
    assert (last["date_raw"], last["date"]) == ("09-03-2018 - 02:57", date(2018, 3, 9))
    assert row["next"] == f"{PALACE}/vi-vn/vi-vn/tin-tuc-su-kien/tin-tuc-su-kien.html?page=2"


def test_kentico_listing_of_one_page_has_no_next(palace: Crawled) -> None:
    (row,) = palace.rows(f"SELECT * FROM listings WHERE url = '{GUESTBOOK}'")
    told = [(entry["title"], entry["date"]) for entry in row["entries"]]
    assert told == [
        ("Bài cảm nhận 8", date(2013, 6, 21)),
        ("Bài cảm nhận 7", date(2014, 4, 10)),
        ("Bài cảm nhận 6", date(2013, 10, 17)),
        ("Bài cảm nhận 5", date(2013, 10, 17)),
        ("Bài cảm nhận 4", date(2013, 6, 21)),
        ("Bài cảm nhận 3", date(2013, 6, 21)),
        ("Bài cảm nhận 2", date(2013, 6, 21)),
        ("Bài cảm nhận 1", date(2013, 6, 21)),
    ]
    assert row["next"] is None


def test_kentico_article_of_one_paragraph_and_three_pictures(palace: Crawled) -> None:
    (row,) = palace.rows(f"SELECT * FROM articles WHERE url = '{DELEGATION}'")
    assert row["title"] == "Đoàn đại biểu các nước tiểu vùng sông Mê Công tham quan Dinh Độc Lập"
    assert row["body"].startswith("Chiều ngày 03/4/2018, theo chương trình Hội thảo của Bộ Công an")
    assert row["body"].endswith("đã đến thăm và tìm hiểu về Di tích Lịch sử Dinh Độc Lập.")
    assert "\n" not in row["body"]
    assert row["lead"] is None
    assert row["category"] == ["Tin tức - Sự kiện", "Tin tức - Sự kiện"]
    assert row["categories"] == [["Tin tức - Sự kiện", "Tin tức - Sự kiện"]]
    assert (row["author"], row["source"], row["language"], row["attachments"]) == (None, None, "vi", [])


def test_the_only_date_shown_is_the_publishing_date_though_it_is_called_an_update(palace: Crawled) -> None:
    (row,) = palace.rows(f"SELECT * FROM articles WHERE url = '{DELEGATION}'")
    assert row["published_raw"] == "04-04-2018 - 09:34"
    assert row["published_date"] == date(2018, 4, 4)
    assert row["published_at"] == datetime(2018, 4, 4, 2, 34, tzinfo=UTC)
    assert (row["published_precision"], row["published_source"]) == ("minute", "page")
    assert (row["modified_at"], row["modified_raw"]) == (None, None)


def test_caption_goes_to_the_picture_above_it_alone(palace: Crawled) -> None:
    rows = palace.rows(f"SELECT unnest(images) AS i FROM articles WHERE url = '{DELEGATION}'")
    assert [(row["i"]["url"], row["i"]["caption"], row["i"]["credit"]) for row in rows] == [
        (f"{PICTURES}/1.jpg", None, None),
        (f"{PICTURES}/IMG-7503.JPG", None, None),
        (f"{PICTURES}/2.jpg", "Đoàn đi tham quan di tích", None),
    ]


def test_picture_that_is_there_has_its_bytes_in_the_row_and_the_others_have_none(palace: Crawled) -> None:
    rows = palace.rows(f"SELECT unnest(images) AS i FROM articles WHERE url = '{DELEGATION}'")
    first, second, third = (row["i"] for row in rows)
    for image in (first, second):
        assert (image["content_digest"], image["width"], image["mime"], image["record_id"]) == (None, None, None, None)
    assert third["content_digest"] == f"sha256:{hashlib.sha256(_picture()).hexdigest()}"
    assert (third["width"], third["height"], third["mime"]) == (560, 374, "image/jpeg")
    (capture,) = palace.rows(f"SELECT * FROM captures WHERE record_id = '{third['record_id']}'")
    assert (capture["url"], capture["content_length"]) == (f"{PICTURES}/2.jpg", 9801)


def test_press_article_has_lead_source_and_pictures_in_full_size(palace: Crawled) -> None:
    (row,) = palace.rows(f"SELECT * FROM articles WHERE url = '{TREE}'")
    assert row["title"] == "Cận cảnh siêu cổ thụ “bạch tuộc khổng lồ” giữa Sài Gòn; Báo điện tử baomoi.com"
    assert row["lead"].startswith("Với bộ rễ khổng lồ nổi lên mặt đất, vươn rộng")
    assert row["lead"].endswith("khiến nhiều người ngỡ ngàng.")
    paragraphs = row["body"].split("\n\n")
    assert len(paragraphs) == 10
    assert paragraphs[1].startswith("Không chỉ là một di tích lịch sử nổi tiếng Sài Gòn")
    assert paragraphs[-1] == 'Một số hình ảnh khác về cây điệp phèo heo "bạch tuộc" ở Dinh Độc Lập.'
    assert row["source"] == "https://www.baomoi.com/can-canh-sieu-co-thu-bach-tuoc-khong-lo-giua-sai-gon/c/20432850.epi"
    assert (row["published_raw"], row["published_date"]) == ("06-10-2017 - 01:57", date(2017, 10, 6))
    assert row["published_ambiguous"]
    assert row["category"] == ["Sưu tầm"]
    assert row["categories"] == [["Tin tức - Sự kiện", "Sổ lưu niệm"]]  # where the test has it stand
    assert row["language"] == "vi"  # the page declares en
    names = [image["url"].removeprefix(f"{PRESS_PICTURES}/16/09/28/139/20432850/") for image in row["images"]]
    assert names == [
        "1_154321.jpg", "2_150937.jpg", "3_153290.jpg", "4_160643.jpg", "5_133171.jpg",
        "6_172114.jpg", "7_166164.jpg", "8_147219.jpg", "9_134230.jpg", "10_129317.jpg",
    ]  # fmt: skip
    assert {image["caption"] for image in row["images"]} == {None}  # what stands below each is the story itself
    assert {image["content_digest"] for image in row["images"]} == {None}


def test_palace_crawl_asks_for_what_the_pages_list_and_nothing_else(palace: Crawled) -> None:
    entries = palace.rows("SELECT unnest(entries).url AS url FROM listings")
    assert len(entries) == 18
    following = f"{PALACE}/vi-vn/vi-vn/tin-tuc-su-kien/tin-tuc-su-kien.html?page=2"
    assert sorted(palace.asked("listing")) == sorted([NEWS, GUESTBOOK, COLLECTED, following])
    assert sorted(palace.asked("article")) == sorted(entry["url"] for entry in entries)
    assert sorted(palace.asked("image")) == [f"{PICTURES}/1.jpg", f"{PICTURES}/2.jpg", f"{PICTURES}/IMG-7503.JPG"]
    shown_with = palace.asked("requisite")
    assert len(set(shown_with)) == len(shown_with)
    hosts = {url.split("/", 3)[2] for url in shown_with}
    assert {url.split("/")[2] for url in palace.asked("robots")} >= {*hosts, "dinhdoclap.gov.vn"}
    own = [url for url in shown_with if url.startswith(PALACE)]
    assert f"{PALACE}/favicon.ico" not in own, "what no page names is not asked for"
    assert len(palace.seen) == 4 + 18 + 3 + 1 + len(own)  # every host else is only ever linked to
    assert {exchange.host for exchange in palace.seen} == {"dinhdoclap.gov.vn"}


def test_captures_read_again_say_the_same(palace: Crawled) -> None:
    (told,) = palace.read_again()
    assert (told["articles"], told["equal"], told["different"], told["added"]) == (2, 2, [], 0)


def test_no_robots_txt_allows_everything_and_no_answer_for_it_nothing(palace: Crawled) -> None:
    told = palace.rows("SELECT url, wire_verdict, fetch_status FROM captures WHERE kind = 'robots'")
    answers = {row["url"]: (row["wire_verdict"], row["fetch_status"]) for row in told}
    assert answers.pop(f"{PALACE}/robots.txt") == ("missing", 404)
    assert f"{PRESS_PICTURES}/robots.txt" in answers
    assert set(answers.values()) == {("failed", None)}
    assert not palace.rows(f"SELECT 1 FROM captures WHERE url LIKE '{PRESS_PICTURES}/16/%'")


def test_night_that_misses_most_articles_is_red(palace: Crawled, hanoi: Crawled) -> None:
    assert (palace.done.returncode, hanoi.done.returncode) == (1, 1), palace.done.stderr + hanoi.done.stderr
    assert "16 of 18 listed articles were not read" in palace.done.stderr
    assert "listings show 46 articles and none was read" in hanoi.done.stderr


def test_liferay_listings_are_walked_by_the_servers_own_links(hanoi: Crawled) -> None:
    rows = hanoi.rows("SELECT category, page, url, next, entries FROM listings ORDER BY category, page")
    covid = ["Phòng chống dịch bệnh viêm đường hô hấp cấp do virus covid 19"]
    assert [(row["category"], row["page"], row["url"], len(row["entries"]), row["next"]) for row in rows] == [
        (["Công nghệ thông tin"], 1, IT, 10, IT_2),
        (["Công nghệ thông tin"], 2, IT_2, 10, IT_18),
        (covid, 1, COVID, 20, COVID_2),
        (covid, 2, COVID_2, 6, None),
    ]


def test_liferay_listings_tell_titles_and_dates(hanoi: Crawled) -> None:
    rows = hanoi.rows("SELECT url, entries FROM listings")
    ends = {row["url"]: (row["entries"][0], row["entries"][-1]) for row in rows}
    told = {
        url: [(entry["title"], entry["date_raw"], entry["date"]) for entry in entries] for url, entries in ends.items()
    }
    assert told[IT] == [
        (
            "Chính thức kích hoạt Sự kiện không dùng tiền mặt năm 2022",
            "21/07/2022 | 10:00 AM",
            date(2022, 7, 21),
        ),
        (
            "Thông tư số 15/2020/TT-BTTTT ngày 09/7/2020 ban hành “Quy chuẩn kỹ thuật quốc gia về pin lithium cho thiết bị "
            "cầm tay”",
            "17/07/2020 | 08:28 AM",
            date(2020, 7, 17),
        ),
    ]
    assert told[IT_2] == [
        (
            "Hội thảo “An toàn thông tin trong cơ quan, doanh nghiệp thành phố Hà Nội”",
            "29/09/2012 | 12:00 AM",
            date(2012, 9, 29),
        ),
        ('"Đau đầu" chống sức công phá của DDoS', "10/07/2012 | 12:00 AM", date(2012, 7, 10)),
    ]
    # "Ngày đăng … | View count: 842" on the page: a count of views is no part of a date
    assert told[COVID][0][1:] == ("09/09/2020 | 05:07 PM", date(2020, 9, 9))
    assert told[COVID][1] == (
        "Công an Hà Nội cảnh báo về mã độc ngụy trang dưới tập tin liên quan Covid-19",
        "18/02/2020 | 09:00 AM",
        date(2020, 2, 18),
    )
    assert told[COVID_2][1] == (
        "Phòng chống Hội chứng viêm đường hô hấp vùng Trung Đông do vi rút corona (MERS-CoV) tại Việt Nam",
        "02/06/2015 | 12:00 AM",
        date(2015, 6, 2),
    )


def test_listing_under_an_articles_address_is_no_article_and_leads_nowhere(hanoi: Crawled) -> None:
    (capture,) = hanoi.rows(f"SELECT * FROM captures WHERE url = '{TRAPPED}'")
    assert (capture["kind"], capture["fetch_status"], capture["reading_verdict"]) == ("article", 200, "listing")
    assert not hanoi.rows("SELECT 1 FROM articles")
    assert not hanoi.rows("SELECT 1 FROM captures WHERE url LIKE '%737464-thang-long-civilization%'")


def test_hanoi_crawl_asks_for_what_the_pages_list_and_nothing_else(hanoi: Crawled) -> None:
    entries = hanoi.rows("SELECT unnest(entries).url AS url FROM listings")
    assert len(entries) == 46
    assert sorted(hanoi.asked("listing")) == sorted([IT, IT_2, IT_18, COVID, COVID_2])
    assert sorted(hanoi.asked("article")) == sorted(entry["url"] for entry in entries)
    assert f"{HANOI}/robots.txt" in hanoi.asked("robots")
    shown_with = hanoi.asked("requisite")
    own = [url for url in shown_with if url.startswith(HANOI)]
    assert len(hanoi.seen) == 5 + 46 + 1 + len(own)  # not the home page, not the fixed page
    assert {exchange.host for exchange in hanoi.seen} == {"sotttt.hanoi.gov.vn"}


@pytest.mark.parametrize("name", ["sotttt.hanoi-home-1.html", "sotttt.hanoi-static-1.html"])
def test_home_page_and_fixed_page_are_no_articles_though_they_hold_journal_articles(name: str) -> None:
    capture = _capture(name, f"{HANOI}/")
    assert portals.extract(capture, portals.find("sotttt-hanoi")).verdict == "other"


@pytest.mark.parametrize(
    ("name", "platform"),
    [
        ("sharepoint-us-chi_city_college.html", "sharepoint"),
        ("sharepoint-us-il_liquor_control.html", "sharepoint"),
        *((f"dinhdoclap-{kind}.html", "kentico") for kind in ("article-1", "article-2", "article-3", "listing-1")),
        *((f"sotttt.hanoi-{kind}-1.html", "liferay") for kind in ("home", "listing", "static", "trap")),
        *((f"sotttt.hanoi-listing-{number}.html", "liferay") for number in (2, 3, 4)),
        ("ncov.moh-template-post-detail.html", "liferay"),
        ("ncov.moh-template-tin-tuc.html", "liferay"),
        ("nukeviet-template-detail.html", "nukeviet"),
        ("nukeviet-template-listing.html", "nukeviet"),
        ("vpcp.chinhphu-home-1.html", "vccorp"),
        ("vnexpress-listing-1.html", "generic"),
        ("ninhbinh-body-01.html", "generic"),  # a body that was pasted elsewhere: one picture from VNPT's store
    ],
)
def test_platform_of_a_real_page_is_recognised(name: str, platform: str) -> None:
    assert recognise(Page(_capture(name, "http://portal.gov.vn/x")))[0].name == platform


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("sotttt.hanoi-listing-1.html", 10),
        ("sotttt.hanoi-listing-2.html", 10),
        ("sotttt.hanoi-listing-3.html", 20),
        ("sotttt.hanoi-listing-4.html", 6),
        ("sotttt.hanoi-trap-1.html", 6),
        ("dinhdoclap-listing-1.html", 10),
    ],
)
def test_listing_of_a_portal_without_a_file_is_no_article_though_it_is_full_of_text(name: str, entries: int) -> None:
    reading = portals.extract(_capture(name, "http://portal.gov.vn/tin-tuc"), None)
    assert reading.verdict == "listing"
    assert reading.listing is not None
    assert len(reading.listing.entries) == entries


def test_title_of_a_sharepoint_page_comes_without_the_sites_name() -> None:
    reading = portals.extract(
        _capture("sharepoint-us-chi_city_college.html", "http://portal.gov.vn/Pages/x.aspx"), None
    )
    assert reading.article is not None
    assert reading.article.title == "February 2019 Board and Committee Meetings"


def _capture(name: str, url: str) -> Capture:
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    return Capture(url, datetime(2026, 11, 24, 1, 0, tzinfo=UTC), 200, headers, page(name))


def _picture() -> bytes:
    return (resources.files("crawler.demo") / "images" / "IMG_8120.jpg").read_bytes()
