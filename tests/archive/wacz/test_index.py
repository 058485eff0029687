"""The index of a WACZ: sorted however many its lines are, and in blocks by the keys that its viewer compares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.capture import Exchange
from archive.wacz import index
from archive.wacz.index import Lines, viewers_key
from archive.warc.reader import StoredExchange, exchanges
from archive.warc.writer import WarcWriter

WHEN = datetime(2026, 11, 24, 1, 15, 2, 987654, UTC)
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nxin"
FORM = (
    b"POST /a HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nCookie: s=1\r\nContent-Length: 9\r\n\r\n"
    b"b=2&a=%2F"
)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        (
            "http://www.Hanam.gov.vn/Pages/Tin%20T%E1%BB%A9c.aspx?b=2&a=1",
            "vn,gov,hanam)/pages/tin%20t%e1%bb%a9c.aspx?a=1&b=2",
        ),
        ("https://hanam.gov.vn", "vn,gov,hanam)/"),
        ("https://x.vn:443/tin/", "vn,x)/tin/"),
        ("http://x.vn:8080/a?", "vn,x:8080)/a"),
        ("https://www2.x.vn/a/?Paged=TRUE&p_ID=4&a-b=1&a=1", "vn,x)/a/?a-b=1&a=1&p_id=4&paged=true"),
        ("http://x.vn/a?__wb_method=POST&__VIEWSTATE=%2FwEP&x", "vn,x)/a?__viewstate=%2fwep&__wb_method=post&x"),
        ("http://x.vn/a%2fb;jsessionid=1?x=%C3%81", "vn,x)/a%2fb;jsessionid=1?x=%c3%81"),
        ("dns:x.vn", "dns:x.vn"),
        ("http://[::1]:80/x", "[::1])/x"),
        ("http://[::1", "http://[::1"),
        ("http://x.vn/a b\n\ud800", "vn,x)/a%20b%3f"),
    ],
)
def test_keys_are_those_of_the_viewer(url: str, key: str) -> None:
    """Held against what `getSurt` of warcio.js 2.4 gives."""
    assert viewers_key(url) == key


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[StoredExchange]:
    keeper = WarcWriter(tmp_path, "hanam", {"software": "test"}, host="h")
    for n in range(300):
        url = f"http://hanam.example/{(n * 77) % 100}/"
        when = WHEN + timedelta(seconds=n)
        if n % 3:
            keeper.write(Exchange(url, "GET", b"GET / HTTP/1.1\r\n\r\n", PAGE, when, 1, None), {})
        else:
            keeper.write(Exchange(url, "POST", FORM, PAGE, when, 1, None), {})
    keeper.close()
    return exchanges(keeper.closed[0])


@pytest.mark.parametrize("viewers", [False, True])
def test_lines_that_are_too_many_to_hold_come_sorted_all_the_same(
    stored: Iterator[StoredExchange], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, viewers: bool
) -> None:
    monkeypatch.setattr(index, "_HELD", 4000)
    lines = Lines(tmp_path, viewers=viewers)
    for found in stored:
        lines.add(replace(found))
    found_lines = list(lines)
    assert len(list(tmp_path.glob("index-*"))) > 10
    assert len(found_lines) == lines.count == 300
    assert [line.encode() for line in found_lines] == sorted(line.encode() for line in found_lines)
    assert all(line.split(" ")[1].startswith("2026112401") for line in found_lines)
    assert found_lines[0].split(" ")[1][14:] == "987", "with milliseconds"
    assert not any("ookie" in line for line in found_lines)
    posted = [line for line in found_lines if '"method":"POST"' in line]
    assert len(posted) == 100
    assert all("__wb_method=post" in line.split(" ")[0] for line in posted)
    assert ("/0/?" in posted[0]) == viewers
