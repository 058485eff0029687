"""HTTP/1 messages taken apart as RFC 9112 says, leniently, and never with another error than BrokenHttp."""

from __future__ import annotations

import gzip
import time
from contextlib import suppress

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import http1
from archive.errors import BrokenHttp

OK = b"HTTP/1.1 200 OK\r\n"
MODEST = settings(max_examples=150, deadline=None)

PIECES = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.0 302\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n",
        b"GET /x HTTP/1.1\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Length: 5\r\n",
        b"Content-Length: 99999999999999999999\r\n",
        b"Content-Encoding: gzip\r\n",
        b"Content-Encoding: deflate, br\r\n",
        b" folded\r\n",
        b": nameless\r\n",
        b"\r\n",
        b"\n",
        b"\r",
        b"0\r\n\r\n",
        b"5\r\nhello\r\n",
        b"ffffffffffffffffffffff\r\n",
        b"-1\r\n",
        b"1_0\r\n",
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
        b"\x78\x9c",
        gzip.compress(b"content", mtime=0),
        brotli.compress(b"content"),
    ]
)
MESSAGES = st.lists(PIECES | st.binary(max_size=8), max_size=12).map(b"".join)


def response(*headers: bytes, body: bytes = b"") -> http1.Response:
    return http1.parse_response(OK + b"".join(header + b"\r\n" for header in headers) + b"\r\n" + body)


def chunked(parts: list[bytes]) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


# properties


@MODEST
@given(MESSAGES | st.binary(max_size=200))
def test_no_bytes_raise_anything_but_broken_http(block: bytes) -> None:
    with suppress(BrokenHttp):
        for method in ("GET", "HEAD"):
            body, _ = http1.content(http1.parse_response(block, method), 1000)
            assert len(body) <= 1000
    with suppress(BrokenHttp):
        http1.parse_request(block)


@MODEST
@given(st.lists(st.binary(min_size=1, max_size=40), max_size=8))
def test_chunks_join_to_what_was_split(parts: list[bytes]) -> None:
    whole = response(b"Transfer-Encoding: chunked", body=chunked(parts))
    assert (whole.entity, whole.complete) == (b"".join(parts), True)


@MODEST
@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=5), st.data())
def test_chunks_cut_anywhere_give_a_beginning_and_say_it_is_not_all(parts: list[bytes], data: st.DataObject) -> None:
    body = chunked(parts)
    cut = data.draw(st.integers(0, len(body) - len(b"0\r\n\r\n")))
    torn = response(b"Transfer-Encoding: chunked", body=body[:cut])
    assert b"".join(parts).startswith(torn.entity)
    assert not torn.complete


# start line and headers


def test_a_response_is_taken_apart() -> None:
    got = http1.parse_response(b"HTTP/1.1 404 Not  Found\r\nA: 1\r\nb:2\r\na: 3\r\nContent-Length: 2\r\n\r\nno")
    assert (got.status, got.reason, got.entity, got.complete) == (404, "Not  Found", b"no", True)
    assert got.headers == (("A", "1"), ("b", "2"), ("a", "3"), ("Content-Length", "2"))
    assert (got.header("a"), got.header("B"), got.header("c")) == ("1", "2", None)


@pytest.mark.parametrize(
    "line", [b"HTTP/1.1 200 OK", b"HTTP/1.1 200 ", b"HTTP/1.1 200", b"HTTP/1.0  200 OK", b"HTTP/2 200"]
)
def test_status_lines_that_servers_send(line: bytes) -> None:
    assert http1.parse_response(line + b"\r\n\r\nx").status == 200


