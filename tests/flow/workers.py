"""The processes of a command that shares its work out, as /proc shows them: Dask's workers, and the crawls that they do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def parent_of(pid: int) -> int:
    """The parent's id; 0 where the process is gone."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[1])
    return 0


def below(root: int) -> Iterator[int]:
    """Every process that descends from `root`."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            pid = above = int(entry.name)
            while above > 1 and (above := parent_of(above)) != root:
                pass
            if above == root:
                yield pid


def crawls(root: int, store: Path) -> dict[str, int]:
    """The crawls that descend from `root`: by portal, the process that holds its lock."""
    found: dict[str, int] = {}
    for pid in list(below(root)):
        with suppress(OSError):
            if b"crawler.night.worker" not in Path(f"/proc/{pid}/cmdline").read_bytes():
                continue
            for name in os.listdir(f"/proc/{pid}/fd"):
                path = Path(os.readlink(f"/proc/{pid}/fd/{name}"))
                if path.parent == store / "staging" and path.suffix == ".lock":
                    found[path.stem] = pid
    return found


def alive(pid: int) -> bool:
    """Whether a process runs."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    return False
