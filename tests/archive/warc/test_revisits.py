"""Revisits: what repeats an earlier record is written as that, and stands on a record that is there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.block import whole
from archive.capture import Capture, Exchange, capture_of
from archive.errors import BrokenWarc
from archive.payload import payload_of
from archive.warc.reader import StoredExchange, exchanges
from archive.warc.resolve import resolved
from archive.warc.revisit import Target
from archive.warc.seen import NAME, Seen, remove
from archive.warc.writer import WarcWriter

FIRST = datetime(2026, 11, 23, 18, 0, 0, 250000, UTC)
PAGE = b"<p>\xe1\xbb\xa6y ban h\xe1\xbb\x8dp</p>"
URL = "http://hanam.example/tin.aspx"


def ok(body: bytes = PAGE, *more: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\n" + b"".join(more) + b"Content-Length: %d\r\n\r\n" % len(body) + body


def chunked(body: bytes = PAGE, extension: bytes = b"", trailer: bytes = b"") -> bytes:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"%x%s\r\n%s\r\n0\r\n%s\r\n" % (len(body), extension, body, trailer)


NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag: "2"\r\nDate: Tue, 24 Nov 2026 18:00:00 GMT\r\n\r\n'


class Keeper:
    """A writer with its index in one folder; each exchange a minute after the one before."""

    def __init__(self, folder: Path, portal: str = "hanam", sha1: bool = False) -> None:
        self.root = folder
        self.folder = folder / portal
        self.seen = Seen(self.folder, folder)
        self.writer = WarcWriter(self.folder, portal, {}, root=folder, host="h", seen=self.seen, sha1=sha1)
        self._when = FIRST

    def keep(
        self,
        response: bytes,
        url: str = URL,
        method: str = "GET",
        truncated: str | None = None,
        unmodified: Target | None = None,
    ) -> None:
        self._when += timedelta(minutes=1)
        request = f"{method} / HTTP/1.1\r\n\r\n".encode()
        self.writer.write(Exchange(url, method, request, response, self._when, 5, None, truncated), {}, unmodified)

    def close(self) -> None:
        self.writer.close()
        self.seen.close()


@contextmanager
def kept(folder: Path, portal: str = "hanam", sha1: bool = False) -> Iterator[Keeper]:
    keeper = Keeper(folder, portal, sha1)
    yield keeper
    keeper.close()


def stored(folder: Path) -> list[StoredExchange]:
    return [found for path in sorted(folder.rglob("*.warc.gz")) for found in exchanges(path)]


def types(folder: Path) -> list[str]:
    return [found.response.type for found in stored(folder) if found.response]


def read(folder: Path, portal: str = "hanam") -> list[Capture]:
    seen = Seen(folder / portal, folder)
    captures = [resolved(found, folder, seen) for found in stored(folder / portal)]
    seen.close()
    return [capture for capture in captures if capture is not None]


def test_the_same_page_again_is_a_revisit_with_its_own_head(tmp_path: Path) -> None:
    with kept(tmp_path) as keeper:
        keeper.keep(ok(PAGE, b"X-Night: 1\r\n"))
        keeper.keep(ok(PAGE, b"X-Night: 2\r\n"))
    first, again = (found.response for found in stored(tmp_path))
    assert first is not None
    assert again is not None
    assert whole(again.block) == b"HTTP/1.1 200 OK\r\nX-Night: 2\r\nContent-Length: %d\r\n\r\n" % len(PAGE)
    told = {name: again.header(name) for name, _ in again.headers if name.startswith(("WARC-Re", "WARC-P", "WARC-Tr"))}
    assert told == {
        "WARC-Record-ID": f"<{again.id}>",
        "WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
        "WARC-Refers-To": f"<{first.id}>",
        "WARC-Refers-To-Target-URI": URL,
        "WARC-Refers-To-Date": "2026-11-23T18:01:00.250000Z",
        "WARC-Payload-Digest": first.header("WARC-Payload-Digest"),
        "WARC-Truncated": "length",
    }


def test_a_revisit_reads_as_the_capture_that_it_was(tmp_path: Path) -> None:
    with kept(tmp_path) as keeper:
        keeper.keep(ok(PAGE, b"X-Night: 1\r\n"))
        keeper.keep(ok(PAGE, b"X-Night: 2\r\n"))
    first, again = read(tmp_path)
    assert (again.status, again.body, again.whole, again.header("x-night")) == (200, PAGE, True, "2")
    assert again.payload == first.payload
    assert first.place is not None
    assert again.revisit_of == first.place.record_id


def test_an_answer_not_modified_stands_on_the_record_that_was_asked_about(tmp_path: Path) -> None:
    with kept(tmp_path) as keeper:
        keeper.keep(
            ok(PAGE, b'ETag: "1"\r\n', b"Content-Type: text/html\r\n", b"Date: Mon, 23 Nov 2026 18:00:00 GMT\r\n")
        )
        known = keeper.seen.validators(URL)
        assert known is not None
        assert known.headers() == {"If-None-Match": '"1"'}
        keeper.keep(NOT_MODIFIED, unmodified=known.target)
        fresher = keeper.seen.validators(URL)
        assert fresher is not None
        assert (fresher.etag, fresher.target) == ('"2"', known.target), "the last answer's ETag, the first's record"
    record = stored(tmp_path)[1].response
    assert record is not None
    assert record.header("WARC-Profile") == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert (record.header("WARC-Refers-To-Target-URI"), record.header("WARC-Truncated")) == (URL, None)
    assert whole(record.block) == NOT_MODIFIED
    capture = read(tmp_path)[1]
    assert (capture.status, capture.shown.status, capture.body, capture.mime) == (304, 200, PAGE, "text/html")
    assert capture.header("date") == "Tue, 24 Nov 2026 18:00:00 GMT", (
        "the answer's own date, not that of what it repeats"
    )


def test_a_304_that_was_not_asked_for_repeats_nothing(tmp_path: Path) -> None:
    with kept(tmp_path) as keeper:
        keeper.keep(NOT_MODIFIED)
        assert keeper.seen.validators(URL) is None
    assert types(tmp_path) == ["response"]


def test_the_same_payload_at_another_url_names_the_first(tmp_path: Path) -> None:
    other = "http://hanam.example/khác.aspx"
    with kept(tmp_path) as keeper:
        keeper.keep(ok())
        keeper.keep(chunked(), other)
    record = stored(tmp_path)[1].response
    assert record is not None
    assert (record.type, record.header("WARC-Refers-To-Target-URI")) == ("revisit", URL)
    assert read(tmp_path)[1].body == PAGE, "the framing is the revisit's own, the payload is the target's"


@pytest.mark.parametrize(
    ("again", "options"),
    [
        pytest.param(ok(PAGE + b"!"), {}, id="another payload"),
        pytest.param(ok(), {"method": "POST"}, id="a post"),
        pytest.param(ok(), {"method": "HEAD"}, id="a head"),
        pytest.param(ok(), {"truncated": "disconnect"}, id="what was cut off"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + PAGE, {}, id="less than it promised"),
        pytest.param(ok() + b"surplus", {}, id="bytes beyond the end"),
        pytest.param(chunked(extension=b";a=b"), {}, id="a chunk extension"),
        pytest.param(chunked(trailer=b"X-Sum: 1\r\n"), {}, id="a trailer"),
        pytest.param(b"SSH-2.0-x\r\n", {}, id="no HTTP"),
    ],
)
def test_no_byte_is_lost_by_a_revisit(tmp_path: Path, again: bytes, options: dict[str, str]) -> None:
    with kept(tmp_path) as keeper:
        keeper.keep(ok())
        keeper.keep(again, **options)
    record = stored(tmp_path)[1].response
    assert record is not None
    assert (record.type, whole(record.block)) == ("response", again)


@pytest.mark.parametrize("options", [{"method": "POST"}, {"truncated": "time"}])
def test_what_is_no_ground_to_stand_on_is_no_target(tmp_path: Path, options: dict[str, str]) -> None:
    with kept(tmp_path) as keeper:
        keeper.keep(ok(), **options)
        keeper.keep(ok())
    assert types(tmp_path) == ["response", "response"]


def test_an_empty_payload_is_repeated_by_its_own_url_alone(tmp_path: Path) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"
    with kept(tmp_path) as keeper:
        keeper.keep(moved)
        keeper.keep(moved, "http://hanam.example/other")
        keeper.keep(moved)
    assert types(tmp_path) == ["response", "response", "revisit"]
    assert read(tmp_path)[2].header("location") == "/"


def test_a_revisit_never_crosses_portals(tmp_path: Path) -> None:
    for portal in ("hanam", "namdinh"):
        with kept(tmp_path, portal) as keeper:
            keeper.keep(ok())
    assert types(tmp_path) == ["response", "response"]


def test_what_an_earlier_process_kept_is_repeated(tmp_path: Path) -> None:
    for _ in range(3):
        with kept(tmp_path) as keeper:
            keeper.keep(ok())
    assert types(tmp_path) == ["response", "revisit", "revisit"]
    first, *later = (found.response for found in stored(tmp_path))
    assert first is not None
    assert {record.refers_to for record in later if record} == {first.id}, (
        "a revisit of a revisit stands on the response"
    )


@pytest.mark.parametrize("harm", ["lost", "no database", "emptied"])
def test_an_index_that_is_lost_is_made_anew_from_the_files(tmp_path: Path, harm: str) -> None:
    with kept(tmp_path) as keeper:
        keeper.keep(ok(PAGE, b'ETag: "1"\r\n'))
        keeper.keep(ok(PAGE, b'ETag: "2"\r\n'))
        keeper.keep(ok(b"anders"), "http://hanam.example/2")
        before = keeper.seen.validators(URL)
    if harm == "lost":
        remove(tmp_path / "hanam")
    elif harm == "no database":
        (tmp_path / "hanam" / NAME).write_bytes(b"this is no database, however long it is" * 200)
    else:
        with sqlite3.connect(tmp_path / "hanam" / NAME) as db:
            db.executescript("DELETE FROM files; DELETE FROM records; DELETE FROM addresses")
    with kept(tmp_path) as keeper:
        assert keeper.seen.validators(URL) == before
        keeper.keep(ok(b"anders"), "http://hanam.example/3")
    assert types(tmp_path) == ["response", "revisit", "response", "revisit"]


def test_a_record_that_is_gone_is_no_target(tmp_path: Path) -> None:
    with kept(tmp_path) as keeper:
        keeper.keep(ok(PAGE, b'ETag: "1"\r\n'))
    for path in (tmp_path / "hanam").glob("*.warc.gz*"):
        path.unlink()
    with kept(tmp_path) as keeper:
        assert keeper.seen.validators(URL) is None
        keeper.keep(ok())
    assert types(tmp_path) == ["response"]


def test_a_file_that_was_changed_behind_the_index_is_no_target(tmp_path: Path) -> None:
    with kept(tmp_path) as keeper:
        keeper.keep(ok(PAGE, b'ETag: "1"\r\n'))
    (path,) = (tmp_path / "hanam").glob("*.warc.gz")
    with kept(tmp_path) as keeper:
        data = path.read_bytes()
        path.write_bytes(b"\0" * len(data))
        assert keeper.seen.validators(URL) is None
        keeper.keep(ok(), "http://hanam.example/2")
        path.write_bytes(data)
    assert types(tmp_path) == ["response", "response"]


def test_what_was_not_synced_is_not_in_the_index(tmp_path: Path) -> None:
    """A crash takes the tail of a file with it: the index must not know more than the file."""
    keeper = Keeper(tmp_path)
    keeper.keep(ok())
    keeper.writer.sync()
    keeper.keep(ok(b"anders"), "http://hanam.example/2")
    with sqlite3.connect(tmp_path / "hanam" / NAME) as db:
        assert [url for (url,) in db.execute("SELECT url FROM records")] == [URL]
    keeper.close()


def test_a_revisit_whose_target_is_gone_says_what_is_missing(tmp_path: Path) -> None:
    for _ in range(2):
        with kept(tmp_path) as keeper:
            keeper.keep(ok())
    sorted((tmp_path / "hanam").glob("*.warc.gz"))[0].unlink()
    with pytest.raises(BrokenWarc, match=r"it repeats record urn:uuid:\S+, which is not there"):
        read(tmp_path)


def test_sha1_stands_beside_sha256_where_it_is_wanted(tmp_path: Path) -> None:
    with kept(tmp_path, sha1=True) as keeper:
        keeper.keep(ok())
        keeper.keep(ok())
    # printf of PAGE | openssl sha1 -binary | base32
    for found in stored(tmp_path):
        assert found.response is not None
        assert found.response.header("WARC-Payload-Digest-SHA1") == "sha1:" + SHA1
        assert (found.response.header("WARC-Payload-Digest") or "").startswith("sha256:")
    (index,) = (tmp_path / "hanam").glob("*.cdxj")
    assert index.read_text("utf-8").count(f'"sha1":"{SHA1}"') == 2


def test_a_capture_without_an_index_is_as_before(tmp_path: Path) -> None:
    exchange = Exchange(URL, "GET", b"GET / HTTP/1.1\r\n\r\n", ok(), FIRST, 1, None)
    keeper = WarcWriter(tmp_path, "x", {}, host="h")
    for _ in range(2):
        keeper.write(exchange, {})
    keeper.close()
    assert types(tmp_path) == ["response", "response"]
    capture = capture_of(exchange, None)
    assert capture is not None
    assert capture.payload == payload_of(ok(), "GET")


SHA1 = "C3XZ5BIUPLB2H4AVAOJXPOZ3KNC7PQ5A"
