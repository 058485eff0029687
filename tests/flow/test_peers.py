"""Other people's readers on our files: warcio, fastwarc, cdxj-indexer and pywb, in environments of their own."""

from __future__ import annotations

import json
import subprocess
from http.client import HTTPResponse
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from archive.block import whole
from archive.warc.reader import exchanges
from archive.warc.reader import records as read_records
from archive.warc.record import sha256
from archive.warc.writer import WarcWriter

PEERS, REPLAY = "peers", "replay"


def peer(*words: str | Path, environment: str = PEERS) -> subprocess.CompletedProcess[str]:
    """Runs a peer's command; `make peers replay` makes their environments."""
    folder = Path(__file__).parents[2] / ".envs" / environment / "bin"
    assert folder.exists(), f"make {environment}"
    command = [str(folder / words[0]), *map(str, words[1:])]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def warcs(nights: Any) -> list[Path]:
    return sorted((nights.store / "warc").rglob("*.warc.gz"))


def test_fastwarc_verifies_every_record(warcs: list[Path]) -> None:
    for path in warcs:
        done = peer("fastwarc", "check", path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "records were verified successfully" in done.stdout + done.stderr


def test_warcio_passes_every_digest_but_the_payload_of_each_chunked_response(warcs: list[Path]) -> None:
    """warcio hashes the chunk framing into the payload (WARC 1.1 section 5.9 takes it out), so chunked ones differ."""
    for path in warcs:
        chunked: dict[int, str] = {}
        for found in exchanges(path):
            record = found.response
            if record is None or record.type != "response":
                continue
            block = whole(record.block)
            head, _, framed = block.partition(b"\r\n\r\n")
            if b"\r\ntransfer-encoding: chunked" in head.lower():
                said = record.header("WARC-Payload-Digest")
                assert said == sha256(_dechunked(block)) != sha256(framed)
                chunked[record.offset] = said
        assert _payloads_that_warcio_calls_wrong(path) == chunked
        assert chunked


def _dechunked(block: bytes) -> bytes:
    """The entity as Python's own client reads it."""

    class Socket:
        def makefile(self, _mode: str) -> BytesIO:
            return BytesIO(block)

    response = HTTPResponse(Socket())  # type: ignore[arg-type]
    response.begin()
    return response.read()


def _payloads_that_warcio_calls_wrong(path: Path) -> dict[int, str]:
    """By offset, the digest that it calls wrong; anything else that it finds fails the test."""
    offset = -1
    failed: dict[int, str] = {}
    records = 0
    for line in peer("warcio", "check", "-v", path).stdout.splitlines():
        if line.strip().startswith("offset"):
            offset = int(line.split()[1])
            records += 1
        elif "failed" in line:
            assert line.strip().startswith("payload digest failed"), line
            failed[offset] = line.split()[-1]
    assert records == sum(1 for _ in read_records(path))
    return failed


def test_cdxj_indexer_says_what_our_index_says(warcs: list[Path]) -> None:
    """But for the bodies of posted forms: cdxj-indexer writes them unquoted, and what stood in a value ends it."""
    for path in warcs:
        ours = index_of(path)
        theirs = peer("cdxj-indexer", "-s", "-p", path).stdout.splitlines()
        assert [fields(line) for line in ours] == [fields(line) for line in theirs]
        assert any("requestBody" in line for line in ours)
        assert ours == sorted(ours, key=str.encode)


def test_pywb_says_what_our_index_says(warcs: list[Path]) -> None:
    """But for posted bodies, as above, and a revisit's status: pywb tells one of responses alone (`parse_warc_record` in its
    archiveindexer.py)."""
    revisits: set[str] = set()
    for path in warcs:
        ours = [fields(line) for line in index_of(path)]
        for _, _, said in ours:
            if said["mime"] == "warc/revisit":
                revisits.add(said.pop("status"))
        theirs = peer("cdx-indexer", "-j", "-p", "-s", path, environment=REPLAY).stdout.splitlines()
        assert ours == [fields(line) for line in theirs]
    assert revisits == {"200", "302", "304"}, "of every kind"


def test_the_answer_that_a_name_got_is_indexed_alike(tmp_path: Path) -> None:
    keeper = WarcWriter(tmp_path, "hanam", {"software": "test"}, host="h")
    keeper.write_dns("hanam.gov.vn", ["hanam.gov.vn. IN A 203.0.113.5", "hanam.gov.vn. IN AAAA 2001:db8::5"])
    keeper.close()
    (path,) = keeper.closed
    (ours,) = index_of(path)
    assert ours.startswith("dns:hanam.gov.vn ")
    assert '"mime":"text/dns"' in ours
    for said in (peer("cdxj-indexer", "-s", "-p", path), peer("cdx-indexer", "-j", "-s", path, environment=REPLAY)):
        assert [fields(line) for line in said.stdout.splitlines()] == [fields(ours)]
    assert peer("fastwarc", "check", path).returncode == 0
    assert _payloads_that_warcio_calls_wrong(path) == {}


def index_of(path: Path) -> list[str]:
    return path.with_name(path.name + ".cdxj").read_text("utf-8").splitlines()


def fields(line: str) -> tuple[str, str, dict[str, str]]:
    """A line taken apart, without the block's digest, which is ours alone, and the posted body."""
    key, stamp, data = line.split(" ", 2)
    said = json.loads(data)
    for name in ("recordDigest", "requestBody"):
        said.pop(name, None)
    return key, stamp, said
