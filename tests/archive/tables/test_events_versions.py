"""Events and versions say the same of an article: an edit is a version, whatever read the two sides of it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from archive.store import Store, create_store
from archive.tables.at import At
from archive.tables.views import ask

from .nights import NAMES, Nights, Page, Shown, article, name_of, pages

CHALLENGE: Page = (200, "<html><script>document.cookie='D1N=1';location.reload()</script></html>")
MOVED: Page = (301, "/Pages/moi.aspx")


@pytest.fixture
def told(tmp_path: Path) -> Nights:
    return Nights(create_store(tmp_path / "store"))


def test_a_version_that_is_put_back_makes_no_version_of_an_article(told: Nights) -> None:
    """A portal file is changed and put back: what both read alike is not held against the night before last."""
    former, edited = _read_alike("2", "Lúa xuân."), _read_alike("2", "Lúa mùa.")
    told.night(pages(a2=former))
    told.night(pages(a2=edited), version="v2", reread=told.reader("v2"))
    night = told.night(pages(a2=edited), version="v1", reread=told.reader("v1"))
    assert told.events(night) == []
    assert len(ask(told.store, "FROM events WHERE event = 'edited'")) == 1
    assert len(ask(told.store, "FROM versions WHERE url LIKE '%/2.aspx'")) == 2


def test_an_article_that_moved_and_stands_at_its_old_address_again_has_returned(told: Nights) -> None:
    told.night(pages())
    told.night(pages(a6=MOVED) | {"moi": article("6")})
    assert told.state("6") == "moved"
    night = told.night(pages() | {"moi": article("6")})
    assert told.events(night) == [("returned", "6", "confirmed")]
    assert told.state("6") == "online"
    again = told.night(pages(a6=MOVED) | {"moi": article("6")})
    assert told.events(again) == [("moved", "6", "confirmed")]
    assert told.state("6") == "moved"


def test_an_article_of_two_categories_is_not_delisted_while_one_shows_it_or_was_not_walked(told: Nights) -> None:
    others = NAMES[:5]
    told.night(pages(), listed=[Shown(NAMES), Shown(["6"], category="Sự kiện")])
    assert told.events(told.night(pages(), listed=[Shown(others), Shown(["6"], category="Sự kiện")])) == []
    assert told.events(told.night(pages(), listed=[Shown(others)])) == []
    both = [Shown(others), Shown(["1"], category="Sự kiện")]
    assert told.events(told.night(pages(), listed=both)) == [("delisted", "6", "suspected")]


def test_a_challenge_on_a_fifth_of_the_pages_tells_no_vanishing(told: Nights) -> None:
    told.night(pages())
    assert told.events(told.night(pages(a3=(404, ""), a4=CHALLENGE, a5=CHALLENGE))) == []
    assert told.events(told.night(pages(a3=(404, "")))) == [("vanished", "3", "suspected")]


def test_an_attachment_swapped_under_its_address_is_an_edit_of_attachments(told: Nights) -> None:
    answers = pages(a2=article("2", more="<p><a class='tep' href='/tep.pdf'>Nghị quyết</a></p>"))
    told.night(answers, files={"/tep.pdf": (200, "one")})
    night = told.night(answers, files={"/tep.pdf": (200, "other")})
    assert [(row["event"], row["fields_changed"]) for row in told.told(night)] == [("edited", ["attachments"])]
    assert len(ask(told.store, "FROM versions WHERE url LIKE '%/2.aspx'")) == 2


@dataclass(frozen=True)
class Night:
    """What a night brings: of each article its text (None: it is not there), of its image the bytes (None: they fail);
    the version that reads it, and whether that can read former bytes."""

    texts: tuple[str | None, ...]
    images: tuple[str | None, ...]
    version: str
    reads_former: bool


TEXTS = st.sampled_from(["Lúa xuân.", "Lúa mùa.", None])
BYTES = st.sampled_from(["one", "other", None])
NIGHTS = st.lists(
    st.builds(
        Night,
        st.tuples(TEXTS, TEXTS),
        st.tuples(BYTES, BYTES),
        st.sampled_from(["v1", "v2"]),
        st.sampled_from([True] * 5 + [False]),
    ),
    min_size=3,
    max_size=5,
)
HOW = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow],
    "phases": (Phase.explicit, Phase.reuse, Phase.generate),  # a smaller example would take minutes to find
}
NUMBERS = count()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("versions")


@settings(max_examples=3, **HOW)
@given(NIGHTS)
@example(
    [
        Night(("Lúa xuân.", "Lúa xuân."), ("one", "one"), "v1", True),
        Night(("Lúa mùa.", None), ("one", "other"), "v2", True),
        Night(("Lúa mùa.", "Lúa xuân."), (None, "other"), "v1", True),
        Night(("Lúa xuân.", "Lúa xuân."), ("other", "other"), "v1", True),
    ]
)
def test_events_and_versions_agree(folder: Path, nights: list[Night]) -> None:
    _agree(folder, nights)


@pytest.mark.soak
@settings(max_examples=60, **HOW)
@given(NIGHTS)
def test_events_and_versions_agree_whatever_the_nights(folder: Path, nights: list[Night]) -> None:
    _agree(folder, nights)


def _agree(folder: Path, nights: list[Night]) -> None:
    store = create_store(folder / f"store-{next(NUMBERS)}")
    told, unread = Nights(store), False
    for night in nights:  # three more articles never change
        answers = {name: article(name) for name in ("7", "8", "9")}
        images: dict[str, Page] = {}
        for name, text, made in zip(("1", "2"), night.texts, night.images, strict=True):
            more = f"<p><img src='/anh{name}.jpg'></p>"
            page = article(name, text or "", more) if name == "1" else _read_alike(name, text or "", more)
            answers[name] = (404, "") if text is None else page
            images[f"/anh{name}.jpg"] = (500, "") if made is None else (200, made)
        reread = told.reader(night.version) if night.reads_former else lambda _known: None
        done = told.night(answers, images=images, version=night.version, reread=reread)
        unread |= any("not compared" in reason for reason in done.row["reasons"])
    for row in ask(store, "SELECT snapshot_id FROM snapshots"):
        where = At(row["snapshot_id"])
        versions = _count(store, "versions", "true", where)
        edits = _count(store, "events", "event = 'edited'", where)
        assert edits.keys() <= versions.keys()
        for name, number in versions.items():
            assert number >= edits.get(name, 0) + 1, "no edit is told that is no version"
            if not unread:  # an edit that could not be told may be seen by a version that reads both sides later
                assert number == edits.get(name, 0) + 1


def _read_alike(name: str, words: str, more: str = "") -> Page:
    """An article that both versions read alike: it has no last paragraph that v2 leaves out."""
    status, text = article(name, words, more)
    return status, text.replace("class='ket'", "")


def _count(store: Store, view: str, which: str, where: At) -> dict[str, int]:
    rows = ask(store, f"SELECT url, count(*) AS n FROM {view} WHERE {which} GROUP BY url", at=where)
    return {name_of(row["url"]): row["n"] for row in rows}
