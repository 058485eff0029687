"""The body of an article: its element found, its lines read, lead, captions and ending parted from it."""

from __future__ import annotations

from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.article import Attachment, Image, Link
from crawler.extract import blocks, captions, ending
from crawler.extract.blocks import Line
from crawler.extract.layout import Layout
from crawler.extract.page import Page, text_of
from crawler.extract.text import fold


@dataclass(frozen=True, slots=True)
class Body:
    """What an article's body says, in order."""

    lead: str | None
    paragraphs: tuple[str, ...]
    images: tuple[Image, ...]
    attachments: tuple[Attachment, ...]
    links: tuple[Link, ...]
    author: str | None
    source: str | None


def read(page: Page, layout: Layout, bodies: list[HtmlElement], title: str) -> Body:
    """The body in `bodies`.  The title, where it stands again on top of the text, is no part of it."""
    lead_elements = [] if not layout.lead else page.elements(layout.lead)
    lead = " ".join(filter(None, (text_of(element) for element in lead_elements))) or page.maybe(layout.lead)
    dropped = frozenset(
        hit for path in layout.drop for hit in page.root.xpath(path) if isinstance(hit, HtmlElement)
    ) | frozenset(lead_elements)
    found = blocks.read(page, bodies, dropped, layout.full_image)
    bound = captions.bind(found.row)
    lines = [line for line in bound.lines if not line.file_only]
    while lines and fold(lines[0].text) == fold(title):
        lines.pop(0)
    parted = ending.part(lines)
    kept = list(parted.lines)
    if lead is None and (bold := _bold_lead(kept)):
        lead = bold
        kept.pop(0)
    elif lead is not None and kept and fold(kept[0].text) == fold(lead):
        kept.pop(0)
    extra = [file for path in layout.attachments for file in _files(page, path)]
    known = {file.url for file in found.attachments}
    return Body(
        lead=lead,
        paragraphs=tuple(line.text for line in kept),
        images=bound.images,
        attachments=(*found.attachments, *(file for file in extra if file.url not in known)),
        links=found.links,
        author=parted.author,
        source=parted.source,
    )


def _bold_lead(lines: list[Line]) -> str | None:
    """A first paragraph set in bold throughout, before text that is not: the lead, where the platform marks none."""
    if len(lines) < 2:
        return None
    first = lines[0]
    if first.bold and first.kind in ("text", "heading") and len(first.text) >= 60 and not lines[1].bold:
        return first.text
    return None


def _files(page: Page, path: str) -> list[Attachment]:
    holder = [hit for hit in page.root.xpath(path) if isinstance(hit, HtmlElement)]
    return list(blocks.read(page, holder, frozenset()).attachments)
