"""SharePoint with web parts of other makers, with dated pages, and its own list view: each told by what it leaves."""

from __future__ import annotations

from datetime import date

import pytest

from archive.article import Turn
from crawler.extract.page import Page
from crawler.platforms import PLATFORMS

from .pages import article, capture, listing, titles, walk

SITE = "https://boxa.example"
CONTEXT = "<script>var _spPageContextInfo = {};</script>"

CHUYEN_MUC = f"""
<html><head>{CONTEXT}</head><body><div class="breadcrumb"><a href="/">Trang chủ</a>
<a href="/vn/chuyen-muc/12/tin.aspx">Tin hoạt động</a></div>
<div id="ctl00_SPWebPartManager1_g_275cd07f_7dd8_4f62_97b3_19577a1ec443_ctl00_pnHide">
<span class="News_Time_Post">Thứ Ba, 17/11/2026 15:32</span></div>
<div id="divArticleDescription3"><h1 class="News_Detail_Title">Thử nghiệm cầu phao mới</h1></div>
<div id="divArticleDescription1"><p>Cầu phao chịu được xe mười tấn trong đợt thử đầu tiên.</p></div>
<div id="divArticleDescription2"><div class="ExternalClass1266C6"><p>Đợt thử diễn ra trên sông Cái.</p>
<table><tr><td><img src="/Images/_w/cau-phao_jpg.jpg"></td></tr><tr><td><em>Xe tải qua cầu phao</em></td></tr></table>
<p>Đợt thử thứ hai sẽ làm vào mùa lũ.</p></div><div class="Author_Write_TG"><p>Phạm Vinh</p></div></div>
<div id="ctl00_SPWebPartManager1_g_275cd07f_7dd8_4f62_97b3_19577a1ec443_ctl00_pnNguontin"><p><font>Tạp chí Cầu đường</font>
</p></div>
<div id="ctl00_x_ctl00_pnFileDinhKem"><a href="/Lists/tep/Attachments/5/bao-cao.docx">Báo cáo thử cầu</a></div>
<div id="Tags"><a href="/t"><span>cầu phao</span></a></div></body></html>
"""
WEB_PART = f"""
<html><head>{CONTEXT}</head><body><ul class="breadcrumb"><li><a href="/">Trang chủ</a></li><li>
<a href="/tintuc/Pages/thong-bao.aspx">Thông báo</a></li></ul>
<div id="ctl00_ctl24_g_6da89d83_0a02_4a66_8493_6a1e08bf2cba"><div><div><h1 id="news-title">Lịch nghỉ hè các trường</h1>
<p><span>12/05/2026</span><span>Lượt xem: 90</span></p><div id="news-des">Các trường nghỉ hè từ cuối tháng năm.</div>
<div id="news-detail"><div><p>Khối tiểu học nghỉ trước một tuần.</p>
<p><img src="/PublishingImages/he.jpg?RenditionID=4"></p><p><em>Học sinh ngày cuối năm học</em></p>
<p>Khối trung học nghỉ sau kỳ thi.</p></div>
<div class="news-relate">Tin liên quan</div></div><div id="news-author">Vụ Giáo dục</div>
<div class="news-file"><a href="/tep/lich.xlsx">Lịch nghỉ hè</a></div></div></div></div></body></html>
"""
DATED = f"""
<html><head>{CONTEXT}</head><body><div class="breadcrumb"><a href="/">Trang chủ</a>
<a href="/portal/Pages/tin-tuc.aspx">Tin tức</a></div>
<h1>Lễ mở biển ở làng chài</h1><div class="article-summary">Làng chài ra khơi sau tết.</div>
<div class="article-content" id="art-content"><p>Sáng sớm, ba mươi thuyền rời bến.</p>
<figure><img src="/portal/Photos/2026-02/thuyen.jpg"><figcaption>Thuyền rời bến</figcaption></figure>
<p>Thuyền về vào chiều tối.</p>
<div class="article-related"><a href="/portal/Pages/2026-1-9/khac.aspx">Bài khác</a></div></div>
<div class="article-source">Nguồn: Ban Văn hóa</div></body></html>
"""
FORM = f"""
<html><head>{CONTEXT}</head><body><table class="ms-formtable">
<tr><td class="ms-formlabel"><h3><a name="SPBookmark_Title"></a>Tiêu đề</h3></td>
<td class="ms-formbody" id="SPFieldText">Thông báo cắt nước</td></tr>
<tr><td class="ms-formlabel"><h3><a name="SPBookmark_Body"></a>Nội dung</h3></td><td class="ms-formbody" id="SPFieldNote">
<div class="ExternalClass7"><p>Khu phố ba mất nước từ tám giờ.</p><p>Nước có lại vào buổi chiều.</p></div></td></tr>
<tr><td class="ms-formlabel"><h3><a name="SPBookmark_NgayDang"></a>Ngày đăng</h3></td>
<td class="ms-formbody" id="SPFieldDateTime">03/06/2026 07:00</td></tr>
</table><table id="idAttachmentsTable"><tr><td><a href="/Lists/tb/Attachments/9/so-do.pdf">so-do.pdf</a></td></tr></table>
</body></html>
"""
ARTICLES = {"chuyen-muc": CHUYEN_MUC, "webpart": WEB_PART, "dated-pages": DATED, "list": FORM}


