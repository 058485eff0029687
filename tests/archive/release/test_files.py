"""Images and files of a release come out of WARCs that were really written, revisits out of what they repeat."""

from __future__ import annotations

import gzip
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from archive.capture import Exchange, capture_of
from archive.errors import BrokenWarc, UnknownSnapshot
from archive.moment import iso
from archive.release.export import export
from archive.store import Store, create_store
from archive.tables.at import At
from archive.tables.delta import append
from archive.tables.rows import Json, table
from archive.tables.schema import ARTICLES, CAPTURES, CRAWLS
from archive.warc.seen import Seen
from archive.warc.writer import WarcWriter

FIRST = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
PICTURE = b"\xff\xd8 not really a picture \xff\xd9"
DRAWING = gzip.compress(b"<svg/>", mtime=0)
OWN = {"snapshot_id": "20261124T010000Z-aaaaaa", "crawl": "c", "portal": "hanam", "month": "2026-11"}


def response(body: bytes, *more: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\n" + b"".join(more) + b"Content-Length: %d\r\n\r\n" % len(body) + body


def keep(store: Store, responses: list[bytes]) -> list[Json]:
    """Writes exchanges, and gives the rows of captures that tell of them."""
    folder = store.portal_warcs("hanam")
    seen = Seen(folder, store.warcs)
    writer = WarcWriter(folder, "hanam", {}, root=store.warcs, host="h", seen=seen)
    rows: list[Json] = []
    for number, data in enumerate(responses):
        when = FIRST + timedelta(minutes=number)
        exchange = Exchange(f"http://x/{number}", "GET", b"GET / HTTP/1.1\r\n\r\n", data, when, 5, None)
        capture = capture_of(exchange, None)
        assert capture is not None
        assert capture.payload is not None
        written = writer.keep(exchange, {}, capture)
        rows.append(
            OWN
            | {
                "kind": "image",
                "url": exchange.url,
                "method": "GET",
                "fetch_time": iso(when),
                "wire_verdict": "ok",
                "content_digest": capture.payload.digest,
                "mime": capture.mime,
                "warc_filename": written.place.warc_filename,
                "warc_record_offset": written.place.offset,
                "warc_record_length": written.place.length,
                "record_id": written.place.record_id,
                "revisit_of": written.revisit.target.record_id if written.revisit else None,
            }
        )
    writer.close()
    seen.close()
    return rows


def commit(store: Store, rows: list[Json], captures: list[Json]) -> None:
    images = [
        {k: row[k] for k in ("url", "content_digest", "mime", "fetch_time", "record_id")} | {"position": n}
        for n, row in enumerate(rows, 1)
    ]
    article = OWN | {"article_id": "a", "title": "Tin", "images": images, "fetch_time": iso(FIRST), "record_id": "page"}
    append(store, CAPTURES, table(captures, CAPTURES.schema), {})
    append(store, ARTICLES, table([article], ARTICLES.schema), {})
    append(store, CRAWLS, table([OWN | {"committed_at": iso(FIRST)}], CRAWLS.schema), {})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return create_store(tmp_path / "store")


def test_what_a_server_packed_stays_so_under_its_digest(store: Store, tmp_path: Path) -> None:
    svg = response(DRAWING, b"Content-Type: image/svg+xml\r\n", b"Content-Encoding: gzip\r\n")
    strange = response(b"what?", b"Content-Type: ../../x/y; q=1\r\n")
    rows = keep(store, [svg, strange, response(PICTURE, b"Content-Type: image/jpeg\r\n")])
    commit(store, rows, rows)
    export(store, tmp_path / "r", "CC0-1.0", At(), with_files=True)
    told = {row["mime"]: row for row in pq.read_table(tmp_path / "r/data/files.parquet").to_pylist()}
    drawing = told["image/svg+xml"]
    assert drawing["path"].endswith(f"{hashlib.sha256(DRAWING).hexdigest()}.svg.gz")
    assert drawing["content_encoding"] == "gzip"
    assert gzip.decompress((tmp_path / "r" / drawing["path"]).read_bytes()) == b"<svg/>"
    assert told["../../x/y"]["path"].endswith(f"/{hashlib.sha256(b'what?').hexdigest()}.bin")
    assert told["image/jpeg"]["path"].endswith(".jpg")
    text = (tmp_path / "r/README.md").read_text("utf-8")
    assert "license: cc0-1.0\n" in text


def test_a_file_that_only_a_revisit_tells_of_is_read_from_what_it_repeats(store: Store, tmp_path: Path) -> None:
    """The capture that holds the bytes may be one that was never committed."""
    whole = response(PICTURE, b"Content-Type: image/jpeg\r\n")
    rows = keep(store, [whole, whole])
    assert rows[1]["revisit_of"] == rows[0]["record_id"]
    commit(store, rows[1:], rows[1:])
    export(store, tmp_path / "r", "CC0-1.0", At(), with_files=True)
    (row,) = pq.read_table(tmp_path / "r/data/files.parquet").to_pylist()
    assert (tmp_path / "r" / row["path"]).read_bytes() == PICTURE
    assert row["record_id"] == rows[1]["record_id"]


def test_bytes_that_are_not_what_the_table_says_stop_it(store: Store, tmp_path: Path) -> None:
    (row,) = keep(store, [response(PICTURE, b"Content-Type: image/jpeg\r\n")])
    row["content_digest"] = "sha256:" + "0" * 64
    commit(store, [row], [row])
    with pytest.raises(BrokenWarc, match=r"hanam/hanam-.*\.warc\.gz, record urn:uuid:.* holds sha256:"):
        export(store, tmp_path / "r", "CC0-1.0", At(), with_files=True)
    assert not (tmp_path / "r").exists()


def test_a_file_whose_capture_is_nowhere_stops_it(store: Store, tmp_path: Path) -> None:
    rows = keep(store, [response(PICTURE), response(b"other")])
    commit(store, rows, rows[1:])
    with pytest.raises(BrokenWarc, match=r"no capture in .* holds sha256:"):
        export(store, tmp_path / "r", "CC0-1.0", At(), with_files=True)


def test_a_store_without_a_snapshot_has_no_release(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UnknownSnapshot):
        export(store, tmp_path / "r", "CC0-1.0", At())
