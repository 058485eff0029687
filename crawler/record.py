"""From one exchange to its rows: the same for the live crawl and for re-extraction."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from archive.article import Reading
from archive.capture import Capture, Exchange, Place, wire_verdict
from archive.tables import stage
from archive.tables.rows import Asked, Origin, article_row, capture_row, listing_row, verdict_of
from crawler.portals import Portal, extract

_READ = ("ok", "not-modified")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What an exchange says: its wire verdict, its reading (None where nothing was read) and its rows to stage."""

    verdict: str
    reading: Reading | None
    rows: tuple[stage.Row, ...]


def record(
    exchange: Exchange,
    capture: Capture | None,
    place: Place,
    asked: Asked,
    origin: Origin,
    portal: Portal,
    *,
    requisites: bool = False,
) -> Recorded:
    """The rows of an exchange.  Pages that came whole and well are read; everything has a row of captures."""
    verdict = verdict_of(exchange, capture)
    reading = None
    shown = capture.shown if capture is not None else None
    if shown is not None and asked.kind in ("article", "listing") and wire_verdict(shown) == "ok" and verdict in _READ:
        reading = _read(shown, portal, requisites)
    told = reading.verdict if reading else None
    rows = [stage.capture(capture_row(exchange, capture, place, asked, origin, told))]
    if capture is not None and reading is not None:
        if asked.kind == "article" and reading.article is not None:
            rows.append(stage.article(article_row(reading.article, capture, origin)))
        elif asked.kind == "listing" and reading.listing is not None:
            rows.append(stage.listing(listing_row(reading.listing, capture, asked, origin)))
    return Recorded(verdict, reading, tuple(rows))


def _read(capture: Capture, portal: Portal, requisites: bool) -> Reading:
    try:
        return extract(capture, portal, requisites=requisites)
    except Exception:  # a page that trips the reader must not cost the night: its bytes are kept and the row says so
        logger.exception("The reader failed on %s; the capture is kept as unreadable", capture.url)
        return Reading("unreadable", "")


def asked_of(metadata: Mapping[str, str]) -> Asked:
    """What an exchange was for, from its metadata record; `unknown` where that does not say."""
    try:
        category = json.loads(metadata.get("category", "[]"))
        page = int(metadata.get("page", "0"))
    except ValueError:
        category, page = [], 0
    path = tuple(str(part) for part in category) if isinstance(category, list) else ()
    return Asked(metadata.get("kind", "unknown"), path, page)
