"""Text as people read it, and its form for matching."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.text import clean, fold, is_file_label

MODEST = settings(max_examples=200, deadline=None)
PIECES = st.sampled_from(
    [
        "hóa", "hoá", "Đoàn", "đ", "Ð", "Ế", "e\u0302\u0301", "\u0301", " ", "\xa0", "\u200b", "\ufeff", "\n\t", "&",
        "&amp;", "amp;", "#225;", "&#225;", "&#xE1;", "&aacute;", "aacute;", "ldquo;", "nbsp;", ";", "#38;", "\u037e",
        "&notice;", "İ", "ß",
    ]
)  # fmt: skip
TEXT = st.lists(PIECES | st.text(max_size=3), max_size=10).map("".join)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Tỉnh  ủy\r\n\tHà\xa0Nam ", "Tỉnh ủy Hà Nam"),
        ("\xa0\xa0 Toàn cảnh hội nghị\xa0", "Toàn cảnh hội nghị"),
        ("\u200bSáng\u200b ngày\ufeff, \u00adTỉnh\u2060 ủy", "Sáng ngày, Tỉnh ủy"),
        ("dòng một\x0bdòng hai\u2028dòng ba", "dòng một dòng hai dòng ba"),
        ("H\u00e0 Nam, Ha\u0300 Nam", "Hà Nam, Hà Nam"),
        ("&#225;&#7879;", "áệ"),
        ("&#xE1;&#x1EC7;", "áệ"),
        ("&aacute;&Agrave;&ldquo;&nbsp;&rdquo;", "áÀ“ ”"),
        ("C&amp;#225;c b&amp;aacute;o", "Các báo"),
        ("R&amp;D &lt;b&gt;", "R&D <b>"),
        ("ldquo;Hội nghịrdquo; ndash; hellip;", "“Hội nghị” – …"),
        ("Hagrave; Nam", "Hà Nam"),
        ("?a=1&copy=2 và A & B; C", "?a=1&copy=2 và A & B; C"),
        ("C#225;c xã; aliquot; Ty#777;", "C#225;c xã; aliquot; Ty#777;"),
        ("", ""),
        ("&nbsp; \u200b", ""),
    ],
)
def test_text_is_read_as_a_person_reads_it(written: str, read: str) -> None:
    assert clean(written) == read


def test_tone_placement_stays_as_it_is_written() -> None:
    assert clean("hóa và hoá, thủy và thuỷ") == "hóa và hoá, thủy và thuỷ"


def test_an_entity_encoded_three_times_was_left_half_resolved() -> None:
    assert clean("&amp;amp;#225;") == "á"
    assert clean("&amp;amp;amp;amp;ecirc;") == "ê"


def test_a_name_that_only_begins_like_an_entity_was_cut_in_two() -> None:
    assert clean("&notice; &region;") == "&notice; &region;"


def test_a_closing_quotation_mark_without_its_ampersand_was_left_after_a_letter() -> None:
    assert clean("ldquo;Tuyệt sắcrdquo;") == "“Tuyệt sắc”"


def test_a_line_break_of_a_word_processor_joined_two_words() -> None:
    assert clean("Toàn cảnh\x0bhội nghị") == "Toàn cảnh hội nghị"


@MODEST
@given(TEXT)
def test_cleaned_text_is_clean(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert " ".join(cleaned.split()) == cleaned


@MODEST
@given(TEXT)
def test_folding_twice_is_folding_once_whatever_the_normal_form(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text)) == folded


def test_folding_takes_case_diacritics_and_d_away() -> None:
    assert fold("  Đoàn thanh niên\xa0HÀ NAM, đường hoá  học ") == "doan thanh nien ha nam, duong hoa hoc"
    assert fold("hóa thủy") == fold("hoá thuỷ") == "hoa thuy"
    assert fold("Phạm Ngọc Thảo") != fold("Phạm Ngọc Thoa")


def test_an_entity_that_folding_makes_is_folded_too() -> None:
    assert fold("&\u00e1mp;") == fold(fold("&\u00e1mp;"))


def test_an_entity_kept_its_diacritics_when_folded() -> None:
    assert fold("&amp;aacute;o") == fold("C&aacute;c")[1:2] + "o" == "ao"


def test_eth_in_the_place_of_d_with_stroke_told_two_titles_apart() -> None:
    assert fold("\u00d0oàn thanh niên") == fold("\u0110oàn thanh niên") == "doan thanh nien"


@pytest.mark.parametrize(
    "text", ["Tệp đính kèm:", "Tải về", "Xem chi tiết tại đây.", "(1,2 MB)", "Download", "- ", "", "Văn bản kèm theo:"]
)
def test_words_that_only_offer_a_file(text: str) -> None:
    assert is_file_label(text)


@pytest.mark.parametrize("text", ["Theo mới", "Dự thảo Nghị quyết", "Kế hoạch số 12", "xemtải", "tại hội nghị"])
def test_words_that_say_more(text: str) -> None:
    assert not is_file_label(text)


def test_marks_heaped_on_one_letter_held_the_reading_up_for_hours() -> None:
    assert clean("ế" + "\u0301\u0323" * 200_000 + " hội nghị").endswith(" hội nghị")
    assert clean("e\u0302\u0323" * 40) == "ệ" * 40
    assert clean("-" * 100) == "-" * 100


@pytest.mark.parametrize(
    "line",
    [
        "&amp;" * 2_500,
        "&" + "amp;" * 2_500,
        "&#x" * 3_500,
        "tải" * 3_500,
        "; " * 5_000,
        "&a" * 5_000,
        "a" + "\u0301\u0323" * 20_000,
        "&nbsp;" * 20_000,
    ],
)
def test_long_lines_are_read_at_once(line: str) -> None:
    began = time.perf_counter()
    clean(line)
    fold(line)
    is_file_label(line)
    assert time.perf_counter() - began < 0.5
