"""Makes what a crash left whole again: a torn tail is cut, the whole records are kept, the file sealed and indexed.

Its ledger is made whole with it, and says so in a line of its own: what was cut, which lines were made from the file
because the crash came before them, and which lines have no record because the disk lost it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.errors import BrokenLedger, BrokenWarc, unwritable
from archive.moment import iso
from archive.payload import digest_of
from archive.warc import ledger
from archive.warc.ledger import Entry, Line
from archive.warc.member import read_member
from archive.warc.names import finished_name
from archive.warc.reader import crawl_of
from archive.warc.writer import seal, set_aside, sync_folder, utc_now

Sign = Callable[[bytes], Line]
"""What a signature over bytes adds to a line."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair did: `path` is the file as it is now (None where nothing whole was left), `cut` the bytes cut off."""

    path: Path | None
    records: int
    cut: int


def unsigned(_line: bytes) -> Line:
    """No signature."""
    return {}


def repair(
    path: Path, *, join_below: int = 0, sign: Sign = unsigned, clock: Callable[[], datetime] = utc_now
) -> Repaired:
    """Cuts a `.open` file to its last whole record, seals and indexes it.  Nobody may be writing it.

    With fewer bytes than `join_below` it is left as a part instead, for the end of its crawl to join.

    A file with no exchange in it is removed: it holds nothing that was ever acknowledged.
    """
    entries, good = _entries(path)
    size = path.stat().st_size
    try:
        if all(entry.type in ("warcinfo", "resource") for entry in entries):
            path.unlink()
            ledger.ledger_of(path).unlink(missing_ok=True)
            sync_folder(path.parent)
            return Repaired(None, 0, size)
        with path.open("r+b") as file:
            file.truncate(good)
            os.fsync(file.fileno())
        _mend(path, entries, size - good, sign, clock)
        return Repaired(set_aside(path) if good < join_below else seal(path), len(entries), size - good)
    except OSError as error:
        raise unwritable(error, path) from error


def whole(path: Path) -> tuple[int, int]:
    """How many records stand whole at the start of the file, and where the last of them ends."""
    entries, good = _entries(path)
    return len(entries), good


def _entries(path: Path) -> tuple[list[Entry], int]:
    """The whole records at the start of the file, as a ledger tells them, and where the last of them ends."""
    entries: list[Entry] = []
    good = 0
    with path.open("rb") as file:
        while True:
            try:
                record = read_member(file, good, path.name)
            except BrokenWarc:
                break
            if record is None:
                break
            digest = _digest(path, good, record.length)
            entries.append(Entry(good, record.length, digest, record.id, record.type, digest_of(record.block)))
            good += record.length
    return entries, good


def _digest(path: Path, offset: int, length: int) -> str:
    machine = hashlib.sha256()
    with path.open("rb") as file:
        file.seek(offset)
        while length and (piece := file.read(min(length, 1024 * 1024))):
            machine.update(piece)
            length -= len(piece)
    return machine.hexdigest()


def _mend(path: Path, entries: list[Entry], cut: int, sign: Sign, clock: Callable[[], datetime]) -> None:
    """Brings the ledger in step with the file, and closes it.  One that is closed and in step is left as it is."""
    place = ledger.ledger_of(path)
    good, known, rest = _standing(place, entries)
    if not cut and not rest and known == len(entries) and ledger.closing(place) is not None:
        return
    mended = place.with_name(place.name + ".tmp")
    mended.unlink(missing_ok=True)
    if good:
        mended.write_bytes(b"".join(line + b"\n" for line in good))
        book = ledger.go_on(mended, good)
    else:
        book = ledger.begin(mended, finished_name(path), crawl_of(path) or "")
    try:
        made = entries[known:]
        book.add((entry.told() for entry in made), len(made))
        told = {"at": iso(clock()), "cut": cut, "made": len(made), "lost": rest}
        book.add([{"repair": told, **sign(ledger.encode({"repair": told}, book.last))}])
        book.close(sum(entry.length for entry in entries))
    except OSError:
        book.leave()
        raise
    os.replace(mended, place)  # whole or not at all: the lines that are left out are told in it
    sync_folder(place.parent)


def _standing(place: Path, entries: list[Entry]) -> tuple[list[bytes], int, list[Line]]:
    """The ledger's lines that hold for the file, how many records they tell of, and what lines behind them tell of."""
    good: list[bytes] = []
    known, rest, before = 0, list[Line](), ledger.FIRST
    try:
        for line in ledger.lines(place):
            told = ledger.parse(line)
            found = ledger.entry(told)
            if told.get("before") != before:
                break
            before = ledger.line_hash(line)
            if found is None and not rest:
                good.append(line)
            elif found is not None and not rest and known < len(entries) and found == entries[known]:
                good.append(line)
                known += 1
            elif found is not None:
                rest.append(found.told())
    except BrokenLedger:  # not there, or torn: what stands before it is what there is
        pass
    if good and "root" in ledger.parse(good[-1]):  # closed, and yet to be gone on with
        good.pop()
    return good, known, rest
