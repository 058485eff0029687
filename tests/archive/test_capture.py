"""A response block read as a person's browser would, and what the exchange was on the wire."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from archive.capture import Capture, Place, read_capture, wire_verdict

WHEN = datetime(2026, 11, 24, 1, 15, 2, tzinfo=UTC)
URL = "https://hanam.gov.vn/"


def read(block: bytes, *, truncated: bool = False) -> Capture:
    return read_capture(block, url=URL, fetch_time=WHEN, truncated=truncated)


def test_chunks_and_gzip_are_taken_off() -> None:
    packed = gzip.compress("Hà Nam".encode(), mtime=0)
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=utf-8\r\n"
    capture = read(head + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" + body)
    assert capture.body == "Hà Nam".encode()
    assert (capture.status, capture.whole, capture.mime) == (200, True, "text/html")
    assert capture.header("CONTENT-encoding") == "gzip"
    assert capture.header("Location") is None


def test_a_type_that_was_not_declared_is_empty() -> None:
    assert read(b"HTTP/1.1 200 OK\r\n\r\n").mime == ""


def test_bytes_that_are_no_http_become_a_capture_without_status_or_body() -> None:
    capture = read(b"SSH-2.0-OpenSSH_9.6\r\n")
    assert (capture.status, capture.headers, capture.body, capture.whole) == (0, (), b"", False)
    assert wire_verdict(capture) == "error"


def test_a_response_that_was_cut_off_is_not_whole_even_where_its_framing_cannot_tell() -> None:
    assert read(b"HTTP/1.0 200 OK\r\n\r\nhalf a pa").whole
    assert not read(b"HTTP/1.0 200 OK\r\n\r\nhalf a pa", truncated=True).whole


def test_what_was_asked_and_where_it_is_kept_go_along() -> None:
    place = Place("hanam/a.warc.gz", 12, 34, "urn:uuid:1")
    capture = read_capture(
        b"HTTP/1.1 204 No Content\r\n\r\n", url=URL, fetch_time=WHEN, method="POST", request_body=b"a=1", place=place
    )
    assert (capture.url, capture.fetch_time, capture.method) == (URL, WHEN, "POST")
    assert (capture.request_body, capture.place) == (b"a=1", place)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, "ok"),
        (206, "ok"),
        (301, "redirect"),
        (304, "not-modified"),
        (401, "forbidden"),
        (403, "forbidden"),
        (404, "missing"),
        (410, "gone"),
        (429, "throttled"),
        (503, "throttled"),
        (500, "error"),
        (400, "error"),
        (101, "error"),
    ],
)
def test_the_verdict_on_a_status(status: int, verdict: str) -> None:
    assert wire_verdict(read(b"HTTP/1.1 %d x\r\n\r\n" % status)) == verdict
