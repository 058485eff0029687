"""Delta tables on the local disk: appended to, synced, read as Arrow datasets."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
import pyarrow.dataset as ds
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from pyarrow.fs import LocalFileSystem, SubTreeFileSystem
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from archive.errors import CommitFailed, store_full
from archive.store import Store
from archive.tables.schema import Table
from archive.warc.writer import sync_folder

PROPERTIES = WriterProperties(compression="ZSTD", compression_level=3, max_row_group_size=8192)
"""Arrow reads whole row groups, several at once: of a million articles one would take gigabytes."""
KEEP_LOG = PostCommitHookProperties(cleanup_expired_logs=False)
"""Delta forgets versions after thirty days where it is let; a release may stand on one for years."""


Rows: TypeAlias = "pa.Table | Callable[[], pa.RecordBatchReader]"
"""Rows to append; a reader is made anew where the append has to be, for the first has been read to its end by then."""


def append(store: Store, table: Table, rows: Rows, note: Mapping[str, str]) -> int:
    """Appends rows as one commit and returns its version when it has reached the disk.

    `note` is kept in the commit.  StoreFull, or CommitFailed with what was said, where it cannot be done.
    """
    path = store.table(table.name)
    with writing(path, "append to"):
        path.mkdir(parents=True, exist_ok=True)
        before = version_of(store, table)
        version = _append(path, table, rows, note)
        sync(path, before, version)
    return version


@contextmanager
def writing(path: Path, what: str) -> Iterator[None]:
    """Errors met on the way are StoreFull, or CommitFailed: it cannot do `what` the table at `path`."""
    try:
        yield
    except (DeltaError, OSError, pa.ArrowException) as error:
        words = str(error)
        if "No space left" in words or "os error 28" in words or "Disk quota" in words:
            raise store_full(path) from error
        raise CommitFailed(f"cannot {what} {path}: {words.splitlines()[0]}", "Run the same command again") from error


racing = retry(
    retry=retry_if_exception_type(CommitFailedError),
    stop=stop_after_attempt(8),
    wait=wait_random_exponential(multiplier=0.05, max=2),
    reraise=True,
)
"""What commits to a table is tried again where another's commit came before it."""


@racing
def _append(path: Path, table: Table, rows: Rows, note: Mapping[str, str]) -> int:
    write_deltalake(
        str(path),
        rows() if callable(rows) else rows,
        mode="append",
        schema_mode="merge",
        partition_by=["month"],
        name=table.name,
        description=table.row,
        configuration={"delta.appendOnly": "true", "delta.enableExpiredLogCleanup": "false"},
        writer_properties=PROPERTIES,
        commit_properties=CommitProperties(custom_metadata=dict(note)),
        post_commithook_properties=KEEP_LOG,
    )
    return int(DeltaTable(str(path)).version())


def dataset(store: Store, table: Table) -> ds.Dataset:
    """The table as it is now; without rows where it was never written."""
    try:
        found = DeltaTable(str(store.table(table.name)))
    except TableNotFoundError:
        return ds.dataset(table.schema.empty_table())
    # Arrow's own files: Delta's are read through Python, and Arrow's threads come to wait for one another on Python's lock
    files = SubTreeFileSystem(str(store.table(table.name)), LocalFileSystem())
    return found.to_pyarrow_dataset(filesystem=files, schema=table.schema)  # columns younger than the table are null


def version_of(store: Store, table: Table) -> int:
    """The table's newest version; -1 where it was never written."""
    try:
        return int(DeltaTable(str(store.table(table.name))).version())
    except TableNotFoundError:
        return -1


def sync(path: Path, before: int, version: int) -> None:
    """Delta's writer leaves syncing to the kernel: the files that the commits after version `before` up to `version` name,
    then their log entries, go to disk here."""
    for entry in range(before + 1, version + 1):
        _sync(path, entry)


def _sync(path: Path, version: int) -> None:
    log = path / "_delta_log" / f"{version:020d}.json"
    folders = {path, log.parent}
    for line in log.read_text("utf-8").splitlines():
        added = json.loads(line).get("add")
        if added:
            file = path / added["path"]
            _sync_file(file)
            folders.add(file.parent)
    _sync_file(log)
    for folder in folders:
        sync_folder(folder)


def _sync_file(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
