"""DNN, once DotNetNuke (communes of Đà Nẵng): modules `dnn_ctrNNN_…`; each maker's module has a markup of its own.

What the usual modules share is read by their names; a page of another is read as one of unknown make is.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urljoin, urlsplit, urlunsplit

from crawler.extract.layout import Layout
from crawler.platforms.platform import Mark, Platform, Variant, of_class

_HANDLER = re.compile(r"/DnnImageHandler\.ashx$", re.IGNORECASE)
_SIZE = re.compile(r"(?:^|&)(?:w|h|maxwidth|maxheight|resizemode)=[^&]*", re.IGNORECASE)


def full_image(url: str) -> str:
    """The image that DNN's handler resizes: a path (`mode=file&file=…`), an address (`&url=…`), or a file by its number.

    https://docs.dnncommunity.org/content/tutorials/developers/image-handler/
    """
    parts = urlsplit(url)
    if not _HANDLER.search(parts.path):
        return url
    asked = {name.lower(): values[0] for name, values in parse_qs(parts.query).items()}
    if told := asked.get("file") or asked.get("url"):
        return urljoin(url, told)
    return urlunsplit(parts._replace(query=_SIZE.sub("", parts.query).lstrip("&")))


def _ending(*names: str) -> str:
    """The XPath condition that an id is a module's control of one of the names: `dnn_ctr419_View_lblTitle`."""
    return " or ".join(
        f"(starts-with(@id, 'dnn_ctr') and substring(@id, string-length(@id) - {len(name)}) = '_{name}')"
        for name in names
    )


_BODY = (
    f"//*[{_ending('lblContent', 'lblBody', 'lblNoiDung', 'divContent', 'divNoiDung', 'pnlContent')}]",
    f"//*[starts-with(@id, 'dnn_ctr')]//*[{of_class('edn_articleContent')} or {of_class('article-body')}"
    f" or {of_class('noidung')} or {of_class('news-detail-content')}]",
)
_NEXT = (
    # Telerik's RadGrid and RadDataPager: the number shown is a link too, and their arrows are buttons of the form
    f"//a[{of_class('rgCurrentPage')} or {of_class('rdpCurrentPage')}]/following-sibling::a[1]",
    f"//*[self::input or self::button][{of_class('rgPageNext')} or {of_class('rdpPageNext')}]",
    f"//*[{of_class('PagingTable')} or {of_class('pagination')}]//*[{of_class('active')} or {of_class('PagingCurrent')}"
    f" or {of_class('NormalDisabled')}][number(.) > 0]/following-sibling::*[1]/descendant-or-self::a",
)
_ENTRIES = (
    "//*[starts-with(@id, 'dnn_ctr')]"
    f"//*[{of_class('rgRow')} or {of_class('rgAltRow')} or {of_class('rlvI')} or {of_class('rlvA')}][.//a]",
    f"//*[starts-with(@id, 'dnn_ctr')]//*[{of_class('news-item')} or {of_class('edn_article')} or {of_class('item-news')}]",
)
_ENTRY_LINK = (".//h2//a | .//h3//a | .//h4//a", ".//a[contains(@class, 'title')]", ".//a[normalize-space(.)]")
_ENTRY_DATE = (
    ".//*[contains(@class, 'date') or contains(@class, 'ngay')]",
    ".//time",
    ".//*[contains(@id, '_lblDate')]",
)

PLATFORM = Platform(
    name="dnn",
    marks=(
        Mark(re.compile(r"\bid=[\"']dnn_(?:ctr\d+_|\w*Pane\b)"), "modules (dnn_ctr…)", 3, (b"dnn_",)),
        Mark(
            re.compile(r"<meta [^>]{0,200}content=[\"'][^\"']{0,200}DotNetNuke", re.I),
            "its generator meta",
            3,
            (b"dotnetnuke",),
        ),
        Mark(
            re.compile(r"\bDNNModuleContent\b|\bDnnModule\b"), "a module's frame (DNNModuleContent)", 2, (b"dnnmodule",)
        ),
        Mark(re.compile(r"/DesktopModules/"), "files of /DesktopModules/", 1, (b"/desktopmodules/",)),
        Mark(re.compile(r"/Portals/(?:\d+|_default)/"), "files of /Portals/", 1, (b"/portals/",)),
    ),
    variants=(
        Variant(
            where=_BODY,
            layout=Layout(
                name="dnn/module",
                title=(
                    f"//*[{_ending('lblTitle', 'lblTieuDe', 'lblHeadline')}]",
                    "//*[starts-with(@id, 'dnn_ctr')]//h1",
                    f"//*[{of_class('edn_articleTitle')}]",
                ),
                lead=(
                    f"//*[{_ending('lblSummary', 'lblTrichYeu', 'lblTomTat', 'lblDescription')}]",
                    f"//*[{of_class('edn_articleSummary')}]",
                ),
                body=_BODY,
                drop=(
                    f"//*[starts-with(@id, 'dnn_ctr')]//*[{of_class('social')} or {of_class('tin-lien-quan')}"
                    f" or {of_class('edn_relatedArticles')}]",
                ),
                date=(
                    f"//*[{_ending('lblDate', 'lblPublishDate', 'lblNgayDang', 'lblCreatedDate')}]",
                    "//*[starts-with(@id, 'dnn_ctr')]//time",
                ),
                modified=(f"//*[{_ending('lblModifiedDate', 'lblLastModified', 'lblNgayCapNhat')}]",),
                category=("//*[contains(@id, '_dnnBREADCRUMB_')]//a", f"//*[{of_class('breadcrumb')}]//a"),
                author=(f"//*[{_ending('lblAuthor', 'lblTacGia')}]",),
                source=(f"//*[{_ending('lblSource', 'lblNguon', 'lblNguonTin')}]",),
                tags=(f"//*[{_ending('lblTags', 'pnlTags', 'divTags')}]//a", f"//*[{of_class('edn_tags')}]//a"),
                # DNN hands files out by ticket, at addresses that tell no name
                attachments=("//*[starts-with(@id, 'dnn_ctr')]//a[contains(@href, 'LinkClick.aspx?fileticket=')]",),
                entries=_ENTRIES,
                entry_link=_ENTRY_LINK,
                entry_date=_ENTRY_DATE,
                next=_NEXT,
                full_image=full_image,
            ),
        ),
    ),
    layout=Layout(
        name="dnn/page",
        category=("//*[contains(@id, '_dnnBREADCRUMB_')]//a", f"//*[{of_class('breadcrumb')}]//a"),
        attachments=("//*[starts-with(@id, 'dnn_ctr')]//a[contains(@href, 'LinkClick.aspx?fileticket=')]",),
        entries=_ENTRIES,
        entry_link=_ENTRY_LINK,
        entry_date=_ENTRY_DATE,
        next=_NEXT,
        full_image=full_image,
        generic=True,
    ),
)
