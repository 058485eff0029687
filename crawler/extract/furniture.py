"""What stands in a body and is none of the article: share and print bars, ratings, counters, tags, related news."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler.extract.blocks import Block, Line, Picture
from crawler.extract.text import clean, fold

_MARKED = re.compile(
    r"(?<![\w-])(?:addthis[\w-]*|fb-(?:like|share-button|comments)|zalo-share-button|(?:social|article|news|box)?[_-]?(?:share|sharing)"
    r"(?:[_-]?(?:bar|box|buttons?|links?|tools?))?|social(?:[_-]?(?:links?|icons?|bar|buttons?))?|(?:star|news|box)?[_-]?rating|"
    r"related(?:[_-]?(?:news|posts?|articles?|box))?|(?:box[_-]?)?tin[_-]?(?:lien[_-]?quan|khac)|lien[_-]?quan|"
    r"(?:luot[_-]?xem|view[_-]?counts?|print[_-]?(?:page|link|button|news)|quay[_-]?lai|tu[_-]?khoa|comments?(?:[_-]?(?:form|list|box))?|binh[_-]?luan))(?![\w-])",
    re.IGNORECASE,
)
_MOST_WRAPPERS = 20
_MOST = 0.4
"""Of the body's letters outside links, what marked elements may hold: some portals' wrappers bear such names too."""

_COUNTER = re.compile(
    r"(?:so )?(?:luot|lan) (?:xem|truy cap|doc)(?: trang)?\s*:?\s*[\d.,]+|view(?:s| count)?\s*:\s*[\d.,]+"
    r"|[\d.,]+ (?:luot|lan) (?:xem|truy cap|doc)|da (?:xem|doc)\s*:\s*[\d.,]+(?: lan)?|[\d.,]+ views?"
)
_BAR = re.compile(
    rf"(?:(?:{_COUNTER.pattern})"
    r"|(?:quay lai|quay ve|tro ve|tro lai|quay tro lai)(?: trang truoc)?|(?:ve|len) dau trang|dau trang|xem ban in"
    r"|in (?:trang|bai viet|bai|tin|noi dung)(?: nay)?|ban in|gui (?:e?mail|cho ban be|ban be|bai viet|tin)(?: nay)?"
    r"|(?:chia se|like|share|tweet|pin)(?: (?:bai viet|tin|len|qua|facebook|twitter|zalo))*|facebook|twitter|zalo|google ?\+"
    r"|skip (?:ribbon commands|to main content)|turn (?:on|off) animations|print|e?mail|back|luu (?:bai|tin)(?: viet)?"
    r"|(?:danh gia|xep hang|binh chon)(?: (?:bai viet|tin))?(?: nay)?:?(?: [\d./]+)*"
    r"|co chu|a- ?a ?a?\+|a\+ ?a-|nghe (?:doc )?(?:bai|tin)(?: viet)?"
    r"|doc bai viet|click de danh gia bai viet|tong so diem cua bai viet la:? [\d.]+ trong [\d.]+ danh gia"
    r"|binh luan(?: ?\(\d+\))?|y kien ban doc(?: ?\(\d+\))?|[\[\](){}|/•·«»<>←↑*:\s-]++)++"
)
_TAGS = re.compile(r"(?:tags?|từ khóa|từ khoá|thẻ)(?: liên quan)?\s?:\s?(.*)", re.IGNORECASE)
_RELATED = re.compile(
    r"(?:xem|doc) them\s?:|(?:(?:cac|nhung|mot so) )?(?:tin|bai|bai viet|tin bai|tin tuc|van ban|thong tin)(?: bai)?"
    r" (?:lien quan|khac|cung (?:chuyen muc|loai|the loai|chu de)|cu hon|moi hon|da dua|da dang|tiep theo|moi nhat|doc nhieu"
    r"|xem nhieu)(?: khac)?\s?[:.…]*"
)
_LONGEST = 200
_LONGEST_LABEL = 60


@dataclass(frozen=True, slots=True)
class Cleared:
    """A body's row without furniture, and the tags that it told."""

    row: tuple[Block, ...]
    tags: tuple[str, ...]


def marked(bodies: Sequence[HtmlElement]) -> Iterator[HtmlElement]:
    """The elements of the bodies that their classes or ids tell to be furniture."""
    for body in bodies:
        left: float | None = None
        wrappers = 0
        held: set[HtmlElement] = set()
        for node in body.iterdescendants():
            if held and node.getparent() in held:
                held.add(node)
            elif isinstance(node.tag, str) and _is_marked(node) and wrappers < _MOST_WRAPPERS:
                left = _MOST * _letters(body) if left is None else left
                if (size := _letters(node)) <= left:
                    left -= size
                    held.add(node)
                    yield node
                else:
                    wrappers += 1


def clear(row: Sequence[Block]) -> Cleared:
    """The row without counters, and without the bars, tags and related news at its two ends."""
    kept = [block for block in row if not (isinstance(block, Line) and _COUNTER.fullmatch(_short(block)))]
    kept = kept[: _related(kept)]
    tags: tuple[str, ...] = ()
    while kept:
        at = _last_line(kept)
        last = kept[at] if at >= 0 else None
        if not isinstance(last, Line) or not all(_is_beside(block, last) for block in kept[at + 1 :]):
            break
        if told := _TAGS.fullmatch(last.text):
            tags = tuple(tag for part in re.split(r"[,;]", told[1]) if (tag := clean(part)))
        elif not _is_bar(last):
            break
        del kept[at:]
        while kept and _is_beside(kept[-1], last):
            kept.pop()
    start = next((at for at, block in enumerate(kept) if not (isinstance(block, Line) and _is_bar(block))), len(kept))
    return Cleared(tuple(kept[start:]), tags)


def _last_line(row: Sequence[Block]) -> int:
    """Where the last line stands that has nothing but images below it; -1 without."""
    at = len(row) - 1
    while at >= 0 and isinstance(row[at], Picture):
        at -= 1
    return at


def _is_beside(block: Block, line: Line) -> bool:
    """Whether an image is an icon beside the words of a bar."""
    return isinstance(block, Picture) and block.place.paragraph == line.place.paragraph


def _is_marked(node: HtmlElement) -> bool:
    return bool(_MARKED.search(node.get("class") or "") or _MARKED.fullmatch(node.get("id") or ""))


def _letters(node: HtmlElement) -> int:
    """How many characters stand outside links: a list of related news may be longer than a short article."""
    linked = sum(len(text.strip()) for link in node.iter("a") for text in link.itertext())
    return sum(len(text.strip()) for text in node.itertext()) - linked


def _short(line: Line) -> str:
    return fold(line.text) if len(line.text) <= _LONGEST else ""


def _is_bar(line: Line) -> bool:
    return bool(_BAR.fullmatch(_short(line))) and any(map(str.isalnum, line.text))


def _related(row: Sequence[Block]) -> int:
    """Where the related news at the end begin: a label, and below it links and thumbnails alone; the length without."""
    at = len(row)
    linked = 0
    while at:
        block = row[at - 1]
        if isinstance(block, Line):
            if (
                (linked or at == len(row))
                and len(block.text) <= _LONGEST_LABEL
                and _RELATED.fullmatch(fold(block.text))
            ):
                return at - 1
            if not (block.linked or _is_bar(block)):
                break
            linked += block.linked
        elif not isinstance(block, Picture):
            break
        at -= 1
    return len(row)
