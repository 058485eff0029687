"""Pages of our own, in the markup of each platform: a listing and two articles for every portal file there is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import own_texts as texts
from own_texts import Picture, Text

from crawler import portals

HTML, RSS = "text/html; charset=utf-8", "application/rss+xml; charset=utf-8"


@dataclass(frozen=True)
class Made:
    """The pages of one portal: what is served at each URL, and what is to be named where the first listing is not enough."""

    pages: dict[str, tuple[str, str]]
    named: tuple[str, ...] = ()


def body(text: Text, picture: Callable[[Picture], str], paragraph: str = "<p>{}</p>") -> str:
    return "\n".join(picture(part) if isinstance(part, Picture) else paragraph.format(part) for part in text.body)


def under(part: Picture) -> str:
    """A picture with its caption in a paragraph of its own, as editors paste it."""
    return f'<p style="text-align:center"><img src="{part.file}"></p>\n<p style="text-align:center"><em>{part.caption}</em></p>'


def in_table(part: Picture) -> str:
    return f'<table><tr><td><img src="{part.file}"></td></tr><tr><td><em>{part.caption}</em></td></tr></table>'


def figure(part: Picture) -> str:
    return f'<figure><img src="{part.file}"><figcaption>{part.caption}</figcaption></figure>'


def document(title: str, inner: str, head: str = "") -> str:
    menu = '<ul class="menu-top"><li><a href="/">Trang chủ</a></li><li><a href="/gioi-thieu">Giới thiệu</a></li></ul>'
    foot = '<div class="footer"><p>Chịu trách nhiệm nội dung: Ban biên tập. Điện thoại: 0200 000 000</p></div>'
    return (
        f'<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8"><title>{title}</title>{head}</head>\n'
        f"<body>{menu}\n{inner}\n{foot}</body></html>\n"
    )


CONTEXT = "<script>var _spPageContextInfo = {};</script>"
OTHERS = (("Sửa xong đường liên thôn sau trận mưa lớn", "02/10/2026"), ("Khai giảng lớp xóa mù ở bản xa", "28/09/2026"))


def listed(articles: Sequence[tuple[str, Text]], other: str) -> list[tuple[str, str, str]]:
    """(URL, title, date) of a listing: the articles, and two that are no part of the golden."""
    rows = [(url, text.title, text.date) for url, text in articles]
    return [*rows, *((other.format(n), title, day) for n, (title, day) in enumerate(OTHERS, 1))]


def hanam(text: Text) -> str:
    crumbs = '<div class="breadcrumb"><a href="/">Trang chủ</a> <a href="/t">Tin theo lĩnh vực</a> <a href="/d">Đoàn thanh niên</a></div>'
    lead = f"<p><strong>{text.lead}</strong></p>" if text.lead else ""
    source = f'<p style="text-align:right"><strong>Nguồn: {text.source}</strong></p>' if text.source else ""
    return document(
        text.title,
        f"""<form id="aspnetForm"><div id="s4-workspace">{crumbs}<h1 class="title">{text.title}</h1>
<div class="ngaydang">{text.date}</div>
<div id="ctl00_PlaceHolderMain_ctl01__ControlWrapper_RichHtmlField" class="ms-rtestate-field">{lead}{body(text, under)}{source}</div>
<div class="tin-khac"><h3>Tin khác</h3><ul><li><a href="/Pages/khac.aspx">{OTHERS[0][0]}</a></li></ul></div></div></form>""",
        CONTEXT,
    )


def hanam_list(rows: list[tuple[str, str, str]], here: str) -> str:
    items = "".join(
        f'<li class="dfwp-item"><div class="link-item"><h3><a href="{url}">{title}</a></h3><span class="ngay">{day}</span></div></li>'
        for url, title, day in rows
    )
    turn = f'<td id="pagingWPQ2"><a href="{here}?Paged=TRUE&amp;p_ID=12&amp;PageFirstRow=5">Tiếp</a></td>'
    return document(
        "Đoàn thanh niên", f"<div id='s4-workspace'><ul>{items}</ul><table><tr>{turn}</tr></table></div>", CONTEXT
    )


PART = "ctl00_SPWebPartManager1_g_0623dffd_eff8_4f9c_bf6d_2cdf2561adec_ctl00"


def chuyenmuc(text: Text, category: str) -> str:
    files = "".join(f'<a href="{url}">{name}</a>' for name, url in text.files)
    source = f'<div id="{PART}_pnNguontin"><p><font>{text.source}</font></p></div>' if text.source else ""
    tags = (
        f'<div id="Tags">{"".join(f"<a href=/t><span>{tag}</span></a> " for tag in text.tags)}</div>'
        if text.tags
        else ""
    )
    author = f'<div class="Author_Write_TG"><p>{text.author}</p></div>' if text.author else ""
    return document(
        text.title,
        f"""<div class="breadcrumb"><a href="/">Trang chủ</a> <a href="/vn/chuyen-muc/12/tin.aspx">{category}</a></div>
