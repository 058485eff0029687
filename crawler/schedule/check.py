"""What is wrong with a schedule file: all of it, each with its line and cure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import islice, pairwise, product
from pathlib import Path

from archive.errors import BrokenSchedule, Misuse
from crawler.portals import Portal
from crawler.portals.locate import examine, line_of
from crawler.portals.window import Window
from crawler.schedule import check_name, cron, named_inside
from crawler.schedule.amount import written_duration
from crawler.schedule.schedule import Schedule
from crawler.schedule.selection import found, selected, why_none

_MIDSUMMER = datetime(2026, 6, 15, tzinfo=UTC)
_LOOKED_AT = 200
_MOST_OFTEN = timedelta(minutes=5)


def check(path: Path, portals: Mapping[str, Portal]) -> tuple[Schedule | None, list[Misuse]]:
    """The schedule in a file (None where it does not read) and its mistakes, beside all portals that are known."""
    mistakes: list[Misuse] = []
    try:
        check_name(path)
    except BrokenSchedule as error:
        mistakes.append(error)
    schedule, wrong = examine(path, Schedule, BrokenSchedule)
    mistakes += wrong
    if schedule is None:
        return None, mistakes
    if "name" in schedule.model_fields_set:
        mistakes.append(named_inside(path))
    schedule = schedule.model_copy(update={"name": path.stem})
    text = path.read_text("utf-8")

    def wrongly(key: str, what: str, cure: str, *, line: int | None = None, name: str = "") -> None:
        at = line or line_of(text, key.split("."))
        mistakes.append(BrokenSchedule(f"{path}, line {at}: {name or key}: {what}", cure))

    for key, words in (("portals", schedule.portals), ("leave_out", schedule.leave_out)):
        for word in words:
            if not found(word, portals):
                wrongly(key, *why_none(word, portals), line=_line_of_word(text, key, word))
    if all(found(word, portals) for word in schedule.portals) and not selected(schedule, portals):
        wrongly("leave_out", "leaves out every portal that is named", "Take a word out, or name more in portals")
    if schedule.window is not None and (said := _outside(schedule, schedule.window)):
        wrongly(*said)
    if said := _too_often(schedule):
        wrongly(*said)
    return schedule, mistakes


def _outside(schedule: Schedule, window: Window) -> tuple[str, str, str] | None:
    """A start that its window does not let be: what to say of it."""
    read = cron.parse(schedule.cron)
    starts = [time(hour, minute) for hour, minute in sorted(product(read.numbers[1], read.numbers[0]))]
    for at in starts:
        since = window.since_opening(at)
        if since >= window.length:
            cure = f"Let it start within {window}, or widen the window"
            return "cron", f"starts at {at:%H:%M}, when the window {window} is closed", cure
    latest = max(starts, key=window.since_opening)
    room = window.length - window.since_opening(latest)
    if timedelta(seconds=schedule.jitter) >= room:
        what = f"may put the start of {latest:%H:%M} off until the window {window} is closed"
        return "jitter", what, f"Let it be less than {written_duration(int(room.total_seconds()))}"
    return None


def _too_often(schedule: Schedule) -> tuple[str, str, str] | None:
    moments = list(islice(cron.fires(schedule.cron, schedule.tz, _MIDSUMMER), _LOOKED_AT))
    gap = min((later - earlier for earlier, later in pairwise(moments)), default=None)
    if gap is None:
        return None
    length = written_duration(int(gap.total_seconds()))
    if gap < _MOST_OFTEN:
        what = f"starts every {length}, and portals are not to be asked so often"
        return "cron", what, "Let five minutes lie between two starts at least"
    if timedelta(seconds=schedule.jitter) >= gap:
        what = f"may put a start off past the next one, {length} later"
        return "jitter", what, f"Let it be less than {length}"
    return None


def _line_of_word(text: str, key: str, word: str) -> int:
    """The line of one word of a list, which may be written over several lines."""
    lines = text.splitlines()
    first = line_of(text, [key])
    quoted: Sequence[str] = (f'"{word}"', f"'{word}'")
    for number in range(first, len(lines) + 1):
        line = re.sub(r"(^|\s)#.*", "", lines[number - 1])
        if any(each in line for each in quoted):
            return number
        if "]" in line:
            break
    return first
