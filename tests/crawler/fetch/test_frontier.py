"""The frontier: what is queued, in flight and done, and what outlives the process."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from archive.tables.stage import Row, read_rows, staged_records
from crawler.fetch.frontier import Counts, Frontier, Outcome, Visit


def visit(name: str, kind: str = "article", hops: int = 0) -> Visit:
    return Visit(kind, f"http://x.example/{name}", f"{kind} {name}", hops=hops)


def row(record: str) -> Row:
    return Row("captures", record, "http://x.example/", record, {"record_id": record})


def names(frontier: Frontier) -> list[str]:
    """Everything that the frontier gives, in order."""
    out = []
    while (found := frontier.next()) is not None:
        out.append(found.key)
    return out


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "frontier.sqlite"


def test_a_key_is_asked_once(path: Path) -> None:
    frontier = Frontier(path)
    assert frontier.add([visit("a"), visit("a"), visit("b")]) == 2
    assert frontier.add([visit("a")]) == 0
    assert names(frontier) == ["article a", "article b"]


def test_robots_go_before_listings_before_articles_before_images(path: Path) -> None:
    frontier = Frontier(path)
    frontier.add(
        [visit("i", "image"), visit("a"), visit("l", "listing"), visit("r", "robots"), visit("l2", "listing", 1)]
    )
    assert names(frontier) == ["robots r", "listing l", "listing l2", "article a", "image i"]


def test_a_visit_comes_back_with_all_that_it_was_queued_with(path: Path) -> None:
    asked = Visit(
        "listing",
        "http://x.example/?p=Đà Nẵng",
        "k",
        method="POST",
        body="__VIEWSTATE=%2F1&x=ă",
        headers={"Referer": "http://x.example/"},
        via="http://x.example/",
        hops=3,
        context={"category": ["Tin", "Đoàn"], "page": 2},
    )
    Frontier(path).add([asked])
    found = Frontier(path).next()
    assert found is not None
    same = ("kind", "url", "key", "method", "body", "headers", "via", "hops", "context", "attempts")
    assert [getattr(found, name) for name in same] == [getattr(asked, name) for name in same]


def test_what_was_in_flight_when_the_process_died_is_queued_again(path: Path) -> None:
    frontier = Frontier(path)
    frontier.add([visit("a"), visit("b"), visit("c")])
    first, second = frontier.next(), frontier.next()
    assert first is not None
    assert second is not None
    frontier.commit([Outcome(first, "article", [row("r1")], [visit("d")])])
    assert frontier.counts == Counts(queued=2, in_flight=1, done=1)
    again = Frontier(path)  # the first was never closed
    assert again.counts == Counts(queued=3, in_flight=0, done=1)
    assert names(again) == ["article b", "article c", "article d"]
    assert staged_records(again.connection) == {"r1"}


def test_done_rows_and_links_come_together_or_not_at_all(path: Path) -> None:
    frontier = Frontier(path)
    frontier.add([visit("a")])
    found = frontier.next()
    assert found is not None
    broken = Row("captures", "r", "n", "p", {"no json": object()})
    with pytest.raises(TypeError):
        frontier.commit([Outcome(found, "article", [row("r1")], [visit("b")]), Outcome(found, "article", [broken])])
    again = Frontier(path)
    assert names(again) == ["article a"]
    assert list(read_rows(again.connection, "captures")) == []


def test_asked_again_counts_attempts(path: Path) -> None:
    frontier = Frontier(path)
    frontier.add([visit("a")])
    for attempt in range(3):
        found = frontier.next()
        assert found is not None
        assert found.attempts == attempt
        frontier.commit([Outcome(found, "failed", again=True)])
    assert frontier.counts == Counts(queued=1, in_flight=0, done=0)


def test_more_visits_than_the_window_come_once_each_in_order(path: Path) -> None:
    frontier = Frontier(path)
    frontier.add(visit(f"{n:04d}") for n in range(1000))
    got = []
    while (found := frontier.next()) is not None:
        got.append(found.key)
        if len(got) % 7 == 0:
            frontier.commit([Outcome(found, "article")])
    assert got == [f"article {n:04d}" for n in range(1000)]


def test_put_back_is_next_again(path: Path) -> None:
    frontier = Frontier(path)
    frontier.add([visit("a"), visit("b")])
    found = frontier.next()
    assert found is not None
    frontier.put_back([found])
    assert frontier.counts.in_flight == 0
    assert names(frontier) == ["article a", "article b"]


def test_facts_of_the_crawl_are_noted(path: Path) -> None:
    frontier = Frontier(path)
    frontier.note(crawl="x-1", night="2026-11-24")
    frontier.add([visit("r", "robots")])
    found = frontier.next()
    assert found is not None
    frontier.commit([Outcome(found, "ok", notes={"robots http://x.example": "User-agent: *\n"})])
    again = Frontier(path)
    assert again.noted("crawl") == "x-1"
    assert again.noted("nothing") is None
    assert again.notes("robots ") == {"http://x.example": "User-agent: *\n"}
    assert again.outcome("robots r") == "ok"
    assert again.count_outcomes("ok", "failed") == 1


def test_a_file_that_is_no_database_is_told(path: Path) -> None:
    path.write_text("this is no database, it is a letter to the archive" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        Frontier(path)
