"""A raw HTTP/1 message, as it crossed the wire, taken apart.  Pure, and lenient as browsers are.

One reading serves the live crawl, re-extraction and audit.  Three layers are kept apart: the *block* (the bytes of the
wire), the *entity* (the block's body with transfer-encoding removed: what a payload digest covers, WARC 1.1 section
5.9) and the *content* (the entity with content-encoding removed: what a person reads).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import brotli

from archive.block import Block, Spool, head, pieces
from archive.chunks import Chunks
from archive.errors import BrokenHttp

CONTENT_LIMIT = 16 * 1024 * 1024
"""Bytes of an entity, and of its decoded content, that are read at most: a bomb is kept as bytes and read up to here."""

_STATUS_LINE = re.compile(rb"HTTP/(\d)\.?(\d)?[ \t]+(\d{3})(?!\d)[ \t]*(.*)", re.DOTALL)
_REQUEST_LINE = re.compile(rb"(\S+)[ \t]+(\S.*)", re.DOTALL)
_VERSION = re.compile(rb"[ \t]HTTP/\d\.\d")
_BODILESS = {204, 205, 304}
_CODINGS_LIMIT = 5  # as in curl: more codings on one entity are an attack
_PIECE = 16 * 1024

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Response:
    """A response: `entity` is dechunked, `complete` is false where the framing promised more than there was."""

    status: int
    reason: str
    headers: Headers
    entity: bytes
    complete: bool

    def header(self, name: str) -> str | None:
        """The first value of a header, or None."""
        return first(self.headers, name)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it was sent; `target` is what stood in its request line."""

    method: str
    target: str
    headers: Headers
    entity: bytes


def first(headers: Headers, name: str) -> str | None:
    """The first value of a header, by its name in any case, or None."""
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a response: `length` bytes of the block, interim responses (1xx) before it included.

    `ended` is false where no empty line ends it; `bodiless` is true where nothing behind it is a body.
    """

    status: int
    reason: str
    headers: Headers
    length: int
    ended: bool
    bodiless: bool


def parse_head(block: bytes, method: str = "GET") -> Head:
    """The final response's head in `block`; interim ones before it are passed over.  BrokenHttp if there is none."""
    start = 0
    while True:
        line, headers, body, ended = _head(block, start)
        match = _STATUS_LINE.match(line)
        if match is None:
            raise BrokenHttp(f"no HTTP status line, but {line[:60]!r}")
        status = int(match[3])
        if not 100 <= status < 200 or status == 101:
            break
        start = body
    bodiless = method == "HEAD" or status in _BODILESS or status == 101
    return Head(status, _latin(match[4]), headers, body, ended, bodiless)


