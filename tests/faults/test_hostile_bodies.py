"""Heads and bodies that are too long, or lie about their length: each is kept as far as it came, up to the limits."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pytest

from archive.block import SPOOL_AT, Spool, pieces
from archive.capture import TRUNCATIONS
from crawler.fetch.tape import HEAD_LIMIT, LINE_LIMIT

from .hostile_crawl import Left, article, block, crawl, listing, targets
from .wild import Play, Talk, Wild, floods, page, says

MB = 1024 * 1024
LARGEST = 24 * MB
OK = b"HTTP/1.1 200 OK\r\n"
PLAIN = OK + b"Content-Type: text/plain\r\n"
CHUNKED = PLAIN + b"Transfer-Encoding: chunked\r\n\r\n"
READ = 256 * 1024
"""More than one read of a socket brings; what is beyond a limit is at most that much."""


def _body(seed: int, size: int = 20) -> bytes:
    """`size` MB that are like no others and do not compress to nothing."""
    return b"".join(hashlib.sha256(b"%d %d" % (seed, n)).digest() * 2048 for n in range(size * 16))


def _chunks(body: bytes, size: int, extension: bytes = b"") -> bytes:
    parts = (body[start : start + size] for start in range(0, len(body), size))
    return b"".join(b"%x%s\r\n%s\r\n" % (len(part), extension, part) for part in parts) + b"0\r\n"


def _plain(body: bytes, length: int) -> bytes:
    return PLAIN + b"Content-Length: %d\r\n\r\n" % length + body


def _reset(data: bytes) -> Play:
    def play(talk: Talk) -> None:
        talk.say(data)
        talk.reset()

    return play


WHOLE: dict[str, tuple[Play, bytes]] = {
    "a hundred thousand header lines": (
        says(page(article("dòng"), *[b"A: b"] * 100_000)),
        article("dòng"),
    ),
    "a hundred thousand names": (
        says(page(article("tên"), *[b"%05x: b" % n for n in range(100_000)])),
        article("tên"),
    ),
    "a million chunks of a byte": (says(CHUNKED + b"1\r\na\r\n" * 1_000_000 + b"0\r\n\r\n"), b"a" * 1_000_000),
    "twenty megabytes": (says(_plain(_body(1), 20 * MB)), _body(1)),
    "twenty megabytes in chunks with extensions and trailers": (
        says(CHUNKED + _chunks(_body(2), 65_521, b";a=b") + b"X-Sum: 1\r\n\r\n"),
        _body(2),
    ),
}
"""What is played, and the payload."""

CUT: dict[str, tuple[Play, str, int, int]] = {
    "a hundred thousand long header lines": (
        says(page(article("dài"), *[b"X-%d: a line of some length" % n for n in range(100_000)])),
        "length",
        HEAD_LIMIT,
        HEAD_LIMIT + READ,
    ),
    "a header of ten megabytes": (says(page(b"", b"X: " + b"y" * 10 * MB)), "length", LINE_LIMIT, LINE_LIMIT + READ),
    "a status line of two megabytes": (
        says(b"HTTP/1.1 200 " + b"O" * 2 * MB + b"\r\n\r\n"),
        "length",
        LINE_LIMIT,
        LINE_LIMIT + READ,
    ),
    "a head without end": (floods(OK, b"X: y\r\n" * 1000), "length", HEAD_LIMIT, HEAD_LIMIT + READ),
    "a line without end": (floods(OK + b"X: ", b"y" * 6000), "length", LINE_LIMIT, LINE_LIMIT + READ),
    "empty lines without end": (floods(b"", b"\r\n" * 3000), "length", HEAD_LIMIT, HEAD_LIMIT + READ),
    "a body that says it is over the largest": (says(_plain(_body(3, 1), 40 * MB)), "length", 1, MB),
    "a body over the largest": (floods(PLAIN + b"\r\n", b"z" * 65536), "length", LARGEST, LARGEST + MB),
    "chunks over the largest": (
        floods(CHUNKED, b"10000\r\n" + b"z" * 65536 + b"\r\n"),
        "length",
        LARGEST,
        LARGEST + MB,
    ),
    "a chunk of 2^63 bytes": (
        says(CHUNKED + b"8000000000000000\r\nabc", close=True),
        "disconnect",
        len(CHUNKED) + 21,
        len(CHUNKED) + 21,
    ),
    "a chunk of fewer bytes than none": (
        says(CHUNKED + b"-5\r\nabcde\r\n0\r\n\r\n"),
        "unspecified",
        len(CHUNKED) + 16,
        len(CHUNKED) + 16,
    ),
    "a chunk with a megabyte of extension": (
        says(CHUNKED + b"5;" + b"x" * MB + b"\r\nabcde\r\n0\r\n\r\n"),
        "unspecified",
        len(CHUNKED),
        len(CHUNKED) + MB + 20,
    ),
    "twenty megabytes of twenty-two": (
        says(_plain(_body(4), 22 * MB), close=True),
        "disconnect",
        20 * MB,
        20 * MB + 1024,
    ),
    "twelve megabytes and a reset": (_reset(_plain(_body(5, 12), 20 * MB)), "disconnect", 1, 12 * MB + 1024),
    "chunks that end in the middle": (
        says(CHUNKED + _chunks(_body(6), 65_521)[: 12 * MB], close=True),
        "disconnect",
        12 * MB,
        12 * MB + 1024,
    ),
}
"""What is played, what WARC-Truncated says, and the least and the most bytes that are kept."""

SURPLUS = "twenty megabytes that say they are ten"


@dataclass(frozen=True)
class Crawled:
    left: Left
    server: Wild
    targets: dict[str, str]

    def url(self, name: str) -> str:
        """The URL of a case."""
        return f"http://{'khac' if name in CUT else 'thu'}.example{self.targets[name]}"


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    plays = {name: play for name, (play, _) in WHOLE.items()} | {name: each[0] for name, each in CUT.items()}
    plays[SURPLUS] = says(_plain(_body(7), 10 * MB))
    names = targets(plays)
    # another's host is asked once for what a page is shown with, the portal's own three times
    shown = "".join(f"<script src='http://khac.example{names[name]}'></script>" for name in CUT)
    entries = [names[name] for name in names if name not in CUT]
    script = {"/tin": listing([*entries, "/Pages/shown.aspx"]), "/Pages/shown.aspx": says(page(article("kèm", shown)))}
    with Wild({**script, **{names[name]: play for name, play in plays.items()}}) as server:
        ports = dict.fromkeys(("thu.example:80", "khac.example:80"), server.port)
        left = crawl(tmp_path_factory.mktemp("bodies"), ports, f"largest = {LARGEST}", concurrency=1, timeout=20)
    return Crawled(left, server, names)


def test_the_crawl_ends_and_holds_none_of_it(crawled: Crawled) -> None:
    assert crawled.left.row["articles"] == 3
    assert crawled.left.row["failed"] == 0, "what only another's host breaks is no failure of the portal"
    assert crawled.left.peak < 400 * MB
    assert crawled.left.seconds < 90


@pytest.mark.parametrize("name", WHOLE)
def test_a_long_response_that_is_right_is_kept_byte_for_byte(crawled: Crawled, name: str) -> None:
    payload = WHOLE[name][1]
    (heard,) = crawled.server.of(crawled.targets[name])
    (stored,) = crawled.left.kept(crawled.url(name))
    assert stored.response is not None
    assert block(stored) == heard.sent
    assert stored.response.header("WARC-Truncated") is None
    assert stored.response.header("WARC-Block-Digest") == "sha256:" + hashlib.sha256(heard.sent).hexdigest()
    digest = "sha256:" + hashlib.sha256(payload).hexdigest()
    assert stored.response.header("WARC-Payload-Digest") == digest
    (row,) = crawled.left.rows(crawled.url(name))
    assert (row["content_digest"], row["content_length"], row["truncated"]) == (digest, len(payload), None)


@pytest.mark.parametrize("name", [name for name in WHOLE if name.startswith("twenty")])
def test_what_is_long_is_read_back_piece_by_piece(crawled: Crawled, name: str) -> None:
    (heard,) = crawled.server.of(crawled.targets[name])
    (stored,) = crawled.left.kept(crawled.url(name))
    assert stored.response is not None
    assert isinstance(stored.response.block, Spool)
    position = 0
    for piece in pieces(stored.response.block):
        assert len(piece) <= MB < SPOOL_AT
        assert heard.sent[position : position + len(piece)] == piece
        position += len(piece)
    assert position == len(heard.sent) == len(stored.response.block)


@pytest.mark.parametrize("name", CUT)
def test_what_goes_on_too_long_or_breaks_off_is_kept_as_far_as_it_came(crawled: Crawled, name: str) -> None:
    _, truncated, least, most = CUT[name]
    assert truncated in TRUNCATIONS
    heard = crawled.server.of(crawled.targets[name])
    stored, rows = crawled.left.kept(crawled.url(name)), crawled.left.rows(crawled.url(name))
    assert len(stored) == len(heard) == len(rows) == 1
    for exchange, each, row in zip(stored, heard, rows, strict=True):
        kept = block(exchange)
        assert bytes(each.sent).startswith(kept)
        assert least <= len(kept) <= most
        assert exchange.response is not None
        assert exchange.response.header("WARC-Truncated") == row["truncated"] == truncated
        assert exchange.response.header("WARC-Block-Digest") == "sha256:" + hashlib.sha256(kept).hexdigest()
        assert (row["wire_verdict"], row["reading_verdict"]) == ("truncated", None)


def test_surplus_behind_twenty_megabytes_is_no_payload(crawled: Crawled) -> None:
    (heard,) = crawled.server.of(crawled.targets[SURPLUS])
    (stored,) = crawled.left.kept(crawled.url(SURPLUS))
    assert bytes(heard.sent).startswith(block(stored))
    assert 10 * MB < len(block(stored)) < 10 * MB + READ + 1024
    (row,) = crawled.left.rows(crawled.url(SURPLUS))
    assert row["content_digest"] == "sha256:" + hashlib.sha256(_body(7)[: 10 * MB]).hexdigest()
    assert (row["content_length"], row["truncated"]) == (10 * MB, None)
