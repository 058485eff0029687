"""Liferay Portal, 6.2 (Hà Nội's departments) and 7 (Bộ Y tế): news are web content in an asset publisher, portlet 101."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from archive.article import Turn
from archive.url import canonical
from crawler.extract.layout import Layout
from crawler.extract.page import Page
from crawler.platforms.platform import Mark, Platform, of_class

_THUMBNAIL = re.compile(r"(?:^|&)(?:imageThumbnail|imagePreview|documentThumbnail)=[^&]*")
_SUBMITS = re.compile(r"\b(?P<name>_\w+_cur)\b(?:['\"]\s*,|\.value\s*=)\s*['\"]?(?P<number>\d{1,6})")


def full_image(url: str) -> str:
    """The document behind its thumbnail: `imageThumbnail=1` and its kin in a /documents/ address choose a small one."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=_THUMBNAIL.sub("", parts.query).lstrip("&")))


def turn(page: Page, _shown: int) -> Turn | None:
    """The next page where a pager's links only run a script, which sends `_101_INSTANCE_x_cur`: the same by its address.

    The instance is read off the pager.  Such a page number in an address is what all other pagers of Liferay link to.
    """
    asked = dict(parse_qsl(urlsplit(page.url).query, keep_blank_values=True))
    for link in page.root.xpath("//a[@href or @onclick]"):
        sent = _SUBMITS.search(f"{link.get('href') or ''} {link.get('onclick') or ''}")
        if sent and int(sent["number"]) == _number(asked.get(sent["name"])) + 1:
            name = sent["name"]
            told = asked | {"p_p_id": name[1:].removesuffix("_cur"), "p_p_lifecycle": "0", name: sent["number"]}
            parts = urlsplit(page.url)
            return Turn(canonical(urlunsplit(parts._replace(query=urlencode(told)))), label=sent["number"])
    return None


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 1


# In Liferay 7 the class is long, and the asset publisher's is told from a single web content's by its name.
_PUBLISHER = (
    "*[contains(@class, 'portlet-boundary_101_')"
    " or contains(@class, 'portlet-boundary_com_liferay_asset_publisher_web_portlet_AssetPublisherPortlet_')]"
)
_NEWS = f"//{_PUBLISHER}"
_WHOLE = f"//{_PUBLISHER}//*[{of_class('asset-full-content')}]"
_SMALL_DATE = f"small[{of_class('text-muted')}]"
_PAGERS = f"//ul[{of_class('lfr-pagination-buttons')} or {of_class('pagination')}]"

PLATFORM = Platform(
    name="liferay",
    marks=(
        Mark(
            re.compile(r"class=[\"'][^\"']*\bportlet-boundary_"),
            "portlets (portlet-boundary_…)",
            3,
            (b"portlet-boundary_",),
        ),
        Mark(
            re.compile(r"\bLiferay\.(?:ThemeDisplay|currentURL|Util|Portlet)\b"),
            "the script variable Liferay",
            3,
            (b"liferay.",),
        ),
        Mark(re.compile(r"[?&;]p_p_(?:id|lifecycle)="), "addresses with p_p_id=", 2, (b"p_p_",)),
        Mark(
            re.compile(r"\bjournal-content-article\b"),
            "web content (journal-content-article)",
            2,
            (b"journal-content-article",),
        ),
        Mark(
            re.compile(r"/-/(?:asset_publisher|view_content)/|/o/[\w-]+-theme/"),
            "links of an asset publisher",
            1,
            (b"/-/", b"-theme/"),
        ),
    ),
    layout=Layout(
        name="liferay/publisher",
        title=(
            f"{_NEWS}//*[contains(@class, 'header-title')]",
            f"{_WHOLE}//*[{of_class('asset-title')}]",
            f"{_WHOLE}//*[{of_class('component-title')}]",
            f"{_NEWS}//h1[not({of_class('portlet-title')})]",
        ),
        lead=(
            f"{_NEWS}//*[{of_class('asset-full-content')}]//*[{of_class('sapo')} or {of_class('asset-lead')}]",
            # Bộ Y tế: strong words below the date
            f"({_WHOLE}//*[{of_class('text-ngayxam-page')}]/following-sibling::p[strong[{of_class('text-muted')}]]"
            "[normalize-space(.)])[1]",
        ),
        # banners and fixed pages are journal articles too, in portlets of another kind
        body=(f"{_NEWS}//div[contains(@class, 'journal-content-article')]",),
        drop=(
            f"{_NEWS}//*[{of_class('asset-full-content')}]//*[{of_class('taglib-social-bookmarks')}"
            f" or {of_class('taglib-ratings')} or {of_class('asset-related-assets')}"
            f" or {of_class('asset-links')} or {of_class('taglib-asset-links')}]",
            f"{_NEWS}//div[contains(@class, 'journal-content-article')]//*[{of_class('text-ngayxam-page')}]",
        ),
        date=(
            f"{_NEWS}//*[contains(@class, 'assetPublishDate')]",
            f"{_NEWS}//*[{of_class('metadata-publish-date')}]",
            f"{_NEWS}//*[{of_class('text-ngayxam-page')}]",
        ),
        modified=(f"{_NEWS}//*[{of_class('metadata-modified-date')}]",),
        category=(
            f"//*[{of_class('dd_chuyenmuc')}]//*[{of_class('tintuc')}]",
            f"//ul[{of_class('breadcrumb')}]//a",
            f"{_NEWS}//*[{of_class('taglib-asset-categories-summary')}]//a",
        ),
        author=(f"{_NEWS}//*[{of_class('metadata-author')}]",),
        tags=(f"{_NEWS}//*[{of_class('taglib-asset-tags-summary')}]//a",),
        attachments=(f"{_NEWS}//*[{of_class('asset-full-content')}]//*[{of_class('asset-attachments')}]//a[@href]",),
        entries=(
            f"//div[{of_class('asset-abstract')}]",
            f"{_NEWS}//li[{of_class('title-list')}]",
            # Bộ Y tế: the newest stands above the rows, in large
            f"{_NEWS}//*[{of_class('row')}][.//a[{of_class('text-tletin')}]]"
            f"[not(.//*[{of_class('row')}][.//a[{of_class('text-tletin')}]])] | {_NEWS}//div[a/h2][{_SMALL_DATE}]",
        ),
        entry_link=(
            f".//*[{of_class('asset-title')}]//a",
            f".//a[{of_class('text-tletin')}]",
            ".//h3//a | .//h4//a",
            ".//a[normalize-space(.)]",
        ),
        entry_date=(
            ".//*[contains(@class, 'assetPublishDate')]",
            f".//*[{of_class('metadata-publish-date')}]",
            f".//{_SMALL_DATE}",
        ),
        next=(
            f"{_PAGERS}/li[{of_class('active')}]/following-sibling::li[1]/a",
            # first, previous, next, last; the words change with the language, and a script puts "Tiếp" for the third
            f"//ul[{of_class('lfr-pagination-buttons')}][not(li[{of_class('active')}])]"
            f"/li[3][not({of_class('disabled')})]/a",
        ),
        turn=turn,
        guess_next=False,
        full_image=full_image,
    ),
)
