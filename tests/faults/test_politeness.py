"""A host gets no more requests at once than its portal's file says, without a delay between them too."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from .hostile_crawl import article, crawl, listing
from .wild import Play, Talk, Wild, page


class Crowd:
    """Counts the requests that wait for their answers at the same time."""

    def __init__(self) -> None:
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()

    def answers(self, name: str) -> Play:
        """A play that takes its time, so that others would overlap with it."""

        def play(talk: Talk) -> None:
            with self._lock:
                self._now += 1
                self.most = max(self.most, self._now)
            talk.wait(0.05)
            with self._lock:
                self._now -= 1
            talk.say(page(article(name)))

        return play


@pytest.mark.parametrize("concurrency", [1, 3])
def test_a_host_gets_no_more_requests_at_once_than_its_file_says(tmp_path: Path, concurrency: int) -> None:
    crowd = Crowd()
    script = {f"/Pages/{number}.aspx": crowd.answers(str(number)) for number in range(20)}
    with Wild({"/tin": listing(script), **script}) as server:
        left = crawl(tmp_path, {"thu.example:80": server.port}, concurrency=concurrency)
    assert left.row["articles"] == 20
    assert crowd.most <= concurrency
