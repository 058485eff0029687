"""A release's folder: written beside the place where it is to be, and moved there when it is whole and on the disk."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import duckdb
import pyarrow as pa
from deltalake.exceptions import DeltaError

from archive.errors import LuutruError, Misuse, ReleaseFailed, StoreBusy
from archive.warc.writer import sync_folder

Failure = TypeVar("Failure", bound=LuutruError)

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_SPILL = ".spill"

UNWRITTEN = (OSError, duckdb.Error, pa.ArrowException, DeltaError)
"""What may be raised where a disk is full or does not let itself be read or written."""


@contextmanager
def unfinished(target: Path) -> Iterator[Path]:
    """A folder to write a release in, which is `target` once the block has ended well; else nothing is left of it.

    Misuse where `target` is there and not empty, StoreBusy where another process is writing it, ReleaseFailed where the
    disk is full or does not let itself be written.
    """
    whole = Path(os.path.abspath(target))
    _check(whole)
    with beside(whole, f"the release {target}", ReleaseFailed) as folder:
        yield folder
        shutil.rmtree(folder / _SPILL, ignore_errors=True)
        _sync(folder)
        os.rename(folder, whole)
        sync_folder(whole.parent)


@contextmanager
def beside(whole: Path, what: str, kind: type[Failure]) -> Iterator[Path]:
    """An empty folder beside the absolute path `whole`, held by this process, to make it in; what is left of it goes.

    StoreBusy where another process is at it; `kind`, which says that `what` was not written, where the disk does not let it.
    """
    folder = whole.with_name(f".{whole.name}.unfinished")
    try:
        whole.parent.mkdir(parents=True, exist_ok=True)
        with held(folder, whole):
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except UNWRITTEN as error:
        raise failed(error, what, kind) from error


def spill(folder: Path) -> Path:
    """Where a query may put what does not fit into memory; it is no part of the release."""
    return folder / _SPILL


def _check(target: Path) -> None:
    if not target.exists() and not target.is_symlink():
        return
    if not target.is_dir() or any(target.iterdir()):
        raise Misuse(f"{target} {'is not empty' if target.is_dir() else 'is no folder'}", "Name a new folder with --to")


@contextmanager
def held(folder: Path, target: Path) -> Iterator[None]:
    """Makes an empty `folder` and holds it while `target` is written in it; what a killed process left there goes.

    StoreBusy where a process that lives holds it.
    """
    if folder.exists():  # of an export that was killed, unless its process lives
        with _locked(folder, target):
            shutil.rmtree(folder)
    folder.mkdir()
    with _locked(folder, target):
        yield


@contextmanager
def _locked(folder: Path, target: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreBusy(f"{target} is being written by another process", "Wait until it ends") from error
        yield
    finally:
        os.close(handle)


def _sync(folder: Path) -> None:
    for here, _, names in os.walk(folder):
        for name in names:
            handle = os.open(os.path.join(here, name), os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        sync_folder(Path(here))


def failed(error: Exception, what: str, kind: type[Failure]) -> Failure:
    """The error of ours, of this kind, that says why `what` was not written."""
    words = str(error)
    if getattr(error, "errno", None) in _FULL or "No space left" in words or "Disk quota" in words:
        return kind(f"no space left for {what}", "Free some space, or name another disk with --to")
    told = getattr(error, "strerror", None) or (words.splitlines() or [type(error).__name__])[0]
    name = f" ({error.filename})" if isinstance(error, OSError) and error.filename else ""
    return kind(f"{what} cannot be written: {told}{name}", "Check the disk, the folder and the store")
