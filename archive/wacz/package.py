"""The ZIP file of a WACZ: its entries as they are written, and what datapackage.json says of them."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, BinaryIO

from archive.wacz.signature import Key, signed

WACZ_VERSION = "1.1.1"
DATAPACKAGE, DIGEST = "datapackage.json", "datapackage-digest.json"

_PIECE = 1024 * 1024
_FIRST_YEAR = 1980  # of a date in a ZIP file
_NOT_IN_NAMES = re.compile(r"[^-a-z0-9._/]")


@dataclass(frozen=True, slots=True)
class Resource:
    """An entry of the file: its path, bytes, and sha256 in hex."""

    path: str
    bytes: int
    sha256: str


class Entry:
    """An entry that is being written."""

    def __init__(self, path: str, out: IO[bytes]) -> None:
        self._path = path
        self._out = out
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        """Appends bytes."""
        self._out.write(data)
        self._digest.update(data)
        self.size += len(data)

    def resource(self) -> Resource:
        """What was written."""
        return Resource(self._path, self.size, self._digest.hexdigest())


class Package:
    """Writes the entries one after the other, in order; `finish` ends with the datapackage and its digest.

    Paths are given by our own code: no name from the store comes here unchecked.
    """

    def __init__(self, file: BinaryIO, created: datetime) -> None:
        """`created` is aware; it dates the entries and the package."""
        self._file = file
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True)
        self._date = created.astimezone(UTC)
        self.created = self._date.strftime("%Y-%m-%dT%H:%M:%SZ")
        self.resources: list[Resource] = []

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError, ValueError):  # only where it was broken off: the error that did it is told
            self._zip.close()

    @contextmanager
    def entry(self, path: str, size: int, *, packed: bool = False) -> Iterator[Entry]:
        """A new entry of just `size` bytes; `packed` ones are deflated, the others stand as they are, to be read anywhere.

        The size must be known: ReplayWeb.page takes an entry whose length the directory gives in 32 bits for one whose own
        header has no field for 64, and would read that field as the beginning of the file.
        """
        with self._zip.open(self._info(path, packed), "w", force_zip64=size > zipfile.ZIP64_LIMIT) as out:
            entry = Entry(path, out)
            yield entry
        assert entry.size == size, path
        self.resources.append(entry.resource())

    def add(self, path: str, source: Path, *, packed: bool = False) -> None:
        """A new entry with what a file holds."""
        with source.open("rb") as file, self.entry(path, source.stat().st_size, packed=packed) as entry:
            while piece := file.read(_PIECE):
                entry.write(piece)

    def finish(self, facts: Mapping[str, object], software: str, key: Key | None = None) -> int:
        """Writes datapackage.json with these facts of it, and its digest, signed where there is a key; the file's bytes."""
        package = {
            "profile": "data-package",
            "wacz_version": WACZ_VERSION,
            **facts,
            "created": self.created,
            "software": software,
            "resources": [_told(resource) for resource in self.resources],
        }
        data = json.dumps(package, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n"
        self._zip.writestr(self._info(DATAPACKAGE), data)
        told: dict[str, object] = {"path": DATAPACKAGE, "hash": "sha256:" + hashlib.sha256(data).hexdigest()}
        if key is not None:
            told["signedData"] = signed(key, str(told["hash"]), self.created, software)
        self._zip.writestr(self._info(DIGEST), json.dumps(told, indent=2).encode() + b"\n")
        self._zip.close()
        return self._file.tell()

    def _info(self, path: str, packed: bool = False) -> zipfile.ZipInfo:
        date = self._date
        year = max(date.year, _FIRST_YEAR)
        info = zipfile.ZipInfo(path, (year, date.month, date.day, date.hour, date.minute, date.second))
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o644 << 16
        return info


def _told(resource: Resource) -> dict[str, object]:
    return {
        "name": _NOT_IN_NAMES.sub("-", resource.path.lower()),
        "path": resource.path,
        "hash": f"sha256:{resource.sha256}",
        "bytes": resource.bytes,
    }
