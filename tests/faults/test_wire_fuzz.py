"""Responses at random, legal and not, against what the WARC has of them: every byte, in its exchange, once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from archive.warc.reader import StoredExchange, exchanges

from .origin import Crossed, Origin, Played
from .responses import Case, case
from .wire_crawl import HOST


def ask(
    folder: Path, plays: list[Played], parallel: int, once: bool = False
) -> tuple[Origin, dict[int, list[StoredExchange]], dict[int, Any]]:
    """Asks an origin for every play; gives what crossed, what was kept, and what Scrapy saw."""
    with Origin({f"/{number}": played for number, played in enumerate(plays)}, once) as origin:
        command = [sys.executable, str(Path(__file__).with_name("wire_crawl.py"))]
        command += [str(folder), str(origin.port), str(len(plays)), str(parallel)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr[-3000:]
    (file,) = folder.glob("*.warc.gz")
    kept: dict[int, list[StoredExchange]] = {}
    for exchange in exchanges(file):
        kept.setdefault(int(exchange.first.url.removeprefix(f"http://{HOST}/")), []).append(exchange)
    seen = json.loads((folder / "seen.json").read_text("utf-8"))
    return origin, kept, {int(url.rpartition("/")[2]): each for url, each in seen.items()}


def check(each: Case, crossed: list[Crossed], kept: list[StoredExchange], seen: dict[str, Any]) -> None:
    """One target: every exchange that the origin had is there once, with its bytes and the truth about its end."""
    assert seen["there"], "in the file before Scrapy has the response"
    assert seen["kept"] == len(kept)
    assert len(crossed) <= len(kept) <= 2
    assert [stored.response for stored in kept[:-1]] == [None] * (len(kept) - 1), "asked again only without an answer"
    # a kept connection may turn out to be closed: that request reached nobody, and is on record all the same
    for stored in kept:
        assert stored.request is not None
        assert crossed
        assert stored.request.block == crossed[0].received
        if stored.response is None:
            assert stored.metadata["failure"]
    last = kept[-1]
    sent = crossed[-1].sent
    if last.response is None:
        assert each.least == 0
        assert seen["status"] is None
        return
    block, truncated = last.response.block, last.response.header("WARC-Truncated")
    assert sent.startswith(block), "no byte that was not sent for this exchange"
    assert len(block) >= each.least
    if each.truncated:
        assert truncated in each.truncated
        assert seen["status"] == each.status
    else:
        assert truncated == "disconnect", "a reset is no end of a response"


def run(folder: Path, count: int, seed: int, parallel: int) -> None:
    cases = [case(number, seed) for number in range(count)]
    origin, kept, seen = ask(folder, [each.played for each in cases], parallel)
    assert sorted(kept) == sorted(seen) == list(range(count)), "none lost"
    wrong: list[str] = []
    for number, each in enumerate(cases):
        crossed = [one for one in origin.log if one.target == f"/{number}"]
        try:
            check(each, crossed, kept[number], seen[number])
        except AssertionError as error:
            truncations = [one.response.header("WARC-Truncated") for one in kept[number] if one.response]
            wrong.append(
                f"{number} (seed {seed}) {each.kind} {each.played.end}: {error}; {seen[number]}, {truncations}, "
                f"{[len(one.response.block) if one.response else 0 for one in kept[number]]} of {each.least}+, "
                f"sent {b''.join(each.played.pieces)[:300]!r}"
            )
    assert not wrong, f"{len(wrong)} of {count} are wrong:\n" + "\n".join(wrong[:20])


def test_a_request_to_a_closed_connection_is_repeated_on_a_fresh_one(tmp_path: Path) -> None:
    """All connections that are kept open may be closed at once: the second attempt takes none of them."""
    block = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nTin\n"
    origin, kept, seen = ask(tmp_path, [Played((block,))] * 60, 8, once=True)
    assert {each["status"] for each in seen.values()} == {200}
    assert any(len(stored) == 2 for stored in kept.values())
    for number, stored in kept.items():
        crossed = [one for one in origin.log if one.target == f"/{number}"]
        assert len(crossed) == len(stored) <= 2
        assert stored[-1].response is not None
        assert stored[-1].response.block == block
        assert all(one.response is None and one.metadata["failure"] for one in stored[:-1])


@pytest.mark.parametrize("parallel", [1, 8])
def test_random_responses_are_kept_as_they_crossed_the_wire(tmp_path: Path, parallel: int) -> None:
    run(tmp_path, 75, 1, parallel)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 6))
def test_two_thousand_random_responses_are_kept_as_they_crossed_the_wire(tmp_path: Path, seed: int) -> None:
    run(tmp_path, 500, seed, 8)
