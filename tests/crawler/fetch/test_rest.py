"""What a crawl leaves for the next: written as a whole, taken up as far as it reads, gone when it is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.store import Store, create_store
from crawler import portals
from crawler.fetch import rest
from crawler.fetch.frontier import Frontier, Outcome, Visit
from crawler.fetch.pace import LEFT

PORTAL = portals.find("hanam-demo")
HOST = f"http://{PORTAL.hosts[0]}"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = create_store(tmp_path / "store")
    (store.root / "staging").mkdir()
    return store


def article(name: str, **context: object) -> Visit:
    return Visit("article", f"{HOST}/Pages/{name}.aspx", f"article {name}", context=context)


def names(store: Store) -> list[str]:
    return [visit.key for visit in rest.left(store, PORTAL)]


def end(frontier: Frontier, visit: Visit, verdict: str) -> None:
    (held,) = [each for each in iter(frontier.next, None) if each.key == visit.key]
    frontier.commit([Outcome(held, verdict)])


def test_what_waits_or_was_not_made_is_left_and_what_was_answered_is_not(store: Store, tmp_path: Path) -> None:
    frontier = Frontier(tmp_path / "one.sqlite")
    page = Visit("listing", f"{HOST}/tin?p=4", "listing tin 4", hops=3, context={"category": ["Tin"], "page": 4})
    frontier.add([article("a"), article("b"), article("c", again=True), page, Visit("robots", HOST, "robots x")])
    for name, verdict in (("article", "article"), ("throttled", LEFT), ("budget", "over budget"), ("gone", "gone")):
        frontier.add([article(name)])
        end(frontier, article(name), verdict)
    rest.leave(store, PORTAL.name, frontier)
    assert names(store) == ["listing tin 4", "article a", "article b", "article throttled", "article budget"]
    (first, *_) = rest.left(store, PORTAL)
    assert (first.context["page"], first.url, first.hops) == (4, f"{HOST}/tin?p=4", 3)


def test_it_is_asked_for_before_the_rest_of_the_next_night(store: Store, tmp_path: Path) -> None:
    former = Frontier(tmp_path / "one.sqlite")
    former.add([article("waited"), Visit("image", f"{HOST}/a.png", "file a")])
    rest.leave(store, PORTAL.name, former)
    frontier = Frontier(tmp_path / "two.sqlite")
    near = Visit("listing", f"{HOST}/tin", "listing tin", context={"category": ["Tin"], "page": 1})
    frontier.add([article("new"), near, *rest.left(store, PORTAL)])
    assert [v.key for v in iter(frontier.next, None)] == ["listing tin", "article waited", "file a", "article new"]


def test_a_crawl_that_came_to_its_end_leaves_nothing(store: Store, tmp_path: Path) -> None:
    frontier = Frontier(tmp_path / "one.sqlite")
    frontier.add([article("a")])
    rest.leave(store, PORTAL.name, frontier)
    end(frontier, article("a"), "article")
    rest.leave(store, PORTAL.name, frontier)
    assert names(store) == []
    assert list((store.root / "staging").iterdir()) == []


def test_a_line_that_does_not_read_is_passed_over(store: Store, tmp_path: Path) -> None:
    frontier = Frontier(tmp_path / "one.sqlite")
    frontier.add([article("a"), Visit("article", "http://khac.example/b.aspx", "article b")])
    rest.leave(store, PORTAL.name, frontier)
    (file,) = (store.root / "staging").iterdir()
    file.write_bytes(b'{"no": 1}\n[1]\n["k", "[]"]\n\xff\xfe\n' + file.read_bytes() + b'["article c", "[')
    assert names(store) == ["article a"], "and what is another's host is not asked for"
