"""The portals that are known: one TOML file each, here or in a folder of the user's own (`--portals DIR`)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from archive.errors import BrokenPortal, Misuse, UnknownPortal
from crawler.portals.locate import line_of, load
from crawler.portals.portal import Category, Portal, digest, extract

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def find(name: str, folders: Sequence[Path] = ()) -> Portal:
    """The portal called `name`; a file in one of `folders` goes before a built-in one.

    UnknownPortal where there is none, BrokenPortal (with line and cure) where its file cannot be used.
    """
    files = paths(folders)
    if name not in files:
        near = difflib.get_close_matches(name, files, 1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise UnknownPortal(f"no portal is called {name!r}", f"{hint}There are: {', '.join(sorted(files)) or 'none'}")
    return read(files[name])


def read(path: Path) -> Portal:
    """The portal in a file."""
    if not _NAME.fullmatch(path.stem):
        raise BrokenPortal(
            f"{path}: a portal is named by its file, and {path.stem!r} is no name",
            "Use lower-case letters, digits, dots and hyphens",
        )
    portal = load(path, Portal, BrokenPortal)
    if own := portal.model_fields_set & {"name", "digest"}:
        line = line_of(path.read_text("utf-8"), sorted(own)[:1])
        raise BrokenPortal(f"{path}, line {line}: {sorted(own)[0]}: is no field that is known", "Take the line out")
    return portal.model_copy(update={"name": path.stem, "digest": digest(path.read_bytes())})


def paths(folders: Sequence[Path] = ()) -> dict[str, Path]:
    """Every portal's file by name: the built-in ones, then those of `folders`, later ones first."""
    found = {path.stem: path for path in _files(Path(str(resources.files("crawler.portals"))))}
    for folder in folders:
        if not folder.is_dir():
            raise Misuse(f"no folder of portal files at {folder}", "Name one with --portals")
        found |= {path.stem: path for path in _files(folder)}
    return found


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.toml"))


__all__ = ["Category", "Portal", "extract", "find", "paths", "read"]
