"""The ledger of planned runs: which were claimed, by whom, and how they ended.  It outlives the scheduler, killed or not.

A run is claimed in a transaction that also takes the schedule's lock (flock).  The lock is held by the scheduler and, since
it is handed down, by the command that it started: it is free only when both have ended.  So a run that is written down as
under way while the lock is free is one whose holders are dead, and within a transaction nobody sees anything in between.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from archive.errors import database_error, unwritable
from archive.moment import iso, parse_iso
from archive.store import Store

UNDER_WAY = ("claimed", "started", "stopped")
"""States of a run that may have to be taken up again; all others are final."""

_TABLES = """
CREATE TABLE IF NOT EXISTS schedules (name TEXT PRIMARY KEY, pattern TEXT NOT NULL, since TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS runs (
    schedule TEXT NOT NULL, planned TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, pid INTEGER,
    at TEXT NOT NULL, code INTEGER, why TEXT, PRIMARY KEY (schedule, planned)
);
"""
_CURE = "It says only which planned runs were made: move it away, and the next start begins a new one"
_DELAY = 30.0
_KEPT = timedelta(days=400)


class Ledger:
    """The ledger of a store.  Every method that reads or writes runs is called within `transaction()`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._path = store.planned_runs
        with self._told():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._sql = sqlite3.connect(self._path, timeout=_DELAY, isolation_level=None)
            self._sql.execute("PRAGMA synchronous = FULL")
            self._sql.executescript(_TABLES)

    def close(self) -> None:
        """Closes the file."""
        self._sql.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Holds all other schedulers of the store off; what is written is on disk when it ends."""
        with self._told():
            self._sql.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._sql.execute("COMMIT")
            except BaseException:
                if self._sql.in_transaction:
                    self._sql.execute("ROLLBACK")
                raise

    def since(self, schedule: str, pattern: str, now: datetime) -> datetime:
        """From when on the schedule's runs count: since it was first seen with this cron line and zone."""
        row = self._sql.execute("SELECT pattern, since FROM schedules WHERE name = ?", (schedule,)).fetchone()
        if row is not None and row[0] == pattern and parse_iso(row[1]) <= now:
            return parse_iso(row[1])
        self._sql.execute("INSERT OR REPLACE INTO schedules VALUES (?, ?, ?)", (schedule, pattern, iso(now)))
        return now

    def state(self, schedule: str, planned: datetime) -> tuple[str, int] | None:
        """The state of a run and how often it was attempted; None where nothing is known of it."""
        found = self._sql.execute(
            "SELECT state, attempts FROM runs WHERE schedule = ? AND planned = ?", (schedule, iso(planned))
        ).fetchone()
        return (str(found[0]), int(found[1])) if found else None

    def unended(self, schedule: str, now: datetime) -> list[datetime]:
        """When the runs were planned that are written down as under way, newest first; none that lies ahead of `now`."""
        marks = ", ".join("?" * len(UNDER_WAY))
        rows = self._sql.execute(
            f"SELECT planned FROM runs WHERE schedule = ? AND planned <= ? AND state IN ({marks}) ORDER BY planned DESC",  # noqa: S608 - marks alone
            (schedule, iso(now), *UNDER_WAY),
        )
        return [parse_iso(planned) for (planned,) in rows]

    def newest(self, schedule: str, before: datetime) -> datetime | None:
        """When the newest run was planned that is known and was planned before a moment."""
        (found,) = self._sql.execute(
            "SELECT max(planned) FROM runs WHERE schedule = ? AND planned < ?", (schedule, iso(before))
        ).fetchone()
        return parse_iso(found) if found else None

    def write(
        self,
        schedule: str,
        planned: datetime,
        state: str,
        now: datetime,
        *,
        attempts: int = 0,
        pid: int | None = None,
        code: int | None = None,
        why: str = "",
    ) -> None:
        """Writes down a run's state."""
        self._sql.execute(
            "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (schedule, iso(planned), state, attempts, pid, iso(now), code, why),
        )
        self._sql.execute("DELETE FROM runs WHERE planned < ?", (iso(now - _KEPT),))

    def take_lock(self, schedule: str) -> int | None:
        """The schedule's lock, as a file descriptor to be closed; None where a run of it is under way."""
        path = self._store.schedule_lock(schedule)
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise unwritable(error, path) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return handle

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise database_error(Path(self._path), error, _CURE) from error
        except OSError as error:
            raise unwritable(error, self._path) from error