<div id="{PART}_pnHide"><span class="News_Time_Post">{text.date}</span></div>
<div id="divArticleDescription3"><h1 class="News_Detail_Title">{text.title}</h1></div>
<div id="divArticleDescription1"><p>{text.lead}</p></div>
<div id="divArticleDescription2"><div class="ExternalClass1266C6">{body(text, in_table)}</div>{author}</div>
{source}<div id="{PART}_pnFileDinhKem">{files}</div>{tags}
<div id="{PART}_pnTinLienQuan"><a href="/vn/tin-tuc/9/khac.aspx">{OTHERS[1][0]}</a></div>""",
        CONTEXT,
    )


def chuyenmuc_list(rows: list[tuple[str, str, str]], here: str) -> str:
    items = "".join(
        f'<div class="listnews_item"><div class="listnews_item_img"><a href="{url}"><img src="/a.jpg"></a></div>'
        f'<div class="listnews_item_title"><a href="{url}">{title}</a></div><span class="News_Time">{day}</span></div>'
        for url, title, day in rows
    )
    pager = f'<span class="current">1</span><a href="{here}?page=2">2</a>'
    return document(
        "Chuyên mục",
        f'<div id="{PART}_pnListNews">{items}</div><div id="{PART}_PhanTrang_D"><div>{pager}</div></div>',
        CONTEXT,
    )


WEB = "ctl00_ctl24_g_6da89d83_0a02_4a66_8493_6a1e08bf2cba"


def webpart(text: Text) -> str:
    files = "".join(f'<a href="{url}">{name}</a>' for name, url in text.files)
    author = f'<div id="news-author">{text.author}</div>' if text.author else ""
    source = f'<div id="news-source">{text.source}</div>' if text.source else ""
    return document(
        text.title,
        f"""<ul class="breadcrumb"><li><a href="/">Trang chủ</a></li><li><a href="/t">Tin tổng hợp</a></li></ul>
<div id="{WEB}"><div><div><h1 id="news-title">{text.title}</h1><p><span>{text.date}</span><span>Lượt xem: 90</span></p>
<div id="news-des">{text.lead}</div><div id="news-detail"><div>{body(text, under)}</div>
<div class="news-relate"><a href="?ItemID=1">{OTHERS[0][0]}</a></div></div>{author}{source}
<div class="news-file">{files}</div></div></div></div>""",
        CONTEXT,
    )


def webpart_list(rows: list[tuple[str, str, str]], here: str) -> str:
    items = "".join(
        f'<li><a href="{url}"><img src="/a.jpg"></a><div><h2><a href="{url}">{title}</a></h2><span class="date">{day}</span></div></li>'
        for url, title, day in rows
    )
    pager = f'<a class="active">1</a><a href="{here.replace("Page=1", "Page=2")}">2</a>'.replace("&", "&amp;")
    return document(
        "Thông cáo báo chí", f'<div id="{WEB}"><div><div><ul>{items}</ul></div><div>{pager}</div></div></div>', CONTEXT
    )


def moh(text: Text) -> str:
    return document(
        text.title,
        f"""<script>Liferay.currentURL = '/x';</script>
