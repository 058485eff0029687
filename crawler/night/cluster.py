"""Who does a night's orders on many machines: Dask's workers, a child process of a worker for each portal.

A worker that dies takes its child with it, and Dask gives the order to another, which waits for the portal's lock and
takes the crawl up where it stood.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from archive.errors import LuutruError, NoCluster
from archive.store import Store
from crawler import cluster, config
from crawler.cluster import Ground
from crawler.night.child import Worked, worked
from crawler.night.worker import Ended, Order

PATIENCE = 180.0
"""Seconds that a portal is waited for which another process holds: NFS gives the lock of a dead host free after its lease."""

_ENDED = "ended"
_STEP = 0.5
_ALONE, _LAST = 300.0, 15.0
"""Seconds that a night waits for workers where all have gone, and where it is to end besides."""


def work(ground: Ground, order: Order, patience: float) -> Worked:
    """What a worker does: checks that it stands on the caller's ground, and does the order in a child process."""
    try:
        ground.check()
    except LuutruError as error:
        return Worked(order, Ended("failed", None, str(error)), 0.0, 0)
    scratch = Path(ground.scratch)
    (scratch / f"{order.portal}.{uuid4().hex}.begun").touch()
    ended = scratch / _ENDED
    one = worked(order, ended.exists, patience)
    begun = sum(1 for _ in scratch.glob(f"{order.portal}.*.begun"))
    return replace(one, deaths=one.deaths + max(begun - 1, 0))


class ClusterCrew:
    """Does orders on the workers of a Dask cluster, `jobs` at once at most."""

    def __init__(self, client: Any, ground: Ground, jobs: int | None = None, patience: float = PATIENCE) -> None:
        self._client = client
        self._ground = ground
        self._jobs = jobs
        self._patience = patience
        self._stopped = False

    @property
    def stopped(self) -> bool:
        """Whether it was ended before its orders were done."""
        return self._stopped

    def stop(self) -> None:
        """Ends what runs on every worker; nothing is begun after."""
        self._stopped = True
        with suppress(OSError):
            (Path(self._ground.scratch) / _ENDED).touch()  # the workers look for it

    def run(self, orders: Sequence[Order], told: Callable[[Worked], None]) -> list[Worked]:
        """Does all orders, `told` of each as it ends; their results in the order of the orders."""
        waiting, done = deque(map(_placed, orders)), {}
        running: dict[Any, tuple[Order, float]] = {}
        seen = monotonic()
        while (waiting and not self._stopped) or running:
            if there := cluster.threads(self._client):
                seen = monotonic()
            while waiting and not self._stopped and len(running) < min(there, self._jobs or there):
                order = waiting.popleft()
                future = self._client.submit(work, self._ground, order, self._patience, pure=False)
                running[future] = (order, monotonic())
            over = self._over(list(running)) if running else []
            if not there and monotonic() - seen > (_LAST if self._stopped else _ALONE):
                over = list(running)
                waiting.clear()
            for future in over:
                order, began = running.pop(future)
                done[order.portal] = one = _result(future, order, monotonic() - began)
                told(one)
            if not running and not there and waiting:
                self._pause()
        why = "the night was ended before" if self._stopped else "the cluster had no workers any more"
        rest = Ended("failed", None, f"it was not begun: {why}")
        return [done.get(order.portal) or Worked(order, rest, 0.0, 0) for order in orders]

    def _over(self, futures: list[Any]) -> list[Any]:
        """Those that are done, waited for a moment."""
        from concurrent.futures import CancelledError as Cancelled

        from distributed import CancelledError, wait

        with suppress(TimeoutError, CancelledError, Cancelled):
            wait(futures, timeout=_STEP, return_when="FIRST_COMPLETED")
        return [future for future in futures if future.done()]

    def _pause(self) -> None:
        with suppress(TimeoutError, OSError):
            self._client.wait_for_workers(1, timeout=_STEP)


@contextmanager
def hands(store: Store, address: str, jobs: int | None = None) -> Iterator[ClusterCrew]:
    """The workers of a cluster for one night on a store; its errors are those of `cluster.connected`."""
    with cluster.connected(address, jobs) as client, cluster.ground(store) as ground:
        yield ClusterCrew(client, ground, jobs)


def _placed(order: Order) -> Order:
    """The order with the configuration that is read here: a worker stands in another folder."""
    found = config.path(Path(order.configuration) if order.configuration else None)
    return replace(order, configuration=str(found.absolute()) if found else None)


def _result(future: Any, order: Order, seconds: float) -> Worked:
    """What came of an order that is over, whether it has a result or not."""
    if future.status == "finished":
        found = future.result()
        assert isinstance(found, Worked)
        return replace(found, order=order)
    if future.status == "error":
        error = future.exception()
        why = str(error) if isinstance(error, NoCluster) else cluster.trouble(error)
    else:
        why = "the cluster's scheduler or its workers were lost; the next run takes it up"
    return Worked(order, Ended("failed", None, why), seconds, 0)
