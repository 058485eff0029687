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
_MONTH = r"(?P<month>\d{1,2}|một|giêng|hai|ba|tư|bốn|năm(?=\s?,?\snăm\b)|sáu|bảy|tám|chín|mười(?:\s(?:một|hai))?|chạp)"
_WORDS = re.compile(
    rf"(?:ngày\s)?(?<!\d)(?P<day>\d{{1,2}})\s?,?\stháng\s{_MONTH}\s?,?\s(?:năm\s)?(?P<year>\d{{4}})(?!\d)",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(rf"\btháng\s{_MONTH}\s(?P<day>\d{{1,2}}),\s(?P<year>\d{{4}})(?!\d)", re.IGNORECASE)
_ENGLISH_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_ENGLISH = (
    re.compile(rf"(?<!\d)(?P<day>\d{{1,2}})(?:\s|-){_ENGLISH_MONTH},?(?:\s|-)(?P<year>\d{{4}})(?!\d)", re.IGNORECASE),
    re.compile(rf"\b{_ENGLISH_MONTH}\s(?P<day>\d{{1,2}}),\s(?P<year>\d{{4}})(?!\d)", re.IGNORECASE),
)
_VIETNAMESE_MONTHS = ("một", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai")
_MONTHS = {name: month for month, name in enumerate(_VIETNAMESE_MONTHS, 1)} | {"giêng": 1, "bốn": 4, "chạp": 12}
_ENGLISH_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS |= {name: month for month, name in enumerate(_ENGLISH_MONTHS, 1)}
_LIKE_A_DATE = re.compile(
    r"(?<![\d/.-])\d{1,4}\s?([/.-])\s?\d{1,2}\s?\1\s?\d{1,4}(?![\d/])|(?:ngày\s)?\d{1,2}\stháng\s\d{1,2}\snăm\s\d{1,4}",
    re.IGNORECASE,
)

_TIME = re.compile(
    r"""(?<![\d:])(?P<hour>\d{1,2})\s?(?::|h|g|giờ)\s?(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?
    (?:\s?(?:phút|p\b|['’′]))?
    (?:\s?(?P<half>(?:AM|PM|SA|CH|sáng|chiều|tối)\b))?
    (?:\s?\(?(?P<named>Z\b|(?:GMT|UTC)(?:\s?[+-]\s?\d{1,2}(?::?\d{2})?)?)\)?
      |(?:(?<=:\d\d:\d\d)\s)?(?P<offset>[+-](?:0\d|1[0-4]):?(?:00|30|45)))?
    (?![\d:])(?!\s?(?:trưa|đêm)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_OFFSET = re.compile(r"([+-])\s?(\d{1,2}):?(\d{2})?")
_SIGNS = r"[\s|,;:()•·–—-]{0,8}"
_DATE_TO_TIME = re.compile(rf"T|{_SIGNS}(?:GMT\+0?7\b{_SIGNS})?(?:(?:vào\s)?(?:lúc|hồi))?{_SIGNS}", re.IGNORECASE)
_TIME_TO_DATE = re.compile(rf"{_SIGNS}(?:(?:ngày|thứ\s\w{{1,4}}|chủ\snhật){_SIGNS}){{0,2}}", re.IGNORECASE)
_FARTHEST = 40
_WEEKDAY = re.compile(
    r"\b(?:(?:thứ|t)\s?(?P<number>[2-7])|thứ\s(?P<name>hai|ba|tư|năm|sáu|bảy)|(?P<sunday>chủ\snhật|cn)"
    r"|(?P<english>mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)
_WEEKDAYS = {"hai": 0, "ba": 1, "tư": 2, "năm": 3, "sáu": 4, "bảy": 5}
_WEEKDAYS |= {"mon": 0, "tues": 1, "wednes": 2, "thurs": 3, "fri": 4, "satur": 5, "sun": 6}
_VIETNAMESE_CLOCK = re.compile(r"\d\s?(?:h|g|giờ)\s?\d|\b(?:SA|CH|sáng|chiều|tối)\b", re.IGNORECASE)
_OF_A_DAY = re.compile(r"\bngày\s?$", re.IGNORECASE)
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_MIDNIGHT = time()


class _Clock(NamedTuple):
    """A time of day and where it stands in the text; `at` is None where the time is a way of showing a day."""

    at: time | None
    seconds: bool
    start: int
    end: int


def find(text: str, source: str = "page") -> Moment | None:
    """The first date in `text`, with its time where one stands right beside it; None where there is none.

    Day before month, as Vietnam writes; month before day only where the numbers, or an English weekday
    beside them, allow nothing else.  Years from 1990 to
    2100.  Midnight to the second (`12:00 AM`, `00:00`, `T00:00:00Z`) is how a field that holds a day is shown: portals show
    it beside every article from before they kept the time.  It is read as the day, which is right even where it was meant.
    """
    text = clean(text)
    for match, day, ambiguous in sorted(_days(text), key=lambda found: found[0].start()):
        return _moment(text, match, day, ambiguous, source)
    return None


def unreadable(text: str) -> str | None:
    """What is shaped like a date in a text that `find` reads none in: `31/02/2021`, `17/11/21`; None without."""
    match = _LIKE_A_DATE.search(clean(text))
    return match[0] if match else None


def _days(text: str) -> Iterator[tuple[re.Match[str], date, bool]]:
    for match in _YEAR_FIRST.finditer(text):
        if day := _day(match[1], match[3], match[4]):
            yield match, day, False
    for named in (_WORDS, _MONTH_FIRST, *_ENGLISH):
        for match in named.finditer(text):
            month = " ".join(match["month"].lower().split())
            if day := _day(match["year"], _MONTHS.get(month, month), match["day"]):
                yield match, day, False
    for match in _YEAR_LAST.finditer(text):
        first, second = int(match[1]), int(match[3])
        if day := _day(match[4], match[3], match[1]):
            yield match, day, first != second and first <= 12
        elif day := _day(match[4], match[1], match[3]):
            yield match, day, False


def _day(year: str, month: int | str, day: str) -> date | None:
    try:
        told = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return told if _FIRST_YEAR <= told.year <= _LAST_YEAR else None


def _moment(text: str, match: re.Match[str], day: date, ambiguous: bool, source: str) -> Moment:
    clock = _clock_beside(text, match)
    if ambiguous:
        start, end = (min(match.start(), clock.start), max(match.end(), clock.end)) if clock else match.span()
        day, ambiguous = _settled(text, match, day, text[start:end])
    if clock is None:
        return Moment(day, None, "day", source, match[0], ambiguous)
    raw = text[min(match.start(), clock.start) : max(match.end(), clock.end)]
    if clock.at is None:
        return Moment(day, None, "day", source, raw, ambiguous)
    here = datetime.combine(day, clock.at).astimezone(VIETNAM)
    if here.time() == _MIDNIGHT:
        return Moment(here.date(), None, "day", source, raw, ambiguous)
    return Moment(here.date(), here, "second" if clock.seconds else "minute", source, raw, ambiguous)


def _settled(text: str, match: re.Match[str], day: date, raw: str) -> tuple[date, bool]:
    """The day, and whether it is still ambiguous: the weekday beside it may tell, or words that only Vietnam uses."""
    before = text[max(0, match.start() - _FARTHEST) : match.start()]
    *_, told = [None, *_WEEKDAY.finditer(before)]
    if told:
        exchanged = day.replace(month=day.day, day=day.month)
        if not told["english"]:
            return day, day.weekday() != _weekday(told)  # who writes it in Vietnamese writes the day first
        fits = [each for each in (day, exchanged) if each.weekday() == _weekday(told)]
        return (fits[0], False) if len(fits) == 1 else (day, True)
    return day, not (_OF_A_DAY.search(before) or _VIETNAMESE_CLOCK.search(raw))


def _weekday(match: re.Match[str]) -> int:
    if match["number"]:
        return int(match["number"]) - 2
    return 6 if match["sunday"] else _WEEKDAYS[(match["name"] or match["english"]).lower()]


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
        hour = 0
    elif half in ("PM", "CH", "CHIỀU", "TỐI") and hour < 12:
        hour += 12
    try:
        zone = _zone(match["named"] or match["offset"])
        at = time(hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
    if at.replace(tzinfo=None) == _MIDNIGHT and zone in (VIETNAM, UTC):
        return _Clock(None, seconds, match.start(), match.end())
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
