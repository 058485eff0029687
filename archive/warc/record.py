"""WARC/1.1 records as bytes: built from an exchange, one gzip member each.

A record is header, CRLF, block, CRLF CRLF (WARC 1.1, section 4).  Digests are lowercase-labelled sha256 in hex; the
block digest covers the block as it stands, the payload digest the entity body after transfer-encoding is removed and
before content-encoding is (section 5.9).
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from uuid import UUID, uuid4

from archive import http1
from archive.capture import Exchange
from archive.errors import BrokenHttp
from archive.moment import iso

try:
    from isal import isal_zlib
except ImportError:  # no wheel for this machine: zlib writes the same format, four times slower
    isal_zlib = None  # type: ignore[assignment]

LEVEL = 2
"""isal's level 2: 0.99 of zlib 6's size at ten times its speed, measured on pages and images."""

NewId = Callable[[], UUID]

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029]+")
_NOT_IN_URI = re.compile(r"[\x00-\x20\x7f-\xa0<>\s\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Record:
    """One record before it is compressed; `id` is the bare urn without angle brackets."""

    type: str
    id: str
    date: datetime
    headers: tuple[tuple[str, str], ...]
    block: bytes

    def encode(self) -> bytes:
        """The record's bytes, uncompressed."""
        lines = [
            "WARC/1.1",
            f"WARC-Type: {self.type}",
            f"WARC-Record-ID: <{self.id}>",
            f"WARC-Date: {iso(self.date)}",
            *(f"{name}: {_one_line(value)}" for name, value in self.headers),
            f"WARC-Block-Digest: {sha256(self.block)}",
            f"Content-Length: {len(self.block)}",
        ]
        return "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n\r\n" + self.block + b"\r\n\r\n"


def sha256(data: bytes) -> str:
    """`sha256:` and the digest in lowercase hex."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def member(data: bytes, level: int = LEVEL) -> bytes:
    """`data` as one gzip member, the same bytes for the same data (no time, no name in its header)."""
    if isal_zlib is not None:
        return bytes(isal_zlib.compress(data, level, 31))
    machine = zlib.compressobj(6, zlib.DEFLATED, 31)
    return machine.compress(data) + machine.flush()


def urn(new_id: NewId = uuid4) -> str:
    """A new record id."""
    return f"urn:uuid:{new_id()}"


def fields(pairs: Sequence[tuple[str, str]]) -> bytes:
    """`application/warc-fields`: a line a pair; line breaks inside a value become a space, so that none forges a field.

    So does any other control character but the tab, and half a surrogate pair a question mark.
    """
    return "".join(f"{name}: {_one_line(value)}\r\n" for name, value in pairs).encode("utf-8", "replace")


def parse_fields(block: bytes) -> dict[str, str]:
    """The pairs of an `application/warc-fields` block; the last of a repeated name counts."""
    pairs = (line.split(":", 1) for line in block.decode("utf-8", "replace").split("\n") if ":" in line)
    return {name.strip(): value.strip() for name, value in pairs}


def _one_line(value: str) -> str:
    return _CONTROL.sub(" ", value)


def uri(url: str) -> str:
    """`url` as WARC-Target-URI carries it: what would end or break the header is percent-encoded, all else stays."""
    return _NOT_IN_URI.sub(lambda sign: quote(sign[0], safe="", errors="replace"), url)


def payload_digest(response: bytes, method: str) -> str | None:
    """The digest of the dechunked entity of a response block, or None where the block is no HTTP."""
    try:
        return sha256(http1.parse_response(response, method).entity)
    except BrokenHttp:
        return None


def warcinfo(filename: str, date: datetime, info: Mapping[str, str], new_id: NewId = uuid4) -> Record:
    """The record that opens every file."""
    headers = (("WARC-Filename", filename), ("Content-Type", "application/warc-fields"))
    return Record("warcinfo", urn(new_id), date, headers, fields(tuple(info.items())))


def of_exchange(
    exchange: Exchange, context: Mapping[str, str], warcinfo_id: str, new_id: NewId = uuid4
) -> tuple[Record, ...]:
    """Response, request and metadata of one exchange, in the order they are written.

    All carry the date of the exchange's start.  `context` goes into the metadata record (via, verdict and the like).
    An exchange without a response yields its request, if any byte of it was sent, and the metadata that says why.
    """
    common: list[tuple[str, str]] = [("WARC-Target-URI", uri(exchange.url))]
    if exchange.ip:
        common.append(("WARC-IP-Address", exchange.ip))
    common.append(("WARC-Warcinfo-ID", f"<{warcinfo_id}>"))
    records: list[Record] = []
    if exchange.response:
        headers = [*common, ("Content-Type", "application/http;msgtype=response")]
        if digest := payload_digest(exchange.response, exchange.method):
            headers.append(("WARC-Payload-Digest", digest))
        if exchange.truncated:
            headers.append(("WARC-Truncated", exchange.truncated))
        records.append(Record("response", urn(new_id), exchange.started, tuple(headers), exchange.response))
    if exchange.request:
        headers = [*common, ("Content-Type", "application/http;msgtype=request")]
        if records:
            headers.append(("WARC-Concurrent-To", f"<{records[0].id}>"))
        records.append(Record("request", urn(new_id), exchange.started, tuple(headers), exchange.request))
    pairs = [("fetchTimeMs", str(exchange.elapsed_ms)), *context.items()]
    if exchange.failure:
        pairs.append(("failure", exchange.failure))
    headers = [*common, ("Content-Type", "application/warc-fields")]
    if records:
        headers.append(("WARC-Concurrent-To", f"<{records[0].id}>"))
    records.append(Record("metadata", urn(new_id), exchange.started, tuple(headers), fields(pairs)))
    return tuple(records)


def as_json(value: object) -> str:
    """JSON in one line, for a value that a metadata field carries."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
