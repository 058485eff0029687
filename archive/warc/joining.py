"""Joins a crawl's small parts into one file by concatenation, each with its warcinfo, before any of them is indexed.

The parts' ledgers are put together in the same way, each as it was, and one line says where each part begins.

Small portals must not mean small files.  The order is safe against kill -9 at any point: the copy is written and synced;
then it is noted, together with the new places of all that was staged, in one transaction of the caller's; then the copy
takes its name and the parts go.  What was noted is finished at the next start, what was not is undone.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.errors import BrokenLedger, unwritable
from archive.warc import ledger
from archive.warc.names import JOINING, PART, finished_name
from archive.warc.writer import ROTATE_AT, seal, sync_folder


@dataclass(frozen=True, slots=True)
class Joined:
    """Parts that become one file: its path when it is finished, and each part with the offset that it begins at."""

    final: Path
    parts: tuple[tuple[str, int], ...]


def groups(parts: Sequence[Path], limit: int = ROTATE_AT) -> list[list[Path]]:
    """The parts in their order, as many together as stay within `limit` bytes."""
    made: list[list[Path]] = []
    size = 0
    for part in parts:
        length = part.stat().st_size
        if not made or size + length > limit:
            made.append([])
            size = 0
        made[-1].append(part)
        size += length
    return made


def copy(parts: Sequence[Path]) -> Joined:
    """Writes the parts one behind the other, synced; the file is named after the first."""
    final = parts[0].with_name(finished_name(parts[0]))
    target = final.with_name(final.name + JOINING)
    bases: list[tuple[str, int]] = []
    try:
        with target.open("wb") as joined:
            for part in parts:
                bases.append((finished_name(part), joined.tell()))
                with part.open("rb") as file:
                    shutil.copyfileobj(file, joined, 1024 * 1024)
            joined.flush()
            os.fsync(joined.fileno())
        _copy_ledgers(parts, bases, _joining_ledger(final), target.stat().st_size)
        sync_folder(final.parent)
    except OSError as error:
        target.unlink(missing_ok=True)
        _joining_ledger(final).unlink(missing_ok=True)
        raise unwritable(error, target) from error
    return Joined(final, tuple(bases))


def finish(joined: Joined) -> Path:
    """Gives the noted copy the first part's place, indexes it, and removes the parts; may be called again after a crash."""
    folder = joined.final.parent
    target = joined.final.with_name(joined.final.name + JOINING)
    first = joined.final.with_name(joined.final.name + PART)
    try:
        if (told := _joining_ledger(joined.final)).exists():
            os.replace(told, ledger.ledger_of(joined.final))
        if target.exists():
            os.replace(target, first)
        for name, _ in joined.parts[1:]:
            (folder / (name + PART)).unlink(missing_ok=True)
            ledger.ledger_of(folder / name).unlink(missing_ok=True)
        sync_folder(folder)
        return seal(first) if first.exists() else joined.final
    except OSError as error:
        raise unwritable(error, joined.final) from error


def undo(folder: Path) -> None:
    """Removes copies that were never noted: their parts are all there."""
    for path in folder.glob(f"*{JOINING}"):
        path.unlink(missing_ok=True)


def _joining_ledger(final: Path) -> Path:
    return final.with_name(final.name + ledger.SUFFIX + JOINING)


def _copy_ledgers(parts: Sequence[Path], bases: Sequence[tuple[str, int]], target: Path, length: int) -> None:
    """Writes the parts' ledgers one behind the other, the line that tells their bases, and a close over all, synced."""
    target.unlink(missing_ok=True)
    told: list[ledger.Line] = []
    chains: list[list[bytes]] = []
    for part, (name, base) in zip(parts, bases, strict=True):
        close = ledger.closing(ledger.ledger_of(part))
        if close is None:
            raise BrokenLedger(
                f"{ledger.ledger_of(part)} is not closed", "Put it back from a copy, or move it away with its part"
            )
        chains.append(list(ledger.lines(ledger.ledger_of(part))))
        size = part.stat().st_size
        told.append({"part": name, "base": base, "length": size, "lines": len(chains[-1]), "root": close["root"]})
    every = [line for chain in chains for line in chain]
    target.write_bytes(b"".join(line + b"\n" for line in every))
    joined = ledger.go_on(target, every)
    try:
        joined.add([{"joined": told}])
        joined.close(length)
    except OSError:
        joined.leave()
        raise
