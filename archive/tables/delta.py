"""Delta tables on the local disk: appended to, synced, read as Arrow datasets."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
from deltalake import CommitProperties, DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from archive.errors import CommitFailed, store_full
from archive.store import Store
from archive.tables.schema import Table
from archive.warc.writer import sync_folder

_PROPERTIES = WriterProperties(compression="ZSTD", compression_level=3)


def append(store: Store, table: Table, rows: pa.Table | pa.RecordBatchReader, note: Mapping[str, str]) -> int:
    """Appends rows as one commit and returns its version when it has reached the disk.

    `note` is kept in the commit.  StoreFull, or CommitFailed with what was said, where it cannot be done.
    """
    path = store.table(table.name)
    try:
        path.mkdir(parents=True, exist_ok=True)
        before = version_of(store, table)
        version = _append(path, table, rows, note)
        for entry in range(before + 1, version + 1):
            _sync(path, entry)
    except (DeltaError, OSError, pa.ArrowException) as error:
        words = str(error)
        if "No space left" in words or "os error 28" in words or "Disk quota" in words:
            raise store_full(path) from error
        raise CommitFailed(f"cannot append to {path}: {words.splitlines()[0]}", "Run the same command again") from error
    return version


@retry(
    retry=retry_if_exception_type(CommitFailedError),
    stop=stop_after_attempt(8),
    wait=wait_random_exponential(multiplier=0.05, max=2),
    reraise=True,
)
def _append(path: Path, table: Table, rows: pa.Table | pa.RecordBatchReader, note: Mapping[str, str]) -> int:
    write_deltalake(
        str(path),
        rows,
        mode="append",
        schema_mode="merge",
        partition_by=["month"],
        name=table.name,
        description=table.row,
        configuration={"delta.appendOnly": "true"},
        writer_properties=_PROPERTIES,
        commit_properties=CommitProperties(custom_metadata=dict(note)),
    )
    return int(DeltaTable(str(path)).version())


def dataset(store: Store, table: Table) -> ds.Dataset:
    """The table as it is now; without rows where it was never written."""
    try:
        found = DeltaTable(str(store.table(table.name)))
    except TableNotFoundError:
        return ds.dataset(table.schema.empty_table())
    return found.to_pyarrow_dataset(schema=table.schema)  # columns that are younger than the table are null


def version_of(store: Store, table: Table) -> int:
    """The table's newest version; -1 where it was never written."""
    try:
        return int(DeltaTable(str(store.table(table.name))).version())
    except TableNotFoundError:
        return -1


def _sync(path: Path, version: int) -> None:
    """Delta's writer leaves syncing to the kernel: the files that a commit names, then its log entry, go to disk here."""
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
