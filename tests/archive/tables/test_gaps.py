"""An entry of a listing is captured, or the archive can say why it is not: no entry goes without either."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from archive.store import Store, create_store
from archive.tables.completeness import lacking
from archive.tables.gaps import Fates
from archive.tables.rows import Json
from archive.tables.views import ask

from .nights import Nights, Page, Shown, article, name_of

CHALLENGE = "<html><script>document.cookie='D1N=1';location.reload()</script></html>"
SOFT_404 = "<html><title>Không tìm thấy trang</title><h1>Không tìm thấy trang</h1></html>"


@dataclass(frozen=True)
class Fate:
    """What becomes of an entry: the answer to it (None: not asked), what the crawl says of its visit, and the gap."""

    answer: Page | None = None
    outcome: str | None = "not said"
    why: str = ""
    detail: str | None = None
    cut_short: str | None = None


FATES = {
    "captured": Fate(article("captured")),
    "missing": Fate((404, ""), "missing", "failed", "missing"),
    "gone": Fate((410, ""), "gone", "failed", "gone"),
    "forbidden": Fate((403, ""), "forbidden", "failed", "forbidden"),
    "throttled": Fate((429, ""), "throttled", "failed", "throttled"),
    "error": Fate((500, ""), "error", "failed", "error"),
    "no-answer": Fate((0, "timeout"), "failed", "failed", "timeout"),
    "challenged": Fate((200, CHALLENGE), "challenge", "failed", "challenge"),
    "not-there": Fate((200, SOFT_404), "soft-404", "failed", "soft-404"),
    "redirected-nowhere": Fate((302, "/Pages/not-asked.aspx"), "redirect", "failed", "redirect"),
    "disallowed": Fate(None, "refused by robots.txt", "robots"),
    "over-budget": Fate(None, "over budget", "budget"),
    "left": Fate(None, "host throttled", "throttled"),
    "trapped": Fate(None, "trap", "unreached", "trap"),
    "no-host": Fate(None, "failed", "failed", "failed"),
    "never-asked": Fate(None, "not said", "unreached"),
    "out-of-window": Fate(None, None, "window", "window", "window"),
    "out-of-pages": Fate(None, None, "budget", "page budget", "page budget"),
    "interrupted": Fate(None, None, "unreached", "interrupted", "interrupted"),
}


@pytest.fixture
def told(tmp_path: Path) -> Nights:
    return Nights(create_store(tmp_path / "store"))


@pytest.mark.parametrize("cut_short", [None, "window", "page budget", "interrupted"])
def test_every_fate_has_its_reason(told: Nights, cut_short: str | None) -> None:
    fates = {name: fate for name, fate in FATES.items() if fate.cut_short in (None, cut_short)}
    night = _night(told, list(fates), cut_short=cut_short)
    gaps = {name_of(row["url"]): (row["why"], row["detail"]) for row in ask(told.store, "FROM gaps")}
    assert gaps == {name: (fate.why, fate.detail) for name, fate in fates.items() if fate.why}
    reasons = Counter(fate.why for fate in fates.values() if fate.why)
    (row,) = ask(told.store, "FROM completeness")
    assert row["entries"] == len(fates)
    assert row["captured"] == 1
    reasons["unreached"] += reasons["throttled"]
    assert _reasons(row) == {why: reasons[why] for why in ("failed", "robots", "window", "budget", "unreached")}
    assert row["completeness"] == pytest.approx(1 / len(fates))
    (crawl,) = ask(told.store, "FROM crawls")
    assert (crawl["listing_entries"], crawl["missing"]) == (len(fates), len(fates) - 1)
    assert crawl["snapshot_id"] == night.id
    assert all(row["evidence"] and row["open"] for row in ask(told.store, "FROM gaps"))


def test_an_entry_on_a_foreign_host_is_none_of_the_portals(told: Nights) -> None:
    answers = {"1": article("1")}
    told.night(answers, listed=[Shown(["1", "http://khac.example/Pages/2.aspx"])])
    assert ask(told.store, "FROM gaps") == []
    (row,) = ask(told.store, "FROM completeness")
    assert (row["entries"], row["captured"]) == (1, 1)


def test_an_entry_that_leads_on_to_an_article_is_captured(told: Nights) -> None:
    told.night({"old": (301, "/Pages/1.aspx"), "1": article("1")}, listed=[Shown(["old"])])
    assert ask(told.store, "FROM gaps") == []
    (row,) = ask(told.store, "FROM completeness")
    assert (row["entries"], row["captured"]) == (1, 1)


def test_an_entry_of_two_categories_lacks_in_both_and_is_one_article(told: Nights) -> None:
    answers: dict[str, Page] = {"1": article("1"), "2": (404, "")}
    told.night(answers, listed=[Shown(["1", "2"]), Shown(["2", "2"], category="Sự kiện"), Shown(["2"], page=2)])
    gaps = ask(told.store, "SELECT category, url FROM gaps ORDER BY category")
    assert [row["category"] for row in gaps] == [["Sự kiện"], ["Tin"]]
    rows = ask(told.store, "FROM completeness ORDER BY category")
    assert [(row["category"], row["entries"], row["captured"], row["failed"]) for row in rows] == [
        (["Sự kiện"], 1, 0, 1),
        (["Tin"], 2, 1, 1),
    ]
    (crawl,) = ask(told.store, "FROM crawls")
    assert (crawl["listing_entries"], crawl["missing"]) == (2, 1)
    assert len(lacking(told.store)) == 1


def test_a_gap_that_a_later_night_fills_is_open_no_longer(told: Nights) -> None:
    shown = [Shown(["1", "2", "3"])]
    first = told.night({"1": article("1"), "2": (500, ""), "3": (500, "")}, listed=shown)
    assert _open(told.store) == ["2", "3"]
    second = told.night({"1": article("1"), "2": article("2"), "3": (500, "")}, listed=shown)
    assert _open(told.store) == ["3"]
    rows = ask(told.store, "SELECT url, open FROM gaps WHERE snapshot_id = ? ORDER BY url", first.id)
    assert [row["open"] for row in rows] == [False, True]
    rows = ask(told.store, "SELECT entries, captured FROM completeness WHERE snapshot_id = ?", second.id)
    assert [(row["entries"], row["captured"]) for row in rows] == [(3, 2)]


def test_a_gap_that_a_later_night_fills_from_where_it_leads_is_open_no_longer(told: Nights) -> None:
    shown = [Shown(["1", "old"])]
    told.night({"1": article("1"), "old": (500, "")}, listed=shown)
    told.night({"1": article("1"), "old": (301, "/Pages/way.aspx"), "way": (301, "/Pages/new.aspx")}, listed=shown)
    assert set(_open(told.store)) == {"old"}, "nothing was read at its end"
    told.night(
        {"1": article("1"), "old": (301, "/Pages/way.aspx"), "way": (301, "/Pages/new.aspx"), "new": article("new")},
        listed=shown,
    )
    assert _open(told.store) == []


def test_a_known_article_that_is_not_asked_for_long_is_overdue(told: Nights) -> None:
    fates = Fates(overdue_days=10)
    told.night({"1": article("1"), "2": article("2"), "3": article("3")}, fates=fates)
    told.now -= timedelta(days=0)
    seen = told.now
    night = told.night({"1": article("1")}, after=timedelta(days=1), fates=fates)
    overdue = _overdue_by_now(told, ["2", "3"])
    assert {name_of(row["url"]) for row in ask(told.store, "FROM gaps WHERE why = 'overdue'")} == overdue
    assert night.row["overdue"] == len(overdue)
    assert night.row["missing"] == 0, "an overdue article is no entry of tonight's listings"
    (row,) = ask(told.store, "FROM completeness WHERE snapshot_id = ?", night.id)
    assert (row["entries"], row["captured"]) == (1, 1)
    (gap,) = ask(told.store, "FROM gaps WHERE why = 'overdue' AND url LIKE '%/2.aspx'")
    assert gap["last_confirmed_at"] < seen
    assert gap["open"]
    told.night({"1": article("1"), "2": article("2"), "3": (404, "")})
    assert _open(told.store) == ["3"], "what was asked and found is overdue no longer"


def test_a_night_that_reads_no_listing_says_that_it_lacks_none(told: Nights) -> None:
    night = told.night({"1": article("1")}, listed=[])
    assert ask(told.store, "FROM gaps") == []
    assert ask(told.store, "FROM completeness") == []
    assert night.row["completeness"] is None
    assert night.row["colour"] == "red"


ENTRIES = st.lists(
    st.tuples(st.sampled_from(sorted(FATES)), st.integers(0, 3)).map(lambda entry: f"{entry[0]}.{entry[1]}")
    | st.sampled_from(["http://khac.example/Pages/foreign.aspx", "leads-on"]),
    min_size=1,
    max_size=12,
)
NUMBERS = count()
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # a smaller example would take minutes to find


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gaps")


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=PHASES)
@given(st.lists(ENTRIES, min_size=1, max_size=4), st.sampled_from([None, "window", "page budget", "interrupted"]))
@example([["captured.0", "captured.0", "missing.1"], ["missing.1", "leads-on", "captured.0"]], None)
def test_entries_are_captured_or_have_a_reason(folder: Path, listed: list[list[str]], cut_short: str | None) -> None:
    _adds_up(folder, listed, cut_short)


@pytest.mark.soak
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=PHASES)
@given(st.lists(ENTRIES, min_size=1, max_size=6), st.sampled_from([None, "window", "page budget", "interrupted"]))
def test_entries_are_captured_or_have_a_reason_however_listed(
    folder: Path, listed: list[list[str]], cut_short: str | None
) -> None:
    _adds_up(folder, listed, cut_short)


def _adds_up(folder: Path, listed: list[list[str]], cut_short: str | None) -> None:
    store = create_store(folder / f"store-{next(NUMBERS)}")
    told = Nights(store)
    pages = [
        Shown(entries, page=number // 2 + 1, category=("Tin", "Sự kiện")[number % 2])
        for number, entries in enumerate(listed)
    ]
    night = _night(told, [entry for entries in listed for entry in entries], cut_short=cut_short, listed=pages)
    gaps = ask(store, "SELECT category, why, article_id FROM gaps")
    assert len({(tuple(gap["category"]), gap["article_id"]) for gap in gaps}) == len(gaps)
    rows = ask(store, "FROM completeness")
    for row in rows:
        told_of = Counter(gap["why"] for gap in gaps if gap["category"] == row["category"])
        told_of["unreached"] += told_of["throttled"]
        assert _reasons(row) == {why: told_of[why] for why in _reasons(row)}
        assert row["entries"] == row["captured"] + sum(_reasons(row).values())
        shown = {e for page in pages if [page.category] == row["category"] for e in page.entries if "khac" not in e}
        captured = {_end(entry) for entry in shown if _fate(entry).why == ""}
        assert row["captured"] == len(captured)
        assert row["entries"] == len(set(map(_end, shown)))
    assert {tuple(gap["category"]) for gap in gaps} <= {tuple(row["category"]) for row in rows}
    assert night.row["missing"] == len({gap["article_id"] for gap in gaps})


def _night(told: Nights, entries: list[str], *, listed: list[Shown] | None = None, **how: Any) -> Any:
    """A night whose listing shows entries named by their fates (`missing`, or `missing.2` for one of several)."""
    fates = {entry: _fate(entry) for entry in dict.fromkeys(entries) if "khac" not in entry}
    answers = {entry: fate.answer for entry, fate in fates.items() if fate.answer is not None}
    if "leads-on" in answers:
        answers["1"] = article("1")
    outcomes = {
        told.address(entry): fate.outcome
        for entry, fate in fates.items()
        if fate.outcome != "not said" and not (fate.outcome is None and how.get("cut_short") is None)
    }
    shown = listed if listed is not None else [Shown(entries)]
    return told.night(answers, listed=shown, fates=Fates(outcomes, how.get("cut_short")), **how)


def _fate(entry: str) -> Fate:
    return Fate((301, "/Pages/1.aspx")) if entry == "leads-on" else FATES[entry.partition(".")[0]]


def _end(entry: str) -> str:
    """What stands at the end of an entry's redirects: entries that end at one page are one article."""
    return {"leads-on": "1", "redirected-nowhere": "not-asked"}.get(entry.partition(".")[0], entry)


def _reasons(row: Json) -> dict[str, object]:
    names = {"failed": "failed", "robots": "robots", "window": "out_of_window", "budget": "over_budget"}
    return {why: row[column] for why, column in (names | {"unreached": "unreached"}).items()}


def _open(store: Store) -> list[str]:
    return sorted(name_of(str(row["url"])) for row in lacking(store))


def _overdue_by_now(told: Nights, names: list[str]) -> set[str]:
    """Those that were last seen more than ten days before the clock of this machine, which a commit goes by."""
    rows = ask(told.store, "SELECT url FROM articles WHERE now() - last_confirmed_at > INTERVAL 10 DAY")
    return {name_of(row["url"]) for row in rows} & set(names)
