"""The reader that an audit is given: one exchange as a crawl reads it, by the portal files at hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from archive.capture import Capture
from archive.errors import LuutruError
from archive.tables import stage
from archive.tables.rows import Origin, capture_row, exchange_of
from archive.warc.reader import StoredExchange
from crawler import portals
from crawler.extract.version import extractor_version
from crawler.portals import Portal
from crawler.record import asked_of, record


@dataclass(frozen=True, slots=True)
class Rereading:
    """Reads by the built-in portal files and those in `folders`."""

    folders: tuple[Path, ...] = ()

    def version(self, portal: str) -> str | None:
        """The version that reads this portal's pages here; None where it has no portal file that can be used."""
        found = _portal(portal, self.folders)
        return extractor_version(found.digest) if found is not None else None

    def rows(self, stored: StoredExchange, capture: Capture | None, crawl: str, portal: str) -> Iterable[stage.Row]:
        """The rows of an exchange; without a portal file, the row of captures alone."""
        found = _portal(portal, self.folders)
        asked = asked_of(stored.metadata)
        if found is None:
            origin = Origin(crawl, portal, "")
            return [stage.capture(capture_row(exchange_of(stored), capture, stored.place, asked, origin, None))]
        origin = Origin(crawl, portal, extractor_version(found.digest))
        return record(exchange_of(stored), capture, stored.place, asked, origin, found).rows


@cache
def _portal(name: str, folders: tuple[Path, ...]) -> Portal | None:
    try:
        return portals.find(name, folders)
    except LuutruError:
        return None
