"""Real pages, each held to the record that a person wrote down from looking at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest

from archive.article import Article, Listing, Reading
from archive.capture import Capture
from crawler import portals
from crawler.page import read_file, recognised

from .real_pages import folder, page

SOMEWHERE = "https://cong.example/tin-tuc/bai-7"
"""The address of a page whose portal is not known."""

NINH_BINH = "https://ninhbinh.gov.vn/tin/bai-7"
PALACE = "http://dinhdoclap.gov.vn/vi-vn/Tin-tuc-Su-kien/Tin-tuc-su-kien/bai.html"


@dataclass(frozen=True)
class Body:
    """A body as it stands on the page: how its first and last paragraphs begin and end, and its pictures' captions."""

    name: str
    title: str
    lead: tuple[str, str]
    paragraphs: int
    first: str
    last: str
    images: Sequence[tuple[str, str | None]] = field(default=())


BALLOONS = "Lễ hội Khinh khí cầu Tràng An-Cúc Phương năm 2024"
BODIES = [
    Body(
        "ninhbinh-body-01.html",
        "Ninh Bình ban hành Kế hoạch triển khai thực hiện tinh giản biên chế năm 2025",
        ("Ngày 22/10/2024, UBND tỉnh", "biên chế tỉnh Ninh Bình năm 2025."),
        5,
        "Thực hiện tinh giản biên chế tỉnh Ninh Bình năm 2025 nhằm",
        "90 viên chức; 19 cán bộ, công chức cấp xã.",
        [("tinhgian.png", "Ảnh minh họa")],
    ),
    Body(
        "ninhbinh-body-03.html",
        f"Khai mạc {BALLOONS}",
        ("Sáng 26/10, tại Công viên", "“Tuyệt sắc miền Cố đô” năm 2024."),
        5,
        "Dự lễ khai mạc có các đồng chí: Đoàn Minh Huấn",
        "là điểm đến của các Lễ hội bốn mùa. …",
        [
            ("1.jpg", "Quang cảnh khai mạc Lễ hội Khinh khí"),  # the editor broke off; the picture's alt is not shown
            ("dbieu.jpeg", f"Các đại biểu dự khai mạc {BALLOONS}."),
            ("dbieu1.jpeg", f"Các đại biểu dự khai mạc {BALLOONS}"),
            ("manh.jpeg", "Lãnh đạo Sở Du lịch phát biểu tại Lễ khai mạc."),
            ("db.jpeg", f"Các đại biểu bấm nút khai mạc {BALLOONS}."),
            ("tang.jpeg", "Lãnh đạo Sở Du lịch tặng hoa và giấy chứng nhận cho các nhà tài trợ"),
        ],
    ),
    Body(
        "ninhbinh-body-05.html",
        "Hội thảo:” Các tiến bộ của công nghệ dữ liệu và dữ liệu số trong phát triển kinh tế số”",
        ("Chiều 24/10/2024 diễn ra Hội thảo nằm", "trung tâm dữ liệu (data center) mới."),
        7,  # a picture between two line breaks parts a paragraph in two
        "Dự Hội thảo có Đồng chí Đoàn Minh Huấn",
        "phát triển bền vững cho nền kinh tế số của cả nước.",
        [
            ("EF85B087-29A3-460A-B675-C85E76D66A01.jpeg", None),
            ("68E79C51-43A0-4518-B7C4-C4A6677A2AFB.jpeg", None),
        ],
    ),
    Body(
        "ninhbinh-body-09.html",
        "Tổng thống Mỹ kêu gọi Quốc hội và ông Trump không bỏ rơi Ukraine",
        ("Theo cố vấn an ninh quốc gia", "về vấn đề tài trợ cho Ukraine."),
        7,
        "Tổng thống Joe Biden sẽ lập luận rằng, Mỹ",
        "trong tương lai của Mỹ vào cuộc xung đột Ukraine.",
        [("presidential-debate-between-Donald-Trump-and-Joe-Biden.png", None)],
    ),
    Body(
        "ninhbinh-body-11.html",
        "Hội nghị rà soát, triển khai Kế hoạch tổ chức Festival lần thứ III năm 2024",
        ("Chiều 29/10/2024, Ban Tổ chức", "các thành viên Ban Tổ chức Festival năm 2024."),
        4,
        "Tiếp nối thành công của Festival Ninh Bình năm 2023",
        "xây dựng thương hiệu văn hóa riêng của Ninh Bình..",
        [
            ("z5979437164294_4fd60aabfdb7bd02f21f2764df0b58bd.jpg", "Quang cảnh Hội nghị"),
            (
                "z5979446654679_b9b9ffb06cf7b96c7a0886754ea667f1.jpg",
                "Đồng chí Tống Quang Thìn, Phó Chủ tịch Thường trực UBND tỉnh phát biểu kết luận Hội nghị",
            ),
        ],
    ),
    Body(
        "ninhbinh-body-13.html",
        "Vì sao 'tuần trăng mật' của Microsoft và OpenAI kết thúc?",
        ("'Ngọt ngào đến mấy cũng tan thành mây'", "vào cuộc đối đầu khốc liệt."),
        48,  # pasted twice, and twice it stands on the page
        "Microsoft là một trong những nhà đầu tư ban đầu của OpenAI",
        'và OpenAI có thể không giành chiến thắng".',
        [("openai-vs-microsoft.png", None)],
    ),
]


