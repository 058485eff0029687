"""Reads WARC files: records in order or at an offset, exchanges with their request and metadata."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from archive import http1
from archive.block import whole
from archive.capture import Capture, Place, read_capture
from archive.errors import BrokenHttp, BrokenWarc
from archive.warc.member import StoredRecord, Torn, read_head, read_member
from archive.warc.names import OPEN, warcs_in
from archive.warc.record import parse_fields

_PARTS = {"response", "revisit", "request", "metadata"}


@dataclass(frozen=True, slots=True)
class StoredExchange:
    """The records of one exchange: a response (or revisit) or not, a request or not, and what the metadata says."""

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
        """The response as it is read, or None where there was none; of a revisit, what its own record holds."""
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
            return http1.parse_request(whole(self.request.block))
        except BrokenHttp:
            return http1.Request("GET", "", (), b"")


def crawl_files(folder: Path, crawl: str) -> list[Path]:
    """The closed WARCs of a folder whose warcinfo names a crawl, parts too, in order of their names."""
    return [path for path in warcs_in(folder) if not path.name.endswith(OPEN) and crawl_of(path) == crawl]


def crawl_of(path: Path) -> str | None:
    """The crawl that a file's first record names; None where it names none."""
    first = next(records(path), None)
    return parse_fields(whole(first.block)).get("crawl") if first is not None and first.type == "warcinfo" else None


def records(path: Path, name: str | None = None, start: int = 0) -> Iterator[StoredRecord]:
    """Every record of a file in order; `name` is what places call the file.  BrokenWarc at the first not whole.

    With `start`, from the member that begins there.
    """
    with _open(path, name) as file:
        offset = start
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


def id_at(path: Path, offset: int, name: str | None = None) -> str:
    """The id of the record whose member begins at `offset`; only its head is read."""
    with _open(path, name) as file:
        return read_head(file, offset, name or path.name).id


def exchanges(
    path: Path, name: str | None = None, start: int = 0, *, resources: bool = False
) -> Iterator[StoredExchange]:
    """The exchanges of a file: a response with the request and metadata that name it; failures without response too.

    With `resources`, resource records (a host's DNS answer) are given as well, each by itself.
    """
    wanted = _PARTS | {"resource"} if resources else _PARTS
    current: StoredExchange | None = None
    for record in records(path, name, start):
        if record.type not in wanted:
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
    return exchange_span(path, offset, name)[0]


def exchange_span(path: Path, offset: int, name: str | None = None) -> tuple[StoredExchange, int]:
    """The exchange whose first record begins at `offset`, and where the member of its last record ends."""
    current: StoredExchange | None = None
    with _open(path, name) as file:
        try:
            while (record := read_member(file, offset, name or path.name)) is not None:
                if current is not None and not _belongs(current, record):
                    break
                current = _with(current or StoredExchange(record), record)
                offset += record.length
        except Torn:
            if current is None:
                raise
    if current is None:
        raise BrokenWarc(f"{name or path.name}, offset {offset}: the file ends here")
    return current, offset


def _open(path: Path, name: str | None) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise BrokenWarc(f"{name or path.name} does not open: {error.strerror or error}") from error


def _belongs(exchange: StoredExchange, record: StoredRecord) -> bool:
    return record.concurrent_to != "" and record.concurrent_to == exchange.first.id


def _with(exchange: StoredExchange, record: StoredRecord) -> StoredExchange:
    if record.type in ("response", "revisit"):
        return StoredExchange(exchange.first, record, exchange.request, exchange.metadata)
    if record.type == "request":
        return StoredExchange(exchange.first, exchange.response, record, exchange.metadata)
    if record.type == "metadata":
        return StoredExchange(exchange.first, exchange.response, exchange.request, parse_fields(whole(record.block)))
    return exchange
