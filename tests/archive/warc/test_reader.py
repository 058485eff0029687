"""Reading what may be torn, wrong or made to do harm: whole records, or BrokenWarc with file and offset."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.capture import Exchange
from archive.errors import BrokenWarc
from archive.warc.reader import exchange_at, exchanges, read_member, record_at, records
from archive.warc.writer import WarcWriter

WHEN = datetime(2026, 11, 24, 1, 15, 2, tzinfo=UTC)
OK = b"HTTP/1.1 200 OK\r\n\r\nxin"


def packed(*lines: str, block: bytes = b"", length: str | None = None, end: bytes = b"\r\n\r\n") -> bytes:
    """A record of these header lines, as one gzip member."""
    head = ["WARC/1.1", *lines, f"Content-Length: {len(block) if length is None else length}"]
    return gzip.compress("\r\n".join(head).encode() + b"\r\n\r\n" + block + end, 1, mtime=0)


def record(kind: str, number: int, *lines: str, block: bytes = OK) -> bytes:
    date = "WARC-Date: 2026-11-24T01:15:02Z"
    return packed(f"WARC-Type: {kind}", f"WARC-Record-ID: <urn:{number}>", date, *lines, block=block)


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[bytes], Path]:
    def keep(data: bytes) -> Path:
        path = tmp_path / "a.warc.gz"
        path.write_bytes(data)
        return path

    return keep


Kept = Callable[[bytes], Path]


def broken(path: Path, offset: int = 0) -> str:
    with pytest.raises(BrokenWarc) as caught:
        list(records(path, "hanam/a.warc.gz"))
    assert f"hanam/a.warc.gz, offset {offset}: " in caught.value.what
    return caught.value.what


# records


def test_a_record_is_given_as_it_stands(kept: Kept) -> None:
    path = kept(
        packed(
            "WARC-Type: Response",
            "warc-record-id: <urn:uuid:1>",
            "WARC-Target-URI: <http://h/a:b>",
            "WARC-Date: 2026-11-24T08:15:02+07:00",
            "X-Đ: đ",
            "WARC-Concurrent-To: <urn:uuid:2>",
            block=b"\r\n\r\n\0",
        )
    )
    (found,) = records(path, "hanam/a.warc.gz")
    assert (found.filename, found.offset, found.length) == ("hanam/a.warc.gz", 0, path.stat().st_size)
    assert (found.type, found.id, found.url) == ("response", "urn:uuid:1", "http://h/a:b")
    assert (found.date, found.concurrent_to) == (WHEN, "urn:uuid:2")
    assert (found.header("x-đ"), found.header("none"), found.block) == ("đ", None, b"\r\n\r\n\0")
    assert found.headers[0] == ("WARC-Type", "Response")


def test_a_file_without_a_name_is_called_by_its_own(kept: Kept) -> None:
    path = kept(record("response", 1))
    assert next(records(path)).filename == "a.warc.gz" == record_at(path, 0).filename


def test_an_empty_file_has_no_records(kept: Kept) -> None:
    assert list(records(kept(b""))) == []
    with pytest.raises(BrokenWarc, match="the file ends here"):
        record_at(kept(b""), 0)
    with pytest.raises(BrokenWarc, match="the file ends here"):
        exchange_at(kept(b""), 0)


def test_a_folded_header_was_read_as_another_header(kept: Kept) -> None:
    """WARC 1.1 section 4: a value may go on in a line that begins with a blank."""
    (found,) = records(kept(packed("WARC-Type: resource", "X-Note: see", " WARC-Record-ID: <urn:forged>", "\tand on")))
    assert found.header("X-Note") == "see WARC-Record-ID: <urn:forged> and on"
    assert found.id == ""


@pytest.mark.parametrize(
    "data",
    [
        b"WARC/1.1\r\nContent-Length: 0\r\n\r\n\r\n\r\n",
        b"\0" * 100,
        gzip.compress(b"", mtime=0),
        gzip.compress(b"<html>", mtime=0),
        gzip.compress(b"WARC/1.1\r\nContent-Length: 0\r\n", mtime=0),
        gzip.compress(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n\r\n\r\n", mtime=0),
        gzip.compress(b"WARC/1.1\r\nWARC-Type: response\r\n\r\n\r\n\r\n", mtime=0),
        packed(length="-1"),
        packed(length="1e3"),
        packed(length="٣"),
        packed(length="9" * 30),
        packed(length="9" * 18),
        packed(block=b"four", length="3"),
        packed(block=b"four", length="5"),
        packed(block=b"four", end=b""),
        packed(block=b"four", end=b"\r\n"),
        packed(block=b"four", end=b"\n\n\n\n"),
        packed(block=b"four", end=b"\r\n\r\n\r\n\r\n"),
        packed(block=b"x" * 3_000_000, length="3"),
        packed(block=b"x" * 3_000_000, length="2999999"),
        packed(block=b"x" * 3_000_000, length="3000001"),
        packed("X: " + "x" * 2_000_000),
        packed(block=b"four")[:-9] + b"\xff" * 9,
    ],
)
def test_what_is_no_whole_record_is_broken_at_its_offset(kept: Kept, data: bytes) -> None:
    good = record("response", 1)
    assert broken(kept(data))
    assert broken(kept(good + data), len(good))
    with pytest.raises(BrokenWarc):
        record_at(kept(good + data), len(good))


@pytest.mark.parametrize("size", [0, 1, 10_000, 1_048_570, 1_048_576, 5_000_000])
def test_a_block_of_any_size_reads(kept: Kept, size: int) -> None:
    data = bytes(size)
    first, second = records(kept(record("response", 1, block=data) + record("response", 2)))
    assert (first.block, second.block) == (data, OK)


def test_a_torn_last_record_is_broken_and_the_cure_is_repair(kept: Kept) -> None:
    one, two = record("response", 1), record("response", 2)
    path = kept(one + two[:-1])
    reading = records(path)
    assert next(reading).id == "urn:1"
    with pytest.raises(BrokenWarc, match="repair"):
        next(reading)


def test_a_bomb_of_a_record_was_unpacked_whole(kept: Kept) -> None:
    """300 KB that become 300 MB, of which the header owns to three bytes."""
    path = kept(packed(block=bytes(300_000_000), length="3"))
    tracemalloc.start()
    try:
        broken(path)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_a_record_that_owns_to_more_than_any_memory_is_refused(kept: Kept) -> None:
    assert "more than is read" in broken(kept(packed(block=bytes(2_000_000), length=str(10**15))))


def test_a_file_that_is_not_there_raised_what_the_system_says(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    for read in (lambda: list(records(path)), lambda: [record_at(path, 0)], lambda: [exchange_at(path, 0)]):
        with pytest.raises(BrokenWarc, match="does not open: No such file"):
            read()
    with pytest.raises(BrokenWarc, match="does not open"):
        record_at(tmp_path, 0)


@pytest.mark.parametrize("date", ["", "yesterday", "2026-11-24T01:15:02", "0001-01-01T00:00:00+14:00"])
def test_a_date_that_does_not_read_is_broken(kept: Kept, date: str) -> None:
    (found,) = records(kept(packed("WARC-Type: response", f"WARC-Date: {date}", block=OK)))
    with pytest.raises(BrokenWarc, match="offset 0: no WARC-Date"):
        _ = found.date


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=100)
    | st.binary(max_size=100).map(gzip.compress)
    | st.binary(max_size=100).map(lambda tail: gzip.compress(b"WARC/1.1\r\nContent-Length: 2\r\n" + tail, mtime=0))
)
def test_no_bytes_raise_anything_but_broken_warc(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "a.warc.gz"
    path.write_bytes(data)
    try:
        found = list(exchanges(path))
    except BrokenWarc:
        return
    assert found == [] or data.startswith(b"\x1f\x8b")


def test_a_damaged_byte_anywhere_never_gives_other_bytes(tmp_path: Path) -> None:
    """gzip's checksum sees to it: what reads is what was written."""
    good = record("response", 1)
    path = tmp_path / "a.warc.gz"
    for position in range(10, len(good)):
        path.write_bytes(good[:position] + bytes([good[position] ^ 0x55]) + good[position + 1 :])
        with path.open("rb") as file, pytest.raises(BrokenWarc):
            read_member(file, 0, "a")


