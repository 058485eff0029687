"""A captured page, decoded and parsed by one rule, live and from the archive; and selection that says what it expects."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement
from parsel import Selector
from w3lib.encoding import html_to_unicode

from archive.capture import Capture
from archive.url import canonical, host_of
from crawler.extract import jsonld
from crawler.extract.text import clean

Name = tuple[str, str]
"""What a meta element is called: the attribute and its value."""

_HTML_TYPES = ("text/html", "application/xhtml+xml")
_JSON_TYPES = ("application/json", "text/json")
_HTML_SIGNS = tuple(b"<!doctype html|<html|<head|<body|<div|<script|<table|<p>|<p |<form".split(b"|"))
_OTHER_SIGNS = (b"%pdf-", b"{\\rtf", b"\xd0\xcf\x11\xe0", b"pk\x03\x04", b"rar!", b"\xff\xd8\xff", b"\x89png", b"gif8")
_MOST_TAGS = 100_000
"""Signs that a tag may begin with; real pages have some thousands, and sixteen megabytes of them take minutes to read."""
_END = 128 * 1024
_EMPTY = b"<html></html>"
_CONTROLS = bytes({*range(0x20)} - {*b"\t\n\v\f\r"})
_SPACES = bytes.maketrans(b"\v\f", b"  ")
# of one class all elements; lxml.html would ask Python for the class of each element at each walk
_CLASSES = etree.ElementDefaultClassLookup(element=HtmlElement)
_SURROGATES = re.compile("[\ud800-\udfff]")
_UNSEEN = {"script", "style", "noscript"}
_BREAKS = {
    "br",
    "hr",
    "p",
    "div",
    "section",
    "article",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "figure",
    "figcaption",
    "caption",
}
_BREAKS |= {
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "tr",
    "td",
    "th",
    "blockquote",
    "pre",
    "form",
    "option",
    "address",
}


@dataclass(frozen=True)
class Page:
    """A page of HTML.  `url` is the canonical URL it was asked for."""

    capture: Capture

    @property
    def url(self) -> str:
        """Canonical URL."""
        return canonical(self.capture.url)

    @cached_property
    def lowered(self) -> bytes:
        """The source in lower case, to look for words in; of a long one its two ends, where a platform leaves its marks."""
        body = self.capture.body
        return (body if len(body) <= 2 * _END else body[:_END] + body[-_END:]).lower()

    @property
    def is_wide(self) -> bool:
        """Whether the source is in UTF-16, where no word of letters alone is found."""
        return b"\x00" in self.capture.body[:100]

    @cached_property
    def text(self) -> str:
        """The decoded source: BOM, then the header's charset, then the page's own declaration, then UTF-8.

        Of markup that came as a string of JSON, that string.
        """
        body = self.capture.body
        try:
            text = html_to_unicode(self.capture.header("content-type"), body, default_encoding="utf-8")[1]
        except (LookupError, UnicodeError):  # the charset is one of Python's codecs that make no text (hex, idna)
            text = body.decode("utf-8", "replace")
        if self.capture.mime in _JSON_TYPES:
            markup = _markup_of(self.capture)
            text = text if markup is None else markup
        try:
            text.encode("utf-8")  # a fraction of the time that the search takes
        except UnicodeEncodeError:
            text = _SURROGATES.sub("\ufffd", text)
        return text

    @property
    def readable(self) -> bool:
        """Whether the page is one that is worth parsing: a few kilobytes, unpacked, may hold millions of elements."""
        return self.text.count("<") <= _MOST_TAGS

    @cached_property
    def selector(self) -> Selector:
        """The parsed page, without comments; an empty document where nothing parses."""
        return Selector(root=_parsed(self.text), type="html")

    @property
    def root(self) -> HtmlElement:
        """The parsed page's root element."""
        return self.selector.root

    @cached_property
    def base(self) -> str:
        """What relative links are relative to: the page's `base` element, else its URL."""
        href = self.selector.xpath("string(//base/@href)").get() or ""
        return _join(self.capture.url, href) if href.strip() else self.capture.url

    @cached_property
    def linked_data(self) -> tuple[jsonld.Node, ...]:
        """Every node of the page's JSON-LD."""
        return jsonld.read(self.root)

    @cached_property
    def _metas(self) -> tuple[dict[str, str], ...]:
        return tuple({str(name): str(value) for name, value in node.items()} for node in self.root.iter("meta"))

    def declared(self, *names: Name) -> tuple[str, ...]:
        """The texts of the page's meta elements that bear one of the names."""
        told = [meta.get("content", "") for meta in self._metas if any(meta.get(at) == name for at, name in names)]
        return tuple(text for content in told if (text := clean(content)))

    def absolute(self, href: str) -> str | None:
        """The canonical URL of a link, or None where it leads to no http page (javascript:, mailto:, data:, broken)."""
        href = href.strip()
        if not href or href.startswith("#") or href.lower() in ("http://", "https://"):
            return None
        url = canonical(_join(self.base, href))
        return url if url.startswith(("http://", "https://")) and _leads_somewhere(url) else None

    def elements(self, paths: Iterable[str]) -> list[HtmlElement]:
        """The elements of the first XPath that finds any."""
        for path in paths:
            if found := elements_at(self.root, path):
                return found
        return []

    def maybe(self, paths: Sequence[str]) -> str | None:
        """The text of the first hit that has any, by the first XPath that finds one; None without."""
        for path in paths:
            for hit in hits(self.root, path):
                if text := text_of(hit):
                    return text
        return None

    def some(self, paths: Sequence[str]) -> tuple[str, ...]:
        """The texts of all hits of the first XPath that finds any text."""
        for path in paths:
            texts = tuple(text for hit in hits(self.root, path) if (text := text_of(hit)))
            if texts:
                return texts
        return ()


