"""Links that lead in circles, to nothing, or to what is no web page: kept as they stand, and never asked for."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from .hostile_crawl import Left, article, block, crawl, listing
from .wild import Play, Wild, page, says

ELSEWHERE = [
    "file:///etc/passwd",
    "file://thu.example/etc/passwd",
    "ftp://127.0.0.1:{port}/x.pdf",
    "gopher://127.0.0.1:{port}/x.pdf",
    "javascript:fetch('http://127.0.0.1:{port}/')",
    "JaVaScRiPt:alert(1)//x.pdf",
    "data:text/html;base64,PGgxPg==",
    "data:image/png;base64,iVBORw0KGgo=",
    "mailto:a@thu.example",
    "tel:+84243",
    "blob:http://thu.example/1",
    "about:blank",
    "ws://127.0.0.1:{port}/x.pdf",
    "view-source:http://127.0.0.1:{port}/x.pdf",
    "jar:http://127.0.0.1:{port}/x.jar!/x.pdf",
    "s3://bucket/x.pdf",
    "http://",
    "http:///x.pdf",
    "http://:80/x.pdf",
    "http://[::1/x.pdf",
    "http://thu.example:99999/x.pdf",
    "http://thu.example:-1/x.pdf",
    "http://%zz/x.pdf",
    "\\\\127.0.0.1\\x.pdf",
    "//",
    "?",
    "#",
    "",
    " ",
    "\x00\x01",
    "http://thu.example\x00.evil.example/x.pdf",
]
GARBAGE = {
    "nothing": b"",
    "blanks": b"   ",
    "bytes that are no text": b"\xff\xfe\x00\x80",
    "a scheme alone": b"http:",
    "no host": b"http:///",
    "half an IPv6 address": b"http://[::1/",
    "a port that is none": b"http://thu.example:http/",
    "a port that is too great": b"http://thu.example:99999/",
    "a file": b"file:///etc/passwd",
    "data": b"data:text/html,<h1>Tin</h1>",
    "a script": b"javascript:alert(1)",
    "a hundred kilobytes": b"/" + b"a" * 100_000,
    "a percent sign": b"/Pages/%zz.aspx%",
    "a line break": b"/Pages/a.aspx%0d%0aX-Evil:%201",
}
HOPS = 5


@dataclass(frozen=True)
class Led:
    left: Left
    server: Wild
    bell: socket.socket


def _moved(to: bytes) -> Play:
    return says(page(b"", b"Location: " + to, status=b"302 Found"))


@pytest.fixture(scope="module")
def led(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Led]:
    with socket.create_server(("127.0.0.1", 0)) as bell:
        links = [link.format(port=bell.getsockname()[1]).replace("'", "&#39;") for link in ELSEWHERE]
        shown = "".join(
            f"<p><img src='{link}'></p><p><a href='{link}'>Tệp.pdf</a></p><link rel='stylesheet' href='{link}'>"
            f"<script src='{link}'></script><img srcset='{link} 2x'>"
            for link in links
        )
        foreign = "<p><a href='http://khac.example/tin.aspx'>Tin khác</a></p>"
        script: dict[str, Play] = {"/Pages/1.aspx": says(page(article("một", shown + foreign)))}
        script["/Pages/self.aspx"] = _moved(b"/Pages/self.aspx")
        script["/Pages/to.aspx"], script["/Pages/fro.aspx"] = _moved(b"fro.aspx"), _moved(b"to.aspx")
        for hop in range(50):
            script[f"/Pages/hop-{hop}.aspx"] = _moved(b"hop-%d.aspx" % (hop + 1))
        for number, location in enumerate(GARBAGE.values()):
            script[f"/Pages/garbage-{number}.aspx"] = _moved(location)
        entries = [*script, *links, "http://khac.example/tin.aspx", "//khac.example/tin.aspx"]
        entries = [entry for entry in entries if not entry.startswith("/Pages/hop-") or entry == "/Pages/hop-0.aspx"]
        with Wild({"/tin": listing(entries), **script}) as server:
            left = crawl(tmp_path_factory.mktemp("led"), {"thu.example:80": server.port}, concurrency=4)
        yield Led(left, server, bell)


def test_nothing_but_the_web_is_asked_and_the_article_is_read(led: Led) -> None:
    led.bell.setblocking(False)
    with pytest.raises(BlockingIOError):
        led.bell.accept()
    asked = led.left.ask("SELECT DISTINCT url_original FROM captures")
    schemes = Counter(row["url_original"].partition(":")[0] for row in asked)
    assert set(schemes) == {"http"}
    assert [row["title"] for row in led.left.ask("SELECT title FROM articles")] == ["Tin một"]


def test_an_address_that_no_request_can_be_made_of_stalls_nothing(led: Led) -> None:
    """A port over 65535 stopped the scheduler for good; now such a link counts as given up."""
    assert led.left.row["cut_short"] is None
    assert led.left.row["failed"] >= 1
    assert led.left.ask("SELECT * FROM captures WHERE url_original LIKE '%:99999/%'") == []


def test_pages_of_other_hosts_are_not_asked(led: Led) -> None:
    assert led.left.ask("SELECT * FROM captures WHERE url_original LIKE '%khac.example%'") == []


def test_a_circle_of_redirects_is_gone_round_once(led: Led) -> None:
    for target in ("/Pages/self.aspx", "/Pages/to.aspx", "/Pages/fro.aspx"):
        assert len(led.server.of(target)) == 1


def test_a_chain_of_fifty_redirects_is_left_after_a_few(led: Led) -> None:
    asked = [len(led.server.of(f"/Pages/hop-{hop}.aspx")) for hop in range(50)]
    assert asked == [1] * (HOPS + 1) + [0] * (49 - HOPS)
    for hop in range(HOPS + 1):
        (row,) = led.left.rows(f"http://thu.example/Pages/hop-{hop}.aspx")
        assert (row["wire_verdict"], row["redirect_to"]) == (
            "redirect",
            f"http://thu.example/Pages/hop-{hop + 1}.aspx",
        )


@pytest.mark.parametrize("name", GARBAGE)
def test_a_location_that_leads_nowhere_is_kept_and_not_followed(led: Led, name: str) -> None:
    target = f"/Pages/garbage-{list(GARBAGE).index(name)}.aspx"
    (heard,) = led.server.of(target)
    (stored,) = led.left.kept(f"http://thu.example{target}")
    assert block(stored) == heard.sent
    (row,) = led.left.rows(f"http://thu.example{target}")
    assert (row["wire_verdict"], row["fetch_status"]) == ("redirect", 302)


def test_every_request_is_one_line_of_a_request_and_its_headers(led: Led) -> None:
    """No link puts a line of its own into a request."""
    for heard in led.server.log:
        lines = heard.received.split(b"\r\n")
        assert lines[0].count(b" ") == 2
        assert not [line for line in lines if line.startswith(b"X-Evil")]
