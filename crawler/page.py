"""One page from a file: read as a crawl would read it, or told which platform it is of."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from archive.article import Article, Reading
from archive.capture import Capture
from archive.errors import Misuse
from archive.moment import parse_iso
from crawler.config import Configuration
from crawler.extract.page import Page
from crawler.extract.version import extractor_version
from crawler.platforms import recognise
from crawler.portals import Portal, extract

Answer = dict[str, object]


def read_file(file: Path, url: str, portal: Portal | None, at: str | None) -> Answer:
    """What `luutru extract` prints: the contract's names, nulls where the page is no article."""
    if not url.startswith(("http://", "https://")):
        raise Misuse(f"{url!r} is no web address", "Give the page's URL with --url")
    reading = extract(page_of(file, url, at), portal)
    return _answer(reading, extractor_version(portal.digest if portal else ""))


def recognised(file: Path) -> list[str]:
    """Which platform a page is of, and the signs that say so."""
    return _recognised(str(file), page_of(file, "http://localhost/", None))


def recognised_at(url: str, configuration: Configuration) -> list[str]:
    """The same of the page at a URL, asked for as a crawl asks and kept nowhere."""
    from crawler.survey import fetched

    return _recognised(url, fetched(url, configuration))


def _recognised(name: str, capture: Capture) -> list[str]:
    page = Page(capture)
    platform, signs = recognise(page)
    lines = [f"{name}: {platform.name}"]
    lines += [f"  it has {mark.words}" for mark in signs]
    if not signs:
        return [*lines, "  no platform's marks are on it"]
    layout = platform.layout_of(page).name
    return lines if layout.startswith(f"{platform.name}/page") else [*lines, f"  it is read as {layout}"]


def page_of(file: Path, url: str, at: str | None) -> Capture:
    """A file of HTML as a capture of `url`."""
    try:
        body = file.read_bytes()
    except OSError as error:
        raise Misuse(f"{file} cannot be read: {error.strerror}", "Name a file of HTML") from error
    try:
        moment = parse_iso(at) if at else datetime.now(UTC)
    except ValueError as error:
        raise Misuse(f"{at!r} is no time", "Write --at as 2026-11-24T01:30:00+07:00") from error
    return Capture(url, moment, 200, (("Content-Type", "text/html"),), body)


def _answer(reading: Reading, version: str) -> Answer:
    article = reading.article
    fields = _fields(article) if article else dict.fromkeys(_NAMES)
    return {"verdict": reading.verdict, **fields, "layout": reading.layout or None, "extractor_version": version}


_NAMES = (
    "title", "lead", "body", "published", "published_raw", "modified", "author", "source", "category", "tags", "images",
    "attachments", "language",
)  # fmt: skip


def _fields(article: Article) -> Answer:
    return {
        "title": article.title,
        "lead": article.lead,
        "body": "\n\n".join(article.body),
        "published": article.published.text() if article.published else None,
        "published_raw": article.published.raw if article.published else article.published_unread,
        "modified": article.modified.text() if article.modified else None,
        "author": article.author,
        "source": article.source,
        "category": list(article.category),
        "tags": list(article.tags),
        "images": [{"url": i.url, "caption": i.caption, "credit": i.credit, "alt": i.alt} for i in article.images],
        "attachments": [{"url": file.url, "name": file.name} for file in article.attachments],
        "language": article.language,
    }
