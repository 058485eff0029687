"""Which line belongs to which picture.

An image's caption is the line that the editor put to it: in its figure, in its paragraph, in the cell below, or the
next line in a caption's dress.  A line that may as well be a sentence of the article stays in the article, and no line
goes to an image that it does not directly follow: a caption missed is a gap, a caption moved is a lie.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from archive.article import Image
from crawler.extract.blocks import Block, Cell, Line, Picture, Place
from crawler.extract.ending import is_capital, is_label

_CREDIT = re.compile(
    r"[(\[]?\s?(?:(?:nguồn )?ảnh|ảnh minh họa|ảnh minh hoạ|ảnh tư liệu|tác giả ảnh|người chụp|photo"
    r"|(?:photo )?credits?|(?:photo|picture|image)s? by|pictures?|photographs?|fotos?|bild(?:er|quelle)?|crédits?|images?|©)"
    r"\s?(?:[:：]|(?<=by)|(?<=©))\s?",
    re.IGNORECASE,
)
_SOURCE = re.compile(r"[(\[]?\s?nguồn\s?[:：]\s?", re.IGNORECASE)
# after a sign or in capitals: not the `ảnh` of `hình ảnh:`; nor that of `Tin, ảnh:`, which names who wrote the article
_CREDIT_WITHIN = re.compile(
    r"(?:(?<=[.,;!?…/(\[–—”\"-])(?<!\b[Tt]in,)(?<!\b[Bb]ài,)\s?(?i:(?:nguồn )?ảnh|photo"
    r"|(?:photo )?credits?|pictures?|fotos?|bild(?:quelle)?|crédits?|images?|quelle)"
    r"|\s?(?:Nguồn ảnh|Ảnh|ẢNH|Photo|Foto|FOTO|Bild|Quelle|Credit|CREDIT|Picture|Pictures|Image|Isithombe))\s?[:：]\s?"
    r"|\s(?:Photo by|Photograph by|Picture by|Image by|Foto de|©)\s?"
)
_SENTENCE_END = re.compile(r"[.!?…:;][”\"')\]]*$")
_TWO_SENTENCES = re.compile(r"(\w{1,30})[”\"')\]]*[.!?…]{1,3}[”\"')\]]*\s[“\"(]?(\w)")
_LIST_SIGN = re.compile(r"[-–—+*•●▪►✓]|\(?(?:\d{1,2}|[a-zđ]|[IVX]{1,4})[.)/]\s?(?=\D)")
_OPENING, _CLOSING = ("“", '"', "‘", "«"), ("”", '"', "’", "»")
_LONGEST = 300
_LONGEST_FRAMED = 600
_LONGEST_PLAIN = 170
_LONGEST_CREDIT = 80
_SHORTEST_PARAGRAPH = 60

Row = Sequence[Block]


@dataclass(frozen=True, slots=True)
class Bound:
    """A body whose captions have found their images: the images in order, and the lines that are left."""

    images: tuple[Image, ...]
    lines: tuple[Line, ...]


def bind(row: Row) -> Bound:
    """Gives each picture its caption and credit, and leaves every other line in the text."""
    framed = _framed(row)
    taken = {at for lines in framed.values() for at in lines}
    images: list[Image] = []
    before: Line | None = None
    for index, block in enumerate(row):
        if isinstance(block, Picture):
            lines = framed.get(index) or [at for at in _following(row, index, block, before) if at not in taken]
            taken.update(lines)
            caption, credit = _told([line for at in lines if (line := _line(row, at))])
            images.append(Image(block.url, caption, credit, block.alt))
        elif isinstance(block, Line) and index not in taken:
            before = block
    left = tuple(block for at, block in enumerate(row) if isinstance(block, Line) and at not in taken)
    return Bound(tuple(images), left)


def _line(row: Row, at: int) -> Line | None:
    block = row[at] if at < len(row) else None
    return block if isinstance(block, Line) else None


def _told(lines: Sequence[Line]) -> tuple[str | None, str | None]:
    """Caption and credit, of the lines that belong to a picture."""
    captions: list[str] = []
    named: list[str] = []
    for line in lines:
        text = line.text
        who = _credit(text) or _source(text)
        if line.credit:
            named.append(who or text)
            continue
        if who is None or not (captions or _is_someone(who)):
            caption, who = _parted(text)
            captions.append(caption)
        named.extend([who] if who else [])
    return " ".join(captions) or None, "; ".join(named) or None


# Frames: pictures that share a figure, a table or a paragraph with their captions.


def _framed(row: Row) -> dict[int, list[int]]:
    """The lines that each picture shares a frame with; no line twice."""
    found: dict[int, list[int]] = {}
    used: set[int] = set()
    for frames in (_in_figures(row), _in_tables(row), _in_paragraphs(row)):
        for picture, lines in frames.items():
            if picture not in found and used.isdisjoint(lines):
                found[picture] = lines
                used.update(lines)
    return found


def _frames(row: Row, key: Callable[[Place], int | None], longest: int) -> Iterator[tuple[list[int], list[int]]]:
    """Where the pictures and the lines are of each frame that holds pictures and little else."""
    frames: dict[int, tuple[list[int], list[int]]] = {}
    for at, block in enumerate(row):
        if isinstance(block, Line | Picture) and (name := key(block.place)) is not None:
            frames.setdefault(name, ([], []))[isinstance(block, Line)].append(at)
    for pictures, lines in frames.values():
        if pictures and lines and _letters(row, lines) <= longest * len(pictures):
            yield pictures, lines


def _in_figures(row: Row) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for pictures, lines in _frames(row, lambda place: place.figure, _LONGEST_FRAMED):
        for at in lines:
            before = bisect(pictures, at)
            if _is_words(row[at]) and (before or len(pictures) == 1):
                found.setdefault(pictures[max(0, before - 1)], []).append(at)
    return {picture: _with_credit(row, lines) for picture, lines in found.items()}


def _in_tables(row: Row) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for pictures, lines in _frames(row, lambda place: place.cell.table if place.cell else None, _LONGEST):
        shown, told = {_cell(row[at]) for at in pictures}, {_cell(row[at]) for at in lines}
        if len(shown | told) == 1:
            continue  # no grid: a whole article may stand in a single cell
        table = _Table(shown, told)
        inside = sorted(pictures + lines)
        for at in inside:
            cell, block = _cell(row[at]), row[at]
            if isinstance(block, Picture):
                table.show(cell, at)
            elif _is_words(block) and (owner := table.owner(cell, block.text)) is not None:
                found.setdefault(owner, []).append(at)
                if at == inside[-1]:
                    found[owner] = _with_credit(row, found[owner])
    # where more than a line is a picture's, a short article stands in the table
    return {picture: told for picture, told in found.items() if _count_captions(row, told) <= 1}


def _count_captions(row: Row, lines: Sequence[int]) -> int:
    return sum(not (_credit(line.text) or _source(line.text)) for at in lines if (line := _line(row, at)))


class _Table:
    """The pictures of a table so far, by the spots (row and column) where lines that are theirs begin."""

    def __init__(self, pictured: set[Cell], told: set[Cell]) -> None:
        self.pictured = pictured
        self.told = {spot for cell in told - pictured for spot in _spots(cell, cell.top)}
        self.within: dict[Cell, int] = {}
        self.below: dict[tuple[int, int], int] = {}
        self.beside: dict[tuple[int, int], int] = {}
        self.credits: dict[tuple[int, int], int] = {}

    def show(self, cell: Cell, picture: int) -> None:
        self.within[cell] = picture
        below = _spots(cell, cell.bottom + 1)
        self.below |= dict.fromkeys(below, picture)
        if self.told.isdisjoint(below):
            self.beside[cell.top, cell.right + 1] = picture

    def owner(self, cell: Cell, text: str) -> int | None:
        """The picture that a line belongs to; of several above it the last, which it directly follows."""
        if cell in self.pictured:
            return self.within.get(cell)
        spots = _spots(cell, cell.top)
        above = [self.below[spot] for spot in spots if spot in self.below]
        if above:
            self.credits |= dict.fromkeys(_spots(cell, cell.bottom + 1), max(above))
            return max(above)
        if _credit(text):
            return next((self.credits[spot] for spot in spots if spot in self.credits), None)
        beside = _may_be_caption(text, _LONGEST_PLAIN) and not _ends(text)
        return self.beside.get(spots[0]) if beside else None


def _is_in_cell(row: Row, at: int, cell: Cell | None) -> bool:
    block = row[at] if at < len(row) else None
    return isinstance(block, Picture) and cell is not None and block.place.cell == cell


def _cell(block: Block) -> Cell:
    assert isinstance(block, Line | Picture)
    assert block.place.cell
    return block.place.cell


def _spots(cell: Cell, row: int) -> list[tuple[int, int]]:
    return [(row, column) for column in range(cell.left, cell.right + 1)]


def _in_paragraphs(row: Row) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for pictures, lines in _frames(row, lambda place: place.paragraph, _LONGEST):
        own = set(lines) if pictures[0] < lines[0] else set()
        for at in pictures:
            line = _line(row, at + 1)
            if line and at + 1 in own and _is_own_caption(line) and not _is_icon(row[at], line):
                found[at] = _with_credit(row, [at + 1])
    return found


def _is_own_caption(line: Line) -> bool:
    dressed = line.italic or line.centred
    if not _is_words(line) or line.right or line.kind == "heading" or (line.bold and not dressed):
        return False
    return _may_be_caption(line.text, _LONGEST) if dressed else _is_plain_caption(line.text)


def _is_icon(picture: Block, line: Line) -> bool:
    """Whether a picture only stands before the words of a list's item."""
    return isinstance(picture, Picture) and line.kind == "item" and picture.place.row == line.place.row


