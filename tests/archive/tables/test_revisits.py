"""When known articles and files are asked for again: by their own history, never all at once, never too late."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest

from archive.tables.revisits import Revisits

FIRST = date(2026, 11, 1)
NAMES = [f"http://tinh.example/Pages/{number}.aspx" for number in range(1000)]


def nights_asked(name: str, published: date, nights: int, changes: frozenset[int] = frozenset()) -> list[int]:
    """The nights on which an article that was first read on night 0 is asked again; it changes on some, and is caught."""
    asked, changed = FIRST, published
    found = []
    for number in range(1, nights):
        night = FIRST + timedelta(days=number)
        if Revisits().article_is_due(name, night, asked, changed):
            found.append(number)
            asked = night
            if number in changes:
                changed = night
    return found


def test_an_article_younger_than_thirty_days_is_asked_every_night() -> None:
    assert nights_asked(NAMES[0], FIRST, 30) == [*range(1, 30)]


def test_an_article_that_stands_unchanged_is_asked_seldomer_and_seldomer() -> None:
    asked = nights_asked(NAMES[0], FIRST, 1000)
    waits = [after - before for before, after in pairwise(asked)]
    assert waits == sorted(waits)
    assert waits[-1] > 20


@pytest.mark.parametrize("name", NAMES[:50])
def test_no_article_waits_longer_than_the_portal_file_allows(name: str) -> None:
    asked = [0, *nights_asked(name, FIRST - timedelta(days=3000), 400)]
    assert max(after - before for before, after in pairwise(asked)) <= Revisits().article_days


def test_a_change_brings_an_old_article_back_to_every_night() -> None:
    asked = nights_asked(NAMES[0], FIRST - timedelta(days=900), 200)
    again = nights_asked(NAMES[0], FIRST - timedelta(days=900), 200, frozenset(asked[:1]))
    assert [night - asked[0] for night in again if 0 < night - asked[0] < 30] == [*range(1, 30)]


def test_what_was_first_read_together_is_asked_again_on_different_nights() -> None:
    load: Counter[int] = Counter()
    for name in NAMES:
        load.update(nights_asked(name, FIRST - timedelta(days=900), 120))
    assert 1 not in load, "all of it was asked the night before"
    assert max(load.values()) < 0.1 * len(NAMES)


def test_a_file_is_asked_within_its_days_and_not_with_all_others() -> None:
    first: Counter[int] = Counter()
    for name in NAMES:
        due = [n for n in range(1, 31) if Revisits().file_is_due(name, FIRST + timedelta(n), FIRST, FIRST, "ok")]
        first[due[0]] += 1
    assert first.total() == len(NAMES)
    assert max(first.values()) < 0.15 * len(NAMES)


def test_a_file_that_failed_is_tried_the_next_night_and_then_seldomer() -> None:
    asked = FIRST
    tried = []
    for number in range(1, 100):
        night = FIRST + timedelta(days=number)
        if Revisits().file_is_due(NAMES[0], night, FIRST, asked, "failed"):
            tried.append(number)
            asked = night
    assert tried == [1, 2, 4, 8, 16, 32, 62, 92]
