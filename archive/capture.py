"""One exchange with a server: as it crossed the wire (Exchange) and as it is kept and read (Capture)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from archive import http1
from archive.block import Block, Spool, head
from archive.errors import BrokenHttp
from archive.payload import Payload, payload_of

TRUNCATIONS = ("length", "time", "disconnect", "unspecified")
"""The reasons of WARC 1.1 section 5.13."""


_UNREAD = 1024 * 1024
"""Bytes that are looked at of a spooled body that is no text: an image tells its size there."""


@dataclass(frozen=True, slots=True)
class Tls:
    """What secured a connection: protocol and cipher as OpenSSL calls them, and the server's certificates (DER, its own
    first), empty where they are not at hand.  `accepted` are the faults of these that the portal's file accepts; with any,
    nobody vouches for who answered."""

    protocol: str
    cipher: str
    chain: tuple[bytes, ...] = ()
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """The bytes of one exchange.

    `started` is aware, the moment the first byte was sent; `elapsed_ms` runs from there to the response's last byte.
    `truncated` is one of TRUNCATIONS, or None where the response came whole.  `failure` says why there is no response
    (`response` is then empty) and is None otherwise.  `ip` is the server's address, None where none was reached.
    `received` is the number of bytes that came, where `response` is not all of them: a revisit keeps its head alone.
    """

    url: str
    method: str
    request: bytes
    response: Block
    started: datetime
    elapsed_ms: int
    ip: str | None
    truncated: str | None = None
    failure: str | None = None
    tls: Tls | None = None
    received: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record is kept: file name relative to the store's `warc/`, offset and length of its gzip member."""

    warc_filename: str
    offset: int
    length: int
    record_id: str


@dataclass(frozen=True, slots=True)
class Capture:
    """A response as it is read: what `extract()` gets, live, from a WARC or from a file of HTML.

    `url` is as requested.  `fetch_time` is aware.  `body` is the content as a person's browser would get it
    (transfer- and content-encoding removed); `whole` is false where some of it is missing.  `payload` is None where the
    bytes are no HTTP.  A capture that repeats another is `revisit_of` that record, and has its body; `status` is its own.
    """

    url: str
    fetch_time: datetime
    status: int
    headers: http1.Headers
    body: bytes
    whole: bool = True
    method: str = "GET"
    request_body: bytes = b""
    place: Place | None = None
    payload: Payload | None = None
    revisit_of: str | None = None

    def header(self, name: str) -> str | None:
        """The first value of a response header, or None."""
        return http1.first(self.headers, name)

    @property
    def mime(self) -> str:
        """The media type that the server declared, in lower case without parameters; empty where it declared none."""
        return (self.header("content-type") or "").split(";", 1)[0].strip().lower()

    @property
    def shown(self) -> Capture:
        """The capture as the page it stands for: "not modified" is what was there before."""
        return replace(self, status=200) if self.status == 304 and self.revisit_of else self


def read_capture(
    block: Block,
    *,
    url: str,
    fetch_time: datetime,
    method: str = "GET",
    request_body: bytes = b"",
    truncated: bool = False,
    place: Place | None = None,
) -> Capture:
    """The capture whose response block is `block`; a block that is no HTTP becomes one with status 0 and no body."""
    try:
        response = http1.parse_response(block, method, _limit(block, method))
    except BrokenHttp:
        return Capture(url, fetch_time, 0, (), b"", False, method, request_body, place)
    body, whole = http1.content(response)
    return Capture(
        url=url,
        fetch_time=fetch_time,
        status=response.status,
        headers=response.headers,
        body=body,
        whole=whole and not truncated,
        method=method,
        request_body=request_body,
        place=place,
        payload=payload_of(block, method),
    )


def capture_of(exchange: Exchange, place: Place | None) -> Capture | None:
    """The response of an exchange as it is read; None where there was none."""
    if not exchange.response:
        return None
    try:
        body = http1.parse_request(exchange.request).entity if exchange.request else b""
    except BrokenHttp:
        body = b""
    return read_capture(
        exchange.response,
        url=exchange.url,
        fetch_time=exchange.started,
        method=exchange.method,
        request_body=body,
        truncated=exchange.truncated is not None,
        place=place,
    )


def read_revisit(
    block: Block, target: Block, *, url: str, fetch_time: datetime, place: Place | None = None, revisit_of: str
) -> Capture:
    """The capture whose own block is only the head of a response, or a 304, and whose payload is in the block `target`."""
    try:
        top = http1.parse_head(head(block))
        response = http1.parse_response(target, "GET", _limit(target, "GET"))
    except BrokenHttp:
        return Capture(url, fetch_time, 0, (), b"", False, place=place)
    headers = _freshened(top.headers, response.headers) if top.status == 304 else top.headers
    body, whole = http1.content(replace(response, headers=headers))
    payload = payload_of(target, "GET")
    return Capture(url, fetch_time, top.status, headers, body, whole, "GET", b"", place, payload, revisit_of)


def _limit(block: Block, method: str) -> int:
    if not isinstance(block, Spool):
        return http1.CONTENT_LIMIT
    kind = (http1.first(http1.parse_head(block.head, method).headers, "content-type") or "").lower()
    return http1.CONTENT_LIMIT if kind.startswith("text/") or "html" in kind or "xml" in kind else _UNREAD


def _freshened(told: http1.Headers, kept: http1.Headers) -> http1.Headers:
    """The headers of what a 304 says is unchanged: what describes the content is the kept response's, the rest is told."""
    names = {name.lower() for name, _ in told}
    own = tuple(pair for pair in told if not _describes(pair[0]))
    validators = {"etag", "last-modified"} - names
    return own + tuple(pair for pair in kept if _describes(pair[0]) or pair[0].lower() in validators)


def _describes(name: str) -> bool:
    return name.lower().startswith("content-") or name.lower() == "transfer-encoding"


def wire_verdict(capture: Capture) -> str:
    """What the exchange was on the wire: ok, redirect, not-modified, gone, missing, forbidden, throttled, error.

    429 and 503 are the server asking for patience; 401 and 403 are an answer (unpublished pages give them).
    """
    status = capture.status
    if status == 0:
        return "error"
    if status == 304:
        return "not-modified"
    if 200 <= status < 300:
        return "ok"
    if 300 <= status < 400:
        return "redirect"
    known = {401: "forbidden", 403: "forbidden", 404: "missing", 410: "gone", 429: "throttled", 503: "throttled"}
    return known.get(status, "error")
