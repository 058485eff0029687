"""A timestamp of an authority whose roots the auditor brings anchors the chain; one of other bytes, or of others, does not."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from archive.custody import manifest
from archive.custody.signing import new_key
from archive.store import Store, create_store

_EXTENSIONS = """\
[req]
distinguished_name = dn
[dn]
[tsa]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
basicConstraints = critical,CA:FALSE
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[conf]
serial = serial
digests = sha256,sha512
default_policy = 1.2.3.4.1
signer_digest = sha256
ess_cert_id_alg = sha256
"""


class Authority:
    """A timestamp authority of `openssl ts`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "conf").write_text(_EXTENSIONS, "utf-8")
        (folder / "serial").write_text("01\n", "utf-8")
        new = ("-newkey", "rsa:2048", "-nodes", "-config", "conf")
        self._run("req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Goc", "-extensions", "ca")
        self._run("req", *new, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Dau thoi gian")
        signed = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "conf", "-extensions", "tsa")
        self._run("x509", "-req", "-in", "tsa.csr", *signed, "-out", "tsa.pem")

    @property
    def roots(self) -> Path:
        return self.folder / "ca.pem"

    def stamp(self, path: Path) -> bytes:
        self._run("ts", "-query", "-data", str(path), "-sha512", "-cert", "-out", "asked")
        signer = ("-signer", "tsa.pem", "-inkey", "tsa.key")
        self._run(
            "ts", "-reply", "-config", "conf", "-section", "conf", "-queryfile", "asked", *signer, "-out", "answer"
        )
        return (self.folder / "answer").read_bytes()

    def _run(self, *words: str) -> None:
        done = subprocess.run(["openssl", *words], cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = create_store(tmp_path / "store")
    signer = new_key(tmp_path / "key.pem")
    for number in range(3):
        manifest.add(
            made.manifests, {"kind": "repair", "made_at": f"2026-01-0{number + 1}T00:00:00Z", "warcs": []}, signer
        )
    return made


def _audit(store: Store, *words: str | Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "crawler.cli", "audit", "--store", str(store.root), "--json", *map(str, words)]
    told: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    return told


def test_a_timestamp_anchors_what_came_before_it(store: Store, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority")
    path = store.manifests / "00000002.json"
    path.with_suffix(".tsr").write_bytes(authority.stamp(path))
    assert any("present, not checked" in note for note in _audit(store)["notes"])
    told = _audit(store, "--timestamp-roots", authority.roots)
    assert (told["findings"], told["level"]) == ([], "anchored")
    assert any("manifest 2" in line for line in told["cannot_prove"])
    other = Authority(tmp_path / "other")
    wrong = _audit(store, "--timestamp-roots", other.roots)
    assert [one["kind"] for one in wrong["findings"]] == ["timestamp"]
    assert wrong["level"] == "signed (own clock)"
    shutil.copy(path.with_suffix(".tsr"), store.manifests / "00000003.tsr")
    moved = _audit(store, "--timestamp-roots", authority.roots)
    assert [(one["kind"], one["file"]) for one in moved["findings"]] == [("timestamp", "manifests/00000003.tsr")]


def test_a_manifest_that_says_it_was_made_after_the_authority_saw_it(store: Store, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority")
    signer_told = {"kind": "repair", "made_at": "2090-01-01T00:00:00Z", "warcs": []}
    added = manifest.add(store.manifests, signer_told, None)
    path = store.manifests / f"{added.number:08d}.json"
    path.with_suffix(".tsr").write_bytes(authority.stamp(path))
    told = _audit(store, "--timestamp-roots", authority.roots)
    assert ("timestamp", "manifests/00000004.tsr") in {(one["kind"], one["file"]) for one in told["findings"]}
