"""Records as bytes: WARC 1.1 in each header, and nothing from outside that can forge one."""

from __future__ import annotations

import gzip
import hashlib
import subprocess
import sys
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.capture import TRUNCATIONS, Exchange
from archive.warc import record
from archive.warc.record import Record, fields, member, of_exchange, parse_fields

WHEN = datetime(2026, 11, 24, 1, 15, 2, 345678, UTC)
INFO = "urn:uuid:00000000-0000-0000-0000-0000000000ff"


def counter() -> Callable[[], UUID]:
    numbers = iter(range(1, 100))
    return lambda: UUID(int=next(numbers))


def exchange(
    *,
    url: str = "https://hanam.gov.vn/",
    request: bytes = b"GET / HTTP/1.1\r\n\r\n",
    response: bytes = b"HTTP/1.1 200 OK\r\n\r\nxin",
    ip: str | None = "10.0.0.1",
    truncated: str | None = None,
    failure: str | None = None,
) -> Exchange:
    return Exchange(url, "GET", request, response, WHEN, 42, ip, truncated, failure)


def header(found: Record, name: str) -> str | None:
    return dict(found.headers).get(name)


def heads(records: tuple[Record, ...]) -> list[list[bytes]]:
    return [one.encode().partition(b"\r\n\r\n")[0].split(b"\r\n") for one in records]


# of an exchange


def test_an_exchange_is_a_response_its_request_and_its_metadata() -> None:
    response, request, metadata = of_exchange(exchange(), {"verdict": "ok"}, INFO, counter())
    assert [one.type for one in (response, request, metadata)] == ["response", "request", "metadata"]
    assert header(response, "WARC-Concurrent-To") is None
    first = "<urn:uuid:00000000-0000-0000-0000-000000000001>"
    assert header(request, "WARC-Concurrent-To") == header(metadata, "WARC-Concurrent-To") == first
    assert {one.date for one in (response, request, metadata)} == {WHEN}
    for one in (response, request, metadata):
        assert header(one, "WARC-Target-URI") == "https://hanam.gov.vn/"
        assert header(one, "WARC-IP-Address") == "10.0.0.1"
        assert header(one, "WARC-Warcinfo-ID") == f"<{INFO}>"
    assert parse_fields(metadata.block) == {"fetchTimeMs": "42", "verdict": "ok"}


def test_a_failure_after_something_was_sent_is_request_and_metadata() -> None:
    request, metadata = of_exchange(exchange(response=b"", failure="reset"), {}, INFO, counter())
    assert (request.type, metadata.type) == ("request", "metadata")
    assert header(request, "WARC-Concurrent-To") is None
    assert header(metadata, "WARC-Concurrent-To") == f"<{request.id}>"
    assert parse_fields(metadata.block)["failure"] == "reset"


def test_a_failure_before_anything_was_sent_is_metadata_alone() -> None:
    (metadata,) = of_exchange(exchange(request=b"", response=b"", ip=None, failure="dns: no such host"), {}, INFO)
    assert metadata.type == "metadata"
    assert header(metadata, "WARC-Concurrent-To") is None
    assert header(metadata, "WARC-IP-Address") is None
    assert parse_fields(metadata.block)["failure"] == "dns: no such host"


@pytest.mark.parametrize("reason", TRUNCATIONS)
def test_a_response_cut_short_says_so_and_its_request_does_not(reason: str) -> None:
    response, request, metadata = of_exchange(exchange(truncated=reason), {}, INFO)
    assert header(response, "WARC-Truncated") == reason
    assert header(request, "WARC-Truncated") is None
    assert header(metadata, "WARC-Truncated") is None


def test_the_payload_is_what_was_in_the_chunks_before_gzip_is_undone() -> None:
    packed = gzip.compress(b"xin", mtime=0)
    block = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    block += b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    response = of_exchange(exchange(response=block), {}, INFO)[0]
    assert header(response, "WARC-Payload-Digest") == "sha256:" + hashlib.sha256(packed).hexdigest()


def test_a_response_that_is_no_http_has_no_payload() -> None:
    response = of_exchange(exchange(response=b"SSH-2.0-x\r\n"), {}, INFO)[0]
    assert header(response, "WARC-Payload-Digest") is None
    assert response.block == b"SSH-2.0-x\r\n"


# what comes from outside


