"""Pages of a platform as captures, and a listing's way from page to page as a crawl walks it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from archive.article import Article, Listing, Turn
from archive.capture import Capture
from crawler.extract import extract
from crawler.extract.page import Page
from crawler.platforms import PLATFORMS

HTML = "text/html; charset=utf-8"


def capture(markup: str, url: str, mime: str = HTML, turn: Turn | None = None) -> Capture:
    """The capture of a page, asked for by `turn` where it was posted."""
    sent = (turn.method, turn.body.encode()) if turn else ("GET", b"")
    at = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    return Capture(url, at, 200, (("Content-Type", mime),), markup.encode(), True, *sent)


def article(platform: str, markup: str, url: str) -> Article:
    """The article that a platform's layout reads."""
    asked = capture(markup, url)
    reading = extract(asked, PLATFORMS[platform].layout_of(Page(asked)))
    assert reading.verdict == "article"
    assert reading.article is not None
    return reading.article


def listing(platform: str, markup: str, url: str, mime: str = HTML, turn: Turn | None = None) -> Listing:
    """The listing that a platform's layout reads."""
    asked = capture(markup, url, mime, turn)
    reading = extract(asked, PLATFORMS[platform].layout_of(Page(asked)))
    assert reading.verdict == "listing"
    assert reading.listing is not None
    return reading.listing


def walk(platform: str, url: str, answer: Callable[[Turn], str], mime: str = HTML) -> list[Listing]:
    """The listing's pages from the first to the last: what `answer` gives to each turn."""
    turn: Turn | None = Turn(url)
    found: list[Listing] = []
    while turn is not None:
        assert len(found) < 9, "the listing has no end"
        found.append(listing(platform, answer(turn), turn.url, mime if found else HTML, turn))
        turn = found[-1].next
    return found


def titles(pages: list[Listing]) -> list[list[str]]:
    """The titles that each page shows."""
    return [[entry.title for entry in page.entries] for page in pages]
