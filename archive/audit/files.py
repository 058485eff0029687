"""Which files a store has, as they stand: links are told and not followed, names are only ever those of the folder itself."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from archive.audit.finding import Findings
from archive.warc.ledger import SUFFIX
from archive.warc.names import JOINING, OPEN, PART

_BESIDE = (".cdxj", ".cdxj.tmp", SUFFIX, SUFFIX + ".tmp", SUFFIX + JOINING, JOINING)


@dataclass(slots=True)
class Files:
    """The store's captures: `sealed` by name relative to `warc/`, with their sizes; `open` those of crawls under way;
    `ledgers` the names of files that have a ledger."""

    sealed: dict[str, int] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    ledgers: set[str] = field(default_factory=set)


def files(root: Path, findings: Findings) -> Files:
    """Looks through the store at `root`."""
    _links(root, findings)
    found = Files()
    for folder in sorted(_folders(root / "warc")):
        for entry in sorted(os.scandir(folder), key=lambda one: one.name):
            name = f"{folder.name}/{entry.name}"
            try:
                told = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            if not stat.S_ISREG(told.st_mode):
                if not entry.is_symlink():
                    findings.note(f"warc/{_safe(name)} is no file and was not looked at")
            elif entry.name.endswith(".warc.gz"):
                found.sealed[name] = told.st_size
            elif entry.name.endswith((f".warc.gz{OPEN}", f".warc.gz{PART}")):
                found.open.append(name)
            elif entry.name.endswith(f".warc.gz{SUFFIX}"):
                found.ledgers.add(name.removesuffix(SUFFIX))
            elif not entry.name.startswith("seen.sqlite") and not entry.name.endswith(_BESIDE):
                findings.note(f"warc/{_safe(name)} is no file of an archive and was not looked at")
    return found


def inside(folder: Path, name: object) -> Path | None:
    """The regular file of this name in a folder; None where the name is more than one, or no such file is there."""
    if not isinstance(name, str) or not plain(name):
        return None
    path = folder / name
    try:
        return path if stat.S_ISREG(os.lstat(path).st_mode) else None
    except (OSError, ValueError):
        return None


def plain(name: str) -> bool:
    """Whether a name is that of a file in a folder, and of nothing else."""
    return 0 < len(name) < 256 and name not in (".", "..") and not any(c in name for c in "/\\\0")


def _folders(path: Path) -> list[Path]:
    try:
        return [Path(entry.path) for entry in os.scandir(path) if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _links(root: Path, findings: Findings) -> None:
    """Tells of every symbolic link; none is followed."""
    resolved = root.resolve()
    for folder, folders, names in os.walk(root, followlinks=False):
        for name in (*folders, *names):
            path = Path(folder) / name
            if not path.is_symlink():
                continue
            told = _safe(path.relative_to(root).as_posix())
            try:
                out = not path.resolve().is_relative_to(resolved)
            except (OSError, RuntimeError):
                out = True
            if out:
                findings.add("link", told, "a symbolic link leads out of the store: it was not followed")
            else:
                findings.note(f"{told} is a symbolic link and was not followed")


def _safe(name: str) -> str:
    return name.encode("utf-8", "replace").decode()
