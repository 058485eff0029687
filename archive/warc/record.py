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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from archive import http1
from archive.block import Block, head, pieces, whole
from archive.capture import Exchange
from archive.moment import iso
from archive.payload import Payload, digest_of, payload_of, sha1_of
from archive.warc.revisit import IDENTICAL, Revisit
from archive.warc.tls import cipher_suite, tls_fields, tls_protocol

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
    block: Block

    def encode(self, digest: str = "") -> bytes:
        """The record's bytes, uncompressed; `digest` spares making the block's once more."""
        return self.head(digest) + whole(self.block) + b"\r\n\r\n"

    def head(self, digest: str = "") -> bytes:
        """The record's header with the empty line that ends it."""
        lines = [
            "WARC/1.1",
            f"WARC-Type: {self.type}",
            f"WARC-Record-ID: <{self.id}>",
            f"WARC-Date: {iso(self.date)}",
            *(f"{name}: {_one_line(value)}" for name, value in self.headers),
            f"WARC-Block-Digest: {digest or digest_of(self.block)}",
            f"Content-Length: {len(self.block)}",
        ]
        return "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n\r\n"

    def members(self, digest: str = "") -> Iterator[bytes]:
        """The record as one gzip member, in pieces where its block lies in a file."""
        if isinstance(self.block, bytes):
            yield member(self.encode(digest))
            return
        machine = _compressor()
        yield machine.compress(self.head(digest))
        for piece in pieces(self.block):
            yield machine.compress(piece)
        yield machine.compress(b"\r\n\r\n") + machine.flush()


def sha256(data: bytes) -> str:
    """`sha256:` and the digest in lowercase hex."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def member(data: bytes) -> bytes:
    """`data` as one gzip member, the same bytes for the same data (no time, no name in its header)."""
    if isal_zlib is not None:
        return bytes(isal_zlib.compress(data, LEVEL, 31))
    machine = _compressor()
    return machine.compress(data) + machine.flush()


def _compressor() -> Any:
    if isal_zlib is not None:
        return isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, 31)
    return zlib.compressobj(6, zlib.DEFLATED, 31)


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


def warcinfo(filename: str, date: datetime, info: Mapping[str, str], new_id: NewId = uuid4) -> Record:
    """The record that opens every file."""
    headers = (("WARC-Filename", filename), ("Content-Type", "application/warc-fields"))
    return Record("warcinfo", urn(new_id), date, headers, fields(tuple(info.items())))


@dataclass(frozen=True, slots=True)
class Manner:
    """How the records of an exchange are written, beside what the exchange itself says.

    `payload` spares measuring it again; with `revisit`, the response becomes a revisit; `chain` keeps the certificates in
    this exchange's metadata record; `sha1` adds the base32 digest that other archives deduplicate by.
    """

    payload: Payload | None = None
    revisit: Revisit | None = None
    chain: bool = True
    sha1: bool = False


def of_exchange(
    exchange: Exchange,
    context: Mapping[str, str],
    warcinfo_id: str,
    new_id: NewId = uuid4,
    manner: Manner = Manner(),
) -> tuple[Record, ...]:
    """Response or revisit, request and metadata of one exchange, in the order they are written.

    All carry the date of the exchange's start.  `context` goes into the metadata record (via, verdict and the like).
    An exchange without a response yields its request, if any byte of it was sent, and the metadata that says why.
    """
    common: list[tuple[str, str]] = [("WARC-Target-URI", uri(exchange.url))]
    if exchange.ip:
        common.append(("WARC-IP-Address", exchange.ip))
    if exchange.tls:
        common.append(("WARC-Protocol", tls_protocol(exchange.tls)))
        if suite := cipher_suite(exchange.tls):
            common.append(("WARC-Cipher-Suite", suite))
    common.append(("WARC-Warcinfo-ID", f"<{warcinfo_id}>"))
    records: list[Record] = []
    if exchange.response:
        records.append(_response(exchange, common, manner, urn(new_id)))
    concurrent = [("WARC-Concurrent-To", f"<{record.id}>") for record in records]
    if exchange.request:
        headers = [*common, ("Content-Type", "application/http;msgtype=request"), *concurrent]
        records.append(Record("request", urn(new_id), exchange.started, tuple(headers), exchange.request))
        concurrent = concurrent or [("WARC-Concurrent-To", f"<{records[0].id}>")]
    pairs = [("fetchTimeMs", str(exchange.elapsed_ms)), *context.items()]
    if exchange.failure:
        pairs.append(("failure", exchange.failure))
    if exchange.tls:
        pairs += tls_fields(exchange.tls, manner.chain)
    if manner.revisit:
        pairs.append(("receivedBytes", str(len(exchange.response))))
    headers = [*common, ("Content-Type", "application/warc-fields"), *concurrent]
    records.append(Record("metadata", urn(new_id), exchange.started, tuple(headers), fields(pairs)))
    return tuple(records)


def of_dns(host: str, lines: Sequence[str], date: datetime, warcinfo_id: str, new_id: NewId = uuid4) -> Record:
    """The answer that a host's name got, as lines of a zone file (RFC 4027; WARC 1.1 section 6.4, "for 'dns' scheme")."""
    block = "".join(f"{_one_line(line)}\r\n" for line in lines).encode("utf-8", "replace")
    headers = (
        ("WARC-Target-URI", uri(f"dns:{host}")),
        ("WARC-Warcinfo-ID", f"<{warcinfo_id}>"),
        ("Content-Type", "text/dns"),
        ("WARC-Payload-Digest", digest_of(block)),
    )
    return Record("resource", urn(new_id), date, headers, block)


def _response(exchange: Exchange, common: Sequence[tuple[str, str]], manner: Manner, name: str) -> Record:
    payload = manner.payload or payload_of(exchange.response, exchange.method)
    headers = [*common, ("Content-Type", "application/http;msgtype=response")]
    block = exchange.response
    if (revisit := manner.revisit) is not None:
        block = _kept(exchange.response, revisit)
        headers += _repeats(revisit)
    else:
        headers += [("WARC-Payload-Digest", payload.digest)] if payload else []
        headers += [("WARC-Truncated", exchange.truncated)] if exchange.truncated else []
    if manner.sha1 and payload and (revisit is None or revisit.profile == IDENTICAL):
        headers.append(("WARC-Payload-Digest-SHA1", sha1_of(exchange.response, exchange.method)))
    return Record("revisit" if revisit else "response", name, exchange.started, tuple(headers), block)


def _repeats(revisit: Revisit) -> list[tuple[str, str]]:
    """What a revisit says of the record that it stands on, and that its own block is a head alone where it is."""
    target = revisit.target
    headers = [
        ("WARC-Profile", revisit.profile),
        ("WARC-Refers-To", f"<{target.record_id}>"),
        ("WARC-Refers-To-Target-URI", target.url),
        ("WARC-Refers-To-Date", iso(target.date)),
        ("WARC-Payload-Digest", target.digest),
    ]
    return [*headers, ("WARC-Truncated", "length")] if revisit.profile == IDENTICAL else headers


def _kept(response: Block, revisit: Revisit) -> bytes:
    """The head of the response as it came; a 304 is kept whole."""
    return _head_of(response) if revisit.profile == IDENTICAL else whole(response)


def _head_of(response: Block) -> bytes:
    start = head(response)
    return start[: http1.parse_head(start).length]


def as_json(value: object) -> str:
    """JSON in one line, for a value that a metadata field carries."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
