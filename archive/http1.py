"""A raw HTTP/1 message, as it crossed the wire, taken apart.  Pure, and lenient as browsers are.

One reading serves the live crawl, re-extraction and audit.  Three layers are kept apart: the *block* (the bytes of the
wire), the *entity* (the block's body with transfer-encoding removed: what a payload digest covers, WARC 1.1 section
5.9) and the *content* (the entity with content-encoding removed: what a person reads).
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

import brotli

from archive.errors import BrokenHttp

CONTENT_LIMIT = 64 * 1024 * 1024
"""Bytes of decoded content read at most: a decompression bomb is kept as bytes and read up to here."""

_STATUS_LINE = re.compile(rb"HTTP/(\d)\.?(\d)?[ \t]+(\d{3})(?!\d)[ \t]*(.*)", re.DOTALL)
_REQUEST_LINE = re.compile(rb"(\S+)[ \t]+(\S.*)", re.DOTALL)
_VERSION = re.compile(rb"[ \t]HTTP/\d\.\d")
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]+")
_TORN_SIZE = re.compile(rb"(?:[0-9A-Fa-f]+[ \t]*(?:;.*|\r)?)?")
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


def parse_response(block: bytes, method: str = "GET") -> Response:
    """The final response in `block`; interim ones (1xx) before it are passed over.  BrokenHttp if there is none."""
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
    if method == "HEAD" or status in _BODILESS or status == 101:
        return Response(status, _latin(match[4]), headers, b"", ended)
    entity, complete = _entity(block[body:], headers)
    return Response(status, _latin(match[4]), headers, entity, complete and ended)


def parse_request(block: bytes) -> Request:
    """The request in `block`; BrokenHttp if it has no request line."""
    line, headers, body, _ = _head(block, 0)
    match = _REQUEST_LINE.fullmatch(line)
    if match is None:
        raise BrokenHttp(f"no HTTP request line, but {line[:60]!r}")
    target = match[2].rstrip(b" \t")
    if _VERSION.fullmatch(target[-9:]):
        target = target[:-9].rstrip(b" \t")
    entity, _ = _entity(block[body:], headers) if first(headers, "transfer-encoding") else (block[body:], True)
    return Request(_latin(match[1]), _latin(target), headers, entity)


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


def _entity(body: bytes, headers: Headers) -> tuple[bytes, bool]:
    if any(coding.split(";")[0].rstrip() == "chunked" for coding in _listed(headers, "transfer-encoding")):
        return _dechunk(body)
    length = next(iter(_listed(headers, "content-length")), "")
    if length.isascii() and length.isdigit():
        digits = length.lstrip("0") or "0"
        if len(digits) > 18:  # more than any message has, and int() refuses some
            return body, False
        return body[: int(digits)], len(body) >= int(digits)
    return body, True


def _dechunk(body: bytes) -> tuple[bytes, bool]:
    """The chunks' data joined (RFC 9112 section 7.1), extensions and trailers left out, and whether all were there."""
    parts: list[bytes] = []
    position = 0
    while True:
        end = body.find(b"\n", position)
        if end < 0 and (parts or _TORN_SIZE.fullmatch(body, position)):
            return b"".join(parts), False
        size_text = body[position : max(end, position)].split(b";", 1)[0].strip()
        if not _CHUNK_SIZE.fullmatch(size_text):  # not chunked after all, or damaged: what stands here is all there is
            return (b"".join(parts), False) if parts else (body, False)
        size = int(size_text, 16)
        position = end + 1
        if size == 0:
            return b"".join(parts), True
        chunk = body[position : position + size]
        parts.append(chunk)
        if len(chunk) < size:
            return b"".join(parts), False
        position += size
        if body[position : position + 2] == b"\r\n":
            position += 2
        elif body[position : position + 1] == b"\n":
            position += 1


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
