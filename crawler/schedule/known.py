"""The schedules of a folder while a scheduler runs: read again when a file changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from archive.errors import LuutruError
from crawler import portals
from crawler.schedule import all_of, paths
from crawler.schedule.check import check
from crawler.schedule.schedule import Schedule


@dataclass(slots=True)
class Known:
    """The schedules of those names (all, where none is named) in a folder, beside the portals of some folders."""

    folder: Path
    names: tuple[str, ...] = ()
    portal_folders: tuple[Path, ...] = ()
    _last: list[Schedule] = field(default_factory=list)
    _seen: tuple[tuple[str, int, int], ...] = ()

    def read(self) -> list[Schedule]:
        """The schedules as the files are now; the first mistake is raised."""
        found = all_of(self.folder, self.names)
        known = {name: portals.read(path) for name, path in portals.paths(self.portal_folders).items()}
        for each in found:
            _, mistakes = check(paths(self.folder)[each.name], known)
            if mistakes:
                raise mistakes[0]
        self._last, self._seen = found, self._stamp()
        return found

    def current(self, say: Callable[[str], None]) -> list[Schedule]:
        """As `read` where a file has changed since; one that has a mistake is told of once, and changes nothing."""
        try:
            stamp = self._stamp()
            if stamp != self._seen:
                self._seen = stamp
                self.read()
                say(f"Schedules, read again: {', '.join(each.name for each in self._last)}")
        except LuutruError as error:
            say(f"{error}. Until then the schedules stay as they were")
        except OSError as error:
            say(f"the files of the schedules cannot be looked at: {error}")
        return self._last

    def _stamp(self) -> tuple[tuple[str, int, int], ...]:
        files = [path for folder in (self.folder, *self.portal_folders) for path in sorted(folder.glob("*.toml"))]
        return tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files)