@pytest.mark.parametrize(
    "breaker", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\r\n\r\n"]
)
def test_a_line_break_in_a_metadata_value_cannot_forge_a_field(breaker: str) -> None:
    block = fields([("via", f"x{breaker}verdict: ok"), ("verdict", "forbidden")])
    assert parse_fields(block) == {"via": "x verdict: ok", "verdict": "forbidden"}
    assert len(block.decode().splitlines()) == 2


@pytest.mark.parametrize(
    "text", ["two  blanks", "a tab\tinside", "no-break\xa0\xa0blank", "wide\u3000blank", '{"a":"b  c"}']
)
def test_the_blanks_in_a_metadata_value_were_run_together(text: str) -> None:
    assert parse_fields(fields([("title", text)])) == {"title": text}


def test_a_field_was_cut_where_only_python_breaks_lines() -> None:
    assert parse_fields("a: x\x85b: y\u2028c: z\r\n".encode()) == {"a": "x\x85b: y\u2028c: z"}


def test_half_a_surrogate_pair_in_metadata_raised() -> None:
    """A page's JSON may carry one in a title or a link."""
    assert parse_fields(fields([("via", "a\ud800b")])) == {"via": "a?b"}


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("http://h/a b", "http://h/a%20b"),
        ("http://h/a\r\nWARC-Type: request", "http://h/a%0D%0AWARC-Type:%20request"),
        ("http://h/a\r\n\r\nHTTP/1.1 200 OK", "http://h/a%0D%0A%0D%0AHTTP/1.1%20200%20OK"),
        ("http://h/\t\0\x7f\x85", "http://h/%09%00%7F%C2%85"),
        ("http://h/\u2028", "http://h/%E2%80%A8"),
        ("http://h/<a>", "http://h/%3Ca%3E"),
        ("http://h/ ", "http://h/%20"),
        ("http://h/\ud800", "http://h/%3F"),
        ("http://h/đ?a=%20|b", "http://h/đ?a=%20|b"),
    ],
)
def test_a_blank_or_a_line_break_in_a_url_broke_the_header(url: str, kept: str) -> None:
    for head in heads(of_exchange(exchange(url=url), {}, INFO)):
        assert [line for line in head if line.startswith(b"WARC-Target-URI")] == [f"WARC-Target-URI: {kept}".encode()]
        assert len([line for line in head if line.startswith(b"WARC-Type")]) == 1


@pytest.mark.parametrize("breaker", ["\r\n", "\n", "\r", "\0", "\u2028"])
def test_a_line_break_in_any_other_header_forged_one(breaker: str) -> None:
    clean = of_exchange(exchange(ip="10.0.0.1 X: y"), {}, INFO, counter())
    assert heads(of_exchange(exchange(ip=f"10.0.0.1{breaker}X: y"), {}, INFO, counter())) == heads(clean)


@settings(max_examples=150, deadline=None)
@given(st.text(), st.text(), st.dictionaries(st.sampled_from(["via", "verdict", "linkText"]), st.text()))
def test_no_text_from_outside_changes_how_many_headers_and_fields_there_are(
    url: str, failure: str, context: dict[str, str]
) -> None:
    records = of_exchange(exchange(url=url, failure=failure or None), context, INFO)
    plain = of_exchange(exchange(failure=failure and "x"), dict.fromkeys(context, "x"), INFO)
    for head, usual in zip(heads(records), heads(plain), strict=True):
        assert [line.split(b":")[0] for line in head] == [line.split(b":")[0] for line in usual]
    assert list(parse_fields(records[-1].block)) == list(parse_fields(plain[-1].block))


# gzip members


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=5000))
def test_a_member_is_gzip_without_time_or_name(data: bytes) -> None:
    packed = member(data)
    assert gzip.decompress(packed) == data
    assert packed == member(data)
    assert packed[:4] == b"\x1f\x8b\x08\x00"
    assert packed[4:8] == b"\0\0\0\0"
    machine = zlib.decompressobj(31)
    machine.decompress(packed)
    assert machine.eof
    assert not machine.unused_data


def test_a_machine_without_isal_writes_the_same_format() -> None:
    code = (
        "import sys; sys.modules['isal'] = None\n"
        "from archive.warc import record\n"
        "assert record.isal_zlib is None\n"
        "sys.stdout.buffer.write(record.member(b'xin') + record.member(b' chao'))"
    )
    root = Path(record.__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=root)
    assert gzip.decompress(done.stdout) == b"xin chao"
