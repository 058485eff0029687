"""Points in time as text: aware and UTC inside, Asia/Ho_Chi_Minh for people."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

# fromisoformat() reads much of ISO 8601 that RFC 3339 leaves out: week dates, dates without hyphens, decimal commas
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?", re.ASCII)


def iso(moment: datetime) -> str:
    """An aware time as RFC 3339 in UTC with microseconds, the form of WARC-Date (WARC 1.1, section 5.4)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_iso(text: str) -> datetime:
    """The aware UTC time that an RFC 3339 text tells; ValueError for anything else, a naive time included."""
    match = _RFC3339.fullmatch(text.upper())
    if match is None:
        raise ValueError(f"{text!r} is no RFC 3339 time")
    if match[2] is None:
        raise ValueError(f"{text!r} names no time zone")
    try:
        return datetime.fromisoformat(match[0]).astimezone(UTC)
    except OverflowError as error:  # in the years 1 and 9999 a time zone may lead out of the calendar
        raise ValueError(f"{text!r} is out of range") from error


def stamp(moment: datetime) -> str:
    """Fourteen digits in UTC, as file names and CDXJ lines carry them."""
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%S")


def long_stamp(moment: datetime) -> str:
    """Seventeen digits in UTC: a stamp with its milliseconds, which CDXJ lines may carry (CDXJ 0.1.0)."""
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%S%f")[:17]


def month(moment: datetime) -> str:
    """The UTC month, `2026-11`: the partition of every table."""
    return moment.astimezone(UTC).strftime("%Y-%m")


def local(moment: datetime) -> str:
    """As a person in Vietnam reads it: `24/11/2026 08:15:02`."""
    return moment.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M:%S")


def local_date(moment: datetime) -> date:
    """The day in Vietnam."""
    return moment.astimezone(VIETNAM).date()
