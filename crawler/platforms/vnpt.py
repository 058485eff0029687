"""VNPT Portal (Ninh Bình, Hải Phòng's wards, departments of Hà Nội): ASP.NET pages of VNPT-IT's modules (`UI…_Default`).

A listing's first page stands in the HTML; a script posts the page's own parameters for each of the others and is given
their rows.  Which parameters, and that a form is taken, is read off three scrapers that work so; where the page says that
it sends JSON, JSON is sent.
"""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, urlencode, urljoin

from archive.article import Turn
from crawler.extract.layout import Layout
from crawler.extract.page import Page
from crawler.platforms.platform import Mark, Platform, of_class

_LOAD = "/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle"
_PIECES = re.compile(r"/ArticleInMenuPagination\.aspx/LoadArticle", re.IGNORECASE)
_OBJECT = re.compile(r"\{[^{}]*\barticle_category_id[\"']?\s*:[^{}]*\}")
_PAIR = re.compile(
    r"[\"']?\b(\w+)\b[\"']?\s*:\s*(?:\"([^\"]*)\"|'([^']*)'|(-?\d+|true|false|True|False)(?=\s*[,}])|[^,}]*)"
)
_VARIABLE = re.compile(r"\b(article_category_id|site_id|page_size)\s*[:=]\s*(?:parseInt\()?[\"']?(\d+)")
_LAST = re.compile(r"\bmaxPage\s*=\s*(?:parseInt\()?[\"']?(\d+)")
_JSON = re.compile(r"contentType\s*:\s*[\"']application/json")

# what is sent beside a page's own parameters where its script could not be read, as the scrapers have it
_USUAL = {
    "keyword": "",
    "date_begin": "",
    "date_end": "",
    "show_no": "False",
    "show_post_date": "True",
    "num_of_text": "0",
    "show_view_count": "False",
    "filter_order_in_list": "False",
    "is_default": "False",
    "new": "False",
    "number_of_day": "3",
    "articlelang": "vi-VN",
}
_ROWS = 15


def turn(page: Page, shown: int) -> Turn | None:
    """How the script asks for the next page.  After a piece there is another, until one is empty: none tells the last."""
    if _PIECES.search(page.url):
        return _after_a_piece(page) if shown else None
    sent = _parameters(page.text)
    last = _LAST.search(page.text)
    if "article_category_id" not in sent or "site_id" not in sent or (last and int(last[1]) < 2):
        return None
    sent |= {"page": "2", "page_size": sent.get("page_size") or str(_ROWS)}
    return _turn(urljoin(page.url, _LOAD), sent, as_json=_sends_json(page.text))


def _sends_json(source: str) -> bool:
    """Whether the call that posts says so; other scripts of the page may send what they like."""
    calls = [found.start() for found in re.finditer(re.escape(_LOAD), source)]
    return any(_JSON.search(source, max(0, at - 800), at + 800) for at in calls[:5])


def _after_a_piece(page: Page) -> Turn | None:
    """The same request with the next page's number: a piece does not tell what it was asked with, its capture does."""
    body = page.capture.request_body.decode("utf-8", "replace")
    as_json = body.lstrip().startswith("{")
    try:
        sent = {k: str(v) for k, v in json.loads(body).items()} if as_json else dict(parse_qsl(body, True))
        number = int(sent["page"])
    except (ValueError, KeyError):
        return None
    return _turn(page.url, sent | {"page": str(number + 1)}, as_json=as_json)


def _parameters(source: str) -> dict[str, str]:
    """The page's own: those of the object that its script sends, what it works out at the moment left empty."""
    found = _OBJECT.search(source)
    if found:
        return {pair[1]: pair[2] or pair[3] or pair[4] or "" for pair in _PAIR.finditer(found[0])} | _numbers(source)
    told = _numbers(source)
    return {**_USUAL, **told, "no": f"-{told.get('page_size', _ROWS)}"} if told else {}


