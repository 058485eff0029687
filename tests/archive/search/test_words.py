"""What is found, in which order, and how it is shown."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from archive.errors import Misuse
from archive.search.finding import Search, open_search
from archive.search.terms import folded, parse
from archive.tables.at import At

LETTERS = {
    "a": "àáảãạăằắẳẵặâầấẩẫậ",
    "e": "èéẻẽẹêềếểễệ",
    "i": "ìíỉĩị",
    "o": "òóỏõọôồốổỗộơờớởỡợ",
    "u": "ùúủũụưừứửữự",
    "y": "ỳýỷỹỵ",
    "d": "đ",
}


def test_every_vietnamese_letter_is_folded() -> None:
    for plain, letters in LETTERS.items():
        for letter in letters:
            for form in ("NFC", "NFD"):
                for spelt in (letter, letter.upper()):
                    assert folded(unicodedata.normalize(form, spelt)) == plain, spelt


@pytest.mark.parametrize(
    "typed",
    [
        *("hội nghị", "hoi nghi", "HỘI NGHỊ", unicodedata.normalize("NFD", "HỘI NGHỊ"), '"hội nghị"', '"hoi nghi"'),
        *(
            "Đà Nẵng",
            "da nang",
            "ĐÀ NẴNG",
            "dà nẵng",
            unicodedata.normalize("NFD", "đà nẵng"),
            "“Đà Nẵng”",
            "Đà  Nẵng!",
        ),
    ],
)
def test_a_word_is_found_by_every_spelling(archived: Any, typed: str) -> None:
    archived.add({"name": "1", "title": "Hội nghị tại Đà Nẵng"}, {"name": "2", "title": "Vụ lúa xuân"})
    assert archived.find(typed) == ["1"]


def test_text_without_marks_is_found_by_a_word_with_them(archived: Any) -> None:
    archived.add({"name": "plain", "title": "Hoi nghi tai Da Nang"})
    assert archived.find("hội nghị") == archived.find("Đà Nẵng") == ["plain"]


def test_the_exact_spelling_stands_first(archived: Any) -> None:
    names = {"duong": "dương", "đường": "đường", "đương": "đương"}
    archived.add(*({"name": name, "title": f"Về {word} này"} for name, word in names.items()))
    for name, word in names.items():
        assert archived.find(word)[0] == name
        scores = {hit.article_id: hit.score for hit in archived.hits(word)}
        assert len(scores) == 3
        assert scores[f"id-{name}"] > 2 * max(score for key, score in scores.items() if key != f"id-{name}")


def test_the_exact_spelling_in_the_body_stands_before_another_in_the_title(archived: Any) -> None:
    archived.add({"name": "title", "title": "Mở đường mới"}, {"name": "body", "body": "Ông Dương phát biểu."})
    assert archived.find("dương") == ["body", "title"]
    assert archived.find("đường") == ["title", "body"]


def test_a_phrase_stands_together_and_its_spelling_counts(archived: Any) -> None:
    archived.add(
        {"name": "apart", "title": "Hội nông dân kiến nghị"},
        {"name": "folded", "title": "Hoi nghi toan quoc"},
        {"name": "exact", "body": "Sáng nay có hội nghị."},
    )
    assert archived.find('"hội nghị"') == ["exact", "folded"]
    assert archived.find("hội nghị") == ["exact", "apart", "folded"]


def test_syllables_side_by_side_stand_before_those_apart(archived: Any) -> None:
    """`da` is a word too (skin): who types no marks still finds the city first."""
    archived.add(
        {"name": "skin", "title": "Bệnh về da ở trẻ, cách nâng sức đề kháng"},
        {"name": "city", "body": "Ông đi Đà Nẵng hôm qua."},
    )
    assert archived.find("da nang") == ["city", "skin"]


def test_title_then_lead_then_captions_then_body(archived: Any) -> None:
    archived.add(
        {"name": "body", "body": "lũ lụt"},
        {"name": "captions", "captions": ["không", "lũ lụt"]},
        {"name": "lead", "lead": "lũ lụt"},
        {"name": "title", "title": "lũ lụt"},
    )
    order = ["title", "lead", "captions", "body"]
    assert archived.find("lũ") == archived.find("lu lut") == archived.find('"lũ lụt"') == order
    assert [hit.snippet.field for hit in archived.hits("lũ lụt")] == order
    for field in order:
        assert archived.find("lũ lụt", within=field) == [field]
    with pytest.raises(Misuse, match="no field"):
        archived.find("lũ", within="source")


def test_all_words_are_wanted_wherever_they_stand_and_none_that_is_not(archived: Any) -> None:
    archived.add(
        {"name": "1", "title": "Lúa xuân", "body": "Nước về đồng."},
        {"name": "2", "title": "Lúa mùa", "body": "Không có."},
    )
    assert archived.find("lúa nước") == ["1"]
    assert archived.find("lúa nước mùa") == []
    assert archived.find("lúa -nước") == archived.find('lúa -"về đồng"') == archived.find('-"nuoc ve" lúa') == ["2"]
    assert archived.find("lúa -nuoc") == ["2"]
    assert sorted(archived.find("lúa -nược")) == ["1", "2"], "a spelling with marks shuts out itself alone"
    assert archived.find("-lúa") == archived.find("") == archived.find('""') == []


def test_words_with_signs_in_them_are_phrases(archived: Any) -> None:
    archived.add({"name": "1", "body": "Ngày 19/8, Covid-19."}, {"name": "2", "body": "Ngày 8 tháng 19, 19 ca Covid"})
    assert archived.find("19/8") == archived.find("covid-19") == ["1"]


def test_captions_are_apart_from_one_another(archived: Any) -> None:
    archived.add({"name": "1", "captions": ["Ông Hội", "Nghị quyết"]})
    assert archived.find('"hội nghị"') == []
    assert archived.find("hội nghị") == ["1"]


def test_filters(archived: Any) -> None:
    path = ["Tin theo lĩnh vực", "Đoàn thanh niên"]
    archived.add(
        {"name": "1", "title": "Họp", "portal": "a", "category": path, "day": "2024-01-31"},
        {"name": "2", "title": "Họp", "portal": "b", "day": "2024-02-01", "at": "2024-01-31T17:30:00Z"},
        {"name": "3", "title": "Họp", "portal": "c"},
    )
    assert archived.find("họp", portals=("a", "c")) == ["3", "1"]
    for name in ("doan thanh nien", "ĐOÀN THANH NIÊN", "Tin theo lĩnh vực", "Tin theo lĩnh vực › Đoàn thanh niên"):
        assert archived.find("họp", category=name) == ["1"]
    assert archived.find("họp", category="Đoàn") == archived.find("họp", category="🎉") == []
    assert archived.find("họp", since=date(2024, 2, 1)) == ["2"]
    assert archived.find("họp", until=date(2024, 1, 31)) == ["1"]
    assert archived.find("họp", since=date(2024, 1, 31), until=date(2024, 2, 1)) == ["2", "1"], "the newest first"
    with pytest.raises(Misuse, match="after"):
        archived.find("họp", since=date(2024, 2, 1), until=date(2024, 1, 1))
    assert [hit.published for hit in archived.hits("họp")] == [None, "2024-02-01T00:30:00+07:00", "2024-01-31"]


def test_equal_scores_are_in_order_of_time_however_many(archived: Any) -> None:
    days = [date.fromordinal(date(2020, 1, 1).toordinal() + number * 37 % 500) for number in range(500)]
    archived.add(*({"name": str(number), "title": "Họp", "day": day.isoformat()} for number, day in enumerate(days)))
    newest = sorted(range(500), key=lambda number: days[number], reverse=True)
    assert archived.find("họp", limit=7) == [str(number) for number in newest[:7]]
    assert archived.find("họp", limit=1000) == [str(number) for number in newest]


def test_a_snippet_marks_what_was_found(archived: Any) -> None:
    filler = "Lời văn không có gì. " * 60
    archived.add({"name": "1", "body": f"{filler}\n\nSáng nay, Hội  nghị bàn về đê điều.\n\n{filler}"})
    (hit,) = archived.hits('"hoi nghi" đê')
    text = hit.snippet.text()
    assert "Sáng nay, «Hội nghị» bàn về «đê» điều." in text
    assert text.startswith("…")
    assert text.endswith("…")
    assert len(text) < 400
    assert hit.row()["snippet"] == text


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(), max_size=80)
    | st.text(st.sampled_from('hộiAND OR NOT"-+:()[]{}^~*?\\/“”🎉\0\ud800'), max_size=40)
)
@example('title:"a')
@example("a AND (b OR")
@example("[a TO b]")
@example("\udcff")
@example("-" * 500)
@example("x" * 100_000)
@example("a " * 20_000)
def test_every_text_is_a_legal_search(search: Search, text: str) -> None:
    hits = search.find(text)
    assert len(hits) <= 20
    terms = parse(text)
    assert bool(terms.wanted) or not hits


@pytest.fixture
def search(archived: Any) -> Any:
    archived.add({"name": "1", "title": "Hội nghị AND OR NOT title:a", "body": "a b TO x"})
    with open_search(archived.store, At()) as opened:
        yield opened
