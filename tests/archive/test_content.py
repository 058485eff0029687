"""Content-codings undone: what can be had is had, within a limit, and it is said where it is not all."""

from __future__ import annotations

import gzip
import random
import time
import tracemalloc
import zlib

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import http1

OK = b"HTTP/1.1 200 OK\r\n"
MODEST = settings(max_examples=150, deadline=None)


def response(*headers: bytes, body: bytes = b"") -> http1.Response:
    return http1.parse_response(OK + b"".join(header + b"\r\n" for header in headers) + b"\r\n" + body)


def coded(coding: bytes, body: bytes, limit: int = http1.CONTENT_LIMIT) -> tuple[bytes, bool]:
    return http1.content(response(b"Content-Encoding: " + coding, body=body), limit)


def deflated(data: bytes, wbits: int) -> bytes:
    machine = zlib.compressobj(9, zlib.DEFLATED, wbits)
    return machine.compress(data) + machine.flush()


def words(count: int) -> bytes:
    """Text that packs to about a third: neither noise nor a run."""
    vocabulary = ["Hà", "Nam", "tỉnh", "ủy", "họp", "báo", "về", "công", "tác", "cán", "bộ"]
    return " ".join(random.Random(7).choices(vocabulary, k=count)).encode()


@MODEST
@given(st.binary(max_size=3000))
def test_content_is_what_was_coded(data: bytes) -> None:
    assert coded(b"gzip", gzip.compress(data, mtime=0)) == (data, True)
    assert coded(b"x-gzip", gzip.compress(data, mtime=0)) == (data, True)
    assert coded(b"deflate", deflated(data, 15)) == (data, True)
    assert coded(b"deflate", deflated(data, -15)) == (data, True)
    assert coded(b"br", brotli.compress(data)) == (data, True)
    assert coded(b"deflate, gzip", gzip.compress(deflated(data, 15), mtime=0)) == (data, True)
    assert coded(b"identity", data) == (data, True)


@MODEST
@given(st.binary(min_size=1, max_size=3000), st.data())
def test_gzip_cut_anywhere_gives_a_beginning_and_says_it_is_not_all(content: bytes, data: st.DataObject) -> None:
    packed = gzip.compress(content, mtime=0)
    got, whole = coded(b"gzip", packed[: data.draw(st.integers(1, len(packed) - 1))])
    assert content.startswith(got)
    assert not whole


@MODEST
@given(st.lists(st.binary(max_size=500), min_size=1, max_size=5))
def test_the_members_of_a_gzip_stream_are_one_content(parts: list[bytes]) -> None:
    assert coded(b"gzip", b"".join(gzip.compress(part, mtime=0) for part in parts)) == (b"".join(parts), True)


def test_a_coding_that_is_unknown_leaves_the_entity() -> None:
    assert coded(b"zstd", b"as it came") == (b"as it came", False)


