"""Other people's readers on our files: warcio, fastwarc and cdxj-indexer, in an environment of their own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

PEERS = Path(__file__).parents[2] / ".envs" / "peers" / "bin"


def peer(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs a peer's command; `make peers` makes its environment."""
    assert PEERS.exists(), "make peers"
    command = [str(PEERS / words[0]), *map(str, words[1:])]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def warcs(nights: Any) -> list[Path]:
    return sorted((nights.store / "warc").rglob("*.warc.gz"))


def test_fastwarc_verifies_every_record(warcs: list[Path]) -> None:
    for path in warcs:
        done = peer("fastwarc", "check", path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "records were verified successfully" in done.stdout + done.stderr


def test_warcio_passes_every_block_digest_and_every_payload_digest_of_an_unchunked_record(warcs: list[Path]) -> None:
    """warcio hashes the chunk framing into the payload (WARC 1.1 section 5.9 takes it out), so chunked ones differ."""
    for path in warcs:
        lines = peer("warcio", "check", "-v", path).stdout.splitlines()
        offset = -1
        failed: list[tuple[int, str]] = []
        for line in lines:
            if line.strip().startswith("offset"):
                offset = int(line.split()[1])
            elif "failed" in line:
                failed.append((offset, line.strip()))
        assert offset > 0
        for where, said in failed:
            assert "payload" in said, said
            record = subprocess.run(
                [PEERS / "warcio", "extract", path, str(where)], capture_output=True, timeout=60, check=True
            ).stdout
            assert b"transfer-encoding: chunked" in record.lower()


def test_cdxj_indexer_says_what_our_index_says(warcs: list[Path]) -> None:
    """But for the bodies of posted forms: cdxj-indexer writes them unquoted, and what stood in a value ends it."""
    for path in warcs:
        ours = path.with_name(path.name + ".cdxj").read_text("utf-8").splitlines()
        theirs = peer("cdxj-indexer", "-s", "-p", path).stdout.splitlines()
        assert [_fields(line) for line in ours] == [_fields(line) for line in theirs]
        assert any("requestBody" in line for line in ours)
        assert ours == sorted(ours, key=str.encode)


def _fields(line: str) -> tuple[str, str, dict[str, str]]:
    key, stamp, data = line.split(" ", 2)
    fields = json.loads(data)
    fields.pop("recordDigest", None)
    fields.pop("requestBody", None)
    return key, stamp, fields
