"""The files of a proof, in a folder or a zip: what each is, and the sums over all."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from archive.custody.signing import Signer
from archive.errors import Misuse, ProofFailed
from archive.proof.verify import SIGNED, SUMS, packed
from archive.release.folder import beside
from archive.warc.writer import sync_folder

ZIP = ".zip"


@contextmanager
def unfinished(target: Path) -> Iterator[Path]:
    """A folder to work in, which takes the name `target` once the block has ended well; nothing is replaced.

    Misuse where there is something of that name; ProofFailed where the disk is full or does not let itself be written.
    """
    whole = Path(os.path.abspath(target))
    _check(whole, target)
    with beside(whole, f"the proof {target}", ProofFailed) as folder:
        yield folder
        _check(whole, target)
        os.replace(_zipped(folder) if whole.suffix == ZIP else folder, whole)
        sync_folder(whole.parent)


def _check(whole: Path, target: Path) -> None:
    if os.path.lexists(whole):
        raise Misuse(f"{target} is there already", "Name a new folder or zip with --to")


def put(folder: Path, name: str, data: bytes) -> None:
    """Writes one file of the proof, synced."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def as_bytes(told: Mapping[str, object]) -> bytes:
    """JSON for people too."""
    return (json.dumps(told, ensure_ascii=False, indent=1, default=str) + "\n").encode("utf-8", "replace")


def seal(folder: Path, signer: Signer | None) -> None:
    """Writes the sums over all files that are there, and their signature where there is a key."""
    files = sorted((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())
    text = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n" for name, path in files).encode()
    put(folder, SUMS, text)
    if signer is not None:
        put(folder, SIGNED, (json.dumps(dict(signer.sign(text))) + "\n").encode())


def _zipped(folder: Path) -> Path:
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    path = folder / "proof.zip"
    put(folder, path.name, packed(files))
    return path
