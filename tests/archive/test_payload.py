"""The payload of a response: the same however it comes, in memory or from a file, at once or in pieces."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import http1
from archive.block import SPOOL_AT, Spool, pieces, spooled, whole
from archive.capture import Exchange, capture_of
from archive.chunks import Chunks
from archive.payload import digest_of, payload_of, sha1_of
from archive.warc.reader import exchange_at, exchanges
from archive.warc.repair import repair
from archive.warc.writer import WarcWriter

OK = b"HTTP/1.1 200 OK\r\n"
WHEN = datetime(2026, 11, 23, 18, 0, 0, 250000, UTC)
LONG = SPOOL_AT + 3 * 1024 * 1024

BODIES = st.lists(
    st.sampled_from(
        [b"5\r\nhello\r\n", b"5;a=b\r\nhello\r\n", b"0\r\n", b"\r\n", b"\n", b"3\nabc\n", b"X: y\r\n", b"zz"]
    )
    | st.binary(max_size=6),
    max_size=8,
).map(b"".join)
HEADS = st.sampled_from([b"Transfer-Encoding: chunked\r\n\r\n", b"Content-Length: 7\r\n\r\n", b"\r\n"])


def cut(data: bytes, at: list[int]) -> list[bytes]:
    """`data` in pieces that end at these places."""
    ends = sorted({min(place, len(data)) for place in at} | {0, len(data)})
    return [data[a:b] for a, b in pairwise(ends)]


@settings(max_examples=400, deadline=None)
@given(HEADS, BODIES, st.lists(st.integers(0, 60), max_size=8))
def test_a_body_in_pieces_is_the_body_at_once(head: bytes, body: bytes, at: list[int]) -> None:
    block = OK + head + body
    top = http1.parse_head(block)
    entity = http1.Entity(top)
    parts = [part for piece in cut(block[top.length :], at) for part in entity.feed(piece)]
    joined = b"".join((*parts, *entity.finish()))
    at_once = http1.parse_response(block)
    assert (joined, entity.complete) == (at_once.entity, at_once.complete)
    payload = payload_of(block, "GET")
    assert payload is not None
    assert (payload.length, payload.complete, payload.plain) == (len(joined), entity.complete, entity.plain)
    assert payload.digest == "sha256:" + hashlib.sha256(joined).hexdigest()
    assert (
        base64.b32decode(sha1_of(block, "GET").removeprefix("sha1:"))
        == hashlib.sha1(joined, usedforsecurity=False).digest()
    )


@pytest.mark.parametrize(
    ("body", "plain"),
    [
        (b"5\r\nhello\r\n0\r\n\r\n", True),
        (b"0\r\n\r\n", True),
        (b"5;x=y\r\nhello\r\n0\r\n\r\n", False),
        (b"5 \r\nhello\r\n0\r\n\r\n", False),
        (b"5\r\nhello\r\n0\r\nX: y\r\n\r\n", False),
        (b"5\r\nhello\r\n0\r\n\r\nmore", False),
        (b"5\r\nhello\r\n0\r\n", False),
        (b"5\nhello\n0\n\n", False),
        (b"5\r\nhel", False),
    ],
)
def test_plain_chunks_say_nothing_but_their_sizes(body: bytes, plain: bool) -> None:
    chunks = Chunks()
    for byte in body:
        list(chunks.feed(bytes([byte])))
    assert chunks.plain is plain


def test_a_chunk_line_without_end_is_not_held() -> None:
    chunks = Chunks()
    given_back = sum(len(part) for _ in range(300) for part in chunks.feed(b"f" * 1024))
    assert given_back == 300 * 1024, "so long a line announces no chunk: the body is not chunked after all"


def block_of(framing: str, body: bytes) -> bytes:
    if framing == "length":
        return OK + b"Content-Type: application/pdf\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    parts = [body[i : i + 70_000] for i in range(0, len(body), 70_000)]
    return (
        OK
        + b"Content-Type: application/pdf\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
        + b"0\r\nX-Sum: 1\r\n\r\n"
    )


def spool(data: bytes) -> Spool:
    file = TemporaryFile()  # noqa: SIM115 - the block holds it
    file.write(data)
    return spooled(file, len(data))


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_long_response_is_written_from_a_file_and_read_back_piece_by_piece(tmp_path: Path, framing: str) -> None:
    body = bytes(range(256)) * (LONG // 256)
    block = block_of(framing, body)
    long = spool(block)
    assert payload_of(long, "GET") == payload_of(block, "GET")
    keeper = WarcWriter(tmp_path, "hanam", {}, host="h")
    exchange = Exchange("http://hanam.example/a.pdf", "GET", b"GET / HTTP/1.1\r\n\r\n", long, WHEN, 5, None)
    place = keeper.write(exchange, {})
    keeper.write(Exchange("http://hanam.example/b", "GET", b"GET / HTTP/1.1\r\n\r\n", OK + b"\r\nb", WHEN, 5, None), {})
    keeper.close()
    (path,) = keeper.closed
    found, after = exchanges(path)
    assert found.response is not None
    assert isinstance(found.response.block, Spool)
    assert after.first.url == "http://hanam.example/b"
    assert found.place == place
    assert len(found.response.block) == len(block)
    assert max(len(piece) for piece in pieces(found.response.block)) <= 256 * 1024
    assert whole(found.response.block) == block
    assert found.response.header("WARC-Block-Digest") == digest_of(block)
    assert found.response.header("WARC-Payload-Digest") == "sha256:" + hashlib.sha256(body).hexdigest()
    again = exchange_at(path, place.offset).capture()
    live = capture_of(exchange, place)
    assert again == live
    assert live is not None
    assert (live.whole, len(live.body)) == (False, 1024 * 1024), "of what is no text, only the beginning is looked at"


def test_a_long_page_is_read_as_any_other() -> None:
    body = "<p>Ủy ban</p>".encode() * (LONG // 15)
    block = OK + b"Content-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    capture = capture_of(Exchange("http://h.example/", "GET", b"", spool(block), WHEN, 5, None), None)
    assert capture is not None
    assert (capture.body, capture.whole) == (body, True)


def test_a_long_record_that_is_torn_is_cut_off(tmp_path: Path) -> None:
    keeper = WarcWriter(tmp_path, "hanam", {}, host="h")
    short = Exchange("http://hanam.example/b", "GET", b"GET / HTTP/1.1\r\n\r\n", OK + b"\r\nb", WHEN, 5, None)
    keeper.write(short, {})
    keeper.sync()
    (path,) = tmp_path.glob("*.open")
    good = path.stat().st_size
    keeper.write(
        Exchange("http://hanam.example/a", "GET", b"", spool(block_of("length", bytes(LONG))), WHEN, 5, None), {}
    )
    keeper.abandon()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(good + (size - good) // 2)
    done = repair(path)
    assert done.path is not None
    assert done.path.stat().st_size == good
    assert [found.first.url for found in exchanges(done.path)] == ["http://hanam.example/b"]
