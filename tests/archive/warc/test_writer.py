"""What the writer leaves on the disk: to the byte, to the place, and when the disk is full, shared or interrupted."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.capture import Exchange, Place
from archive.errors import StoreUnwritable
from archive.warc.reader import exchange_at, exchanges, record_at, records
from archive.warc.record import parse_fields
from archive.warc.repair import repair
from archive.warc.writer import WarcWriter, seal

Answers = list[dict[str, Any]]
Seen = tuple[str, str, int, int, bytes]
AsWarcioReads = Callable[[Path], list[Seen]]
OnASmallDisk = Callable[[str], tuple[Answers, Path]]
Start = Callable[[str, Path], subprocess.Popen[str]]
Finish = Callable[[subprocess.Popen[str]], Answers]

SECOND = datetime(2026, 11, 24, 1, 15, 2, tzinfo=UTC)
STARTED = datetime(2026, 11, 24, 1, 15, 3, 250000, UTC)
NAME = "hanam-20261124011502-00000-may_1.vn.warc.gz"

REQUEST = b"GET /Pages/tin.aspx HTTP/1.1\r\nHost: hanam.gov.vn\r\n\r\n"
RESPONSE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\n<p>H\xc3\r\n9\r\n\xa0 Nam</p>\r\n0\r\n\r\n"
)
INFO = {"software": "luutru", "format": "WARC File Format 1.1"}

# Written by hand from WARC 1.1; the digests are sha256sum's.
WARCINFO = (
    b"WARC/1.1\r\n"
    b"WARC-Type: warcinfo\r\n"
    b"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
    b"WARC-Date: 2026-11-24T01:15:02.000000Z\r\n"
    b"WARC-Filename: hanam-20261124011502-00000-may_1.vn.warc.gz\r\n"
    b"Content-Type: application/warc-fields\r\n"
    b"WARC-Block-Digest: sha256:50713cbc22d1d74ec573a449ffa8e2790372dee03db514a0f55a8e03d1054c83\r\n"
    b"Content-Length: 48\r\n"
    b"\r\n"
    b"software: luutru\r\nformat: WARC File Format 1.1\r\n"
    b"\r\n\r\n"
)
OF_RESPONSE = (
    b"WARC/1.1\r\n"
    b"WARC-Type: response\r\n"
    b"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000002>\r\n"
    b"WARC-Date: 2026-11-24T01:15:03.250000Z\r\n"
    b"WARC-Target-URI: https://hanam.gov.vn/Pages/tin.aspx\r\n"
    b"WARC-IP-Address: 2001:db8::1\r\n"
    b"WARC-Warcinfo-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
    b"Content-Type: application/http;msgtype=response\r\n"
    b"WARC-Payload-Digest: sha256:bb492778e60a61a8db9dd428f25db37318e4645ab3861d87fbed103c0e72708d\r\n"
    b"WARC-Truncated: time\r\n"
    b"WARC-Block-Digest: sha256:ece7bbe113f2e59249bd08b6b99576a3f2072e6fdea0bffb26fe80cddd497999\r\n"
    b"Content-Length: 116\r\n"
    b"\r\n" + RESPONSE + b"\r\n\r\n"
)
OF_REQUEST = (
    b"WARC/1.1\r\n"
    b"WARC-Type: request\r\n"
    b"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000003>\r\n"
    b"WARC-Date: 2026-11-24T01:15:03.250000Z\r\n"
    b"WARC-Target-URI: https://hanam.gov.vn/Pages/tin.aspx\r\n"
    b"WARC-IP-Address: 2001:db8::1\r\n"
    b"WARC-Warcinfo-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
    b"Content-Type: application/http;msgtype=request\r\n"
    b"WARC-Concurrent-To: <urn:uuid:00000000-0000-0000-0000-000000000002>\r\n"
    b"WARC-Block-Digest: sha256:00ee6aec524c58e11720f00bc544e461a57c82259b845f86c531182aed0652ae\r\n"
    b"Content-Length: 52\r\n"
    b"\r\n" + REQUEST + b"\r\n\r\n"
)
OF_METADATA = (
    b"WARC/1.1\r\n"
    b"WARC-Type: metadata\r\n"
    b"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000004>\r\n"
    b"WARC-Date: 2026-11-24T01:15:03.250000Z\r\n"
    b"WARC-Target-URI: https://hanam.gov.vn/Pages/tin.aspx\r\n"
    b"WARC-IP-Address: 2001:db8::1\r\n"
    b"WARC-Warcinfo-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
    b"Content-Type: application/warc-fields\r\n"
    b"WARC-Concurrent-To: <urn:uuid:00000000-0000-0000-0000-000000000002>\r\n"
    b"WARC-Block-Digest: sha256:4ac57b49cd059e83fa0e09ef02431f6e7caade8d3cd24ea47e92d0b6a0188ecf\r\n"
    b"Content-Length: 58\r\n"
    b"\r\n"
    b"fetchTimeMs: 42\r\nvia: https://hanam.gov.vn/\r\nverdict: ok\r\n"
    b"\r\n\r\n"
)


def ids() -> Callable[[], UUID]:
    numbers = iter(range(1, 10_000))
    return lambda: UUID(int=next(numbers))


def writer(folder: Path, **options: Any) -> WarcWriter:
    return WarcWriter(folder, "hanam", INFO, clock=lambda: SECOND, host="may-1.vn", **options)


def exchange(
    url: str = "https://hanam.gov.vn/Pages/tin.aspx",
    request: bytes = REQUEST,
    response: bytes = RESPONSE,
    truncated: str | None = None,
) -> Exchange:
    return Exchange(url, "GET", request, response, STARTED, 42, "2001:db8::1", truncated)


def placed(path: Path, place: Place) -> bytes:
    """The bytes of the gzip member at a place, unpacked: nothing more and nothing less may stand there."""
    return gzip.decompress(path.read_bytes()[place.offset : place.offset + place.length])


# bytes and places


def test_a_file_is_to_the_byte_what_the_standard_says(tmp_path: Path) -> None:
    keeper = writer(tmp_path, new_id=ids())
    place = keeper.write(exchange(truncated="time"), {"via": "https://hanam.gov.vn/", "verdict": "ok"})
    keeper.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [NAME, NAME + ".cdxj", NAME + ".ledger"]
    assert gzip.decompress((tmp_path / NAME).read_bytes()) == WARCINFO + OF_RESPONSE + OF_REQUEST + OF_METADATA
    assert place.record_id == "urn:uuid:00000000-0000-0000-0000-000000000002"
    assert placed(tmp_path / NAME, place) == OF_RESPONSE


def test_warcio_finds_both_digests_right(tmp_path: Path, as_warcio_reads: AsWarcioReads) -> None:
    keeper = writer(tmp_path)
    keeper.write(exchange(response=b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nxin"), {})
    keeper.close()
    assert len(as_warcio_reads(tmp_path / NAME)) == 4
    command = [sys.executable, "-m", "warcio.cli", "check", "-v", NAME]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("digest pass") == 4


def test_a_file_has_its_name_with_open_behind_it_until_it_is_closed(tmp_path: Path) -> None:
    keeper = writer(tmp_path)
    place = keeper.write(exchange(), {})
    keeper.sync()
    assert sorted(path.name for path in tmp_path.iterdir()) == [NAME + ".ledger", NAME + ".open"]
    assert place.warc_filename == NAME
    assert placed(tmp_path / (NAME + ".open"), place).endswith(RESPONSE + b"\r\n\r\n")
    keeper.close()
    assert keeper.closed == [tmp_path / NAME]


def test_names_in_places_are_relative_to_the_root(tmp_path: Path) -> None:
    keeper = writer(tmp_path / "warc" / "hanam", root=tmp_path / "warc")
    assert keeper.write(exchange(), {}).warc_filename == f"hanam/{NAME}"
    keeper.close()
    assert next(records(tmp_path / "warc" / "hanam" / NAME)).header("WARC-Filename") == NAME


def test_a_file_that_is_large_enough_is_closed_and_the_next_begun(tmp_path: Path) -> None:
    moments = iter(SECOND + timedelta(seconds=second) for second in range(9))
    keeper = WarcWriter(tmp_path, "hanam", INFO, rotate_at=3000, clock=lambda: next(moments), host="h")
    places = [keeper.write(exchange(), {}) for _ in range(8)]
    keeper.close()
    names = [path.name for path in keeper.closed]
    assert len(names) > 1
    assert names == sorted(set(names))
    assert names[1] == "hanam-20261124011503-00001-h.warc.gz"
    for path in keeper.closed[:-1]:
        last = [place for place in places if place.warc_filename == path.name][-1]
        assert last.offset < 3000 <= path.stat().st_size
    for path in keeper.closed:
        assert next(records(path)).type == "warcinfo"
    for place in places:
        assert placed(tmp_path / place.warc_filename, place).endswith(RESPONSE + b"\r\n\r\n")


def test_without_a_file_sync_close_and_abandon_do_nothing(tmp_path: Path) -> None:
    keeper = writer(tmp_path)
    keeper.sync()
    keeper.close()
    keeper.abandon()
    assert keeper.closed == []
    assert list(tmp_path.iterdir()) == []
    keeper.write(exchange(), {})
    keeper.close()
    keeper.close()
    assert len(keeper.closed) == 1


def test_an_abandoned_file_stays_open_for_repair(tmp_path: Path) -> None:
    keeper = writer(tmp_path)
    place = keeper.write(exchange(), {})
    keeper.abandon()
    assert sorted(path.name for path in tmp_path.iterdir()) == [NAME + ".ledger", NAME + ".open"]
    assert repair(tmp_path / (NAME + ".open")).cut == 0
    assert record_at(tmp_path / NAME, place.offset).block == RESPONSE


def test_a_folder_that_cannot_be_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "hanam").touch()
    with pytest.raises(StoreUnwritable, match="hanam"):
        writer(tmp_path / "hanam").write(exchange(), {})


def test_metadata_comes_back_as_it_was_given(tmp_path: Path) -> None:
    context = {"via": "http://h/a  b", "title": "Hà\xa0Nam  \u3000 họp", "forged": "x\r\nverdict: ok"}
    keeper = writer(tmp_path)
    place = keeper.write(exchange(), context)
    keeper.close()
    said = exchange_at(tmp_path / NAME, place.offset).metadata
    assert said == {"fetchTimeMs": "42", **context, "forged": "x verdict: ok"}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.builds(
            exchange,
            url=st.text(max_size=30) | st.just("https://hanam.gov.vn/"),
            request=st.binary(max_size=60) | st.just(b""),
            response=st.binary(max_size=300) | st.just(RESPONSE) | st.just(b"\r\n\r\nWARC/1.1\r\n\r\n"),
            truncated=st.sampled_from([None, "length"]),
        ),
        max_size=5,
    ),
    st.dictionaries(st.sampled_from(["via", "verdict", "title"]), st.text(max_size=20)),
)
def test_any_exchange_comes_back_to_the_byte_and_warcio_agrees(
    tmp_path_factory: pytest.TempPathFactory,
    as_warcio_reads: AsWarcioReads,
    wanted: list[Exchange],
    context: dict[str, str],
) -> None:
    keeper = writer(tmp_path_factory.mktemp("any"))
    places = [keeper.write(one, context) for one in wanted]
    keeper.close()
    if not wanted:
        return
    (path,) = keeper.closed
    found = list(exchanges(path))
    assert [one.place for one in found] == places
    for one, place, back in zip(wanted, places, found, strict=True):
        assert (back.response.block if back.response else b"") == one.response
        assert (back.request.block if back.request else b"") == one.request
        assert back.first.date == one.started
        assert back.metadata["fetchTimeMs"] == "42"
        assert context.keys() <= back.metadata.keys()
        assert exchange_at(path, place.offset) == back
        assert placed(path, place).endswith(back.first.block + b"\r\n\r\n")
    ours = [(one.type, one.id, one.offset, one.length, one.block) for one in records(path)]
    assert as_warcio_reads(path) == ours
    assert ours[-1][2] + ours[-1][3] == path.stat().st_size


# writers side by side


def test_a_second_writer_in_the_same_second_failed(tmp_path: Path) -> None:
    one, other = writer(tmp_path), writer(tmp_path)
    places = [one.write(exchange(), {}), other.write(exchange(), {})]
    one.close()
    other.close()
    assert [place.warc_filename for place in places] == [NAME, NAME.replace("-00000-", "-00001-")]
    for place in places:
        assert record_at(tmp_path / place.warc_filename, place.offset).id == place.record_id


def test_a_writer_in_the_second_of_a_sealed_file_overwrote_it(tmp_path: Path) -> None:
    one = writer(tmp_path)
    kept = one.write(exchange(), {})
    one.close()
    sealed = (tmp_path / NAME).read_bytes()
    other = writer(tmp_path)
    assert other.write(exchange(), {}).warc_filename == NAME.replace("-00000-", "-00001-")
    other.close()
    assert (tmp_path / NAME).read_bytes() == sealed
    assert record_at(tmp_path / NAME, kept.offset).id == kept.record_id
    assert not list(tmp_path.glob("*.open"))


def test_sealing_never_overwrites_a_sealed_file(tmp_path: Path) -> None:
    keeper = writer(tmp_path)
    keeper.write(exchange(), {})
    (tmp_path / NAME).write_bytes(b"sealed before")
    with pytest.raises(StoreUnwritable, match="File exists"):
        keeper.close()
    with pytest.raises(FileExistsError):
        seal(tmp_path / (NAME + ".open"))
    assert (tmp_path / NAME).read_bytes() == b"sealed before"
    assert (tmp_path / (NAME + ".open")).exists()


def test_processes_that_begin_and_seal_files_in_the_same_second_lose_none(
    tmp_path: Path, start: Start, finish: Finish
) -> None:
    processes = [start("write_files", tmp_path) for _ in range(4)]
    closed = [name for process in processes for answer in finish(process) for name in answer["closed"]]
    assert len(closed) == len(set(closed)) == 40
    assert sorted(closed) == sorted(path.name for path in tmp_path.glob("*.warc.gz"))
    assert not list(tmp_path.glob("*.open"))
    for name in closed:
        assert [record.type for record in records(tmp_path / name)] == ["warcinfo", "response", "request", "metadata"]
        assert (tmp_path / f"{name}.cdxj").stat().st_size > 0


# a disk that is full, a key that is pressed


def test_a_write_that_finds_the_disk_full_is_taken_back_and_may_be_made_again(
    on_a_small_disk: OnASmallDisk, as_warcio_reads: AsWarcioReads
) -> None:
    (full, after), out = on_a_small_disk("fill_in_the_middle")
    assert "no space left" in full["error"]
    assert full["name"].endswith(".open")
    assert full["kept"] > 5
    assert full["right"]
    assert after["kept"] == full["kept"] + 1
    assert after["right"]
    seen = as_warcio_reads(out / after["closed"])
    assert [kind for kind, *_ in seen] == ["warcinfo"] + ["response", "request", "metadata"] * after["kept"]


def test_after_a_disk_was_full_at_the_beginning_a_file_went_on_without_its_warcinfo(
    on_a_small_disk: OnASmallDisk, as_warcio_reads: AsWarcioReads
) -> None:
    (full, after), out = on_a_small_disk("fill_at_the_beginning")
    assert "no space left" in full["error"]
    assert full["left"] == []
    (name,) = after["closed"]
    assert after["right"]
    assert [kind for kind, *_ in as_warcio_reads(out / name)] == ["warcinfo", "response", "request", "metadata"]


def test_a_file_whose_index_finds_no_space_stays_open_and_is_repaired(
    on_a_small_disk: OnASmallDisk, as_warcio_reads: AsWarcioReads
) -> None:
    (full, after), out = on_a_small_disk("fill_before_the_end")
    assert "no space left" in full["error"]
    assert len(full["left"]) == 1
    assert after == {"cut": 0, "records": 4, "right": True}
    names = sorted(path.name for path in (out / "warc").iterdir())
    sealed = full["left"][0].removesuffix(".open")
    assert names == [sealed, sealed + ".cdxj", sealed + ".ledger"]
    assert len(as_warcio_reads(out / "warc" / names[0])) == 4


def test_a_key_pressed_between_two_writes_left_a_torn_record_in_the_middle(
    tmp_path: Path, start: Start, finish: Finish, as_warcio_reads: AsWarcioReads
) -> None:
    (said,) = finish(start("write_and_be_interrupted", tmp_path))
    assert said["interrupted"] > 0
    assert said["kept"] > 0
    assert said["right"]
    (path,) = (tmp_path / "warc").glob("*.warc.gz")
    seen = as_warcio_reads(path)
    assert sum(kind == "response" for kind, *_ in seen) >= said["kept"]
    assert parse_fields(seen[0][4])["software"] == "test"
