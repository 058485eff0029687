"""How long a query may take and how much memory, and the watch that holds it to that."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from archive.errors import LuutruError, Misuse, QueryTooLarge, QueryTooLong

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "KI": 2**10, "MI": 2**20, "GI": 2**30, "TI": 2**40}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]I?|)B?", re.ASCII)
_LEAST = 16 * 10**6
_TICK = 0.05
_GRACE = 5.0
_STATM = Path("/proc/self/statm")
_PAGE = 4096


@dataclass(frozen=True, slots=True)
class Limits:
    """What a query may use; None is no limit.

    `seconds` is for the whole answer, reading it too.  `memory`, bytes, is what DuckDB may hold; it spills nothing to disk.
    `stop` ends the process where a query heeds no interrupt (one call of one function may run for minutes).
    """

    seconds: float | None = None
    memory: int | None = None
    stop: Callable[[LuutruError], None] | None = None


NONE = Limits()


@dataclass(slots=True)
class Watch:
    """A query that is watched: `broken` is the limit that it went over."""

    broken: LuutruError | None = None
    over: threading.Event = field(default_factory=threading.Event)


def size(text: str) -> int:
    """The bytes that `2GB`, `512MiB` or `1.5g` mean; Misuse for what is no size, or too small to begin with."""
    match = _SIZE.fullmatch(text.strip().upper())
    found = int(float(match[1]) * _UNITS[match[2]]) if match else 0
    if not _LEAST <= found < 2**60:
        raise Misuse(f"{text!r} is no size of memory", "Write --memory as 512MB or 2GB; 16MB is the least")
    return found


def told(memory: int) -> str:
    """A size as people write it: `2GB`, `512MB`."""
    return f"{memory / 10**9:g}GB" if memory >= 10**9 else f"{memory / 10**6:g}MB"


def too_large(limits: Limits) -> QueryTooLarge:
    """The error of a query that wants more memory than it may have."""
    limit = f" than the {told(limits.memory)} that it may use" if limits.memory else " than there is"
    return QueryTooLarge(f"the query wants more memory{limit}", "Ask for less at once, or give it more with --memory")


@contextmanager
def watched(sql: duckdb.DuckDBPyConnection, limits: Limits) -> Iterator[Watch]:
    """Holds what runs on the connection to its limits: interrupts it, and again until it heeds that or is stopped."""
    watch = Watch()
    if limits.seconds is None and limits.memory is None:
        yield watch
        return
    thread = threading.Thread(target=_hold, args=(sql, limits, watch), daemon=True, name="limits")
    thread.start()
    try:
        yield watch
    finally:
        watch.over.set()
        thread.join()


def _hold(sql: duckdb.DuckDBPyConnection, limits: Limits, watch: Watch) -> None:
    begun, before = time.monotonic(), _resident()
    broken_at = 0.0
    while not watch.over.wait(_TICK):
        now, more = time.monotonic(), _resident() - before
        if watch.broken is None:
            watch.broken = _over(limits, now - begun, more)
            broken_at = now
        if watch.broken is None:
            continue
        sql.interrupt()  # an interrupt that comes before the query has begun is lost, so it is said again
        far = limits.memory is not None and more > 2 * limits.memory
        if limits.stop is not None and (far or now - broken_at > _GRACE) and not watch.over.is_set():
            limits.stop(watch.broken)
            return


def _over(limits: Limits, seconds: float, more: int) -> LuutruError | None:
    if limits.seconds is not None and seconds > limits.seconds:
        cure = "Ask for less at once, or give it more time with --timeout"
        return QueryTooLong(f"the query took longer than {limits.seconds:g} s", cure)
    # DuckDB does not count what one call of a function makes, nor what Arrow holds of the files
    if limits.memory is not None and more > 1.5 * limits.memory:
        return too_large(limits)
    return None


def _resident() -> int:
    """Bytes of memory that the process holds; 0 where the system does not tell."""
    try:
        return int(_STATM.read_text("ascii").split()[1]) * _PAGE
    except OSError:
        return 0
