"""What an authority says of a manifest is kept, and checked without it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.custody import manifest
from archive.custody.stamp import check, fetch, roots_of, stamp
from archive.errors import BrokenStamp, Misuse

from .authority import Authority, authority


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with authority(tmp_path_factory.mktemp("authority") / "a") as running:
        yield running


def test_a_manifest_is_stamped_and_the_stamp_holds_offline(known: Authority, tmp_path: Path) -> None:
    made = manifest.add(tmp_path, {"kind": "crawl"}, None)
    stamp(tmp_path, made, known.address, roots_of(known.roots))
    kept = manifest.read(tmp_path, 1)
    assert kept.stamp is not None
    told = check(kept.stamp, kept.data, roots_of(known.roots))
    assert abs(told.time - datetime.now(UTC)) < timedelta(minutes=1)
    (tmp_path / "m").write_bytes(kept.data)
    by_openssl = ["openssl", "ts", "-verify", "-data", "m", "-in", "00000001.tsr", "-CAfile", str(known.roots)]
    assert subprocess.run(by_openssl, cwd=tmp_path, capture_output=True, check=False).returncode == 0


def test_a_stamp_of_other_data_does_not_hold(known: Authority) -> None:
    answer = fetch(known.address, b"one night")
    check(answer, b"one night", roots_of(known.roots))
    with pytest.raises(BrokenStamp):
        check(answer, b"another night", roots_of(known.roots))


def test_a_stamp_of_an_authority_that_is_not_trusted_does_not_hold(known: Authority, tmp_path: Path) -> None:
    with authority(tmp_path / "b", "Another") as other:
        answer = fetch(other.address, b"one night")
    with pytest.raises(BrokenStamp):
        check(answer, b"one night", roots_of(known.roots))
    made = manifest.add(tmp_path / "m", {"kind": "crawl"}, None)
    with authority(tmp_path / "c", "A third") as other, pytest.raises(BrokenStamp):
        stamp(tmp_path / "m", made, other.address, roots_of(known.roots))
    assert manifest.read(tmp_path / "m", 1).stamp is None


@pytest.mark.parametrize("flip", range(0, 1200, 31))
def test_no_bit_flipped_in_a_stamp_makes_it_tell_another_time(known: Authority, flip: int) -> None:
    answer = bytearray(fetch(known.address, b"one night"))
    told = check(bytes(answer), b"one night", roots_of(known.roots))
    answer[flip % len(answer)] ^= 0x10
    try:  # some bits of it are signed by nobody: a certificate that is carried along and not needed
        found = check(bytes(answer), b"one night", roots_of(known.roots))
    except BrokenStamp:
        return
    assert found == told


def test_an_authority_that_is_away_is_told_with_its_address() -> None:
    with pytest.raises(BrokenStamp, match=r"127\.0\.0\.1:9/.*gave no answer"):
        fetch("http://127.0.0.1:9/", b"one night")
    with pytest.raises(BrokenStamp, match="is no address"):
        fetch("file:///etc/passwd", b"one night")


def test_roots_that_are_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "roots.pem").write_text("no certificate")
    with pytest.raises(Misuse, match="no certificates"):
        roots_of(tmp_path / "roots.pem")
