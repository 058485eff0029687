"""A host that says that it is asked too much is asked less, and then no more; one that says anything else is asked on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from time import monotonic

import pytest

from archive.store import create_store

from .hostile_crawl import Left, article, crawl, listing
from .wild import Play, Talk, Wild, page, says

TARGETS = [f"/Pages/{number}.aspx" for number in range(12)]


class Host:
    """A server that notes when each request came; `refusal` gives the head of what answers an article instead of it."""

    def __init__(self, refusal: Callable[[str, int], str | None]) -> None:
        self.refusal = refusal
        self.asked: list[tuple[float, str]] = []
        self._lock = threading.Lock()

    def served(self, robots: str = "") -> Wild:
        script = {target: self._article(target) for target in TARGETS}
        script["/robots.txt"] = self._noted("/robots.txt", says(page(robots.encode())))
        script["/tin"] = self._noted("/tin", listing(TARGETS))
        return Wild(script)

    def times(self, target: str = "") -> list[float]:
        """When requests came (seconds), to one target or in all."""
        return [moment for moment, name in self.asked if target in ("", name)]

    @property
    def gaps(self) -> list[float]:
        """Seconds between two requests."""
        return [later - earlier for earlier, later in pairwise(self.times())]

    def _article(self, target: str) -> Play:
        def play(talk: Talk) -> None:
            with self._lock:
                self.asked.append((monotonic(), target))
                head = self.refusal(target, len(self.times(target)))
            talk.say(page(article(target)) if head is None else refused(head))

        return play

    def _noted(self, target: str, then: Play) -> Play:
        def play(talk: Talk) -> None:
            self.asked.append((monotonic(), target))
            then(talk)

        return play


def refused(head: str) -> bytes:
    return f"HTTP/1.1 {head}\r\nContent-Length: 0\r\n\r\n".encode()


def crawled(folder: Path, host: Host, **more: object) -> Left:
    with host.served(str(more.pop("robots", ""))) as server:
        return crawl(folder, {"thu.example:80": server.port}, concurrency=1, **more)  # type: ignore[arg-type]


def _in_two_seconds() -> str:
    now = datetime.now(UTC)
    date, until = (
        format_datetime(moment - timedelta(days=400), usegmt=True) for moment in (now, now + timedelta(0, 2))
    )
    return f"503 Busy\r\nDate: {date}\r\nRetry-After: {until}"


@pytest.mark.parametrize(
    ("head", "least"),
    [(lambda: "429 Too Many\r\nRetry-After: 2", 2.0), (_in_two_seconds, 2.0)],
    ids=["seconds", "date by a clock that is a year behind"],
)
def test_a_host_that_says_when_to_come_back_is_left_alone_till_then(
    tmp_path: Path, head: Callable[[], str], least: float
) -> None:
    host = Host(lambda target, count: head() if target == TARGETS[3] and count == 1 else None)
    left = crawled(tmp_path, host)
    assert (left.row["colour"], left.row["articles"]) == ("green", 12)
    first, second = host.times(TARGETS[3])
    after = next(moment for moment in host.times() if moment > first)
    assert least - 0.01 <= after - first < least + 2
    assert second > max(host.times(TARGETS[11])), "the others are asked before it is asked again"


def test_a_host_that_only_refuses_was_asked_thrice_for_each_page_in_a_hot_loop(tmp_path: Path) -> None:
    """It is asked more and more seldom, then no more; what waits is for the next night, and the night is amber."""
    host = Host(lambda target, _count: "429 Too Many")
    left = crawled(tmp_path, host)
    pauses = host.gaps[2:]
    assert len(pauses) == 7, "eight refusals in a row are enough"
    for number, pause in enumerate(pauses):
        assert pause >= 0.05 * 2**number - 0.01
    assert (left.code, left.row["colour"], left.row["cut_short"]) == (0, "amber", "throttled")
    assert "thu.example throttled: 12 requests left for the next night" in left.row["reasons"]
    assert not [reason for reason in left.row["reasons"] if "mass" in reason]
    gaps = left.ask("SELECT why, count(*) AS n FROM gaps GROUP BY why ORDER BY why")
    assert [(row["why"], row["n"]) for row in gaps] == [("failed", 8), ("throttled", 4)]


def test_a_host_that_wants_a_day_of_rest_is_left_for_the_night_at_once(tmp_path: Path) -> None:
    host = Host(lambda target, _count: "503 Busy\r\nRetry-After: 86400" if target == TARGETS[2] else None)
    left = crawled(tmp_path, host)
    assert [target for _, target in host.asked] == ["/robots.txt", "/tin", *TARGETS[:3]]
    assert (left.row["colour"], left.row["cut_short"], left.row["articles"]) == ("amber", "throttled", 2)
    assert left.seconds < 60


def test_a_page_that_is_always_busy_does_not_end_the_night(tmp_path: Path) -> None:
    host = Host(lambda target, _count: "503 Busy" if target == TARGETS[0] else None)
    left = crawled(tmp_path, host)
    assert (left.row["articles"], left.row["cut_short"], left.row["failed"]) == (11, None, 1)
    assert len(host.times(TARGETS[0])) == 3


def test_403_is_an_answer_and_no_rate_limit(tmp_path: Path) -> None:
    host = Host(lambda target, _count: "403 Forbidden\r\nRetry-After: 30")
    left = crawled(tmp_path, host)
    assert sorted(target for _, target in host.asked) == sorted(["/robots.txt", "/tin", *TARGETS])
    assert max(host.gaps) < 2
    assert left.row["cut_short"] is None
    assert {row["detail"] for row in left.ask("SELECT detail FROM gaps")} == {"forbidden"}


def test_the_delay_was_half_of_what_the_file_says_now_and_then(tmp_path: Path) -> None:
    host = Host(lambda _target, _count: None)
    crawled(tmp_path, host, delay=0.2)
    assert len(host.gaps) == 13
    assert min(host.gaps) >= 0.195, host.gaps


def test_a_crawl_delay_is_heard(tmp_path: Path) -> None:
    host = Host(lambda _target, _count: None)
    left = crawled(tmp_path, host, robots="User-agent: *\nCrawl-delay: 0.2\n")
    assert min(host.gaps[1:]) >= 0.195, host.gaps
    assert left.row["colour"] == "green", "who is obeyed is nothing to tell"


def test_two_portals_on_one_host_each_had_their_own_rate(tmp_path: Path) -> None:
    """Two crawls of one store at once, one slow and one fast: the host has the slow one's rate from both."""
    host = Host(lambda _target, _count: None)
    began = threading.Barrier(2)

    def run(name: str, delay: float) -> Left:
        began.wait()
        folder = tmp_path / name
        folder.mkdir()
        return crawl(folder, {"thu.example:80": port}, delay=delay, store=tmp_path / "store", portal=name)

    with host.served() as server, ThreadPoolExecutor(2) as pool:
        port = server.port
        create_store(tmp_path / "store")
        nhanh, cham = pool.submit(run, "nhanh", 0.0), pool.submit(run, "cham", 0.2)
        assert {nhanh.result().row["articles"], cham.result().row["articles"]} == {12}
    assert len(host.asked) == 28
    first = host.times("/robots.txt")[-1]  # both are there from now on
    together = [later - earlier for earlier, later in pairwise(host.times()) if earlier >= first]
    assert len(together) >= 12
    # one gap or two may be short where the server itself was held up
    assert sum(gap < 0.19 for gap in together) <= 2, together
    assert sum(together) >= 0.19 * len(together)
