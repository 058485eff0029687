"""One record as an audit looks at it: its header, and the digests of its member, block and payload from one pass.

The same bytes are read as `archive.warc.member` reads them; this way is made for speed, and whatever is out of the ordinary
is handed to the slower one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from archive import http1
from archive.block import HEAD, SPOOL_AT
from archive.errors import BrokenHttp, BrokenWarc
from archive.moment import iso, parse_iso

try:
    from isal import isal_zlib as zlib
except ImportError:  # no wheel for this machine: zlib reads the same, half as fast
    import zlib  # type: ignore[no-redef]

_PIECE = 1024 * 1024
_HEADER_LIMIT = 1024 * 1024
_RECORD_LIMIT = 64 * 1024 * 1024 * 1024
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\ncontent-length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?\n")
_OUR_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_OUR_ID = re.compile(r"<urn:uuid:[0-9a-f-]{36}>")
_ODD = ("\r\n ", " \r\n", ":  ", " :", "\t")

Fields = dict[str, str]


class Cut(BrokenWarc):
    """The file ends within a member."""


@dataclass(slots=True)
class Facts:
    """A record: place and sha256 (hex) of its member, header fields by lower-case name, size and digest of its block.

    `type` is in lower case, `id` without angle brackets, `date` in UTC with microseconds (None where it is none).  `block` is
    all of the block where it is short, else its first bytes, and `top` where its body begins if it is an ordinary response
    (else 0); `payload` is the digest of the dechunked entity of an HTTP response (as the answer to a GET), None for all else.
    """

    offset: int
    length: int
    sha256: str
    fields: Fields
    type: str
    id: str
    date: str | None
    block: bytes
    top: int
    size: int
    block_digest: str
    payload: str | None
    inflated: int

    def text(self, name: str) -> str:
        """A header field by its name in lower case; empty where it is not there."""
        return self.fields.get(name, "")

    def whole(self) -> bool:
        """Whether `block` is all of it."""
        return len(self.block) == self.size


def of_member(raw: bytes, sha256: str, offset: int, name: str) -> Facts | None:
    """The record in `raw`, which should be one gzip member and has this sha256.

    None where it is too long to be held, or is not just one.

    BrokenWarc where it does not read.
    """
    machine = zlib.decompressobj(31)
    try:
        data = machine.decompress(raw, SPOOL_AT + _HEADER_LIMIT)
    except Exception as error:
        raise BrokenWarc(f"{name}, offset {offset}: no gzip member that reads ({error})") from error
    if not machine.eof or machine.unused_data:
        return None
    return _of_data(data, offset, len(raw), sha256, name)


def at(file: BinaryIO, offset: int, name: str) -> Facts | None:
    """The record of the member that begins at `offset`, whatever its length; None at the end of the file.

    Cut where the file ends within it, BrokenWarc where it does not read.
    """
    stream = _Stream(file, offset, name)
    data = stream.first(SPOOL_AT + _HEADER_LIMIT)
    if not stream.length:
        return None
    if stream.eof:
        return _of_data(data, offset, stream.length, stream.sha256(), name)
    return _of_stream(stream, data, offset, name)


class _Stream:
    """A gzip member as it is read: what it is made of is hashed on the way."""

    def __init__(self, file: BinaryIO, offset: int, name: str) -> None:
        self._file = file
        self._where = f"{name}, offset {offset}"
        self._machine: Any = zlib.decompressobj(31)
        self._hash = hashlib.sha256()
        self._raw = b""
        self._size = 64 * 1024
        self.length = 0
        file.seek(offset)

    @property
    def eof(self) -> bool:
        """Whether the member has come to its end."""
        return bool(self._machine.eof)

    def sha256(self) -> str:
        """Of the member, when it is read."""
        return self._hash.hexdigest()

    def first(self, size: int) -> bytes:
        """The first `size` bytes that are compressed in it, or all."""
        parts: list[bytes] = []
        while not self.eof and size > 0:
            piece = self.piece(min(size, _PIECE))
            if not piece and not self.length:
                break
            parts.append(piece)
            size -= len(piece)
        return b"".join(parts)

    def piece(self, most: int = _PIECE) -> bytes:
        """The next bytes; empty ones may come before the end."""
        if not self._raw:
            self._raw = self._file.read(self._size)
            self._size = _PIECE
            if not self._raw and self.length:
                data = bytes(self._machine.decompress(b"", most))  # what the machine holds back
                if data or self.eof:
                    return data
                raise Cut(f"{self._where}: the file ends within the record")
            if not self._raw:
                return b""
        raw = self._raw
        try:
            data = bytes(self._machine.decompress(raw, most))
        except Exception as error:
            raise BrokenWarc(f"{self._where}: no gzip member that reads ({error})") from error
        self._raw = bytes(self._machine.unconsumed_tail)
        left = len(self._machine.unused_data) if self.eof else len(self._raw)
        taken = raw[: len(raw) - left]
        self._hash.update(taken)
        self.length += len(taken)
        return data


def _of_data(data: bytes, offset: int, length: int, sha256: str, name: str) -> Facts:
    fields, start, wanted = _head(data, offset, name)
    if start + wanted + 4 != len(data) or not data.endswith(_END):
        raise BrokenWarc(f"{name}, offset {offset}: the record is not as long as its header says")
    block = data[start:-4]
    kind = fields.get("warc-type", "").lower()
    top = plain_head(block) if kind in ("response", "revisit") else 0
    payload = _payload(block, top) if kind == "response" else None
    digest = hashlib.sha256(block).hexdigest()
    return Facts(
        offset, length, sha256, fields, kind, _id(fields), _date(fields), block, top, wanted, digest, payload, len(data)
    )


def _id(fields: Fields) -> str:
    raw = fields.get("warc-record-id", "")
    return raw[1:-1] if _OUR_ID.fullmatch(raw) else raw.strip("<> ")


def _date(fields: Fields) -> str | None:
    raw = fields.get("warc-date", "")
    try:
        return raw if _OUR_DATE.fullmatch(raw) else iso(parse_iso(raw))
    except ValueError:
        return None


def _of_stream(stream: _Stream, data: bytes, offset: int, name: str) -> Facts:
    fields, start, wanted = _head(data, offset, name)
    begun = data[start : start + HEAD]
    entity: http1.Entity | None = None
    skip = 0
    kind = fields.get("warc-type", "").lower()
    if kind == "response":
        try:
            top = http1.parse_head(begun, "GET")
            entity, skip = http1.Entity(top), top.length
        except BrokenHttp:
            pass
    block, payload = hashlib.sha256(), hashlib.sha256()
    left, end, size = wanted, b"", 0
    piece = data[start:]
    while True:
        part = piece[:left]
        left -= len(part)
        block.update(part)
        end = (end + piece[len(part) :])[:8]
        size += len(piece)
        if size > wanted + 4:
            raise BrokenWarc(f"{name}, offset {offset}: the record is longer than its header says")
        if entity is not None:
            for one in entity.feed(part[skip:]):
                payload.update(one)
            skip -= min(skip, len(part))
        if stream.eof:
            break
        piece = stream.piece()
    if left or end != _END:
        raise BrokenWarc(f"{name}, offset {offset}: the record is not as long as its header says")
    if entity is not None:
        for one in entity.finish():
            payload.update(one)
    told = payload.hexdigest() if entity is not None else None
    place, whole = plain_head(begun) if kind == "response" else 0, start + wanted + 4
    sha256, own = stream.sha256(), block.hexdigest()
    return Facts(
        offset, stream.length, sha256, fields, kind, _id(fields), _date(fields), begun, place, wanted, own, told, whole
    )


def _head(data: bytes, offset: int, name: str) -> tuple[Fields, int, int]:
    end = data.find(_END, 0, _HEADER_LIMIT)
    if end < 0 or not data.startswith(b"WARC/"):
        raise BrokenWarc(f"{name}, offset {offset}: no WARC header")
    text = data[:end].decode("utf-8", "replace")
    lines = text.split("\r\n")
    fields: Fields = {}
    for line in lines[1:]:
        key, _, value = line.partition(": ")
        fields[key.lower()] = value
    if len(fields) != len(lines) - 1 or text.count(": ") < len(fields) or any(odd in text for odd in _ODD):
        fields = _fields(lines)
    wanted = fields.get("content-length", "")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19) or int(wanted) > _RECORD_LIMIT:
        raise BrokenWarc(f"{name}, offset {offset}: no Content-Length that reads")
    return fields, end + 4, int(wanted)


def _fields(lines: Sequence[str]) -> Fields:
    """Of a header that is not written as ours are: folded lines, blanks, repeated names, of which the first counts."""
    fields: list[tuple[str, list[str]]] = []
    parts: list[str] = []
    for line in lines[1:]:
        if line.startswith((" ", "\t")):
            parts.append(line.strip())
            continue
        key, colon, value = line.partition(":")
        parts = [value.strip()]
        if colon:
            fields.append((key.strip().lower(), parts))
    return {key: " ".join(parts) for key, parts in reversed(fields)}


def plain_head(block: bytes) -> int:
    """Where the body of an ordinary response begins, whose head any reading would read alike; 0 where it is not one."""
    if block[:7] != b"HTTP/1." or block[8:9] != b" " or block[9:10] == b"1" or not block[9:12].isdigit():
        return 0
    if block[12:13] not in (b" ", b"\r"):
        return 0
    end = block.find(b"\n\r\n", 0, _HEADER_LIMIT)
    if end < 0:
        return 0
    top = block[: end + 3]
    if b"\n\n" in top or b"\n " in top or b"\n\t" in top or top.count(b"\r") != top.count(b"\n"):
        return 0
    return end + 3


def _payload(block: bytes, start: int) -> str | None:
    """The digest of a response's entity."""
    if start and block[9:12] not in (b"204", b"205", b"304"):
        top = block[:start].lower()
        if b"\ntransfer-encoding" not in top:
            told = _LENGTH.search(top)
            plain = top.count(b"\ncontent-length") == (1 if told else 0)
            if plain and (told is None or int(told[1]) == len(block) - start):
                return hashlib.sha256(memoryview(block)[start:]).hexdigest()
    return payload_as(block, "GET")


def payload_as(block: bytes, method: str) -> str | None:
    """The digest of the entity that `block` holds as the answer to `method`; None where it is no HTTP."""
    try:
        top = http1.parse_head(block, method)
    except BrokenHttp:
        return None
    entity = http1.Entity(top)
    machine = hashlib.sha256()
    for piece in http1.entity_pieces(block, top, entity):
        machine.update(piece)
    return machine.hexdigest()
