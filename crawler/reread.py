"""Reads one committed article again from its bytes, for a comparison by the version in force."""

from __future__ import annotations

import logging

from archive.errors import LuutruError
from archive.store import Store
from archive.tables.past import Reread
from archive.tables.rows import Json, Origin, exchange_of
from archive.warc.reader import exchange_at
from archive.warc.resolve import resolved
from archive.warc.seen import Seen
from crawler.portals import Portal
from crawler.record import asked_of, record

logger = logging.getLogger(__name__)


def reader(store: Store, portal: Portal, version: str, seen: Seen) -> Reread:
    """A function from a row of articles to the row that `version` makes of the same capture; None where it makes none."""

    def reread(known: Json) -> Json | None:
        filename, offset = str(known["warc_filename"]), int(str(known["warc_record_offset"]))
        try:
            stored = exchange_at(store.warc(filename), offset, filename)
            capture = resolved(stored, store.warcs, seen)
        except LuutruError as error:
            logger.warning("%s cannot be read again: %s", known["url"], error)
            return None
        if stored.place.record_id != known["record_id"]:
            logger.warning("%s, offset %d holds another record than %s", filename, offset, known["record_id"])
            return None
        origin = Origin(str(known["crawl"]), portal.name, version)
        read = record(exchange_of(stored), capture, stored.place, asked_of(stored.metadata), origin, portal)
        return next((dict(row.data) for row in read.rows if row.table == "articles"), None)

    return reread
