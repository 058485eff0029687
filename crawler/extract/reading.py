"""extract(): a capture and the layout it is read by, made a reading.  Pure: no clock, no network, no other capture."""

from __future__ import annotations

from archive.article import Article, Moment, Reading
from archive.capture import Capture
from crawler.extract import body as bodies
from crawler.extract import dates, generic, listing, verdict
from crawler.extract.layout import Layout, Paths
from crawler.extract.page import Page, is_html
from crawler.extract.text import fold

_VIETNAMESE = set("ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ")


def extract(capture: Capture, layout: Layout) -> Reading:
    """What the page says, as an article, a listing, or neither with the verdict why.  Never raises on any bytes."""
    if not is_html(capture):
        return Reading("not-html", layout.name)
    return extract_page(Page(capture), layout)


def extract_page(page: Page, layout: Layout) -> Reading:
    """The same, of a page that is parsed already."""
    if verdict.is_challenge(page):
        return Reading("challenge", layout.name)
    if verdict.is_trap(page.url):
        return Reading("trap", layout.name)
    found = _article(page, layout)
    if found is not None:
        return Reading("article", layout.name, article=found)
    if verdict.is_login(page):
        return Reading("login", layout.name)
    if verdict.is_soft_404(page):
        return Reading("soft-404", layout.name)
    shown = listing.read(page, layout)
    return Reading("listing", layout.name, listing=shown) if shown else Reading("other", layout.name)


def _article(page: Page, layout: Layout) -> Article | None:
    elements = page.elements(layout.body)
    if not elements and layout.generic and not layout.body and not page.elements(layout.entries):
        elements = generic.body(page)
    title = page.maybe(layout.title) or (generic.title(page) if elements else None)
    if not elements or not title:
        return None
    read = bodies.read(page, layout, elements, title)
    if not (read.paragraphs or read.images or read.lead or read.attachments):
        return None
    told = _told(page, layout.date) or (generic.published(page) if layout.generic or not layout.date else None)
    changed = _told(page, layout.modified) or (generic.modified(page) if layout.generic else None)
    return Article(
        url=page.url,
        title=title,
        lead=read.lead,
        body=read.paragraphs,
        category=tuple(t for t in page.some(layout.category) if fold(t) not in ("trang chu", "home", ">", "»", "/")),
        published=told,
        modified=changed,
        author=page.maybe(layout.author) or read.author,
        source=page.maybe(layout.source) or read.source,
        tags=page.some(layout.tags),
        images=read.images,
        attachments=read.attachments,
        links=read.links,
        language=_language(page, read.paragraphs),
        cms_id=page.maybe(layout.cms_id),
        layout=layout.name,
    )


def _told(page: Page, paths: Paths) -> Moment | None:
    for path in paths:
        for text in page.some((path,)):
            if found := dates.find(text):
                return found
    return None


def _language(page: Page, paragraphs: tuple[str, ...]) -> str | None:
    """Vietnamese by its letters; else what the page declares, for portals leave `en` in a template of Vietnamese text."""
    text = " ".join(paragraphs).lower()
    if text and sum(c in _VIETNAMESE for c in text) > len(text) / 50:
        return "vi"
    declared = str(page.root.get("lang") or page.root.get("xml:lang") or "").lower()
    return declared[:2] if declared[:2].isalpha() and len(declared) >= 2 else None
