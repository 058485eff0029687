"""What the name of a WARC file says of its state; `NAME.warc.gz` alone is closed, synced, indexed, and never changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

OPEN = ".open"
"""Being written; after a crash its end may be torn."""

PART = ".part"
"""Closed and whole, waiting for the end of its crawl: it may still be joined to others, and has no index yet."""

JOINING = ".joining"
"""A copy of several parts that is not yet complete, or not yet noted."""


def finished_name(path: Path) -> str:
    """The name that the file has, or will have, when it is finished: what rows and index call it."""
    return path.name.removesuffix(OPEN).removesuffix(PART)


def path_of(final: Path) -> Path:
    """Where the file that will be called `final` lies now; `final` itself where there is none."""
    for state in ("", PART, OPEN):
        found = final.with_name(final.name + state)
        if found.exists():
            return found
    return final


def warcs_in(folder: Path) -> Iterator[Path]:
    """The files of a folder in whatever state, by the names that they are finished under; none where there is no folder."""
    found = [path for state in ("", PART, OPEN) for path in folder.glob(f"*.warc.gz{state}")]
    return iter(sorted(found, key=finished_name))


def left_open(folder: Path) -> list[Path]:
    """The `.open` files of a folder, oldest first; empty where there is no folder."""
    return sorted(folder.glob(f"*{OPEN}")) if folder.is_dir() else []


def parts_in(folder: Path) -> list[Path]:
    """The parts of a folder, oldest first; empty where there is no folder."""
    return sorted(folder.glob(f"*{PART}")) if folder.is_dir() else []
