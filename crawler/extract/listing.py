"""A category's listing: what it shows of each article, and how its next page is asked for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from urllib.parse import parse_qs, urlencode, urlsplit

from lxml.html import HtmlElement

from archive.article import Entry, Listing, Turn
from archive.url import canonical, host_of
from crawler.extract import dates
from crawler.extract.layout import Layout
from crawler.extract.page import Page, elements_at, hits, text_of
from crawler.extract.text import clean, fold

_NEXT_WORDS = {
    "tiep",
    "tiep theo",
    "trang sau",
    "trang tiep",
    "trang tiep theo",
    "trang ke",
    "sau",
    "next",
    "next page",
}
_NEXT_SIGNS = {">", "›", "»", ">>", "→"}
_MORE = {"...", "…"}
_ARROWS = " >›»→|[]"
_QUOTED = r"\\?['\"]([^'\"\\]*)\\?['\"]"
_POSTBACK = re.compile(rf"(?:__doPostBack|WebForm_PostBackOptions)\(\s*{_QUOTED}\s*,\s*{_QUOTED}")
_NEVER_SENT = {"submit", "button", "image", "file", "reset"}
_CURRENT = re.compile(r"(?<!un)(?<!in)(?:current|active|selected)|\bcur\b", re.IGNORECASE)
_CALENDAR = re.compile(r"calendar|datepicker", re.IGNORECASE)
_SHORTEST_TITLE = 20


def read(page: Page, layout: Layout) -> Listing | None:
    """The listing on a page, or None where it shows no entries."""
    entries = _entries(page, layout)
    if not entries:
        return None
    return Listing(page.url, entries, _next(page, layout, len(entries)))


def alike(page: Page) -> list[HtmlElement]:
    """The largest family of links of one make whose words are long enough for titles: a listing of unknown markup."""
    families: dict[tuple[str, ...], list[HtmlElement]] = defaultdict(list)
    sizes: dict[tuple[str, ...], int] = defaultdict(int)
    here = host_of(page.url)
    for anchor in page.root.iter("a"):
        url = page.absolute(anchor.get("href") or "")
        words = text_of(anchor) if url is not None and host_of(url) == here else ""
        if len(words) < _SHORTEST_TITLE:
            continue
        kind = _kind(anchor)
        families[kind].append(anchor)
        sizes[kind] += len(words)
    best = families[max(sizes, key=sizes.__getitem__)] if sizes else []
    return best if len(best) >= 3 else []


def _kind(anchor: HtmlElement) -> tuple[str, ...]:
    around = (f"{node.tag}.{node.get('class') or ''}" for node in islice(anchor.iterancestors(), 5))
    return (str(anchor.get("class") or ""), *around)


def _entries(page: Page, layout: Layout) -> tuple[Entry, ...]:
    rows = page.elements(layout.entries) if layout.entries else (alike(page) if layout.generic else [])
    out: dict[str, Entry] = {}
    for row in rows:
        anchor = _anchor(row, layout)
        url = page.absolute(anchor.get("href") or "") if anchor is not None else None
        if anchor is None or url is None or url == page.url:
            continue
        title = _within(row, layout.entry_title) or text_of(anchor) or clean(anchor.get("title") or "")
        if url in out:  # a picture of the article may lead to it before its title does
            out[url] = out[url] if out[url].title else replace(out[url], title=title)
            continue
        shown = _within(row, layout.entry_date)
        told = dates.find(shown, "listing") if shown else None
        # the date alone: what stands beside it may be a count of views, which is another one every night
        out[url] = Entry(len(out) + 1, url, title, told.raw if told else shown, told.day if told else None)
    return tuple(out.values())


def _anchor(row: HtmlElement, layout: Layout) -> HtmlElement | None:
    for path in layout.entry_link:
        for hit in elements_at(row, path):
            if hit.get("href"):
                return hit
    if row.tag == "a":
        return row
    return next((a for a in row.iter("a") if a.get("href") and text_of(a)), None) if not layout.entry_link else None


def _within(row: HtmlElement, paths: tuple[str, ...]) -> str | None:
    return next((text for path in paths for hit in hits(row, path) if (text := text_of(hit))), None)


def _next(page: Page, layout: Layout, shown: int) -> Turn | None:
    named = next((turn for anchor in _named(page, layout) if (turn := _turn(page, anchor))), None)
    if named is None and layout.turn is not None:
        named = layout.turn(page, shown)
    if named is not None or not layout.guess_next:
        return named
    return next((turn for anchor in _guessed(page) if (turn := _turn(page, anchor))), None)


def _named(page: Page, layout: Layout) -> Iterator[HtmlElement]:
    for path in layout.next:
        yield from elements_at(page.root, path)


def _guessed(page: Page) -> Iterator[HtmlElement]:
    """What may lead on where no layout says it, the surest first."""
    yield from elements_at(page.root, "//link[@rel='next'] | //a[@rel='next']")
    anchors = [(anchor, _words(anchor)) for anchor in page.root.iter("a", "input", "button") if _leads(anchor)]
    for anchor, words in anchors:
        if any(word.strip(_ARROWS) in _NEXT_WORDS for word in words):
            yield anchor
    for anchor, words in anchors:
        if any(map(_is_number, words)) and _follows_current(anchor):
            yield anchor
    for anchor, words in anchors:
        if words & _MORE and _stands_after_current(anchor):
            yield anchor
    for anchor, words in anchors:
        if words & _NEXT_SIGNS and any(map(_is_number, _around(anchor))):
            yield anchor


def _leads(node: HtmlElement) -> bool:
    if any(_CALENDAR.search(outer.get("class") or "") for outer in islice(node.iterancestors("table", "div"), 3)):
        return False  # the day after today is no next page
    return node.tag == "a" or bool(_POSTBACK.search(node.get("onclick") or ""))


def _stands_after_current(anchor: HtmlElement) -> bool:
    """Whether a pager's dots come right after the number of the page shown: they lead to the next group of numbers."""
    before: HtmlElement | None = None
    for node in _pager(anchor):
        if node is anchor:
            return before is not None and _is_current(before)
        if _is_number(text_of(node)):
            before = node
    return False


