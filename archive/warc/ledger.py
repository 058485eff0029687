"""The ledger of a WARC file: what was written, line by line, while it was written, and one root over it at the close.

Beside `NAME.warc.gz` in whatever state stands `NAME.warc.gz.ledger`, JSON in lines.  Every line but a file's first carries
in `before` the sha256 of the line before it, without its line end; the first carries zeros::

    {"ledger":1,"warc":NAME,"crawl":CRAWL,"before":…}                        the file is begun
    {"offset":N,"length":N,"sha256":HEX,"id":URN,"type":TYPE,"block":DIGEST,"before":…}
                                                                             a record: its gzip member, and its block
    {"repair":{"at":TIME,"cut":BYTES,"made":N,"lost":[…]},"before":…}         a crash was mended: bytes of a torn end cut,
                                                                             lines made from the file, lines whose records
                                                                             never reached the disk; may carry a signature
    {"joined":[{"part":NAME,"base":N,"length":N,"lines":N,"root":HEX}],…}    the ledgers above are those of the parts, as
                                                                             they were; offsets count from each part's base
    {"root":HEX,"lines":N,"records":N,"length":BYTES,"before":…}             the close: root over all lines above

The root is that of RFC 6962 over the lines without their ends.  Nothing follows a close but the next part's lines.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.errors import BrokenLedger
from archive.warc.merkle import Tree
from archive.warc.names import finished_name

SUFFIX = ".ledger"
FIRST = "0" * 64
"""What the first line of a ledger has before it."""

LINE_LIMIT = 1024 * 1024
"""Bytes of one line read at most; ours have some 300, and that of many joined parts some thousands."""

_CLOSE = 4096
"""Bytes at the end of a ledger that hold its close: a root, three numbers and a hash."""

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One record: the place of its gzip member in its part, sha256 of that in hex, its id, type and block digest."""

    offset: int
    length: int
    sha256: str
    id: str
    type: str
    block: str

    def told(self) -> dict[str, Any]:
        """The entry as its line tells it."""
        return {
            "offset": self.offset,
            "length": self.length,
            "sha256": self.sha256,
            "id": self.id,
            "type": self.type,
            "block": self.block,
        }


def ledger_of(path: Path) -> Path:
    """The ledger of a WARC in whatever state."""
    return path.with_name(finished_name(path) + SUFFIX)


def line_hash(line: bytes) -> str:
    """What the next line says of this one."""
    return hashlib.sha256(line).hexdigest()


def encode(told: Line, before: str) -> bytes:
    """A line without its end."""
    return json.dumps({**told, "before": before}, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


class Ledger:
    """A ledger that is being written; errors of the disk are OSErrors, for the writer of the WARC to tell.

    Lines are held until `write`; what `write` could not put whole on the disk is cut off again.
    """

    def __init__(self, path: Path, file: int, tree: Tree, before: str, size: int, records: int) -> None:
        self.path = path
        self._file = file
        self._tree = tree
        self._before = before
        self._size = size
        self._records = records

    def add(self, told: Iterable[Line], records: int = 0) -> None:
        """Adds lines, `records` of which are of records, whole or not at all."""
        before, lines = self._before, []
        for one in told:
            lines.append(encode(one, before))
            before = line_hash(lines[-1])
        data = b"".join(line + b"\n" for line in lines)
        try:
            _write(self._file, data)
        except BaseException:
            with suppress(OSError):  # what stays behind is no line of the chain: the next repair cuts it off
                os.ftruncate(self._file, self._size)
            raise
        self._before = before
        self._size += len(data)
        self._records += records
        for line in lines:
            self._tree.add(line)

    @property
    def last(self) -> str:
        """The hash of the last line."""
        return self._before

    def sync(self) -> None:
        """Returns when what was added has reached the disk."""
        os.fsync(self._file)

    def close(self, length: int) -> str:
        """Adds the root for a WARC of `length` bytes, syncs and closes; the root in hex."""
        root = self._tree.root().hex()
        self.add([{"root": root, "lines": self._tree.size, "records": self._records, "length": length}])
        self.sync()
        os.close(self._file)
        return root

    def leave(self) -> None:
        """Closes the file as it is."""
        os.close(self._file)


def begin(path: Path, warc: str, crawl: str) -> Ledger:
    """A new ledger at `path` for the file that will be called `warc`; FileExistsError where there is one."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
    ledger = Ledger(path, os.open(path, flags, 0o644), Tree(), FIRST, 0, 0)
    try:
        ledger.add([{"ledger": 1, "warc": warc, "crawl": crawl}])
    except BaseException:
        ledger.leave()
        path.unlink(missing_ok=True)
        raise
    return ledger


def go_on(path: Path, lines: Sequence[bytes]) -> Ledger:
    """The ledger at `path`, cut behind `lines`, which are its first ones and in order, to be gone on with."""
    size = sum(len(line) + 1 for line in lines)
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
    os.ftruncate(file, size)
    tree = Tree()
    for line in lines:
        tree.add(line)
    records = sum(1 for line in lines if b'"offset":' in line[:16])
    return Ledger(path, file, tree, line_hash(lines[-1]), size, records)


def lines(path: Path) -> Iterator[bytes]:
    """The lines of a ledger without their ends, as they stand; a last one without an end is none.

    BrokenLedger where the file does not open or a line has no end in sight.
    """
    try:
        with path.open("rb") as file:
            while line := file.readline(LINE_LIMIT):
                if line.endswith(b"\n"):
                    yield line[:-1]
                elif len(line) == LINE_LIMIT:
                    raise BrokenLedger(f"{path.name} has a line of more than {LINE_LIMIT} bytes")
    except OSError as error:
        raise BrokenLedger(f"{path.name} does not open: {error.strerror or error}") from error


def parse(line: bytes) -> Line:
    """What a line tells; BrokenLedger where it is no JSON object."""
    try:
        told = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BrokenLedger(f"a line of a ledger does not read: {line[:80]!r}") from error
    if not isinstance(told, dict):
        raise BrokenLedger(f"a line of a ledger is no object: {line[:80]!r}")
    return told


def entry(told: Line) -> Entry | None:
    """The record that a line tells of; None where it tells of something else.  BrokenLedger where it is no whole entry."""
    if "offset" not in told:
        return None
    numbers, words = (told["offset"], told.get("length")), [told.get(key) for key in ("sha256", "id", "type", "block")]
    if not all(type(n) is int and 0 <= n < 1 << 62 for n in numbers) or not all(isinstance(w, str) for w in words):
        raise BrokenLedger(f"a line of a ledger tells no record: {str(dict(told))[:120]}")
    return Entry(told["offset"], told["length"], *(str(word) for word in words))


def closing(path: Path) -> Line | None:
    """The last line of a closed ledger; None where it is not closed or not there."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _CLOSE))
            last = file.read().rsplit(b"\n", 2)
    except OSError:
        return None
    if len(last) < 2 or last[-1]:
        return None
    with suppress(BrokenLedger):
        told = parse(last[-2])
        return told if "root" in told else None
    return None


def _write(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]
