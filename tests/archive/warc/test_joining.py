"""A crawl's small files become one, and a crash at any point of it loses nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.capture import Exchange
from archive.warc import joining
from archive.warc.joining import Joined
from archive.warc.names import finished_name, parts_in, path_of, warcs_in
from archive.warc.reader import exchange_at, records
from archive.warc.repair import repair
from archive.warc.writer import WarcWriter
from crawler.fetch.frontier import Frontier

WHEN = datetime(2026, 11, 23, 18, 0, 0, 250000, UTC)
BASE = "warc/hanam/"


def part(folder: Path, number: int, count: int = 2) -> Path:
    """A part of `count` exchanges."""
    keeper = WarcWriter(folder, "hanam", {"crawl": "c"}, host="h", join_below=1_000_000, clock=lambda: WHEN)
    for index in range(count):
        url = f"http://hanam.example/{number}-{index}"
        body = f"HTTP/1.1 200 OK\r\n\r\n{url}".encode()
        keeper.write(Exchange(url, "GET", b"GET / HTTP/1.1\r\n\r\n", body, WHEN, 1, None), {})
    keeper.close()
    (made,) = keeper.closed
    return made


def urls(path: Path) -> list[str]:
    return [record.url for record in records(path) if record.type == "response"]


def joined_rows(folder: Path, parts: list[Path]) -> tuple[Frontier, Joined]:
    """A frontier in which a row of captures stands for each exchange, and the copy of the parts, noted."""
    from archive.tables.stage import Row

    frontier = Frontier(folder / "staging.sqlite")
    for path in parts:
        for record in records(path):
            if record.type == "response":
                place = {"warc_filename": f"hanam/{finished_name(path)}", "warc_record_offset": record.offset}
                frontier.commit_rows([Row("captures", record.id, record.url, "", {"url": record.url, **place})])
    joined = joining.copy(parts)
    frontier.move(joined, folder / "warc")
    return frontier, joined


def rows(frontier: Frontier) -> list[dict[str, object]]:
    from archive.tables.stage import read_rows

    return list(read_rows(frontier.connection, "captures"))


def test_parts_become_one_file_with_each_warcinfo_and_its_index(tmp_path: Path) -> None:
    folder = tmp_path / "warc" / "hanam"
    parts = [part(folder, number) for number in range(3)]
    held = b"".join(path.read_bytes() for path in parts)
    frontier, joined = joined_rows(tmp_path, parts)
    final = joining.finish(joined)
    assert final.read_bytes() == held
    assert [record.type for record in records(final)].count("warcinfo") == 3
    assert len(urls(final)) == 6
    assert final.name == finished_name(parts[0])
    assert sorted(path.name for path in folder.iterdir()) == [final.name + end for end in ("", ".cdxj", ".ledger")]
    assert len(final.with_name(final.name + ".cdxj").read_text().splitlines()) == 6
    for row in rows(frontier):
        path = tmp_path / "warc" / str(row["warc_filename"])
        assert exchange_at(path, int(str(row["warc_record_offset"]))).first.url == row["url"]


def test_a_part_of_the_same_second_is_not_written_over(tmp_path: Path) -> None:
    parts = [part(tmp_path, number) for number in range(2)]
    assert [path.name.split("-")[2] for path in parts] == ["00000", "00001"]
    assert [urls(path)[0] for path in parts] == ["http://hanam.example/0-0", "http://hanam.example/1-0"]


def test_a_part_is_found_under_the_name_that_rows_call_it(tmp_path: Path) -> None:
    made = part(tmp_path, 1)
    assert path_of(tmp_path / finished_name(made)) == made
    assert list(warcs_in(tmp_path)) == parts_in(tmp_path) == [made]
    assert not list(tmp_path.glob("*.cdxj")), "it may still be joined: no index yet"


def test_what_a_crash_left_small_waits_to_be_joined(tmp_path: Path) -> None:
    made = part(tmp_path, 1)
    torn = made.rename(made.with_name(finished_name(made) + ".open"))
    with torn.open("ab") as file:
        file.write(b"\x1f\x8b torn")
    done = repair(torn, join_below=1_000_000)
    assert (done.path, done.cut) == (made, 7)
    assert urls(made) == ["http://hanam.example/1-0", "http://hanam.example/1-1"]


def test_a_copy_that_was_not_noted_is_undone(tmp_path: Path) -> None:
    parts = [part(tmp_path, number) for number in range(2)]
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    joining.copy(parts)
    joining.undo(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("stop", range(5))
def test_a_noted_joining_is_finished_after_a_crash_at_any_step(tmp_path: Path, stop: int) -> None:
    folder = tmp_path / "warc" / "hanam"
    parts = [part(folder, number) for number in range(3)]
    held = b"".join(path.read_bytes() for path in parts)
    frontier, joined = joined_rows(tmp_path, parts)
    copy = folder / (joined.final.name + ".joining")
    steps = [
        lambda: copy.replace(parts[0]),
        parts[1].unlink,
        parts[2].unlink,
        lambda: parts[0].rename(joined.final),
    ]
    for step in steps[:stop]:
        step()
    (noted,) = frontier.joined(folder)
    for _ in range(2):  # and once more, as a crash right after it would have it
        assert joining.finish(noted) == joined.final
    assert joined.final.read_bytes() == held
    assert not parts_in(folder)


def test_files_together_stay_within_the_size_of_one(tmp_path: Path) -> None:
    parts = [part(tmp_path, number) for number in range(5)]
    size = parts[0].stat().st_size
    assert [len(group) for group in joining.groups(parts, size * 2 + size // 2)] == [2, 2, 1]
    assert joining.groups([]) == []
    assert [len(group) for group in joining.groups(parts, 1)] == [1] * 5, "what is larger alone stays alone"
