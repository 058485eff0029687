"""Many small files of a table made into few, and files that nothing refers to any more removed.

Rows, their snapshots and what views show are the same before and after.  Versions that releases were made of stay readable.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from archive.store import Store
from archive.tables.delta import KEEP_LOG, PROPERTIES, racing, sync, version_of, writing
from archive.tables.pins import Pin, pins
from archive.tables.schema import TABLES, Table

RETENTION_HOURS = 7 * 24
_TARGET = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Compacted:
    """What was done to a table, or would be: files merged into others, files removed, bytes that these took.

    `lost` are the released snapshots whose version of the table does not read any more, whoever removed its files.
    """

    table: str
    merged: int
    into: int
    removed: int
    freed: int
    lost: tuple[str, ...] = ()


def compact(
    store: Store, *, vacuum: bool = True, older_than: int = RETENTION_HOURS, dry_run: bool = False
) -> list[Compacted]:
    """Compacts every table that there is; commits wait as long as one table takes.

    Files that nothing refers to are removed only when they have been so for `older_than` hours: readers of an older version
    may be at work.  StoreFull or CommitFailed where it cannot be done; the table is whole then.
    """
    out = []
    for table in TABLES.values():
        with store.commit_lock():
            if version_of(store, table) >= 0:
                with writing(store.table(table.name), "compact"):
                    out.append(_compact(store, table, pins(store), vacuum, older_than, dry_run))
    return out


def _compact(
    store: Store, table: Table, pinned: Sequence[Pin], vacuum: bool, older_than: int, dry_run: bool
) -> Compacted:
    path = store.table(table.name)
    keep, lost = _readable(path, table, pinned)
    merged, into = _planned(path) if dry_run else _optimized(path)
    removed = freed = 0
    if vacuum:
        found = DeltaTable(str(path))
        before = found.version()
        named = _vacuum(found, older_than, keep, dry_run=True)
        stale = [name for name in named if (path / unquote(name)).exists()]  # it names those removed before, too
        freed, removed = sum(_size(path, name) for name in stale), len(stale)
        if stale and not dry_run:
            _vacuum(found, older_than, keep, dry_run=False)
            sync(path, before, DeltaTable(str(path)).version())
            freed -= sum(_size(path, name) for name in stale)
    return Compacted(table.name, merged, into, removed, freed, lost)


def _optimized(path: Path) -> tuple[int, int]:
    before = DeltaTable(str(path)).version()
    told = _optimize(path)
    sync(path, before, DeltaTable(str(path)).version())  # before anything that was merged may be removed
    return int(told["numFilesRemoved"]), int(told["numFilesAdded"])


@racing
def _optimize(path: Path) -> dict[str, int]:
    told: dict[str, int] = DeltaTable(str(path)).optimize.compact(
        target_size=_TARGET, max_concurrent_tasks=1, writer_properties=PROPERTIES, post_commithook_properties=KEEP_LOG
    )
    return told


def _planned(path: Path) -> tuple[int, int]:
    """How many files would be merged, and into how many: in each month, those smaller than what is aimed at."""
    actions = pa.table(DeltaTable(str(path)).get_add_actions(flatten=True)).select(["partition.month", "size_bytes"])
    count: Counter[str] = Counter()
    size: Counter[str] = Counter()
    for row in actions.to_pylist():
        if row["size_bytes"] < _TARGET:
            count[row["partition.month"]] += 1
            size[row["partition.month"]] += row["size_bytes"]
    months = [month for month, files in count.items() if files > 1]
    return sum(count[month] for month in months), sum(1 + size[month] // _TARGET for month in months)


def _vacuum(table: DeltaTable, older_than: int, keep: Sequence[int], *, dry_run: bool) -> list[str]:
    """The files that are, or would be, removed, relative to the table."""
    found: Iterable[str] = table.vacuum(
        retention_hours=older_than,
        dry_run=dry_run,
        enforce_retention_duration=False,
        post_commithook_properties=KEEP_LOG,
        full=True,
        keep_versions=list(keep) or None,
    )
    return sorted(set(found))


def _readable(path: Path, table: Table, pinned: Sequence[Pin]) -> tuple[list[int], tuple[str, ...]]:
    """The versions that releases stand on; and the snapshots of those whose version is not whole any more."""
    keep: set[int] = set()
    lost = []
    for pin in pinned:
        version = pin.tables.get(table.name)
        if version is None:
            continue
        try:
            actions = pa.table(DeltaTable(str(path), version=version).get_add_actions()).column("path")
        except DeltaError:
            lost.append(pin.snapshot)
            continue
        keep.add(version)
        if not all((path / unquote(name)).is_file() for name in actions.to_pylist()):
            lost.append(pin.snapshot)
    return sorted(keep), tuple(lost)


def _size(path: Path, name: str) -> int:
    try:
        return (path / unquote(name)).stat().st_size
    except OSError:
        return 0
