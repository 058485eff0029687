"""Dates as Vietnamese pages write them."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.article import Moment
from archive.moment import VIETNAM
from crawler.extract.dates import find, unreadable

MODEST = settings(max_examples=150, deadline=None)


def told(text: str) -> Moment:
    found = find(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("shown", "at", "raw"),
    [
        ("18/03/2019 | 04:01 PM | View count: 536", "2019-03-18T16:01:00+07:00", "18/03/2019 | 04:01 PM"),
        ("Cập nhật : 04-04-2018 - 09:34", "2018-04-04T09:34:00+07:00", "04-04-2018 - 09:34"),
        ("Ngày đăng: 04.04.2018, 9:34", "2018-04-04T09:34:00+07:00", "04.04.2018, 9:34"),
        ("27/8/2009 8:15:07 SA", "2009-08-27T08:15:07+07:00", "27/8/2009 8:15:07 SA"),
        ("27/8/2009 8:15 CH", "2009-08-27T20:15:00+07:00", "27/8/2009 8:15 CH"),
        ("Thứ tư, 17/11/2021 | 15:32 GMT+7", "2021-11-17T15:32:00+07:00", "17/11/2021 | 15:32 GMT+7"),
        ("Thứ tư, 17/11/2021, 15:32 (GMT+7)", "2021-11-17T15:32:00+07:00", "17/11/2021, 15:32 (GMT+7)"),
        ("Thứ Ba, ngày 05/11/2024 14:05:33", "2024-11-05T14:05:33+07:00", "05/11/2024 14:05:33"),
        ("08h15 ngày 3/4/2015", "2015-04-03T08:15:00+07:00", "08h15 ngày 3/4/2015"),
        ("lúc 8 giờ 15 phút ngày 30/4/2015", "2015-04-30T08:15:00+07:00", "8 giờ 15 phút ngày 30/4/2015"),
        ("Thứ hai, 14:05 | 25/11/2024", "2024-11-25T14:05:00+07:00", "14:05 | 25/11/2024"),
        ("14:05 Thứ hai, ngày 25/11/2024", "2024-11-25T14:05:00+07:00", "14:05 Thứ hai, ngày 25/11/2024"),
        ("14:05, chủ nhật, 24/11/2024", "2024-11-24T14:05:00+07:00", "14:05, chủ nhật, 24/11/2024"),
        ("25/11/2024 lúc 14h05", "2024-11-25T14:05:00+07:00", "25/11/2024 lúc 14h05"),
        ("17:05, ngày 1 tháng 2 năm 2023", "2023-02-01T17:05:00+07:00", "17:05, ngày 1 tháng 2 năm 2023"),
        ("2021-11-17T15:32:05+07:00", "2021-11-17T15:32:05+07:00", "2021-11-17T15:32:05+07:00"),
        ("2021-11-17T20:32:05Z", "2021-11-18T03:32:05+07:00", "2021-11-17T20:32:05Z"),
        ("2021-11-17T15:32:05.123+0000", "2021-11-17T22:32:05+07:00", "2021-11-17T15:32:05.123+0000"),
        ("2021-11-17 15:32", "2021-11-17T15:32:00+07:00", "2021-11-17 15:32"),
        ("Cập nhật lúc 10h30 ngày 15/3/2020", "2020-03-15T10:30:00+07:00", "10h30 ngày 15/3/2020"),
        ("10:30' 15/03/2020", "2020-03-15T10:30:00+07:00", "10:30' 15/03/2020"),
        ("15/03/2020 | 10:30'", "2020-03-15T10:30:00+07:00", "15/03/2020 | 10:30'"),
        ("Thứ 4, 17/11/2021 15g32", "2021-11-17T15:32:00+07:00", "17/11/2021 15g32"),
        ("17/11/2021 (GMT+7) 15:32", "2021-11-17T15:32:00+07:00", "17/11/2021 (GMT+7) 15:32"),
        ("Wed, 17 Nov 2021 15:32:00 +0700", "2021-11-17T15:32:00+07:00", "17 Nov 2021 15:32:00 +0700"),
        ("Wed, 17 Nov 2021 20:32:00 GMT", "2021-11-18T03:32:00+07:00", "17 Nov 2021 20:32:00 GMT"),
        ("November 17, 2021 3:32 PM", "2021-11-17T15:32:00+07:00", "November 17, 2021 3:32 PM"),
        ("17 Tháng Mười Một, 2021 15:32", "2021-11-17T15:32:00+07:00", "17 Tháng Mười Một, 2021 15:32"),
        ("2021-11-17T15:32", "2021-11-17T15:32:00+07:00", "2021-11-17T15:32"),
    ],
)  # fmt: skip
def test_a_day_and_its_time_with_the_text_they_were_read_from(shown: str, at: str, raw: str) -> None:
    found = told(shown)
    assert (found.text(), found.raw) == (at, raw)
    assert found.at is not None
    assert found.day == found.at.date()
    assert found.at.utcoffset() == timedelta(hours=7)


@pytest.mark.parametrize(
    ("shown", "day", "raw"),
    [
        ("29/09/2012", date(2012, 9, 29), "29/09/2012"),
        ("Hà Nam, ngày 27 tháng 8 năm 2009", date(2009, 8, 27), "ngày 27 tháng 8 năm 2009"),
        ("NGÀY 05 THÁNG 08, NĂM 2009", date(2009, 8, 5), "NGÀY 05 THÁNG 08, NĂM 2009"),
        ("2021-11-17", date(2021, 11, 17), "2021-11-17"),
        ("2021-11-17T00:00:00", date(2021, 11, 17), "2021-11-17T00:00:00"),
        ("2021-11-17T00:00:00Z", date(2021, 11, 17), "2021-11-17T00:00:00Z"),
        ("2021-11-17T00:00:00+07:00", date(2021, 11, 17), "2021-11-17T00:00:00+07:00"),
        ("2021-11-16T17:00:00Z", date(2021, 11, 17), "2021-11-16T17:00:00Z"),
        ("Ngày 17, tháng 11, năm 2021", date(2021, 11, 17), "Ngày 17, tháng 11, năm 2021"),
        ("17 Tháng Mười Hai 2021", date(2021, 12, 17), "17 Tháng Mười Hai 2021"),
        ("Tháng Tư 17, 2021", date(2021, 4, 17), "Tháng Tư 17, 2021"),
        ("17 tháng năm năm 2021", date(2021, 5, 17), "17 tháng năm năm 2021"),
        ("17-Nov-2021", date(2021, 11, 17), "17-Nov-2021"),
        ("2021/1/7", date(2021, 1, 7), "2021/1/7"),
        ("17 / 11 / 2021", date(2021, 11, 17), "17 / 11 / 2021"),
        ("(HNP)-17/11/2021: tin", date(2021, 11, 17), "17/11/2021"),
        ("Sáng ngày 17/11/2021, Tỉnh ủy Hà Nam tổ chức", date(2021, 11, 17), "17/11/2021"),
        ("ngày 17/11/2021 đến 08:00 hôm sau", date(2021, 11, 17), "17/11/2021"),
        ("17/11/2021 25:70", date(2021, 11, 17), "17/11/2021"),
    ],
)
def test_a_day_alone(shown: str, day: date, raw: str) -> None:
    assert told(shown) == Moment(day, None, "day", "page", raw)


@pytest.mark.parametrize("midnight", ["12:00 AM", "12:00:00 AM", "12:00 SA", "0:00 AM", "00:00", "00:00:00"])
def test_midnight_is_a_way_of_showing_a_day(midnight: str) -> None:
    found = told(f"29/09/2012 | {midnight} | View count: 12")
    assert (found.text(), found.precision, found.raw) == ("2012-09-29", "day", f"29/09/2012 | {midnight}")


@pytest.mark.parametrize(
    ("shown", "clock"),
    [
        ("12:00:30 AM", "00:00"), ("12:30 AM", "00:30"), ("12:30 SA", "00:30"), ("12:15 PM", "12:15"), ("12:15 CH", "12:15"),
        ("12:00 PM", "12:00"), ("1:00 AM", "01:00"), ("11:59 CH", "23:59"), ("15:32 CH", "15:32"), ("00:01", "00:01"),
        ("9:05 am", "09:05"), ("3:05 chiều", "15:05"), ("8:30 sáng", "08:30"), ("7h30 tối", "19:30"),
    ],
)  # fmt: skip
def test_the_halves_of_the_day(shown: str, clock: str) -> None:
    found = told(f"29/09/2012 {shown}")
    assert found.at is not None
    assert f"{found.at:%H:%M}" == clock


def test_precision_is_what_is_told() -> None:
    assert told("29/09/2012 04:01").precision == "minute"
    assert told("29/09/2012 04:01:33").precision == "second"


@pytest.mark.parametrize(
    ("shown", "day", "ambiguous"),
    [
        ("11/17/2021", date(2021, 11, 17), False),
        ("9/28/2012 4:01 PM", date(2012, 9, 28), False),
        ("17/11/2021", date(2021, 11, 17), False),
        ("03/04/2015", date(2015, 4, 3), True),
        ("12-11-2015", date(2015, 11, 12), True),
        ("04/04/2018", date(2018, 4, 4), False),
        ("2015-03-04", date(2015, 3, 4), False),
        ("3/4/2015 4:01 PM", date(2015, 4, 3), True),
        ("Ngày đăng: 03/04/2015", date(2015, 4, 3), True),
        ("10h30 ngày 3/4/2015", date(2015, 4, 3), False),
        ("3/4/2015 4:01 CH", date(2015, 4, 3), False),
        ("Thứ sáu, 03/04/2015", date(2015, 4, 3), False),
        ("Thứ 6 | 03/04/2015 | 08:15", date(2015, 4, 3), False),
        ("T6, 03/04/2015", date(2015, 4, 3), False),
        ("08:15 Thứ sáu, ngày 03/04/2015", date(2015, 4, 3), False),
        ("Friday, 4/3/2015 8:15 AM", date(2015, 4, 3), False),
        ("Thứ hai, 03/04/2015", date(2015, 4, 3), True),
        ("Chủ nhật, 05/04/2015", date(2015, 4, 5), False),
        ("ngày 3 tháng 4 năm 2015", date(2015, 4, 3), False),
    ],
)
def test_the_day_stands_first_unless_the_numbers_allow_nothing_else(shown: str, day: date, ambiguous: bool) -> None:
    found = told(shown)
    assert (found.day, found.ambiguous) == (day, ambiguous)


@pytest.mark.parametrize(
    "text",
    [
        "", "hôm qua", "31/02/2021", "02/31/2021", "13/13/2021", "00/10/2021", "2021-02-30", "ngày 31 tháng 4 năm 2021",
        "17/11/21", "20/11/", "20/11", "tháng 11/2021", "năm 2021", "15:32", "báo cáo 6 tháng năm 2021",
        "Số 12/2012/NĐ-CP", "Quyết định số 5/12/2012/QĐ-UBND", "28/9/2021-TW",
        "0226.3852.639", "ĐT: 04.3.8241995", "84-24-38241995", "Hotline 1900-54-54", "10.10.10.2012", "phiên bản 1.2.2012.4",
        "31/12/1989", "1/1/2101", "30/4/1975", "17/11/20211", "117/11/2021",
    ],
)  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    assert find(text) is None


@pytest.mark.parametrize(
    ("shown", "raw"),
    [
        ("Ngày đăng: 31/02/2021 | Lượt xem: 12", "31/02/2021"), ("17/11/0000", "17/11/0000"), ("17/11/21 15:32", "17/11/21"),
        ("0001-01-01T00:00:00", "0001-01-01"), ("ngày 31 tháng 2 năm 2020", "ngày 31 tháng 2 năm 2020"),
        ("Lượt xem: 1.536", None), ("Hôm qua", None), ("", None),
    ],
)  # fmt: skip
def test_what_is_shaped_like_a_date_and_is_none_is_told_as_it_stands(shown: str, raw: str | None) -> None:
    assert find(shown) is None
    assert unreadable(shown) == raw


def test_midnight_elsewhere_is_a_time_of_day_here() -> None:
    assert told("2021-11-17T00:00:00-05:00").text() == "2021-11-17T12:00:00+07:00"


def test_the_first_and_the_last_year() -> None:
    assert told("1/1/1990").day == date(1990, 1, 1)
    assert told("31/12/2100").day == date(2100, 12, 31)


def test_the_source_is_kept() -> None:
    found = find("2021-11-17", "meta")
    assert found is not None
    assert found.source == "meta"


def test_a_later_date_was_taken_for_it_was_written_in_words_or_as_iso() -> None:
    assert told("17/11/2021, theo Kế hoạch ngày 5 tháng 3 năm 2020 và 2019-01-01").day == date(2021, 11, 17)


def test_a_telephone_number_like_an_iso_date_hid_the_date_after_it() -> None:
    assert told("Hotline 1900-54-54 | 04/04/2018").day == date(2018, 4, 4)


def test_the_afternoon_of_an_iso_day_was_read_as_its_morning() -> None:
    assert told("2021-11-17 03:32 PM").text() == "2021-11-17T15:32:00+07:00"


def test_a_number_of_a_document_was_taken_for_a_date() -> None:
    assert find("Chỉ thị số 28/9/2021-TW") is None


def test_a_time_zone_that_is_told_was_passed_over() -> None:
    assert told("17/11/2021 15:32 GMT+0").text() == "2021-11-17T22:32:00+07:00"


def test_a_time_with_a_word_between_it_and_the_weekday_was_lost() -> None:
    assert told("14:05 Thứ hai, ngày 25/11/2024").text() == "2024-11-25T14:05:00+07:00"


Form = Callable[[datetime], str]
HALVES: dict[str, Callable[[datetime], str]] = {
    "AM/PM": lambda when: "AM" if when.hour < 12 else "PM",
    "SA/CH": lambda when: "SA" if when.hour < 12 else "CH",
}
MINUTE_FORMS: list[Form] = [
    lambda when: f"{when:%d/%m/%Y | %H:%M}",
    lambda when: f"Cập nhật : {when:%d-%m-%Y - %H:%M}",
    lambda when: f"{when.day}/{when.month}/{when.year} {when.hour}:{when:%M} | Lượt xem: 12",
    lambda when: f"{when:%d/%m/%Y | %I:%M} {HALVES['AM/PM'](when)} | View count: 536",
    lambda when: f"{when.day}/{when.month}/{when.year} {when.hour % 12 or 12}:{when:%M} {HALVES['SA/CH'](when)}",
    lambda when: f"{when:%H}h{when:%M} ngày {when.day}/{when.month}/{when.year}",
    lambda when: f"{when:%H:%M}, ngày {when.day} tháng {when.month} năm {when.year}",
    lambda when: f"Thứ tư, {when:%d/%m/%Y | %H:%M} GMT+7",
    lambda when: f"{when:%Y-%m-%d %H:%M}",
]
SECOND_FORMS: list[Form] = [
    lambda when: f"Thứ Ba, ngày {when:%d/%m/%Y %H:%M:%S}",
    lambda when: f"{when:%Y-%m-%dT%H:%M:%S}",
    lambda when: when.isoformat(),
    lambda when: f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
]
DAY_FORMS: list[Form] = [
    lambda when: f"{when:%d/%m/%Y}",
    lambda when: f"{when:%d-%m-%Y}",
    lambda when: f"{when:%d.%m.%Y} | 12:00 AM",
    lambda when: f"ngày {when.day} tháng {when.month} năm {when.year}",
    lambda when: f"{when:%Y-%m-%d}",
]
TIMES = st.builds(
    lambda day, second: datetime(1990, 1, 2, tzinfo=VIETNAM) + timedelta(days=day, seconds=second),
    st.integers(0, 40_539),
    st.sampled_from([0, 60, 1_800, 43_200, 44_100]) | st.integers(0, 86_399),
)
"""Every second from 1990 to 2100, midnight and noon more often than the others."""


@MODEST
@given(TIMES, st.sampled_from(MINUTE_FORMS))
def test_a_minute_written_in_a_known_form_reads_back(when: datetime, form: Form) -> None:
    shown = form(when)
    found = told(shown)
    assert found.day == when.date()
    assert found.raw in shown
    if (when.hour, when.minute) == (0, 0):
        assert (found.at, found.precision) == (None, "day")
    else:
        assert (found.at, found.precision) == (when.replace(second=0), "minute")


@MODEST
@given(TIMES, st.sampled_from(SECOND_FORMS))
def test_a_second_written_in_a_known_form_reads_back(when: datetime, form: Form) -> None:
    found = told(form(when))
    if (when.hour, when.minute, when.second) in ((0, 0, 0), (7, 0, 0)) and found.at is None:
        assert (found.day, found.precision) == (when.date(), "day")
    else:
        assert (found.at, found.precision) == (when, "second")


@MODEST
@given(TIMES, st.sampled_from(DAY_FORMS))
def test_a_day_written_in_a_known_form_reads_back(when: datetime, form: Form) -> None:
    found = told(form(when))
    assert (found.day, found.at) == (when.date(), None)


PARTS = st.sampled_from(
    [
        "0", "1", "12", "31", "99", "2021", "1989", "99999", "٣", "２０", "/", "-", ".", ":", "|", "h", "T", "Z", " ",
        "AM", "SA", "GMT+99", "+07:00", "-99:99", "ngày", "tháng", "năm", "lúc",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PARTS, max_size=14).map("".join) | st.text(max_size=40))
@example("2021-11-17T10:00:00+99:00")
@example("31/12/2100 23:59 GMT-14")
@example("10:00 GMT+99 17/11/2021")
def test_no_text_stops_the_search(text: str) -> None:
    found = find(text)
    assert found is None or 1990 <= found.day.year <= 2101


@pytest.mark.parametrize(
    "piece",
    [
        "1:00",
        "-",
        "|",
        "1",
        "1/",
        "1/1/",
        "12:00 ",
        "12:00-",
        "17/11/1900 ",
        "ngày ",
        "1 tháng ",
        " . ",
        "1 tháng mười ",
        "tháng ",
        "1 Jan ",
    ],
)
def test_long_lines_are_searched_at_once(piece: str) -> None:
    line = piece * (10_000 // len(piece))
    began = time.perf_counter()
    find(line)
    find(f"{line} 17/11/2021 {line}")
    unreadable(line)
    assert time.perf_counter() - began < 0.5
