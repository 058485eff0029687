"""VCCorp's CMS (Văn phòng Chính phủ, Báo Chính phủ): fields are told by `data-role`, images come from a CDN that resizes.

A listing's first page stands in the HTML; its button for more loads /timelinelist/{zone}/{page}.htm, the zone being the
value of #hdZoneId.  What comes is rows without a page around them, and none behind the last.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

from archive.article import Turn
from archive.url import canonical
from crawler.extract.layout import Layout
from crawler.extract.page import Page
from crawler.platforms.platform import Mark, Platform, of_class

_PIECES = re.compile(r"/timelinelist/(?P<zone>\d+)/(?P<page>\d{1,6})\.(?:htm|chn)$")
_CDN = re.compile(r"(?:^|\.)(?:mediacdn\.vn|cdnchinhphu\.vn)$")
_RESIZED = re.compile(r"^/(?:zoom/\d+_\d+|thumb_[wh]/\d+|crop/\d+_\d+)/")


def full_image(url: str) -> str:
    """The original of an image that the CDN resizes: /zoom/318_212/… and /thumb_w/640/… are put before its path."""
    parts = urlsplit(url)
    if not _CDN.search(parts.hostname or ""):
        return url
    return urlunsplit(parts._replace(path=_RESIZED.sub("/", parts.path)))


def turn(page: Page, _shown: int) -> Turn | None:
    """What the button for more loads; an article's page names its zone too, and has no such button."""
    here = _PIECES.search(urlsplit(page.url).path)
    zone = here["zone"] if here else page.maybe(("//*[@id='hdZoneId']/@value",))
    if not zone or not zone.isdecimal() or int(zone) == 0 or page.maybe(("//*[@id='hdNewsId']/@value",)):
        return None
    number = int(here["page"]) + 1 if here else 2
    return Turn(canonical(urljoin(page.url, f"/timelinelist/{zone}/{number}.htm")), label=str(number))


_CONTENT = "//*[@data-role='content']"

PLATFORM = Platform(
    name="vccorp",
    marks=(
        Mark(re.compile(r"\bid=[\"']hdZoneId[\"']"), "the field hdZoneId", 3, (b"hdzoneid",)),
        Mark(
            re.compile(r"\bVCSortableInPreviewMode\b|\bPhotoCMS_Caption\b"),
            "blocks of VCCorp's editor",
            3,
            (b"vcsortable", b"photocms_caption"),
        ),
        Mark(
            re.compile(r"\bdata-role=[\"'](?:sapo|publishdate)[\"']"), "fields told by data-role", 2, (b"data-role=",)
        ),
        Mark(
            re.compile(r"\bdata-(?:boxtype|linktype|newstype)="),
            "news boxes told by data-boxtype",
            2,
            (b"data-boxtype", b"data-linktype", b"data-newstype"),
        ),
        Mark(
            re.compile(r"//[\w.-]*\b(?:mediacdn\.vn|cdnchinhphu\.vn)/"),
            "files of VCCorp's CDN",
            2,
            (b"mediacdn.vn", b"cdnchinhphu.vn"),
        ),
    ),
    layout=Layout(
        name="vccorp/article",
        title=("//h1[@data-role='title']", "//*[@data-role='title']", f"//h1[{of_class('detail-title')}]"),
        lead=("//*[@data-role='sapo']", f"//*[{of_class('detail-sapo')}]"),
        body=(_CONTENT, f"//*[{of_class('detail-content')}]"),
        drop=(
            f"{_CONTENT}//*[{of_class('VCSortableInPreviewMode')}][starts-with(@type, 'Related')]",
            f"{_CONTENT}//*[{of_class('link-content-footer')} or {of_class('VCObjectBoxRelatedNewsContentWrapper')}]",
            f"{_CONTENT}//*[@data-role='author' or @data-role='source' or @data-role='tags']",
        ),
        date=("//*[@data-role='publishdate']", "//meta[@property='article:published_time']/@content"),
        modified=("//meta[@property='article:modified_time']/@content",),
        category=("//*[@data-role='cate-name']", f"//*[{of_class('detail-cate')}]//a"),
        author=("//*[@data-role='author']",),
        source=("//*[@data-role='source']",),
        tags=("//*[@data-role='tags']//a", f"//*[{of_class('detail-tag')} or {of_class('detail-tags')}]//a"),
        cms_id=("//*[@id='hdNewsId']/@value",),
        entries=(
            f"//*[{of_class('box-category-item')}]",
            f"//*[{of_class('tlitem')}]",
            f"//*[{of_class('title-top')}][a]",
            "//a[@data-linktype='newsdetail']",
        ),
        entry_link=(
            ".//a[@data-linktype='newsdetail'][normalize-space(.)]",
            ".//h2//a[normalize-space(.)] | .//h3//a[normalize-space(.)]",
            ".//a[normalize-space(.)]",
        ),
        entry_date=(
            f".//*[{of_class('box-category-time')} or {of_class('time-ago')} or {of_class('box-time')}]/@title",
            f".//*[{of_class('box-category-time')} or {of_class('time-ago')} or {of_class('box-time')}]",
            ".//time",
        ),
        turn=turn,
        pieces=_PIECES,
        guess_next=False,
        full_image=full_image,
    ),
)
