"""A page of unknown make: what its own metadata declare, and where its text, its lead and its pictures stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from lxml.html import HtmlElement

from archive.article import Moment
from crawler.extract import dates, figures, headline, jsonld, prose, standfirst
from crawler.extract.page import Page, text_of
from crawler.extract.text import clean, fold

_DATE_META = (("property", "article:published_time"), ("itemprop", "datePublished"))
_DATE_PATHS = ("//*[@itemprop='datePublished']/@datetime", "//*[@itemprop='datePublished']")
_DAY_META = (("name", "pubdate"), ("name", "publishdate"), ("name", "DC.date.issued"))
_MODIFIED_META = (("property", "article:modified_time"), ("itemprop", "dateModified"))
_AUTHOR_META = (("name", "author"), ("property", "author"), ("name", "dc.creator"), ("name", "DC.creator"))
_AUTHOR_PATHS = (
    "//*[@itemprop='author']//*[@itemprop='name']",
    "//*[@itemprop='author']",
    "//*[@rel='author']",
)
_LONGEST_AUTHOR = 80


@dataclass(frozen=True, slots=True)
class Found:
    """The elements that hold an article: its text, its lead, the pictures above the text; what is none of it; its title.

    `frames` hold a picture and what belongs to it as a figure does.
    """

    body: tuple[HtmlElement, ...] = ()
    lead: tuple[HtmlElement, ...] = ()
    pictures: tuple[HtmlElement, ...] = ()
    dropped: frozenset[HtmlElement] = frozenset()
    frames: frozenset[HtmlElement] = frozenset()
    title: str | None = None


NOTHING = Found()


def find(page: Page) -> Found:
    """Where the article of a page of unknown make stands; NOTHING where it holds none."""
    text = prose.find(page)
    if text is None:
        return NOTHING
    title = headline.title(page)
    head = _head(page, text, title)
    root = _around(text.element, head)
    pictures = figures.find(page, text, head, root)
    frames = frozenset(pictures.above + pictures.inside)
    lead = standfirst.find(page, text, head, root, frames)
    dropped = text.strangers(frames).union(pictures.strange, () if head is None else (head,))
    return Found((text.element,), () if lead is None else (lead,), pictures.above, dropped, frames, title)


def _head(page: Page, text: prose.Prose, title: str | None) -> HtmlElement | None:
    """The heading that shows the title, before the text or inside it."""
    heads = [hit for hit in page.root.iter("h1") if hit in text.letters.spans and text.letters.size(hit)]
    named = [hit for hit in heads if title and fold(text_of(hit)) == fold(title)]
    return (named or heads or [None])[0]


def _around(text: HtmlElement, head: HtmlElement | None) -> HtmlElement:
    """The smallest element that holds headline and text, or the whole article where the page marks it as one."""
    outer = {text, *text.iterancestors()}
    root = next((node for node in head.iterancestors() if node in outer), text) if head is not None else text
    article = next((node for node in (root, *root.iterancestors()) if node.tag in ("article", "main")), None)
    return article if article is not None else root


def title(page: Page) -> str | None:
    """The page's own title, without the site's name."""
    return headline.title(page)


def is_declared(page: Page) -> bool:
    """Whether the page declares itself one article: linked data of one, with its headline."""
    headlines = {told for node in jsonld.articles(page.linked_data) if isinstance(told := node.get("headline"), str)}
    return len(headlines) == 1


def author(page: Page) -> str | None:
    """Who wrote it, by the page's metadata; None where they name nobody, or an address."""
    told = [
        name for name in _authors(page) if 0 < len(name) <= _LONGEST_AUTHOR and "://" not in name and "@" not in name
    ]
    return ", ".join(dict.fromkeys(told)) or None


def _authors(page: Page) -> Iterator[str]:
    for node in jsonld.articles(page.linked_data):
        if names := [clean(name) for name in jsonld.texts(node.get("author"))]:
            yield from names
            return
    yield from page.declared(*_AUTHOR_META) or page.some(_AUTHOR_PATHS)


def published(page: Page) -> Moment | None:
    """The publishing date that the page's metadata declare, or None."""
    for value in _dates(page):
        if found := dates.find(value, "meta"):
            return found
    return _linked_data(page, "datePublished")


def _dates(page: Page) -> Iterator[str]:
    for name in _DATE_META:
        yield from page.declared(name)
    for path in _DATE_PATHS:
        yield from page.some((path,))
    yield from page.declared(*_DAY_META)


def modified(page: Page) -> Moment | None:
    """The date of the last change that the page's metadata declare, the latest where they differ, or None."""
    told = [found for name in _MODIFIED_META for value in page.declared(name) if (found := dates.find(value, "meta"))]
    told += [found] if (found := _linked_data(page, "dateModified")) else []
    return max(told, key=_when, default=None)


def _when(moment: Moment) -> tuple[date, datetime]:
    return moment.day, moment.at or datetime.min.replace(tzinfo=UTC)


def _linked_data(page: Page, key: str) -> Moment | None:
    for node in page.linked_data:
        if isinstance(value := node.get(key), str) and (found := dates.find(value, "meta")):
            return found
    return None
