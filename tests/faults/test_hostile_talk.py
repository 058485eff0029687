"""Servers that speak something else, too much, too slowly or not at all: what came is kept, and the crawl goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from twisted.internet.testing import StringTransport
from twisted.web._newclient import Request
from twisted.web.http_headers import Headers

from crawler.fetch.tape import Tape, TapedProtocol

from .hostile_crawl import Left, article, block, crawl, listing, targets
from .wild import Play, Wild, drips, floods, never, page, says

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"

GIVEN_UP: dict[str, tuple[Play, str | None, int | None]] = {
    "a switch of protocols": (
        says(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x05hello"),
        "time",
        101,
    ),
    "the preface of HTTP/2": (says(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"), "unspecified", None),
    "a frame of HTTP/2": (says(b"\0\0\0\x04\0\0\0\0\0"), "time", None),
    "the greeting of SSH": (says(b"SSH-2.0-OpenSSH_9.9\r\n"), "unspecified", None),
    "nothing but 100 Continue": (says(b"HTTP/1.1 100 Continue\r\n\r\n"), "time", None),
    "100 Continue and the end": (says(b"HTTP/1.1 100 Continue\r\n\r\n", close=True), "disconnect", None),
    "interim responses for ever": (floods(b"", EARLY * 100), "length", None),
    "a slow interim response for ever": (drips(b"", EARLY, 0.05), "time", None),
    "a slow body for ever": (drips(HEAD + b"\r\n", b"z", 0.05), "time", 200),
    "a slow body with a length": (drips(HEAD + b"Content-Length: 100000\r\n\r\n", b"z", 0.05), "time", 200),
    "a slow chunk": (drips(HEAD + b"Transfer-Encoding: chunked\r\n\r\nFFFF\r\n", b"z", 0.05), "time", 200),
    "a slow head": (drips(b"HTTP/1.1 200 OK\r\nX: ", b"z", 0.05), "time", 200),
    "an empty reply": (says(close=True), None, None),
    "no reply": (never, None, None),
}
"""What is played, what WARC-Truncated says (None: there is no response), and the row's status."""
SLOW = [name for name in GIVEN_UP if name.startswith("a slow")]


@dataclass(frozen=True)
class Talked:
    left: Left
    server: Wild
    targets: dict[str, str]

    def url(self, name: str) -> str:
        """The URL of a case."""
        return f"http://thu.example{self.targets[name]}"


@pytest.fixture(scope="module")
def talked(tmp_path_factory: pytest.TempPathFactory) -> Talked:
    """A crawl that waits a second for a byte, and three for a whole exchange."""
    names = targets([*GIVEN_UP, "an article"])
    script = {names[name]: play for name, (play, _, _) in GIVEN_UP.items()}
    script[names["an article"]] = says(page(article("một")))
    with Wild({"/tin": listing(names.values()), **script}) as server:
        ports = {"thu.example:80": server.port}
        left = crawl(tmp_path_factory.mktemp("talked"), ports, "exchange_limit = 2", timeout=1, concurrency=16)
    return Talked(left, server, names)


def test_the_crawl_ends_and_tells_how_it_went(talked: Talked) -> None:
    assert (talked.left.code, talked.left.row["colour"]) == (1, "red")
    assert f"{len(GIVEN_UP)} requests were given up" in talked.left.row["reasons"]
    assert talked.left.seconds < 40
    assert talked.left.rows(talked.url("an article"))[-1]["reading_verdict"] == "article"


@pytest.mark.parametrize("name", GIVEN_UP)
def test_what_came_is_kept_and_the_row_says_why_no_more(talked: Talked, name: str) -> None:
    _, truncated, status = GIVEN_UP[name]
    heard = talked.server.of(talked.targets[name])
    stored, rows = talked.left.kept(talked.url(name)), talked.left.rows(talked.url(name))
    assert len(stored) == len(rows) == len(heard) == 3
    for exchange, row, each in zip(stored, rows, heard, strict=True):
        assert exchange.request is not None
        assert exchange.request.block == each.received
        if truncated is None:
            assert exchange.response is None
            assert exchange.metadata["failure"] == row["failure"]
            assert row["wire_verdict"] == "failed"
            continue
        assert bytes(each.sent).startswith(block(exchange))
        assert exchange.response is not None
        assert exchange.response.header("WARC-Truncated") == row["truncated"] == truncated
        assert (row["wire_verdict"], row["fetch_status"]) == ("truncated", status)
        if truncated in ("unspecified", "disconnect"):
            assert block(exchange) == each.sent