# The line below: pictures without a frame, or alone in theirs.


def _following(row: Row, index: int, picture: Picture, before: Line | None) -> list[int]:
    at = index + 1
    line = _line(row, at)
    if line is None or not _is_words(line) or _is_apart(picture.place, line.place) or _is_icon(picture, line):
        return []
    if line.place.cell != picture.place.cell and _is_in_cell(row, at + 1, line.place.cell):
        return []  # words above the picture of their own cell
    if line.caption is not None:
        marked = [at]
        while (other := _line(row, marked[-1] + 1)) and other.caption == line.caption:
            marked.append(marked[-1] + 1)
        return _with_credit(row, marked) if _letters(row, marked) <= _LONGEST_FRAMED else []
    if (who := _credit(line.text)) and _is_someone(who):
        return [at]
    if line.right or line.kind == "heading" or (before and before.place.row == picture.place.row):
        return []
    return _with_credit(row, [at]) if _is_next_caption(row, at, line, picture, before) else []


def _is_apart(picture: Place, line: Place) -> bool:
    """Whether a line that comes next stands in a frame that is not the picture's."""
    if line.figure is not None or line.item not in (None, picture.item):
        return True
    shown, told = picture.cell, line.cell
    if told is None or told == shown:
        return False
    if shown is None or told.table > shown.table:
        return True  # a table that begins below the picture
    return told.table == shown.table and _spots(told, told.top)[0] not in _spots(shown, shown.bottom + 1)


