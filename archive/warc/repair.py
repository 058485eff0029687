"""Makes what a crash left whole again: a torn tail is cut, the whole records are kept, the file sealed and indexed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from archive.errors import BrokenWarc, unwritable
from archive.warc.member import read_member
from archive.warc.writer import seal, set_aside, sync_folder


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair did: `path` is the file as it is now (None where nothing whole was left), `cut` the bytes cut off."""

    path: Path | None
    records: int
    cut: int


def repair(path: Path, *, join_below: int = 0) -> Repaired:
    """Cuts a `.open` file to its last whole record, seals and indexes it.  Nobody may be writing it.

    With fewer bytes than `join_below` it is left as a part instead, for the end of its crawl to join.

    A file with no record but its warcinfo is removed: it holds nothing that was ever acknowledged.
    """
    count, good = whole(path)
    size = path.stat().st_size
    try:
        if count <= 1:
            path.unlink()
            sync_folder(path.parent)
            return Repaired(None, 0, size)
        with path.open("r+b") as file:
            file.truncate(good)
            os.fsync(file.fileno())
        return Repaired(set_aside(path) if good < join_below else seal(path), count, size - good)
    except OSError as error:
        raise unwritable(error, path) from error


def whole(path: Path) -> tuple[int, int]:
    """How many records stand whole at the start of the file, and where the last of them ends."""
    count = good = 0
    with path.open("rb") as file:
        while True:
            try:
                record = read_member(file, good, path.name)
            except BrokenWarc:
                break
            if record is None:
                break
            count += 1
            good += record.length
    return count, good
