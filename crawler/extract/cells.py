"""The cells of a layout table: which rows and columns each covers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from lxml.html import HtmlElement

_WIDEST_SPAN = 50


class Cell(NamedTuple):
    """A cell of a layout table: the table's number, and the first and last of the rows and columns that it covers."""

    table: int
    top: int
    bottom: int
    left: int
    right: int


def grid(table: int, rows: Sequence[Sequence[HtmlElement]]) -> dict[HtmlElement, Cell]:
    """The place of each cell of a table's rows."""
    cells: dict[HtmlElement, Cell] = {}
    below: dict[int, int] = {}  # columns that a cell of an earlier row reaches into, and down to which row
    for top, row in enumerate(rows):
        left = 0
        for cell in row:
            while below.get(left, -1) >= top:
                left += 1
            right = left + _span(cell, "colspan") - 1
            bottom = top + _span(cell, "rowspan") - 1
            below |= dict.fromkeys(range(left, right + 1), bottom)
            cells[cell] = Cell(table, top, bottom, left, right)
            left = right + 1
    return cells


def upturned(cell: Cell) -> Cell:
    """The cell as it stands where the table's last row is its first."""
    return cell._replace(top=-cell.bottom, bottom=-cell.top)


def mirrored(cell: Cell) -> Cell:
    """The cell as it stands where the table's last column is its first."""
    return cell._replace(left=-cell.right, right=-cell.left)


def _span(cell: HtmlElement, name: str) -> int:
    told = (cell.get(name) or "").strip()
    return max(1, min(int(told), _WIDEST_SPAN)) if re.fullmatch(r"[0-9]{1,6}", told) else 1
