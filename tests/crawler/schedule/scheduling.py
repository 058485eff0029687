"""A scheduler in a process of its own, for tests: `python scheduling.py STORE SCHEDULES NOW SPEED PROGRAM…`.

The clock begins at NOW and goes SPEED times as fast as the machine's; the program is started where luutru would be.  With
PROGRAM `die-once FILE …` the process kills itself, once, between the claim of a run and its start.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from archive.store import create_store
from crawler.schedule import Planned, Schedule, all_of
from crawler.schedule.scheduler import Scheduler


def main(store: str, schedules: str, start: str, speed: str, *program: str) -> None:
    began = time.monotonic()
    begin = datetime.fromisoformat(start)

    def now() -> datetime:
        return begin + timedelta(seconds=(time.monotonic() - began) * float(speed))

    def command(schedule: Schedule, run: Planned) -> Sequence[str]:
        words = list(program)
        if words[0] == "die-once":
            _, mark, *words = words
            try:
                Path(mark).touch(exist_ok=False)
                os.kill(os.getpid(), signal.SIGKILL)
            except FileExistsError:
                pass
        return [*words, schedule.name, run.night.isoformat()]

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    found = all_of(Path(schedules))
    asked = False

    def known() -> Sequence[Schedule]:
        """The schedules; they are asked for when signals are heard already."""
        nonlocal asked
        if not asked:
            asked = True
            say("ready")
        return found

    Scheduler(create_store(Path(store)), known, command, say, now, 0.05).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