def test_raw_deflate_cut_off_gives_a_beginning() -> None:
    data = words(3000)
    packed = deflated(data, -15)
    got, whole = coded(b"deflate", packed[: len(packed) // 2])
    assert not whole
    assert data.startswith(got)
    assert len(got) > len(data) // 3


def test_a_coding_that_is_a_lie_leaves_the_entity() -> None:
    for coding in (b"gzip", b"deflate", b"br"):
        assert coded(coding, b"<html>plain</html>") == (b"<html>plain</html>", False)


@pytest.mark.parametrize("text", [b"abc", b"{}", b'{"a": [1, 2, 3], "b": "text"}', b"[]", b"<html>" + b"x" * 5000])
def test_text_labelled_deflate_is_left(text: bytes) -> None:
    assert coded(b"deflate", text) == (text, False)


def test_an_entity_that_is_not_all_there_is_not_whole_content() -> None:
    packed = gzip.compress(b"x", mtime=0)
    cut = response(b"Content-Encoding: gzip", b"Content-Length: %d" % (len(packed) + 1), body=packed)
    assert http1.content(cut) == (b"x", False)


@pytest.mark.parametrize("coding", [b"gzip", b"deflate", b"br", b"zstd"])
def test_an_empty_entity_with_a_coding_was_not_whole(coding: bytes) -> None:
    """A redirect is often labelled with the coding that its body would have had."""
    assert coded(coding, b"") == (b"", True)


def test_codings_on_two_lines_were_half_undone() -> None:
    """RFC 9110 section 5.3: several lines of a list header are one list."""
    data = words(300)
    twice = response(
        b"Content-Encoding: deflate", b"Content-Encoding: gzip", body=gzip.compress(deflated(data, 15), mtime=0)
    )
    assert http1.content(twice) == (data, True)


def test_a_small_gzip_with_a_damaged_end_was_given_up() -> None:
    data = words(100)
    packed = bytearray(gzip.compress(data, mtime=0))
    packed[-8] ^= 0xFF  # the checksum: all content is there, and none of it can be trusted to be right
    assert len(packed) < 1024
    assert coded(b"gzip", bytes(packed)) == (data, False)


def test_gzip_damaged_in_the_middle_gives_what_comes_before() -> None:
    data = words(20_000)
    packed = bytearray(gzip.compress(data, mtime=0))
    half = len(packed) // 2
    packed[half : half + 64] = b"\xff" * 64
    got, whole = coded(b"gzip", bytes(packed))
    assert not whole
    assert got[: len(data) // 3] == data[: len(data) // 3]


def test_what_a_damaged_second_gzip_member_gives_was_lost() -> None:
    first, second = words(50), words(80)
    packed = bytearray(gzip.compress(first, mtime=0) + gzip.compress(second, mtime=0))
    packed[-8] ^= 0xFF
    assert coded(b"gzip", bytes(packed)) == (first + second, False)


def test_junk_behind_gzip_is_ignored() -> None:
    assert coded(b"gzip", gzip.compress(b"page", mtime=0) + b"\0\0junk") == (b"page", True)


@pytest.mark.parametrize("size", [20_000, 300_000])
def test_brotli_cut_off_gives_a_beginning(size: int) -> None:
    data = words(size)
    packed = brotli.compress(data, quality=4)
    got, whole = coded(b"br", packed[: len(packed) * 3 // 4])
    assert not whole
    assert data.startswith(got)
    assert len(got) > len(data) // 2


def test_content_of_exactly_the_limit_is_whole_and_a_byte_more_is_not() -> None:
    data = b"x" * 1000
    for coding, pack in ((b"gzip", gzip.compress), (b"br", brotli.compress), (b"deflate", zlib.compress)):
        assert coded(coding, pack(data), 1000) == (data, True)
        assert coded(coding, pack(data + b"x"), 1000) == (data, False)


def test_a_gzip_bomb_is_read_to_the_limit() -> None:
    bomb = gzip.compress(gzip.compress(bytes(100_000_000), 1, mtime=0), 9, mtime=0)
    assert coded(b"gzip, gzip", bomb, 1_000_000) == (bytes(1_000_000), False)


def test_a_brotli_bomb_was_unpacked_whole_before_the_limit_was_looked_at() -> None:
    bomb = brotli.compress(bytes(200_000_000), quality=5)
    assert len(bomb) < 4096
    tracemalloc.start()
    try:
        assert coded(b"br", bomb, 1_000_000) == (bytes(1_000_000), False)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_a_stream_of_many_empty_gzip_members_took_quadratic_time() -> None:
    members = 300_000
    start = time.process_time()
    assert coded(b"gzip", gzip.compress(b"", mtime=0) * members) == (b"", True)
    assert time.process_time() - start < 8  # it was 15 s, and four times that for twice as many


def test_codings_without_end_were_all_undone() -> None:
    data = b"x"
    for _ in range(5):
        data = gzip.compress(data, mtime=0)
    assert coded(b", ".join([b"gzip"] * 5), data) == (b"x", True)
    assert coded(b", ".join([b"gzip"] * 6), gzip.compress(data, mtime=0)) == (gzip.compress(data, mtime=0), False)
