"""Times as text: RFC 3339 (section 5.6) in and out, UTC inside, Vietnam for people."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import moment

HANOI = timezone(timedelta(hours=7))
EARLY = datetime(2026, 12, 1, 1, 15, 2, 34, HANOI)
"""A quarter past one in the morning in Vietnam, still the day and the month before in UTC."""


def test_texts_are_in_utc_and_people_read_vietnam() -> None:
    assert moment.iso(EARLY) == "2026-11-30T18:15:02.000034Z"
    assert moment.stamp(EARLY) == "20261130181502"
    assert moment.month(EARLY) == "2026-11"
    assert moment.local(EARLY) == "01/12/2026 01:15:02"
    assert moment.local_date(EARLY) == date(2026, 12, 1)


@given(st.datetimes(min_value=EARLY.replace(year=1900, tzinfo=None), timezones=st.just(UTC) | st.just(HANOI)))
def test_a_time_written_reads_back(when: datetime) -> None:
    assert moment.parse_iso(moment.iso(when)) == when
    assert moment.parse_iso(moment.iso(when)).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T01:15:02Z",
        "2026-11-24t01:15:02z",
        "2026-11-24 01:15:02Z",
        "2026-11-24T08:15:02+07:00",
        "2026-11-24T01:15:02.0Z",
        "2026-11-24T01:15:02.000000000Z",
        "2026-11-23T20:15:02-05:00",
    ],
)
def test_every_form_of_rfc_3339_reads(text: str) -> None:
    assert moment.parse_iso(text) == datetime(2026, 11, 24, 1, 15, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["2026-11-24T01:15:02", "2026-11-24", "", "yesterday", "2026-13-01T00:00:00Z", "\ud800"]
)
def test_a_naive_time_and_what_is_no_time_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no RFC 3339 time|no time zone|month must be"):
        moment.parse_iso(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-W48-2T00:00:00Z",
        "20261124T011502Z",
        "2026-11-24T01:15:02,5Z",
        "2026-11-24T01Z",
        "２０２６-11-24T01:15:02Z",
    ],
)
def test_other_iso_8601_than_rfc_3339_was_read(text: str) -> None:
    with pytest.raises(ValueError, match="no RFC 3339 time"):
        moment.parse_iso(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_zone_that_leads_out_of_the_calendar_raised_overflow_error(text: str) -> None:
    with pytest.raises(ValueError, match="out of range"):
        moment.parse_iso(text)
