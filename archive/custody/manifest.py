"""Manifests: what a crawl brought, in numbers and digests, each naming the hash of the one before it.

`manifests/NNNNNNNN.json` counts from 1 over the whole store; `NNNNNNNN.sig` beside it is the signature over its bytes, and
`NNNNNNNN.tsr` an RFC 3161 timestamp of them.  The hash of a manifest is the sha256 of its file; that of the newest is the
chain's head.  What a manifest may say (`kind` tells which)::

    crawl    warcs [{name, length, records, root}], tables {name: {rows, digest}}, log, clock, versions
    reading  the same without warcs: another version's readings of captures that earlier manifests have
    repair   warcs that a crash left open and `luutru repair` closed
    key      new_key: the key that signs from here on, introduced by the one that signed so far

A crawl whose commit was cut off behind its manifest has another one from the attempt that went through; the last counts.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.custody.signing import Signer
from archive.errors import BrokenLedger, unwritable
from archive.warc.writer import sync_folder

FORMAT = 1
KINDS = ("crawl", "reading", "repair", "key")
LIMIT = 64 * 1024 * 1024
"""Bytes of one manifest read at most."""

_NAME = re.compile(r"(\d{8})\.json", re.ASCII)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest as it stands: its number, its bytes, what they tell, and what is beside it."""

    number: int
    data: bytes
    told: Mapping[str, Any]
    signature: Mapping[str, object] | None
    stamp: bytes | None

    @property
    def hash(self) -> str:
        """sha256 of the file in hex."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def kind(self) -> str:
        """One of KINDS."""
        return str(self.told.get("kind"))

    @property
    def crawl(self) -> str | None:
        """The crawl that it is of; None where it is of none."""
        found = self.told.get("crawl")
        return found if isinstance(found, str) else None

    @property
    def warcs(self) -> list[Mapping[str, Any]]:
        """The files that it names."""
        found = self.told.get("warcs", [])
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def numbers(folder: Path) -> list[int]:
    """The numbers of the manifests that are there, in order."""
    if not folder.is_dir():
        return []
    return sorted(int(found[1]) for name in os.listdir(folder) if (found := _NAME.fullmatch(name)))


def read(folder: Path, number: int) -> Manifest:
    """A manifest with its signature and timestamp; BrokenLedger where it does not read."""
    path = folder / f"{number:08d}.json"
    try:
        if path.stat().st_size > LIMIT:
            raise BrokenLedger(f"{path.name} has more than {LIMIT} bytes")
        data = path.read_bytes()
        told = json.loads(data)
        if not isinstance(told, dict):
            raise ValueError("no object")
    except (OSError, ValueError, RecursionError) as error:
        raise BrokenLedger(f"{path.name} does not read: {error}") from error
    return Manifest(number, data, told, _signature(path.with_suffix(".sig")), _beside(path.with_suffix(".tsr")))


def every(folder: Path) -> Iterator[Manifest]:
    """All manifests in order; BrokenLedger at one that does not read."""
    for number in numbers(folder):
        yield read(folder, number)


def head(folder: Path) -> tuple[int, str | None]:
    """The newest manifest's number and hash: 0 and None where there is none yet."""
    found = numbers(folder)
    if not found:
        return 0, None
    return found[-1], hashlib.sha256((folder / f"{found[-1]:08d}.json").read_bytes()).hexdigest()


def add(folder: Path, told: Mapping[str, object], signer: Signer | None) -> Manifest:
    """Writes the next manifest, synced, its signature before it; the caller holds the lock of commits.

    StoreFull or StoreUnwritable where it cannot be written; nothing then stands under its number.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        last, before = head(folder)
        number = last + 1
        whole = {"manifest": FORMAT, "number": number, "before": before, **told}
        data = (json.dumps(whole, ensure_ascii=False, indent=1, default=str) + "\n").encode("utf-8", "replace")
        path = folder / f"{number:08d}.json"
        signature = signer.sign(data) if signer else None
        path.with_suffix(".tsr").unlink(missing_ok=True)
        if signature is None:
            path.with_suffix(".sig").unlink(missing_ok=True)
        else:
            put(path.with_suffix(".sig"), (json.dumps(signature) + "\n").encode())
        put(path, data)
    except OSError as error:
        raise unwritable(error, folder) from error
    return Manifest(number, data, json.loads(data), signature, None)


def put(path: Path, data: bytes) -> None:
    """Writes a small file whole or not at all, synced."""
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    sync_folder(path.parent)


def _signature(path: Path) -> Mapping[str, object] | None:
    data = _beside(path)
    if data is None:
        return None
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _beside(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.stat().st_size < LIMIT else b""
    except FileNotFoundError:
        return None
    except OSError:
        return b""