def pnlist(number: int, last: int) -> str:
    rows = "".join(
        f"""<div class="listnews_item"><div class="listnews_item_img"><a href="/vn/tin-tuc/{n}/bai.aspx"><img></a></div>
<div class="listnews_item_title"><a href="/vn/tin-tuc/{n}/bai.aspx">Tin số {n}</a></div>
<span class="News_Time">{n}/11/2026</span></div>"""
        for n in (number * 2, number * 2 + 1)
    )
    pager = "".join(
        f"<span class='current'>{n}</span>" if n == number else f"<a href='/vn/chuyen-muc/12/tin.aspx?page={n}'>{n}</a>"
        for n in range(1, last + 1)
    )
    part = "ctl00_SPWebPartManager1_g_0623dffd_eff8_4f9c_bf6d_2cdf2561adec_ctl00"
    return f'{CONTEXT}<div id="{part}_pnListNews">{rows}</div><div id="{part}_PhanTrang_D"><div>{pager}</div></div>'


def part_list(number: int, last: int) -> str:
    rows = "".join(
        f"""<li><a href="?ItemID={n}"><img></a><div><h2><a href="?ItemID={n}">Thông báo {n}</a></h2>
<span class="date">{n}/05/2026</span></div></li>"""
        for n in (number * 2, number * 2 + 1)
    )
    pager = "".join(
        f"<a class='active'>{n}</a>" if n == number else f"<a href='?date=&EventID=0&Page={n}'>{n}</a>"
        for n in range(1, last + 1)
    )
    return f"""{CONTEXT}<div id="ctl00_ctl24_g_23a2051e_3a08_46a4_9f3f_d0ee1b5fb62b"><div><div><div><ul>{rows}</ul></div>
<div>{pager}</div></div></div></div>"""


def view(number: int, last: int) -> str:
    rows = "".join(
        f"""<tr class="ms-itmhover"><td class="ms-vb-title">
<a class="ms-listlink" href="/Lists/tb/DispForm.aspx?ID={n}">Thông báo {n}</a></td>
<td class="ms-vb2"><nobr>{n}/06/2026 07:00</nobr></td></tr>"""
        for n in (number * 2, number * 2 + 1)
    )
    first = number * 2 + 1
    on = f"<td><a href='/Lists/tb/AllItems.aspx?Paged=TRUE&p_ID={first}&PageFirstRow={first}'><img alt='Tiếp'></a></td>"
    paging = f"<table><tr><td class='ms-paging'>1 - 2</td>{on if number < last else ''}</tr></table>"
    return f"{CONTEXT}<table class='ms-listviewtable'>{rows}</table>{paging}"


LISTINGS = {"chuyen-muc": pnlist(1, 3), "webpart": part_list(1, 3), "list": view(1, 3)}


@pytest.mark.parametrize(("layout", "markup"), [*ARTICLES.items(), *LISTINGS.items()])
def test_layout_is_chosen_by_the_markup(layout: str, markup: str) -> None:
    asked = Page(capture(markup, f"{SITE}/x.aspx"))
    assert PLATFORMS["sharepoint"].layout_of(asked).name == f"sharepoint/{layout}"


def test_article_of_the_chuyen_muc_web_part_is_read_in_its_fields() -> None:
    found = article("sharepoint", CHUYEN_MUC, f"{SITE}/vn/tin-tuc/812/thu-nghiem.aspx")
    assert (found.title, found.lead) == (
        "Thử nghiệm cầu phao mới",
        "Cầu phao chịu được xe mười tấn trong đợt thử đầu tiên.",
    )
    assert found.body == ("Đợt thử diễn ra trên sông Cái.", "Đợt thử thứ hai sẽ làm vào mùa lũ.")
    assert (found.category, found.author, found.source) == (("Tin hoạt động",), "Phạm Vinh", "Tạp chí Cầu đường")
    assert found.published is not None
    assert found.published.text() == "2026-11-17T15:32:00+07:00"
    assert [(i.url, i.caption) for i in found.images] == [(f"{SITE}/Images/cau-phao.jpg", "Xe tải qua cầu phao")]
    assert [f.name for f in found.attachments] == ["Báo cáo thử cầu"]
    assert found.tags == ("cầu phao",)


def test_article_of_a_custom_web_part_is_read_in_its_fields() -> None:
    found = article("sharepoint", WEB_PART, f"{SITE}/tintuc/Pages/thong-bao.aspx?ItemID=7")
    assert (found.title, found.lead) == ("Lịch nghỉ hè các trường", "Các trường nghỉ hè từ cuối tháng năm.")
    assert found.body == ("Khối tiểu học nghỉ trước một tuần.", "Khối trung học nghỉ sau kỳ thi.")
    assert found.published is not None
    assert found.published.day == date(2026, 5, 12)
    assert (found.category, found.author) == (("Thông báo",), "Vụ Giáo dục")
    assert [(i.url, i.caption) for i in found.images] == [
        (f"{SITE}/PublishingImages/he.jpg", "Học sinh ngày cuối năm học")
    ]
    assert [f.name for f in found.attachments] == ["Lịch nghỉ hè"]


