"""When cron lines fire: against a matcher that steps through the minutes, at changes of the clock, at ends of months."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from crawler.schedule import cron

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)


def naive(text: str) -> datetime:
    """A time as a clock shows it."""
    return datetime.fromisoformat(text)


def in_field(field: str, number: int, least: int) -> bool:
    """Whether a number is in a field of lists, ranges and steps: an own reading, for the comparison."""
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        low, high = (least, 99) if span == "*" else (int(first), int(last or (99 if step else first)))
        if low <= number <= high and (number - low) % int(step or 1) == 0:
            return True
    return False


def by_hand(line: str, local: datetime) -> bool:
    """Whether a line fires in a minute of local time."""
    minute, hour, day, month, weekday = line.split()
    sunday = calendar.weekday(local.year, local.month, local.day) == 6
    of_week = (local.weekday() + 1) % 7
    on_weekday = in_field(weekday, of_week, 0) or (sunday and weekday != "*" and in_field(weekday, 7, 0))
    on_day = in_field(day, local.day, 1)
    both = day.startswith("*") or weekday.startswith("*")
    return (
        in_field(minute, local.minute, 0)
        and in_field(hour, local.hour, 0)
        and in_field(month, local.month, 1)
        and ((on_day and on_weekday) if both else (on_day or on_weekday))
    )


def field(least: int, most: int) -> st.SearchStrategy[str]:
    number = st.integers(least, most)
    pair = st.tuples(number, number).map(lambda two: f"{min(two)}-{max(two)}")
    step = st.integers(1, 9)
    item = st.one_of(number.map(str), pair, st.tuples(pair, step).map(lambda two: f"{two[0]}/{two[1]}"))
    listed = st.lists(item, min_size=1, max_size=3).map(",".join)
    return st.one_of(st.just("*"), step.map(lambda n: f"*/{n}"), listed)


@st.composite
def lines(draw: st.DrawFn) -> str:
    parts = [draw(field(*bounds)) for bounds in ((0, 59), (0, 23), (1, 28), (1, 12), (0, 7))]
    if "*" not in (parts[2], parts[4]) and (parts[2].startswith("*") or parts[4].startswith("*")):
        parts[4] = "*"
    return " ".join(parts)


@settings(max_examples=200, deadline=None)
@given(
    line=lines(),
    start=st.datetimes(naive("2026-01-01"), naive("2032-01-01")).map(lambda at: at.replace(second=0, microsecond=0)),
)
@example("0 0 * * 0-0/1", naive("2026-01-01"))  # a step over one number was read as: from there to the end
@example("0 0 31 * *", naive("2026-01-31"))
@example("59 23 28-31 * 0", naive("2028-02-27"))
@example("0 0 1 1 *", naive("2026-12-31T23:59"))
def test_the_next_time_is_the_one_that_stepping_through_the_minutes_finds(line: str, start: datetime) -> None:
    begin = start.replace(tzinfo=VIETNAM).astimezone(UTC)
    found = next(cron.fires(line, VIETNAM, begin))
    assert by_hand(line, found.astimezone(VIETNAM)), "it fires where its fields say so"
    stepped = begin + MINUTE
    while stepped < min(found, begin + timedelta(days=1, hours=1)):
        assert not by_hand(line, stepped.astimezone(VIETNAM)), "no minute of the first day was left out"
        stepped += MINUTE
    if stepped < found:
        hour = next(hour for hour in range(24) if in_field(line.split()[1], hour, 0))
        minute = next(minute for minute in range(60) if in_field(line.split()[0], minute, 0))
        day = (stepped.astimezone(VIETNAM) + timedelta(days=1)).replace(hour=hour, minute=minute)
        assert found.astimezone(VIETNAM).replace(year=day.year, month=day.month, day=day.day) == day
        while day < found:
            assert not by_hand(line, day), "and no later day"
            day += timedelta(days=1)


@pytest.mark.parametrize(
    ("line", "after", "times"),
    [
        # the clock goes from 02:00 to 03:00 on 29 March 2026: what lies between fires right after
        ("30 2 * * *", "2026-03-28T12:00+01:00", ["2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00"]),
        # and from 03:00 to 02:00 on 25 October: what comes twice fires the first time
        ("30 2 * * *", "2026-10-24T12:00+02:00", ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"]),
        ("30 2 * * *", "2026-10-25T02:10+01:00", ["2026-10-26T02:30+01:00"]),
        # two times in one gap are one start
        ("0,30 2 * * *", "2026-03-29T00:00+01:00", ["2026-03-29T03:00+02:00", "2026-03-30T02:00+02:00"]),
        # every hour is every hour, whatever the clock says
        ("0 * * * *", "2026-10-25T00:30+00:00", ["2026-10-25T01:00+00:00", "2026-10-25T02:00+00:00"]),
        ("0 22 * * *", "2026-10-24T12:00+02:00", ["2026-10-24T22:00+02:00", "2026-10-25T22:00+01:00"]),
    ],
)
def test_changes_of_the_clock_neither_lose_nor_double_a_start(line: str, after: str, times: list[str]) -> None:
    found = list(islice(cron.fires(line, BERLIN, datetime.fromisoformat(after)), len(times)))
    assert found == [datetime.fromisoformat(time) for time in times]


def test_ends_of_months() -> None:
    start = datetime(2027, 12, 31, 23, 59, tzinfo=VIETNAM)
    days = [at.astimezone(VIETNAM).strftime("%m-%d") for at in islice(cron.fires("0 0 31 * *", VIETNAM, start), 4)]
    assert days == ["01-31", "03-31", "05-31", "07-31"]
    (leap,) = islice(cron.fires("0 0 29 2 *", VIETNAM, datetime(2026, 1, 1, tzinfo=UTC)), 1)
    assert leap.astimezone(VIETNAM).isoformat() == "2028-02-29T00:00:00+07:00"


@settings(max_examples=60, deadline=None)
@given(
    line=st.sampled_from(["0 22 * * *", "*/7 * * * *", "30 2 * * *", "0 0 31 * *", "0 20 * * SAT", "15 3 1 1 *"]),
    now=st.datetimes(naive("2026-01-01"), naive("2029-01-01"), timezones=st.just(UTC)),
    zone=st.sampled_from([VIETNAM, BERLIN]),
)
@example("30 2 * * *", datetime(2026, 10, 25, 1, 15, tzinfo=UTC), BERLIN)
def test_the_last_time_is_the_one_before_the_next(line: str, now: datetime, zone: ZoneInfo) -> None:
    last = cron.fired(line, zone, now)
    assert last is not None
    assert last <= now < next(cron.fires(line, zone, now))
    assert next(cron.fires(line, zone, last)) > now, "nothing lies between it and now"


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("0 22 * *", "4 fields"),
        ("@daily", "1 fields"),
        ("0 0 22 * * *", "6 fields"),
        ("60 * * * *", "'60' is no minute"),
        ("0 24 * * *", "'24' is no hour"),
        ("0 22 0 * *", "'0' is no day of month"),
        ("0 22 L * *", "'L' is no day of month"),
        ("0 22 * 13 *", "'13' is no month"),
        ("0 22 * * MON#1", "'MON#1' is no weekday"),
        ("0 22 * * FRI-MON", "'FRI-MON' is no weekday"),
        ("0 22-5 * * *", "'22-5' is no hour"),
        ("*/0 * * * *", "'*/0' is no minute"),
        ("5/15 * * * *", "'5/15' is no minute"),
        ("0 22 * * 5L", "'5L' is no weekday"),
        ("0 0 30 2 *", "never fires"),
        ("0 0 31 4,6 *", "never fires"),
        ("0 0 */2 * MON", "read differently by different programs"),
    ],
)
def test_lines_that_not_every_scheduler_reads_the_same_are_refused(line: str, what: str) -> None:
    with pytest.raises(PydanticCustomError) as error:
        cron.parse(line)
    assert what in str(error.value)
    assert (error.value.context or {})["cure"]


def test_a_line_is_written_with_numbers_alone() -> None:
    assert cron.parse("0,30 6-21 * JAN,feb Mon-fri").line == "0,30 6-21 * 1,2 1-5"
    assert cron.parse("*/15 0 * * 7").line == "*/15 0 * * 0"
