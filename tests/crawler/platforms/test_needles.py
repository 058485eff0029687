"""Many words looked for at once: the same are found as one by one."""

from __future__ import annotations

import pytest

from crawler.platforms import PLATFORMS
from crawler.platforms.needles import needles

WORDS = tuple(dict.fromkeys(word for each in PLATFORMS.values() for mark in each.marks for word in mark.needles))


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_found_and_no_part_of_one(word: bytes) -> None:
    every = needles(WORDS)
    assert word in every.found(word)
    assert word in every.found(b"<p class='_-/." + word + b"'>")
    for part in (word[1:], word[:-1]):
        assert every.found(part) == {other for other in WORDS if other in part}


def test_words_that_run_into_each_other_are_all_found() -> None:
    assert needles((b"/a/", b"/b/", b"_c", b"x_c")).found(b"/a/b/x_c") == {b"/a/", b"/b/", b"_c", b"x_c"}


def test_nothing_is_found_in_nothing() -> None:
    assert needles(WORDS).found(b"") == frozenset()
    assert needles(()).found(b"abc") == frozenset()
