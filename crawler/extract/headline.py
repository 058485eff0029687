"""The title of a page of unknown make."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.extract import jsonld
from crawler.extract.page import Page, text_of
from crawler.extract.text import clean, fold

_SEPARATOR = re.compile(r"\s+[|–—·»-]\s+")
_SITE = re.compile(
    r"\b(?:cong thong tin|cong ttdt|trang thong tin|trang ttdt|trang chu|website|portal|bao dien tu|home)\b"
)
_TITLE, _SITE_NAME = ("property", "og:title"), ("property", "og:site_name")
_FEWEST_WORDS = 3


def title(page: Page) -> str | None:
    """The page's own title: the headline that it declares of its article, else its one h1, else og:title, else the title
    element; without the site's name at its end."""
    told = _shown(page)
    declared = _declared(page)
    if declared is None or (told and _begins(told, declared)):
        return told
    return declared


def told(page: Page) -> Iterator[str]:
    """Every title that the page gives itself."""
    yield from map(text_of, page.root.iter("h1"))
    yield from page.declared(_TITLE)
    for node in jsonld.articles(page.linked_data):
        yield from jsonld.texts(node.get("headline"))


def _declared(page: Page) -> str | None:
    """The headline of the linked data's first article; None where it may be a section's name, or is cut short."""
    for node in jsonld.articles(page.linked_data):
        told = node.get("headline")
        headline = clean(told) if isinstance(told, str) else ""
        if len(headline.split()) >= _FEWEST_WORDS:
            return None if headline.endswith(("...", "…")) else headline
    return None


def _begins(told: str, declared: str) -> bool:
    """Whether a headline is the shown one, or no more than its capitals or its first words."""
    return fold(told) == fold(declared)


def _shown(page: Page) -> str | None:
    heads = [text for hit in page.root.iter("h1") if (text := text_of(hit))]
    graph = next(iter(page.declared(_TITLE)), None)
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
    site = fold(next(iter(page.declared(_SITE_NAME)), ""))
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
