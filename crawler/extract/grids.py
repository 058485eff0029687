"""Pictures in a table made for the layout, and the words in the cells below, beside or above them."""

from __future__ import annotations

from collections.abc import Sequence

from crawler.extract import wording
from crawler.extract.blocks import Block, Line, Picture
from crawler.extract.cells import Cell, mirrored, upturned
from crawler.extract.frames import frames, is_own_caption
from crawler.extract.row import Row, line_at, with_credit


def in_tables(row: Row) -> dict[int, list[int]]:
    """The words that the cells of each table tell of its pictures, by the picture."""
    found: dict[int, list[int]] = {}
    for pictures, lines in frames(row, lambda place: place.cell.table if place.cell else None, wording.LONGEST):
        cells = {at: _cell(row[at]) for at in pictures + lines}
        if len(set(cells.values())) == 1:
            continue  # no grid: a whole article may stand in a single cell
        turned = _set_right(cells, pictures)
        # sentences above pictures throughout are an article's, and those below no captions either
        if turned is cells or all(_is_short(row, at) for at in lines):
            found |= _owned(row, turned, pictures)
    # where more than a line is a picture's, a short article stands in the table
    return {picture: told for picture, told in found.items() if _count_captions(row, told) <= 1}


def _owned(row: Row, cells: dict[int, Cell], pictures: Sequence[int]) -> dict[int, list[int]]:
    shown = {cells[at] for at in pictures}
    table = _Table(shown, set(cells.values()) - shown)
    found: dict[int, list[int]] = {}
    inside = sorted(cells, key=lambda at: (cells[at].top, cells[at].left, at))
    last = max(inside)
    for at in inside:
        block = row[at]
        if isinstance(block, Picture):
            table.show(cells[at], at)
        elif wording.is_words(block) and (owner := table.owner(cells[at], block.text)) is not None:
            found.setdefault(owner, []).append(at)
            if at == last:
                found[owner] = with_credit(row, found[owner])
    return found


def _set_right(cells: dict[int, Cell], pictures: Sequence[int]) -> dict[int, Cell]:
    """The cells of a table that has its captions above or to the left throughout, as if they stood below or right."""
    shown = {cells[at] for at in pictures}
    told = set(cells.values()) - shown
    rows = sorted({(cell.top, cell in shown) for cell in shown | told})
    if _leads([is_shown for _, is_shown in rows]) and len({top for top, _ in rows}) == len(rows):
        return {at: upturned(cell) for at, cell in cells.items()}
    across: dict[int, list[bool]] = {}
    for cell in sorted(shown | told, key=lambda cell: cell.left):
        across.setdefault(cell.top, []).append(cell in shown)
    captioned = [kinds for kinds in across.values() if not all(kinds)]
    if len(captioned) > 1 and all(_leads(kinds, least=1) for kinds in captioned):
        return {at: mirrored(cell) for at, cell in cells.items()}
    return cells


def _leads(shown: Sequence[bool], least: int = 2) -> bool:
    """Whether words stand before pictures and never after: by rows or by cells, true for those that show one."""
    words = [at for at, is_shown in enumerate(shown) if not is_shown]
    return len(words) >= least and words[0] == 0 and all(at + 1 < len(shown) and shown[at + 1] for at in words)


def _is_short(row: Row, at: int) -> bool:
    line = line_at(row, at)
    return line is not None and is_own_caption(line)


def _count_captions(row: Row, lines: Sequence[int]) -> int:
    return sum(
        not (wording.credit(line.text) or wording.source(line.text)) for at in lines if (line := line_at(row, at))
    )


class _Table:
    """The pictures of a table so far, by the spots (row and column) where lines that are theirs begin."""

    def __init__(self, pictured: set[Cell], told: set[Cell]) -> None:
        self.pictured = pictured
        self.told = {spot for cell in told for spot in spots(cell, cell.top)}
        self.within: dict[Cell, int] = {}
        self.below: dict[tuple[int, int], int] = {}
        self.beside: dict[tuple[int, int], int] = {}
        self.credits: dict[tuple[int, int], int] = {}

    def show(self, cell: Cell, picture: int) -> None:
        self.within[cell] = picture
        below = spots(cell, cell.bottom + 1)
        self.below |= dict.fromkeys(below, picture)
        if self.told.isdisjoint(below):
            self.beside[cell.top, cell.right + 1] = picture

    def owner(self, cell: Cell, text: str) -> int | None:
        """The picture that a line belongs to; of several above it the last, which it directly follows."""
        if cell in self.pictured:
            return self.within.get(cell)
        own = spots(cell, cell.top)
        above = [self.below[spot] for spot in own if spot in self.below]
        if above:
            self.credits |= dict.fromkeys(spots(cell, cell.bottom + 1), max(above))
            return max(above)
        if wording.credit(text):
            return next((self.credits[spot] for spot in own if spot in self.credits), None)
        beside = wording.may_be_caption(text, wording.LONGEST_PLAIN) and not wording.ends(text)
        return self.beside.get(own[0]) if beside else None


def _cell(block: Block) -> Cell:
    assert isinstance(block, Line | Picture)
    assert block.place.cell
    return block.place.cell


def spots(cell: Cell, row: int) -> list[tuple[int, int]]:
    """The places in a row of the table that are in the columns of a cell."""
    return [(row, column) for column in range(cell.left, cell.right + 1)]
