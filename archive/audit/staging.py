"""Which crawl stands in a portal's staging: looked up in a copy, so that nothing is written beside the original."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from functools import cache
from pathlib import Path

from archive.audit.files import inside, plain


def staged(root: Path, scratch: Path) -> Callable[[str], str | None]:
    """A function from a portal to the crawl that stands in its staging; None where none does, or it does not read."""

    @cache
    def look(portal: str) -> str | None:
        folder = root / "staging"
        if not plain(portal) or folder.is_symlink() or inside(folder, f"{portal}.sqlite") is None:
            return None
        copy = scratch / "staging.sqlite"
        try:
            for suffix in ("", "-wal"):  # the index of the journal is made anew
                if found := inside(folder, f"{portal}.sqlite{suffix}"):
                    shutil.copyfile(found, f"{copy}{suffix}")
            with closing(sqlite3.connect(copy)) as db:
                row = db.execute("SELECT value FROM crawl WHERE key = 'crawl'").fetchone()
        except (sqlite3.Error, OSError):
            return None
        finally:
            for suffix in ("", "-wal", "-shm"):
                with suppress(OSError):
                    Path(f"{copy}{suffix}").unlink()
        return str(row[0]) if row else None

    return look
