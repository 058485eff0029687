"""The WARC of a WACZ that is made of single records: what others repeat, or what one article needs; members as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import BinaryIO
from uuid import NAMESPACE_URL, uuid5

from archive.errors import BrokenWarc
from archive.store import Store
from archive.wacz.index import Lines
from archive.wacz.package import Package
from archive.wacz.selection import Single
from archive.wacz.source import ARCHIVE, Span, copied, moved
from archive.warc.reader import StoredExchange, exchange_span, records
from archive.warc.record import warcinfo

NAME = "records.warc.gz"

_FORMAT = "WARC File Format 1.1"


def write_records(
    package: Package,
    lines: Lines,
    store: Store,
    singles: Iterable[Single],
    created: datetime,
    told: dict[str, str],
    folder: Path,
) -> list[str]:
    """Writes archive/records.warc.gz: each response with its request and metadata, and the warcinfo records they name.

    `told` goes into the file's own warcinfo.  The ids of records that do not read, or are not where they should be.
    """
    lost: list[str] = []
    waiting = folder / NAME
    with waiting.open("wb") as out:
        own = warcinfo(NAME, created, {**told, "format": _FORMAT}, lambda: uuid5(NAMESPACE_URL, repr((created, told))))
        for piece in own.members():
            out.write(piece)
        for filename, wanted in groupby(singles, key=lambda single: single.warc_filename):
            lost += _take(out, lines, store, filename, wanted)
    package.add(ARCHIVE + NAME, waiting)
    return lost


def _take(out: BinaryIO, lines: Lines, store: Store, filename: str, wanted: Iterable[Single]) -> Iterator[str]:
    """Copies records of one file, in their order; gives the ids of those that are lost."""
    known: dict[str, Span] | None = None
    named: set[str] = set()
    for single in wanted:
        try:
            path = store.warc(filename)
            found, end = exchange_span(path, single.offset, filename)
            if found.first.id != single.record_id:
                raise BrokenWarc(f"{filename}, offset {single.offset}: record {single.record_id} is not there")
            info = _warcinfo_of(found)
            if info and info not in named:
                known = _warcinfos(path, filename, info) if known is None or info not in known else known
                named.add(info)
                if info in known:
                    copied(path, filename, known[info], out)
        except BrokenWarc:
            yield single.record_id
            continue
        at = out.tell()
        copied(path, filename, Span(single.offset, end), out)
        lines.add(moved(found, at - single.offset, NAME))


def _warcinfo_of(found: StoredExchange) -> str:
    return (found.first.header("WARC-Warcinfo-ID") or "").strip("<> ")


def _warcinfos(path: Path, filename: str, until: str) -> dict[str, Span]:
    """The warcinfo records of a file by id, as far as the one that is looked for: a joined file has several."""
    found: dict[str, Span] = {}
    for record in records(path, filename):
        if record.type == "warcinfo":
            found[record.id] = Span(record.offset, record.offset + record.length)
        if record.id == until:
            break
    return found