def _is_current(node: HtmlElement) -> bool:
    linked = [*node.iter("a")] or [*node.iterancestors("a")]  # Telerik's numbers stand in a span inside their link
    marked = [part.get("class") or "" for part in (node, *linked)]
    said = any(part.get("aria-current") or part.get("disabled") is not None for part in linked)
    return not linked or said or any(_CURRENT.search(name) for name in marked)


def _words(anchor: HtmlElement) -> set[str]:
    told = [
        text_of(anchor),
        anchor.get("title"),
        anchor.get("alt"),
        anchor.get("value"),
        anchor.get("aria-label"),
        *anchor.xpath(".//img/@alt"),
    ]
    return {fold(str(words)) for words in told if words}


def _follows_current(anchor: HtmlElement) -> bool:
    """Whether the link's number comes after that of the page shown, which a pager marks or leaves without a link."""
    number = text_of(anchor)
    if not _is_number(number):
        return False
    for node in _pager(anchor):
        shown = text_of(node)
        if _is_number(shown) and int(shown) + 1 == int(number) and _is_current(node):
            return True
    return False


def _is_number(words: str) -> bool:
    return words.isdecimal() and len(words) < 7


def _around(anchor: HtmlElement) -> Iterator[str]:
    return (text_of(node) for node in _pager(anchor) if node is not anchor)


def _pager(anchor: HtmlElement) -> Iterator[HtmlElement]:
    """What stands with a link in a row: its siblings, its parent's, and what those hold directly."""
    parent = anchor.getparent()
    holder = parent if parent is None or (parent.tag != "li" and len(parent) > 1) else parent.getparent()
    if holder is None or len(holder) > 60:
        return
    for node in holder.iterchildren("a", "span", "li", "b", "strong", "em", "td"):
        yield node
        yield from node.iterchildren("a", "span", "b", "strong")


