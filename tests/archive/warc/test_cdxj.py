"""The index: a line a response, sorted as `sort` in the C locale sorts, each pointing to its record."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.capture import Exchange
from archive.warc import cdxj
from archive.warc.reader import record_at
from archive.warc.seen import Seen as Index
from archive.warc.writer import WarcWriter

Seen = tuple[str, str, int, int, bytes]
AsWarcioReads = Callable[[Path], list[Seen]]

WHEN = datetime(2026, 11, 24, 1, 15, 2, 999999, UTC)
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=utf-8\r\n\r\nxin"


def exchange(
    url: str, response: bytes = PAGE, *, request: bytes = b"GET / HTTP/1.1\r\n\r\n", method: str = "GET", after: int = 0
) -> Exchange:
    return Exchange(url, method, request, response, WHEN + timedelta(seconds=after), 1, None)


def indexed(folder: Path, *wanted: Exchange) -> tuple[Path, list[tuple[str, str, dict[str, Any]]]]:
    """A closed file of these exchanges, and the lines beside it taken apart."""
    keeper = WarcWriter(folder, "hanam", {"software": "test"}, host="h")
    for one in wanted:
        keeper.write(one, {"verdict": "ok"})
    keeper.close()
    (path,) = keeper.closed
    text = path.with_name(path.name + ".cdxj").read_bytes().decode()
    assert text == "" or text.endswith("\n")
    lines = []
    for line in text.split("\n")[:-1]:
        key, when, rest = line.split(" ", 2)
        lines.append((key, when, json.loads(rest)))
    return path, lines


URLS = [
    "https://www.hanam.gov.vn/Pages/b.aspx",
    "https://hanam.gov.vn/a",
    "https://hanam.gov.vn/a?b=1",
    "https://hanam.gov.vn/a-b",
    "https://hanam.gov.vn/a/",
    "https://đồngnai.vn/",
    "https://hanam.gov.vn:8443/a",
    "https://hanam.gov.vn/Z",
    "http://[bad\nhost/é\U0001f600 x",
    "ftp://h/\uffff \u2028",
    "http://vn/",
]


def test_lines_are_in_byte_order_as_sort_sees_it(tmp_path: Path) -> None:
    path, lines = indexed(tmp_path, *[exchange(url, after=after) for after in (5, 0) for url in URLS])
    assert len(lines) == 2 * len(URLS)
    index = path.with_name(path.name + ".cdxj")
    done = subprocess.run(["sort", "--check", str(index)], env=os.environ | {"LC_ALL": "C"}, capture_output=True)
    assert done.returncode == 0, done.stderr
    raw = index.read_bytes().splitlines()
    assert raw == sorted(raw)


def test_every_line_points_to_its_record(tmp_path: Path, as_warcio_reads: AsWarcioReads) -> None:
    path, lines = indexed(tmp_path, *[exchange(url, PAGE + url.encode()) for url in URLS])
    data = path.read_bytes()
    theirs = {(offset, length): block for kind, _, offset, length, block in as_warcio_reads(path) if kind == "response"}
    assert len(lines) == len(theirs) == len(URLS)
    for _, when, said in lines:
        offset, length = int(said["offset"]), int(said["length"])
        assert said["filename"] == path.name
        found = record_at(path.parent / said["filename"], offset)
        assert found.length == length
        assert found.url == said["url"]
        assert found.block == theirs[offset, length]
        assert gzip.decompress(data[offset : offset + length]).endswith(found.block + b"\r\n\r\n")
        assert found.header("WARC-Payload-Digest") == said["digest"]
        assert found.header("WARC-Block-Digest") == said["recordDigest"]
        assert when == "20261124011502"


def test_what_a_line_says(tmp_path: Path) -> None:
    _, [(key, when, said)] = indexed(tmp_path, exchange("https://www.hanam.gov.vn/Pages/Tin.aspx?b=2&A=1"))
    assert (key, when) == ("vn,gov,hanam)/pages/tin.aspx?a=1&b=2", "20261124011502")
    assert (said["url"], said["mime"], said["status"]) == (
        "https://www.hanam.gov.vn/Pages/Tin.aspx?b=2&A=1",
        "text/html",
        "200",
    )
    assert "method" not in said
    assert "requestBody" not in said


def test_a_response_without_a_type_is_unk(tmp_path: Path) -> None:
    _, [(_, _, said)] = indexed(tmp_path, exchange("http://h/", b"HTTP/1.1 301 Moved\r\nLocation: /\r\n\r\n"))
    assert (said["mime"], said["status"]) == ("unk", "301")


def test_an_exchange_without_a_response_has_no_line(tmp_path: Path) -> None:
    _, lines = indexed(
        tmp_path, exchange("http://h/a", b""), exchange("http://h/b", b"", request=b""), exchange("http://h/c")
    )
    assert [key for key, _, _ in lines] == ["h)/c"]


def test_a_post_is_found_by_its_method_and_body(tmp_path: Path) -> None:
    request = (
        b"POST /list HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 19\r\n\r\n"
        b"Page=2&id=a%20b%2Bc"
    )
    _, [(key, _, said)] = indexed(tmp_path, exchange("http://h.vn/list?z=1", request=request, method="POST"))
    assert key == "vn,h)/list?__wb_method=post&id=a%20b+c&page=2&z=1"
    assert (said["url"], said["method"]) == ("http://h.vn/list?z=1", "POST")
    assert said["requestBody"] == "Page=2&id=a%20b%2Bc"  # as it was sent: ReplayWeb.page appends it to the URL


def test_posts_of_other_bodies_have_other_keys(tmp_path: Path) -> None:
    def post(body: bytes) -> Exchange:
        head = b"POST /list HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body)
        return exchange("http://h.vn/list", request=head + body, method="POST")

    bodies = [b"page=1", b"page=2", b'{"page": 1}', b"\xff\0\r\n x", b"", b"a" * 9000, b"a" * 10_000]
    _, lines = indexed(tmp_path, *map(post, bodies))
    assert len({key for key, _, _ in lines}) == len(bodies) - 1  # the last two differ behind pywb's limit


def test_a_head_was_indexed_as_the_page_itself(tmp_path: Path) -> None:
    """A replay would have shown its empty body for the page."""
    head = exchange("http://h.vn/a", request=b"HEAD /a HTTP/1.1\r\n\r\n", method="HEAD")
    _, lines = indexed(tmp_path, head, exchange("http://h.vn/a"))
    assert [(key, said.get("method")) for key, _, said in lines] == [
        ("vn,h)/a", None),
        ("vn,h)/a?__wb_method=head", "HEAD"),
    ]


@pytest.mark.parametrize("separator", ["\n", "\r\n", " ", "\u2028", "\x85", "\0"])
def test_no_url_makes_a_line_of_its_own(tmp_path: Path, separator: str) -> None:
    forged = f"x{separator}vn,h)/ 20260101000000 {{}}"
    _, lines = indexed(tmp_path, exchange(f"http://[{forged}"), exchange(f"http://h.vn/{forged}"), exchange(forged))
    assert len(lines) == 3
    assert all(when == "20261124011502" for _, when, _ in lines)


def test_an_index_is_written_under_the_final_name_while_the_file_is_still_open(tmp_path: Path) -> None:
    keeper = WarcWriter(tmp_path, "hanam", {}, host="h")
    keeper.write(exchange("http://h.vn/"), {})
    keeper.abandon()
    (path,) = tmp_path.glob("*.open")
    final = path.with_name(path.name.removesuffix(".open"))
    target = cdxj.write(path, final)
    assert target.name == final.name + ".cdxj"
    assert sorted(left.name for left in tmp_path.iterdir()) == sorted([path.name, target.name, final.name + ".ledger"])
    assert target.read_text("utf-8") == cdxj.lines(path, final.name)[0] + "\n"
    assert json.loads(target.read_text("utf-8").split(" ", 2)[2])["filename"] == final.name


def test_not_modified_replayed_as_a_page_without_a_body(tmp_path: Path) -> None:
    """Merged for replay, its line leads to the capture that it repeats: the last of its payload, not the nearest in time."""
    indexes: list[Path] = []
    night = 24 * 3600
    tagged = [
        b'HTTP/1.1 200 OK\r\nETag: "%d"\r\nContent-Type: text/html\r\nContent-Length: 1\r\n\r\n%d' % (n, n)
        for n in (1, 2)
    ]
    for number, response in enumerate([tagged[0], b"HTTP/1.1 304 Not Modified\r\n\r\n", tagged[1], tagged[0]]):
        seen = Index(tmp_path, tmp_path)
        keeper = WarcWriter(tmp_path, f"hanam-{number}", {}, host="h", seen=seen)
        known = seen.validators("http://h/a") if b" 304 " in response else None
        keeper.write(exchange("http://h/a", response, after=number * night), {}, known.target if known else None)
        keeper.close()
        seen.close()
        indexes.append(keeper.closed[0].with_name(keeper.closed[0].name + ".cdxj"))
    assert '"status":"304"' in indexes[1].read_text("utf-8"), "the file's own index tells what the file holds"
    merged = [line.split(" ", 2) for line in cdxj.merge(indexes)]
    said = [(when[6:8], json.loads(data)["filename"][:7], json.loads(data)["mime"]) for _, when, data in merged]
    assert said == [
        ("24", "hanam-0", "text/html"),
        ("25", "hanam-0", "text/html"),
        ("26", "hanam-2", "text/html"),
        ("27", "hanam-3", "warc/revisit"),
    ]
    assert len({json.loads(data)["offset"] for _, _, data in merged[:2]}) == 1
    assert list(cdxj.merge(indexes[1:2])) == [], "what it repeats is not among these files"
