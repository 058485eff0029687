"""Every record has its line before the call that wrote it returns, and what a crash does to a ledger is told in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.capture import Exchange
from archive.custody.signing import new_key, signed_by
from archive.errors import BrokenLedger
from archive.warc import joining, ledger
from archive.warc.ledger import closing, entry, ledger_of, parse
from archive.warc.names import finished_name
from archive.warc.reader import records
from archive.warc.repair import repair
from archive.warc.writer import WarcWriter

from . import ledgers

WHEN = datetime(2026, 11, 23, 18, 0, 0, 250000, UTC)


def exchange(number: int, size: int = 40) -> Exchange:
    body = b"HTTP/1.1 200 OK\r\n\r\n" + (b"%d " % number) * size
    return Exchange(f"http://h.vn/{number}", "GET", b"GET / HTTP/1.1\r\n\r\n", body, WHEN, 1, None)


def writer(folder: Path, **more: int) -> WarcWriter:
    return WarcWriter(folder, "hanam", {"crawl": "c1"}, host="h", clock=lambda: WHEN, **more)


def left(folder: Path, count: int) -> Path:
    """A file of `count` exchanges as a crash leaves it."""
    keeper = writer(folder)
    for number in range(count):
        keeper.write(exchange(number), {})
    keeper.abandon()
    (path,) = folder.glob("*.open")
    return path


def test_a_sealed_file_has_a_ledger_that_tells_every_record(tmp_path: Path) -> None:
    keeper = writer(tmp_path)
    for number in range(3):
        keeper.write(exchange(number), {})
    keeper.write_dns("h.vn", ["h.vn. 60 IN A 203.0.113.7"])
    keeper.close()
    told = ledgers.holds(keeper.closed[0])
    assert told[0] == {"ledger": 1, "warc": keeper.closed[0].name, "crawl": "c1", "before": "0" * 64}
    assert [line["type"] for line in told[1:-1]] == ["warcinfo", *["response", "request", "metadata"] * 3, "resource"]


def test_a_line_stands_when_the_write_returns(tmp_path: Path) -> None:
    keeper = writer(tmp_path)
    for number in range(3):
        place = keeper.write(exchange(number), {})
        (book,) = tmp_path.glob("*.ledger")
        lines = [line for line in ledgers.read(book) if line.get("id") == place.record_id]
        assert [(line["offset"], line["length"]) for line in lines] == [(place.offset, place.length)]


def test_parts_keep_their_ledgers_as_they_were(tmp_path: Path) -> None:
    parts = []
    for start in (0, 10):
        keeper = writer(tmp_path, join_below=1_000_000)
        for number in range(2):
            keeper.write(exchange(start + number), {})
        keeper.close()
        parts += keeper.closed
    before = [ledger_of(part).read_bytes() for part in parts]
    roots = [json.loads(data.splitlines()[-1])["root"] for data in before]
    final = joining.finish(joining.copy(parts))
    told = ledgers.holds(final)
    assert ledger_of(final).read_bytes().startswith(b"".join(before))
    (joined,) = [line["joined"] for line in told if "joined" in line]
    assert [part["root"] for part in joined] == roots
    assert [part["part"] for part in joined] == [finished_name(part) for part in parts]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        final.name,
        final.name + ".cdxj",
        final.name + ".ledger",
    ]


@pytest.mark.parametrize("again", [False, True])
def test_a_joining_that_is_made_again_after_a_crash_has_the_same_ledger(tmp_path: Path, again: bool) -> None:
    parts = []
    for start in (0, 10):
        keeper = writer(tmp_path, join_below=1_000_000)
        keeper.write(exchange(start), {})
        keeper.close()
        parts += keeper.closed
    joined = joining.copy(parts)
    if again:  # the copy was never noted
        joining.undo(tmp_path)
        assert not list(tmp_path.glob("*.joining"))
        joined = joining.copy(parts)
    ledgers.holds(joining.finish(joined))
    ledgers.holds(joining.finish(joined))


def test_a_file_cut_at_any_byte_is_mended_with_a_line_that_says_so(tmp_path: Path) -> None:
    path = left(tmp_path, 2)
    data, book = path.read_bytes(), ledger_of(path).read_bytes()
    ends = [record.offset + record.length for record in records(path)]
    lines = ledgers.read(ledger_of(path))
    for cut in range(ends[1], len(data) + 1, 7):
        path.write_bytes(data[:cut])
        ledger_of(path).write_bytes(book)
        done = repair(path)
        if done.path is None:
            continue
        told = ledgers.holds(done.path)
        (mended,) = [line["repair"] for line in told if "repair" in line]
        assert mended["cut"] == done.cut
        assert mended["made"] == 0
        assert [one["id"] for one in mended["lost"]] == [line["id"] for line in lines[1 + done.records :]]
        for state in ("", ".cdxj"):
            done.path.with_name(done.path.name + state).unlink()


@given(cut=st.integers(0, 10**6))
def test_a_ledger_cut_at_any_byte_is_made_whole_from_the_file(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = left(tmp_path_factory.mktemp("cut"), 3)
    book = ledger_of(path).read_bytes()
    cut %= len(book) + 1
    ledger_of(path).write_bytes(book[:cut])
    done = repair(path)
    assert done.path is not None
    assert done.records == 10
    told = ledgers.holds(done.path)
    (mended,) = [line["repair"] for line in told if "repair" in line]
    whole = max(0, book[:cut].count(b"\n") - 1)
    assert mended == {"at": mended["at"], "cut": 0, "made": 10 - whole, "lost": []}
    assert ledger_of(done.path).read_bytes().startswith(b"".join(book.splitlines(keepends=True)[: whole + 1]))


def test_a_ledger_that_is_gone_is_made_from_the_file_and_says_so(tmp_path: Path) -> None:
    path = left(tmp_path, 1)
    ledger_of(path).unlink()
    done = repair(path)
    assert done.path is not None
    told = ledgers.holds(done.path)
    assert told[0]["crawl"] == "c1"
    assert told[-2]["repair"]["made"] == 4


def test_a_repair_is_signed_where_there_is_a_key(tmp_path: Path) -> None:
    key = new_key(tmp_path / "key.pem")
    path = left(tmp_path / "warc", 1)
    done = repair(path, sign=key.sign)
    assert done.path is not None
    line = ledgers.holds(done.path)[-2]
    said = json.dumps(
        {"repair": line["repair"], "before": line["before"]}, ensure_ascii=False, separators=(",", ":")
    ).encode()
    assert signed_by(line, said) == key.public
    assert signed_by(line, said.replace(b'"cut":0', b'"cut":1')) is None


def test_a_crash_behind_the_close_leaves_a_ledger_as_it_is(tmp_path: Path) -> None:
    keeper = writer(tmp_path)
    keeper.write(exchange(1), {})
    keeper.close()
    sealed = keeper.closed[0]
    book = ledger_of(sealed).read_bytes()
    sealed.rename(sealed.with_name(sealed.name + ".open"))
    done = repair(sealed.with_name(sealed.name + ".open"))
    assert done.path is not None
    assert ledger_of(done.path).read_bytes() == book


def test_a_file_that_goes_with_a_repair_takes_its_ledger_along(tmp_path: Path) -> None:
    keeper = writer(tmp_path)
    keeper.write_dns("h.vn", ["h.vn. 60 IN A 203.0.113.7"])
    keeper.abandon()
    (path,) = tmp_path.glob("*.open")
    assert repair(path).path is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "line",
    [b"", b"[]", b"{", b"\xff", b'{"offset":-1}', b'{"offset":1,"length":2}', b'{"offset":true}', b"[" * 100_000],
)
def test_a_line_that_tells_nothing_is_refused(line: bytes) -> None:
    with pytest.raises(BrokenLedger):
        entry(parse(line))


def test_a_line_without_an_end_in_sight_is_not_read_to_it(tmp_path: Path) -> None:
    path = tmp_path / "x.ledger"
    path.write_bytes(b'{"a":"' + b"x" * (3 * ledger.LINE_LIMIT))
    with pytest.raises(BrokenLedger, match="more than"):
        list(ledger.lines(path))


def test_only_a_closed_ledger_has_a_close(tmp_path: Path) -> None:
    path = left(tmp_path, 1)
    assert closing(ledger_of(path)) is None
    assert closing(tmp_path / "none.ledger") is None
    done = repair(path)
    assert done.path is not None
    close = closing(ledger_of(done.path))
    assert close is not None
    assert close["records"] == 4
    with ledger_of(done.path).open("ab") as file:
        file.write(b"{")
    assert closing(ledger_of(done.path)) is None
