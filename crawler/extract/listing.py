"""A category's listing: what it shows of each article, and how its next page is asked for."""

from __future__ import annotations

import re
from collections import defaultdict
from urllib.parse import parse_qs, urlencode, urlsplit

from lxml import etree
from lxml.html import HtmlElement

from archive.article import Entry, Listing, Turn
from archive.url import canonical, host_of
from crawler.extract import dates
from crawler.extract.layout import Layout
from crawler.extract.page import Page, text_of
from crawler.extract.text import clean, fold

_NEXT_WORDS = {
    "tiep",
    "tiep theo",
    "trang sau",
    "trang tiep",
    "trang ke",
    "sau",
    "next",
    "next page",
    ">",
    "›",
    "»",
    ">>",
    "→",
}
_POSTBACK = re.compile(r"__doPostBack\(\s*['\"]([^'\"]*)['\"]\s*,\s*['\"]([^'\"]*)['\"]\s*\)")
_SHORTEST_TITLE = 20


def read(page: Page, layout: Layout) -> Listing | None:
    """The listing on a page, or None where it shows no entries."""
    entries = _entries(page, layout)
    if not entries:
        return None
    return Listing(page.url, entries, _next(page, layout))


def _entries(page: Page, layout: Layout) -> tuple[Entry, ...]:
    rows = page.elements(layout.entries) if layout.entries else (_alike(page) if layout.generic else [])
    out: dict[str, Entry] = {}
    for row in rows:
        anchor = _anchor(row, layout)
        url = page.absolute(anchor.get("href") or "") if anchor is not None else None
        if anchor is None or url is None or url == page.url or url in out:
            continue
        title = _within(row, layout.entry_title) or text_of(anchor) or clean(anchor.get("title") or "")
        shown = _within(row, layout.entry_date) if layout.entry_date else None
        told = dates.find(shown, "listing") if shown else None
        out[url] = Entry(len(out) + 1, url, title, shown, told.day if told else None)
    return tuple(out.values())


def _anchor(row: HtmlElement, layout: Layout) -> HtmlElement | None:
    for path in layout.entry_link:
        for hit in row.xpath(path):
            if isinstance(hit, etree._Element) and hit.get("href"):
                return hit
    if row.tag == "a":
        return row
    return next((a for a in row.iter("a") if a.get("href") and text_of(a)), None) if not layout.entry_link else None


def _within(row: HtmlElement, paths: tuple[str, ...]) -> str | None:
    for path in paths:
        hits = row.xpath(path)
        for hit in hits if isinstance(hits, list) else [hits]:
            if text := text_of(hit):
                return text
    return None


def _alike(page: Page) -> list[HtmlElement]:
    """The largest family of links of one make whose words are long enough for titles: a listing of unknown markup."""
    families: dict[tuple[str, ...], list[HtmlElement]] = defaultdict(list)
    here = host_of(page.url)
    for anchor in page.root.iter("a"):
        url = page.absolute(anchor.get("href") or "")
        if url is None or host_of(url) != here or len(text_of(anchor)) < _SHORTEST_TITLE:
            continue
        families[_kind(anchor)].append(anchor)
    best = max(families.values(), key=lambda family: sum(len(text_of(a)) for a in family), default=[])
    return best if len(best) >= 3 else []


def _kind(anchor: HtmlElement) -> tuple[str, ...]:
    chain = [f"{node.tag}.{node.get('class') or ''}" for node in anchor.iterancestors()]
    return (str(anchor.get("class") or ""), *chain[:5])


def _next(page: Page, layout: Layout) -> Turn | None:
    for path in layout.next:
        for hit in page.root.xpath(path):
            if isinstance(hit, etree._Element) and (turn := _turn(page, hit)):
                return turn
    if layout.next and not layout.generic:
        return None
    for hit in page.root.xpath("//link[@rel='next'] | //a[@rel='next']"):
        if turn := _turn(page, hit):
            return turn
    for anchor in page.root.iter("a"):
        words = {fold(text_of(anchor)), fold(anchor.get("title") or "")}
        if words & _NEXT_WORDS and (turn := _turn(page, anchor)):
            return turn
    return None


def _turn(page: Page, anchor: HtmlElement) -> Turn | None:
    href = anchor.get("href") or ""
    if match := _POSTBACK.search(href) or _POSTBACK.search(anchor.get("onclick") or ""):
        return _postback(page, anchor, match[1], match[2])
    url = page.absolute(href)
    if url is None or url == page.url or not _same_site(url, page.url):
        return None
    return None if _goes_back(url, page.url) else Turn(url, label=text_of(anchor))


def _same_site(url: str, other: str) -> bool:
    return host_of(url).removeprefix("www.") == host_of(other).removeprefix("www.")


def _goes_back(url: str, here: str) -> bool:
    """SharePoint gives the same markup to its links to the page before and the page after; only PageFirstRow tells."""
    wanted, current = (parse_qs(urlsplit(u).query) for u in (url, here))
    if "PageFirstRow" not in wanted:
        return False
    try:
        return int(wanted["PageFirstRow"][0]) <= int(current.get("PageFirstRow", ["1"])[0])
    except ValueError:
        return True


def _postback(page: Page, anchor: HtmlElement, target: str, argument: str) -> Turn | None:
    """The form that ASP.NET's __doPostBack sends: every field of the form as it stands, with the event's two names set."""
    form = next((node for node in anchor.iterancestors("form")), None)
    if form is None:
        form = next(iter(page.root.iter("form")), None)
    if form is None:
        return None
    fields: list[tuple[str, str]] = []
    for node in form.iter("input", "select", "textarea"):
        name = node.get("name")
        kind = (node.get("type") or "text").lower()
        if not name or name in ("__EVENTTARGET", "__EVENTARGUMENT") or node.get("disabled") is not None:
            continue
        if node.tag == "input" and (kind in ("submit", "button", "image", "file", "reset") or _unticked(node, kind)):
            continue
        fields.append((name, _value(node)))
    pairs = [("__EVENTTARGET", target), ("__EVENTARGUMENT", argument), *fields]
    action = page.absolute(form.get("action") or "") or canonical(page.capture.url)
    return Turn(action, "POST", urlencode(pairs), label=argument or text_of(anchor))


def _unticked(node: HtmlElement, kind: str) -> bool:
    return kind in ("checkbox", "radio") and node.get("checked") is None


def _value(node: HtmlElement) -> str:
    if node.tag == "select":
        chosen = node.xpath(".//option[@selected]") or node.xpath(".//option")
        return str(chosen[0].get("value") or text_of(chosen[0])) if chosen else ""
    return str(node.get("value") or "") if node.tag == "input" else "".join(node.itertext())
