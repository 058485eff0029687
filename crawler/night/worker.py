"""A portal's night in a process of its own: `python -m crawler.night.worker`, with its order as JSON on stdin.

It crawls, leaves what it found in staging, and prints how it ended as one line of JSON.  It dies with the process that
started it, at once, as of kill -9: the crawl is taken up where it stood by the next.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from archive.errors import LuutruError
from archive.moment import parse_iso
from archive.store import open_store
from crawler import config, portals

_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of prctl(2)."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker is to do; `deadline` is RFC 3339 or None, paths are text."""

    store: str
    portal: str
    night: str
    portal_folders: tuple[str, ...] = ()
    configuration: str | None = None
    deadline: str | None = None
    budget: int | None = None
    bytes: int | None = None
    sweep: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """How a worker ended: `staged`, `committed` (it had been, by a process that died then), `busy`, or `failed` and why."""

    state: str
    crawl: str | None = None
    why: str = ""


def work(order: Order) -> Ended:
    """Does what the order says."""
    from archive.errors import StoreBusy
    from crawler.fetch.run import stage
    from crawler.fetch.session import AlreadyDone

    try:
        portal = portals.find(order.portal, [Path(folder) for folder in order.portal_folders])
        walk: dict[str, object] = {"budget": order.budget} if order.budget is not None else {}
        if order.sweep:
            walk["sweep_days"] = 1
        if walk:
            portal = portal.model_copy(update={"walk": portal.walk.model_copy(update=walk)})
        settings = config.read(Path(order.configuration) if order.configuration else None)
        deadline = parse_iso(order.deadline) if order.deadline else None
        crawl = stage(
            open_store(Path(order.store)), portal, settings, date.fromisoformat(order.night), deadline, order.bytes
        )
        return Ended("staged", crawl)
    except AlreadyDone as done:
        return Ended("committed", str(done))
    except StoreBusy as error:
        return Ended("busy", None, str(error))
    except LuutruError as error:
        return Ended("failed", None, str(error))


def die_with_parent() -> None:
    """Asks the kernel for SIGKILL when the parent dies; without Linux there is none, and the crawl goes on to its end.

    SIGTERM would end the crawl as interrupted, to be committed as such, where it may as well go on.
    """
    parent = os.getppid()
    try:
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    except (OSError, AttributeError):
        return
    if os.getppid() != parent or parent == 1:
        sys.exit(143)


def main() -> None:
    """The process: order in, end out."""
    die_with_parent()
    told = json.loads(sys.stdin.readline())
    order = Order(**{**told, "portal_folders": tuple(told["portal_folders"])})
    ended = work(order)
    sys.stdout.write(json.dumps(asdict(ended), ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
