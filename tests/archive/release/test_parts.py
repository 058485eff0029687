"""The parts of a release by themselves: groups of rows, ends of names, the folder that is there whole or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from archive.errors import Misuse, ReleaseFailed, StoreBusy
from archive.release import licence
from archive.release.contents import CONTENTS, Limits, select
from archive.release.export import slices_of
from archive.release.folder import unfinished
from archive.release.media import ending
from archive.release.parquet import write

TABLE = pa.table({"n": range(2500), "text": [f"chữ {n % 7}" for n in range(2500)]})


@pytest.mark.parametrize("size", [1, 7, 1000, 1024, 2500])
def test_a_file_is_the_same_whatever_the_batches_were(tmp_path: Path, size: int) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    assert write(one, TABLE.schema, iter(TABLE.to_batches()), 1000, {"luutru.table": "x"}) == 2500
    write(other, TABLE.schema, iter(TABLE.to_batches(max_chunksize=size)), 1000, {"luutru.table": "x"})
    assert one.read_bytes() == other.read_bytes()
    file = pq.ParquetFile(other)
    assert [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)] == [1000, 1000, 500]
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    assert file.metadata.row_group(0).column(0).has_column_index
    assert file.metadata.metadata[b"luutru.table"] == b"x"
    assert file.read().equals(TABLE)


def test_a_table_without_rows_is_a_file_with_columns(tmp_path: Path) -> None:
    assert write(tmp_path / "none", TABLE.schema, iter(()), 10, {}) == 0
    assert pq.read_schema(tmp_path / "none").names == ["n", "text"]


def test_ends_of_names_come_from_the_table_alone() -> None:
    assert ending("image/JPEG", None) == "jpg"
    assert ending("image/svg+xml", "gzip") == "svg.gz"
    assert ending("../../etc/passwd", None) == "bin"
    assert ending("image/png", "../x") == "png.packed"
    assert ending(None, "identity") == "bin"


def test_known_rights_have_their_names() -> None:
    assert (licence.identifier("cc-by-4.0"), licence.hub("CC BY 4.0")) == ("CC-BY-4.0", "cc-by-4.0")
    assert (licence.identifier("ODbL-1.0"), licence.hub("ODbL-1.0")) == ("ODbL-1.0", "odbl")
    assert (licence.identifier("Ask first"), licence.hub("Ask first")) == (None, "other")


def test_names_of_portals_are_quoted() -> None:
    for content in CONTENTS:
        assert "portal IN ('a''; DROP')" in select(content, Limits(None, ("a'; DROP",)), None, None)


def test_slices_of_time_leave_nothing_out_and_take_nothing_twice() -> None:
    first = datetime(2026, 11, 24, tzinfo=UTC)
    counts: list[tuple[datetime | None, int]] = [(first + timedelta(minutes=n), 1 + n % 5) for n in range(100)]
    slices = list(slices_of([*counts, (None, 3)], 20))
    assert slices.pop() == (None, None)
    assert slices[0][0] == first
    assert slices[-1][1] is None
    assert all(one[1] == other[0] for one, other in pairwise(slices))
    for start, end in slices:
        assert start is not None
        rows = sum(
            n for minute, n in counts if minute is not None and start <= minute and (end is None or minute < end)
        )
        assert rows < 20 + 5
    assert list(slices_of([], 20)) == []
    assert list(slices_of([(first, 10**6)], 20)) == [(first, None)]


def test_a_release_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "release"

    def broken() -> None:
        with unfinished(target) as folder:
            (folder / "half").write_text("x")
            raise OSError(28, "No space left on device")

    with pytest.raises(ReleaseFailed, match="no space left for the release"):
        broken()
    assert list(target.parent.iterdir()) == []
    target.mkdir()
    with unfinished(target) as folder:
        (folder / "whole").write_text("x")
        assert list(target.iterdir()) == []
    assert [path.name for path in target.iterdir()] == ["whole"]
    assert [path.name for path in target.parent.iterdir()] == ["release"]


@pytest.mark.parametrize("kind", ["file", "full", "dangling"])
def test_what_is_there_is_not_written_over(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "there"
    if kind == "file":
        target.write_text("mine")
    elif kind == "full":
        target.mkdir()
        (target / "mine").write_text("mine")
    else:
        target.symlink_to(tmp_path / "nowhere")
    with pytest.raises(Misuse), unfinished(target):
        pytest.fail("it was begun")


def test_two_do_not_write_one_folder_and_a_killed_ones_rest_is_cleared(tmp_path: Path) -> None:
    target = tmp_path / "release"
    code = (
        "import sys, time; from pathlib import Path; from archive.release.folder import unfinished\n"
        "with unfinished(Path(sys.argv[1])) as folder:\n"
        "    (folder / 'half').write_text('x'); print('begun', flush=True); time.sleep(60)"
    )
    root = Path(__file__).parents[3]
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(target)], stdout=subprocess.PIPE, text=True, cwd=root, env=os.environ
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    with pytest.raises(StoreBusy), unfinished(target):
        pytest.fail("it was begun")
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=10)
    process.stdout.close()
    time.sleep(0.01)
    assert not target.exists()
    with unfinished(target) as folder:
        assert list(folder.iterdir()) == []
    assert target.is_dir()