<div class="portlet-boundary portlet-boundary_56_"><div class="journal-content-article"><p>Đường dây nóng 1900 0000</p></div></div>
<div class="portlet-boundary portlet-boundary_101_" id="p_p_id_101_INSTANCE_3Yst7YhbkA5j_">
<div class="portlet-body"><div><div><div><h3>{text.title}</h3></div><div><div><p>{text.date}</p></div></div></div></div>
<div class="asset-content" id="_101_INSTANCE_3Yst7YhbkA5j_{text.slug}"><div><p><strong>{text.lead}</strong></p></div><div></div>
<div>{body(text, under)}</div></div></div></div>""",
    )


def moh_list(rows: list[tuple[str, str, str]], here: str) -> str:
    items = "".join(
        f'<div class="asset-abstract"><h3 class="asset-title"><a href="{url}">{title}</a></h3>'
        f'<div class="assetPublishDate">{day}</div></div>'
        for url, title, day in rows
    )
    turn = f"{here}?p_p_id=101_INSTANCE_k206Q9qkZOqn&amp;_101_INSTANCE_k206Q9qkZOqn_cur=2"
    pager = f'<ul class="pagination lfr-pagination-buttons"><li class="disabled"><a>Đầu</a></li><li class="disabled"><a>Trước</a></li><li><a href="{turn}">Tiếp</a></li><li><a href="{turn}">Cuối</a></li></ul>'
    part = f'<div class="portlet-boundary portlet-boundary_101_" id="p_p_id_101_INSTANCE_k206Q9qkZOqn_">{items}{pager}</div>'
    return document("Tin nổi bật", f"<script>Liferay.Portlet.register('x');</script>{part}")


def sotttt(text: Text) -> str:
    return document(
        text.title,
        f"""<script>Liferay.currentURL = '/x';</script>
<div class="dd_chuyenmuc"><span class="trangchu"><a href="/">Trang chủ</a></span><span class="tintuc"><p>Công nghệ thông tin</p></span></div>
<div class="portlet-boundary portlet-boundary_101_ portlet" id="p_p_id_101_INSTANCE_aB3dE5fG7hJ9_">
<h3 class="header-title"><span>{text.title}</span></h3>
<div class="asset-full-content"><div class="assetPublishDate">{text.date} | View count: 536</div>
<div class="asset-content"><div class="journal-content-article"><p><strong>{text.lead}</strong></p>{body(text, in_table)}</div></div>
<div class="taglib-social-bookmarks">Thích</div></div></div>""",
    )


def namdinh(text: Text) -> str:
    lead = f'<div class="article-summary">{text.lead}</div>' if text.lead else ""
    date = f'<div class="article-date">{text.date}</div>' if text.date else ""
    source = f'<div class="article-source">{text.source}</div>' if text.source else ""
    return document(
        text.title,
        f"""<div class="breadcrumb"><a href="/">Trang chủ</a> <a href="/portal/Pages/tin-tuc-su-kien.aspx">Tin tức</a></div>
<h1 class="article-title">{text.title}</h1>{date}{lead}<div class="article-content" id="art-content">{body(text, figure)}
<div class="article-related"><a href="/portal/Pages/2026-1-9/khac.aspx">{OTHERS[1][0]}</a></div></div>{source}""",
        CONTEXT,
    )


def namdinh_list(rows: list[tuple[str, str, str]], here: str) -> str:
    items = "".join(f'<li><a href="{url}">{title}</a> <span class="date">{day}</span></li>' for url, title, day in rows)
    pager = f'<span class="current">1</span> <a href="{here}?trang=2">2</a>'
    return document("Tin tức - Sự kiện", f"<main><ul>{items}</ul><div>{pager}</div></main>", CONTEXT)


def vnpt(text: Text) -> str:
    files = "".join(f'<a class="link-download" href="{url}">{name}</a>' for name, url in text.files)
    tags = "".join(f'<a href="/tag">{tag}</a> ' for tag in text.tags)
    source = f'<div class="ArticleSource">{text.source}</div>' if text.source else ""
    return document(
        text.title,
        f"""<form id="form1"><div class="UIBreadcrumb_Default"><ul class="breadcrumb"><li><a href="/">Trang chủ</a></li>