# exchanges


def concurrent(number: int) -> str:
    return f"WARC-Concurrent-To: <urn:{number}>"


def test_records_that_name_the_first_are_one_exchange(kept: Kept) -> None:
    data = (
        record("warcinfo", 1, block=b"software: x\r\n")
        + record("response", 2)
        + record("request", 3, concurrent(2), block=b"POST /x HTTP/1.1\r\n\r\nq=1")
        + record("metadata", 4, concurrent(2), block=b"verdict: ok\r\n")
        + record("metadata", 5, block=b"failure: refused\r\n")
        + record("request", 6, block=b"GET /y HTTP/1.1\r\n\r\n")
        + record("metadata", 7, concurrent(6), block=b"failure: reset\r\n")
    )
    path = kept(data)
    whole, alone, failed = exchanges(path, "hanam/a.warc.gz")
    assert whole.response is not None
    assert whole.request is not None
    assert (whole.first.id, whole.method, whole.request_body) == ("urn:2", "POST", b"q=1")
    assert whole.metadata == {"verdict": "ok"}
    capture = whole.capture()
    assert capture is not None
    assert (capture.status, capture.body, capture.method, capture.request_body) == (200, b"xin", "POST", b"q=1")
    assert capture.place == whole.place
    assert (whole.place.warc_filename, whole.place.record_id) == ("hanam/a.warc.gz", "urn:2")
    assert (alone.response, alone.request, alone.metadata) == (None, None, {"failure": "refused"})
    assert (alone.method, alone.request_body, alone.capture()) == ("GET", b"", None)
    assert (failed.response, failed.method, failed.metadata) == (None, "GET", {"failure": "reset"})
    for one in (whole, alone, failed):
        assert exchange_at(path, one.first.offset, "hanam/a.warc.gz") == one


