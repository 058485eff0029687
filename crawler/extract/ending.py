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
    r"[(\[]?\s?(?:tác giả(?: bài viết)?|người viết|(?:tin|bài)(?:(?:\s?[,&/–-]\s?|\svà\s|\s)(?:tin|bài|ảnh)){1,2}"
    r"|(?P<weak>tin|bài|bài viết|thực hiện|t/h|tổng hợp))\s?[:：]\s?(?P<who>.{2,60}?)\s?[)\]]?\.?",
    re.IGNORECASE,
)
# an agency that is named without a label, or after one without a colon
_AGENCY = re.compile(r"(?P<label>theo\s|nguồn\s|(?=[(\[]))[(\[]?(?P<who>[^()\[\]]{2,60}?)[)\]]?\.?", re.IGNORECASE)
_ABBREVIATION = re.compile(r"(?:TTXVN|VOV|VTV|VGP|VNA|VOH|TTX|QĐND|HNP)\d?(?:[./][\w.+]{1,30})?")
_BOTH = re.compile(r"(?P<author>.{4,90}?)\s?[-–—|;,./]\s?(?P<source>[(\[]?(?:nguồn|theo)\b.{3,90})", re.IGNORECASE)
_PHOTOGRAPHER = re.compile(r"\s?[-–—,;.|(]\s?[Ảả]nh\s?:\s?")
_OF_OFFICE = re.compile(r"\s[-–—]\s")
_BETWEEN_WORDS = re.compile(r"[\s,–&/-]+")
_REMARK = re.compile(r"\s\([^()]{1,40}\)$")
_ADDRESS = re.compile(r"[\w-]{1,40}(?:\.[\w-]{1,40}){1,4}")
_PAPERS = ("báo ", "tạp chí ", "trang ", "cổng ", "đài ", "nguồn ")
_NO_PAPERS = ("báo cáo", "nguồn lực", "nguồn gốc", "nguồn vốn", "trang bị", "trang trí")
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
        if author is None and source is None and (pair := _both(kept[-1].text)):
            author, source = pair
        elif source is None and (found := _source(kept[-1])):
            source = found
        elif author is None and (found := _author(kept[-1])):
            author = found
        else:
            break
        kept.pop()
    return Ending(tuple(kept), author, source)


def author_of(text: str) -> str:
    """The author in a place where a page tells one, without the label that stands before: `Tác giả: Minh Đường`."""
    return _told_author(text) or text


def source_of(text: str) -> str:
    """The source in a place where a page tells one, without the label: `Nguồn: Báo Hà Nam`, `(Theo TTXVN)`."""
    return _told_source(text, dressed=True) or text


def is_label(text: str) -> bool:
    """Whether a line, whatever its dress, does no more than name an author or a source."""
    return bool(_told_source(text, dressed=True) or _told_author(text) or _both(text))


def is_name(text: str) -> bool:
    """Whether a text may be a person's name: a few words with capital letters, perhaps with a remark in brackets."""
    words = [word for word in _BETWEEN_WORDS.split(_REMARK.sub("", text)) if word and word != "và"]
    return 0 < len(words) <= _NAME_WORDS and all(word[0].isupper() and word[-1] not in ":;!?" for word in words)


def is_capital(text: str) -> bool:
    """Whether half its words or more have capital letters, as the names of papers and offices have."""
    words = text.split()
    return 2 * sum(word[0].isupper() for word in words) >= len(words)


def _both(text: str) -> tuple[str, str] | None:
    """Author and source of a line that names one after the other: `Tác giả: Minh Đường - Nguồn: TTXVN`."""
    match = _BOTH.fullmatch(text)
    author = _told_author(match["author"]) if match else None
    source = _told_source(match["source"], dressed=True) if match else None
    return (author, source) if author and source else None


def _source(line: Line) -> str | None:
    return _told_source(line.text, dressed=line.right or line.italic or line.bold)


def _told_source(text: str, dressed: bool) -> str | None:
    if match := _SOURCE.fullmatch(text):
        return match["who"]
    if (named := _AGENCY.fullmatch(text)) and _is_agency(named["who"], alone=not named["label"]):
        return named["who"]
    match = _AFTER.fullmatch(text)
    if match is None or not _is_paper(match["who"]):
        return None
    return match["who"] if dressed or match["label"].lower() != "theo" else None


def _is_agency(who: str, alone: bool) -> bool:
    """Whether it can be nothing but who told something: `TTXVN`, `chinhphu.vn`, `Báo Nhân Dân`."""
    if _ABBREVIATION.fullmatch(who) or _ADDRESS.fullmatch(who):
        return True
    paper = who.lower().startswith(_PAPERS) and not who.lower().startswith(_NO_PAPERS)
    return paper and not alone and is_capital(who) and len(who.split()) <= _NAME_WORDS and "," not in who


def _is_paper(who: str) -> bool:
    """Whether it names who told something, not a reason: `TTXVN`, `báo Hà Nam`, `chinhphu.vn`; not `kế hoạch năm nay`."""
    if any(sign in who for sign in ",;:"):
        return False
    if who.lower().startswith(_NO_PAPERS):
        return False
    return who.lower().startswith(_PAPERS) or bool(_ADDRESS.fullmatch(who)) or is_capital(who)


def _author(line: Line) -> str | None:
    if told := _told_author(line.text):
        return told
    name = line.text.rstrip("./ ")
    dressed = (line.right and len(name) <= _RIGHT_NAME) or (line.bold and len(name) <= _BOLD_NAME)
    if dressed and is_name(_PHOTOGRAPHER.sub(" - ", name)):
        return name
    if line.right and len(name) <= _RIGHT_NAME and is_name(_OF_OFFICE.split(name)[0]):
        return name
    office = line.right and line.bold and not any(sign.isdigit() or sign in ",;:" for sign in name)
    return name if office and len(name) <= _BOLD_NAME and is_capital(name) else None


def _told_author(text: str) -> str | None:
    match = _AUTHOR.fullmatch(text)
    if match is None:
        return None
    # who took the pictures is named with who wrote: `Bài: Minh Đường - Ảnh: Hoàng Long`
    return match["who"] if not match["weak"] or is_name(_PHOTOGRAPHER.sub(" - ", match["who"])) else None
