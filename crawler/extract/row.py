"""A body's blocks as a row: what stands at one place of it, and after it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crawler.extract import wording
from crawler.extract.blocks import Block, Line, Picture

SHORTEST_PARAGRAPH = 60

Row = Sequence[Block]


def line_at(row: Row, at: int) -> Line | None:
    """The line at an index, or None."""
    block = row[at] if at < len(row) else None
    return block if isinstance(block, Line) else None


def letters(row: Row, lines: Iterable[int]) -> int:
    """How many characters the lines have."""
    return sum(len(line.text) for at in lines if (line := line_at(row, at)))


def has_more(row: Row, start: int) -> bool:
    """Whether the article goes on: a plain short line below its last picture is rather its last line."""
    rest = (row[at] for at in range(start, len(row)))
    return any(
        isinstance(block, Picture)
        or (isinstance(block, Line) and not block.right and len(block.text) > SHORTEST_PARAGRAPH)
        for block in rest
    )


def with_credit(row: Row, lines: list[int]) -> list[int]:
    """The lines, and the one after them where it is a credit."""
    return [*lines, lines[-1] + 1] if is_credit_line(row, lines[-1] + 1) else lines


def is_credit_line(row: Row, at: int) -> bool:
    """Whether it does no more than name who took a picture, or in the middle of an article where one is from."""
    line = line_at(row, at)
    if line is None or not wording.is_words(line) or line.kind == "item":
        return False
    return bool(wording.credit(line.text) or (wording.source(line.text) and has_more(row, at + 1)))