<li><a href="/kinh-te">Kinh tế</a></li></ul></div>
<div class="ArticleDetailControl"><div class="ArticleHeader">{text.title}</div><div class="PostDate">{text.date}</div>
<div class="tool"><a href="#">In bài</a></div><div class="ArticleSummary"><p>{text.lead}</p></div>
<div class="ArticleContent">{body(text, under)}<div class="relate-news"><a href="/kinh-te/khac-9">{OTHERS[0][0]}</a></div>
<div class="UISocialShare">Chia sẻ bài viết</div></div><div class="author"><span class="name">{text.author}</span></div>{source}
{files}<div class="tags">{tags}</div></div></form>""",
    )


def vnpt_list(rows: list[tuple[str, str, str]], _here: str) -> str:
    items = "".join(
        f'<li class="row"><h2 class="Title"><a href="{url}">{title}</a></h2><div class="Ngaydang">{day}</div></li>'
        for url, title, day in rows
    )
    script = """<script>var maxPage = parseInt(3); function LoadPage(page) { $.ajax({ type: "POST",
url: "/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle", data: { article_category_id: 54442,
site_id: 7, page: page, page_size: 4, keyword: $("#key").val() } }); }</script>"""
    return document(
        "Kinh tế", f'<div class="UIArticleInMenu_Default"><ul class="ArticleList">{items}</ul></div>{script}'
    )


def sotttt_list(rows: list[tuple[str, str, str]], here: str) -> str:
    return moh_list(rows, here).replace("Tin nổi bật", "Công nghệ thông tin")


def dnn(text: Text) -> str:
    author = f'<span id="dnn_ctr419_View_lblAuthor">{text.author}</span>' if text.author else ""
    source = f'<span id="dnn_ctr419_View_lblSource">{text.source}</span>' if text.source else ""
    return document(
        text.title,
        f"""<form id="Form"><div class="breadcrumb"><a href="/">Trang chủ</a> <a href="/tin-tuc">Tin tức</a></div>
<div id="dnn_ContentPane"><div id="dnn_ctr419_View" class="DNNModuleContent">
<h1><span id="dnn_ctr419_View_lblTitle">{text.title}</span></h1><span id="dnn_ctr419_View_lblDate">{text.date}</span>
<div id="dnn_ctr419_View_lblSummary">{text.lead}</div><div id="dnn_ctr419_View_lblContent">{body(text, under)}</div>{author}{source}
<div class="tin-lien-quan"><a href="/chi-tiet-tin/group/119/nid/9/khac">{OTHERS[1][0]}</a></div></div></div></form>""",
    )


def dnn_list(rows: list[tuple[str, str, str]], here: str) -> str:
    items = "".join(f'<li><a href="{url}">{title}</a> <span class="date">{day}</span></li>' for url, title, day in rows)
    pager = f'<div class="pagination"><span class="active">1</span><a href="{here}?page=2">2</a></div>'
    return document("Tin tức", f'<form id="Form"><div id="dnn_ctr401_List"><ul>{items}</ul>{pager}</div></form>')


def vccorp(text: Text) -> str:
    def picture(part: Picture) -> str:
        return (
            f'<figure class="VCSortableInPreviewMode" type="Photo"><div><img src="{part.file}"></div>'
            f'<figcaption class="PhotoCMS_Caption"><p>{part.caption}</p></figcaption></figure>'
        )

    tags = "".join(f'<li><a href="/t.htm">{tag}</a></li>' for tag in text.tags)
    return document(
        text.title,
        f"""<input type="hidden" id="hdZoneId" value="1151"><input type="hidden" id="hdNewsId" value="{text.slug[-18:]}">
<div class="list-cate"><a data-role="cate-name" href="/thong-tin-hoat-dong.htm">Thông tin hoạt động</a></div>
<h1 class="detail-title" data-role="title">{text.title}</h1>
<div class="detail-time"><div data-role="publishdate">{text.date}</div></div><h2 class="detail-sapo" data-role="sapo">{text.lead}</h2>
<div class="detail-content" data-role="content">{body(text, picture)}
<div class="VCSortableInPreviewMode" type="RelatedOneNews"><a href="/khac-115261120080500777.htm">{OTHERS[0][0]}</a></div>
<div class="link-content-footer">Xem thêm</div></div><div class="author-info"><span data-role="author">{text.author}</span></div>
<ul class="detail-tags" data-role="tags">{tags}</ul>""",
    )


def vccorp_list(rows: list[tuple[str, str, str]], _here: str) -> str:
    items = "".join(
        f'<div class="box-category-item"><a class="box-category-link-with-avatar" href="{url}"><img src="/a.jpg"></a>'
        f'<h3><a data-linktype="newsdetail" href="{url}" title="{title}">{title}</a></h3>'
        f'<span class="box-category-time" title="{day}">hôm qua</span></div>'
        for url, title, day in rows
    )
    zone = '<input type="hidden" name="hdZoneId" id="hdZoneId" value="1151">'
    return document(
        "Thông tin hoạt động", f'{zone}<div class="box-category">{items}</div><a class="view-more">Xem thêm</a>'
    )


NUKE = '<meta name="generator" content="NukeViet v4.5">'


def nukeviet(text: Text, category: str) -> str:
    first = text.body[0] if isinstance(text.body[0], Picture) else None
    rest = Text(text.slug, text.title, "", "", text.body[1:] if first else text.body)
    lead_picture = (
        f'<figure class="article center"><img src="{first.file}" class="img-thumbnail"><figcaption>{first.caption}</figcaption></figure>'
        if first
        else ""
    )

    def picture(part: Picture) -> str:
        return f'<p style="text-align:center"><img src="{part.file}"><br><em>{part.caption}</em></p>'

    author = f'<p class="h5 text-right"><strong>Tác giả bài viết: </strong>{text.author}</p>' if text.author else ""
    source = f'<p class="h5 text-right"><strong>Nguồn tin: </strong>{text.source}</p>' if text.source else ""
    files = "".join(
        f'<a href="{url}" title="Tải về" download>Tải về: <strong>{name}</strong></a>' for name, url in text.files
    )
    tags = ", ".join(f'<a href="/vi/news/tag/x/"><em>{tag}</em></a>' for tag in text.tags)
    at = text.date.rpartition(" - ")[2]
    day, month, rest_of = at[:2], at[3:5], at[6:]
    iso = f"{rest_of[:4]}-{month}-{day}T{rest_of[5:]}:00+07:00"
    return document(
        text.title,
        f"""<ol class="breadcrumb"><li><a href="/" itemprop="item"><span itemprop="name">Trang chủ</span></a></li>
