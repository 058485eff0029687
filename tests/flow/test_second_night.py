"""A portal that does not change is crawled again: the second night repeats the first, and says of every byte where it is."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from archive.block import whole
from archive.moment import iso
from archive.payload import payload_of
from archive.warc.reader import StoredExchange, record_at
from archive.warc.revisit import IDENTICAL, UNMODIFIED
from crawler.demo.server import DemoServer, WireExchange

from .conftest import luutru
from .still_portal import ANSWERS, ARTICLES, ETAG, HOST, MODIFIED, ONCE, POSTED, SITE, Still, StillPortal, validated

FIRST, SECOND, THIRD, FOURTH = "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"
OTHER = "khac.example"


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Still]:
    """Two nights, for tests that only look."""
    with DemoServer(StillPortal()) as server:
        folder = tmp_path_factory.mktemp("still")
        still = Still(server, folder, luutru, folder / "store")
        still.crawl(FIRST)
        still.crawl(SECOND)
        yield still


@pytest.fixture
def again(still: Still, tmp_path: Path) -> Iterator[Still]:
    """The same two nights in a store of the test's own, to be crawled on."""
    with DemoServer(StillPortal()) as server:
        copy = replace(still, server=server, folder=tmp_path, store=tmp_path / "store")
        shutil.copytree(still.store, copy.store)
        yield copy


def wire(still: Still, night: str) -> list[WireExchange]:
    """The server's record of one of the fixture's nights."""
    (row,) = still.ask(f"SELECT started_at, finished_at FROM crawls WHERE night = DATE '{night}'")
    log = still.server.log
    return [one for one in log if row["started_at"].timestamp() <= one.at <= row["finished_at"].timestamp()]


def repeats(found: list[StoredExchange]) -> Counter[tuple[str, str, str, str]]:
    """What kind of record each answer became."""
    kinds: Counter[tuple[str, str, str, str]] = Counter()
    for one in found:
        assert one.response is not None
        kinds[(one.method, one.response.url, one.response.type, one.response.header("WARC-Profile") or "")] += 1
    return kinds


def stands(still: Still, one: StoredExchange) -> None:
    """The revisit names a response that is in the store, and that response holds the payload that it tells of."""
    record = one.response
    assert record is not None
    by_id = {found.first.id: found.first for path in still.warcs() for found in still.read(path)}
    target = by_id[record.refers_to]
    assert target.type == "response"
    assert record.header("WARC-Refers-To-Target-URI") == target.url
    assert record.header("WARC-Refers-To-Date") == iso(target.date)
    payload = payload_of(target.block, "GET")
    assert payload is not None
    assert record.header("WARC-Payload-Digest") == target.header("WARC-Payload-Digest") == payload.digest
    # two requests of one crawl may be under way at once: then the one that was answered first is kept first
    assert target.date <= record.date or (target.filename == record.filename and target.offset < record.offset)


def test_every_answer_of_the_second_night_is_a_revisit_but_the_posted_forms(still: Still) -> None:
    asked = set(ANSWERS) - set(ONCE)
    wanted: Counter[tuple[str, str, str, str]] = Counter({("POST", SITE + POSTED, "response", ""): 1})
    for target in asked:
        wanted["GET", SITE + target, "revisit", UNMODIFIED if validated(target) else IDENTICAL] += 1
    assert repeats(still.kept(SECOND)) == wanted
    assert {UNMODIFIED, IDENTICAL} <= {profile for _, _, _, profile in wanted}


def test_every_revisit_names_a_record_that_is_there_and_holds_its_payload(still: Still) -> None:
    revisits = [one for night in (FIRST, SECOND) for one in still.kept(night) if one.first.type == "revisit"]
    assert len(revisits) > 20
    for one in revisits:
        stands(still, one)
        record = one.first
        truncated = record.header("WARC-Truncated")
        head = whole(record.block)
        assert head.endswith(b"\r\n\r\n"), "the block is the head as it came"
        if record.header("WARC-Profile") == IDENTICAL:
            assert truncated == "length"
        else:
            assert (truncated, head[:12]) == (None, b"HTTP/1.1 304")
        assert int(one.metadata["receivedBytes"]) >= len(head)


