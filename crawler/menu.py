"""A portal's menu: which of its links lead to listings of news, by their words and addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from archive.url import host_of
from crawler.extract.page import Page, text_of
from crawler.extract.text import fold

_MENUS = (
    "//nav | //*[@role='navigation']"
    " | //*[self::ul or self::ol or self::div or self::table or self::header or self::form]"
    "[contains(translate(concat(@class, ' ', @id), 'MENUAV', 'menuav'), 'menu')"
    " or contains(translate(concat(' ', @class, ' ', @id), 'MENUAV', 'menuav'), ' nav')]"
)
_NEWS = re.compile(
    r"(?<!thong )\btin\b|\bsu kien\b|\bthong bao\b|\bthoi su\b|\bdiem bao\b|\bthong cao\b|\bbao chi\b|^hoat dong\b|\bnews\b"
)
_NEWS_ADDRESS = re.compile(r"/(?:tin-?tuc|tin-|news\b|chuyen-?muc|su-kien|thong-bao|thoi-su)", re.IGNORECASE)
_TOPIC = re.compile(
    r"\bthong tin\b|kinh te|van hoa|xa hoi|giao duc|\by te\b|quoc phong|an ninh|nong (?:nghiep|thon)|chi dao|dieu hanh|"
    r"cai cach|thanh nien|the thao|du lich|khoa hoc|chuyen doi so|moi truong|doan the|xay dung|hoat dong|chuyen (?:muc|de)"
)
_OTHER = re.compile(
    r"^(?:trang chu|home|gioi thieu|lien he|dang nhap|so do|english)\b|co cau|to chuc|thu tuc|dich vu cong|hoi dap|gop y|"
    r"van ban|thu dien tu|mail|\blich\b|video|thu vien|hinh anh|album|tim kiem|dau thau|rss|hop thu|danh ba|quy hoach$"
)
_LONGEST = 60
_MOST = 30


@dataclass(frozen=True, slots=True)
class Candidate:
    """A link that may lead to a listing of news: its path as the menu shows it, its URL, and what makes it unsure."""

    path: tuple[str, ...]
    url: str
    doubt: str = ""


def candidates(page: Page) -> list[Candidate]:
    """The menu's links to news, those that are sure first; what is told by its topic alone is in doubt."""
    found: dict[str, Candidate] = {}
    for anchor in _links(page):
        url = page.absolute(anchor.get("href") or "")
        words = text_of(anchor)
        if url is None or not _is_near(url, page.url) or not 2 <= len(words) <= _LONGEST or url in found:
            continue
        path = (*_above(anchor), words)
        doubt = _doubt(path, url)
        if doubt is not None:
            found[url] = Candidate(path, url, doubt)
    kept = [_with_parts(each, list(found.values())) for each in found.values()][:_MOST]
    return sorted(kept, key=lambda each: bool(each.doubt))


def _links(page: Page) -> Iterator[HtmlElement]:
    menus = page.elements((_MENUS,))
    seen: set[HtmlElement] = set()
    for menu in menus or [page.root]:
        for anchor in menu.iter("a"):
            if anchor not in seen:
                seen.add(anchor)
                yield anchor


def _above(anchor: HtmlElement) -> tuple[str, ...]:
    """The words of the menu's items that this one stands under, the outermost first."""
    own, *outer = [*anchor.iterancestors("li")] or [None]
    words: list[str] = []
    for item in outer:
        if item is None or own is None:
            break
        head = next((node for node in item.iter("a", "span") if text_of(node)), None)
        text = text_of(head) if head is not None else ""
        if text and len(text) <= _LONGEST and head is not anchor:
            words.insert(0, text)
    return tuple(words)


def _doubt(path: tuple[str, ...], url: str) -> str | None:
    """What makes a link unsure; empty where it is sure, None where it is none of news."""
    folded = [fold(word) for word in path]
    if _OTHER.search(folded[-1]):
        return None
    if any(_NEWS.search(word) for word in folded) or _NEWS_ADDRESS.search(urlsplit(url).path):
        return ""
    return "told by its topic alone" if _TOPIC.search(folded[-1]) else None


def _with_parts(one: Candidate, others: list[Candidate]) -> Candidate:
    if not one.doubt and any(each.path[:-1] == one.path and not each.doubt for each in others):
        return replace(one, doubt="may show what its parts below show")
    return one


def _is_near(url: str, here: str) -> bool:
    """On the page's own host, and another page than it or the home page."""
    parts = urlsplit(url)
    home = parts.path in ("", "/") and not parts.query
    return host_of(url).removeprefix("www.") == host_of(here).removeprefix("www.") and url != here and not home