class Entity:
    """The entity of a message whose body comes piece by piece; `complete` once it is known to be all of it."""

    def __init__(self, head: Head) -> None:
        self._head = head
        self._chunks = Chunks() if _is_chunked(head.headers) else None
        self._left = 0 if head.bodiless else _length(head.headers)
        self._surplus = False

    @property
    def plain(self) -> bool:
        """Whether head and entity tell every byte of the message: nothing else stands in its framing or behind it."""
        return not self._surplus and (self._chunks is None or self._head.bodiless or self._chunks.plain)

    @property
    def complete(self) -> bool:
        """Whether the framing got all that it promised."""
        if self._head.bodiless:
            return self._head.ended
        whole = self._chunks.complete if self._chunks else not self._left
        return whole and self._head.ended

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What the next bytes of the body add to the entity."""
        if self._head.bodiless:
            self._surplus = self._surplus or bool(data)
            return
        if self._chunks:
            yield from self._chunks.feed(data)
        elif self._left is None:
            yield data
        elif data:
            piece = data[: self._left]
            self._left -= len(piece)
            self._surplus = self._surplus or len(piece) < len(data)
            if piece:
                yield piece

    def finish(self) -> Iterator[bytes]:
        """What the end of the body adds."""
        if self._chunks and not self._head.bodiless:
            yield from self._chunks.finish()


def entity_pieces(block: Block, top: Head, entity: Entity) -> Iterator[bytes]:
    """The entity of a block, piece by piece; `entity.complete` holds when they are all taken."""
    skip = top.length
    for piece in pieces(block):
        body = piece[skip:]
        skip -= len(piece) - len(body)
        yield from entity.feed(body)
    yield from entity.finish()


def parse_response(block: Block, method: str = "GET", limit: int = CONTENT_LIMIT) -> Response:
    """The final response in `block`.  BrokenHttp if there is none.

    Of a block that lies in a file, `limit` bytes of the entity are read at most; what is cut off makes it incomplete.
    """
    top = parse_head(head(block), method)
    entity = Entity(top)
    parts: list[bytes] = []
    size = 0
    for piece in entity_pieces(block, top, entity):
        parts.append(piece)
        size += len(piece)
        if size > limit and isinstance(block, Spool):
            data = b"".join(parts)[:limit]
            return Response(top.status, top.reason, top.headers, data, False)
    return Response(top.status, top.reason, top.headers, b"".join(parts), entity.complete)


def parse_request(block: bytes) -> Request:
    """The request in `block`; BrokenHttp if it has no request line."""
    line, headers, body, _ = _head(block, 0)
    match = _REQUEST_LINE.fullmatch(line)
    if match is None:
        raise BrokenHttp(f"no HTTP request line, but {line[:60]!r}")
    target = match[2].rstrip(b" \t")
    if _VERSION.fullmatch(target[-9:]):
        target = target[:-9].rstrip(b" \t")
    return Request(_latin(match[1]), _latin(target), headers, _request_entity(block[body:], headers))


def content(response: Response, limit: int = CONTENT_LIMIT) -> tuple[bytes, bool]:
    """The entity with content-encoding removed, and whether that is all of it.

    A coding that is unknown, or damaged from its start, leaves the entity as it is: the bytes are all we have.
    """
    data, whole = response.entity, response.complete
    codings = _listed(response.headers, "content-encoding")
    if len(codings) > _CODINGS_LIMIT:
        return data[:limit], False
    for coding in reversed(codings):
        decoded = _decode(data, coding, limit)
        if decoded is None:
            return data[:limit], False
        data, ended = decoded
        whole = whole and ended
    return data[:limit], whole and len(data) <= limit


def _head(block: bytes, start: int) -> tuple[bytes, Headers, int, bool]:
    """Start line, headers, the offset of the body, and whether an empty line ended the head.

    Lines end in CRLF or LF; a line without a name and a colon is passed over, with the lines folded into it.
    """
    lines: list[bytes] = []
    position = start
    ended = False
    while position < len(block):
        end = block.find(b"\n", position)
        if end < 0:
            lines.append(block[position:])
            position = len(block)
            break
        line = block[position:end].removesuffix(b"\r")
        position = end + 1
        if not line and lines:
            ended = True
            break
        if line:  # RFC 9112 section 2.2: empty lines before the start line are ignored
            lines.append(line)
    if not lines:
        raise BrokenHttp("an empty HTTP message")
    fields: list[tuple[bytes, list[bytes]]] = []
    value: list[bytes] = []  # what a folded line continues; RFC 9112 section 2.2: before the first field, nothing
    for line in lines[1:]:
        if line.startswith((b" ", b"\t")):
            value.append(line.strip())
            continue
        name, colon, rest = line.partition(b":")
        value = [rest.strip()]
        if colon and name.strip():
            fields.append((name.strip(), value))
    headers = tuple((_latin(name), _latin(b" ".join(part for part in value if part))) for name, value in fields)
    return lines[0], headers, position, ended


def _listed(headers: Headers, name: str) -> list[str]:
    """The members of a comma-separated header in lower case; several lines of it are one list (RFC 9110, 5.3)."""
    values = ",".join(value for key, value in headers if key.lower() == name)
    return [member for part in values.split(",") if (member := part.strip().lower())]


def _request_entity(body: bytes, headers: Headers) -> bytes:
    if not _is_chunked(headers):
        return body
    chunks = Chunks()
    return b"".join((*chunks.feed(body), *chunks.finish()))


def _is_chunked(headers: Headers) -> bool:
    return any(coding.split(";")[0].rstrip() == "chunked" for coding in _listed(headers, "transfer-encoding"))


def _length(headers: Headers) -> int | None:
    """The bytes that Content-Length promises; None where the body goes on until the connection ends."""
    length = next(iter(_listed(headers, "content-length")), "")
    if not (length.isascii() and length.isdigit()):
        return None
    digits = length.lstrip("0") or "0"
    return int(digits[:19])  # more digits than any message has, and int() refuses some: it will not be complete


def _decode(data: bytes, coding: str, limit: int) -> tuple[bytes, bool] | None:
    if not data or coding == "identity":  # an empty entity is often labelled, and no coding of nothing
        return data, True
    if coding in ("gzip", "x-gzip"):
        return _inflate(data, 31, limit)
    if coding == "deflate":  # zlib by the letter of RFC 9110, raw as some servers send it
        return _inflate(data, 15, limit) or _inflate_raw(data, limit)
    if coding == "br":
        return _unbrotli(data, limit)
    return None


def _inflate(data: bytes, wbits: int, limit: int) -> tuple[bytes, bool] | None:
    """What can be had of a stream and whether that is all of it; None if it breaks before it gives anything."""
    machine = zlib.decompressobj(wbits)
    out: list[bytes] = []
    size = position = 0
    while position < len(data):  # in pieces, so that a million members of nothing are not copied a million times
        piece = data[position : position + _PIECE]
        before = machine.copy()
        try:
            out.append(machine.decompress(piece, limit + 1 - size))
        except zlib.error:
            out.append(_up_to_break(before, piece, limit + 1 - size))
            return (b"".join(out), False) if any(out) else None
        size += len(out[-1])
        if size > limit:
            return b"".join(out), False
        position += len(piece) - len(machine.unused_data)
        if machine.eof:
            if wbits != 31 or data[position : position + 2] != b"\x1f\x8b":  # only gzip may have further members
                return b"".join(out), True
            machine = zlib.decompressobj(wbits)
    return b"".join(out), False


def _up_to_break(machine: zlib._Decompress, piece: bytes, limit: int) -> bytes:
    """What `piece` gives before the byte that breaks it."""
    out = bytearray()
    try:
        for start in range(len(piece)):
            if len(out) >= limit:
                break
            out += machine.decompress(piece[start : start + 1], limit - len(out))
    except zlib.error:
        pass  # the break itself: what came before it is the answer
    return bytes(out)


def _inflate_raw(data: bytes, limit: int) -> tuple[bytes, bool] | None:
    """A raw stream has no signature: one that breaks, does not pack, or ends before its data does, is mere text."""
    machine = zlib.decompressobj(-15)
    try:
        out = machine.decompress(data, limit + 1)
    except zlib.error:
        return None
    if machine.unused_data or not (machine.eof or len(out) >= len(data)):
        return None
    return out, machine.eof and len(out) <= limit


def _unbrotli(data: bytes, limit: int) -> tuple[bytes, bool] | None:
    machine = brotli.Decompressor()
    out: list[bytes] = []
    size = 0
    for start in range(0, len(data), 4096):
        piece = data[start : start + 4096]
        while True:
            try:  # without a limit for each step, 4 KB may become as many GB
                out.append(machine.process(piece, output_buffer_limit=limit + 1 - size))
            except brotli.error:
                return (b"".join(out), False) if size else None
            size += len(out[-1])
            if size > limit:
                return b"".join(out), False
            if machine.is_finished():
                return b"".join(out), True
            if machine.can_accept_more_data():
                break
            piece = b""
    return b"".join(out), False


def _latin(raw: bytes) -> str:
    return raw.decode("latin-1")
