"""Captures as they stand in the WARCs, revisits with the payload of the record that they repeat."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from archive.block import Spool
from archive.capture import Capture, read_revisit
from archive.errors import BrokenWarc
from archive.warc.names import path_of
from archive.warc.reader import StoredExchange, exchange_at
from archive.warc.revisit import Target


class Targets(Protocol):
    """What revisits stand on: the portal's index of what was seen, or an audit's own."""

    def target(self, record_id: str, /) -> Target | None:
        """The record of this id; None where there is none that others may stand on."""


def resolved(stored: StoredExchange, root: Path, seen: Targets) -> Capture | None:
    """The response of a stored exchange as it is read; None where there was none.

    BrokenWarc where a revisit repeats a record that is not in the store.  `root` is the store's `warc/`.
    """
    record = stored.response
    if record is None or not record.is_revisit:
        return stored.capture()
    target = seen.target(record.refers_to)
    if target is None:
        raise BrokenWarc(
            f"{record.filename}, offset {record.offset}: it repeats record {record.refers_to}, which is not there",
            "Put the file that holds it back from a copy",
        )
    return read_revisit(
        record.block,
        target_response(target, root),
        url=record.url,
        fetch_time=record.date,
        place=stored.place,
        revisit_of=target.record_id,
    )


def target_response(target: Target, root: Path) -> bytes | Spool:
    """The response block that a target holds."""
    found = exchange_at(path_of(root / target.warc_filename), target.offset, target.warc_filename)
    if found.response is None or found.response.id != target.record_id:
        raise BrokenWarc(
            f"{target.warc_filename}, offset {target.offset}: record {target.record_id} is not there",
            "Put the file back from a copy",
        )
    return found.response.block
