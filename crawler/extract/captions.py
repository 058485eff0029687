"""Which line belongs to which picture.

An image's caption is the line that the editor put to it: in its figure, in its paragraph, in the cell below, or the next
line in a caption's dress.  A line that may as well be a sentence of the article stays in the article, and no line goes to
an image that it does not directly follow: a caption missed is a gap, a caption moved is a lie.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from archive.article import Image
from crawler.extract.blocks import Block, Line, Picture
from crawler.extract.text import clean

_CREDIT_NAMES = r"(?:nguồn ảnh|ảnh minh họa|ảnh minh hoạ|ảnh tư liệu|ảnh|nguồn|photo|tác giả ảnh|người chụp)"
_CREDIT_LINE = re.compile(rf"\(?\s*{_CREDIT_NAMES}\s*[:：]\s*(?P<who>[^:]{{1,80}}?)\s*\)?\s*\.?", re.IGNORECASE)
_CREDIT_END = re.compile(
    r"(?P<caption>.+?)[\s.,;–—-]*[(\[/]?\s*(?:nguồn ảnh|ảnh|photo)\s*[:：]\s*(?P<who>[^:]{1,80}?)\s*[)\]]?\s*\.?",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…:;][”\"')\]]*$")
_INNER_END = re.compile(r"[^.\s][.!?…]\s+[A-ZĐÀ-Ỹ“\"]")
_LONGEST = 300
_LONGEST_PLAIN = 170


@dataclass(frozen=True, slots=True)
class Bound:
    """A body whose captions have found their images: the images in order, and the lines that are left."""

    images: tuple[Image, ...]
    lines: tuple[Line, ...]


def bind(row: Sequence[Block]) -> Bound:
    """Gives each picture its caption and credit, and leaves every other line in the text."""
    taken: set[int] = set()
    images: list[Image] = []
    small = _picture_tables(row)
    for index, block in enumerate(row):
        if not isinstance(block, Picture):
            continue
        caption, credit = _caption_of(row, index, small, taken)
        images.append(Image(block.url, caption, credit, block.alt))
    lines = tuple(block for index, block in enumerate(row) if isinstance(block, Line) and index not in taken)
    return Bound(tuple(images), lines)


def _caption_of(row: Sequence[Block], index: int, small: set[int], taken: set[int]) -> tuple[str | None, str | None]:
    picture = row[index]
    assert isinstance(picture, Picture)
    following = index + 1
    texts: list[str] = []
    while following < len(row) and len(texts) < 3:
        line = row[following]
        if not isinstance(line, Line) or not _belongs(picture, line, small, bool(texts), row[following + 1 :]):
            break
        taken.add(following)
        texts.append(line.text)
        following += 1
    credit: str | None = None
    captions: list[str] = []
    for text in texts:
        if match := _CREDIT_LINE.fullmatch(text):
            credit = credit or clean(match["who"])
        else:
            captions.append(text)
    caption = " ".join(captions) or None
    if caption and credit is None and (match := _CREDIT_END.fullmatch(caption)):
        caption, credit = clean(match["caption"]), clean(match["who"])
    following_line = row[following] if following < len(row) else None
    if caption and credit is None and isinstance(following_line, Line) and _is_credit(following_line):
        taken.add(following)
        found = _CREDIT_LINE.fullmatch(following_line.text)
        credit = clean(found["who"]) if found else None
    return caption, credit


def _belongs(picture: Picture, line: Line, small: set[int], second: bool, rest: Sequence[Block]) -> bool:
    text = line.text
    if line.kind in ("item", "rows") or line.file_only:
        return False
    if picture.figure is not None or line.figure is not None:
        return picture.figure == line.figure and len(text) <= 2 * _LONGEST
    if line.table is not None and line.table == picture.table and line.table in small:
        return len(text) <= 2 * _LONGEST
    if picture.table in small and line.table != picture.table and second:
        return False
    if line.marked_caption:
        return len(text) <= 2 * _LONGEST and not second
    if second:
        return False
    if _is_credit(line):
        return True
    if line.right or len(text) > _LONGEST or line.kind == "heading":
        return False
    several = bool(_INNER_END.search(text))
    ends = bool(_SENTENCE_END.search(text))
    if picture.paragraph == line.paragraph:
        return len(text) <= _LONGEST_PLAIN and not several and not text.endswith("./.")
    if line.italic or line.centred:
        quoted = text.startswith(("“", '"')) and ends
        return not several and not quoted and not (ends and len(text) > _LONGEST_PLAIN) and not text.endswith(":")
    if line.bold:
        return False
    return not ends and not several and len(text) <= _LONGEST_PLAIN and _goes_on(rest)


def _goes_on(rest: Sequence[Block]) -> bool:
    """A plain short line is a caption only where the article goes on after it: the last line of all is its ending."""
    return any(isinstance(block, Line) and not block.right and len(block.text) > 60 for block in rest)


def _is_credit(line: Line) -> bool:
    return (
        len(line.text) <= 90
        and line.kind != "item"
        and bool(re.match(r"\(?\s*(?:nguồn )?ảnh\s*[:：]|photo\s*:", line.text, re.I))
    )


def _picture_tables(row: Sequence[Block]) -> set[int]:
    """The layout tables that hold pictures and little else: a picture with its caption below."""
    pictures: dict[int, int] = {}
    letters: dict[int, int] = {}
    for block in row:
        if block.table is None:
            continue
        if isinstance(block, Picture):
            pictures[block.table] = pictures.get(block.table, 0) + 1
        else:
            letters[block.table] = letters.get(block.table, 0) + len(block.text)
    return {table for table, count in pictures.items() if letters.get(table, 0) <= _LONGEST * count}
