"""Where an image may come from: what a script would load, what is for wide screens, what stands in for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

from lxml.html import HtmlElement

_LAZY = ("data-src", "data-original", "data-lazy-src", "data-original-src", "data-lazyload")
_MOST = 12
_STAND_IN = re.compile(r"transparent|blank|placeholder|spacer|pixel|loading|lazy", re.IGNORECASE)
_SMALL = re.compile(r"(?<![\w-])(?:width|height)\s*:\s*[012](?:px)?\s*(?:;|!|$)", re.IGNORECASE)


def of(node: HtmlElement) -> Iterator[str]:
    """Where an image may come from, best first; what a script would load before what stands in for it."""
    yield from (node.get(name) or "" for name in _LAZY)
    yield _widest(node.get("data-srcset") or node.get("srcset") or "")
    offered = _offered(node)
    yield from (_widest(source.get("data-srcset") or "") for source in offered)
    yield node.get("src") or ""
    yield from (_widest(source.get("srcset") or "") for source in offered)


def _offered(node: HtmlElement) -> list[HtmlElement]:
    """The sources of the picture element around an image."""
    # not the parent alone: libxml2 takes what follows a <source> for its content
    picture = next((over for over in islice(node.iterancestors(), _MOST) if over.tag == "picture"), None)
    return list(islice(picture.iter("source"), _MOST)) if picture is not None else []


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


def holds_picture(noscript: HtmlElement, absolute: Callable[[str], str | None]) -> bool:
    """Whether a noscript holds the only address of a picture that a script would load."""
    around = noscript.getparent()
    if around is None or noscript.find(".//img") is None:
        return False
    others = (image for image in around.iter("img") if noscript not in image.iterancestors())
    return not any(
        absolute(source) for image in islice(others, _MOST) for source in of(image) if not _STAND_IN.search(source)
    )