@pytest.mark.parametrize("day", ["2026-2-5", "2026-02-05"])
def test_article_at_a_dated_address_has_its_date_from_there_where_the_page_shows_none(day: str) -> None:
    found = article("sharepoint", DATED, f"{SITE}/portal/Pages/{day}/le-mo-bien.aspx")
    assert (found.title, found.lead) == ("Lễ mở biển ở làng chài", "Làng chài ra khơi sau tết.")
    assert found.body == ("Sáng sớm, ba mươi thuyền rời bến.", "Thuyền về vào chiều tối.")
    assert found.published is not None
    assert (found.published.day, found.published.source, found.published.raw) == (date(2026, 2, 5), "url", day)
    assert [i.caption for i in found.images] == ["Thuyền rời bến"]
    assert found.category == ("Tin tức",)


def test_date_that_a_dated_page_shows_goes_before_its_addresss() -> None:
    shown = DATED.replace("<h1>", "<span class='article-date'>06/02/2026 09:00</span><h1>")
    found = article("sharepoint", shown, f"{SITE}/portal/Pages/2026-2-5/le-mo-bien.aspx")
    assert found.published is not None
    assert (found.published.day, found.published.source) == (date(2026, 2, 6), "page")


def test_links_by_dated_path_are_the_listing_of_dated_pages() -> None:
    rows = "".join(
        f"<li><a href='/portal/Pages/2026-1-{n}/bai.aspx'><img></a><a href='/portal/Pages/2026-1-{n}/bai.aspx'>Bài {n}</a></li>"
        for n in (3, 2)
    )
    found = listing(
        "sharepoint",
        f"{CONTEXT}<a href='/portal/Pages/gioi-thieu.aspx'>Giới thiệu</a><ul>{rows}</ul>",
        f"{SITE}/portal/Pages/tin.aspx",
    )
    assert [entry.title for entry in found.entries] == ["Bài 3", "Bài 2"]


def test_item_of_a_list_is_read_from_the_form_that_displays_it() -> None:
    found = article("sharepoint", FORM, f"{SITE}/Lists/tb/DispForm.aspx?ID=9")
    assert (found.title, found.body) == (
        "Thông báo cắt nước",
        ("Khu phố ba mất nước từ tám giờ.", "Nước có lại vào buổi chiều."),
    )
    assert found.published is not None
    assert found.published.text() == "2026-06-03T07:00:00+07:00"
    assert [f.name for f in found.attachments] == ["so-do.pdf"]


@pytest.mark.parametrize(
    ("make", "url", "second", "third"),
    [
        (pnlist, "/vn/chuyen-muc/12/tin.aspx", "?page=2", "?page=3"),
        (part_list, "/tintuc/Pages/thong-bao.aspx", "?date=&EventID=0&Page=2", "?date=&EventID=0&Page=3"),
        (view, "/Lists/tb/AllItems.aspx", "?Paged=TRUE&p_ID=3&PageFirstRow=3", "?Paged=TRUE&p_ID=5&PageFirstRow=5"),
    ],
)
def test_listing_is_walked_to_its_last_page(make: object, url: str, second: str, third: str) -> None:
    assert callable(make)
    order = [f"{SITE}{url}{query}" for query in ("", second, third)]

    def answer(turn: Turn) -> str:
        return str(make(order.index(turn.url) + 1, 3))

    found = walk("sharepoint", order[0], answer)
    assert [title[0].rsplit(" ", 1)[1] for title in titles(found)] == ["2", "4", "6"]
    assert all(entry.day is not None for entry in found[0].entries)


FIELD = """
<h1 class="title-detail">Mở đường lên bản</h1><div class="ms-rtestate-field" id="ctl00_x__ControlWrapper_RichHtmlField">
<p>Con đường dài bốn cây số nối bản với chợ.</p>
<p>Xem thêm <a href="https://www.khac.example/portal/Pages/2024-8-28/bai.aspx">bài ở
cổng khác</a> về cách làm đường.</p></div>
"""


@pytest.mark.parametrize(
    "beside",
    [
        "",
        "<div class='article-content'>Bên lề</div>",
        "<div id='ctl00_ctl24_g_6da89d83_0a02'><ul><li><h2><a href='/a'>Tin khác</a></h2></li></ul></div>",
        "<div id='ctl00_x_pnListNews'><div class='listnews_item'><a href='/a'>Tin khác</a></div></div>",
    ],
)
def test_page_of_the_publishing_kind_is_read_as_one_whatever_stands_beside(beside: str) -> None:
    found = article("sharepoint", CONTEXT + beside + FIELD, f"{SITE}/Pages/mo-duong.aspx")
    assert (found.title, len(found.body)) == ("Mở đường lên bản", 2)
