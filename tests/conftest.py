"""What several kinds of tests look at stored records with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from archive import http1
from archive.block import whole
from archive.warc.names import warcs_in
from archive.warc.reader import StoredExchange, exchanges

Stored = Callable[[Path], list[StoredExchange]]


@pytest.fixture(scope="session")
def stored_exchanges() -> Stored:
    """Reads the exchanges under a folder of WARCs, in order, each with the response as it crossed the wire.

    The block of a revisit of an identical payload is its own head and its target's body, framing included.
    """

    def read(folder: Path) -> list[StoredExchange]:
        bodies: dict[str, bytes] = {}
        found: list[StoredExchange] = []
        folders = sorted({path.parent for path in folder.rglob("*.warc.gz*")})
        for path in (path for each in folders for path in warcs_in(each)):
            for stored in exchanges(path):
                record = stored.response
                block = whole(record.block) if record is not None else b""
                if record is not None and record.type == "response" and block.startswith(b"HTTP/"):
                    bodies[record.id] = block[http1.parse_head(block, stored.method).length :]
                elif record is not None and record.is_revisit and record.header("WARC-Truncated"):
                    block += bodies[record.refers_to]
                    stored = replace(stored, response=replace(record, block=block))
                found.append(stored)
        return found

    return read