def _is_next_caption(row: Row, at: int, line: Line, picture: Picture, before: Line | None) -> bool:
    """Whether the next line is set as a caption is and its neighbours are not, or reads as one where it is plain."""
    credited = _is_credit_line(row, at + 1)
    after = None if credited else _line(row, at + 1)
    near = [other for other in (before, after) if other]
    italic = line.italic and not any(other.italic for other in near)
    centred = line.centred and not any(other.centred for other in near)
    if line.bold and not (italic and centred):
        return False
    if italic or centred:
        return _may_be_caption(line.text, _LONGEST) and (len(line.text) <= _LONGEST_PLAIN or not _ends(line.text))
    if credited:
        return _may_be_caption(line.text, _LONGEST)
    if picture.place.figure is not None or line.text[0].islower() or (after and _is_alike(line, after)):
        return False
    return _is_plain_caption(line.text) and _has_more(row, at + 1)


def _is_alike(line: Line, after: Line) -> bool:
    """Whether the line after is one of its kind: lines of a list or of a poem."""
    dress = (after.kind, after.italic, after.centred, after.bold, after.right)
    short = len(after.text) <= _SHORTEST_PARAGRAPH and not _ends(after.text) and not _LIST_SIGN.match(after.text)
    return short and dress == (line.kind, line.italic, line.centred, line.bold, line.right)


