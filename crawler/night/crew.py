"""Who does a night's orders.  Here: this machine, a child process for each portal, so many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Protocol

from crawler.night.child import Worked, worked
from crawler.night.worker import Order


class Hands(Protocol):
    """Who does orders; `stop()` ends those that run as Ctrl-C does: what they have is staged."""

    @property
    def stopped(self) -> bool:
        """Whether it was ended before its orders were done."""

    def run(self, orders: Sequence[Order], told: Callable[[Worked], None]) -> list[Worked]:
        """Does all orders, `told` of each as it ends; their results in the order of the orders."""

    def stop(self) -> None:
        """Ends what runs; nothing is begun after."""


class Crew:
    """Does orders on this machine."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._stopped = False

    def run(self, orders: Sequence[Order], told: Callable[[Worked], None]) -> list[Worked]:
        """Does all orders, `told` of each as it ends; their results in the order of the orders."""
        if not orders:
            return []
        done: dict[str, Worked] = {}
        with ThreadPoolExecutor(self._jobs) as pool:
            for future in as_completed([pool.submit(worked, order, lambda: self._stopped) for order in orders]):
                one = future.result()
                done[one.order.portal] = one
                told(one)
        return [done[order.portal] for order in orders]

    @property
    def stopped(self) -> bool:
        """Whether it was ended before its orders were done."""
        return self._stopped

    def stop(self) -> None:
        """Ends every child; none is begun after."""
        self._stopped = True
