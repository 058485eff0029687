"""extract(): a capture and the layout it is read by, made a reading.  Pure: no clock, no network, no other capture."""

from __future__ import annotations

import re
from datetime import timedelta

from lxml.html import HtmlElement

from archive.article import Article, Listing, Moment, Reading
from archive.capture import Capture
from archive.moment import VIETNAM
from crawler.extract import body as bodies
from crawler.extract import dates, ending, feed, generic, listing, verdict
from crawler.extract.layout import Layout, Paths
from crawler.extract.page import Page, is_html, text_of
from crawler.extract.text import fold

_VIETNAMESE = set("ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ")
_UPDATE = r"cập nhật|chỉnh sửa|sửa đổi|(?:ngày |lần )?sửa cuối|last (?:modified|updated)|updated|modified"
_LABELS = re.compile(rf"(?={_UPDATE}|đăng|xuất bản|ngày tạo|posted|published)", re.IGNORECASE)
_CHANGED = re.compile(_UPDATE, re.IGNORECASE)
_NO_CATEGORY = {"trang chu", "home", ">", "»", "/"}


def extract(capture: Capture, layout: Layout) -> Reading:
    """What the page says, as an article, a listing, or neither with the verdict why.  Never raises on any bytes."""
    if (listed := feed.read(capture)) is not None:
        return listed
    if not is_html(capture):
        return Reading("not-html", layout.name)
    return extract_page(Page(capture), layout)


def extract_page(page: Page, layout: Layout) -> Reading:
    """The same, of a page that is parsed already."""
    if verdict.is_challenge(page):
        return Reading("challenge", layout.name)
    if verdict.is_trap(page.url):
        return Reading("trap", layout.name)
    if layout.is_piece(page.url) and (piece := _piece(page, layout)) is not None:
        return Reading("listing", layout.name, listing=piece)
    elements, around = _body(page, layout)
    found = _article(page, layout, elements, around)
    guessed = found is not None and not layout.body and not _is_dated(page, found)
    if found is None or guessed:
        if verdict.is_login(page):
            return Reading("login", layout.name)
        if verdict.is_soft_404(page):
            return Reading("soft-404", layout.name)
    shown = listing.read(page, layout) if found is None or guessed or _size(found) < 400 else None
    if shown is not None and (found is None or _is_list(page, layout, shown, found, elements if guessed else [])):
        return Reading("listing", layout.name, listing=shown)
    return Reading("article", layout.name, article=found) if found else Reading("other", layout.name)


def _piece(page: Page, layout: Layout) -> Listing | None:
    """What a script was given: entries, or nothing where the listing has ended; a whole page is none of that."""
    shown = listing.read(page, layout)
    return shown or (None if page.root.xpath("//title") else Listing(page.url, (), None))


def _is_dated(page: Page, found: Article) -> bool:
    """Whether the page's metadata declare when it was published: an article's do."""
    told = found.published
    return told is not None and (told.source == "meta" or generic.published(page) is not None)


def _is_list(page: Page, layout: Layout, shown: Listing, found: Article, guessed: list[HtmlElement]) -> bool:
    """Whether a page that has a body is a listing all the same: with some words above it, or with every entry's summary.

    `guessed` is the body where no layout names it.  What stands below an article, related news, makes no listing of it.
    """
    if len(shown.entries) < 3 or (layout.generic and generic.is_declared(page)):
        return False
    if shown.next is not None and _size(found) < (1000 if guessed else 400):
        return True
    inside = [a for a in listing.alike(page) if any(node in guessed for node in a.iterancestors())] if guessed else []
    return sum(len(text_of(anchor)) for anchor in inside) > 0.1 * max(
        _size(found), sum(map(len, map(text_of, guessed)))
    )


def _size(found: Article) -> int:
    return len(found.lead or "") + sum(len(paragraph) for paragraph in found.body)


def _body(page: Page, layout: Layout) -> tuple[list[HtmlElement], generic.Found]:
    """The elements that hold the body, none inside another; and what is found around it where no path leads there."""
    if layout.generic and not layout.body and not page.elements(layout.entries):
        around = generic.find(page)
        return list(around.body), around
    found = page.elements(layout.body)
    known = set(found)
    return [element for element in found if known.isdisjoint(element.iterancestors())], generic.NOTHING


def _article(page: Page, layout: Layout, elements: list[HtmlElement], around: generic.Found) -> Article | None:
    title = page.maybe(layout.title) or around.title or (generic.title(page) if elements else None)
    if not elements or not title:
        return None
    read = bodies.read(page, layout, elements, title, around)
    if not (read.paragraphs or read.images or read.lead or read.attachments):
        return None
    published, modified, unread = _possible(page, layout)
    return Article(
        url=page.url,
        title=title,
        lead=read.lead,
        body=read.paragraphs,
        category=tuple(
            words for words in page.some(layout.category) if fold(words) not in {*_NO_CATEGORY, fold(title)}
        ),
        published=published,
        modified=modified,
        author=ending.author_of(page.maybe(layout.author) or (generic.author(page) if layout.generic else None) or "")
        or read.author,
        source=ending.source_of(page.maybe(layout.source) or "") or read.source,
        tags=page.some(layout.tags) or read.tags,
        images=read.images,
        attachments=read.attachments,
        links=read.links,
        language=_language(page, read.paragraphs),
        cms_id=page.maybe(layout.cms_id),
        layout=layout.name,
        published_unread=unread,
    )


def _possible(page: Page, layout: Layout) -> tuple[Moment | None, Moment | None, str | None]:
    """The dates that can be, and the text of the publishing date where it cannot: no page tells of a day yet to come."""
    published, modified = _dates(page, layout)
    latest = page.capture.fetch_time.astimezone(VIETNAM).date() + timedelta(days=1)  # for a server whose zone is wrong
    modified = modified if modified and modified.day <= latest else None
    if published is None:
        unread = next((raw for text in page.some(layout.date) if (raw := dates.unreadable(text))), None)
        return None, modified, unread
    return (published, modified, None) if published.day <= latest else (None, modified, published.raw)


def _dates(page: Page, layout: Layout) -> tuple[Moment | None, Moment | None]:
    """When it was published and when changed.  A date labelled as that of a change, where no other stands, is the first."""
    told, changed = _labelled(page, layout.date)
    if told is None and (layout.generic or not layout.date):
        told = generic.published(page)
    if told is None:
        told, changed = changed, None
    if told is None and layout.url_date is not None and (match := layout.url_date.search(page.url)):
        told = dates.find(match[1], "url")
    plain, labelled = _labelled(page, layout.modified)
    return told, plain or labelled or changed or (generic.modified(page) if layout.generic else None)


def _labelled(page: Page, paths: Paths) -> tuple[Moment | None, Moment | None]:
    told: Moment | None = None
    changed: Moment | None = None
    for path in paths:
        for piece in (piece for text in page.some((path,)) for piece in _LABELS.split(text)):
            if _CHANGED.match(piece):
                changed = changed or dates.find(piece)
            else:
                told = told or dates.find(piece)
        if told is not None:
            break
    return told, changed


def _language(page: Page, paragraphs: tuple[str, ...]) -> str | None:
    """Vietnamese by its letters; else what the page declares, for portals leave `en` in a template of Vietnamese text."""
    text = " ".join(paragraphs).lower()
    if text and sum(map(text.count, _VIETNAMESE)) > len(text) / 50:
        return "vi"
    declared = str(page.root.get("lang") or page.root.get("xml:lang") or "").lower()
    return declared[:2] if re.match(r"[a-z]{2}", declared) else None
