"""How luutru is installed here: what the files say that are rendered for systemd, cron and Kubernetes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from crawler.schedule.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Installed:
    """Absolute paths of the program, of the folder that it runs in, of the store and of what is read; and whose it is."""

    program: Path
    folder: Path
    store: Path
    schedules: Path
    portals: tuple[Path, ...] = ()
    config: Path | None = None
    user: str = ""

    def words(self, schedule: Schedule) -> list[str]:
        """The command that makes the newest planned night of a schedule."""
        return [str(self.program), *nightly(schedule.name, self.store, self.schedules, self.portals, self.config)]


def nightly(
    schedule: str, store: Path | str, schedules: Path, portals: tuple[Path, ...], config: Path | None
) -> list[str]:
    """The arguments of `luutru` for the night of a schedule."""
    words = ["nightly", "--schedule", schedule, "--schedules", str(schedules), "--store", str(store)]
    for folder in portals:
        words += ["--portals", str(folder)]
    return [*words, "--config", str(config)] if config else words