@pytest.mark.parametrize("portal", [None, "ninhbinh"])
@pytest.mark.parametrize("right", BODIES, ids=lambda right: right.name)
def test_pasted_body_is_read_whole_with_its_captions(right: Body, portal: str | None) -> None:
    found = article(right.name, NINH_BINH if portal else SOMEWHERE, portal)
    assert found.title == right.title
    assert len(found.body) == right.paragraphs
    assert found.body[0].startswith(right.first)
    assert found.body[-1].endswith(right.last)
    assert [(image.url.rsplit("/", 1)[1], image.caption) for image in found.images] == list(right.images)
    assert {image.credit for image in found.images} == {None}
    assert (found.published, found.modified) == (None, None), "its date was left behind with the page"
    assert (found.author, found.source, found.language) == (None, None, "vi")
    assert (found.links, found.attachments, found.category) == ((), (), ())


@pytest.mark.parametrize("right", BODIES, ids=lambda right: right.name)
def test_lead_of_a_pasted_body_is_its_excerpt(right: Body) -> None:
    for portal in ("ninhbinh", None):
        lead = article(right.name, NINH_BINH, portal).lead
        assert lead is not None
        assert lead.startswith(right.lead[0])
        assert lead.endswith(right.lead[1])


def test_press_page_is_the_article_that_it_shows_and_none_of_what_stands_around_it() -> None:
    found = article("vnexpress-listing-1.html", "https://vnexpress.net/bai-4672302.html")
    assert found.title == "Ông Hồ Đức Phớc: Sẽ nâng mức giảm trừ gia cảnh tính thuế cá nhân khi sửa luật"
    assert found.category == ("Kinh doanh", "Vĩ mô")
    assert found.published is not None
    assert found.published.text() == "2023-11-02T19:20:45+07:00"
    assert found.modified is not None
    assert found.modified.text() == "2023-11-02T21:11:08+07:00", "its linked data tell of a later change than its meta"
    assert (found.author, found.language) == ("Anh Minh", "vi")
    assert found.lead is not None
    assert found.lead.startswith("Bộ trưởng Tài chính Hồ Đức Phớc thừa nhận")
    assert found.lead.endswith("khi sửa luật.")
    assert len(found.body) == 10
    assert found.body[0].startswith("Thông tin trên được Bộ trưởng Tài chính Hồ Đức Phớc chia sẻ")
    assert found.body[-1].endswith("lớn hơn nhiều so với tỷ lệ 40% mà Bộ Tài chính xác định.")
    assert [(image.caption, image.credit) for image in found.images] == [
        ("Ông Hồ Đức Phớc, Bộ trưởng Tài chính", "Hoàng Phong")
    ]
    assert [(link.text, link.url.rsplit("-", 1)[1]) for link in found.links] == [
        ("cách tính thuế thu nhập cá nhân đã lạc hậu", "4671980.html")
    ]


@pytest.mark.parametrize("portal", [None, "dinhdoclap"])
def test_palace_article_without_its_portals_file_says_the_same(portal: str | None) -> None:
    found = article("dinhdoclap-article-1.html", PALACE, portal)
    assert found.title == "Đoàn đại biểu các nước tiểu vùng sông Mê Công tham quan Dinh Độc Lập"
    assert found.published is not None
    assert (found.published.text(), found.modified) == ("2018-04-04T09:34:00+07:00", None)
    assert (found.lead, len(found.body), found.links) == (None, 1, ())
    captions = [(image.url.rsplit("/", 1)[1], image.caption) for image in found.images]
    assert captions == [("1.jpg", None), ("IMG-7503.JPG", None), ("2.jpg", "Đoàn đi tham quan di tích")]
    assert found.category == ("Tin tức - Sự kiện", "Tin tức - Sự kiện")


