"""A page's requisites: what a browser asks for to show it, read from the page and from its stylesheets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import tinycss2
from lxml import etree
from lxml.html import HtmlElement
from tinycss2.bytes import decode_stylesheet_bytes

from archive.article import Requisite
from archive.capture import Capture
from crawler.extract.address import LONGEST, address
from crawler.extract.page import Page

_MOST = 2_000
_MOST_CSS = 2 << 20
_MOST_BLOCKS = 200_000  # a stylesheet of 2 MiB has some 40,000; two million take seconds and half a gigabyte

_BY_AS = {"style": "style", "script": "script", "font": "font", "image": "image"}
_BY_REL = {"stylesheet": "style", "manifest": "other"}
_BY_REL |= dict.fromkeys(("icon", "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon"), "image")
_BY_ATTRIBUTE = {("script", "src"): "script"}
_BY_ATTRIBUTE |= dict.fromkeys((("img", "src"), ("img", "srcset"), ("source", "srcset"), ("video", "poster")), "image")
_BY_ATTRIBUTE |= {(tag, at): "image" for tag in ("image", "feimage", "use") for at in ("src", "href", "xlink:href")}
_BY_ATTRIBUTE |= {
    (tag, "background"): "image" for tag in ("body", "table", "thead", "tbody", "tfoot", "tr", "td", "th")
}
_LAZY = {"data-src", "data-original", "data-lazy-src", "data-srcset", "data-lazy-srcset"}
_NO_PICTURE = {"a", "audio", "embed", "frame", "iframe", "object", "script", "track", "video"}
_PICTURE_NAME = re.compile(r"\.(?:avif|bmp|gif|ico|jfif|jpe?g|png|svg|webp)\s*(?:[?#]|\Z)", re.IGNORECASE)

_CANDIDATE = re.compile(r"[\s,]*+(\S++)", re.ASCII)
_DESCRIPTORS = re.compile(r"(?:\([^)]*\)?|[^,(])*+")
_MAY_ASK = re.compile(r"url|image-set|import|\\", re.IGNORECASE)
_DIGITS = re.compile(rf"[0-9]{{{LONGEST},}}")
_BEFORE_IMPORTS = {"charset", "layer", "import"}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_OPENING = re.compile(r"[{(\[]")
_IMAGE_SETS = {"image-set", "-webkit-image-set"}

_Asked = tuple[str, str]
"""A reference as it is written, and the kind of what it asks for."""


def page_requisites(page: Page) -> tuple[Requisite, ...]:
    """What the page itself asks for, in order of appearance, each URL once and 2,000 at most; frames are pages of their own.

    References that no browser could follow are left out, as are data:, blob: and script URLs.  What scripts ask for as they
    run is not known here, save the attributes that scripts for late loading of images read (data-src and its like).
    Of the styles within the page, 2 MiB are read.
    """
    own = page.capture.url
    base = address(page.base) or address(own)  # as HTML has it for a base that is broken or no http
    return _resolved(_of_page(page), base)


def stylesheet_requisites(text: bytes, url: str, charset: str | None = None) -> tuple[Requisite, ...]:
    """What a stylesheet asks for, in order of appearance, each URL once and 2,000 at most.

    `url` is the stylesheet's own, `charset` that of its HTTP header.  A BOM goes before the header, the header before
    `@charset`, UTF-8 is the rest (CSS Syntax 3, section 3.2).  Of more than 2 MiB or 200,000 blocks the whole rules at the
    start are read.  Comments and strings ask for nothing; escapes are read as what they stand for.
    """
    label = (charset or "").encode("ascii", "ignore").decode()
    decoded: str = decode_stylesheet_bytes(text[:_MOST_CSS], label)[0]
    if len(text) > _MOST_CSS:
        decoded = _whole_rules(decoded, len(decoded))
    return _resolved(_of_stylesheet(decoded), address(url))


def captured_stylesheet_requisites(capture: Capture) -> tuple[Requisite, ...]:
    """What a captured stylesheet asks for, decoded as its header says."""
    charset = _CHARSET.search(capture.header("content-type") or "")
    return stylesheet_requisites(capture.body, capture.url, charset[1] if charset else None)


def _resolved(asked: Iterable[_Asked], base: str | None) -> tuple[Requisite, ...]:
    found: dict[str, Requisite] = {}
    for reference, kind in asked:
        url = address(reference, base)
        if url is not None and url not in found:
            found[url] = Requisite(url, kind)
            if len(found) == _MOST:
                break
    return tuple(found.values())


def _of_page(page: Page) -> Iterator[_Asked]:
    css = 0
    walk = etree.iterwalk(page.root, events=("start",))
    for _, node in walk:
        if node.tag == "template":  # inert until a script takes it
            walk.skip_subtree()
            continue
        for name, value in node.items():
            if name != "style":
                yield from _of_attribute(node, name, value)
            elif _MAY_ASK.search(value) and (css := css + len(value)) <= _MOST_CSS:
                yield from _of_values(_tokens(value))
        if node.tag == "style" and (css := css + len(node.text or "")) <= _MOST_CSS:
            yield from _of_stylesheet(node.text or "")


def _of_attribute(node: HtmlElement, name: str, value: str) -> Iterator[_Asked]:
    kind = _kind(node, name, value)
    if kind is not None:
        yield from ((url, kind) for url in (_candidates(value) if name.endswith("srcset") else (value,)))


def _kind(node: HtmlElement, name: str, value: str) -> str | None:
    """The kind of what an attribute asks for; None where it asks for nothing."""
    tag = str(node.tag)
    if name in _LAZY:
        # on other elements these may name anything, a file to open at a click too
        late = tag in ("img", "source", "input") or (tag not in _NO_PICTURE and bool(_PICTURE_NAME.search(value)))
        return "image" if late else None
    if tag == "link":
        return _kind_of_link(node) if name in ("href", "imagesrcset") else None
    if (tag, name) in (("object", "data"), ("embed", "src")):
        shown = (node.get("type") or "").strip().lower().startswith("image/") or _PICTURE_NAME.search(value)
        return "image" if shown else None
    if (tag, name) == ("input", "src"):
        return "image" if (node.get("type") or "").strip().lower() == "image" else None
    return _BY_ATTRIBUTE.get((tag, name))


def _kind_of_link(node: HtmlElement) -> str | None:
    names = (node.get("rel") or "").lower().split()
    if "preload" in names or "modulepreload" in names:
        usual = "script" if "modulepreload" in names else ""
        return _BY_AS.get((node.get("as") or usual).strip().lower(), "other")
    return next((_BY_REL[name] for name in names if name in _BY_REL), None)


def _candidates(srcset: str) -> Iterator[str]:
    # https://html.spec.whatwg.org/multipage/images.html#parse-a-srcset-attribute: commas may stand within a URL
    at = 0
    while found := _CANDIDATE.match(srcset, at):
        yield found[1].rstrip(",")
        rest = None if found[1].endswith(",") else _DESCRIPTORS.match(srcset, found.end())
        at = rest.end() if rest else found.end()


def _tokens(css: str) -> list[Any]:
    excess = next(islice(_OPENING.finditer(css), _MOST_BLOCKS, None), None)
    css = css if excess is None else _whole_rules(css, excess.start())
    # Python refuses numbers of more than 4,300 digits; a URL with so many would be left out for its length
    css = _DIGITS.sub(lambda run: "x" * len(run[0]), css)
    return list(tinycss2.parse_component_value_list(css, skip_comments=True))


def _whole_rules(css: str, end: int) -> str:
    return css[: css.rfind("}", 0, end) + 1]  # half a URL would be another URL


def _of_stylesheet(css: str) -> Iterator[_Asked]:
    if _MAY_ASK.search(css):
        tokens = _tokens(css)
        yield from _of_imports(tokens)
        yield from _of_values(tokens)


def _of_imports(tokens: list[Any]) -> Iterator[_Asked]:
    """The imports at a stylesheet's start; browsers ignore those after any other rule (CSS Cascade 5, section 2)."""
    rule, told = "", False
    for token in tokens:
        if token.type == "at-keyword" and not rule:
            rule, told = token.lower_value, False
            if rule not in _BEFORE_IMPORTS:
                return
        elif token.type == "literal" and token.value in (";", "<!--", "-->"):
            rule = "" if token.value == ";" else rule
        elif token.type == "{} block" or (not rule and token.type != "whitespace"):
            return
        elif rule == "import" and not told and token.type != "whitespace":
            told = True
            if (url := _url(token, ("url", "string"))) is not None:
                yield url, "style"


