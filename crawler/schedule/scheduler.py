"""The embedded scheduler, for machines without systemd timers, cron and Kubernetes: `luutru schedule run`.

It claims each planned run in the store's ledger and starts a command for it.  The command inherits the schedule's lock, so
that a scheduler that is killed leaves no run that another would begin beside it.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from archive.errors import LuutruError
from archive.moment import iso
from archive.store import Store
from crawler.schedule.claim import Claim, claim
from crawler.schedule.ledger import Ledger
from crawler.schedule.planned import Planned, starting
from crawler.schedule.schedule import Schedule

Command = Callable[[Schedule, Planned], Sequence[str]]
"""What is started for a planned run: program and arguments."""

PLANNED = "LUUTRU_PLANNED"
"""The environment variable that tells the command for which moment its run was planned (RFC 3339, UTC)."""

LONGEST_WAIT = 30.0
"""Seconds after which the clock is looked at again: it may be set, and a machine may sleep."""

SLACK = timedelta(minutes=15)
"""A command ends by itself at its limit and at the end of the window; so much later it is told to, and then made to."""

_STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(slots=True)
class _Run:
    """A run under way, and how often it was told to end."""

    claim: Claim
    process: subprocess.Popen[bytes]
    ends: datetime | None
    told: int = 0


@dataclass(slots=True)
class Scheduler:
    """A scheduler over one store.  `schedules` is asked again and again: files may be changed while it runs."""

    store: Store
    schedules: Callable[[], Sequence[Schedule]]
    command: Command
    say: Callable[[str], None]
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    longest_wait: float = LONGEST_WAIT
    _running: dict[str, _Run] = field(default_factory=dict)
    _stopping: bool = False
    _complained: str = ""

    def run(self) -> None:
        """Starts what is due until SIGTERM, SIGINT or SIGHUP; the runs under way are then told to end, and waited for."""
        ledger = Ledger(self.store)
        try:
            with _woken() as woken:
                while True:
                    with self._complaint():
                        self._reap(ledger)
                    if self._stopping and all(run.process.poll() is not None for run in self._running.values()):
                        return  # what could not be written down is taken over by the next start
                    if not self._stopping:
                        with self._complaint():
                            self._begin_due(ledger)
                    if any(number in _STOPPING for number in woken(self._wait())):
                        self._stop()
        finally:
            ledger.close()

    @contextmanager
    def _complaint(self) -> Iterator[None]:
        """A ledger that cannot be written, on a full disk, is told of once; the runs are asked for again and again."""
        try:
            yield
        except LuutruError as error:
            if str(error) != self._complained:
                self.say(f"luutru: {error}")
            self._complained = str(error)

    def _begin_due(self, ledger: Ledger) -> None:
        for schedule in self.schedules():
            now = self.now()
            found = claim(ledger, schedule, now)
            if found is not None:
                self.say(f"{schedule.name}, planned for {_local(schedule, found.run)}: {found.said}")
            if isinstance(found, Claim):
                self._begin(ledger, schedule, found, now)

    def _begin(self, ledger: Ledger, schedule: Schedule, found: Claim, now: datetime) -> None:
        words = list(self.command(schedule, found.run))
        try:
            process = subprocess.Popen(  # noqa: S603 - the command is ours, its arguments are checked names
                words,
                pass_fds=(found.lock,),
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C comes to the scheduler alone, and it tells the command once
                env={**os.environ, PLANNED: iso(found.run.at)},
            )
        except OSError as error:
            self.say(f"{schedule.name}: {words[0]} cannot be started: {error.strerror}. Check the installation")
            try:
                with ledger.transaction():
                    ledger.write(schedule.name, found.run.at, "failed", now, attempts=found.attempt, why=str(error))
            finally:
                os.close(found.lock)
            return
        bounds = [now + timedelta(seconds=schedule.limits.time)] if schedule.limits.time else []
        bounds += [found.run.closes] if found.run.closes and found.run.closes > now else []
        self._running[schedule.name] = _Run(found, process, min(bounds, default=None))
        with ledger.transaction():
            ledger.write(schedule.name, found.run.at, "started", now, attempts=found.attempt, pid=process.pid)

    def _reap(self, ledger: Ledger) -> None:
        for name, run in list(self._running.items()):
            code = run.process.poll()
            now = self.now()
            if code is None:
                self._hold_to_its_end(name, run, now)
                continue
            stopped = self._stopping and code != 0
            with ledger.transaction():
                ledger.write(
                    name,
                    run.claim.run.at,
                    "stopped" if stopped else "done",
                    now,
                    attempts=0 if stopped else run.claim.attempt,
                    code=code,
                )
            os.close(run.claim.lock)
            del self._running[name]
            how = f"ended with exit code {code}" if code >= 0 else f"was ended by signal {-code}"
            self.say(f"{name}: {how}" + ("; the next start goes on with it" if stopped else ""))

    def _hold_to_its_end(self, name: str, run: _Run, now: datetime) -> None:
        if run.ends is None or now < run.ends + SLACK * (run.told + 1):
            return
        self.say(f"{name}: should have ended, and is {'told to' if not run.told else 'made to'}")
        run.process.send_signal(signal.SIGKILL if run.told else signal.SIGTERM)
        run.told += 1

    def _stop(self) -> None:
        self._stopping = True
        for name, run in self._running.items():
            self.say(f"{name}: told to end; what it has is kept")
            run.process.terminate()

    def _wait(self) -> float:
        """Seconds until something is to be done."""
        now = self.now()
        starts = [next(starting(each, now), None) for each in (() if self._stopping else self.schedules())]
        soon = min((run.start for run in starts if run is not None), default=None)
        return self.longest_wait if soon is None else min(self.longest_wait, max(0.0, (soon - now).total_seconds()))


def _local(schedule: Schedule, run: Planned) -> str:
    return f"{run.at.astimezone(schedule.tz):%Y-%m-%d %H:%M %Z}"


@contextmanager
def _woken() -> Iterator[Callable[[float], bytes]]:
    """A way to wait for a time or a signal, whichever comes first; it gives the numbers of the signals that came.

    A signal that comes between two waits ends the next one at once: Python writes its number into a pipe.
    """
    reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    handled = (*_STOPPING, signal.SIGCHLD)
    before = {number: signal.signal(number, lambda *_: None) for number in handled}
    waker = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)

    def wait(seconds: float) -> bytes:
        ready, _, _ = select.select([reading], [], [], seconds)
        return os.read(reading, 512) if ready else b""

    try:
        yield wait
    finally:
        signal.set_wakeup_fd(waker)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)
