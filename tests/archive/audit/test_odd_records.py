"""Records out of the ordinary are in order, too: they take the slower way, and it comes to the same."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.audit.facts import at
from archive.audit.warc import examine
from archive.block import whole
from archive.capture import Exchange
from archive.payload import digest_of, payload_of
from archive.store import create_store
from archive.warc.reader import records
from archive.warc.writer import WarcWriter

_OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
_CASES: dict[str, tuple[str, bytes]] = {
    "plain": ("GET", _OK + b"Content-Length: 5\r\n\r\nhello"),
    "chunked": ("GET", _OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
    "answer to HEAD": ("HEAD", _OK + b"Content-Length: 5\r\n\r\n"),
    "surplus bytes": ("GET", _OK + b"Content-Length: 5\r\n\r\nhello and more"),
    "too few bytes": ("GET", _OK + b"Content-Length: 50\r\n\r\nhello"),
    "lines that end in LF": ("GET", b"HTTP/1.1 200 OK\nContent-Type: text/html\n\nhello"),
    "a folded header": ("GET", b"HTTP/1.1 200 OK\r\nContent-Type: text/html;\r\n charset=utf-8\r\n\r\nhello"),
    "two lengths": ("GET", _OK + b"Content-Length: 5\r\nContent-Length: 7\r\n\r\nhello"),
    "an interim response": ("GET", b"HTTP/1.1 100 Continue\r\n\r\n" + _OK + b"\r\nhello"),
    "no content": ("GET", b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello"),
    "not HTTP": ("GET", b"SSH-2.0-OpenSSH\r\n"),
    "more than is held": ("GET", _OK + b"\r\n" + random.Random(1).randbytes(9_500_000)),
    "more than is held, chunked": (
        "GET",
        _OK + b"Transfer-Encoding: chunked\r\n\r\n989680\r\n" + bytes(10_000_000) + b"\r\n0\r\n\r\n",
    ),
    "a posted form": ("POST", _OK + b"Content-Length: 5\r\n\r\nhello"),
}


@pytest.mark.parametrize("case", _CASES)
def test_it_is_in_order_and_its_digests_are_those_of_the_slower_way(tmp_path: Path, case: str) -> None:
    method, response = _CASES[case]
    store = create_store(tmp_path / "store")
    writer = WarcWriter(store.portal_warcs("thu"), "thu", {"crawl": "thu-1"}, root=store.warcs)
    sent = f"{method} /a b HTTP/1.1\r\nHost: x.example\r\n\r\n".encode() + (b"a=1&b=2" if method == "POST" else b"")
    for number in range(2):
        began = datetime(2026, 11, 24, 1, number, tzinfo=UTC)
        exchange = Exchange(f"http://x.example/{number}", method, sent, response, began, 5, "192.0.2.1")
        writer.write(exchange, {"kind": "article"})
    writer.write_dns("x.example", ["x.example. IN A 192.0.2.1"])
    writer.close()
    (path,) = writer.closed
    done = examine(store.root, f"thu/{path.name}", tmp_path / "scratch.sqlite")
    assert list(done.findings.all()) == []
    with path.open("rb") as file:
        for record in records(path):
            facts = at(file, record.offset, path.name)
            assert facts is not None
            assert (facts.id, facts.type, facts.length) == (record.id, record.type, record.length)
            assert f"sha256:{facts.block_digest}" == digest_of(record.block)
            assert not facts.whole() or facts.block == whole(record.block)
            if record.type == "response" and method != "HEAD":
                payload = payload_of(record.block, method)
                assert (payload.digest if payload else None) == (f"sha256:{facts.payload}" if facts.payload else None)
