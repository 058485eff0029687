"""Which run begins at which moment: clocks that are set, files that change, windows that are over."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.errors import StoreUnwritable
from archive.store import Store, create_store
from crawler.schedule import Schedule
from crawler.schedule.claim import ATTEMPTS, Claim, Refused, claim
from crawler.schedule.ledger import Ledger


def schedule(**values: object) -> Schedule:
    given = {"name": "night", "cron": "0 22 * * *", "portals": ["hanam"], **values}
    return Schedule.model_validate(given)


def at(text: str) -> datetime:
    """A time in Vietnam; without a day, on 24 November 2026."""
    day, _, clock = text.rpartition(" ")
    return datetime.fromisoformat(f"{day or '2026-11-24'}T{clock}+07:00").astimezone(UTC)


@dataclass
class Book:
    """A ledger, and what its scheduler does with the runs that it gets."""

    store: Store
    ledger: Ledger
    held: dict[str, int] = field(default_factory=dict)

    def ask(self, now: str, about: Schedule) -> str:
        """What is said at a time; a run that is claimed is held until `end` or `die`."""
        found = claim(self.ledger, about, at(now))
        if isinstance(found, Claim):
            self.held[about.name] = found.lock
            return f"{found.run.night.day}: {found.said}"
        return f"{found.run.night.day}: {found.said}" if isinstance(found, Refused) else ""

    def end(self, planned: str, now: str, state: str = "done", name: str = "night") -> None:
        with self.ledger.transaction():
            self.ledger.write(name, at(planned), state, at(now))
        self.die(name)

    def die(self, name: str = "night") -> None:
        """The holder's file descriptor is closed by the kernel."""
        os.close(self.held.pop(name))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    store = create_store(tmp_path / "store")
    ledger = Ledger(store)
    found = Book(store, ledger)
    yield found
    for handle in found.held.values():
        os.close(handle)
    ledger.close()


def test_what_was_planned_before_a_schedule_was_known_is_not_missed(book: Book) -> None:
    assert book.ask("23:00", schedule()) == ""
    assert book.ask("2026-11-25 21:59", schedule()) == ""
    assert book.ask("2026-11-25 22:00", schedule()) == "25: begins"


def test_a_cron_line_that_is_changed_makes_up_no_missed_runs(book: Book) -> None:
    assert book.ask("12:00", schedule()) == ""
    assert book.ask("12:01", schedule(cron="0 11 * * *")) == ""
    assert book.ask("2026-11-25 11:00", schedule(cron="0 11 * * *")) == "25: begins"


def test_a_clock_that_is_set_back_makes_no_run_twice(book: Book) -> None:
    book.ask("12:00", schedule())
    assert book.ask("22:00", schedule()) == "24: begins"
    book.end("22:00", "22:30")
    assert book.ask("21:00", schedule()) == ""
    assert book.ask("22:00", schedule()) == ""
    assert book.ask("2026-11-25 22:00", schedule()) == "25: begins"


def test_a_clock_that_was_years_ahead_does_not_keep_runs_back(book: Book) -> None:
    book.ask("2040-01-01 12:00", schedule())
    assert book.ask("2040-01-01 22:00", schedule()) == "1: begins"
    book.die()
    assert book.ask("12:00", schedule()) == ""
    assert book.ask("22:00", schedule()) == "24: begins"


def test_a_clock_that_leaps_ahead_catches_up_once(book: Book) -> None:
    book.ask("12:00", schedule())
    said = book.ask("2026-11-28 12:00", schedule())
    assert said == "27: caught up, 14 h late; 3 earlier ones are let go"
    book.end("2026-11-27 22:00", "2026-11-28 13:00")
    assert book.ask("2026-11-28 14:00", schedule()) == ""


