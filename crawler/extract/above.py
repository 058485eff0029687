"""Captions that stand above or to the left of their images, where an article has them so throughout.

A line between two images may be the caption of either.  Almost always it is that of the one above it; it is that of the
one below only where the article leaves no other reading: its rows of images begin with a line and end with an image, no
line is without an image below it, and there are too many of them for chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crawler.extract import wording
from crawler.extract.blocks import Line, Picture
from crawler.extract.cells import Cell
from crawler.extract.frames import is_own_caption
from crawler.extract.row import Row

_LEAST = 3  # two where no image is without one


@dataclass(frozen=True, slots=True)
class _Run:
    """Images and lines that may be captions, with nothing between them: where each is, and which is an image."""

    places: tuple[int, ...]
    shown: tuple[bool, ...]

    def lines(self) -> list[int]:
        return [at for at, is_shown in zip(self.places, self.shown, strict=True) if not is_shown]


def above(row: Row) -> dict[int, list[int]]:
    """The line of each image that has one above it; empty where captions do not stand above."""
    runs = [run for run in _runs(row) if any(run.shown) and not all(run.shown)]
    pairs = {at + 1: [at] for run in runs for at in run.lines()}
    lines = [line for run in runs for at in run.lines() if isinstance(line := row[at], Line)]
    if len({(line.italic, line.centred, line.bold, line.caption is None) for line in lines}) != 1:
        return {}
    if not all(_stands_above(row, at) for run in runs for at in run.lines()):
        return {}
    opened = sum(not run.shown[0] for run in runs)
    complete = len(pairs) == sum(isinstance(block, Picture) for block in row)
    dressed = lines[0].italic or lines[0].centred or lines[0].caption is not None
    # plain lines with text between them may be the article's headings
    enough = any(len(run.lines()) > 1 for run in runs) or (dressed and opened > 1)
    # in a table a line before an image is beside or above it, whatever the article does
    framed = all(line.place.cell != _cell(row, at) for line, at in zip(lines, pairs, strict=True))
    certain = (enough or framed) and len(pairs) >= _LEAST - complete
    return pairs if certain and (framed or 2 * opened > len(runs)) else {}


def _cell(row: Row, at: int) -> Cell | None:
    block = row[at]
    return block.place.cell if isinstance(block, Picture) else None


def _runs(row: Row) -> Iterator[_Run]:
    places: list[int] = []
    for at, block in enumerate(row):
        if isinstance(block, Picture) or (isinstance(block, Line) and _may_be_one(block)):
            places.append(at)
        elif places:
            yield _Run(tuple(places), tuple(isinstance(row[place], Picture) for place in places))
            places = []
    if places:
        yield _Run(tuple(places), tuple(isinstance(row[place], Picture) for place in places))


def _may_be_one(line: Line) -> bool:
    if line.caption is not None:
        return wording.is_words(line)
    return is_own_caption(line) and not wording.announces(line.text) and wording.credit(line.text) is None


def _stands_above(row: Row, at: int) -> bool:
    line, picture = row[at], row[at + 1] if at + 1 < len(row) else None
    if not isinstance(line, Line) or not isinstance(picture, Picture):
        return False
    shown, told = picture.place, line.place
    if (told.row == shown.row and told.cell == shown.cell) or (told.figure, told.item) != (shown.figure, shown.item):
        return False
    if told.cell is None or shown.cell is None or told.cell == shown.cell:
        return told.cell == shown.cell
    below = told.cell.bottom + 1 == shown.cell.top
    beside = told.cell.top == shown.cell.top and told.cell.right + 1 == shown.cell.left
    return told.cell.table == shown.cell.table and (below or beside)
