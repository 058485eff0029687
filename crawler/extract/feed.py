"""A feed or a sitemap as a listing: RSS 0.9 to 2.0, Atom (RFC 4287) and sitemaps (sitemaps.org), where a portal has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

from lxml import etree

from archive.article import Entry, Listing, Reading, Turn
from archive.capture import Capture
from archive.moment import VIETNAM
from archive.url import canonical, host_of
from crawler.extract import dates
from crawler.extract.text import clean

# the root element, behind a declaration, comments and a stylesheet's name
_ROOT = re.compile(
    rb"\s*+(?>(?:<\?.{0,500}?\?>|<!--.{0,2000}?-->|<!DOCTYPE[^>\[]{0,500}+(?:\[.{0,2000}?\])?\s*+>)\s*+){0,8}+"
    rb"<(?:[\w-]+:)?(rss|feed|RDF|urlset|sitemapindex)[\s>]",
    re.DOTALL,
)
_ITEMS = {"rss": ("item",), "RDF": ("item",), "feed": ("entry",), "urlset": ("url",), "sitemapindex": ()}
_DATES = ("pubDate", "published", "publication_date", "date", "updated", "lastmod")


def read(capture: Capture) -> Reading | None:
    """What a feed or sitemap lists, in its order; None for any other capture.

    A sitemap's entries have no titles but those of Google's news extension.  An index of sitemaps lists no articles: its
    verdict is `other`, and a portal's file names the sitemaps themselves.
    """
    found = _ROOT.match(capture.body[:10_000].removeprefix(b"\xef\xbb\xbf"))
    if found is None:
        return None
    kind = found[1].decode()
    # entities stay what they are: a document may make gigabytes of them, or name a file of ours
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_comments=True
    )
    try:
        root = etree.fromstring(capture.body, parser)
    except etree.XMLSyntaxError:
        root = None
    name = f"feed/{kind.lower()}"
    if root is None or kind == "sitemapindex":
        return Reading("other", name)
    listed = Listing(canonical(capture.url), _entries(capture, root, kind), _next(root, capture))
    return Reading("listing", name, listing=listed)


def _entries(capture: Capture, root: etree._Element, kind: str) -> tuple[Entry, ...]:
    out: dict[str, Entry] = {}
    for item in root.iter("{*}" + _ITEMS[kind][0]):
        url = _url(capture, _address(item))
        if url is None or url in out:
            continue
        raw = next((text for name in _DATES if (text := _text(item, name))), None)
        out[url] = Entry(len(out) + 1, url, _text(item, "title") or "", raw, _day(raw) if raw else None)
    return tuple(out.values())


def _address(item: etree._Element) -> str:
    """RSS and sitemaps write the address down; Atom's is that of the link without a relation, or of an alternate."""
    for link in item.iterchildren("{*}link"):
        if link.get("href") and link.get("rel", "alternate") == "alternate":
            return str(link.get("href"))
    permanent = next((guid for guid in item.iterchildren("guid") if guid.get("isPermaLink") != "false"), None)
    told = _text(item, "link") or _text(item, "loc")
    return told or (_words(permanent) if permanent is not None else "")


def _text(item: etree._Element, name: str) -> str | None:
    """The words of the first element of a name, the item's own before those that its extensions wrap."""
    found = [*item.iterchildren("{*}" + name), *item.iterdescendants("{*}" + name)]
    return next((words for node in found if (words := _words(node))), None)


def _words(node: etree._Element) -> str:
    return clean("".join(_pieces(node)))


def _pieces(node: etree._Element) -> Iterator[str]:
    yield node.text or ""
    for child in node:
        if isinstance(child.tag, str):
            yield from _pieces(child)
        yield child.tail or ""


def _day(raw: str) -> date | None:
    """RSS writes days as mail does (RFC 822), Atom and sitemaps as ISO 8601, and some feeds as Vietnamese pages do."""
    try:
        at = parsedate_to_datetime(raw)
    except (TypeError, ValueError, OverflowError):
        told = dates.find(raw, "listing")
        return told.day if told else None
    try:
        return at.astimezone(VIETNAM).date() if at.tzinfo else at.date()
    except (ValueError, OverflowError):  # in the year 1 a time zone may lead out of the calendar
        return None


def _next(root: etree._Element, capture: Capture) -> Turn | None:
    """The next page of a paged feed (RFC 5005)."""
    links = [link for link in root.iter("{http://www.w3.org/2005/Atom}link") if link.get("rel") == "next"]
    url = _url(capture, links[0].get("href") or "") if links else None
    return Turn(url) if url and url != canonical(capture.url) else None


def _url(capture: Capture, href: str) -> str | None:
    try:
        url = canonical(urljoin(capture.url, href.strip())) if href.strip() else ""
    except ValueError:
        return None
    return url if url.startswith(("http://", "https://")) and host_of(url) else None
