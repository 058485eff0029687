"""Workers: a process for each portal, so many at once; one that dies is started again, and takes up where it stood."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from time import monotonic

from crawler.night.worker import Ended, Order

_TRIES = 3
"""How often a worker that dies without a word is started in all."""


@dataclass(frozen=True, slots=True)
class Worked:
    """What came of an order: how it ended, the seconds that it took, and how often its process died on the way."""

    order: Order
    ended: Ended
    seconds: float
    deaths: int


class Crew:
    """Runs orders in processes; `stop()` ends those that run as Ctrl-C does: what they have is staged."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._running: set[subprocess.Popen[str]] = set()
        self._stopped = False

    def run(self, orders: Sequence[Order], told: Callable[[Worked], None]) -> list[Worked]:
        """Does all orders, `told` of each as it ends; their results in the order of the orders."""
        if not orders:
            return []
        done: dict[str, Worked] = {}
        with ThreadPoolExecutor(self._jobs) as pool:
            for future in as_completed([pool.submit(self._work, order) for order in orders]):
                worked = future.result()
                done[worked.order.portal] = worked
                told(worked)
        return [done[order.portal] for order in orders]

    @property
    def stopped(self) -> bool:
        """Whether it was ended before its orders were done."""
        return self._stopped

    def stop(self) -> None:
        """Ends every worker; none is started after."""
        self._stopped = True
        for process in list(self._running):
            process.send_signal(signal.SIGINT)

    def _work(self, order: Order) -> Worked:
        began, ended = monotonic(), Ended("failed", None, "it was not begun: the night was ended before")
        for death in range(_TRIES):
            if self._stopped:
                return Worked(order, ended, monotonic() - began, death)
            ended = self._once(order)
            if ended.state == "died" and self._stopped:
                ended = Ended("failed", None, "the night was ended before it had begun to fetch")
            if ended.state != "died":
                return Worked(order, ended, monotonic() - began, death)
        failed = Ended("failed", None, f"its process died {_TRIES} times: {ended.why}")
        return Worked(order, failed, monotonic() - began, _TRIES)

    def _once(self, order: Order) -> Ended:
        command = [sys.executable, "-m", "crawler.night.worker"]
        process = subprocess.Popen(  # noqa: S603 - our own module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for the night: it tells its workers itself, once
        )
        self._running.add(process)
        try:
            out, err = process.communicate(json.dumps(asdict(order)) + "\n")
        finally:
            self._running.discard(process)
        return next(_ends(out), Ended("died", None, _last(err) or f"exit {process.returncode}"))


def _ends(out: str) -> Iterator[Ended]:
    for line in reversed(out.splitlines()):
        if line.startswith("{"):
            yield Ended(**json.loads(line))


def _last(err: str) -> str:
    lines = [line for line in err.splitlines() if line.strip()]
    return lines[-1][:500] if lines else ""