<li><a href="/vi/news/"><span itemprop="name">{category}</span></a></li></ol>
<div class="news_column panel panel-default" itemtype="http://schema.org/NewsArticle" itemscope><div class="panel-body">
<h1 class="title margin-bottom-lg" itemprop="headline">{text.title}</h1>
<span class="hidden" itemprop="datePublished">{iso}</span><span class="hidden" itemprop="dateModified">{iso}</span>
<span class="h5">{text.date}</span><div class="clearfix"><div class="hometext m-bottom">{text.lead}</div>{lead_picture}</div>
<div id="news-bodyhtml" class="bodytext margin-bottom-lg">{body(rest, picture)}</div>
<div class="list-group news-download-file">{files}</div><div class="margin-bottom-lg">{author}{source}</div></div></div>
<div class="news_column panel"><div class="panel-body"><div class="h5"><em class="fa fa-tags">&nbsp;</em><strong>Tags: </strong>{tags}</div></div></div>""",
        NUKE,
    )


def nukeviet_list(rows: list[tuple[str, str, str]], here: str) -> str:
    items = "".join(
        f'<div class="panel panel-default"><div class="panel-body"><a href="{url}"><img class="imghome" src="/a.jpg"></a>'
        f'<h3><a href="{url}">{title}</a></h3><div class="text-muted"><ul><li><em class="fa fa-clock-o">&nbsp;</em> {day}</li>'
        f'<li><em class="fa fa-eye">&nbsp;</em> Đã xem: 12</li></ul></div>Tóm tắt.</div></div>'
        for url, title, day in rows
    )
    pager = f'<ul class="pagination"><li class="page-item active"><a href="#">1</a></li><li class="page-item"><a href="{here}page-2/">2</a></li></ul>'
    return document("Tin tức - Sự kiện", f'<div class="news_column">{items}</div>{pager}', NUKE)


def feed(rows: list[tuple[str, str, str]], days: Sequence[str]) -> str:
    items = "".join(
        f"<item><title>{title}</title><link>{url}</link><pubDate>{day}</pubDate></item>"
        for (url, title, _), day in zip(rows, days, strict=True)
    )
    return f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>Tin</title>{items}</channel></rss>\n'


LATER = ("Fri, 02 Oct 2026 08:00:00 +0700", "Mon, 28 Sep 2026 08:00:00 +0700")
DAYS = {
    "canhsatpccc": ("Sat, 14 Nov 2026 21:10:00 +0700", "Wed, 11 Nov 2026 10:00:00 +0700", *LATER),
    "most": ("Wed, 18 Nov 2026 10:20:00 +0700", "Mon, 16 Nov 2026 07:45:00 +0700", *LATER),
}


def kentico(text: Text) -> str:
    source = f"<p>Nguồn: {text.source}</p>" if text.source else ""
    return document(
        text.title,
        f"""<div class="breakcumb"><a href="/tin" class="CMSBreadCrumbsLink">Tin tức - Sự kiện</a>
