"""SharePoint publishing sites (Hà Nam and its districts, Yên Bái): pages at /Pages/*.aspx, the body in a RichHtmlField."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from crawler.extract.layout import Layout
from crawler.platforms.platform import Mark, Platform

_RENDITION = re.compile(r"(?P<folder>.*/)_[tw]/(?P<stem>[^/]+)_(?P<ending>jpe?g|png|gif|bmp)\.jpg$", re.IGNORECASE)
_SIZE = re.compile(r"(?:^|&)(?:RenditionID|width|height)=[^&]*", re.IGNORECASE)


def full_image(url: str) -> str:
    """The original behind a thumbnail: picture libraries keep `x.jpg` as `_t/x_jpg.jpg` and `_w/x_jpg.jpg`, and image
    renditions are the original with `RenditionID`, `width` or `height` in its query."""
    parts = urlsplit(url)
    if match := _RENDITION.fullmatch(parts.path):
        return urlunsplit((parts.scheme, parts.netloc, f"{match['folder']}{match['stem']}.{match['ending']}", "", ""))
    return urlunsplit(parts._replace(query=_SIZE.sub("", parts.query).lstrip("&")))


PLATFORM = Platform(
    name="sharepoint",
    marks=(
        Mark(
            re.compile(r"_spPageContextInfo\s*="), "the script variable _spPageContextInfo", 3, (b"_sppagecontextinfo",)
        ),
        Mark(re.compile(r"id=[\"']s4-workspace[\"']"), "the element s4-workspace", 2),
        Mark(
            re.compile(r"ms-rtestate-field|ControlWrapper_RichHtmlField"),
            "a RichHtmlField",
            2,
            (b"ms-rtestate-field", b"_richhtmlfield"),
        ),
        Mark(
            re.compile(r"<meta name=[\"']GENERATOR[\"'] content=[\"']Microsoft SharePoint", re.I),
            "its GENERATOR meta",
            3,
            (b"microsoft sharepoint",),
        ),
        Mark(
            re.compile(r"/_layouts/(?:15/)?|/_catalogs/masterpage/", re.I),
            "links into /_layouts/",
            1,
            (b"/_layouts/", b"/_catalogs/"),
        ),
        Mark(re.compile(r"PublishingImages/", re.I), "images from PublishingImages/", 1, (b"publishingimages/",)),
    ),
    layout=Layout(
        name="sharepoint/publishing",
        title=(
            "//*[contains(concat(' ', @class, ' '), ' tinbai-tieude ')]",
            "//h1[contains(@class, 'title')]",
            "//*[@id='DeltaPlaceHolderPageTitleInTitleArea']//h1",
            "//*[@id='DeltaPlaceHolderPageTitleInTitleArea']",
            "//*[contains(@class, 'ms-core-pageTitle')]",
        ),
        body=(
            "//div[contains(concat(' ', @class, ' '), ' ms-rtestate-field ')]"
            "[substring(@id, string-length(@id) - string-length('ControlWrapper_RichHtmlField') + 1)"
            " = 'ControlWrapper_RichHtmlField']",
            "//div[contains(concat(' ', @class, ' '), ' ms-rtestate-field ')]",
            "//div[starts-with(@class, 'ExternalClass')]",
        ),
        date=(
            "//*[contains(@class, 'ArticleDate') or contains(@id, 'ArticleStartDate')]",
            "//*[contains(@class, 'ngaydang') or contains(@class, 'ngay-dang') or contains(@class, 'date-post')]",
        ),
        category=("//*[contains(@class, 'breadcrumb')]//a", "//*[contains(@class, 's4-breadcrumb')]//a"),
        entries=(
            "//*[contains(concat(' ', @class, ' '), ' dfwp-item ')]",
            "//li[contains(@class, 'cbs-Item') or contains(@class, 'cbs-item')]",
            "//tr[contains(@class, 'ms-itmhover')]",
        ),
        entry_link=(".//h3//a", ".//*[contains(@class, 'link-item')]//a", ".//a[contains(@href, '/Pages/')]", ".//a"),
        entry_date=(".//*[contains(@class, 'ngay') or contains(@class, 'date')]",),
        next=(
            "//*[contains(@class, 'ms-paging')]//a[contains(@href, 'Paged=TRUE')]",
            "//td[contains(@id, 'pagingWPQ')]//a[contains(@href, 'Paged=TRUE')]",
            "//a[contains(@href, 'Paged=TRUE') and not(contains(@href, 'PagedPrev'))]",
            "//*[contains(@class, 'current') and not(self::a)]/following-sibling::a[1][contains(@href, '__doPostBack')]",
            "//*[contains(@class, 'current') and not(self::a)]/following-sibling::a[1]",
            "//li[contains(@class, 'current') or contains(@class, 'active')][number(.) > 0]/following-sibling::li[1]//a",
        ),
        full_image=full_image,
    ),
)