def _turn(page: Page, anchor: HtmlElement) -> Turn | None:
    href = anchor.get("href") or ""
    if match := _POSTBACK.search(href) or _POSTBACK.search(anchor.get("onclick") or ""):
        return _postback(page, anchor, match[1], match[2])
    if anchor.tag in ("input", "button"):
        return _submitted(page, anchor)
    url = page.absolute(href)
    if url is None or url == page.url or not _same_site(url, page.url):
        return None
    return None if _goes_back(url, page.url) else Turn(url, label=text_of(anchor))


def _same_site(url: str, other: str) -> bool:
    return host_of(url).removeprefix("www.") == host_of(other).removeprefix("www.")


def _goes_back(url: str, here: str) -> bool:
    """SharePoint gives the same markup to its links to the page before and the page after; only their query tells."""
    wanted, current = (parse_qs(urlsplit(u).query) for u in (url, here))
    if "PagedPrev" in wanted:
        return True
    if "PageFirstRow" not in wanted:
        return False
    try:
        return int(wanted["PageFirstRow"][0]) <= int(current.get("PageFirstRow", ["1"])[0])
    except ValueError:
        return True


def _postback(page: Page, anchor: HtmlElement, target: str, argument: str) -> Turn | None:
    """The form that ASP.NET's __doPostBack sends: every field of the form as it stands, with the event's two names set."""
    form = _form(page, anchor)
    if form is None:
        return None
    fields = [("__EVENTTARGET", target), ("__EVENTARGUMENT", argument), *_fields(form)]
    return Turn(_action(page, form), "POST", urlencode(fields), label=argument or text_of(anchor))


def _submitted(page: Page, button: HtmlElement) -> Turn | None:
    """The form that a button sends with its own name, as Telerik's pagers do; one whose script says no sends nothing."""
    form, name = _form(page, button), button.get("name")
    kind = (button.get("type") or ("submit" if button.tag == "button" else "text")).lower()
    stopped = button.get("disabled") is not None or "return false" in (button.get("onclick") or "").lower()
    if form is None or not name or stopped or kind not in ("submit", "image"):
        return None
    own = [(f"{name}.x", "1"), (f"{name}.y", "1")] if kind == "image" else [(name, button.get("value") or "")]
    told = [(event, "") for event in ("__EVENTTARGET", "__EVENTARGUMENT") if form.xpath(f".//input[@name='{event}']")]
    return Turn(_action(page, form), "POST", urlencode([*told, *_fields(form), *own]), label=button.get("title") or "")


def _form(page: Page, node: HtmlElement) -> HtmlElement | None:
    form = next(node.iterancestors("form"), None)
    return next(page.root.iter("form"), None) if form is None else form


def _action(page: Page, form: HtmlElement) -> str:
    return page.absolute(form.get("action") or "") or canonical(page.capture.url)


def _fields(form: HtmlElement) -> Iterator[tuple[str, str]]:
    for node in form.iter("input", "select", "textarea"):
        name = node.get("name")
        if not name or name in ("__EVENTTARGET", "__EVENTARGUMENT") or _is_disabled(node):
            continue
        if node.tag == "select":
            yield from ((name, value) for value in _chosen(node))
        elif node.tag == "textarea":
            yield name, "".join(node.itertext())
        elif (kind := (node.get("type") or "text").lower()) in ("checkbox", "radio"):
            if node.get("checked") is not None:
                yield name, node.get("value", "on")
        elif kind not in _NEVER_SENT:
            yield name, node.get("value") or ""


def _is_disabled(node: HtmlElement) -> bool:
    return node.get("disabled") is not None or any(
        fieldset.get("disabled") is not None for fieldset in node.iterancestors("fieldset")
    )


def _chosen(select: HtmlElement) -> Iterator[str]:
    """The values that a select sends: of the options that are chosen; a list to drop down sends its first without any."""
    options = [option for option in select.iter("option") if option.get("disabled") is None]
    chosen = [option for option in options if option.get("selected") is not None]
    several = select.get("multiple") is not None
    if not several:
        chosen = chosen[-1:] or options[:1]
    for option in chosen:
        value = option.get("value")
        yield text_of(option) if value is None else value
