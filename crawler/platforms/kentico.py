"""Kentico CMS (the Independence Palace): ASP.NET web parts; files at /getattachment/, resized by what their address asks."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from crawler.extract.layout import Layout
from crawler.platforms.platform import Mark, Platform, of_class

_OWN = re.compile(r"/(?:getattachment|getmedia|getfile|getimage)/|/CMSPages/Get\w+\.aspx$", re.IGNORECASE)
_SIZE = re.compile(r"(?:^|&)(?:maxsidesize|width|height)=[^&]*", re.IGNORECASE)


def full_image(url: str) -> str:
    """The file as it was stored: Kentico resizes where `width`, `height` or `maxsidesize` stands in its address."""
    parts = urlsplit(url)
    if not _OWN.search(parts.path):
        return url
    return urlunsplit(parts._replace(query=_SIZE.sub("", parts.query).lstrip("&")))


_ARTICLE = f"//div[{of_class('article')}]"
_LAST = "p[last()][starts-with(normalize-space(.), 'Nguồn:')]"

PLATFORM = Platform(
    name="kentico",
    marks=(
        Mark(
            re.compile(r"\bCMSBreadCrumbs\w+|\bCMSListMenu\w*|\bCMSSiteMap\w+"),
            "controls of class CMS…",
            3,
            (b"cmsbreadcrumbs", b"cmslistmenu", b"cmssitemap"),
        ),
        Mark(
            re.compile(r"/(?:CMSPages|CMSWebParts|CMSScripts|CMSModules)/", re.I), "files of /CMSPages/", 3, (b"/cms",)
        ),
        Mark(
            re.compile(r"/getattachment/|/getmedia/"),
            "files at /getattachment/",
            2,
            (b"/getattachment/", b"/getmedia/"),
        ),
        Mark(
            re.compile(r"class=[\"'](?:Uns|S)elected(?:Next|Prev|Page)[\"']"),
            "its pager (UnselectedNext)",
            1,
            (b"selected",),
        ),
    ),
    layout=Layout(
        name="kentico/article",
        title=(f"{_ARTICLE}/h1", f"//h1[{of_class('ArticleTitle')}]"),
        lead=(f"{_ARTICLE}//div[{of_class('sapo')}]", f"//*[{of_class('ArticleSummary')} or {of_class('teaser')}]"),
        body=(f"{_ARTICLE}/div[not(@class)]", f"//*[{of_class('ArticleText')} or {of_class('articleBody')}]"),
        # an article that was taken over ends with "Nguồn: https://…"
        drop=(f"{_ARTICLE}//{_LAST}", f"{_ARTICLE}//*[{of_class('ct_social')}]"),
        date=(f"{_ARTICLE}/time", f"//*[{of_class('ArticleDate')} or {of_class('ct_time')}]"),
        modified=(f"//*[{of_class('ArticleModified')}]",),
        category=(f"//a[{of_class('CMSBreadCrumbsLink')}]",),
        author=(f"{_ARTICLE}//*[{of_class('author')}]", f"//*[{of_class('ArticleAuthor')}]"),
        source=(f"substring-after({_ARTICLE}//{_LAST}, ':')",),
        tags=(f"//*[{of_class('tagList')} or {of_class('CMSTags')}]//a",),
        attachments=(f"{_ARTICLE}//*[{of_class('attachments')} or {of_class('AttachmentList')}]//a[@href]",),
        entries=(f"//ul[{of_class('news-item')}]/li", f"//div[{of_class('item')}][h2/a]"),
        entry_link=(".//h2/a", ".//h3/a"),
        entry_date=(".//time", f".//*[{of_class('date')} or {of_class('ct_time')}]"),
        # on the last page the class is SelectedNext, and no link
        next=(f"//a[{of_class('UnselectedNext')}]",),
        full_image=full_image,
        guess_next=False,
    ),
)
