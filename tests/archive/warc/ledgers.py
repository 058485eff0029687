"""A ledger checked by hand: every line behind the one before it, every record where its line says, one root over all."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from archive.warc.reader import records


def read(ledger: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ledger.read_bytes().splitlines()]


def root_over(lines: list[bytes]) -> str:
    def root(some: list[bytes]) -> bytes:
        if len(some) == 1:
            return hashlib.sha256(b"\0" + some[0]).digest()
        half = 1 << (len(some) - 1).bit_length() - 1
        return hashlib.sha256(b"\1" + root(some[:half]) + root(some[half:])).digest()

    return root(lines).hex()


def holds(warc: Path) -> list[dict[str, Any]]:
    """Asserts that the closed ledger beside a sealed file tells that file, and gives its lines."""
    data = warc.read_bytes()
    raw = warc.with_name(warc.name + ".ledger").read_bytes().splitlines()
    told = [json.loads(line) for line in raw]
    joined = [part for line in told for part in line.get("joined", [])]
    before, base, begun = "0" * 64, 0, -1
    entries = []
    for number, line in enumerate(told):
        if "ledger" in line and number:
            before = "0" * 64
        if "ledger" in line:
            begun += 1
            base = joined[begun]["base"] if joined else 0
        assert line["before"] == before
        before = hashlib.sha256(raw[number]).hexdigest()
        if "offset" in line:
            start = base + line["offset"]
            assert hashlib.sha256(data[start : start + line["length"]]).hexdigest() == line["sha256"]
            entries.append((start, line["length"], line["id"], line["type"], line["block"]))
    found = [(one.offset, one.length, one.id, one.type, one.header("WARC-Block-Digest")) for one in records(warc)]
    assert entries == found
    close = told[-1]
    assert (close["lines"], close["records"], close["length"]) == (len(raw) - 1, len(entries), len(data))
    assert close["root"] == root_over(raw[:-1])
    return told
