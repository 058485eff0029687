"""How far a crawl is, read from outside: its staging file is looked at and never written, its lock never taken."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from archive.store import Store

_LOCKS = Path("/proc/locks")
"""What the kernel knows of locks: to take one for a look could refuse it to a crawl that begins."""


def standing(store: Store) -> list[dict[str, Any]]:
    """Every crawl in staging by portal: its night, how much is asked and left, and whether it runs, waits or was cut off."""
    paths = sorted(store.staging("x").parent.glob("*.sqlite"))
    return [row for path in paths if not path.name.startswith(".") and (row := _one(path))]


def _one(path: Path) -> dict[str, Any] | None:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            noted = dict(db.execute("SELECT key, value FROM crawl WHERE key IN ('crawl', 'night', 'started', 'held')"))
            done, left = db.execute(
                "SELECT count(*) FILTER (WHERE state <> 0), count(*) FILTER (WHERE state = 0) FROM visits"
            ).fetchone()
            articles = db.execute("SELECT count(*) FROM rows WHERE tab = 'articles'").fetchone()[0]
    except sqlite3.Error:  # it is being made, or being cleared
        return None
    if "crawl" not in noted:
        return None
    state = "running" if _locked(path.with_suffix(".lock")) else "waiting" if "held" in noted else "cut off"
    own = {"portal": path.stem, "crawl": noted["crawl"], "night": noted["night"], "started": noted.get("started")}
    return {**own, "state": state, "done": done, "left": left, "articles": articles}


def _locked(path: Path) -> bool:
    """Whether a process of this machine holds the file; false where the kernel does not tell."""
    try:
        inode = f":{os.stat(path).st_ino}"
        lines = _LOCKS.read_text("ascii").splitlines()
    except OSError:
        return False
    return any("FLOCK" in line and line.split()[5].endswith(inode) for line in lines if len(line.split()) > 5)