def test_without_catch_up_a_missed_run_is_let_go_and_told_once(book: Book) -> None:
    plain = schedule(catch_up=False)
    book.ask("12:00", plain)
    assert book.ask("22:04", plain) == "24: begins", "a little late is not missed"
    book.end("22:00", "22:30")
    assert "missed by 1 h 10 min, and catch_up is off" in book.ask("2026-11-25 23:10", plain)
    assert book.ask("2026-11-25 23:11", plain) == ""


def test_a_nights_missed_run_is_not_made_by_day(book: Book) -> None:
    night = schedule(window="22:00-05:30")
    book.ask("12:00", night)
    assert "missed, and 22:00-05:30 is over" in book.ask("2026-11-25 09:00", night)
    assert book.ask("2026-11-25 22:00", night) == "25: begins"


def test_a_missed_run_is_caught_up_within_its_window(book: Book) -> None:
    night = schedule(window="22:00-05:30")
    book.ask("12:00", night)
    assert book.ask("2026-11-25 02:00", night) == "24: caught up, 4 h late"


def test_a_missed_week_is_caught_up_in_the_next_window(book: Book) -> None:
    weekly = schedule(cron="0 22 * * TUE", window="22:00-05:30")
    book.ask("12:00", weekly)
    assert book.ask("2026-11-25 09:00", weekly) == "", "it waits"
    assert book.ask("2026-11-25 22:00", weekly) == "24: caught up, 1 d late"


def test_a_run_that_was_stopped_goes_on_within_its_window_alone(book: Book) -> None:
    night = schedule(window="22:00-05:30")
    book.ask("12:00", night)
    assert book.ask("22:00", night) == "24: begins"
    book.end("22:00", "23:00", "stopped")
    assert book.ask("23:05", night) == "24: goes on: it was stopped"
    book.end("22:00", "23:10", "stopped")
    assert book.ask("2026-11-25 09:00", night) == "24: not ended, and 22:00-05:30 is over"
    assert book.ask("2026-11-25 22:00", night) == "25: begins"


def test_a_run_whose_holders_always_die_is_given_up(book: Book) -> None:
    book.ask("12:00", schedule())
    said = []
    for _ in range(ATTEMPTS + 1):
        said.append(book.ask("22:00", schedule()))
        if book.held:
            book.die()
    assert said[0] == "24: begins"
    assert all("taken over" in each for each in said[1:-1])
    assert "given up: it was begun 5 times" in said[-1]
    assert book.ask("22:01", schedule()) == ""


def test_an_older_run_that_never_ended_gives_way_to_the_newer(book: Book) -> None:
    book.ask("12:00", schedule())
    assert book.ask("22:00", schedule()) == "24: begins"
    book.die()
    assert "25: caught up" in book.ask("2026-11-25 23:00", schedule())
    book.end("2026-11-25 22:00", "2026-11-25 23:30")
    assert book.ask("2026-11-25 23:31", schedule()) == "", "the older one is not begun after the newer"


def test_another_scheduler_holding_the_run_is_no_overlap(book: Book) -> None:
    other = Ledger(book.store)
    book.ask("12:00", schedule())
    assert book.ask("22:00", schedule()) == "24: begins"
    assert claim(other, schedule(), at("22:00")) is None
    skipped = claim(other, schedule(), at("2026-11-25 22:00"))
    assert isinstance(skipped, Refused)
    assert skipped.said == "skipped: the run planned for 2026-11-24 22:00 +07 is still under way"
    assert book.ask("2026-11-25 22:00", schedule()) == "", "told once, by one of them"
    other.close()


def test_two_schedules_do_not_wait_for_each_other(book: Book) -> None:
    second = schedule(name="other")
    for each in (schedule(), second):
        book.ask("12:00", each)
    assert [book.ask("22:00", each) for each in (schedule(), second)] == ["24: begins"] * 2


def test_a_ledger_that_does_not_read_is_told_with_the_cure(tmp_path: Path) -> None:
    store = create_store(tmp_path / "store")
    store.planned_runs.parent.mkdir()
    store.planned_runs.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreUnwritable, match="move it away"):
        Ledger(store)