def _has_more(row: Row, start: int) -> bool:
    """Whether the article goes on: a plain short line below its last picture is rather its last line."""
    rest = (row[at] for at in range(start, len(row)))
    return any(
        isinstance(block, Picture)
        or (isinstance(block, Line) and not block.right and len(block.text) > _SHORTEST_PARAGRAPH)
        for block in rest
    )


def _with_credit(row: Row, lines: list[int]) -> list[int]:
    return [*lines, lines[-1] + 1] if _is_credit_line(row, lines[-1] + 1) else lines


def _is_credit_line(row: Row, at: int) -> bool:
    line = _line(row, at)
    if line is None or not _is_words(line) or line.kind == "item":
        return False
    return bool(_credit(line.text) or (_source(line.text) and _has_more(row, at + 1)))


# What the words themselves tell.


def _is_words(block: Block) -> TypeGuard[Line]:
    return isinstance(block, Line) and block.kind != "rows" and not block.files


def _letters(row: Row, lines: Iterable[int]) -> int:
    return sum(len(line.text) for at in lines if (line := _line(row, at)))


def _may_be_caption(text: str, longest: int) -> bool:
    """Whether a line is no more than a caption says: no second sentence, no quotation, no item of a list, no author."""
    if len(text) > longest or is_label(text) or text.endswith((":", "./.")) or _LIST_SIGN.match(text):
        return False
    caption, _ = _parted(text)
    quoted = caption.startswith(_OPENING) and (_ends(caption) or caption.endswith(_CLOSING))
    return not quoted and not _has_two_sentences(caption)


def _is_plain_caption(text: str) -> bool:
    return _may_be_caption(text, _LONGEST_PLAIN) and (not _ends(text) or _parted(text)[1] is not None)


def _ends(text: str) -> bool:
    return bool(_SENTENCE_END.search(text))


def _has_two_sentences(text: str) -> bool:
    # TP. Hồ Chí Minh and PGS.TS. Nguyễn Văn A are one sentence
    return any(
        after.isupper() and (word.isdigit() or (len(word) > 2 and word[-1].islower()))
        for word, after in _TWO_SENTENCES.findall(text)
    )


def _credit(text: str) -> str | None:
    return _after(_CREDIT, text)


def _source(text: str) -> str | None:
    return _after(_SOURCE, text)


def _after(label: re.Pattern[str], text: str) -> str | None:
    match = label.match(text)
    return _who(text[match.end() :]) if match else None


def _parted(text: str) -> tuple[str, str | None]:
    """A caption without the credit at its end, and the credit."""
    *_, last = [None, *_CREDIT_WITHIN.finditer(text)]
    caption = text[: last.start()].rstrip(" .,;/–—([-") if last else ""
    who = _who(text[last.end() :]) if last else None
    return (caption, who) if caption and who else (text, None)


def _who(text: str) -> str | None:
    who = text.rstrip(" .")
    for opening, closing in ("()", "[]"):
        if who.endswith(closing) and opening not in who:
            who = who[:-1].rstrip(" .")
    return who if who and len(who) <= _LONGEST_CREDIT and (":" not in who or "://" in who) else None


def _is_someone(who: str) -> bool:
    """Whether a credit names someone, so that `Ảnh: Toàn cảnh hội nghị` is no credit."""
    return len(who.split()) <= 2 or who[0].islower() or is_capital(who)