def is_html(capture: Capture) -> bool:
    """Whether the capture is a page: by its declared type, and by its first bytes where the type says nothing."""
    start = capture.body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if capture.mime.startswith(_HTML_TYPES):
        return not start.startswith(_OTHER_SIGNS)
    if capture.mime in _JSON_TYPES:
        return _markup_of(capture) is not None
    return capture.mime == "" and any(sign in start for sign in _HTML_SIGNS)


def _parsed(text: str) -> HtmlElement:
    source = text.strip().encode("utf-8").translate(_SPACES, _CONTROLS)
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    parser.set_element_class_lookup(_CLASSES)
    root: HtmlElement | None = etree.fromstring(source or _EMPTY, parser)
    return etree.fromstring(_EMPTY, parser) if root is None else root


def _markup_of(capture: Capture) -> str | None:
    """The markup that an answer of JSON carries: as a string, or as the one string of an object.

    ASP.NET's methods answer with `{"d": "…"}`, and with an empty string where there is nothing to show.
    """
    try:
        data = json.loads(capture.body)
    except (ValueError, RecursionError):
        return None
    texts = [value for value in (data.values() if isinstance(data, dict) else [data]) if isinstance(value, str)]
    if len(texts) != 1:
        return None
    nothing = data == {"d": texts[0]} and not texts[0].strip()
    return texts[0] if nothing or texts[0].lstrip().startswith("<") else None


def hits(node: HtmlElement, path: str) -> list[object]:
    """What an XPath finds from `node`: elements, attributes and strings, or the one value of a function."""
    found = node.xpath(path)
    return found if isinstance(found, list) else [found]


def elements_at(node: HtmlElement, path: str) -> list[HtmlElement]:
    """The elements among what an XPath finds from `node`."""
    return [hit for hit in hits(node, path) if isinstance(hit, HtmlElement)]


def text_of(hit: object) -> str:
    """The visible text of an XPath hit: an element (its scripts and styles left out), an attribute or a string."""
    if not isinstance(hit, etree._Element):
        return clean(str(hit))
    if not len(hit):
        return "" if hit.tag in _UNSEEN else clean(hit.text or "")
    parts: list[str] = []
    walk = etree.iterwalk(hit, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        if event == "start" and node.tag in _UNSEEN:
            walk.skip_subtree()
        elif event == "start":
            parts.append(" " if node.tag in _BREAKS else "")
            parts.append(node.text or "")
        elif node is not hit:
            parts.append(" " if node.tag in _BREAKS else "")
            parts.append(node.tail or "")
    return clean("".join(parts))


def _leads_somewhere(url: str) -> bool:
    try:
        return bool(host_of(url)) and urlsplit(url).port != 0
    except ValueError:  # a port that is no number of one
        return False


def _join(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return ""
