"""Where a reader stands: what was known (a snapshot), and what was online (a time)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from archive.errors import Misuse, UnknownSnapshot
from archive.moment import VIETNAM, parse_iso

if TYPE_CHECKING:
    from archive.store import Store

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class At:
    """What a read sees: only what `snapshot` and those before it brought, and only captures not later than `as_of`.

    None for either is no limit: the newest snapshot, the newest captures.
    """

    snapshot: str | None = None
    as_of: datetime | None = None


NOW = At()


def at(store: Store, snapshot: str | None = None, as_of: str | None = None) -> At:
    """The place that --snapshot (an id, the beginning of one, or a day) and --as-of (a time or a day) name.

    A day is one in Vietnam, and means its end: the last snapshot of that day or before, the pages as they were at
    midnight.  UnknownSnapshot where there is none, Misuse for what is neither id nor time.
    """
    return At(_snapshot(store, snapshot) if snapshot else None, _time(as_of) if as_of else None)


def _snapshot(store: Store, text: str) -> str:
    from archive.tables.views import ask  # views are made for an At

    rows = ask(store, "SELECT snapshot_id, max(committed_at) AS time FROM crawls GROUP BY 1 ORDER BY 2, 1")
    if _DAY.fullmatch(text):
        end = _end_of(text)
        found = [str(row["snapshot_id"]) for row in rows if row["time"] <= end]
        if not found:
            raise UnknownSnapshot(f"no snapshot of {text} or before in {store.root}", "luutru snapshots lists them")
        return found[-1]
    found = [str(row["snapshot_id"]) for row in rows if str(row["snapshot_id"]).startswith(text)]
    if text in found:
        return text
    if len(found) != 1:
        what = f"no snapshot {text!r}" if not found else f"several snapshots begin with {text!r}"
        raise UnknownSnapshot(f"{what} in {store.root}", "luutru snapshots lists them")
    return found[0]


def _time(text: str) -> datetime:
    if _DAY.fullmatch(text):
        return _end_of(text)
    try:
        return parse_iso(text)
    except ValueError as error:
        raise Misuse(f"{error}", "Write --as-of as 2026-11-24 or 2026-11-24T01:30:00+07:00") from error


def _end_of(day: str) -> datetime:
    try:
        first = date.fromisoformat(day)
        return datetime.combine(first + timedelta(days=1), time(), VIETNAM) - timedelta(microseconds=1)
    except (ValueError, OverflowError) as error:
        raise Misuse(f"{day!r} is no day", "Write it as YYYY-MM-DD") from error
