"""Reads WARC files: members with their offsets, records with their blocks, captures with their request and metadata.

The store is untrusted input: sizes are bounded, and what does not read raises BrokenWarc with file and offset.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from archive import http1
from archive.capture import Capture, Place, read_capture
from archive.errors import BrokenHttp, BrokenWarc
from archive.moment import parse_iso
from archive.warc.record import parse_fields

_FIRST_PIECE = 16 * 1024
_PIECE = 256 * 1024
_HEADER_LIMIT = 1024 * 1024
_RECORD_LIMIT = 2 * 1024 * 1024 * 1024
"""Bytes of one record read at most, twice the largest response that Scrapy takes."""


class _Torn(BrokenWarc):
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
    block: bytes

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


@dataclass(frozen=True, slots=True)
class StoredExchange:
    """The records of one exchange: a response or not, a request or not, and what the metadata record says."""

    first: StoredRecord
    response: StoredRecord | None = None
    request: StoredRecord | None = None
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        """The place of the first record."""
        return Place(self.first.filename, self.first.offset, self.first.length, self.first.id)

    @property
    def method(self) -> str:
        """The request's method; GET where no request was kept."""
        return self._request().method if self.request else "GET"

    @property
    def request_body(self) -> bytes:
        """The request's entity; empty where no request was kept."""
        return self._request().entity if self.request else b""

    def capture(self) -> Capture | None:
        """The response as it is read, or None where there was none."""
        if self.response is None:
            return None
        return read_capture(
            self.response.block,
            url=self.response.url,
            fetch_time=self.response.date,
            method=self.method,
            request_body=self.request_body,
            truncated=self.response.header("WARC-Truncated") is not None,
            place=self.place,
        )

    def _request(self) -> http1.Request:
        assert self.request is not None
        try:
            return http1.parse_request(self.request.block)
        except BrokenHttp:
            return http1.Request("GET", "", (), b"")


def crawl_files(folder: Path, crawl: str) -> list[Path]:
    """The closed WARCs of a folder whose warcinfo names a crawl, in order of their names."""
    return [path for path in sorted(folder.glob("*.warc.gz")) if _crawl_of(path) == crawl]


def _crawl_of(path: Path) -> str | None:
    first = next(records(path), None)
    return parse_fields(first.block).get("crawl") if first is not None and first.type == "warcinfo" else None


def records(path: Path, name: str | None = None) -> Iterator[StoredRecord]:
    """Every record of a file in order; `name` is what places call the file.  BrokenWarc at the first not whole."""
    with _open(path, name) as file:
        offset = 0
        while True:
            found = read_member(file, offset, name or path.name)
            if found is None:
                return
            yield found
            offset += found.length


def record_at(path: Path, offset: int, name: str | None = None) -> StoredRecord:
    """The record whose member begins at `offset`."""
    with _open(path, name) as file:
        found = read_member(file, offset, name or path.name)
    if found is None:
        raise BrokenWarc(f"{name or path.name}, offset {offset}: the file ends here")
    return found


def exchanges(path: Path, name: str | None = None) -> Iterator[StoredExchange]:
    """The exchanges of a file: a response with the request and metadata that name it; failures without response too."""
    current: StoredExchange | None = None
    for record in records(path, name):
        if record.type not in ("response", "request", "metadata"):
            continue
        if current is None or not _belongs(current, record):
            if current is not None:
                yield current
            current = StoredExchange(record)
        current = _with(current, record)
    if current is not None:
        yield current


def exchange_at(path: Path, offset: int, name: str | None = None) -> StoredExchange:
    """The exchange whose first record begins at `offset`.

    The file may be one that is still written: a record that the end of the file tears, behind the first, is none yet.
    """
    current: StoredExchange | None = None
    with _open(path, name) as file:
        try:
            while (record := read_member(file, offset, name or path.name)) is not None:
                if current is not None and not _belongs(current, record):
                    break
                current = _with(current or StoredExchange(record), record)
                offset += record.length
        except _Torn:
            if current is None:
                raise
    if current is None:
        raise BrokenWarc(f"{name or path.name}, offset {offset}: the file ends here")
    return current


def _open(path: Path, name: str | None) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise BrokenWarc(f"{name or path.name} does not open: {error.strerror or error}") from error


def _belongs(exchange: StoredExchange, record: StoredRecord) -> bool:
    return record.concurrent_to != "" and record.concurrent_to == exchange.first.id


def _with(exchange: StoredExchange, record: StoredRecord) -> StoredExchange:
    if record.type == "response":
        return StoredExchange(exchange.first, record, exchange.request, exchange.metadata)
    if record.type == "request":
        return StoredExchange(exchange.first, exchange.response, record, exchange.metadata)
    if record.type == "metadata":
        return StoredExchange(exchange.first, exchange.response, exchange.request, parse_fields(record.block))
    return exchange


def read_member(file: BinaryIO, offset: int, name: str) -> StoredRecord | None:
    """The record in the gzip member at `offset`, or None at the end of the file.  BrokenWarc if it is not whole."""
    file.seek(offset)
    machine = zlib.decompressobj(31)
    data = bytearray()
    length = 0
    limit = _HEADER_LIMIT
    while not machine.eof:
        piece = file.read(_PIECE if length else _FIRST_PIECE)
        if not piece:
            if length == 0:
                return None
            raise _Torn(f"{name}, offset {offset}: the last record is torn", "luutru repair cuts it off")
        length += len(piece)
        while piece and not machine.eof:  # at its end the machine leaves in unconsumed_tail what is not its own
            try:
                data += machine.decompress(piece, limit + 1 - len(data))
            except zlib.error as error:
                raise BrokenWarc(f"{name}, offset {offset}: no gzip member that reads ({error})") from error
            piece = machine.unconsumed_tail
            if len(data) > limit:  # as far as the record says it goes, and not a byte further: it may be a bomb
                limit = max(limit, _head(data, offset, name).end)
                if len(data) > limit:
                    raise BrokenWarc(f"{name}, offset {offset}: the record is longer than its header says")
    length -= len(machine.unused_data)
    head = _head(data, offset, name)
    if len(data) != head.end or data[head.end - 4 :] != b"\r\n\r\n":
        raise BrokenWarc(f"{name}, offset {offset}: the record is not as long as its header says")
    return StoredRecord(name, offset, length, head.headers, bytes(memoryview(data)[head.start : head.end - 4]))


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