<span class="CMSBreadCrumbsCurrentItem">{text.title}</span></div>
<div class="article"><h1><a>{text.title}</a></h1><time class="ct_time">Cập nhật : {text.date}</time><div class="clearfix"></div>
<div><div class="sapo">{text.lead}</div>{body(text, under)}{source}</div><div class="ct_social">Chia sẻ</div></div>
<div class="orther_content"><h1>Bài viết khác</h1><a href="/k.aspx">{OTHERS[0][0]}</a></div>""",
    )


def kentico_list(rows: list[tuple[str, str, str]], here: str) -> str:
    items = "".join(
        f'<li><a href="{url}"><img src="/getattachment/a.jpg?width=200"></a><div><h2><a href="{url}">{title}</a></h2>'
        f'<time class="ct_time">Cập nhật : {day}</time></div></li>'
        for url, title, day in rows
    )
    pager = f'<span class="SelectedPage">1</span><a class="UnselectedPage" href="{here}?page=2">2</a><a class="UnselectedNext" href="{here}?page=2">&gt;</a>'
    return document("Tin tức - Sự kiện", f'<ul class="news-item">{items}</ul><div class="pager">{pager}</div>')


Article = Callable[[Text], str]
Listing = Callable[[list[tuple[str, str, str]], str], str]
_FAMILIES: dict[str, tuple[Sequence[Text], str, Article, Listing]] = {
    "hanam": (texts.HANAM, "/Pages/{}.aspx", hanam, hanam_list),
    "moc": (texts.MOC, "/vn/tin-tuc/{}.aspx", lambda t: chuyenmuc(t, "Tin tức"), chuyenmuc_list),
    "most": (texts.MOST, "/vn/tin-tuc/{}.aspx", lambda t: chuyenmuc(t, "Tin tức - Sự kiện"), chuyenmuc_list),
    "moet": (texts.MOET, "/tintuc/Pages/thong-cao-bao-chi.aspx?ItemID={}", webpart, webpart_list),
    "moh": (texts.MOH, "/tin-noi-bat/-/asset_publisher/3Yst7YhbkA5j/content/{}", moh, moh_list),
    "sotttt-hanoi": (texts.SOTTTT, "/cong-nghe-thong-tin/-/view_content/{}", sotttt, sotttt_list),
    "namdinh": (texts.NAMDINH, "/portal/Pages/{}.aspx", namdinh, namdinh_list),
    "ninhbinh": (texts.NINHBINH, "/kinh-te/{}", vnpt, vnpt_list),
    "tralinh-danang": (texts.TRALINH, "/chi-tiet-tin/group/119/nid/{}", dnn, dnn_list),
    "vpcp": (texts.VPCP, "/{}.htm", vccorp, vccorp_list),
    "vqa-moet": (
        texts.VQA,
        "/vi/news/tin-tuc-su-kien/{}.html",
        lambda t: nukeviet(t, "Tin tức - Sự kiện"),
        nukeviet_list,
    ),
    "canhsatpccc": (texts.PCCC, "/vi/news/tin-tuc/{}.html", lambda t: nukeviet(t, "Tin tức"), nukeviet_list),
    "dinhdoclap": (texts.DDL, "/vi-vn/tin-tuc-su-kien/tin-tuc-su-kien/{}", kentico, kentico_list),
}
NAMES = tuple(_FAMILIES)


def made(name: str) -> Made:
    """The pages of one portal, each at the URL that its portal file or its platform's form of addresses gives it."""
    written, form, article, listing = _FAMILIES[name]
    first = portals.find(name).categories[0].url
    parts = urlsplit(first)
    site = f"{parts.scheme}://{parts.netloc}"
    articles = [(site + form.format(text.slug), text) for text in written]
    rows = listed(articles, site + form.format("2026-10-2/khac-{}" if name == "namdinh" else "khac-{}"))
    if name in ("most", "canhsatpccc"):
        shown, kind = feed(rows, DAYS[name]), RSS
    else:
        shown, kind = listing(rows, first), HTML
    pages = {first: (kind, shown)} | {url: (HTML, article(text)) for url, text in articles}
    if name != "most":
        return Made(pages)
    second = portals.find(name).categories[1].url  # a listing of pages, beside the feed
    pages[second] = (HTML, listing(rows, second))
    return Made(pages, (*(url for url, _ in articles), second))
