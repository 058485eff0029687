"""A captured page, decoded and parsed by one rule, live and from the archive; and selection that says what it expects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin

from lxml import etree
from lxml.html import HtmlElement
from parsel import Selector
from w3lib.encoding import html_to_unicode

from archive.capture import Capture
from archive.url import canonical
from crawler.extract.text import clean

_HTML_TYPES = {"text/html", "application/xhtml+xml", ""}
_HTML_SIGNS = (b"<!doctype html", b"<html", b"<head", b"<body", b"<div", b"<script", b"<table", b"<p>", b"<p ", b"<form")


@dataclass(frozen=True)
class Page:
    """A page of HTML.  `url` is the canonical URL it was asked for."""

    capture: Capture

    @property
    def url(self) -> str:
        """Canonical URL."""
        return canonical(self.capture.url)

    @cached_property
    def text(self) -> str:
        """The decoded source: BOM, then the header's charset, then the page's own declaration, then UTF-8."""
        return html_to_unicode(self.capture.header("content-type"), self.capture.body, default_encoding="utf-8")[1]

    @cached_property
    def selector(self) -> Selector:
        """The parsed page; an empty document where nothing parses."""
        return Selector(text=self.text.replace("\x00", "") or "<html></html>", type="html", huge_tree=True)

    @property
    def root(self) -> HtmlElement:
        """The parsed page's root element."""
        return self.selector.root  # type: ignore[no-any-return]

    @cached_property
    def base(self) -> str:
        """What relative links are relative to: the page's `base` element, else its URL."""
        href = self.selector.xpath("string(//base/@href)").get() or ""
        return _join(self.capture.url, href) if href.strip() else self.capture.url

    def absolute(self, href: str) -> str | None:
        """The canonical URL of a link, or None where it leads to no http page (javascript:, mailto:, data:, broken)."""
        href = href.strip()
        if not href or href.startswith("#"):
            return None
        url = canonical(_join(self.base, href))
        return url if url.startswith(("http://", "https://")) else None

    def elements(self, paths: Iterable[str]) -> list[HtmlElement]:
        """The elements of the first XPath that finds any."""
        for path in paths:
            found = [hit for hit in self.root.xpath(path) if isinstance(hit, etree._Element)]
            if found:
                return found
        return []

    def maybe(self, paths: Sequence[str]) -> str | None:
        """The text of the first hit that has any, by the first XPath that finds one; None without."""
        for path in paths:
            for hit in _hits(self.root.xpath(path)):
                if text := text_of(hit):
                    return text
        return None

    def some(self, paths: Sequence[str]) -> tuple[str, ...]:
        """The texts of all hits of the first XPath that finds any text."""
        for path in paths:
            texts = tuple(text for hit in _hits(self.root.xpath(path)) if (text := text_of(hit)))
            if texts:
                return texts
        return ()


def is_html(capture: Capture) -> bool:
    """Whether the capture is a page: by its declared type, and by its first bytes where the type says nothing."""
    start = capture.body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if capture.mime in ("text/html", "application/xhtml+xml"):
        return not start.startswith((b"%pdf-", b"\xff\xd8\xff", b"\x89png", b"gif8", b"pk\x03\x04"))
    return capture.mime in _HTML_TYPES and any(sign in start for sign in _HTML_SIGNS)


def text_of(hit: object) -> str:
    """The visible text of an XPath hit: an element (its scripts and styles left out), an attribute or a string."""
    if isinstance(hit, etree._Element):
        parts = hit.xpath(".//text()[not(ancestor::script or ancestor::style or ancestor::noscript)]")
        return clean("".join(parts))
    return clean(str(hit))


def _hits(result: object) -> list[object]:
    return result if isinstance(result, list) else [result]


def _join(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return ""
