"""Planned runs: when a schedule starts, for which night, and until when it may crawl.  Pure: now comes as an argument."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from archive.moment import iso
from crawler.schedule import cron
from crawler.schedule.schedule import Schedule

_EARLY = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Planned:
    """One planned run.  `at` is what the cron line says, `start` is put off by the jitter, `closes` is the end of the
    window (None: there is none); all aware, in UTC.  `night` is the local date of `at`."""

    schedule: str
    at: datetime
    start: datetime
    night: date
    closes: datetime | None


def planned(schedule: Schedule, at: datetime) -> Planned:
    """The run of a schedule that its cron line plans for a moment."""
    start = at + jitter(schedule, at)
    night = at.astimezone(schedule.tz).date()
    closes = schedule.window.closing(start, schedule.tz) if schedule.window else None
    return Planned(schedule.name, at, start, night, closes)


def upcoming(schedule: Schedule, after: datetime) -> Iterator[Planned]:
    """The runs planned after a moment, one after the other."""
    return (planned(schedule, at) for at in cron.fires(schedule.cron, schedule.tz, after))


def starting(schedule: Schedule, after: datetime) -> Iterator[Planned]:
    """The runs that start after a moment, jitter included, in the order in which they were planned."""
    before = after - timedelta(seconds=schedule.jitter)
    return (run for run in upcoming(schedule, before) if run.start > after)


def due(schedule: Schedule, now: datetime) -> Planned | None:
    """The newest run whose start, jitter included, is not later than `now`."""
    at = cron.fired(schedule.cron, schedule.tz, now)
    while at is not None:
        run = planned(schedule, at)
        if run.start <= now:
            return run
        at = cron.fired(schedule.cron, schedule.tz, at - timedelta(seconds=1))
    return None


def night_of(schedule: Schedule, now: datetime) -> date:
    """The night that a run counts for which is started at `now` by something that does not say for which: that of the
    newest planned run.  A clock that is two minutes slow makes no other night of it."""
    at = cron.fired(schedule.cron, schedule.tz, now + _EARLY)
    return (at or now).astimezone(schedule.tz).date()


def jitter(schedule: Schedule, at: datetime) -> timedelta:
    """By how much the run planned for a moment is put off: the same for all who ask, other for each run and schedule."""
    if not schedule.jitter:
        return timedelta(0)
    digest = hashlib.sha256(f"{schedule.name} {iso(at)}".encode()).digest()
    return timedelta(seconds=int.from_bytes(digest[:8], "big") % (schedule.jitter + 1))


def steady_jitter(schedule: Schedule) -> int:
    """Seconds by which every run of a schedule is put off where the one who starts it knows no jitter of its own."""
    digest = hashlib.sha256(schedule.name.encode()).digest()
    return int.from_bytes(digest[:8], "big") % (schedule.jitter + 1)
