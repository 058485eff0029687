"""What a portal's WARCs hold already: payloads by digest, and the validators of each URL's last capture.

One SQLite file beside the WARCs it points to.  It is derived from them: it says how far into each file it has read, is
brought up to date when it is opened, and is made anew where it is lost or does not read.
"""

from __future__ import annotations

import logging
import sqlite3
from datetime import datetime
from pathlib import Path

from archive import http1
from archive.block import head
from archive.errors import BrokenHttp, BrokenWarc, LuutruError, database_error
from archive.moment import iso, parse_iso
from archive.payload import payload_of
from archive.warc.member import StoredRecord
from archive.warc.names import OPEN, finished_name, path_of, warcs_in
from archive.warc.reader import exchanges, id_at
from archive.warc.record import uri
from archive.warc.revisit import Target, Validators

logger = logging.getLogger(__name__)

NAME = "seen.sqlite"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (name TEXT PRIMARY KEY, upto INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS records (
    record_id TEXT PRIMARY KEY, digest TEXT NOT NULL, url TEXT NOT NULL, date TEXT NOT NULL,
    name TEXT NOT NULL, offset INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_digest ON records (digest);
CREATE TABLE IF NOT EXISTS addresses (
    url TEXT PRIMARY KEY, date TEXT NOT NULL, etag TEXT, last_modified TEXT, record_id TEXT NOT NULL
) WITHOUT ROWID;
"""
_BY_ID = "SELECT record_id, url, date, digest, name, offset FROM records WHERE record_id = ?"


class Seen:
    """The index of one folder of WARCs.  Not for several threads; `commit()` follows the fsync of what it points to."""

    def __init__(self, folder: Path, root: Path) -> None:
        """`root` is what the names of WARCs are relative to.  The files must be whole: repair comes first."""
        self._folder = folder
        self._root = root
        self._fresh: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._db = self._opened()
        except sqlite3.OperationalError as error:  # locked, or no room: the index itself may be as good as it was
            raise self.error(error) from error
        except sqlite3.DatabaseError as error:
            logger.warning("%s does not read (%s) and is made anew from the WARCs", folder / NAME, error)
            remove(folder)
            self._db = self._opened()

    def error(self, error: sqlite3.Error) -> LuutruError:
        """What SQLite's error means for the index."""
        cure = "Check the disk; or remove the file, which is made anew from the WARCs"
        return database_error(self._folder / NAME, error, cure)

    def find(self, digest: str, url: str) -> Target | None:
        """A record that holds this payload, the URL's own where there is one; its file is looked into before."""
        rows = self._db.execute(
            "SELECT record_id, url, date, digest, name, offset FROM records WHERE digest = ? "
            "ORDER BY url <> ?, date LIMIT 3",
            (digest, url),
        )
        return next((target for row in rows if self._stands(target := _target(row))), None)

    def validators(self, url: str) -> Validators | None:
        """What the last capture of a URL can be asked again with; None where it cannot."""
        row = self._db.execute(
            "SELECT etag, last_modified, r.record_id, r.url, r.date, r.digest, r.name, r.offset "
            "FROM addresses a JOIN records r USING (record_id) WHERE a.url = ?",
            (url,),
        ).fetchone()
        if row is None or not (row[0] or row[1]):
            return None
        target = _target(row[2:])
        return Validators(row[0], row[1], target) if self._stands(target) else None

    def target(self, record_id: str) -> Target | None:
        """The record of this id; None where the index knows none that others may stand on."""
        row = self._db.execute(_BY_ID, (record_id,)).fetchone()
        return _target(row) if row else None

    def copy_to(self, path: Path) -> None:
        """Writes the index as it is now to a new file, for `Copy` to read from anywhere."""
        try:
            self._db.execute("VACUUM INTO ?", (str(path),))
        except sqlite3.Error as error:
            raise self.error(error) from error

    def note(self, url: str, when: datetime, headers: http1.Headers, target: Target, *, own: bool) -> None:
        """Learns of a whole capture of `url` whose payload `target` holds: its own record, or one that it repeats.

        `headers` are those that the URL's next request goes by; empty where it is not to be asked conditionally.
        """
        if not self._db.in_transaction:
            self._db.execute("BEGIN IMMEDIATE")
        if own:
            self._db.execute(
                "INSERT OR IGNORE INTO records VALUES (?, ?, ?, ?, ?, ?)",
                (target.record_id, target.digest, target.url, iso(target.date), target.warc_filename, target.offset),
            )
            self._fresh.add(target.record_id)
        validators = (http1.first(headers, "etag"), http1.first(headers, "last-modified"))
        self._db.execute(
            "INSERT INTO addresses VALUES (?, ?, ?, ?, ?) ON CONFLICT (url) DO UPDATE SET date = excluded.date, "
            "etag = excluded.etag, last_modified = excluded.last_modified, record_id = excluded.record_id "
            "WHERE excluded.date >= date",
            (uri(url), iso(when), *validators, target.record_id),
        )

    def drop(self, target: Target) -> None:
        """A record that turned out not to read: nothing is to stand on it any more."""
        if not self._db.in_transaction:
            self._db.execute("BEGIN IMMEDIATE")
        self._db.execute("DELETE FROM records WHERE record_id = ?", (target.record_id,))

    def commit(self, name: str, upto: int) -> None:
        """All that was noted of the file `name` is on the disk, up to an offset."""
        if not self._db.in_transaction:
            self._db.execute("BEGIN IMMEDIATE")
        self._db.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", (name, upto))
        self._db.execute("COMMIT")

    def forget(self) -> None:
        """What was noted since the last commit is not on the disk."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def close(self) -> None:
        """Closes the index; what was not committed is forgotten."""
        self.forget()
        self._db.close()

    def refresh(self) -> None:
        """Reads what the files hold and the index does not, and forgets files that are gone.

        A file that is open is its writer's own affair.
        """
        there = {self._name(path): path for path in warcs_in(self._folder)}
        known = dict(self._db.execute("SELECT name, upto FROM files"))
        for name in known.keys() - there.keys():
            self._db.execute("DELETE FROM records WHERE name = ?", (name,))
            self._db.execute("DELETE FROM files WHERE name = ?", (name,))
        for name, path in there.items():
            size = path.stat().st_size if not path.name.endswith(OPEN) else 0
            if known.get(name, 0) < size:
                self._read(path, name, known.get(name, 0))
                self.commit(name, size)

    def _opened(self) -> sqlite3.Connection:
        self._db = sqlite3.connect(self._folder / NAME, timeout=60, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        # the newest commits may be lost at a power cut: they are read again from the files then
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)
        self.refresh()
        return self._db

    def _read(self, path: Path, name: str, start: int) -> None:
        try:
            for found in exchanges(path, name, start):
                record = found.response
                if record is None or found.method != "GET":
                    continue
                target = self.target(record.refers_to) if record.is_revisit else _own(record)
                if target is not None:
                    top = http1.parse_head(head(record.block))
                    headers = top.headers if top.status in (200, 304) else ()
                    self.note(record.url, record.date, headers, target, own=not record.is_revisit)
        except (BrokenWarc, BrokenHttp) as error:
            logger.warning("The index of what was seen leaves out the rest of %s: %s", name, error)

    def _name(self, path: Path) -> str:
        return path.with_name(finished_name(path)).relative_to(self._root).as_posix()

    def _stands(self, target: Target) -> bool:
        """Whether the record is where the index says; what this process wrote itself needs no look."""
        if target.record_id in self._fresh:
            return True
        try:
            path = path_of(self._root / target.warc_filename)
            return id_at(path, target.offset, target.warc_filename) == target.record_id
        except BrokenWarc:
            return False


class Copy:
    """A copy of an index that `Seen.copy_to` wrote: read without locks, so that many hosts may read one file at once."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)

    def target(self, record_id: str) -> Target | None:
        """The record of this id; None where the copy knows none."""
        row = self._db.execute(_BY_ID, (record_id,)).fetchone()
        return _target(row) if row else None

    def close(self) -> None:
        """Closes the file."""
        self._db.close()


def remove(folder: Path) -> None:
    """Removes the index of a folder; the next that opens it makes it anew."""
    for suffix in ("", "-wal", "-shm"):
        (folder / (NAME + suffix)).unlink(missing_ok=True)


def _own(record: StoredRecord) -> Target | None:
    """A response record as something to stand on; None where it is not whole, or not what its digest says."""
    payload = payload_of(record.block, "GET")
    if payload is None or not payload.complete or record.header("WARC-Truncated"):
        return None
    if record.header("WARC-Payload-Digest") != payload.digest:
        return None
    return Target(record.id, record.url, record.date, payload.digest, record.filename, record.offset)


def _target(row: tuple[str, str, str, str, str, int]) -> Target:
    record_id, url, date, digest, name, offset = row
    return Target(record_id, url, parse_iso(date), digest, name, offset)
