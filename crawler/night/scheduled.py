"""The night that a schedule's run stands for: which portals, for which night, until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from archive.errors import Misuse
from crawler import portals as known
from crawler.night.night import Plan
from crawler.schedule.planned import due, night_of
from crawler.schedule.schedule import Schedule
from crawler.schedule.selection import selected


def planned(
    schedule: Schedule,
    now: datetime,
    night: date | None,
    jobs: int,
    folders: Sequence[Path],
    configuration: Path | None,
) -> Plan | None:
    """The plan of a schedule's run that is started at `now` (aware); None where its window is closed then.

    Where a schedule starts several times a day, what counts as done is what began with the newest planned run or later.
    """
    closes = schedule.window.closing(now, schedule.tz) if schedule.window else None
    if schedule.window and closes is None:
        return None
    names = selected(schedule, {name: known.read(path) for name, path in known.paths(folders).items()})
    if not names:
        raise Misuse(f"schedule {schedule.name} means no portal", "luutru schedule check says which word means none")
    limit = now + timedelta(seconds=schedule.limits.time) if schedule.limits.time else None
    ends = [end for end in (closes, limit) if end is not None]
    run = due(schedule, now) if schedule.starts_a_day > 1 else None
    return Plan(
        night=night or night_of(schedule, now),
        portals=names,
        jobs=jobs,
        deadline=min(ends, default=None),
        budget=schedule.limits.pages,
        bytes=schedule.limits.bytes,
        sweep=schedule.sweep,
        folders=tuple(folders),
        configuration=configuration,
        since=run.at if run else None,
    )
