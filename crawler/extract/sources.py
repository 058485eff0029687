"""Where an image comes from: the address that a script would load, the widest of a set, the plain one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

_LAZY = ("data-src", "data-original", "data-lazy-src", "data-original-src", "data-lazyload")
_SMALL = re.compile(r"(?<![\w-])(?:width|height)\s*:\s*[012](?:px)?\s*(?:;|!|$)", re.IGNORECASE)


def sources(node: HtmlElement) -> Iterator[str]:
    """Where an image may come from, best first; what a script would load before what stands in for it."""
    yield from (node.get(name) or "" for name in _LAZY)
    yield _widest(node.get("data-srcset") or node.get("srcset") or "")
    yield node.get("src") or ""
    picture = node.getparent()
    if picture is not None and picture.tag == "picture":
        for source in picture.iterchildren("source"):
            yield _widest(source.get("data-srcset") or source.get("srcset") or "")


def is_dot(node: HtmlElement) -> bool:
    """A spacer or a counter's pixel."""
    sizes = [(node.get(name) or "").strip().removesuffix("px") for name in ("width", "height")]
    return not {"0", "1", "2"}.isdisjoint(sizes) or bool(_SMALL.search(node.get("style") or ""))


def _widest(srcset: str) -> str:
    best, width = "", -1.0
    for part in re.split(r",\s+|(?<=\d[wx]),", srcset):
        words = part.strip(" ,").split()
        size = float(words[1][:-1]) if len(words) > 1 and re.fullmatch(r"\d{1,9}(\.\d{1,9})?[wx]", words[1]) else 0.0
        if words and size > width:
            best, width = words[0], size
    return best
