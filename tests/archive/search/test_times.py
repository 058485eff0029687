"""What a search answers for a snapshot and a time: what was known then, for ever."""

from __future__ import annotations

import random
import shutil
from datetime import timedelta
from typing import Any

import pytest

from archive.search.finding import open_search
from archive.tables.at import At
from archive.tables.views import ask


def answer(archived: Any, text: str, at: At) -> list[dict[str, Any]]:
    return [hit.row() for hit in archived.hits(text, at)]


def test_an_edited_article_is_found_by_its_old_words_under_the_old_snapshot(archived: Any) -> None:
    first = archived.add({"name": "1", "title": "Thu ngân sách"}, {"name": "2", "title": "Thu hoạch"})
    before = archived.now + timedelta(hours=1)
    assert archived.find("ngân sách") == ["1"]
    second = archived.add({"name": "1", "title": "Thu thuế"})
    assert archived.find("ngân sách") == []
    assert archived.find("thuế") == ["1"]
    assert sorted(archived.find("thu")) == ["1", "2"]
    for then in (At(first), At(as_of=before), At(first, before), At(second, before)):
        assert archived.find("ngân sách", then) == ["1"]
        assert archived.find("thuế", then) == []
        assert sorted(archived.find("thu", then)) == ["1", "2"]
    assert archived.find("thuế", At(second)) == ["1"]
    assert archived.find("thu", At(as_of=archived.now - timedelta(days=9))) == []


def test_a_snapshot_answers_the_same_for_ever(archived: Any) -> None:
    first = archived.add(*({"name": str(n), "title": f"Họp bàn {n}", "body": "vụ lúa" * (n % 3)} for n in range(30)))
    then = answer(archived, "họp lúa", At(first))
    assert len(then) > 3
    for night in range(3):
        archived.add(*({"name": f"{night} {n}", "title": "Họp", "lead": "lúa"} for n in range(50)))
        archived.add(*({"name": str(n), "title": f"Họp khác {night}"} for n in range(10)))
        assert answer(archived, "họp lúa", At(first)) == then
    shutil.rmtree(archived.store.search)
    assert answer(archived, "họp lúa", At(first)) == then


def test_a_text_that_came_back_is_known_in_both_its_times(archived: Any) -> None:
    """The same content is one document, which is what was known, then is not, then is again."""
    snapshots = [archived.add({"name": "1", "title": title}) for title in ("Xuân", "Hạ", "Xuân", "Xuân", "Đông")]
    for snapshot, word in zip(snapshots, ("xuân", "hạ", "xuân", "xuân", "đông"), strict=True):
        for other in ("xuân", "hạ", "đông"):
            assert archived.find(other, At(snapshot)) == (["1"] if other == word else [])


def test_a_capture_that_is_committed_late_is_no_newer_than_it_is(archived: Any) -> None:
    """An import brings an older capture: known later, and never what the article said last."""
    archived.now += timedelta(days=10)
    first = archived.add({"name": "1", "title": "Mới"})
    archived.now -= timedelta(days=9)
    late = archived.now + timedelta(days=2)
    second = archived.add({"name": "1", "title": "Cũ"})
    assert archived.find("mới") == ["1"]
    assert archived.find("cũ") == []
    assert archived.find("cũ", At(second, late)) == ["1"]
    assert archived.find("cũ", At(first, late)) == []


@pytest.mark.parametrize("seed", range(2))
def test_search_knows_what_the_view_knows(archived: Any, seed: int) -> None:
    """At every snapshot and time, an article is found by the title that the view articles has, and by no other."""
    chance = random.Random(seed)
    words = ("xuân", "hạ", "thu")
    snapshots = []
    times = []
    for _ in range(5):
        archived.now += timedelta(days=chance.choice([-4, -2, 1, 2, 5]))
        names = chance.sample(["p", "q", "r"], k=chance.randint(1, 3))
        snapshots.append(archived.add(*({"name": name, "title": chance.choice(words)} for name in names)))
        times.append(archived.now + timedelta(hours=1))
        archived.find("xuân")  # each snapshot is added by itself
    for snapshot in (None, *snapshots):
        for time in (None, *times):
            at = At(snapshot, time)
            rows = ask(archived.store, "SELECT article_id, title FROM articles", at=at)
            with open_search(archived.store, at) as search:
                for word in words:
                    expected = {row["article_id"] for row in rows if row["title"] == word}
                    assert {hit.article_id for hit in search.find(word)} == expected


def test_a_vanished_article_is_found_and_its_state_shown(archived: Any) -> None:
    snapshot = archived.add({"name": "1", "title": "Họp"}, {"name": "2", "title": "Họp"})
    before = archived.now + timedelta(minutes=30)
    archived.vanish("1", snapshot)
    assert {hit.article_id: hit.state for hit in archived.hits("họp")} == {"id-1": "vanished", "id-2": "online"}
    assert sorted(archived.find("họp", At(as_of=before))) == ["1", "2"]
    assert archived.find("họp", At(as_of=archived.now + timedelta(days=1))) == ["2"], "what was online then"