def test_a_request_before_its_response_is_the_same_exchange(kept: Kept) -> None:
    """As wget writes."""
    (found,) = exchanges(
        kept(record("request", 1, block=b"GET / HTTP/1.1\r\n\r\n") + record("response", 2, concurrent(1)))
    )
    assert found.response is not None
    assert found.request is not None
    assert found.first.id == "urn:1"


def test_records_without_ids_ran_together(kept: Kept) -> None:
    bare = packed("WARC-Type: response", block=OK)
    found = list(exchanges(kept(bare + bare)))
    assert [one.first.offset for one in found] == [0, len(bare)]
    assert exchange_at(kept(bare + bare), 0) == found[0]


def test_a_truncated_response_is_not_whole(kept: Kept) -> None:
    (found,) = exchanges(kept(record("response", 1, "WARC-Truncated: length")))
    capture = found.capture()
    assert capture is not None
    assert not capture.whole


def test_a_request_that_is_no_http_is_a_get(kept: Kept) -> None:
    (found,) = exchanges(kept(record("response", 1) + record("request", 2, concurrent(1), block=b"\0")))
    assert (found.method, found.request_body) == ("GET", b"")


def test_an_exchange_before_one_that_is_just_being_written_did_not_read(tmp_path: Path) -> None:
    keeper = WarcWriter(tmp_path, "hanam", {}, host="h")
    response = b"HTTP/1.1 200 OK\r\n\r\n" + bytes(range(256)) * 40
    one = Exchange("http://h/", "GET", b"GET / HTTP/1.1\r\n\r\n", response, WHEN, 1, None)
    places = [keeper.write(one, {}), keeper.write(one, {})]
    keeper.abandon()
    (path,) = tmp_path.glob("*.open")
    data = path.read_bytes()
    for end in range(places[1].offset, places[1].offset + places[1].length, 7):
        path.write_bytes(data[:end])
        found = exchange_at(path, places[0].offset)
        assert found.response is not None
        assert found.request is not None
        assert found.metadata
        if end > places[1].offset:
            with pytest.raises(BrokenWarc, match="torn"):
                exchange_at(path, places[1].offset)


def test_an_exchange_with_a_damaged_request_is_broken(kept: Kept) -> None:
    request = bytearray(record("request", 2, concurrent(1), block=b"POST / HTTP/1.1\r\n\r\n"))
    request[-6] ^= 0xFF
    with pytest.raises(BrokenWarc, match="no gzip member"):
        exchange_at(kept(record("response", 1) + bytes(request)), 0)
