"""After a crash: every whole record is kept, and nothing but the torn tail is cut."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.capture import Exchange
from archive.errors import StoreUnwritable
from archive.warc.names import left_open
from archive.warc.reader import StoredRecord, exchange_at, records
from archive.warc.repair import Repaired, repair, whole
from archive.warc.writer import WarcWriter

Seen = tuple[str, str, int, int, bytes]
AsWarcioReads = Callable[[Path], list[Seen]]
Start = Callable[[str, Path], subprocess.Popen[str]]

WHEN = datetime(2026, 11, 24, 1, 15, 2, tzinfo=UTC)
NAME = "hanam-20261124011502-00000-h.warc.gz"


def write(folder: Path, count: int) -> Path:
    """A `.open` file of `count` exchanges, left as a crash leaves it."""
    keeper = WarcWriter(folder, "hanam", {"software": "test"}, clock=lambda: WHEN, host="h")
    for number in range(count):
        response = b"HTTP/1.1 200 OK\r\n\r\npage %d" % number
        one = Exchange(f"http://h/{number}", "GET", b"GET / HTTP/1.1\r\n\r\n", response, WHEN, 1, None)
        keeper.write(one, {"verdict": "ok"})
    keeper.abandon()
    return folder / (NAME + ".open")


def seen_by_us(path: Path) -> list[Seen]:
    return [(one.type, one.id, one.offset, one.length, one.block) for one in records(path)]


def test_a_file_cut_at_any_byte_keeps_every_whole_record(tmp_path: Path, as_warcio_reads: AsWarcioReads) -> None:
    path = write(tmp_path, 2)
    data = path.read_bytes()
    all_records: list[StoredRecord] = list(records(path))
    ends = [one.offset + one.length for one in all_records]
    for cut in range(len(data) + 1):
        path.write_bytes(data[:cut])
        wanted = sum(end <= cut for end in ends)
        done = repair(path)
        if wanted <= 1:  # nothing, or a warcinfo alone
            assert done == Repaired(None, 0, cut)
            assert list(tmp_path.iterdir()) == []
            continue
        assert done == Repaired(tmp_path / NAME, wanted, cut - ends[wanted - 1])
        assert list(records(tmp_path / NAME)) == [
            StoredRecord(NAME, one.offset, one.length, one.headers, one.block) for one in all_records[:wanted]
        ]
        if cut % 20 == 0 or cut in ends:
            assert as_warcio_reads(tmp_path / NAME) == seen_by_us(tmp_path / NAME)
        assert sorted(left.name for left in tmp_path.iterdir()) == [NAME, NAME + ".cdxj", NAME + ".ledger"]
        (tmp_path / NAME).unlink()
        (tmp_path / (NAME + ".cdxj")).unlink()


def test_a_good_file_loses_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, 3)
    data = path.read_bytes()
    assert repair(path) == Repaired(tmp_path / NAME, 10, 0)
    assert (tmp_path / NAME).read_bytes() == data
    assert len((tmp_path / (NAME + ".cdxj")).read_text().splitlines()) == 3


def test_what_a_killed_process_said_was_on_the_disk_is_kept(
    tmp_path: Path, start: Start, as_warcio_reads: AsWarcioReads
) -> None:
    torn = 0
    for turn in range(6):
        folder = tmp_path / str(turn)
        process = start("write_until_killed", folder)
        assert process.stdout is not None
        said = [json.loads(process.stdout.readline()) for _ in range(3 + turn)]
        process.kill()
        rest, _ = process.communicate()
        said += [json.loads(line) for line in rest.splitlines() if line.endswith("}")]
        (path,) = left_open(folder)
        done = repair(path)
        torn += done.cut > 0
        assert done.path is not None
        assert left_open(folder) == []
        for one in said:
            found = exchange_at(done.path, one["offset"])
            assert (found.first.id, found.first.length) == (one["id"], one["length"])
            assert found.response is not None
            assert found.request is not None
            assert found.metadata
            assert f"X-Number: {one['number']}\r\n".encode() in found.response.block
        assert as_warcio_reads(done.path) == seen_by_us(done.path)
        assert len(seen_by_us(done.path)) == done.records
    print(f"{torn} of 6 files had a torn tail")


@pytest.mark.parametrize("tail", [b"\0" * 5000, b"junk", b"\x1f\x8b", b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + b"\xff" * 100])
def test_what_a_power_cut_leaves_behind_the_last_record_is_cut(tmp_path: Path, tail: bytes) -> None:
    path = write(tmp_path, 1)
    data = path.read_bytes()
    path.write_bytes(data + tail)
    assert repair(path) == Repaired(tmp_path / NAME, 4, len(tail))
    assert (tmp_path / NAME).read_bytes() == data


@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"WARC/1.1"])
def test_a_file_without_one_whole_record_is_removed(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / (NAME + ".open")
    path.write_bytes(data)
    assert repair(path) == Repaired(None, 0, len(data))
    assert list(tmp_path.iterdir()) == []


def test_a_repair_that_was_cut_off_itself_is_made_again(tmp_path: Path) -> None:
    path = write(tmp_path, 1)
    (tmp_path / (NAME + ".cdxj.tmp")).write_text("half an ind")
    (tmp_path / (NAME + ".cdxj")).write_text("an index of before")
    assert repair(path).records == 4
    assert sorted(left.name for left in tmp_path.iterdir()) == [NAME, NAME + ".cdxj", NAME + ".ledger"]
    assert (tmp_path / (NAME + ".cdxj")).read_text().startswith("h)/0 20261124011502 {")


def test_a_repair_overwrote_a_sealed_file_of_the_same_name(tmp_path: Path) -> None:
    path = write(tmp_path, 1)
    sealed = tmp_path / NAME
    sealed.write_bytes(b"sealed before")
    with pytest.raises(StoreUnwritable):
        repair(path)
    assert sealed.read_bytes() == b"sealed before"
    assert path.exists()


def test_looking_at_a_file_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, 1)
    data = path.read_bytes() + b"torn"
    path.write_bytes(data)
    assert whole(path) == (4, len(data) - 4)
    assert path.read_bytes() == data


def test_the_files_left_open_are_given_oldest_first(tmp_path: Path) -> None:
    assert left_open(tmp_path / "none") == []
    path = write(tmp_path, 1)
    older = tmp_path / ("hanam-20261123011502-00009-h.warc.gz.open")
    shutil.copy(path, older)
    (tmp_path / "hanam-20261122011502-00000-h.warc.gz").touch()
    assert left_open(tmp_path) == [older, path]
