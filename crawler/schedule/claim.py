"""Whether a run of a schedule is to begin now, and for whom: decided in one transaction of the ledger."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, takewhile

from crawler.schedule.ledger import Ledger
from crawler.schedule.planned import Planned, due, planned, upcoming
from crawler.schedule.schedule import Schedule

IN_TIME = timedelta(minutes=5)
"""A run that begins so much later than planned, or less, was not missed."""

ATTEMPTS = 5
"""How often a run is begun whose holders die."""

_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Claim:
    """A run that is ours to begin.  `lock` is the file descriptor of the schedule's lock."""

    run: Planned
    attempt: int
    lock: int
    said: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A run that is not begun, now or ever, and why."""

    run: Planned
    said: str


@dataclass(frozen=True, slots=True)
class _Due:
    """A run that is looked at: whether it was never begun, from when on runs count, and the lock that is held for it."""

    run: Planned
    fresh: bool
    since: datetime
    lock: int


def claim(ledger: Ledger, schedule: Schedule, now: datetime) -> Claim | Refused | None:
    """The run of a schedule that is to begin at `now`; Refused where one was due and is let go (told once, to one
    scheduler); None where there is nothing to do, or another does it."""
    held: list[int] = []
    try:
        with ledger.transaction():
            found = _found(ledger, schedule, now, held)
    except BaseException:  # the claim was not written down, so it is none
        _free(held)
        raise
    if not isinstance(found, Claim):
        _free(held)
    return found


def _free(held: list[int]) -> None:
    for lock in held:
        os.close(lock)


def _found(ledger: Ledger, schedule: Schedule, now: datetime, held: list[int]) -> Claim | Refused | None:
    """What `claim` gives; the lock that it took, if any, stands in `held`."""
    name = schedule.name
    since = ledger.since(name, f"{schedule.cron} {schedule.zone}", now)
    run, fresh = _candidate(ledger, schedule, since, now)
    if run is None:
        return None
    lock = ledger.take_lock(name)
    if lock is not None:
        held.append(lock)
        return _decide(ledger, schedule, _Due(run, fresh, since, lock), now)
    if not fresh or not (under_way := ledger.unended(name, now)):
        return None  # another scheduler makes this run, or is just about to say that it ended
    said = f"skipped: the run planned for {_time(schedule, planned(schedule, under_way[0]))} is still under way"
    ledger.write(name, run.at, "skipped", now, why=said)
    return Refused(run, said)


def _candidate(ledger: Ledger, schedule: Schedule, since: datetime, now: datetime) -> tuple[Planned | None, bool]:
    """The run to look at, and whether it was never begun."""
    newest = due(schedule, now)
    if newest is not None and newest.at > since and ledger.state(schedule.name, newest.at) is None:
        return newest, True
    unended = ledger.unended(schedule.name, now)
    return (planned(schedule, unended[0]), False) if unended else (None, False)


def _decide(ledger: Ledger, schedule: Schedule, about: _Due, now: datetime) -> Claim | Refused | None:
    """What becomes of a run whose lock is ours."""
    name, run, fresh = schedule.name, about.run, about.fresh
    late = now - run.start
    state, attempts = ledger.state(name, run.at) or ("", 0)
    missed = fresh and late > IN_TIME
    if missed and not schedule.catch_up:
        return _let_go(ledger, schedule, run, now, f"missed by {_length(late)}, and catch_up is off")
    if schedule.window is not None and schedule.window.closing(now, schedule.tz) is None:
        opens = schedule.window.opening(now, schedule.tz)
        if opens < next(upcoming(schedule, now)).at:
            return None
        return _let_go(
            ledger, schedule, run, now, f"{'missed' if fresh else 'not ended'}, and {schedule.window} is over"
        )
    if attempts >= ATTEMPTS:
        return _let_go(
            ledger, schedule, run, now, f"given up: it was begun {attempts} times, and never came to its end"
        )
    for older in ledger.unended(name, run.at):
        if older < run.at:
            ledger.write(name, older, "superseded", now, why="a later run was due before it had ended")
    if not fresh:
        said = "goes on: it was stopped" if state == "stopped" else "taken over: who began it is gone"
    elif missed:
        others = _missed_before(ledger, schedule, run, about.since)
        said = f"caught up, {_length(late)} late" + (f"; {others} earlier ones are let go" if others else "")
    else:
        said = "begins"
    ledger.write(name, run.at, "claimed", now, attempts=attempts + 1, pid=os.getpid())
    return Claim(run, attempts + 1, about.lock, said)


def _let_go(ledger: Ledger, schedule: Schedule, run: Planned, now: datetime, said: str) -> Refused:
    ledger.write(schedule.name, run.at, "missed" if said.startswith("missed") else "given up", now, why=said)
    for older in ledger.unended(schedule.name, run.at):
        ledger.write(schedule.name, older, "superseded", now, why="a later run was due before it had ended")
    return Refused(run, said)


def _missed_before(ledger: Ledger, schedule: Schedule, run: Planned, since: datetime) -> int:
    """How many runs before this one nobody made, since the newest that is known; at most a thousand are counted."""
    last = ledger.newest(schedule.name, run.at)
    from_here = max(since, last) if last else since
    return sum(1 for _ in takewhile(lambda each: each.at < run.at, islice(upcoming(schedule, from_here), _COUNTED)))


def _time(schedule: Schedule, run: Planned) -> str:
    return f"{run.at.astimezone(schedule.tz):%Y-%m-%d %H:%M %Z}"


def _length(late: timedelta) -> str:
    minutes = int(late.total_seconds()) // 60
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    told = [f"{n} {word}" for n, word in ((days, "d"), (hours, "h"), (minutes, "min")) if n]
    return " ".join(told) or "less than a minute"
