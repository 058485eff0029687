"""`luutru schedule next` and `list`: when, why, and which portals."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

from crawler.schedule import find, night_of, upcoming
from crawler.schedule.planned import due, starting

from .luutru import ROOT, luutru, written

NIGHTLY = find("nightly", ROOT / "schedules")


def test_the_next_nights_with_reasons_and_portals() -> None:
    done = luutru("schedule", "next", "nightly", "--count", "2", "--from", "2026-12-31T12:00:00+07:00", "--json")
    first, second = json.loads(done.stdout)
    assert (first["night"], second["night"]) == ("2026-12-31", "2027-01-01")
    assert first["planned"] == "2026-12-31 22:00:00 +0700"
    assert first["planned_utc"].startswith("2026-12-31T15:00:00")
    assert "2026-12-31T15:00:00Z" <= first["start_utc"] <= "2026-12-31T15:20:00Z"
    assert first["closes"] == "2027-01-01 05:30:00 +0700"
    assert "Asia/Ho_Chi_Minh" in first["why"]
    assert "of 20m" in first["why"]
    assert {"hanam", "namdinh", "ninhbinh"} <= set(first["portals"])


def test_what_is_printed_for_a_person() -> None:
    done = luutru("schedule", "next", "--from", "2026-11-24T12:00:00+07:00")
    assert done.returncode == 0, done.stderr
    starts = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert [line.split("  ")[1] for line in starts] == ["hourly-government", "nightly", "weekly-sweep"]
    assert starts == sorted(starts)
    assert "vpcp" in done.stdout


def test_a_time_that_is_none_is_refused() -> None:
    done = luutru("schedule", "next", "--from", "tonight")
    assert done.returncode == 2
    assert "Write it as" in done.stderr


def test_the_list_tells_zone_window_and_portals() -> None:
    done = luutru("schedule", "list", "--json")
    found = {row["name"]: row for row in json.loads(done.stdout)}
    assert found["nightly"]["window"] == "22:00-05:30"
    assert found["weekly-sweep"]["sweep"] is True
    assert found["hourly-government"]["catch_up"] is False
    assert found["hourly-government"]["portals"] == ["vpcp"]
    plain = luutru("schedule", "list").stdout
    assert [line.split()[0] for line in plain.splitlines()] == sorted(found)


def test_over_a_change_of_the_clock_in_a_zone_that_has_one(tmp_path: Path) -> None:
    written(tmp_path, "berlin", 'cron = "30 2 * * *"\nzone = "Europe/Berlin"\nportals = ["hanam"]\n')
    words = ("schedule", "next", "--schedules", tmp_path, "--count", "3", "--json", "--from")
    spring = json.loads(luutru(*words, "2026-03-28T00:00:00+01:00").stdout)
    assert [row["planned"] for row in spring] == [
        "2026-03-28 02:30:00 +0100",
        "2026-03-29 03:00:00 +0200",
        "2026-03-30 02:30:00 +0200",
    ]
    autumn = json.loads(luutru(*words, "2026-10-24T12:00:00+02:00").stdout)
    assert [row["planned"] for row in autumn] == [
        "2026-10-25 02:30:00 +0200",
        "2026-10-26 02:30:00 +0100",
        "2026-10-27 02:30:00 +0100",
    ]
    assert [row["night"] for row in autumn] == ["2026-10-25", "2026-10-26", "2026-10-27"]


def test_jitter_is_the_same_for_all_who_ask_and_spreads_the_starts() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    runs = list(islice(upcoming(NIGHTLY, start), 200))
    assert runs == list(islice(upcoming(find("nightly", ROOT / "schedules"), start), 200))
    late = [(run.start - run.at).total_seconds() for run in runs]
    assert all(0 <= each <= 20 * 60 for each in late)
    assert len(set(late)) > 100
    assert min(late) < 60
    assert max(late) > 19 * 60
    other = NIGHTLY.model_copy(update={"name": "other"})
    assert [run.start for run in islice(upcoming(other, start), 20)] != [run.start for run in runs[:20]]


def test_a_run_that_its_jitter_puts_off_is_not_due_before_and_still_to_come() -> None:
    run = next(run for run in upcoming(NIGHTLY, datetime(2026, 1, 1, tzinfo=UTC)) if run.start > run.at)
    before = run.start - timedelta(seconds=1)
    earlier = due(NIGHTLY, before)
    assert earlier is not None
    assert earlier.night == run.night - timedelta(days=1)
    assert due(NIGHTLY, run.start) == run
    assert next(starting(NIGHTLY, before)) == run


def test_a_night_is_the_local_date_of_its_planned_start() -> None:
    def night(text: str) -> date:
        return night_of(NIGHTLY, datetime.fromisoformat(text))

    assert night("2026-11-24T22:00:00+07:00") == date(2026, 11, 24)
    assert night("2026-11-25T03:00:00+07:00") == date(2026, 11, 24), "after midnight it is still the night before"
    assert night("2026-11-24T21:58:30+07:00") == date(2026, 11, 24), "a clock that is slow makes no other night of it"
    assert night("2026-11-24T21:00:00+07:00") == date(2026, 11, 23)
