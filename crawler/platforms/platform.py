"""A platform: how its pages are recognised, and how they are read."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace

from crawler.extract.layout import Layout, Paths
from crawler.extract.page import Page


def of_class(name: str) -> str:
    """The XPath condition that an element has a class, whatever others it has."""
    return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"


def over(own: Layout, base: Layout) -> Layout:
    """A layout whose paths come before another's: what it does not find is looked for where the other keeps it."""
    paths = [each.name for each in fields(Layout) if isinstance(getattr(own, each.name), tuple)]
    return replace(own, **{name: getattr(own, name) + getattr(base, name) for name in paths})


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
class Variant:
    """A layout for those of a platform's pages where one of the paths in `where` finds something."""

    layout: Layout
    where: Paths


@dataclass(frozen=True, slots=True)
class Platform:
    """`marks` tell its pages by their markup; `layout` says where they keep their fields, if no variant's sign is found."""

    name: str
    layout: Layout
    marks: tuple[Mark, ...] = ()
    variants: tuple[Variant, ...] = ()

    def signs(self, page: Page) -> tuple[Mark, ...]:
        """The marks that the page bears."""
        source = page.lowered if self.marks else b""
        return tuple(
            mark
            for mark in self.marks
            if (page.is_wide or not mark.needles or any(needle in source for needle in mark.needles))
            and mark.pattern.search(page.text)
        )

    def layout_of(self, page: Page) -> Layout:
        """The layout that reads the page: that of the first variant whose sign it bears, else the platform's own."""
        return next((variant.layout for variant in self.variants if page.elements(variant.where)), self.layout)