@pytest.mark.parametrize("portal", [None, "dinhdoclap"])
def test_reposted_press_article_has_its_ten_pictures_and_none_of_their_hidden_titles(portal: str | None) -> None:
    found = article("dinhdoclap-article-3.html", PALACE, portal)
    assert found.title == "Cận cảnh siêu cổ thụ “bạch tuộc khổng lồ” giữa Sài Gòn; Báo điện tử baomoi.com"
    assert found.lead is not None
    assert found.lead.endswith("cây điệp phèo heo cổ thụ ở Dinh Độc Lập khiến nhiều người ngỡ ngàng.")
    assert found.published is not None
    assert (found.published.day, found.published.raw) == (date(2017, 10, 6), "06-10-2017 - 01:57")
    assert found.source is not None
    assert found.source.endswith("/c/20432850.epi")
    assert [image.caption for image in found.images] == [None] * 10
    assert found.body[5].startswith("Điệp phèo heo (tên khoa học Enterolobium cyclocarpum)")
    assert not any("Nguồn" in paragraph or "Bài viết khác" in paragraph for paragraph in found.body)
    assert found.links == ()  # the pictures lead to themselves in full


def test_meeting_of_a_college_is_a_page_of_three_paragraphs_under_its_visible_trail() -> None:
    found = article("sharepoint-us-chi_city_college.html", "http://www.ccc.edu/events/Pages/February-2019.aspx")
    assert found.title == "February 2019 Board and Committee Meetings"
    assert found.category == ("Events",)  # the ribbon's hidden menu has the library and the site, too
    first, table, last = found.body
    assert first.startswith("The Board of Trustees of Community College District No. 508")
    assert table.split("\n") == [
        "12:00 noon | Committee on Finance and Administrative Services",
        "2:00 p.m. | February 2019 Regular Board Meeting",
    ]
    assert last.endswith("at (312) 553-2515 or at requesttospeak@ccc.edu.")
    assert (found.published, found.modified, found.lead, found.language) == (None, None, None, "en")
    assert (found.images, found.links, found.attachments) == ((), (), ())


def test_page_of_a_commission_has_its_links_and_none_of_the_calendar_beside_it() -> None:
    found = article("sharepoint-us-il_liquor_control.html", "https://www2.illinois.gov/ilcc/Divisions/Pages/Legal.aspx")
    assert found.title == "Board Meetings and Hearings"
    assert found.category == ("ILCC", "Divisions")
    assert len(found.body) == 5
    assert found.body[0].endswith("locations of future Board of Commissioners meetings.")
    assert [link.text for link in found.links] == [
        "Board Meeting/Hearing Schedule",
        "Board of Commissioners",
        "Board Meeting Minutes",
        "Monthly Underage Compliance Check Reports",
        "Most Recent Underage Compliance Operations",
        "Filing Liquor Appeals",
    ]
    assert (found.published, found.modified, found.images, found.language) == (None, None, (), "en")


@dataclass(frozen=True)
class Shown:
    """A listing as a person reads it: days in order, two of the titles with their places, the number the next page has."""

    name: str
    days: str
    titles: dict[int, str]
    following: str | None


LISTINGS = [
    Shown(
        "sotttt.hanoi-listing-1.html",
        "21/07/2022 14/07/2022 17/05/2022 20/04/2022 31/03/2022 24/03/2022 21/03/2022 23/10/2020 28/07/2020 17/07/2020",
        {
            3: "Hội nghị của UBND Thành phố về công tác cán bộ",
            6: "Hợp tác đưa nông sản Thủ đô lên sàn thương mại điện tử",
        },
        "2",
    ),
    Shown(
        "sotttt.hanoi-listing-2.html",
        "29/09/2012 08/09/2012 06/09/2012 05/09/2012 29/08/2012 19/08/2012 17/08/2012 03/08/2012 22/07/2012 10/07/2012",
        {
            6: 'Xuất khẩu online: Cần bỏ thói quen "làm theo giờ hành chính"',
            9: "Phóng thành công vệ tinh “made in Việt Nam”",
        },
        "18",
    ),
    Shown(
        "sotttt.hanoi-listing-3.html",
        "09/09/2020 03/09/2020 08/06/2020 29/04/2020 19/04/2020 14/04/2020 10/04/2020 08/04/2020 03/04/2020 03/04/2020 "
        "01/04/2020 31/03/2020 27/03/2020 27/03/2020 27/03/2020 24/03/2020 18/03/2020 13/03/2020 25/02/2020 18/02/2020",
        {
            3: "Kéo dài thời gian tổ chức Hội sách trực tuyến quốc gia 2020",
            18: "Đẩy mạnh tuyên truyền phòng, chống dịch Covid-19",
        },
        "2",
    ),
    Shown(
        "sotttt.hanoi-listing-4.html",
        "12/02/2020 12/02/2020 06/02/2020 05/02/2020 03/02/2020 02/06/2015",
        {
            4: "Tài liệu tuyên truyền về phòng chống dịch bệnh do nCoV",
            5: "Sở Thông tin và Truyền thông quán triệt công tác phòng chống dịch bệnh do vi rút Corona",
        },
        None,
    ),
    Shown(
        "sotttt.hanoi-trap-1.html",
        "06/01/2016 06/01/2016 06/01/2016 06/01/2016 06/01/2016 06/01/2016",
        {1: "Thang Long Civilization in the spiritual life", 4: 'The Beauty Costume of Hanoians "Ăn Bắc, mặc Kinh”'},
        None,
    ),
    Shown(
        "dinhdoclap-listing-1.html",
        "04/04/2018 03/04/2018 03/04/2018 29/03/2018 29/03/2018 19/03/2018 19/03/2018 13/03/2018 09/03/2018 09/03/2018",
        {
            6: "Triển lãm Hoa quốc tế Vietnam International Flora Expo (VIFE)",
            9: "Lễ khai mạc trưng bày “Từ Dinh Norodom đến Dinh Độc Lập 1868 –1966”",
        },
        "2",
    ),
    Shown(
        "dinhdoclap-article-2.html",
        "21/06/2013 10/04/2014 17/10/2013 17/10/2013 21/06/2013 21/06/2013 21/06/2013 21/06/2013",
        {1: "Bài cảm nhận 8", 8: "Bài cảm nhận 1"},
        None,
    ),
]


