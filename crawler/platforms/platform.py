"""A platform: how its pages are recognised, and how they are read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.extract.layout import Layout
from crawler.extract.page import Page


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign of a platform in a page's source: a regular expression, what it is for people, and how much it weighs.

    Only where one of `needles` (in lower case) stands in the source is the expression looked for at all: that is faster.
    """

    pattern: re.Pattern[str]
    words: str
    weight: int = 1
    needles: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Platform:
    """`marks` tell its pages by their markup; `layout` says where they keep their fields."""

    name: str
    layout: Layout
    marks: tuple[Mark, ...] = ()

    def signs(self, page: Page) -> tuple[Mark, ...]:
        """The marks that the page bears."""
        source = page.capture.body.lower() if self.marks else b""
        wide = b"\x00" in source[:100]  # UTF-16, where no needle is found
        return tuple(
            mark
            for mark in self.marks
            if (wide or not mark.needles or any(needle in source for needle in mark.needles))
            and mark.pattern.search(page.text)
        )
