"""A Delta table as an audit reads it: the files that its log names, all of them in the table's own folder, and every row."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.dataset as ds
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError
from pyarrow.fs import LocalFileSystem, SubTreeFileSystem

from archive.audit.finding import Checked, Findings
from archive.audit.scratch import Batch, key, opened
from archive.moment import iso
from archive.tables.rowsum import row_hash
from archive.tables.schema import CAPTURES, CRAWLS, TABLES, Table
from archive.warc.record import uri

_BATCH = 2000
BROKEN = (DeltaError, OSError, ValueError, pa.ArrowException)
"""What reading a table that was tampered with may raise."""


def version(root: Path, name: str) -> int | None:
    """The newest version of a table; None where there is none, or where it does not read (which `table` tells)."""
    if _linked(root, root / "tables" / name):
        return 0
    try:
        return int(DeltaTable(str(root / "tables" / name)).version())
    except BROKEN:
        return None


def table(root: Path, name: str, at: int, findings: Findings) -> ds.Dataset | None:
    """The rows of a table at a version; None, with a finding, where it does not read or a file of it is none of its own."""
    folder, told = root / "tables" / name, f"tables/{name}"
    target = TABLES[name]
    if _linked(root, folder):
        findings.add("table", told, "a symbolic link stands in the table: not read")
        return None
    try:
        found = DeltaTable(str(folder), version=at)
        paths = [str(path) for path in pa.table(found.get_add_actions()).column("path").to_pylist()]
        for path in paths:
            if not _own(folder, path):
                findings.add("table", told, f"its log names {path[:200]!r}, which is no file of its own: not read")
                return None
        files = SubTreeFileSystem(str(folder), LocalFileSystem())
        return found.to_pyarrow_dataset(filesystem=files, schema=target.schema)
    except BROKEN as error:
        findings.add("table", told, f"the table does not read: {_line(error)}")
        return None


def _linked(root: Path, folder: Path) -> bool:
    if (root / "tables").is_symlink() or folder.is_symlink():
        return True
    return any(
        (Path(top) / name).is_symlink() for top, folders, names in os.walk(folder) for name in (*folders, *names)
    )


def _own(folder: Path, path: str) -> bool:
    """Whether a path of Delta's log is that of a regular file below the table, on no way over a link."""
    place = folder
    parts = unquote(path).split("/")
    if not parts or any(part in ("", ".", "..") or "\0" in part or ":" in part for part in parts):
        return False
    for part in parts:
        place = place / part
        try:
            mode = os.lstat(place).st_mode
        except OSError:
            return True  # not there: the table does not read, and says so
        if stat.S_ISLNK(mode):
            return False
    return stat.S_ISREG(mode)


def hashed(root: Path, name: str, at: int, scratch: Path) -> tuple[Findings, Checked]:
    """Puts the hash of every row of a table into a scratch made at `scratch`; of captures and crawls, what is asked of them."""
    findings, checked = Findings(), Checked()
    with closing(opened(scratch)) as db:
        rows = table(root, name, at, findings)
        if rows is None:
            return findings, checked
        hashes, captures, crawls = Batch(db, "hashes", 4), Batch(db, "captures", 11), Batch(db, "crawls", 12)
        try:
            for batch in rows.to_batches(batch_size=_BATCH, batch_readahead=1, fragment_readahead=1):
                for row in batch.to_pylist():
                    checked.rows += 1
                    hashes.add(name, row["snapshot_id"], row["portal"], row_hash(row))
                    if name == CAPTURES.name:
                        captures.add(*_capture(row))
                    elif name == CRAWLS.name:
                        crawls.add(*_crawl(row))
        except BROKEN as error:
            findings.add("table", f"tables/{name}", f"the table does not read to its end: {_line(error)}")
        for each in (hashes, captures, crawls):
            each.flush()
    return findings, checked


def standing(root: Path, target: Table, at: int, crawl: str) -> ds.Scanner | None:
    """The rows of one crawl's captures; None where the table does not read, which is told elsewhere."""
    rows = table(root, target.name, at, Findings())
    if rows is None:
        return None
    return rows.scanner(filter=ds.field("crawl") == crawl, batch_size=500, batch_readahead=1, fragment_readahead=1)


def _capture(row: Mapping[str, Any]) -> tuple[object, ...]:
    revisit = row["revisit_of"]
    return (
        key(str(row["record_id"])),
        row["snapshot_id"],
        row["warc_filename"],
        row["warc_record_offset"],
        row["warc_record_length"],
        uri(row["url_original"]) if row["url_original"] else None,
        iso(row["fetch_time"]) if row["fetch_time"] else None,
        row["fetch_status"],
        row["content_digest"],
        row["truncated"],
        key(revisit) if revisit else None,
    )


def _crawl(row: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        row["crawl"],
        row["portal"],
        row["snapshot_id"],
        row["action"],
        row["extractor_version"],
        row["manifest_hash"],
        *(_when(row[name]) for name in ("night", "started_at", "finished_at", "committed_at")),
        row["articles"],
        row["requests"],
    )


def _when(value: datetime | date | None) -> str | None:
    if isinstance(value, datetime):
        return iso(value)
    return value.isoformat() if value is not None else None


def _line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
