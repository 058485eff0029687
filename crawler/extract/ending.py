"""What stands below an article's last sentence: who wrote it and where it was taken from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.extract.blocks import Line

_SOURCE = re.compile(
    r"[(\[]?\s?nguồn(?:\s(?:tin|bài))?\s?[:：]\s?(?P<who>https?://\S+|.{2,80}?)\s?[)\]]?\.?", re.IGNORECASE
)
_AFTER = re.compile(
    r"(?P<label>[(\[]\s?theo\s?[:：]?|theo\s?[:：]|theo(?=\s))\s?(?P<who>.{2,80}?)\s?[)\]]?\.?", re.IGNORECASE
)
_AUTHOR = re.compile(
    r"[(\[]?\s?(?:tác giả|người viết|(?:tin|bài)(?:(?:\s?[,&/–-]\s?|\svà\s|\s)(?:tin|bài|ảnh)){1,2}"
    r"|(?P<weak>tin|bài|bài viết|thực hiện))\s?[:：]\s?(?P<who>.{2,60}?)\s?[)\]]?\.?",
    re.IGNORECASE,
)
_BETWEEN_WORDS = re.compile(r"[\s,–&/-]+")
_REMARK = re.compile(r"\s\([^()]{1,40}\)$")
_ADDRESS = re.compile(r"[\w-]{1,40}(?:\.[\w-]{1,40}){1,4}")
_PAPERS = ("báo ", "tạp chí ", "trang ", "cổng ", "đài ", "nguồn ")
_NAME_WORDS = 8
_RIGHT_NAME, _BOLD_NAME = 60, 40


@dataclass(frozen=True, slots=True)
class Ending:
    """The lines that are the article, and what the last lines said."""

    lines: tuple[Line, ...]
    author: str | None
    source: str | None


def part(lines: Sequence[Line]) -> Ending:
    """Takes an author's and a source's line off the end, in either order, where a label or their dress sets them off.

    The first line always stays.
    """
    kept = list(lines)
    author: str | None = None
    source: str | None = None
    while len(kept) > 1 and kept[-1].kind not in ("item", "rows"):
        if source is None and (found := _source(kept[-1])):
            source = found
        elif author is None and (found := _author(kept[-1])):
            author = found
        else:
            break
        kept.pop()
    return Ending(tuple(kept), author, source)


def is_label(text: str) -> bool:
    """Whether a line, whatever its dress, does no more than name an author or a source."""
    return bool(_told_source(text, dressed=True) or _told_author(text))


def is_name(text: str) -> bool:
    """Whether a text may be a person's name: a few words with capital letters, perhaps with a remark in brackets."""
    words = [word for word in _BETWEEN_WORDS.split(_REMARK.sub("", text)) if word and word != "và"]
    return 0 < len(words) <= _NAME_WORDS and all(word[0].isupper() and word[-1] not in ":;!?" for word in words)


def is_capital(text: str) -> bool:
    """Whether half its words or more have capital letters, as the names of papers and offices have."""
    words = text.split()
    return 2 * sum(word[0].isupper() for word in words) >= len(words)


def _source(line: Line) -> str | None:
    return _told_source(line.text, dressed=line.right or line.italic or line.bold)


def _told_source(text: str, dressed: bool) -> str | None:
    if match := _SOURCE.fullmatch(text):
        return match["who"]
    match = _AFTER.fullmatch(text)
    if match is None or not _is_paper(match["who"]):
        return None
    return match["who"] if dressed or match["label"].lower() != "theo" else None


def _is_paper(who: str) -> bool:
    """Whether it names who told something, not a reason: `TTXVN`, `báo Hà Nam`, `chinhphu.vn`; not `kế hoạch năm nay`."""
    if any(sign in who for sign in ",;:"):
        return False
    return who.lower().startswith(_PAPERS) or bool(_ADDRESS.fullmatch(who)) or is_capital(who)


def _author(line: Line) -> str | None:
    if told := _told_author(line.text):
        return told
    name = line.text.rstrip("./ ")
    dressed = (line.right and len(name) <= _RIGHT_NAME) or (line.bold and len(name) <= _BOLD_NAME)
    return name if dressed and is_name(name) else None


def _told_author(text: str) -> str | None:
    match = _AUTHOR.fullmatch(text)
    return match["who"] if match and (not match["weak"] or is_name(match["who"])) else None
