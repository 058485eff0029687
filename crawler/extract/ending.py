"""What stands below an article's last sentence: who wrote it and where it was taken from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.extract.blocks import Line
from crawler.extract.text import clean

_SOURCE = re.compile(r"[(\[]?\s*nguồn(?: tin)?\s*[:：]\s*(?P<who>.{2,80}?)\s*[)\]]?\.?", re.IGNORECASE)
_AFTER = re.compile(
    r"[(\[]\s*theo\s*:?\s+(?P<who>.{2,80}?)\s*[)\]]\.?|theo\s*[:：]?\s+(?P<bare>.{2,60}?)", re.IGNORECASE
)
_AUTHOR = re.compile(
    r"[(\[]?\s*(?:tác giả|người viết|bài(?: và|,|\s*[-–&])? ảnh|tin(?: và|,|\s*[-–&])? ảnh|tin,? bài|thực hiện)\s*[:：]\s*"
    r"(?P<who>.{2,60}?)\s*[)\]]?\.?",
    re.IGNORECASE,
)
_WORD = r"[A-ZĐÀ-Ỹ][\wÀ-ỹ.]*"
_NAME = re.compile(rf"(?:{_WORD})(?:[\s,–&-]+{_WORD}){{0,6}}(?:\s*\([^)]{{1,40}}\))?")


@dataclass(frozen=True, slots=True)
class Ending:
    """The lines that are the article, and what the last lines said."""

    lines: tuple[Line, ...]
    author: str | None
    source: str | None


def part(lines: Sequence[Line]) -> Ending:
    """Takes author and source lines off the end (three at most), where they are set off by a label or by their dress."""
    kept = list(lines)
    author: str | None = None
    source: str | None = None
    for _ in range(3):
        if len(kept) < 2:
            break
        line = kept[-1]
        if source is None and (found := _source(line)):
            source = found
        elif author is None and (found := _author(line)):
            author = found
        else:
            break
        kept.pop()
    return Ending(tuple(kept), author, source)


def _source(line: Line) -> str | None:
    if match := _SOURCE.fullmatch(line.text):
        return clean(match["who"])
    match = _AFTER.fullmatch(line.text)
    if match and match["who"]:
        return clean(match["who"])
    if match and (line.right or line.italic or line.bold):
        return clean(match["bare"])
    return None


def _author(line: Line) -> str | None:
    if match := _AUTHOR.fullmatch(line.text):
        return clean(match["who"])
    dressed = line.right or (line.bold and len(line.text) <= 40)
    if dressed and len(line.text) <= 60 and _NAME.fullmatch(line.text.rstrip(".")):
        return line.text
    return None
