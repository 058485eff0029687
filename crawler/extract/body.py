"""The body of an article: its element found, its lines read, lead, captions and ending parted from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.article import Attachment, Image, Link
from crawler.extract import blocks, captions, ending, furniture
from crawler.extract.blocks import Block, Blocks, Line, Picture
from crawler.extract.generic import NOTHING, Found
from crawler.extract.layout import Layout
from crawler.extract.page import Page, elements_at
from crawler.extract.text import fold, is_file_label

_SHORTEST_LEAD, _LONGEST_LEAD = 60, 700
_SAPO = ".//*[contains(concat(' ', normalize-space(@class), ' '), ' sapo ')]"
_OFFICE = re.compile(r"[(\[]?(?:C|Cổng )TTĐT[\w -]{0,30}?[)\]]?\s?[-–—:]\s")
"""What a portal's office puts before its own leads: `CTTĐT - `, `(CTTĐT) - `."""


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
    tags: tuple[str, ...] = ()


def read(page: Page, layout: Layout, bodies: Sequence[HtmlElement], title: str, found: Found = NOTHING) -> Body:
    """The body in `bodies`.  The title, where it stands again on top of the text, is no part of it.

    `found` tells what no path does of a page of unknown make: its lead, the pictures above its text, what is none of it.
    """
    dropped = found.dropped.union(element for path in layout.drop for element in elements_at(page.root, path))
    sapo = page.elements(layout.lead) or list(found.lead)
    if not found.body:  # where no path leads to the body, it is found without its furniture
        dropped |= frozenset(furniture.marked(bodies))
        sapo = sapo or [hit for body in bodies for hit in elements_at(body, _SAPO)][:1]
    hung = [element for path in layout.attachments for element in elements_at(page.root, path)]
    named = frozenset(element for element in hung if element.tag == "a")
    top = blocks.read(page, sapo, dropped, layout.full_image, named)
    main = blocks.read(page, bodies, dropped | frozenset(sapo), layout.full_image, named, found.frames)
    lead = " ".join(line.text for line in top.row if isinstance(line, Line)) or page.maybe(layout.lead)
    # what is dropped from the text may hang files out all the same: only the text is
    attachments = _files(top, main, blocks.read(page, hung, frozenset(), named=named))
    pictures = blocks.read(page, found.pictures, dropped, layout.full_image, frames=found.frames)
    above = captions.bind(pictures.row).images
    cleared = furniture.clear(list(_without_title(main.row, title)))
    bound = captions.bind(cleared.row)
    lines = _outside(main.row, bound.lines) if found.body else bound.lines
    parted = ending.part(_without_files(lines, attachments))
    paragraphs = [line.text for line in parted.lines]
    if lead is None and _is_lead(parted.lines):
        lead = paragraphs.pop(0)
    elif lead is not None and paragraphs and fold(paragraphs[0]) == fold(lead):
        paragraphs.pop(0)
    images = (*above, *_images(top, sapo, bodies), *bound.images)
    return Body(
        lead=lead,
        paragraphs=tuple(paragraphs),
        images=_once(images) if found.body else images,
        attachments=attachments,
        links=tuple(dict.fromkeys(top.links + main.links)),
        author=parted.author,
        source=parted.source,
        tags=cleared.tags,
    )


def _images(top: Blocks, sapo: Sequence[HtmlElement], bodies: Sequence[HtmlElement]) -> Iterator[Image]:
    """The images of a lead that stands inside the body; those of a lead outside it are the listing's."""
    if any(outer in bodies for element in sapo for outer in element.iterancestors()):
        yield from (Image(block.url, None, None, block.alt) for block in top.row if isinstance(block, Picture))


def _outside(row: Sequence[Block], lines: Sequence[Line]) -> list[Line]:
    """The lines that stand in no picture's figure: what is no caption there is a gallery's, or a button's."""
    pictured = {block.place.figure for block in row if isinstance(block, Picture)} - {None}
    return [line for line in lines if line.place.figure not in pictured]


def _once(images: Iterable[Image]) -> tuple[Image, ...]:
    """Each image once, with the caption that it has anywhere: pages show one twice, for wide and for narrow screens."""
    seen: dict[str, Image] = {}
    for image in images:
        known = seen.setdefault(image.url, image)
        if known.caption is None and image.caption is not None:
            seen[image.url] = image
    return tuple(seen.values())


def _files(*read: Blocks) -> tuple[Attachment, ...]:
    """All attachments; a URL that stands twice has the first name it is given."""
    named: dict[str, Attachment] = {}
    for file in (file for part in read for file in part.attachments):
        named.setdefault(file.url, file)
    return tuple(named.values())


def _without_title(row: Sequence[Block], title: str) -> Iterator[Block]:
    on_top = True
    for block in row:
        on_top = on_top and (not isinstance(block, Line) or fold(block.text) == fold(title))
        if not (on_top and isinstance(block, Line)):
            yield block


def _without_files(lines: Sequence[Line], files: Sequence[Attachment]) -> list[Line]:
    """The lines that say more than which files hang below, and not what announces those (`Tệp đính kèm:`)."""
    named = {file.url: f" {file.name} " for file in files}
    kept: list[Line] = []
    for line in lines:
        if line.files and all(is_file_label(file.name) or f" {file.name} " in named[file.url] for file in line.files):
            if kept and kept[-1].text.endswith(":") and is_file_label(kept[-1].text):
                kept.pop()
        else:
            kept.append(line)
    return kept


def _is_lead(lines: Sequence[Line]) -> bool:
    """Whether the first paragraph is the lead, where the platform marks none.

    It is bold throughout and the next is not, or that is a heading; or it begins with the office that wrote it.
    """
    if len(lines) < 2 or lines[0].kind not in ("text", "heading") or len(lines[0].text) < _SHORTEST_LEAD:
        return False
    first, second = lines[:2]
    heading = second.bold and len(second.text) < _SHORTEST_LEAD and len(lines) > 2 and not lines[2].bold
    if first.bold:
        return not second.bold or heading
    return len(first.text) <= _LONGEST_LEAD and bool(_OFFICE.match(first.text))