def _of_values(tokens: list[Any]) -> Iterator[_Asked]:
    """The url() and image-set() among declarations; what stands in an at-rule's prelude (@namespace) is not asked for."""
    rule = ""
    # no recursion: blocks may be nested by the million
    open_blocks: list[tuple[Iterator[Any], str, tuple[str, ...]]] = [(iter(tokens), "image", ("url",))]
    while open_blocks:
        inside, kind, types = open_blocks[-1]
        token = next(inside, None)
        if token is None:
            open_blocks.pop()
            rule = ""
        elif token.type == "at-keyword":
            rule = token.lower_value
        elif token.type == "{} block":
            open_blocks.append((iter(token.content), "font" if rule == "font-face" else kind, ("url",)))
            rule = ""
        elif rule:
            rule = "" if token.type == "literal" and token.value == ";" else rule
        elif (url := _url(token, types)) is not None:
            yield url, kind
        elif token.type == "function":
            named = ("url", "string") if token.lower_name in _IMAGE_SETS else ("url",)
            open_blocks.append((iter(token.arguments), kind, named))
        elif token.type in ("() block", "[] block"):
            open_blocks.append((iter(token.content), kind, ("url",)))


def _url(token: Any, types: tuple[str, ...]) -> str | None:
    if token.type in types:
        return str(token.value)
    if token.type == "function" and token.lower_name == "url":
        return next((str(part.value) for part in token.arguments if part.type == "string"), None)
    return None
