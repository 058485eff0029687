"""The schedules as lists: what there is, and what runs next and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from archive.moment import iso
from crawler.portals import Portal
from crawler.schedule import cron
from crawler.schedule.amount import written_duration
from crawler.schedule.planned import Planned, starting
from crawler.schedule.schedule import Schedule
from crawler.schedule.selection import selected


def rows(schedules: Sequence[Schedule], portals: Mapping[str, Portal]) -> list[dict[str, Any]]:
    """What each schedule says, with the names of its portals."""
    return [
        {
            "name": each.name,
            **each.model_dump(mode="json"),
            "window": str(each.window) if each.window else None,
            "when": cron.words(each.cron),
            "portals": list(selected(each, portals)),
            "words": list(each.portals),
        }
        for each in schedules
    ]


def lines(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The list as a table."""
    width = max((len(str(row["name"])) for row in found), default=0)
    for row in found:
        marks = [f"window {row['window']}"] if row["window"] else []
        marks += ["sweep"] if row["sweep"] else []
        marks += ["no catching up"] if not row["catch_up"] else []
        yield (
            f"{row['name']:<{width}}  {row['cron']:<14} {row['zone']}  {counted(len(row['portals']))}"
            f"{''.join(f', {mark}' for mark in marks)}  {row['title']}"
        )


def counted(portals: int) -> str:
    """How many portals, in words."""
    return f"{portals} portal" + ("" if portals == 1 else "s")


def next_rows(
    schedules: Sequence[Schedule], portals: Mapping[str, Portal], after: datetime, count: int
) -> list[dict[str, Any]]:
    """The next runs of each schedule, `count` of each, in the order of their starts."""
    by_name = {each.name: each for each in schedules}
    runs = (run for each in schedules for run in islice(starting(each, after), count))
    return [
        _row(by_name[run.schedule], run, portals) for run in sorted(runs, key=lambda run: (run.start, run.schedule))
    ]


def next_lines(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The next runs, two lines each."""
    for row in found:
        yield f"{row['start']}  {row['schedule']}  (night {row['night']}; {row['start_utc']})"
        yield f"  {row['why']}"
        yield f"  {counted(len(row['portals']))}: {', '.join(row['portals']) or 'none'}"


def _row(schedule: Schedule, run: Planned, portals: Mapping[str, Portal]) -> dict[str, Any]:
    why = [f"{cron.words(schedule.cron)}, {schedule.zone}"]
    late = int((run.start - run.at).total_seconds())
    if schedule.jitter:
        why.append(f"put off by {late // 60} min {late % 60} s of {written_duration(schedule.jitter)}")
    if run.closes is not None:
        why.append(f"window {schedule.window} closes {_local(schedule, run.closes)}")
    if schedule.limits.time:
        why.append(f"at most {written_duration(schedule.limits.time)}")
    if schedule.sweep:
        why.append("listings to their ends")
    return {
        "schedule": schedule.name,
        "night": run.night.isoformat(),
        "planned": _local(schedule, run.at),
        "planned_utc": iso(run.at),
        "start": _local(schedule, run.start),
        "start_utc": f"{run.start:%Y-%m-%dT%H:%M:%SZ}",
        "closes": _local(schedule, run.closes) if run.closes else None,
        "zone": schedule.zone,
        "why": "; ".join(why),
        "portals": list(selected(schedule, portals)),
    }


def _local(schedule: Schedule, moment: datetime) -> str:
    return f"{moment.astimezone(schedule.tz):%Y-%m-%d %H:%M:%S %z}"
