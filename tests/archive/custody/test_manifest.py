"""Manifests in a chain, and the keys that sign them."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from archive.custody import manifest
from archive.custody.clock import skew, synchronised
from archive.custody.signing import new_key, read_key, read_public, signed_by
from archive.errors import BrokenKey, BrokenLedger


def test_each_manifest_names_the_hash_of_the_one_before_it(tmp_path: Path) -> None:
    made = [manifest.add(tmp_path, {"kind": "crawl", "crawl": name}, None) for name in "abc"]
    files = [(tmp_path / f"{number:08d}.json").read_bytes() for number in (1, 2, 3)]
    told = [json.loads(data) for data in files]
    assert [one["before"] for one in told] == [None, *(hashlib.sha256(data).hexdigest() for data in files[:2])]
    assert [one["number"] for one in told] == [1, 2, 3]
    assert manifest.head(tmp_path) == (3, made[2].hash)
    assert made[2].hash == hashlib.sha256(files[2]).hexdigest()
    assert [one.crawl for one in manifest.every(tmp_path)] == ["a", "b", "c"]


def test_a_signature_stands_beside_its_manifest_and_holds_for_it_alone(tmp_path: Path) -> None:
    key = new_key(tmp_path / "keys" / "k.pem")
    manifest.add(tmp_path / "m", {"kind": "crawl"}, key)
    kept = manifest.read(tmp_path / "m", 1)
    assert kept.signature is not None
    assert signed_by(kept.signature, kept.data) == key.public
    assert signed_by(kept.signature, kept.data + b" ") is None
    assert signed_by({**kept.signature, "algorithm": "none"}, kept.data) is None
    assert signed_by({}, kept.data) is None


def test_a_private_key_is_for_its_owner_alone_and_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "k.pem"
    key = new_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_key(path).public == key.public
    with pytest.raises(BrokenKey, match="there already"):
        new_key(path)
    path.chmod(0o644)
    with pytest.raises(BrokenKey, match="read by others"):
        read_key(path)


def test_what_is_no_ed25519_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "k.pem"
    with pytest.raises(BrokenKey, match="does not open"):
        read_key(path)
    for data in (
        b"no key",
        ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    ):
        path.write_bytes(data)
        path.chmod(0o600)
        with pytest.raises(BrokenKey):
            read_key(path)


def test_a_public_key_is_named_by_its_letters_or_by_a_file_of_them(tmp_path: Path) -> None:
    key = new_key(tmp_path / "k.pem")
    (tmp_path / "k.pub").write_text(key.public + "\n")
    assert read_public(key.public) == read_public(str(tmp_path / "k.pub")) == key.public
    for wrong in ("", "AAAA", "k.pub", str(tmp_path / "k.pem"), str(tmp_path)):
        with pytest.raises(BrokenKey, match="no public key"):
            read_public(wrong)


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 200_000])
def test_a_manifest_that_does_not_read_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "00000001.json").write_bytes(data)
    with pytest.raises(BrokenLedger, match=r"00000001\.json does not read"):
        list(manifest.every(tmp_path))


def test_a_write_that_was_cut_off_leaves_no_number_taken(tmp_path: Path) -> None:
    manifest.add(tmp_path, {"kind": "crawl"}, None)
    (tmp_path / "00000002.json.tmp").write_text("half")
    (tmp_path / "00000002.sig").write_text("{}")
    (tmp_path / "00000002.tsr").write_bytes(b"of another")
    manifest.add(tmp_path, {"kind": "crawl"}, None)
    kept = manifest.read(tmp_path, 2)
    assert kept.signature is None
    assert kept.stamp is None
    assert sorted(os.listdir(tmp_path)) == ["00000001.json", "00000002.json"]


def test_the_skew_is_the_middle_of_what_servers_say() -> None:
    ours = "2026-11-23T18:00:00.250000Z"
    theirs = [
        "Mon, 23 Nov 2026 18:00:07 GMT",
        "Mon, 23 Nov 2026 18:00:02 GMT",
        "Mon, 23 Nov 2026 17:00:00 GMT",
        "soon",
        None,
    ]
    assert skew((ours, one) for one in theirs) == 2.25
    assert skew([(ours, None), (None, theirs[0])]) is None


def test_the_kernel_is_asked_whether_its_clock_is_right() -> None:
    assert synchronised() in (True, False)
