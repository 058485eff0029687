"""What a release consists of, file by file: `manifest.json` for programs, `SHA256SUMS` for `sha256sum -c`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file: its path in the release, bytes, sha256 in hex, and rows where it is a table."""

    file: str
    bytes: int
    sha256: str
    rows: int | None = None


class Ledger:
    """Takes the files of a release down in the order in which they are noted; it holds none of them in memory."""

    def __init__(self, folder: Path, manifest: TextIO, sums: TextIO) -> None:
        self._folder = folder
        self._manifest = manifest
        self._sums = sums
        self._first = True

    def note(self, entry: Entry) -> Entry:
        """Takes down a file that is written."""
        told = {"file": entry.file, "bytes": entry.bytes, "sha256": entry.sha256}
        if entry.rows is not None:
            told["rows"] = entry.rows
        self._manifest.write(("" if self._first else ",") + "\n    " + json.dumps(told))
        self._sums.write(f"{entry.sha256}  {entry.file}\n")
        self._first = False
        return entry

    def add(self, file: str, rows: int | None = None) -> Entry:
        """Reads a file that is written, and takes it down."""
        return self.note(measured(self._folder, file, rows))

    def text(self, file: str, text: str) -> Entry:
        """Writes a file of text, and takes it down."""
        (self._folder / file).write_text(text, encoding="utf-8", newline="\n")
        return self.add(file)


@contextmanager
def ledger(folder: Path, head: Mapping[str, object]) -> Iterator[Ledger]:
    """The ledger of the release in `folder`; `head` is what the manifest says before the files."""
    with (
        (folder / MANIFEST).open("w", encoding="utf-8", newline="\n") as manifest,
        (folder / SUMS).open("w", encoding="utf-8", newline="\n") as sums,
    ):
        manifest.write(json.dumps(head, ensure_ascii=False, indent=2)[:-2] + ',\n  "files": [')
        yield Ledger(folder, manifest, sums)
        manifest.write("\n  ]\n}\n")
        manifest.flush()
        sums.write(f"{measured(folder, MANIFEST).sha256}  {MANIFEST}\n")


def measured(folder: Path, file: str, rows: int | None = None) -> Entry:
    """A file of the release as it is on the disk."""
    path = folder / file
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return Entry(file, path.stat().st_size, digest, rows)
