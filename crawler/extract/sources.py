"""Where an image may come from: what a script would load, what is for wide screens, what stands in for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml.html import HtmlElement

_LAZY = ("data-src", "data-original", "data-lazy-src")
_STAND_IN = re.compile(r"transparent|blank|placeholder|spacer|pixel|loading|lazy", re.IGNORECASE)


def of(node: HtmlElement) -> Iterator[str]:
    """Where an image may come from; what a script would load before what stands in for it."""
    yield from (node.get(name) or "" for name in _LAZY)
    yield _widest(node.get("data-srcset") or node.get("srcset") or "")
    yield node.get("src") or ""
    picture = next(node.iterancestors("picture"), None)
    for source in picture.iter("source") if picture is not None else ():
        yield _widest(source.get("data-srcset") or source.get("srcset") or "")


def _widest(srcset: str) -> str:
    best, width = "", -1.0
    for part in re.split(r",\s+|(?<=\d[wx]),", srcset):
        words = part.strip(" ,").split()
        size = float(words[1][:-1]) if len(words) > 1 and re.fullmatch(r"\d{1,9}(\.\d{1,9})?[wx]", words[1]) else 0.0
        if words and size > width:
            best, width = words[0], size
    return best


def holds_picture(noscript: HtmlElement, absolute: Callable[[str], str | None]) -> bool:
    """Whether a noscript holds the only address of a picture that a script would load."""
    around = noscript.getparent()
    if around is None or noscript.find(".//img") is None:
        return False
    others = (image for image in around.iter("img") if noscript not in image.iterancestors())
    return not any(absolute(source) for image in others for source in of(image) if not _STAND_IN.search(source))
