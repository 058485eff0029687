"""A schedule file: when which portals are crawled, within which limits, and what is done afterwards."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from crawler.portals.window import Window, parse_window
from crawler.schedule.amount import octets, seconds
from crawler.schedule.cron import parse

_STRICT = ConfigDict(extra="forbid", frozen=True)
NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,42}[a-z0-9])?", re.ASCII)
"""A schedule's name: a unit of systemd and a CronJob of Kubernetes (52 letters with the prefix) are called by it."""


def _cron(line: str) -> str:
    parse(line)
    return line


def _zone(name: str) -> str:
    if name not in available_timezones():
        cure = 'Write a name of the time-zone database: "Asia/Ho_Chi_Minh", "UTC"'
        raise PydanticCustomError("zone", "{what}", {"what": f"{name!r} is no time zone", "cure": cure})
    return name


Seconds = Annotated[int, BeforeValidator(seconds)]
Words = tuple[Annotated[str, Field(min_length=1)], ...]


class Limits(BaseModel):
    """What one run may take; without a line there is no such limit, and the portals' own budgets hold."""

    model_config = _STRICT
    time: Annotated[
        Seconds | None, Field(gt=0, description="how long a run may take (`6h`); then it ends and commits what it has")
    ] = None
    pages: Annotated[int | None, Field(gt=0, description="how many pages of one host are asked for in a run")] = None
    bytes: Annotated[
        int | None, BeforeValidator(octets), Field(gt=0, description="how much a run may fetch (`20GB`)")
    ] = None


class After(BaseModel):
    """What is done when the portals are crawled."""

    model_config = _STRICT
    audit_sample: Annotated[
        int, Field(ge=0, description="how many of the night's rows are proved against their bytes; 0: none")
    ] = 0
    export: Annotated[str, Field(description="folder for a release of the night's snapshot; empty: none")] = ""
    notify: Annotated[
        Literal["never", "red", "amber", "always"],
        Field(description="for which nights word is sent: `never`, `red`, `amber` (and red), `always`"),
    ] = "red"


class Schedule(BaseModel):
    """One schedule.  `name` is the file's name, set where it is loaded; durations are seconds, sizes bytes."""

    model_config = _STRICT
    name: Annotated[str, Field(exclude=True)] = ""
    title: Annotated[str, Field(description="what people read in lists")] = ""
    cron: Annotated[
        str,
        AfterValidator(_cron),
        Field(description="minute, hour, day of month, month, weekday: `0 22 * * *` is every day at 22:00"),
    ]
    zone: Annotated[
        str, AfterValidator(_zone), Field(description="the time zone of `cron`, `window` and of the night's date")
    ] = "Asia/Ho_Chi_Minh"
    portals: Annotated[
        Words,
        Field(
            min_length=1,
            description="names, globs (`ninh*`, `*`), `level:province`, `tag:WORD`, `province:NAME` (as it was or is called)",
        ),
    ]
    leave_out: Annotated[Words, Field(description="portals that are not meant, in the same words")] = ()
    window: Annotated[
        Window | None,
        BeforeValidator(parse_window),
        Field(description="hours in which it may crawl (`22:00-05:30`); every start must lie in them"),
    ] = None
    jitter: Annotated[
        Seconds, Field(ge=0, le=86400, description="a start is put off by up to so long (`20m`), each by its own share")
    ] = 0
    overlap: Annotated[
        Literal["skip"], Field(description="`skip`: no run begins while the schedule's former one is under way")
    ] = "skip"
    catch_up: Annotated[
        bool, Field(description="whether the newest run that was missed is made up for, once, within the window")
    ] = True
    sweep: Annotated[bool, Field(description="whether listings are walked to their ends")] = False
    limits: Limits = Limits()
    after: After = After()

    @property
    def tz(self) -> ZoneInfo:
        """The schedule's time zone."""
        return ZoneInfo(self.zone)

    @property
    def starts_a_day(self) -> int:
        """How often it starts on a day on which it does: runs of one day count for the same night."""
        numbers = parse(self.cron).numbers
        return len(numbers[0]) * len(numbers[1])

    @property
    def lasts(self) -> int | None:
        """How long a run may take at most (seconds), by its limit and its window; None where neither is set."""
        bounds = [self.limits.time, int(self.window.length.total_seconds()) if self.window else None]
        return min((bound for bound in bounds if bound is not None), default=None)
