"""A portal's night in a process of its own: `python -m crawler.night.worker`, with its order as JSON on stdin.

It crawls, leaves what it found in staging, and prints how it ended as one line of JSON.  It lives as long as the other end
of its stdin is held open: a crawl without its night is taken up by the next.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from threading import Thread

from archive.errors import LuutruError
from archive.moment import parse_iso
from archive.store import open_store
from crawler import config, portals


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


def live_with(pipe: int) -> None:
    """Ends this process at once when `pipe` closes: whoever takes the crawl up finds it unlocked, and cut off, not over."""

    def watch() -> None:
        while os.read(pipe, 1024):
            pass
        os._exit(143)

    Thread(target=watch, daemon=True, name="lifeline").start()


def _line(pipe: int) -> bytes:
    """The first line that comes through a pipe, read no further than it goes; less where the pipe closes before."""
    line = b""
    while not line.endswith(b"\n") and (byte := os.read(pipe, 1)):
        line += byte
    return line


def main() -> None:
    """The process: order in, end out."""
    line = _line(0)
    if not line.endswith(b"\n"):
        sys.exit(143)  # who began this is dead
    live_with(0)
    told = json.loads(line)
    order = Order(**{**told, "portal_folders": tuple(told["portal_folders"])})
    ended = work(order)
    sys.stdout.write(json.dumps(asdict(ended), ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
