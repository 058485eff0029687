"""Pictures that share a figure or a paragraph with their captions."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterator

from crawler.extract import wording
from crawler.extract.blocks import Block, Line, Picture, Place
from crawler.extract.row import Row, letters, line_at, with_credit

LONGEST_FRAMED = 600


def frames(row: Row, key: Callable[[Place], int | None], longest: int) -> Iterator[tuple[list[int], list[int]]]:
    """Where the pictures and the lines are of each frame that holds pictures and little else."""
    held: dict[int, tuple[list[int], list[int]]] = {}
    for at, block in enumerate(row):
        if isinstance(block, Line | Picture) and (name := key(block.place)) is not None:
            held.setdefault(name, ([], []))[isinstance(block, Line)].append(at)
    for pictures, lines in held.values():
        if pictures and lines and letters(row, lines) <= longest * len(pictures):
            yield pictures, lines


def in_figures(row: Row) -> dict[int, list[int]]:
    """The lines of each figure, by its picture."""
    found: dict[int, list[int]] = {}
    for pictures, lines in frames(row, lambda place: place.figure, LONGEST_FRAMED):
        for at in lines:
            before = bisect(pictures, at)
            if wording.is_words(row[at]) and (before or len(pictures) == 1):
                found.setdefault(pictures[max(0, before - 1)], []).append(at)
    return {picture: with_credit(row, lines) for picture, lines in found.items()}


def in_paragraphs(row: Row) -> dict[int, list[int]]:
    """The line right below each picture in its own paragraph, by the picture."""
    found: dict[int, list[int]] = {}
    for pictures, lines in frames(row, lambda place: place.paragraph, wording.LONGEST):
        own = set(lines) if pictures[0] < lines[0] else set()
        for at in pictures:
            line = line_at(row, at + 1)
            if line and at + 1 in own and is_own_caption(line) and not is_icon(row[at], line):
                found[at] = with_credit(row, [at + 1])
    return found


def is_own_caption(line: Line) -> bool:
    """Whether a line that shares a frame with a picture reads as its caption."""
    dressed = line.italic or line.centred
    if not wording.is_words(line) or line.right or line.kind == "heading" or (line.bold and not dressed):
        return False
    return wording.may_be_caption(line.text, wording.LONGEST) if dressed else wording.is_plain_caption(line.text)


def is_icon(picture: Block, line: Line) -> bool:
    """Whether a picture only stands before the words of a list's item."""
    return isinstance(picture, Picture) and line.kind == "item" and picture.place.row == line.place.row
