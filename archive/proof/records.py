"""The WARC of a proof: gzip members as they stand in the store, each with its place in the ledger that was written then."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archive.custody.manifest import Manifest
from archive.errors import BrokenWarc
from archive.proof.attestation import Attested, Book
from archive.store import Store
from archive.wacz.selection import Single
from archive.warc import cdxj
from archive.warc.member import StoredRecord
from archive.warc.reader import exchange_span, records

_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Taken:
    """A record in the proof: where it lies there, where it came from, and what vouches for it."""

    record: StoredRecord
    offset: int
    attested: Attested

    def told(self, naming: Mapping[str, Manifest]) -> dict[str, object]:
        """As proof.json tells it."""
        one = self.record
        return {
            "id": one.id,
            "type": one.type,
            "url": one.url,
            "date": one.header("WARC-Date"),
            "offset": self.offset,
            "length": one.length,
            "ledger": {
                "warc": one.filename,
                "manifest": naming[one.filename].number,
                "line": self.attested.line,
                "steps": [list(step) for step in self.attested.steps],
            },
        }


def take(store: Store, singles: Sequence[Single], target: Path) -> list[Taken]:
    """Copies each response with its request and metadata, and the warcinfo records that they name, to `target`; indexed.

    BrokenWarc where a record is not where it should be, BrokenLedger where its ledger does not tell of it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    taken: list[Taken] = []
    books: dict[str, Book] = {}
    with target.open("wb") as out:
        for one in _records(store, singles):
            path = store.warc(one.filename)
            book = books.get(one.filename) or books.setdefault(one.filename, Book(path))
            attested = book.attested(one.offset, one.id)
            taken.append(Taken(one, out.tell(), attested))
            _copy(path, one, out)
        out.flush()
        os.fsync(out.fileno())
    cdxj.write(target, target)
    return taken


def _records(store: Store, singles: Sequence[Single]) -> Iterator[StoredRecord]:
    done: set[str] = set()
    for single in singles:
        path = store.warc(single.warc_filename)
        found, end = exchange_span(path, single.offset, single.warc_filename)
        if found.first.id != single.record_id:
            raise BrokenWarc(
                f"{single.warc_filename}, offset {single.offset}: record {single.record_id} is not there",
                "luutru audit tells what is amiss",
            )
        wanted = (found.first.header("WARC-Warcinfo-ID") or "").strip("<> ")
        if wanted and wanted not in done:
            done.add(wanted)
            yield from _warcinfo(path, single.warc_filename, wanted)
        for record in records(path, single.warc_filename, single.offset):
            if record.offset >= end:
                break
            yield record


def _warcinfo(path: Path, filename: str, wanted: str) -> Iterator[StoredRecord]:
    """The warcinfo record of this id: the first of its file, or of a part where the file was joined."""
    for record in records(path, filename):
        if record.id == wanted:
            yield record
            return


def _copy(path: Path, record: StoredRecord, out: BinaryIO) -> None:
    left = record.length
    with path.open("rb") as file:
        file.seek(record.offset)
        while left and (piece := file.read(min(_PIECE, left))):
            out.write(piece)
            left -= len(piece)
    if left:
        raise BrokenWarc(f"{record.filename} ends before offset {record.offset + record.length}")
