"""The benchmark's scores on texts and addresses whose scores are plain."""

from __future__ import annotations

import pytest

from benchmarks import scores


def test_text_that_is_the_wanted_one_scores_one_and_no_text_nothing() -> None:
    whole = scores.score([scores.overlap("một hai ba bốn năm", "một hai ba bốn năm")])
    assert (whole.precision, whole.recall, whole.f1) == (1, 1, 1)
    assert scores.score([scores.overlap("một hai ba bốn", "")]).f1 == 0


def test_half_of_the_text_has_full_precision_and_the_share_of_its_shingles() -> None:
    half = scores.score([scores.overlap("a b c d e f g h", "a b c d e")])
    assert (half.precision, half.recall) == (1, 2 / 5)


def test_each_page_weighs_the_same() -> None:
    long = scores.overlap("w " * 1000, "w " * 1000)
    assert scores.score([long, scores.overlap("a b c d", "e f g h")]).precision == 0.5


def test_words_count_as_often_as_they_stand() -> None:
    assert scores.alike("a a b", "a b b") == pytest.approx(2 / 3)
    assert scores.alike("", "") == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/i/hoi-nghi-300x200.jpg", "https://a.example/i/hoi-nghi.jpg?w=900"),
        ("https://a.example/4f3c2b1a9d_w948_r1.77.webp", "https://a.example/4f3c2b1a9d_w520_r1.jpg"),
        ("https://a.example/resize/300/https%3A%2F%2Fb.example%2Fanh-lon.png", "https://b.example/anh-lon.png"),
        ("https://a.example/?url=https%3A%2F%2Fb.example%2Fanh-lon.png", "https://b.example/anh-lon.png"),
        ("https://a.example/sz.1.5360197/400x300?v=1", "https://a.example/sz.1.5360197/860x860"),
    ],
)
def test_sizes_of_an_image_have_one_name(one: str, other: str) -> None:
    assert scores.name_of(one) == scores.name_of(other)


def test_images_of_short_names_are_told_apart_by_their_folders() -> None:
    assert scores.name_of("https://a.example/alpha/02.jpeg") != scores.name_of("https://a.example/beta/02.jpeg")


def test_an_image_counts_once_by_any_of_its_versions() -> None:
    found = scores.images([([frozenset({"x", "y"}), frozenset({"z"})], ["y", "y", "w"])])
    assert (found.precision, found.recall) == (0.5, 0.5)
