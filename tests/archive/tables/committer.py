"""What the tests run in other processes: `committer.py STORE`, which commits the staging files named to it, one a line.

It says `ready`, and then of each file the snapshot that it made; `compact TABLE`, `append TABLE` and `widen TABLE` are
done, too.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import DeltaError

import archive
from archive.store import Store, open_store
from archive.tables.commit import CrawlFacts, Snapshot, commit
from archive.tables.schema import TABLES

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(archive.__file__).parents[1])}


@contextmanager
def committer(store: Store) -> Iterator[subprocess.Popen[str]]:
    """A process that waits for work on a store; it is gone at the end."""
    command = [sys.executable, __file__, str(store.root)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
    try:
        assert answer(process) == "ready"
        yield process
    finally:
        with suppress(BrokenPipeError):
            process.communicate(timeout=60)


def tell(process: subprocess.Popen[str], work: str) -> None:
    """Gives a committer work."""
    assert process.stdin is not None
    process.stdin.write(f"{work}\n")
    process.stdin.flush()


def answer(process: subprocess.Popen[str]) -> str:
    """What a committer answers; empty where it failed."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def main() -> None:
    store = open_store(Path(sys.argv[1]))
    print("ready", flush=True)
    for line in map(str.strip, sys.stdin):
        work, _, name = line.partition(" ")
        if work == "compact":
            done = compact(store, name)
        elif work == "append":
            done = append(store, name)
        elif work == "widen":
            done = widen(store, name)
        else:
            done = commit_file(store, Path(line)).id
        print(done, flush=True)


def commit_file(store: Store, path: Path) -> Snapshot:
    """Commits what stands staged in a file; `FILE.json` has the facts of its crawl."""
    facts = json.loads(path.with_suffix(".json").read_text("utf-8"))
    with closing(sqlite3.connect(path, check_same_thread=False)) as db:
        return commit(store, db, CrawlFacts(facts["crawl"], facts["portal"], None, facts["own"]))


def compact(store: Store, name: str) -> str:
    """Rewrites a table's many small files as few, as anyone with Delta's own tools may."""
    with suppress(DeltaError):  # it may lose against a commit; a commit may not lose against it
        return f"{DeltaTable(str(store.table(name))).optimize.compact()['numFilesRemoved']}"
    return "lost"


def append(store: Store, name: str) -> str:
    """Appends to a table, beside our lock."""
    write_deltalake(str(store.table(name)), TABLES[name].schema.empty_table(), mode="append")
    return "appended"


def widen(store: Store, name: str) -> str:
    """Adds a column of its own to a table, with one row."""
    row = pa.table({"month": ["2026-09"], "record_id": ["theirs"], "a_column_of_theirs": [1]})
    write_deltalake(str(store.table(name)), row, mode="append", schema_mode="merge")
    return "widened"


if __name__ == "__main__":
    main()
