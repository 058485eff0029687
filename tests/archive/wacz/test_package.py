"""The ZIP file of a WACZ: readable for those that read it at an offset, and nobody's names in it."""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.wacz.package import Package
from archive.wacz.source import safe_name

WHEN = datetime(2026, 11, 24, 18, 30, 14, tzinfo=UTC)


def made(path: Path, *entries: tuple[str, bytes], packed: bool = False) -> list[zipfile.ZipInfo]:
    with path.open("wb") as file, Package(file, WHEN) as package:
        for name, data in entries:
            with package.entry(name, len(data), packed=packed) as entry:
                entry.write(data)
        assert package.finish({"title": "Thử"}, "test") == file.tell()
    with zipfile.ZipFile(path) as found:
        assert found.testzip() is None
        return found.infolist()


def own_extra(path: Path, info: zipfile.ZipInfo) -> int:
    """The length of the extra field in an entry's own header (APPNOTE.TXT, 4.3.7)."""
    with path.open("rb") as file:
        file.seek(info.header_offset)
        fields = struct.unpack("<4s5H3I2H", file.read(30))
    assert fields[0] == b"PK\x03\x04"
    return int(fields[-1])


@pytest.mark.parametrize("packed", [False, True])
def test_an_entry_had_a_field_that_the_directory_did_not_tell_of(tmp_path: Path, packed: bool) -> None:
    """ReplayWeb.page reads an entry from the end of its name on where the directory has no extra field for it."""
    path = tmp_path / "a.wacz"
    for info in made(path, ("archive/a.warc.gz", b"one"), ("pages/pages.jsonl", b"two" * 100), packed=packed):
        assert (own_extra(path, info), info.extra) == (0, b"")


def test_the_manifest_says_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    names = ("archive/Tin-2026.warc.gz", "pages/extraPages.jsonl")
    infos = made(path, *((name, name.encode()) for name in names))
    assert {info.date_time for info in infos} == {(2026, 11, 24, 18, 30, 14)}
    with zipfile.ZipFile(path) as file:
        package = json.loads(file.read("datapackage.json"))
        digest = json.loads(file.read("datapackage-digest.json"))
        assert digest == {
            "path": "datapackage.json",
            "hash": "sha256:" + hashlib.sha256(file.read("datapackage.json")).hexdigest(),
        }
    assert (package["profile"], package["wacz_version"], package["created"]) == (
        "data-package",
        "1.1.1",
        "2026-11-24T18:30:14Z",
    )
    told = [(one["path"], one["hash"], one["bytes"]) for one in package["resources"]]
    assert told == [(name, "sha256:" + hashlib.sha256(name.encode()).hexdigest(), len(name)) for name in names]
    assert [one["name"] for one in package["resources"]] == ["archive/tin-2026.warc.gz", "pages/extrapages.jsonl"]


@pytest.mark.parametrize(
    "name",
    [
        "..warc.gz", ".warc.gz", "a b.warc.gz", "a\nb.warc.gz", "a\\b.warc.gz", "á.warc.gz", "a.warc.gz.open",
        "a" * 300 + ".warc.gz", "C:a.warc.gz", "-rf.warc.gz", "",
    ],
)  # fmt: skip
def test_a_name_that_is_no_plain_one_becomes_a_number(name: str) -> None:
    assert safe_name(f"portal/{name}", set()) == "captures-00001.warc.gz"


def test_names_are_kept_and_told_apart() -> None:
    taken: set[str] = set()
    for name in ("p/a-1.warc.gz", "q/a-1.warc.gz", "q/captures-00001.warc.gz", "r/a-1.warc.gz"):
        taken.add(safe_name(name, taken))
    assert taken == {"a-1.warc.gz", "captures-00001.warc.gz", "captures-00002.warc.gz", "captures-00003.warc.gz"}