def _numbers(source: str) -> dict[str, str]:
    told: dict[str, str] = {}
    for name, value in _VARIABLE.findall(source):
        told.setdefault(name, value)
    return told


def _turn(url: str, sent: dict[str, str], *, as_json: bool) -> Turn:
    if as_json:
        return Turn(url, "POST", json.dumps(sent, ensure_ascii=False), sent["page"], "application/json; charset=utf-8")
    return Turn(url, "POST", urlencode(sent), sent["page"])


_DETAIL = f"//*[{of_class('ArticleDetailControl')}]"
# an article's fields that were taken out of the page around them, as collections of a portal's news keep them
_TAKEN_OUT = f"//article[h1][*[{of_class('content')}]]"

PLATFORM = Platform(
    name="vnpt",
    marks=(
        Mark(re.compile(r"/DesktopModule/UI\w+/"), "modules of /DesktopModule/UI…/", 3, (b"/desktopmodule/",)),
        Mark(re.compile(r"class=[\"'][^\"']*\bUI\w+_Default\b"), "a module of class UI…_Default", 3, (b"_default",)),
        Mark(re.compile(r"\bArticleDetailControl\b"), "an ArticleDetailControl", 3, (b"articledetailcontrol",)),
        Mark(re.compile(r"\barticle_category_id\b"), "the script's article_category_id", 2, (b"article_category_id",)),
        Mark(re.compile(r"storage-vnportal\.vnpt\.vn"), "files of storage-vnportal.vnpt.vn", 2, (b"storage-vnportal",)),
    ),
    layout=Layout(
        name="vnpt/article",
        title=(f"//*[{of_class('ArticleHeader')}]", f"{_DETAIL}//h1", f"{_TAKEN_OUT}/h1"),
        lead=(f"//*[{of_class('ArticleSummary')}]", f"{_TAKEN_OUT}/*[{of_class('excerpt')}]"),
        body=(f"//*[{of_class('ArticleContent')}]", f"{_TAKEN_OUT}/*[{of_class('content')}]"),
        drop=(
            f"//*[{of_class('ArticleContent')}]//*[{of_class('tool')} or {of_class('UISocialShare')}"
            f" or {of_class('author')} or {of_class('relate-news')} or {of_class('box-relate')}]",
        ),
        date=(f"//*[{of_class('PostDate')}]",),
        modified=(f"//*[{of_class('UpdateDate')}]",),
        category=(
            f"//*[{of_class('breadcrumb')}]//a",
            "//*[contains(@class, 'UIBreadcrumb') or contains(@class, 'UINavigation')]//a",
        ),
        author=(f"{_DETAIL}//*[{of_class('author')}]//*[{of_class('name')}]", f"{_DETAIL}//*[{of_class('author')}]"),
        source=(f"{_DETAIL}//*[{of_class('ArticleSource')} or {of_class('source')}]",),
        tags=(f"{_DETAIL}//*[{of_class('tags')} or {of_class('ArticleTag')}]//a",),
        attachments=(f"{_DETAIL}//a[{of_class('link-download')}]",),
        entries=(
            f"//ul[{of_class('ArticleList')}]/li",
            f"//*[{of_class('UIListNews_Default')} or {of_class('list-news')}]//*[{of_class('item')}]",
            f"//li[.//*[{of_class('Title')}]//a]",
        ),
        entry_link=(f".//*[{of_class('Title')}]//a", ".//h2//a", ".//h3//a", ".//a[normalize-space(.)]"),
        entry_date=(f".//*[{of_class('Ngaydang')} or {of_class('PostDate')}]",),
        next=(
            f"//ul[{of_class('pagination')}]/li[{of_class('active')}]/following-sibling::li[1]"
            "/a[@href and not(starts-with(@href, 'javascript')) and not(starts-with(@href, '#'))]",
        ),
        turn=turn,
        pieces=_PIECES,
        guess_next=False,
    ),
)
