"""Dates as Vietnamese pages write them.  The raw text stays beside the value; what is not told is not made up."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from archive.article import Moment
from archive.moment import VIETNAM
from crawler.extract.text import clean

_ISO = re.compile(
    r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?(?!\d)"
)
_NUMERIC = re.compile(r"(?<![\d/.-])(\d{1,2})\s?([/.-])\s?(\d{1,2})\s?\2\s?(\d{4})(?![\d/])")
_WORDS = re.compile(r"(?:ngày\s+)?(\d{1,2})\s+tháng\s+(\d{1,2})\s*,?\s+năm\s+(\d{4})", re.IGNORECASE)
_TIME = re.compile(
    r"(?<![\d:])(\d{1,2})\s?(?::|h|giờ\s?)\s?(\d{2})(?::(\d{2}))?(?:\s?phút)?\s*(AM|PM|SA|CH)?\b", re.IGNORECASE
)
_BETWEEN = re.compile(r"[\s|,;()\-–—]*(?:lúc|vào lúc)?[\s|,;()\-–—]*", re.IGNORECASE)
_BEFORE = re.compile(r"[\s|,;()\-–—]*(?:ngày|thứ\s+\w+|chủ nhật)?[\s|,;()\-–—]*", re.IGNORECASE)
_EARLIEST = 1990


def find(text: str, source: str = "page") -> Moment | None:
    """The first date in `text`, with its time where one stands right beside it; None where there is none.

    Day before month, as Vietnam writes; month before day only where the numbers allow nothing else.  `12:00 AM` beside
    a date is SharePoint's way of showing a field that holds a day: it is read as the day.
    """
    text = clean(text)
    if match := _ISO.search(text):
        return _iso(match, source)
    if match := _WORDS.search(text):
        day, month, year = (int(part) for part in match.groups())
        return _moment(text, match, year, month, day, False, source)
    for match in _NUMERIC.finditer(text):
        first, _, second, year_text = match.groups()
        day, month = int(first), int(second)
        if month > 12 >= day:
            day, month = month, day
            ambiguous = False
        else:
            ambiguous = day <= 12 and day != month
        if found := _moment(text, match, int(year_text), month, day, ambiguous, source):
            return found
    return None


def _iso(match: re.Match[str], source: str) -> Moment | None:
    year, month, day, hour, minute, second, zone = match.groups()
    try:
        told = date(int(year), int(month), int(day))
        if told.year < _EARLIEST:
            return None
        if hour is None:
            return Moment(told, None, "day", source, match[0])
        local = datetime.combine(told, time(int(hour), int(minute), int(second or 0)), _zone(zone))
    except ValueError:
        return None
    here = local.astimezone(VIETNAM)
    return Moment(here.date(), here, "second" if second else "minute", source, match[0])


def _zone(text: str | None) -> tzinfo:
    if not text:
        return VIETNAM
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _moment(
    text: str, match: re.Match[str], year: int, month: int, day: int, ambiguous: bool, source: str
) -> Moment | None:
    try:
        told = date(year, month, day)
    except ValueError:
        return None
    if told.year < _EARLIEST:
        return None
    clock, start, end = _clock_beside(text, match)
    raw = text[start:end].strip()
    if clock is None:
        return Moment(told, None, "day", source, raw, ambiguous)
    precision = "second" if clock.second else "minute"
    return Moment(told, datetime.combine(told, clock, VIETNAM), precision, source, raw, ambiguous)


def _clock_beside(text: str, match: re.Match[str]) -> tuple[time | None, int, int]:
    """The time of day right after the date, or right before it, and the span of text that tells both."""
    gap = _BETWEEN.match(text, match.end())
    after = _TIME.match(text, gap.end() if gap else match.end())
    if after:
        return _clock(after), match.start(), after.end()
    for before in _TIME.finditer(text, 0, match.start()):
        if _BEFORE.fullmatch(text, before.end(), match.start()):
            return _clock(before), before.start(), match.end()
    return None, match.start(), match.end()


def _clock(match: re.Match[str]) -> time | None:
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    half = (match[4] or "").upper()
    if half in ("AM", "SA"):
        if hour == 12 and minute == 0 and second == 0:
            return None
        hour = 0 if hour == 12 else hour
    elif half in ("PM", "CH") and hour < 12:
        hour += 12
    try:
        return time(hour, minute, second)
    except ValueError:
        return None
