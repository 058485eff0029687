"""Responses as servers send them, right and wrong: each is in the WARC byte for byte, and the crawl goes on."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from archive.store import open_store
from archive.tables.views import ask
from archive.warc.reader import StoredExchange

from .origin import End, Origin, Played

Stored = Callable[[Path], list[StoredExchange]]

PORTAL = """\
title = "Cổng thử"
hosts = ["thu.example"]
platform = "sharepoint"
[[categories]]
path = ["Tin"]
url = "http://thu.example/tin"
[[layouts]]
entries = "//li"
[politeness]
delay = 0.0
concurrency = 1
timeout = 3
"""

PAGE = (
    "<h1 class='title'>Tin</h1><div class='ms-rtestate-field'><p>Ủy ban họp phiên thường kỳ tháng mười một.</p></div>"
).encode()
TYPE = b"Content-Type: text/html; charset=utf-8\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(PAGE)


def chunks(body: bytes, size: int = 20, extension: bytes = b"", trailer: bytes = b"") -> bytes:
    parts = [body[i : i + size] for i in range(0, len(body), size)]
    return b"".join(b"%X%s\r\n%s\r\n" % (len(p), extension, p) for p in parts) + b"0\r\n" + trailer + b"\r\n"


def ok(*more: bytes, body: bytes = PAGE, end: End = "keep", status: bytes = b"HTTP/1.1 200 OK\r\n") -> Played:
    """A response with these header lines before type and length."""
    return Played((status + b"".join(more) + TYPE + LENGTH + b"\r\n" + body,), end)


WHOLE: dict[str, Played] = {
    "odd header case and order": Played(
        (b"HTTP/1.1 200 OK\r\ncOnTeNt-LeNgTh: %d\r\nX-B: 1\r\nx-a: 2\r\n" % len(PAGE) + TYPE + b"\r\n" + PAGE,)
    ),
    "a header line without a colon": ok(b"this is no header\r\n"),
    "a header name with blanks": ok(b"X Y: 1\r\nX-Z : 2\r\n"),
    "a folded header": ok(b"X-Long: one\r\n  two\r\n"),
    "a fold before any header": ok(b"  orphan\r\n"),
    "latin-1 in a header": ok(b"X-Name: caf\xe9\r\n"),
    "an empty reason": ok(status=b"HTTP/1.1 200 \r\n"),
    "no reason": ok(status=b"HTTP/1.1 200\r\n"),
    "an empty line before the status": ok(status=b"\r\nHTTP/1.1 200 OK\r\n"),
    "interim responses": Played(
        (
            b"HTTP/1.1 100 Continue\r\n\r\n",
            b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
            b"HTTP/1.1 200 OK\r\n" + TYPE + LENGTH + b"\r\n" + PAGE,
        )
    ),
    "chunk extensions and trailers": Played(
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + TYPE + b"\r\n",
            chunks(PAGE, 30, b";name=value", b"X-Sum: 1\r\n"),
        )
    ),
    "blanks after a chunk's size": Played(
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + TYPE + b"\r\n", chunks(PAGE, 30, b" \t "))
    ),
    "an extension in Latin-1": Played(
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + TYPE + b"\r\n", chunks(PAGE, 30, b";caf\xe9"))
    ),
    "one byte at a time": Played(tuple(bytes([b]) for b in b"HTTP/1.1 200 OK\r\n" + TYPE + LENGTH + b"\r\n" + PAGE)),
    "gzip in chunks": Played(
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n" + TYPE + b"\r\n",
            chunks(gzip.compress(PAGE, mtime=0)),
        )
    ),
    "no length, then closed": Played((b"HTTP/1.1 200 OK\r\n" + TYPE + b"\r\n" + PAGE,), "close"),
    "HTTP/1.0": Played((b"HTTP/1.0 200 OK\r\n" + TYPE + b"\r\n" + PAGE,), "close"),
    "HTTP/1.0 with a length, left open": ok(status=b"HTTP/1.0 200 OK\r\n"),
    "two thousand headers": ok(*(b"X-%d: y\r\n" % n for n in range(2000))),
    "a header of 200 kB": ok(b"X-Long: " + b"y" * 200_000 + b"\r\n"),
    "bytes beyond the end": ok(body=PAGE + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"),
    "close said in a list": ok(b"Connection: foo, Close\r\n", end="close"),
}

BROKEN: dict[str, tuple[Played, str]] = {
    "closed in the body": (
        Played((b"HTTP/1.1 200 OK\r\n" + TYPE + b"Content-Length: 9999\r\n\r\n" + PAGE,), "close"),
        "disconnect",
    ),
    "closed in a chunk": (
        Played((b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + TYPE + b"\r\n50\r\nabc",), "close"),
        "disconnect",
    ),
    "reset in a body without length": (
        Played((b"HTTP/1.1 200 OK\r\n" + TYPE + b"\r\n" + PAGE,), "reset"),
        "disconnect",
    ),
    "closed in the head": (Played((b"HTTP/1.1 200 OK\r\nContent-Ty",), "close"), "disconnect"),
    "silent in the body": (Played((b"HTTP/1.1 200 OK\r\n" + TYPE + b"Content-Length: 9999\r\n\r\n" + PAGE,)), "time"),
    "a head without end": (Played((b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 200_000,), "close"), "length"),
}


@dataclass(frozen=True)
class Kept:
    """What a crawl of an origin left: exchanges by target, and the rows of captures."""

    exchanges: Mapping[str, list[StoredExchange]]
    rows: list[dict[str, Any]]
    titles: Counter[str]


def crawl(folder: Path, script: Mapping[str, Played], stored: Stored) -> tuple[Kept, Origin]:
    """Crawls an origin whose listing shows every target of `script`."""
    items = "".join(f'<li><a href="{target}">Tin</a></li>' for target in script).encode()
    shown = Played((b"HTTP/1.1 200 OK\r\n" + TYPE + b"Content-Length: %d\r\n\r\n" % len(items), items))
    with Origin({"/tin": shown, **script}) as origin:
        (folder / "thu.toml").write_text(PORTAL, "utf-8")
        config = folder / "luutru.toml"
        config.write_text(f'[connect]\n"thu.example:80" = "127.0.0.1:{origin.port}"\n', "utf-8")
        command = [sys.executable, "-m", "crawler.cli", "crawl", "thu", "--portals", str(folder)]
        command += ["--store", str(folder / "store"), "--config", str(config)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    store = open_store(folder / "store")
    found: dict[str, list[StoredExchange]] = {}
    for exchange in stored(store.warcs):
        found.setdefault(exchange.first.url.removeprefix("http://thu.example"), []).append(exchange)
    titles = Counter(row["url"] for row in ask(store, "SELECT url FROM articles"))
    return Kept(found, ask(store, "SELECT * FROM captures"), titles), origin


def targets(cases: Mapping[str, Any]) -> dict[str, str]:
    """A target for each case's name."""
    return {name: f"/Pages/{number}.aspx" for number, name in enumerate(cases)}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, stored_exchanges: Stored) -> tuple[Kept, Origin]:
    names = targets(WHOLE)
    script = {names[name]: played for name, played in WHOLE.items()}
    return crawl(tmp_path_factory.mktemp("whole"), script, stored_exchanges)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory, stored_exchanges: Stored) -> tuple[Kept, Origin]:
    names = targets(BROKEN)
    script = {names[name]: case[0] for name, case in BROKEN.items()}
    return crawl(tmp_path_factory.mktemp("broken"), script, stored_exchanges)


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_response_is_kept_byte_for_byte_and_read(whole: tuple[Kept, Origin], name: str) -> None:
    kept, origin = whole
    target = targets(WHOLE)[name]
    (crossed,) = [crossed for crossed in origin.log if crossed.target == target]
    (exchange,) = kept.exchanges[target]
    assert exchange.request is not None
    assert exchange.request.block == crossed.received
    assert exchange.response is not None
    assert exchange.response.block == crossed.sent
    # the page is the same in most cases: after its first capture it is a revisit, which says "length" of its own block
    assert exchange.response.header("WARC-Truncated") == ("length" if exchange.response.is_revisit else None)
    assert kept.titles[f"http://thu.example{target}"] == 1


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_response_is_kept_as_far_as_it_came_and_told(broken: tuple[Kept, Origin], name: str) -> None:
    kept, origin = broken
    target = targets(BROKEN)[name]
    crossed = [crossed for crossed in origin.log if crossed.target == target]
    stored = kept.exchanges[target]
    assert len(stored) == len(crossed) == 3, "asked three times, and each is kept"
    for exchange, seen in zip(stored, crossed, strict=True):
        assert exchange.response is not None
        assert seen.sent.startswith(exchange.response.block)
        if BROKEN[name][1] != "length":
            assert exchange.response.block == seen.sent
        assert exchange.response.header("WARC-Truncated") == BROKEN[name][1]


def test_bytes_beyond_the_end_answer_no_other_request(whole: tuple[Kept, Origin]) -> None:
    """A connection on which a server said more than it was asked serves no other exchange."""
    _, origin = whole
    target = targets(WHOLE)["bytes beyond the end"]
    (index,) = [number for number, crossed in enumerate(origin.log) if crossed.target == target]
    assert all(crossed.connection != origin.log[index].connection for crossed in origin.log[index + 1 :])


def test_a_server_that_closes_without_an_answer_leaves_its_request_and_why(
    tmp_path: Path, stored_exchanges: Stored
) -> None:
    script = {"/Pages/a.aspx": Played((), "close"), "/Pages/b.aspx": Played((), "reset")}
    kept, origin = crawl(tmp_path, script, stored_exchanges)
    for target in ("/Pages/a.aspx", "/Pages/b.aspx"):
        stored = kept.exchanges[target]
        assert len(stored) == sum(crossed.target == target for crossed in origin.log) >= 3
        for exchange in stored:
            assert exchange.response is None
            assert exchange.request is not None
            assert "Connection" in exchange.metadata["failure"]
            assert exchange.metadata["verdict"] == "failed"