def test_on_the_first_night_the_same_bytes_at_two_urls_are_kept_once(still: Still) -> None:
    revisits = {one.first.url: one.first for one in still.kept(FIRST) if one.first.type == "revisit"}
    pairs = sorted(sorted((url, record.header("WARC-Refers-To-Target-URI") or "")) for url, record in revisits.items())
    assert pairs == [
        [f"{SITE}/Pages/mat-1.aspx", f"{SITE}/Pages/mat-2.aspx"],
        [f"{SITE}/anh/hai.jpg", f"{SITE}/anh/mot.jpg"],
    ]


def test_the_second_night_asks_by_what_the_last_capture_was_told(still: Still) -> None:
    first = [one for one in wire(still, FIRST) if b"\r\nIf-" in one.received]
    assert first == [], "nothing is known yet"
    seen = set()
    for one in wire(still, SECOND):
        answer = ANSWERS.get(one.target)
        etag, modified = (answer.header("ETag"), answer.header("Last-Modified")) if answer else (None, None)
        lines = one.received.decode("latin-1").split("\r\n")
        told = {name: value for name, _, value in (line.partition(": ") for line in lines) if name.startswith("If-")}
        wanted = {"If-None-Match": etag, "If-Modified-Since": modified} if one.method == "GET" else {}
        assert told == {name: value for name, value in wanted.items() if value}, one.target
        assert one.sent.startswith(b"HTTP/1.1 304 ") == bool(told)
        seen |= set(told.values())
    assert seen == {ETAG, MODIFIED}
    assert not {one.target for one in wire(still, SECOND)} & set(ONCE), "pictures and documents that are kept"


def test_request_and_response_are_what_the_socket_moved(still: Still, stored_exchanges: Any) -> None:
    kept = Counter(
        (found.request.block, found.response.block) for found in stored_exchanges(still.store / "warc") if found.request
    )
    assert kept == Counter((one.received, one.sent) for one in still.server.log)
    assert kept.total() == len(ANSWERS) * 2 + 2 - len(ONCE)


def test_no_portal_repeats_another(again: Still) -> None:
    again.crawl(FIRST, "khac", OTHER)
    hosts = {OTHER: 0, HOST: 0}
    for path in again.warcs():
        for one in again.read(path):
            host = one.first.url.split("/")[2]
            hosts[host] += 1
            if one.first.type == "revisit":
                assert (one.first.header("WARC-Refers-To-Target-URI") or "").split("/")[2] == host
                assert path.parent.name == again.by_id(one.first.refers_to).filename.split("/")[0]
    firsts = {
        one.first.url: one.first.type for path in again.warcs() for one in again.read(path) if OTHER in one.first.url
    }
    assert hosts[OTHER] == len(ANSWERS) + 1
    shared = [url for url, kind in firsts.items() if kind == "revisit"]
    assert len(shared) == 2, "within a portal alone: the second of the pictures, and of the missing pages"


def test_a_lost_index_of_what_was_seen_changes_nothing(again: Still) -> None:
    (index,) = (again.store / "warc" / "tinh").glob("seen.sqlite")
    for path in index.parent.glob("seen.sqlite*"):
        path.unlink()
    again.crawl(THIRD)
    third = again.kept(THIRD)
    assert repeats(third) == repeats(again.kept(SECOND))
    for one in third:
        if one.first.type == "revisit":
            stands(again, one)
    assert index.exists()


@pytest.mark.parametrize("index", ["kept", "lost"])
def test_nothing_repeats_what_is_not_there_any_more(again: Still, index: str) -> None:
    names = {one.first.filename for one in again.kept(FIRST)}
    for name in names:
        path = again.store / "warc" / name
        path.unlink()
        path.with_name(path.name + ".cdxj").unlink()
    if index == "lost":
        for path in (again.store / "warc" / "tinh").glob("seen.sqlite*"):
            path.unlink()
    again.server.forget()
    again.crawl(FOURTH)
    assert not [one.target for one in again.server.log if b"\r\nIf-" in one.received]
    kinds = Counter(one.first.type for one in again.kept(FOURTH))
    # each page, picture and document in full, and the posted form; of what has the same bytes twice, one repeats the other
    assert kinds["response"] == len(ANSWERS) - 1
    for one in again.kept(FOURTH):
        if one.first.type == "revisit":
            stands(again, one)
            assert one.first.url.endswith(("mat-1.aspx", "mat-2.aspx", "mot.jpg", "hai.jpg"))
    again.crawl("2026-11-27")
    assert repeats(again.kept("2026-11-27")) == repeats(again.kept(SECOND))
    for one in again.kept("2026-11-27"):
        if one.first.type == "revisit":
            stands(again, one)


