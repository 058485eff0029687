"""A portal's night as a child process: begun with its order, told to stop, begun again where it died.

Child and parent share a pipe.  The order comes through it, and its other end stays open in the parent for as long as the
child is to live: whatever ends the parent closes it, and the child then ends itself.  A signal asked for at the parent's
death (PR_SET_PDEATHSIG) would come when the thread that began the child ends, which for a thread of a pool is another thing.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic, sleep

from archive.store import open_store
from crawler.night.worker import Ended, Order

_TRIES = 3
"""How often a child that dies without a word is begun in all."""

PATIENCE = 10.0
"""Seconds that a portal is waited for which another process holds: one whose parent has just died is about to end."""

_STEP = 0.2


@dataclass(frozen=True, slots=True)
class Worked:
    """What came of an order: how it ended, the seconds that it took, and how often its process died on the way."""

    order: Order
    ended: Ended
    seconds: float
    deaths: int


def worked(order: Order, stopped: Callable[[], bool], patience: float = PATIENCE) -> Worked:
    """Does an order in a child, begun again where it dies; it is told to end as Ctrl-C does once `stopped` says so.

    A portal that another process holds is waited for, `patience` seconds at most; then it ended `busy`.
    """
    began, deaths = monotonic(), 0
    ended = Ended("failed", None, "it was not begun: the night was ended before")
    while not stopped():
        _wait(order, stopped, began + patience)
        ended = run(order, stopped)
        if ended.state == "died":
            deaths += 1
            if stopped():
                ended = Ended("failed", None, "the night was ended before it had begun to fetch")
            elif deaths < _TRIES:
                continue
            else:
                ended = Ended("failed", None, f"its process died {_TRIES} times: {ended.why}")
        if ended.state != "busy" or monotonic() - began >= patience:
            break
    return Worked(order, ended, monotonic() - began, deaths)


def run(order: Order, stopped: Callable[[], bool]) -> Ended:
    """Does an order in one child; `died` where it ended without a word."""
    theirs, ours = os.pipe()
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "crawler.night.worker"],
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for the night: it tells its children itself, once
        )
        os.close(theirs)
        theirs = -1
        with suppress(BrokenPipeError):  # it is dead already, and what it said is read below
            os.write(ours, json.dumps(asdict(order)).encode() + b"\n")
        out, err = _said(process, stopped)
    finally:
        os.close(ours)
        if theirs != -1:
            os.close(theirs)
    return next(_ends(out), Ended("died", None, _last(err) or f"exit {process.returncode}"))


def _said(process: subprocess.Popen[str], stopped: Callable[[], bool]) -> tuple[str, str]:
    told = False
    while True:
        try:
            return process.communicate(timeout=_STEP)
        except subprocess.TimeoutExpired:
            if not told and stopped():
                told = True
                process.send_signal(signal.SIGINT)


def _wait(order: Order, stopped: Callable[[], bool], until: float) -> None:
    """Waits while another process holds the order's portal."""
    root = Path(order.store)
    if not root.exists():
        return  # the child says what is wrong
    store = open_store(root)
    while store.locked(order.portal) and monotonic() < until and not stopped():
        sleep(_STEP)


def _ends(out: str) -> Iterator[Ended]:
    for line in reversed(out.splitlines()):
        if line.startswith("{"):
            yield Ended(**json.loads(line))


def _last(err: str) -> str:
    lines = [line for line in err.splitlines() if line.strip()]
    return lines[-1][:500] if lines else ""
