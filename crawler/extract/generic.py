"""Fields of a page of unknown make: what its own metadata declare, and the body that trafilatura finds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from archive.article import Moment
from crawler.extract import dates
from crawler.extract.page import Page, text_of
from crawler.extract.text import clean, fold

_DATE_META = (
    "//meta[@property='article:published_time']/@content",
    "//meta[@itemprop='datePublished']/@content",
    "//*[@itemprop='datePublished']/@datetime",
    "//*[@itemprop='datePublished']",
    "//meta[@name='pubdate' or @name='publishdate' or @name='DC.date.issued']/@content",
)
_MODIFIED_META = ("//meta[@property='article:modified_time']/@content", "//meta[@itemprop='dateModified']/@content")
_SEPARATOR = re.compile(r"\s+[|–—·»-]\s+")
_SITE = re.compile(
    r"\b(?:cong thong tin|cong ttdt|trang thong tin|trang ttdt|trang chu|website|portal|bao dien tu|home)\b"
)
_LEAST_TEXT = 150


def title(page: Page) -> str | None:
    """The page's own title: its one h1, else og:title, else the title element, without the site's name at its end."""
    heads = [text for hit in page.root.xpath("//h1") if (text := text_of(hit))]
    graph = page.maybe(("//meta[@property='og:title']/@content",))
    window = page.maybe(("//title",))
    if len(heads) == 1:
        return heads[0]
    names = [fold(name) for name in (window, graph) if name]
    named = [head for head in heads if any(name.startswith(fold(head)) or name.endswith(fold(head)) for name in names)]
    if named:
        return max(named, key=len)
    told = graph or window
    if told is None:
        return heads[0] if heads else None
    return _without_site(page, told)


def _without_site(page: Page, told: str) -> str:
    """A dash may be the title's own: what follows one goes only where something says that it is the site's name."""
    shown = {fold(text_of(hit)) for hit in page.root.xpath("//h2 | //h3 | //*[contains(@class, 'title')]")}
    site = fold(page.maybe(("//meta[@property='og:site_name']/@content",)) or "")
    cuts = list(_SEPARATOR.finditer(told))
    for cut in reversed(cuts):
        if fold(told[: cut.start()]) in shown:
            return told[: cut.start()]
    for cut in reversed(cuts):
        after = fold(told[cut.end() :])
        if after != site and cut[0].strip() != "|" and not _SITE.search(after):
            break
        told = told[: cut.start()]
    return told


def published(page: Page) -> Moment | None:
    """The publishing date that the page's metadata declare, or None."""
    for path in _DATE_META:
        for value in page.some((path,)):
            if found := dates.find(value, "meta"):
                return found
    return _linked_data(page, "datePublished")


def modified(page: Page) -> Moment | None:
    """The date of the last change that the page's metadata declare, or None."""
    for path in _MODIFIED_META:
        for value in page.some((path,)):
            if found := dates.find(value, "meta"):
                return found
    return _linked_data(page, "dateModified")


def _linked_data(page: Page, key: str) -> Moment | None:
    for script in page.root.xpath("//script[@type='application/ld+json']/text()"):
        try:
            data = json.loads(str(script))
        except (ValueError, RecursionError):
            continue
        for node in _nodes(data):
            if isinstance(value := node.get(key), str) and (found := dates.find(value, "meta")):
                return found
    return None


def _nodes(data: object) -> Iterator[dict[str, object]]:
    stack = [data]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield node
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)


def body(page: Page) -> list[HtmlElement]:
    """The smallest element that holds (nearly) all that trafilatura takes for the article; empty where it finds none."""
    import trafilatura  # half a second of imports, for pages of unknown make alone

    try:
        found = trafilatura.extract(page.text, include_comments=False, include_tables=True, favor_precision=True)
    except Exception:  # noqa: BLE001 - it is no code of ours, and a page that trips it is one without a body
        return []
    wanted = [text for line in (found or "").splitlines() if len(text := _letters(line)) >= 20]
    total = sum(len(text) for text in wanted)
    if total < _LEAST_TEXT:
        return []
    root = page.root.find("body")
    node = root if root is not None else page.root
    while True:
        narrower = next((child for child in node if _holds(child, wanted, total)), None)
        if narrower is None or narrower.tag == "p":
            return [node]
        node = narrower


def _holds(node: HtmlElement, wanted: list[str], total: int) -> bool:
    if not isinstance(node.tag, str):
        return False
    inside = _letters(text_of(node))
    return sum(len(text) for text in wanted if text in inside) >= 0.9 * total


def _letters(text: str) -> str:
    return "".join(c for c in clean(text).lower() if c.isalnum())
