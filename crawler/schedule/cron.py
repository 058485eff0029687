"""A cron line: five fields, read as Debian's cron reads them, and kept to what cron, systemd and Kubernetes all understand.

When a line fires is cronsim's answer, at changes of the clock as well: a time that is left out fires right after the gap,
one that comes twice fires the first time; lines whose minute or hour begins with a star follow the clock instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic_core import PydanticCustomError

FIELDS = ("minute", "hour", "day of month", "month", "weekday")
_RANGES = ("0-59", "0-23", "1-31", "1-12 or JAN-DEC", "0-7 or SUN-SAT (0 and 7 are Sunday)")
_ITEM = re.compile(r"[0-9A-Z]+(-[0-9A-Z]+(/[1-9]\d*)?)?", re.ASCII)
_STAR = re.compile(r"\*(/[1-9]\d*)?", re.ASCII)
_DAY, _WEEKDAY = 2, 4
_SOME_DAY = datetime(2026, 1, 1)  # noqa: DTZ001 - only the fields are looked at
_LOOK_BACK = tuple(timedelta(hours=hours) for hours in (1, 25, 8 * 24, 32 * 24, 367 * 24, 9 * 366 * 24))


@dataclass(frozen=True, slots=True)
class Cron:
    """A good cron line: its fields as they are written (in capitals), and the numbers that each stands for.

    Weekdays are counted from Sunday, 0, to Saturday, 6.
    """

    written: tuple[str, ...]
    numbers: tuple[frozenset[int], ...]

    @property
    def line(self) -> str:
        """The line with numbers alone, as every reader of cron lines takes it; a star stays a star."""
        return " ".join(
            field if field.startswith("*") else _listed(numbers)
            for field, numbers in zip(self.written, self.numbers, strict=True)
        )

    def every(self, field: int) -> bool:
        """Whether the field (by its place) is a plain star."""
        return self.written[field] == "*"


@lru_cache(maxsize=256)
def parse(line: str) -> Cron:
    """The cron line in a text; an error that names the field and its cure where it is none, or never fires."""
    fields = tuple(line.upper().split())
    if len(fields) != len(FIELDS):
        cure = 'Write minute, hour, day of month, month and weekday: "0 22 * * *" is every day at 22:00'
        raise _error(f"{line!r} has {len(fields)} fields, and a cron line has five", cure)
    numbers = []
    for place, field in enumerate(fields):
        found = _numbers_in(field, place)
        if found is None:
            what = f"{field!r} is no {FIELDS[place]}"
            raise _error(what, f"Write numbers ({_RANGES[place]}), lists 1,2, ranges 1-5, steps */2 or 6-18/2, or *")
        numbers.append(frozenset(number % 7 if place == _WEEKDAY else number for number in found))
    _check_days(fields)
    cron = Cron(fields, tuple(numbers))
    if next(_ticks(cron.line, _SOME_DAY.replace(tzinfo=UTC)), None) is None:
        raise _error(f"{line!r} never fires: no such day is in the calendar", "Name a day that the month has")
    return cron


def fires(line: str, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """When the line fires after a moment, in the zone's time: aware, in UTC, ever later."""
    last = after.astimezone(UTC)
    for tick in _ticks(parse(line).line, last.astimezone(zone)):
        moment = tick.astimezone(UTC)
        if moment > last:  # an hour that comes twice, and two times in one gap, would give a moment again
            yield moment
            last = moment


def fired(line: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When the line fired last, `now` included, aware and in UTC; None where it has not for nine years."""
    for back in _LOOK_BACK:
        last = None
        for moment in fires(line, zone, now - back):
            if moment > now:
                break
            last = moment
        if last is not None:
            return last
    return None


def words(line: str) -> str:
    """The line in words: `At 22:00 every day`."""
    told: str = CronSim(parse(line).line, _SOME_DAY).explain()
    return told


def _ticks(line: str, start: datetime) -> Iterator[datetime]:
    try:
        yield from CronSim(line, start)
    except (
        CronSimError,
        OverflowError,
    ):  # it says of some days at once that they never come; the calendar ends in 9999
        return


def _check_days(fields: tuple[str, ...]) -> None:
    day, weekday = fields[_DAY], fields[_WEEKDAY]
    if "*" not in (day, weekday) and (day.startswith("*") or weekday.startswith("*")):
        what = f"the days {day!r} and the weekdays {weekday!r} together are read differently by different programs"
        raise _error(what, "Let one of the two be *, or list the days: 1,3,5 instead of */2")


def _numbers_in(field: str, place: int) -> set[int] | None:
    """The numbers that a field stands for; None where it is none that cron, systemd and Kubernetes all read alike."""
    if not _STAR.fullmatch(field) and not all(_ITEM.fullmatch(item) for item in field.split(",")):
        return None
    alone = ["*"] * len(FIELDS)
    found: set[int] = set()
    for item in field.split(","):
        span, slash, _ = item.partition("/")
        first, _, last = span.partition("-")
        alone[place] = span if slash and first == last else item  # one number and a step is that number
        try:
            read = CronSim(" ".join(alone), _SOME_DAY)
        except (CronSimError, ValueError):
            return None
        numbers = (read.minutes, read.hours, read.days, read.months, read.weekdays)[place]
        if not all(isinstance(number, int) and number >= 0 for number in numbers):  # L, and so on
            return None
        found |= {number for number in numbers if isinstance(number, int)}
    return found


def _listed(numbers: frozenset[int]) -> str:
    """Numbers with runs of three and more as ranges: `0,30`, `1-5`."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(map(str, run)) for run in runs]
    return ",".join(parts)


def _error(what: str, cure: str) -> PydanticCustomError:
    return PydanticCustomError("cron", "{what}", {"what": what, "cure": cure})