def test_rows_read_again_from_both_nights_are_those_that_stand(still: Still, tmp_path: Path) -> None:
    words = ("--store", str(still.store), "--portals", str(still.folder), "--to", str(tmp_path))
    done = still.luutru("reextract", *words)
    assert done.returncode == 0, done.stderr
    views = {"captures": "captures", "articles": "readings", "listings": "listings"}
    crawls = still.ask("SELECT crawl FROM crawls")
    assert len(crawls) == 2
    for crawl in crawls:
        for table, view in views.items():
            rows = pq.read_table(tmp_path / crawl["crawl"] / f"{table}.parquet").to_pylist()
            stood = still.ask(f"SELECT * FROM {view} WHERE crawl = '{crawl['crawl']}'")
            assert len(rows) == len(stood) > 0
            assert sorted(rows, key=lambda row: row["record_id"]) == sorted(stood, key=lambda row: row["record_id"])


def test_an_article_that_was_not_modified_is_there(still: Still) -> None:
    url = f"{SITE}/Pages/1.aspx"
    assert still.ask("SELECT * FROM events WHERE event <> 'appeared'") == []
    states = still.ask("SELECT state, count(*) AS n FROM articles GROUP BY ALL")
    assert states == [{"state": "online", "n": ARTICLES}]
    nights = still.ask("SELECT articles, missing, failed, listing_entries FROM crawls ORDER BY night")
    assert nights[0] == nights[1]
    (row,) = still.ask(
        f"SELECT a.last_confirmed_at = c.fetch_time AS confirmed, c.wire_verdict, c.fetch_status, c.mime, c.revisit_of, "
        f"c.reading_verdict FROM articles a JOIN captures c USING (url) JOIN crawls w ON w.crawl = c.crawl "
        f"WHERE a.url = '{url}' AND w.night = DATE '{SECOND}'"
    )
    (kept,) = [one.first for one in still.kept(FIRST) if one.first.url == url]
    assert row == {
        "confirmed": True,
        "wire_verdict": "not-modified",
        "fetch_status": 304,
        "mime": "text/html",
        "revisit_of": kept.id,
        "reading_verdict": "article",
    }


def test_the_rows_of_the_second_night_name_what_they_repeat(still: Still) -> None:
    rows = {row["record_id"]: row for row in still.ask("SELECT * FROM captures")}
    for one in [*still.kept(FIRST), *still.kept(SECOND)]:
        row = rows.pop(one.first.id)
        assert row["revisit_of"] == (one.first.refers_to if one.first.type == "revisit" else None)
        assert row["content_digest"] == one.first.header("WARC-Payload-Digest")
        record = record_at(still.store / "warc" / row["warc_filename"], row["warc_record_offset"])
        assert (record.id, record.length) == (row["record_id"], row["warc_record_length"])
    assert rows == {}


def test_the_images_of_an_article_have_their_bytes_on_the_second_night_too(still: Still) -> None:
    (reading,) = still.ask(
        f"SELECT r.images, r.attachments FROM readings r JOIN crawls USING (crawl) "
        f"WHERE r.url = '{SITE}/Pages/1.aspx' AND night = DATE '{SECOND}'"
    )
    kept = {one.first.url: one.first for one in still.kept(FIRST)}
    for file in (*reading["images"], *reading["attachments"]):
        assert file["content_digest"] == kept[file["url"]].header("WARC-Payload-Digest")
    images = still.ask("SELECT url, caption, content_digest, width, record_id FROM images ORDER BY position")
    assert [(row["url"], row["caption"]) for row in images] == [
        (f"{SITE}/anh/mot.jpg", "Ảnh một"),
        (f"{SITE}/anh/hai.jpg", "Ảnh hai"),
    ]
    assert len({row["content_digest"] for row in images}) == 1
    for row in images:
        assert row["content_digest"] == kept[row["url"]].header("WARC-Payload-Digest")
        assert (row["record_id"], row["width"]) == (kept[row["url"]].id, 160)
