"""When a host was and will be asked, in a file that every crawl of the store reads: two portals on one host share its rate.

A file a host under `staging/hosts/`, named by a hash of the host's name, written under its lock before each request.  It
holds moments, not owners: a process that dies leaves nothing that another would have to wait for longer than one delay.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from time import monotonic, time

from archive.errors import unwritable

_LONG_AGO = -1e9
_IDLE = 60.0
"""Seconds after its last request, and two delays more, from which a crawl's delay counts no longer."""
_AHEAD = 3600.0
"""No moment that a file of another boot tells is further off than this (seconds): clocks may have been set."""


@dataclass(slots=True)
class Reserved:
    """What a file says: moments of this boot's monotonic clock (seconds).

    `booked` is the newest moment that anyone reserved, `sent` that of the newest request, `closed` until when the host
    wants none.  `gaps` are the delays of the crawls that ask it, by process, each with when it was last told.
    """

    booked: float = _LONG_AGO
    sent: float = _LONG_AGO
    closed: float = _LONG_AGO
    gaps: dict[str, tuple[float, float]] = field(default_factory=dict)

    def widest(self, now: float) -> float:
        """The largest delay of the crawls that ask the host; those that are over, or idle, are forgotten."""
        for process, (gap, told) in list(self.gaps.items()):
            idle = now - told
            if idle > _IDLE + 2 * gap or (idle > gap and not _lives(int(process))):
                del self.gaps[process]
        return max((gap for gap, _ in self.gaps.values()), default=0.0)


class Reservations:
    """The hosts' files in `folder`, as this process uses them.  StoreFull and its kin where they cannot be written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mine: dict[str, float] = {}
        self._process = str(os.getpid())

    def take(self, host: str, gap: float) -> float:
        """Seconds until `host` may be asked, or 0.0: it is to be asked now.  A moment that lies ahead stays reserved.

        Between two requests lies the largest delay of all crawls that ask the host, of which `gap` (seconds) is ours.
        """
        now = monotonic()
        if now < self._mine.get(host, _LONG_AGO):
            return self._mine[host] - now
        with self._opened(host) as reserved:
            reserved.gaps[self._process] = (gap, now)
            widest = reserved.widest(now)
            moment = self._mine.get(host)
            if moment is None:
                moment = max(now, reserved.booked + widest)
            moment = max(moment, reserved.sent + widest, reserved.closed)
            reserved.booked = max(reserved.booked, moment)
            if moment > now:
                self._mine[host] = moment
                return moment - now
            self._mine.pop(host, None)
            reserved.sent = now
            return 0.0

    def sent(self, host: str, moment: float) -> None:
        """A request went on the wire at `moment`, which is later than it was let go: a connection had to be made first."""
        with self._opened(host) as reserved:
            reserved.sent = max(reserved.sent, min(moment, monotonic()))

    def close(self, host: str, seconds: float) -> None:
        """Nobody asks the host for so long."""
        with self._opened(host) as reserved:
            reserved.closed = max(reserved.closed, monotonic() + seconds)
        self._mine.pop(host, None)

    @contextmanager
    def _opened(self, host: str) -> Iterator[Reserved]:
        path = self._folder / sha256(host.encode()).hexdigest()[:32]
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise unwritable(error, path) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            reserved = _read(os.pread(handle, 65536, 0))
            yield reserved
            data = _written(reserved)
            os.pwrite(handle, data, 0)
            os.ftruncate(handle, len(data))
        except OSError as error:
            raise unwritable(error, path) from error
        finally:
            os.close(handle)


def _read(data: bytes) -> Reserved:
    """What a file holds, by this boot's clock; nothing where a power cut left it torn."""
    with suppress(ValueError, KeyError, TypeError):
        told = json.loads(data)
        booked, sent, closed = (float(told[name]) for name in ("booked", "sent", "closed"))
        if told["boot"] == _boot():
            gaps = {str(int(process)): (float(gap), float(at)) for process, (gap, at) in told["gaps"].items()}
            return Reserved(booked, sent, closed, gaps)
        now = monotonic()
        shift = now - float(told["monotonic"]) - max(0.0, time() - float(told["wall"]))
        booked, sent, closed = (min(moment + shift, now + _AHEAD) for moment in (booked, sent, closed))
        return Reserved(booked, sent, closed)
    return Reserved()


def _written(reserved: Reserved) -> bytes:
    told = {
        "boot": _boot(),
        "monotonic": monotonic(),
        "wall": time(),
        "booked": reserved.booked,
        "sent": reserved.sent,
        "closed": reserved.closed,
        "gaps": reserved.gaps,
    }
    return json.dumps(told).encode()


@cache
def _boot() -> str:
    """Which start of which machine this is: the monotonic clock counts from it."""
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    return os.uname().nodename


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
