"""The schedules: one TOML file each, in the folder `schedules/` or one that `--schedules` names."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from archive.errors import BrokenSchedule, Misuse, UnknownSchedule
from crawler.portals.locate import line_of, load
from crawler.portals.window import Window
from crawler.schedule.planned import Planned, due, night_of, planned, upcoming
from crawler.schedule.schedule import NAME, After, Limits, Schedule
from crawler.schedule.selection import selected

FOLDER = Path("schedules")


def find(name: str, folder: Path = FOLDER) -> Schedule:
    """The schedule called `name`; UnknownSchedule where there is none, BrokenSchedule where its file cannot be used."""
    files = paths(folder)
    if name not in files:
        near = difflib.get_close_matches(name, files, 1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise UnknownSchedule(f"no schedule is called {name!r}", f"{hint}There are: {', '.join(files) or 'none'}")
    return read(files[name])


def all_of(folder: Path = FOLDER, names: Sequence[str] = ()) -> list[Schedule]:
    """The schedules of those names, or all of a folder; Misuse where it has none."""
    if names:
        return [find(name, folder) for name in dict.fromkeys(names)]
    found = [read(path) for path in paths(folder).values()]
    if not found:
        raise Misuse(f"no schedules in {folder}", "Name a folder with --schedules")
    return found


def read(path: Path) -> Schedule:
    """The schedule in a file."""
    check_name(path)
    schedule = load(path, Schedule, BrokenSchedule)
    if "name" in schedule.model_fields_set:
        raise named_inside(path)
    return schedule.model_copy(update={"name": path.stem})


def paths(folder: Path = FOLDER) -> dict[str, Path]:
    """Every schedule's file by name, sorted."""
    if not folder.is_dir():
        raise Misuse(f"no folder of schedules at {folder}", "Name one with --schedules")
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def check_name(path: Path) -> None:
    """BrokenSchedule where a file's name can be no schedule's."""
    if not NAME.fullmatch(path.stem):
        raise BrokenSchedule(
            f"{path}, line 1: a schedule is named by its file, and {path.stem!r} is no name",
            "Use up to 44 lower-case letters, digits and hyphens, with no hyphen at either end",
        )


def named_inside(path: Path) -> BrokenSchedule:
    """The mistake of a file that names its schedule itself."""
    line = line_of(path.read_text("utf-8"), ["name"])
    return BrokenSchedule(f"{path}, line {line}: name: is no field that is known", "Take the line out")


__all__ = [
    "FOLDER",
    "After",
    "Limits",
    "Planned",
    "Schedule",
    "Window",
    "all_of",
    "due",
    "find",
    "night_of",
    "paths",
    "planned",
    "read",
    "selected",
    "upcoming",
]