@pytest.mark.parametrize(
    "block", [b"", b"\r\n\r\n", b"<html>", b"HTTP/1.1 20\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"ICY 200 OK\r\n"]
)
def test_what_has_no_status_line_is_broken(block: bytes) -> None:
    with pytest.raises(BrokenHttp):
        http1.parse_response(block)


def test_a_status_of_four_digits_was_read_as_its_first_three() -> None:
    with pytest.raises(BrokenHttp):
        http1.parse_response(b"HTTP/1.1 2000 OK\r\n\r\n")


def test_interim_responses_before_the_final_one_are_passed_over() -> None:
    hints = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    final = OK + b"Content-Length: 2\r\n\r\n"
    got = http1.parse_response(hints + final + b"hi")
    assert (got.status, got.entity, got.header("Link")) == (200, b"hi", None)


def test_an_interim_response_alone_is_none() -> None:
    with pytest.raises(BrokenHttp):
        http1.parse_response(b"HTTP/1.1 100 Continue\r\n\r\n")


def test_switching_protocols_is_final() -> None:
    got = http1.parse_response(b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x05hello")
    assert (got.status, got.entity) == (101, b"")


def test_lines_may_end_in_lf_alone_and_empty_ones_may_come_first() -> None:
    got = http1.parse_response(b"\r\n\nHTTP/1.1 200 OK\nA: 1\n\nbody")
    assert (got.status, got.headers, got.entity) == (200, (("A", "1"),), b"body")


def test_a_folded_line_goes_on_with_the_value_before_it() -> None:
    assert response(b"A: one", b"   two", b"\tthree", b"B: x").headers == (("A", "one two three"), ("B", "x"))


def test_lines_without_a_colon_are_passed_over() -> None:
    assert response(b"A: 1", b"nonsense", b"B: 2").headers == (("A", "1"), ("B", "2"))


def test_a_line_folded_into_a_malformed_one_was_added_to_the_header_before() -> None:
    assert response(b"A: 1", b"nonsense", b" more of it", b"B: 2").headers == (("A", "1"), ("B", "2"))


def test_a_folded_line_before_the_first_header_was_read_as_one() -> None:
    """RFC 9112 section 2.2: such lines are ignored."""
    assert response(b" Content-Length: 1", b"A: 1", body=b"all").entity == b"all"


def test_a_header_without_a_name_was_kept() -> None:
    assert response(b": x", b" : y", b"A: 1").headers == (("A", "1"),)


def test_names_and_values_lose_their_blanks_and_keep_their_colons() -> None:
    assert response(b"A : x:y ", b"B:", b"C:\t").headers == (("A", "x:y"), ("B", ""), ("C", ""))


def test_every_byte_of_a_value_is_a_latin_1_letter() -> None:
    raw = bytes(range(0x80, 0x100)).replace(b"\x85", b"").replace(b"\xa0", b"")
    got = http1.parse_response(b"HTTP/1.1 200 \xc4\xe0\r\nLocation: /t" + raw + b"\r\n\r\n")
    assert (got.header("Location") or "").encode("latin-1") == b"/t" + raw
    assert got.reason.encode("latin-1") == b"\xc4\xe0"


def test_a_head_that_was_cut_off_was_complete() -> None:
    """RFC 9112 section 8: a message whose header section ends without an empty line is incomplete."""
    assert not http1.parse_response(OK + b"Content-Type: text/ht").complete
    assert not http1.parse_response(OK + b"Content-Length: 0\r\n").complete
    assert not http1.parse_response(b"HTTP/1.1 304 Not Modified\r\n").complete
    assert http1.parse_response(b"HTTP/1.1 304 Not Modified\r\n\r\n").complete


def test_a_head_of_many_folded_lines_took_quadratic_time() -> None:
    lines = 400_000
    start = time.process_time()
    got = response(b"A: b", *[b" folded in"] * lines)
    assert got.header("A") == "b" + " folded in" * lines
    assert time.process_time() - start < 5  # it was 14 s


# framing


def test_without_a_length_the_body_goes_to_the_end() -> None:
    got = http1.parse_response(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\nall of it\r\n\r\n")
    assert (got.entity, got.complete) == (b"all of it\r\n\r\n", True)


def test_a_length_that_promises_too_much_is_not_complete() -> None:
    got = response(b"Content-Length: 10", body=b"short")
    assert (got.entity, got.complete) == (b"short", False)


def test_what_comes_behind_the_length_is_not_the_body() -> None:
    got = response(b"Content-Length: 5", body=b"right, wrong")
    assert (got.entity, got.complete) == (b"right", True)


@pytest.mark.parametrize("value", [b"-5", b"five", b"", b"5.0", b"+5", b"0x5", "٥".encode()])
def test_a_length_that_is_no_number_is_none(value: bytes) -> None:
    got = response(b"Content-Length: " + value, body=b"everything")
    assert (got.entity, got.complete) == (b"everything", True)


@pytest.mark.parametrize("value", [b"9" * 19, b"9" * 5000])
def test_an_absurd_length_was_complete(value: bytes) -> None:
    got = response(b"Content-Length: " + value, body=b"everything")
    assert (got.entity, got.complete) == (b"everything", False)


def test_a_length_with_leading_zeros_was_ignored() -> None:
    assert response(b"Content-Length: " + b"0" * 30 + b"5", body=b"right, wrong").entity == b"right"


@pytest.mark.parametrize("headers", [[b"Content-Length: 5, 5"], [b"Content-Length: 5", b"Content-Length: 5"]])
def test_a_length_said_twice_was_ignored(headers: list[bytes]) -> None:
    """RFC 9112 section 6.3: the same valid number repeated is that number."""
    assert response(*headers, body=b"right, wrong").entity == b"right"


def test_chunked_goes_before_a_length() -> None:
    got = response(b"Content-Length: 3", b"Transfer-Encoding: Chunked", body=b"5\r\nhello\r\n0\r\n\r\n")
    assert (got.entity, got.complete) == (b"hello", True)


def test_chunked_on_a_second_transfer_encoding_line_was_overlooked() -> None:
    got = response(b"Transfer-Encoding: identity", b"Transfer-Encoding: chunked", body=b"5\r\nhello\r\n0\r\n\r\n")
    assert (got.entity, got.complete) == (b"hello", True)


def test_a_coding_whose_name_contains_chunked_was_taken_for_it() -> None:
    assert (
        response(b"Transfer-Encoding: unchunked", body=b"5\r\nhello\r\n0\r\n\r\n").entity == b"5\r\nhello\r\n0\r\n\r\n"
    )


def test_extensions_trailers_blanks_and_bare_lf_in_chunks() -> None:
    body = b"5;name=value\r\nhello\r\n6  \n world\n0;last\r\nTrailer: x\r\n\r\n"
    got = response(b"Transfer-Encoding: chunked", body=body)
    assert (got.entity, got.complete) == (b"hello world", True)


def test_a_body_that_is_not_chunked_after_all_is_kept() -> None:
    got = response(b"Transfer-Encoding: chunked", body=b"<html>\nno chunks here</html>\n")
    assert (got.entity, got.complete) == (b"<html>\nno chunks here</html>\n", False)


def test_a_body_of_one_line_that_is_not_chunked_after_all_was_lost() -> None:
    got = response(b"Transfer-Encoding: chunked", body=b"<html>no chunks here</html>")
    assert (got.entity, got.complete) == (b"<html>no chunks here</html>", False)


@pytest.mark.parametrize("size", [b"0x5", b"0_5", b"+5", b"-5", b"5 5", b""])
def test_a_chunk_size_that_is_not_hex_digits_was_read_as_python_reads_numbers(size: bytes) -> None:
    got = response(b"Transfer-Encoding: chunked", body=b"2\r\nhi\r\n" + size + b"\r\nthere\r\n0\r\n\r\n")
    assert (got.entity, got.complete) == (b"hi", False)


def test_a_chunk_longer_than_memory_is_what_there_is() -> None:
    got = response(b"Transfer-Encoding: chunked", body=b"f" * 5000 + b"\r\nhello")
    assert (got.entity, got.complete) == (b"hello", False)


@pytest.mark.parametrize("status", [204, 205, 304])
def test_a_status_without_a_body_has_none(status: int) -> None:
    got = http1.parse_response(b"HTTP/1.1 %d x\r\nContent-Length: 5\r\n\r\n" % status)
    assert (got.entity, got.complete) == (b"", True)


def test_the_answer_to_head_has_no_body_whatever_its_length_says() -> None:
    got = http1.parse_response(OK + b"Content-Length: 500\r\n\r\n", "HEAD")
    assert (got.entity, got.complete) == (b"", True)


# requests


def test_a_request_is_taken_apart() -> None:
    got = http1.parse_request(b"POST /a?b=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nq=1")
    assert (got.method, got.target, got.headers[0], got.entity) == ("POST", "/a?b=1", ("Host", "x"), b"q=1")


def test_a_request_body_in_chunks_is_joined() -> None:
    got = http1.parse_request(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nq=1\r\n0\r\n\r\n")
    assert got.entity == b"q=1"


@pytest.mark.parametrize(
    ("line", "target"),
    [
        (b"GET / HTTP/1.1", "/"),
        (b"GET  /  HTTP/1.0", "/"),
        (b"GET /a b HTTP/1.1", "/a b"),
        (b"GET /old", "/old"),
        (b"GET /HTTP/1.1", "/HTTP/1.1"),
        (b"GET HTTP/1.1", "HTTP/1.1"),
        (b"GET /\xc3\xa0 HTTP/1.1", "/Ã\xa0"),
    ],
)
def test_request_lines(line: bytes, target: str) -> None:
    assert http1.parse_request(line + b"\r\n\r\n").target == target


@pytest.mark.parametrize("block", [b"", b"\r\n\r\n", b"GET\r\n\r\n", b"GET \r\n\r\n"])
def test_what_has_no_request_line_is_broken(block: bytes) -> None:
    with pytest.raises(BrokenHttp):
        http1.parse_request(block)


def test_a_request_line_of_many_blanks_took_quadratic_time() -> None:
    blanks = 200_000
    start = time.process_time()
    assert len(http1.parse_request(b"GET a" + b" " * blanks + b"b HTTP/1.1\r\n\r\n").target) == blanks + 2
    assert time.process_time() - start < 5  # it was 16 s
