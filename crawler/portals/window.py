"""A window: the hours of the day in which a schedule may crawl, or a portal may be asked, over midnight too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic_core import PydanticCustomError

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
"""The zone of a portal file's hours."""

_FORM = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """From `opens` to `closes` by the clock of a zone; where it closes earlier than it opens, the next day."""

    opens: time
    closes: time

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}"

    @property
    def length(self) -> timedelta:
        """How long it is open, on a day on which the clock does not change."""
        return timedelta(minutes=(_minutes(self.closes) - _minutes(self.opens)) % (24 * 60))

    def since_opening(self, at: time) -> timedelta:
        """How long before a time of day the window opened, if it is open then."""
        return timedelta(minutes=(_minutes(at) - _minutes(self.opens)) % (24 * 60))

    def closing(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """When the window that is open at a moment closes (UTC); None where it is closed then."""
        today = moment.astimezone(zone).date()
        for day in (today - _DAY, today):
            opens, closes = self._on(day, zone)
            if opens <= moment < closes:
                return closes
        return None

    def opening(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """When the window opens next, not earlier than a moment (UTC)."""
        today = moment.astimezone(zone).date()
        days = (today + _DAY * further for further in range(3))
        return next(opens for opens, _ in (self._on(day, zone) for day in days) if opens >= moment)

    def _on(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        last = day if self.closes > self.opens else day + _DAY
        opens = datetime.combine(day, self.opens, zone).astimezone(UTC)
        return opens, datetime.combine(last, self.closes, zone).astimezone(UTC)


def parse_window(value: object) -> object:
    """`22:00-05:30` as a window; other values as they are, for the model to refuse."""
    if not isinstance(value, str):
        return value
    cure = 'Write the hours in which it may crawl, as "22:00-05:30"; leave the line out for all day'
    found = _FORM.fullmatch(value.strip())
    if found is None:
        raise PydanticCustomError("window", "{what}", {"what": f"{value!r} is no window", "cure": cure})
    window = Window(time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4])))
    if window.opens == window.closes:
        raise PydanticCustomError("window", "{what}", {"what": f"{value!r} opens and closes at once", "cure": cure})
    return window


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
