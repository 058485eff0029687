"""Dates as Vietnamese pages write them.  The raw text stays beside the value; what is not told is not made up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import NamedTuple

from archive.article import Moment
from archive.moment import VIETNAM
from crawler.extract.text import clean

# a date stands alone: no part of a longer number (a telephone's, a version's) or of a document's (12/3/2012/QĐ, 2012-TT)
_YEAR_FIRST = re.compile(r"(?<!\d)(?<!\d[/.-])(\d{4})([/-])(\d{1,2})\2(\d{1,2})(?!\d|[/.]\d)")
_YEAR_LAST = re.compile(r"(?<![\d/])(?<!\d[.-])(\d{1,2})\s?([/.-])\s?(\d{1,2})\s?\2\s?(\d{4})(?![\d/]|\.\d|-[^\W\d_])")
_WORDS = re.compile(r"(?:ngày\s)?(?<!\d)(\d{1,2})\stháng\s(\d{1,2})\s?,?\snăm\s(\d{4})(?!\d)", re.IGNORECASE)

_TIME = re.compile(
    r"""(?<![\d:])(?P<hour>\d{1,2})\s?(?::|h|giờ)\s?(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?
    (?:\s?(?:phút|p\b|['’′]))?
    (?:\s?(?P<half>(?:AM|PM|SA|CH|sáng|chiều|tối)\b))?
    (?:\s?\(?(?P<named>Z\b|(?:GMT|UTC)(?:\s?[+-]\s?\d{1,2}(?::?\d{2})?)?)\)?
      |(?:(?<=:\d\d:\d\d)\s)?(?P<offset>[+-](?:0\d|1[0-4]):?(?:00|30|45)))?
    (?![\d:])(?!\s?(?:trưa|đêm)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_OFFSET = re.compile(r"([+-])\s?(\d{1,2}):?(\d{2})?")
_SIGNS = r"[\s|,;:()•·–—-]{0,8}"
_DATE_TO_TIME = re.compile(rf"T|{_SIGNS}(?:(?:vào\s)?(?:lúc|hồi))?{_SIGNS}", re.IGNORECASE)
_TIME_TO_DATE = re.compile(rf"{_SIGNS}(?:(?:ngày|thứ\s\w{{1,4}}|chủ\snhật){_SIGNS}){{0,2}}", re.IGNORECASE)
_FARTHEST = 40
_FIRST_YEAR, _LAST_YEAR = 1990, 2100


class _Clock(NamedTuple):
    """A time of day and where it stands in the text; `at` is None where the time is a way of showing a day."""

    at: time | None
    seconds: bool
    start: int
    end: int


def find(text: str, source: str = "page") -> Moment | None:
    """The first date in `text`, with its time where one stands right beside it; None where there is none.

    Day before month, as Vietnam writes; month before day only where the numbers allow nothing else.  `12:00 AM` beside
    a date is SharePoint's way of showing a field that holds a day: it is read as the day.  Years from 1990 to 2100.
    """
    text = clean(text)
    for match, day, ambiguous in sorted(_days(text), key=lambda found: found[0].start()):
        return _moment(text, match, day, ambiguous, source)
    return None


def _days(text: str) -> Iterator[tuple[re.Match[str], date, bool]]:
    for match in _YEAR_FIRST.finditer(text):
        if day := _day(match[1], match[3], match[4]):
            yield match, day, False
    for match in _WORDS.finditer(text):
        if day := _day(match[3], match[2], match[1]):
            yield match, day, False
    for match in _YEAR_LAST.finditer(text):
        first, second = int(match[1]), int(match[3])
        if day := _day(match[4], match[3], match[1]):
            yield match, day, first != second and first <= 12
        elif day := _day(match[4], match[1], match[3]):
            yield match, day, False


def _day(year: str, month: str, day: str) -> date | None:
    try:
        told = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return told if _FIRST_YEAR <= told.year <= _LAST_YEAR else None


def _moment(text: str, match: re.Match[str], day: date, ambiguous: bool, source: str) -> Moment:
    clock = _clock_beside(text, match)
    if clock is None:
        return Moment(day, None, "day", source, match[0], ambiguous)
    raw = text[min(match.start(), clock.start) : max(match.end(), clock.end)]
    if clock.at is None:
        return Moment(day, None, "day", source, raw, ambiguous)
    here = datetime.combine(day, clock.at).astimezone(VIETNAM)
    return Moment(here.date(), here, "second" if clock.seconds else "minute", source, raw, ambiguous)


def _clock_beside(text: str, match: re.Match[str]) -> _Clock | None:
    """The time of day right after the date, or else right before it."""
    gap = _DATE_TO_TIME.match(text, match.end())
    after = _TIME.match(text, gap.end() if gap else match.end())
    if after and (clock := _clock(after)):
        return clock
    for before in _TIME.finditer(text, max(0, match.start() - _FARTHEST), match.start()):
        if _TIME_TO_DATE.fullmatch(text, before.end(), match.start()):
            return _clock(before)
    return None


def _clock(match: re.Match[str]) -> _Clock | None:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    half = (match["half"] or "").upper()
    seconds = match["second"] is not None
    if half in ("AM", "SA", "SÁNG") and hour == 12:
        if minute == second == 0:
            return _Clock(None, seconds, match.start(), match.end())
        hour = 0
    elif half in ("PM", "CH", "CHIỀU", "TỐI") and hour < 12:
        hour += 12
    try:
        at = time(hour, minute, second, tzinfo=_zone(match["named"] or match["offset"]))
    except ValueError:
        return None
    return _Clock(at, seconds, match.start(), match.end())


def _zone(text: str | None) -> tzinfo:
    """The zone that a time names; Vietnam's where it names none.  ValueError where there is no such offset."""
    if not text:
        return VIETNAM
    offset = _OFFSET.search(text)
    if offset is None:
        return UTC
    ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
    return timezone(-ahead if offset[1] == "-" else ahead)
