"""Where a WACZ is written: beside its name, which it takes when it is whole and on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import Misuse, WaczFailed
from archive.release.folder import beside
from archive.warc.writer import sync_folder

ENDING = ".wacz"
FILE = "part" + ENDING


@contextmanager
def unfinished(target: Path, *, force: bool = False) -> Iterator[Path]:
    """A folder to work in; what lies in it as FILE once the block has ended well takes the name `target`, all else goes.

    Misuse where `target` is there already and not to be replaced (`force`), or is no name of a WACZ; StoreBusy where another
    process is writing it, WaczFailed where the disk is full or does not let itself be written.
    """
    whole = Path(os.path.abspath(target))
    _check(whole, target, force)
    with beside(whole, f"the WACZ {target}", WaczFailed) as folder:
        yield folder
        _sync(folder / FILE)
        _check(whole, target, force)
        os.replace(folder / FILE, whole)
        sync_folder(whole.parent)


def _check(whole: Path, target: Path, force: bool) -> None:
    if whole.suffix != ENDING:
        raise Misuse(f"{target} does not end with {ENDING}", f"Name a file NAME{ENDING} with --to")
    if not os.path.lexists(whole):
        return
    if whole.is_dir():
        raise Misuse(f"{target} is a folder", "Name a new file with --to")
    if not force:
        raise Misuse(f"{target} is there already", "Name a new file with --to, or replace it with --force")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
