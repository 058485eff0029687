"""A page as one run of its letters and digits: where a text stands on it, whatever the markup and signs between."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import accumulate

from lxml import etree
from lxml.html import HtmlElement

_NO_LETTER = re.compile(r"[\W_]+")
_UNSEEN = {"script", "style", "noscript", "template", "svg", "head", "select", "textarea"}
_ANCHOR = 24
_NEAR = 400


def letters(text: str) -> str:
    """Letters and digits alone, in lower case and NFC."""
    return _bare(_lower(text))


def _each(texts: Sequence[str]) -> list[str]:
    """The letters of each text, all found at once: no parsed text has a NUL in it, and none in lower case has an A."""
    return _bare(_lower("\0".join(texts)).replace("\0", "A")).split("A")


def _bare(text: str) -> str:
    # most of what is no letter is white space, and split() is the fastest way to be rid of that
    return _NO_LETTER.sub("", "".join(text.split()))


def _lower(text: str) -> str:
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).lower()


class Letters:
    """The letters of `root`, and which of them each element holds; `order` numbers elements as the page has them."""

    def __init__(self, root: HtmlElement) -> None:
        texts: list[str] = []
        starts: dict[HtmlElement, int] = {}
        ends: list[tuple[HtmlElement, int]] = []
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, node in walk:
            if event == "start":
                starts[node] = len(texts)
                if node.tag in _UNSEEN:
                    walk.skip_subtree()
                    continue
                text = node.text
            else:
                ends.append((node, len(texts)))
                text = node.tail if node is not root else None
            if text and not text.isspace():
                texts.append(text)
        pieces = _each(texts)
        sizes = [0, *accumulate(map(len, pieces))]
        spans = {node: (sizes[starts[node]], sizes[end]) for node, end in ends}
        self.text = "".join(pieces)
        self.spans = spans
        self.order = {node: at for at, node in enumerate(starts)}
        self._marks = bytearray(len(self.text))

    def mark(self, lines: Iterable[str]) -> None:
        """Marks where `lines` stand, each after the one before it where it can be.

        A short line may stand anywhere, in a menu too: it is looked for right after a line before it that is long.
        """
        at, known = 0, False
        for line in map(letters, lines):
            if not line:
                continue
            short = len(line) < _ANCHOR
            start = (
                self.text.find(line, at, at + len(line) + _NEAR if short else len(self.text))
                if known or not short
                else -1
            )
            if start < 0 and not short:
                start = self.text.find(line)
            if start >= 0:
                at, known = start + len(line), True
                self._marks[start:at] = b"\1" * len(line)
            elif len(line) >= 2 * _ANCHOR:
                at = self._mark_ends(line, at)

    def _mark_ends(self, line: str, at: int) -> int:
        """Marks what lies between a line's two ends, where something stands inside it that it leaves out."""
        start = self.text.find(line[:_ANCHOR], at)
        end = self.text.find(line[-_ANCHOR:], start) + _ANCHOR if start >= 0 else 0
        if start < 0 or not start < end <= start + 2 * len(line):
            return at
        self._marks[start:end] = b"\1" * (end - start)
        return end

    def marked(self, node: HtmlElement) -> int:
        """How many of an element's letters are marked."""
        start, end = self.spans.get(node, (0, 0))
        return self._marks.count(1, start, end)

    def size(self, node: HtmlElement) -> int:
        """How many letters an element holds."""
        start, end = self.spans.get(node, (0, 0))
        return end - start

    def of(self, node: HtmlElement) -> str:
        """The letters of an element."""
        start, end = self.spans.get(node, (0, 0))
        return self.text[start:end]

    def marked_from(self, start: int) -> int:
        """Where the first marked letter from `start` on stands; -1 without any."""
        return self._marks.find(1, start)
