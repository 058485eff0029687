"""A page as one run of its letters and digits: where a text stands on it, whatever the markup and signs between."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from lxml import etree
from lxml.html import HtmlElement

_NO_LETTER = re.compile(r"[\W_]+")
_UNSEEN = {"script", "style", "noscript", "template", "svg", "head", "select", "textarea"}
_ANCHOR = 24
_NEAR = 400


def letters(text: str) -> str:
    """Letters and digits alone, in lower case and NFC."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return _NO_LETTER.sub("", text.lower())


class Letters:
    """The letters of `root`, and which of them each element holds; `order` numbers elements as the page has them."""

    def __init__(self, root: HtmlElement) -> None:
        pieces: list[str] = []
        starts: dict[HtmlElement, int] = {}
        spans: dict[HtmlElement, tuple[int, int]] = {}
        size = 0
        walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, node in walk:
            if event == "start":
                starts[node] = size
                if node.tag in _UNSEEN:
                    walk.skip_subtree()
                    continue
                text = node.text
            else:
                if event == "end":
                    spans[node] = (starts[node], size)
                text = node.tail if node is not root else None
            if text and not text.isspace() and (piece := letters(text)):
                pieces.append(piece)
                size += len(piece)
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