def test_no_reply_and_an_empty_one_are_told_apart(talked: Talked) -> None:
    assert "took longer than" in talked.left.rows(talked.url("no reply"))[0]["failure"]
    assert "Connection" in talked.left.rows(talked.url("an empty reply"))[0]["failure"]


@pytest.mark.parametrize("name", SLOW)
def test_a_slow_drip_outlasts_the_limit_of_silence_and_not_that_of_the_exchange(talked: Talked, name: str) -> None:
    for exchange, row in zip(talked.left.kept(talked.url(name)), talked.left.rows(talked.url(name)), strict=True):
        assert 1000 < row["elapsed_ms"] < 4000
        assert len(block(exchange)) > 20, "what came in that time is kept"


def test_interim_responses_for_ever_are_bounded(talked: Talked) -> None:
    for exchange in talked.left.kept(talked.url("interim responses for ever")):
        assert 1024 * 1024 < len(block(exchange)) < 1024 * 1024 + 128 * 1024


def _connected() -> tuple[TapedProtocol, StringTransport]:
    protocol, transport = TapedProtocol(), StringTransport()  # type: ignore[no-untyped-call]
    protocol.makeConnection(transport)
    return protocol, transport


def _ask(protocol: TapedProtocol, target: bytes) -> tuple[Tape, Iterator[int]]:
    tape, statuses = Tape(), list[int]()
    protocol.expect(tape)
    asked = protocol.request(Request(b"GET", target, Headers({b"host": [b"thu.example"]}), None, persistent=True))
    asked.addCallbacks(lambda response: statuses.append(response.code), lambda _: statuses.append(0))
    return tape, iter(statuses)


WHOLE = b"HTTP/1.1 204 No Content\r\n\r\n"
GONE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
EVIL = b"HTTP/1.1 203 Evil\r\nContent-Length: 4\r\n\r\nevil"


def test_a_response_before_any_request_ends_the_connection() -> None:
    protocol, transport = _connected()
    protocol.dataReceived(EVIL)
    assert transport.disconnected or transport.disconnecting
    assert protocol.state != "QUIESCENT", "the pool does not give it to anybody"


def test_surplus_on_a_connection_that_waits_answers_no_request() -> None:
    protocol, transport = _connected()
    tape, statuses = _ask(protocol, b"/1")
    protocol.dataReceived(WHOLE)
    assert list(statuses) == [204]
    protocol.dataReceived(EVIL)
    assert transport.disconnected or transport.disconnecting
    assert protocol.state != "QUIESCENT"
    assert tape.exchange("http://thu.example/1", "GET", None, None).response == WHOLE


def test_surplus_that_comes_after_the_next_request_is_all_on_the_record_and_answers_no_third() -> None:
    """HTTP/1.1 numbers no answers: such a one passes for that of the next request, with the true one behind it."""
    protocol, transport = _connected()
    _ask(protocol, b"/1")
    protocol.dataReceived(WHOLE)
    tape, statuses = _ask(protocol, b"/2")
    protocol.dataReceived(EVIL.replace(b"Content-Length: 4", b"Content-Length: 0").removesuffix(b"evil") + WHOLE)
    assert list(statuses) == [203]
    assert transport.disconnected or transport.disconnecting
    kept = tape.exchange("http://thu.example/2", "GET", None, None).response
    assert kept == EVIL.replace(b"Content-Length: 4", b"Content-Length: 0").removesuffix(b"evil") + WHOLE


def test_a_server_that_answers_before_it_is_asked_does_not_stop_the_crawl(tmp_path: Path) -> None:
    answer = page(b"<p>Too early</p>")
    with Wild({"/robots.txt": says(GONE)}, greet=says(answer)) as server:
        left = crawl(tmp_path, {"thu.example:80": server.port})
    assert left.code == 1
    assert left.kept("http://thu.example/robots.txt")
    for exchange in left.kept("http://thu.example/robots.txt"):
        assert (answer + GONE).startswith(block(exchange)), "no byte that was not sent"
