"""Which line belongs to which picture.

An image's caption is the line that the editor put to it: in its figure, in its paragraph, in the cell below, or the
next line in a caption's dress.  A line that may as well be a sentence of the article stays in the article, and no line
goes to an image that it does not directly follow: a caption missed is a gap, a caption moved is a lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from archive.article import Image
from crawler.extract import wording
from crawler.extract.above import above
from crawler.extract.blocks import Line, Picture, Place
from crawler.extract.cells import Cell
from crawler.extract.ending import is_name
from crawler.extract.frames import LONGEST_FRAMED, in_figures, in_paragraphs, is_icon
from crawler.extract.grids import in_tables, spots
from crawler.extract.row import SHORTEST_PARAGRAPH, Row, has_more, is_credit_line, letters, line_at, with_credit

_HABIT = 2


class _Manner(NamedTuple):
    """How an article is set: whether plain lines below images have been captions before, and whether it has plain headings."""

    captioned: bool
    headed: bool


@dataclass(frozen=True, slots=True)
class Bound:
    """A body whose captions have found their images: the images in order, and the lines that are left."""

    images: tuple[Image, ...]
    lines: tuple[Line, ...]


def bind(row: Row) -> Bound:
    """Gives each picture its caption and credit, and leaves every other line in the text."""
    framed = _framed(row) or above(row)
    taken = {at for lines in framed.values() for at in lines}
    images: list[Image] = []
    before: Line | None = None
    plain, headed = 0, _has_headings(row)
    for index, block in enumerate(row):
        if isinstance(block, Picture):
            lines = framed.get(index, [])
            if not lines:
                below = _following(row, index, block, before, _Manner(plain >= _HABIT, headed))
                lines = [at for at in below if at not in taken]
            plain += any((line := line_at(row, at)) and _is_plain(line) for at in lines[:1])
            taken.update(lines)
            caption, credit = _told([line for at in lines if (line := line_at(row, at))])
            images.append(Image(block.url, caption, credit, block.alt))
        elif isinstance(block, Line) and index not in taken:
            before = block
    left = tuple(block for at, block in enumerate(row) if isinstance(block, Line) and at not in taken)
    return Bound(tuple(images), left)


def _told(lines: Sequence[Line]) -> tuple[str | None, str | None]:
    """Caption and credit, of the lines that belong to a picture."""
    captions: list[str] = []
    named: list[str] = []
    for line in lines:
        text = line.text
        who = wording.credit(text) or wording.source(text)
        if line.credit:
            named.append(who or text)
            continue
        if who is None or not (captions or wording.is_someone(who)):
            caption, who = wording.parted(text)
            captions.append(caption)
        named.extend([who] if who else [])
    return " ".join(captions) or None, "; ".join(named) or None


def _framed(row: Row) -> dict[int, list[int]]:
    """The lines that each picture shares a frame with; no line twice."""
    found: dict[int, list[int]] = {}
    used: set[int] = set()
    for frames in (in_figures(row), in_tables(row), in_paragraphs(row)):
        for picture, lines in frames.items():
            if picture not in found and used.isdisjoint(lines):
                found[picture] = lines
                used.update(lines)
    return found


# The line below: pictures without a frame, or alone in theirs.


def _following(row: Row, index: int, picture: Picture, before: Line | None, manner: _Manner) -> list[int]:
    at = index + 1
    line = line_at(row, at)
    if line is None or not wording.is_words(line) or _is_apart(picture.place, line.place) or is_icon(picture, line):
        return []
    if line.place.cell != picture.place.cell and _is_in_cell(row, at + 1, line.place.cell):
        return []  # words above the picture of their own cell
    if line.place.paragraph != picture.place.paragraph and _is_in_paragraph(row, at + 1, line.place.paragraph):
        return []  # or of their own paragraph
    if line.caption is not None:
        marked = [at]
        while (other := line_at(row, marked[-1] + 1)) and other.caption == line.caption:
            marked.append(marked[-1] + 1)
        return with_credit(row, marked) if letters(row, marked) <= LONGEST_FRAMED else []
    if (who := wording.credit(line.text)) and wording.is_someone(who):
        return [at]
    if line.right or line.kind == "heading" or (before and before.place.row == picture.place.row):
        return []
    return with_credit(row, [at]) if _is_next_caption(row, at, line, picture, before, manner) else []


def _is_apart(picture: Place, line: Place) -> bool:
    """Whether a line that comes next stands in a frame that is not the picture's."""
    if line.figure is not None or line.item not in (None, picture.item):
        return True
    shown, told = picture.cell, line.cell
    if told is None or told == shown:
        return False
    if shown is None or told.table > shown.table:
        return True  # a table that begins below the picture
    return told.table == shown.table and spots(told, told.top)[0] not in spots(shown, shown.bottom + 1)


def _is_next_caption(row: Row, at: int, line: Line, picture: Picture, before: Line | None, manner: _Manner) -> bool:
    """Whether the next line is set as a caption is and its neighbours are not, or reads as one where it is plain."""
    credited = is_credit_line(row, at + 1)
    after = None if credited else line_at(row, at + 1)
    near = [other for other in (before, after) if other]
    italic = line.italic and not any(other.italic for other in near)
    centred = line.centred and not any(other.centred for other in near)
    if line.bold and not (italic and centred):
        return False
    if italic or centred:
        return wording.may_be_caption(line.text, wording.LONGEST) and (
            len(line.text) <= wording.LONGEST_PLAIN or not wording.ends(line.text)
        )
    if credited:
        return wording.may_be_caption(line.text, wording.LONGEST)
    if (
        manner.headed
        or picture.place.figure is not None
        or line.text[0].islower()
        or (after and _is_alike(line, after))
    ):
        return False
    # the last line may be the article's, unless that has ended (./.) or plain lines below images have been captions before
    over = before is not None and before.text.endswith("./.")
    more = has_more(row, at + 1) or ((manner.captioned or over) and not is_name(line.text))
    return more and wording.is_plain_caption(line.text)


def _has_headings(row: Row) -> bool:
    """Whether a short plain line stands between two paragraphs: one below an image is then rather a heading too."""
    paragraphs = [isinstance(block, Line) and len(block.text) > SHORTEST_PARAGRAPH for block in row]
    return any(
        isinstance(line, Line) and before and after and len(line.text) <= SHORTEST_PARAGRAPH and _is_heading(line)
        for before, line, after in zip(paragraphs, row[1:], paragraphs[2:], strict=False)
    )


def _is_heading(line: Line) -> bool:
    dressed = line.italic or line.centred or line.right or line.caption is not None or line.kind != "text" or line.files
    return not dressed and not line.bold and wording.credit(line.text) is None and wording.is_plain_caption(line.text)


def _is_alike(line: Line, after: Line) -> bool:
    """Whether the line after is one of its kind: lines of a list or of a poem."""
    dress = (after.kind, after.italic, after.centred, after.bold, after.right)
    short = len(after.text) <= SHORTEST_PARAGRAPH and not wording.ends(after.text) and not wording.is_item(after.text)
    return short and dress == (line.kind, line.italic, line.centred, line.bold, line.right)


def _is_in_cell(row: Row, at: int, cell: Cell | None) -> bool:
    block = row[at] if at < len(row) else None
    return isinstance(block, Picture) and cell is not None and block.place.cell == cell


def _is_in_paragraph(row: Row, at: int, paragraph: int) -> bool:
    block = row[at] if at < len(row) else None
    return isinstance(block, Picture) and block.place.paragraph == paragraph


def _is_plain(line: Line) -> bool:
    return not (line.italic or line.centred or line.caption is not None or line.place.cell or line.place.figure)
