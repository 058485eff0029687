"""Private keys in files of their own: readable by their owner alone, on the disk before they are used, never replaced."""

from __future__ import annotations

import os
from pathlib import Path

from archive.errors import BrokenKey, unwritable
from archive.warc.writer import sync_folder


def keep(path: Path, data: bytes) -> None:
    """Writes a key to a new file, synced.  BrokenKey where there is a file already, StoreFull and its kin on a bad disk."""
    try:
        path.absolute().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.absolute().parent)
    except FileExistsError as error:
        raise BrokenKey(f"{path} is there already", "Name a new file: a key is never replaced") from error
    except OSError as error:
        raise unwritable(error, path) from error
