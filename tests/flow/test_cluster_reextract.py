"""The archive read again by a cluster: the rows are those of one machine, in their order."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from .workers import below


def files(folder: Path) -> dict[str, Any]:
    return {path.relative_to(folder).as_posix(): pq.read_table(path) for path in sorted(folder.rglob("*.parquet"))}


def test_a_cluster_reads_the_same_rows_as_one_machine(nights: Any, tmp_path: Path) -> None:
    alone = nights.run("reextract", "--to", str(tmp_path / "alone"))
    assert alone.returncode == 0, alone.stderr
    shared = nights.run("reextract", "--cluster", "local", "--to", str(tmp_path / "shared"))
    assert shared.returncode == 0, shared.stderr
    assert shared.stderr == alone.stderr
    one, other = files(tmp_path / "alone"), files(tmp_path / "shared")
    assert one.keys() == other.keys()
    assert len(one) == 6
    for name, table in one.items():
        assert table.num_rows > 0
        assert table.equals(other[name]), name


def test_a_cluster_finds_what_stands_equal(nights: Any) -> None:
    done = nights.run("reextract", "--cluster", "local")
    assert done.returncode == 0, done.stderr
    assert "42 equal to what stands, 0 different, 0 added" in done.stderr
    assert not list((nights.store / "staging").glob(".scratch-*"))


def test_a_worker_is_killed_while_it_reads_and_no_row_is_lost(nights: Any, tmp_path: Path) -> None:
    command = nights.command("reextract", "--cluster", "local", "--to", str(tmp_path / "shared"))
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    limit = time.monotonic() + 60
    while not list((nights.store / "staging").glob(".scratch-*/*.rows")):  # a worker has begun a file
        assert process.poll() is None
        assert time.monotonic() < limit
        time.sleep(0.002)
    workers = [pid for pid in below(process.pid) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    alone = nights.run("reextract", "--to", str(tmp_path / "alone"))
    assert alone.returncode == 0
    one, other = files(tmp_path / "alone"), files(tmp_path / "shared")
    assert one.keys() == other.keys()
    assert all(table.equals(other[name]) for name, table in one.items())
