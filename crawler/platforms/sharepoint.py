"""SharePoint publishing sites (Hà Nam and its districts, Yên Bái): pages at /Pages/*.aspx, the body in a RichHtmlField.

Portals that put web parts of their own on SharePoint are variants, told by what those leave in the page.
"""

from __future__ import annotations

import re
from dataclasses import replace

from crawler.extract.layout import Layout
from crawler.platforms import chuyenmuc, datedpages, listview, webpart
from crawler.platforms.platform import Mark, Platform, of_class, over
from crawler.platforms.renditions import full_image

_NAVIGATE_UP = f"ancestor::*[{of_class('ms-popoutMenu')} or {of_class('s4-breadcrumb-menu')}]"

_PUBLISHING = Layout(
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
    # the ribbon's "navigate up" menu, hidden until it is asked for, lists the page's library and its folders, too
    category=(
        f"//*[contains(@class, 'breadcrumb')]//a[not({_NAVIGATE_UP})]",
        "//*[contains(@class, 's4-breadcrumb')]//a",
    ),
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
)

PLATFORM = Platform(
    name="sharepoint",
    marks=(
        Mark(
            re.compile(r"_spPageContextInfo\s*="), "the script variable _spPageContextInfo", 3, (b"_sppagecontextinfo",)
        ),
        Mark(re.compile(r"id=[\"']s4-workspace[\"']"), "the element s4-workspace", 2, (b"s4-workspace",)),
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
        Mark(
            re.compile(r"\bid=[\"']divArticleDescription[123][\"']|_pnListNews[\"']"),
            "a web part of news (pnListNews)",
            3,
            (b"divarticledescription", b"_pnlistnews"),
        ),
        Mark(
            re.compile(r"\bid=[\"']ctl00_(?:ctl\d+|SPWebPartManager1|m)_g_[0-9a-f]{8}_"),
            "web parts (…_g_<GUID>)",
            2,
            (b"ctl00_",),
        ),
        Mark(
            re.compile(r"[\"'/]portal/pages/\d{4}-\d{1,2}-\d{1,2}/", re.I),
            "pages at /portal/Pages/<date>/",
            2,
            (b"portal/pages/",),
        ),
    ),
    # a portal that uses these has pages of the publishing kind, too, and web parts stand on those
    variants=tuple(
        replace(module.VARIANT, layout=over(module.VARIANT.layout, _PUBLISHING))
        for module in (chuyenmuc, webpart, datedpages, listview)
    ),
    layout=_PUBLISHING,
)
