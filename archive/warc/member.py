"""One gzip member of a WARC file, and the record in it.

The store is untrusted input: sizes are bounded, and what does not read raises BrokenWarc with file and offset.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from archive import http1
from archive.block import HEAD, SPOOL_AT, Block, Spool
from archive.errors import BrokenWarc
from archive.moment import parse_iso

_FIRST_PIECE = 16 * 1024
_PIECE = 256 * 1024
_HEADER_LIMIT = 1024 * 1024
_RECORD_LIMIT = 64 * 1024 * 1024 * 1024
"""Bytes of one record read at most; those over SPOOL_AT are not held, but read piece by piece when asked for."""


class Torn(BrokenWarc):
    """The file ends within a member."""


@dataclass(frozen=True, slots=True)
class _Head:
    """A record's head, and where in its data the block starts and the record ends."""

    headers: tuple[tuple[str, str], ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One record as it stands in a file; `headers` keep order and case, `offset` and `length` are the member's."""

    filename: str
    offset: int
    length: int
    headers: tuple[tuple[str, str], ...]
    block: Block

    def header(self, name: str) -> str | None:
        """The first value of a WARC header, or None."""
        return http1.first(self.headers, name)

    @property
    def type(self) -> str:
        """WARC-Type in lower case."""
        return (self.header("WARC-Type") or "").lower()

    @property
    def id(self) -> str:
        """The record id without angle brackets."""
        return (self.header("WARC-Record-ID") or "").strip("<> ")

    @property
    def url(self) -> str:
        """WARC-Target-URI without the angle brackets that WARC/1.0 writers put around it."""
        return (self.header("WARC-Target-URI") or "").strip("<> ")

    @property
    def date(self) -> datetime:
        """WARC-Date, aware; BrokenWarc where it is none."""
        try:
            return parse_iso(self.header("WARC-Date") or "")
        except ValueError as error:
            raise BrokenWarc(f"{self.filename}, offset {self.offset}: no WARC-Date that reads") from error

    @property
    def concurrent_to(self) -> str:
        """The id that WARC-Concurrent-To names, without angle brackets."""
        return (self.header("WARC-Concurrent-To") or "").strip("<> ")

    @property
    def is_revisit(self) -> bool:
        """Whether the record's payload stands in another."""
        return self.type == "revisit"

    @property
    def refers_to(self) -> str:
        """The id of the record that a revisit repeats, without angle brackets."""
        return (self.header("WARC-Refers-To") or "").strip("<> ")


def read_member(file: BinaryIO, offset: int, name: str) -> StoredRecord | None:
    """The record in the gzip member at `offset`, or None at the end of the file.  BrokenWarc if it is not whole.

    A block of more than SPOOL_AT bytes is looked at to its end and not held: it is read from the file when asked for.
    """
    member = _Member(file, offset, name)
    data = bytearray()
    top: _Head | None = None
    keep = _HEADER_LIMIT
    size = 0
    end = b""
    for piece in member.pieces():
        size += len(piece)
        end = (end + piece[-4:])[-4:]
        if len(data) < keep:
            data += piece
        if top is None and (len(data) >= _HEADER_LIMIT or b"\r\n\r\n" in data):
            top = _head(data, offset, name)
            keep = top.end if top.end - top.start <= SPOOL_AT else top.start + HEAD
        if top is not None and size > top.end:  # as far as the record says it goes, and not further: it may be a bomb
            raise BrokenWarc(f"{name}, offset {offset}: the record is longer than its header says")
    if member.length == 0:
        return None
    top = top or _head(data, offset, name)
    if size != top.end or end != b"\r\n\r\n":
        raise BrokenWarc(f"{name}, offset {offset}: the record is not as long as its header says")
    length = top.end - 4 - top.start
    block: Block
    if top.end - top.start <= SPOOL_AT:
        block = bytes(memoryview(data)[top.start : top.end - 4])
    else:
        read = partial(_block, Path(file.name), offset, top.start, length)
        block = Spool(length, bytes(memoryview(data)[top.start : top.start + HEAD]), read)
    return StoredRecord(name, offset, member.length, top.headers, block)


def read_head(file: BinaryIO, offset: int, name: str) -> StoredRecord:
    """The head of the record at `offset`, without block and length; the member need not be whole."""
    data = bytearray()
    for piece in _Member(file, offset, name).pieces():
        data += piece
        if b"\r\n\r\n" in data or len(data) >= _HEADER_LIMIT:
            break
    return StoredRecord(name, offset, 0, _head(data, offset, name).headers, b"")


class _Member:
    """A gzip member as it is read; `length` is its size in the file, known when all pieces are taken."""

    def __init__(self, file: BinaryIO, offset: int, name: str) -> None:
        self._file = file
        self._offset = offset
        self._name = name
        self.length = 0

    def pieces(self) -> Iterator[bytes]:
        """What is compressed in it, in pieces of bounded size; nothing at the end of the file."""
        file, machine = self._file, zlib.decompressobj(31)
        file.seek(self._offset)
        while not machine.eof:
            raw = file.read(_PIECE if self.length else _FIRST_PIECE)
            if not raw:
                if self.length == 0:
                    return
                raise Torn(f"{self._name}, offset {self._offset}: the last record is torn", "luutru repair cuts it off")
            self.length += len(raw)
            full = True
            while (raw or full) and not machine.eof:
                try:
                    data = machine.decompress(raw, _PIECE)
                except zlib.error as error:
                    what = f"{self._name}, offset {self._offset}: no gzip member that reads ({error})"
                    raise BrokenWarc(what) from error
                raw = machine.unconsumed_tail
                full = len(data) == _PIECE  # there may be more to come without more to read
                if data:
                    yield data
        self.length -= len(machine.unused_data)


def _block(path: Path, offset: int, start: int, length: int) -> Iterator[bytes]:
    """The block of a record that is too long to hold, from its file once more."""
    with path.open("rb") as file:
        skip, left = start, length
        for piece in _Member(file, offset, path.name).pieces():
            part = piece[skip : skip + left]
            skip -= min(skip, len(piece))
            left -= len(part)
            if part:
                yield part


def _head(data: bytearray, offset: int, name: str) -> _Head:
    end = data.find(b"\r\n\r\n", 0, _HEADER_LIMIT)
    if end < 0 or not data.startswith(b"WARC/"):
        raise BrokenWarc(f"{name}, offset {offset}: no WARC header")
    fields: list[tuple[str, list[str]]] = []
    parts: list[str] = []
    for line in data[:end].decode("utf-8", "replace").split("\r\n")[1:]:
        if line.startswith((" ", "\t")):  # folded (WARC 1.1, section 4): it goes on with the value before it
            parts.append(line.strip())
            continue
        key, colon, value = line.partition(":")
        parts = [value.strip()]
        if colon:
            fields.append((key.strip(), parts))
    headers = tuple((key, " ".join(parts)) for key, parts in fields)
    wanted = http1.first(headers, "Content-Length") or ""
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
        raise BrokenWarc(f"{name}, offset {offset}: no Content-Length that reads")
    if int(wanted) > _RECORD_LIMIT:
        raise BrokenWarc(f"{name}, offset {offset}: a record of {wanted} bytes is more than is read")
    return _Head(headers, end + 4, end + 4 + int(wanted) + 4)
