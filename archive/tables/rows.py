"""Rows of the tables, made of captures and readings by one set of functions: the crawl's and re-extraction's are equal.

Rows are plain JSON values here (times as RFC 3339 text), so that they can be staged; `typed` makes Arrow's values of them.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from urllib.parse import urljoin

import imagesize
import pyarrow as pa

from archive.article import CONTENT_HASH_VERSION, Article, Listing
from archive.block import whole
from archive.capture import Capture, Exchange, Place, wire_verdict
from archive.moment import iso, parse_iso
from archive.url import article_id, canonical
from archive.warc.reader import StoredExchange
from archive.warc.surt import surt
from archive.warc.tls import parse_tls

Json = dict[str, object]

_PICTURES = ("image", "requisite")


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose captures these are: crawl, portal, and the version that reads them."""

    crawl: str
    portal: str
    extractor_version: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What an exchange was for, as its metadata record says: kind of visit, category path and page number of a listing."""

    kind: str
    category: tuple[str, ...] = ()
    page: int = 0


def exchange_of(stored: StoredExchange) -> Exchange:
    """The exchange that the stored records were made of."""
    response, metadata = stored.response, stored.metadata
    return Exchange(
        url=stored.first.url,
        method=stored.method,
        request=whole(stored.request.block) if stored.request else b"",
        response=response.block if response else b"",
        started=stored.first.date,
        elapsed_ms=int(metadata.get("fetchTimeMs") or 0),
        ip=stored.first.header("WARC-IP-Address"),
        truncated=response.header("WARC-Truncated") if response and not response.is_revisit else None,
        failure=metadata.get("failure"),
        tls=parse_tls(metadata),
        received=int(metadata.get("receivedBytes") or 0) or None,
    )


def verdict_of(exchange: Exchange, capture: Capture | None) -> str:
    """The wire verdict, which the metadata record carries too."""
    if exchange.failure is not None or capture is None:
        return "failed"
    if exchange.truncated is not None:
        return "truncated"
    return wire_verdict(capture)


def redirect_of(url: str, capture: Capture | None) -> str | None:
    """The canonical URL that a redirect leads to; None where the capture is none.

    Location may hold raw UTF-8, which IIS sends and browsers read, or else Latin-1.
    """
    location = capture.header("location") if capture and 300 <= capture.status < 400 else None
    if not location:
        return None
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    try:
        return canonical(urljoin(url, location.strip()))
    except ValueError:
        return None


def capture_row(
    exchange: Exchange, capture: Capture | None, place: Place, asked: Asked, origin: Origin, reading: str | None
) -> Json:
    """A row of captures."""
    payload = capture.payload if capture else None
    width, height = _pixels(capture) if capture and asked.kind in _PICTURES else (None, None)
    secure = exchange.url.startswith("https:")
    return {
        "crawl": origin.crawl,
        "portal": origin.portal,
        "kind": asked.kind,
        "url": canonical(exchange.url),
        "url_original": exchange.url,
        "url_surtkey": surt(exchange.url),
        "method": exchange.method,
        "fetch_time": iso(exchange.started),
        "fetch_status": capture.status if capture and capture.status else None,
        "mime": (capture.mime or None) if capture else None,
        "content_digest": payload.digest if payload else None,
        "content_length": payload.length if payload else None,
        "wire_verdict": verdict_of(exchange, capture),
        "failure": exchange.failure,
        "redirect_to": redirect_of(exchange.url, capture),
        "etag": capture.header("etag") if capture else None,
        "last_modified": capture.header("last-modified") if capture else None,
        "server_date": capture.header("date") if capture else None,
        "truncated": exchange.truncated,
        "ip": exchange.ip,
        "tls": exchange.tls.protocol if exchange.tls else None,
        "tls_verified": not (exchange.tls and exchange.tls.accepted) if secure and capture else None,
        "elapsed_ms": exchange.elapsed_ms,
        "origin": "crawled",
        "restriction": None,
        "width": width,
        "height": height,
        "warc_filename": place.warc_filename,
        "warc_record_offset": place.offset,
        "warc_record_length": place.length,
        "record_id": place.record_id,
        "revisit_of": capture.revisit_of if capture else None,
        "reading_verdict": reading,
        "bytes": exchange.received or len(exchange.response),
    }


def article_row(article: Article, capture: Capture, origin: Origin) -> Json:
    """A row of articles before it is joined: images and attachments without digest, categories empty."""
    published, modified = article.published, article.modified
    return {
        "article_id": article_id(origin.portal, article.url),
        "portal": origin.portal,
        "url": article.url,
        "url_original": capture.url,
        "cms_id": article.cms_id,
        "title": article.title,
        "lead": article.lead,
        "body": "\n\n".join(article.body),
        "category": list(article.category),
        "categories": [],
        "author": article.author,
        "source": article.source,
        "published_date": published.day.isoformat() if published else None,
        "published_at": iso(published.at) if published and published.at else None,
        "published_precision": published.precision if published else None,
        "published_source": published.source if published else None,
        "published_raw": published.raw if published else article.published_unread,
        "published_ambiguous": published.ambiguous if published else None,
        "modified_at": iso(modified.at) if modified and modified.at else None,
        "modified_raw": modified.raw if modified else None,
        "tags": list(article.tags),
        "language": article.language,
        "links": [{"url": link.url, "text": link.text} for link in article.links],
        "images": [
            {"url": i.url, "caption": i.caption, "credit": i.credit, "alt": i.alt, "position": position}
            for position, i in enumerate(article.images, 1)
        ],
        "attachments": [{"url": file.url, "name": file.name} for file in article.attachments],
        "text_hash": article.text_hash(),
        "field_hashes": article.field_hashes(),
        "content_hash_version": CONTENT_HASH_VERSION,
        "reading_verdict": "article",
        "layout": article.layout,
        "extractor_version": origin.extractor_version,
        **_provenance(capture, origin),
    }


def listing_row(listing: Listing, capture: Capture, asked: Asked, origin: Origin) -> Json:
    """A row of listings."""
    turn = listing.next
    return {
        "portal": origin.portal,
        "category": list(asked.category),
        "page": asked.page,
        "url": listing.url,
        "entries": [
            {
                "position": entry.position,
                "url": entry.url,
                "title": entry.title,
                "date_raw": entry.date_raw,
                "date": entry.day.isoformat() if entry.day else None,
            }
            for entry in listing.entries
        ],
        "next": (turn.url if turn.method == "GET" else f"postback {turn.label}".strip()) if turn else None,
        "extractor_version": origin.extractor_version,
        **_provenance(capture, origin),
    }


def table(rows: Iterable[Mapping[str, object]], schema: pa.Schema) -> pa.Table:
    """Arrow's table of JSON rows; columns that a row lacks are null."""
    listed = [[typed(row.get(field.name), field.type) for field in schema] for row in rows]
    arrays = [pa.array([row[i] for row in listed], field.type) for i, field in enumerate(schema)]
    return pa.Table.from_arrays(arrays, schema=schema)


def typed(value: object, kind: pa.DataType) -> object:
    """A JSON value as Arrow's type wants it: times and days from their text, down through lists and structs."""
    if value is None:
        return None
    if pa.types.is_timestamp(kind):
        return parse_iso(str(value))
    if pa.types.is_date(kind):
        return date.fromisoformat(str(value))
    if pa.types.is_list(kind):
        assert isinstance(value, Sequence)
        return [typed(item, kind.value_type) for item in value]
    if pa.types.is_struct(kind):
        assert isinstance(value, Mapping)
        return {field.name: typed(value.get(field.name), field.type) for field in kind}
    return value


def _provenance(capture: Capture, origin: Origin) -> Json:
    place = capture.place
    assert place is not None
    return {
        "crawl": origin.crawl,
        "fetch_time": iso(capture.fetch_time),
        "warc_filename": place.warc_filename,
        "warc_record_offset": place.offset,
        "warc_record_length": place.length,
        "record_id": place.record_id,
    }


def _pixels(capture: Capture) -> tuple[int | None, int | None]:
    try:
        width, height = imagesize.get(io.BytesIO(capture.body))
    except (ValueError, OSError, IndexError):
        return None, None
    return (int(width), int(height)) if width > 0 and height > 0 else (None, None)