@pytest.mark.parametrize("right", LISTINGS, ids=lambda right: right.name)
def test_listing_tells_what_a_person_reads_on_it(right: Shown) -> None:
    found = listing(right.name)
    assert [entry.day.strftime("%d/%m/%Y") if entry.day else None for entry in found.entries] == right.days.split()
    assert {place: found.entries[place - 1].title for place in right.titles} == right.titles
    assert (found.next.url.rsplit("=", 1)[1] if found.next else None) == right.following
    assert len({entry.url for entry in found.entries}) == len(found.entries)


@pytest.mark.parametrize(
    ("name", "url", "portal"),
    [
        ("sotttt.hanoi-home-1.html", "https://sotttt.hanoi.gov.vn/", "sotttt-hanoi"),
        ("sotttt.hanoi-static-1.html", "https://sotttt.hanoi.gov.vn/lanh-ao-so", "sotttt-hanoi"),
        ("vpcp.chinhphu-home-1.html", "https://vpcp.chinhphu.vn/", "vpcp"),
        (
            "sotttt.hanoi-trap-1.html",
            "https://sotttt.hanoi.gov.vn/web/sotttt-eng/culture/-/view_content/737358-thang-long-culture.html/en",
            "sotttt-hanoi",
        ),
    ],
)
def test_home_fixed_page_and_soft_404_are_never_articles_wherever_they_stand(name: str, url: str, portal: str) -> None:
    known, unknown = read(name, url, portal), read(name, SOMEWHERE)
    assert known.verdict == unknown.verdict
    assert known.verdict in ("listing", "other")
    assert (known.article, unknown.article) == (None, None)


def test_command_tells_the_record_and_the_platform_of_a_file() -> None:
    file = folder() / "dinhdoclap-article-1.html"
    told = read_file(file, PALACE, portals.find("dinhdoclap"), None)
    assert (told["verdict"], told["layout"], told["language"]) == ("article", "kentico/article", "vi")
    assert (told["published"], told["published_raw"]) == ("2018-04-04T09:34:00+07:00", "04-04-2018 - 09:34")
    assert (told["lead"], told["modified"], told["author"]) == (None, None, None)
    assert recognised(file)[0].endswith("dinhdoclap-article-1.html: kentico")
    listed = read_file(folder() / "sotttt.hanoi-listing-1.html", SOMEWHERE, None, None)
    assert (listed["verdict"], listed["title"], listed["body"], listed["images"]) == ("listing", None, None, None)


def read(name: str, url: str, portal: str | None = None) -> Reading:
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    capture = Capture(url, datetime(2026, 11, 24, 1, 0, tzinfo=UTC), 200, headers, page(name))
    return portals.extract(capture, portals.find(portal) if portal else None)


def article(name: str, url: str, portal: str | None = None) -> Article:
    reading = read(name, url, portal)
    assert reading.verdict == "article"
    assert reading.article is not None
    return reading.article


def listing(name: str) -> Listing:
    reading = read(name, "https://cong.example/tin-tuc")
    assert reading.verdict == "listing"
    assert reading.listing is not None
    return reading.listing
