"""Windows: over midnight, and on days on which the clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic_core import PydanticCustomError

from crawler.portals.window import Window, parse_window

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")


def window(text: str) -> Window:
    found = parse_window(text)
    assert isinstance(found, Window)
    return found


def local(text: str, zone: ZoneInfo = VIETNAM) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def test_a_window_over_midnight() -> None:
    night = window("22:00-05:30")
    assert night.closing(local("2026-11-24T22:00"), VIETNAM) == local("2026-11-25T05:30")
    assert night.closing(local("2026-11-25T05:29"), VIETNAM) == local("2026-11-25T05:30")
    assert night.closing(local("2026-11-25T05:30"), VIETNAM) is None
    assert night.closing(local("2026-11-25T21:59"), VIETNAM) is None
    assert night.opening(local("2026-11-25T05:30"), VIETNAM) == local("2026-11-25T22:00")
    assert night.opening(local("2026-11-25T23:00"), VIETNAM) == local("2026-11-26T22:00")


def test_a_window_of_the_day() -> None:
    day = window("06:00-22:00")
    assert day.closing(local("2026-11-24T06:00"), VIETNAM) == local("2026-11-24T22:00")
    assert day.closing(local("2026-11-24T22:00"), VIETNAM) is None
    assert day.opening(local("2026-11-24T22:00"), VIETNAM) == local("2026-11-25T06:00")


def test_a_night_in_which_the_clock_changes_is_longer_or_shorter() -> None:
    night = window("22:00-05:30")
    spring = local("2026-03-28T22:00", BERLIN)
    autumn = local("2026-10-24T22:00", BERLIN)
    assert night.closing(spring, BERLIN) == spring + timedelta(hours=6, minutes=30)
    assert night.closing(autumn, BERLIN) == autumn + timedelta(hours=8, minutes=30)


@pytest.mark.parametrize("text", ["22:00", "25:00-05:00", "22:00-22:00", "10pm-5am", "22:00-05:60"])
def test_what_is_no_window_is_refused_with_the_cure(text: str) -> None:
    with pytest.raises(PydanticCustomError) as error:
        parse_window(text)
    assert '"22:00-05:30"' in (error.value.context or {})["cure"]
