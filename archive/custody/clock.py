"""What the machine's clock is worth: whether the kernel calls it synchronised, and how far servers' clocks are from it."""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from statistics import median

from archive.moment import parse_iso

_UNSYNCHRONISED = 0x40
"""STA_UNSYNC of adjtimex(2)."""
_STATUS = 40
"""Where `status` stands in struct timex on a 64-bit Linux: behind an int and four longs, with padding."""


def synchronised() -> bool | None:
    """Whether the kernel holds its clock to be synchronised (adjtimex(2), asked without setting anything); None unknown."""
    if ctypes.sizeof(ctypes.c_long) != 8:
        return None
    state = ctypes.create_string_buffer(512)
    try:
        found = ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True).adjtimex(state)
    except (OSError, AttributeError):  # no Linux
        return None
    if found < 0:
        return None
    status = int.from_bytes(state.raw[_STATUS : _STATUS + 4], "little")
    return not status & _UNSYNCHRONISED


def skew(pairs: Iterable[tuple[str | None, str | None]]) -> float | None:
    """The median of server time less our time, seconds, over pairs of our time (RFC 3339) and the Date header as sent.

    None where no server told any that reads.  A Date header has whole seconds: half a second is added to it.
    """
    found: list[float] = []
    for ours, theirs in pairs:
        if ours and theirs and (told := _date(theirs)) is not None:
            found.append((told - parse_iso(ours)).total_seconds() + 0.5)
    return round(median(found), 3) if found else None


def _date(text: str) -> datetime | None:
    try:
        told = parsedate_to_datetime(text)
    except ValueError:
        return None
    return told if told.tzinfo is not None else told.replace(tzinfo=UTC)
