"""One exchange with a server: as it crossed the wire (Exchange) and as it is kept and read (Capture)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archive import http1
from archive.errors import BrokenHttp

TRUNCATIONS = ("length", "time", "disconnect", "unspecified")
"""The reasons of WARC 1.1 section 5.13."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """The bytes of one exchange.

    `started` is aware, the moment the first byte was sent; `elapsed_ms` runs from there to the response's last byte.
    `truncated` is one of TRUNCATIONS, or None where the response came whole.  `failure` says why there is no response
    (`response` is then empty) and is None otherwise.  `ip` is the server's address, None where none was reached.
    """

    url: str
    method: str
    request: bytes
    response: bytes
    started: datetime
    elapsed_ms: int
    ip: str | None
    truncated: str | None = None
    failure: str | None = None


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
    (transfer- and content-encoding removed); `whole` is false where some of it is missing.
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

    def header(self, name: str) -> str | None:
        """The first value of a response header, or None."""
        return http1.first(self.headers, name)

    @property
    def mime(self) -> str:
        """The media type that the server declared, in lower case without parameters; empty where it declared none."""
        return (self.header("content-type") or "").split(";", 1)[0].strip().lower()


def read_capture(
    block: bytes,
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
        response = http1.parse_response(block, method)
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
    )


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
