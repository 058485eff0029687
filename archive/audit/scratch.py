"""What an audit has to hold of a store while it looks at it: in SQLite, in a temporary folder, for a store is larger than
memory.  Nothing is ever written into the store."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from archive.moment import parse_iso
from archive.warc.revisit import Target

RECORDS = """
CREATE TABLE IF NOT EXISTS records (
    id BLOB, file TEXT, offset INTEGER, length INTEGER, type TEXT, head INTEGER, again INTEGER,
    url TEXT, date TEXT, status INTEGER, payload TEXT, truncated TEXT, refers BLOB, refers_url TEXT, refers_date TEXT
);
CREATE TABLE IF NOT EXISTS lines (file TEXT, line TEXT);
"""
ROWS = """
CREATE TABLE IF NOT EXISTS hashes (tab TEXT, snapshot TEXT, portal TEXT, hash BLOB);
CREATE TABLE IF NOT EXISTS captures (
    id BLOB, snapshot TEXT, file TEXT, offset INTEGER, length INTEGER, url TEXT, date TEXT, status INTEGER, payload TEXT,
    truncated TEXT, revisit BLOB
);
CREATE TABLE IF NOT EXISTS crawls (
    crawl TEXT, portal TEXT, snapshot TEXT, action TEXT, version TEXT, manifest TEXT, night TEXT, started TEXT, finished TEXT,
    committed TEXT, articles INTEGER, requests INTEGER
);
"""
CHAIN = """
CREATE TABLE IF NOT EXISTS manifests (
    number INTEGER PRIMARY KEY, kind TEXT, crawl TEXT, portal TEXT, snapshot TEXT, version TEXT, hash TEXT, made_at TEXT
);
CREATE TABLE IF NOT EXISTS named (manifest INTEGER, name TEXT, length INTEGER, records INTEGER, root TEXT);
CREATE TABLE IF NOT EXISTS told (manifest INTEGER, tab TEXT, rows INTEGER, digest TEXT);
CREATE TABLE IF NOT EXISTS files (name TEXT PRIMARY KEY, crawl TEXT, length INTEGER, records INTEGER, root TEXT, size INTEGER);
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS by_id ON records (id);
CREATE INDEX IF NOT EXISTS of_record ON captures (id);
CREATE INDEX IF NOT EXISTS of_rows ON hashes (snapshot, portal, tab, hash);
CREATE INDEX IF NOT EXISTS by_name ON named (name);
CREATE INDEX IF NOT EXISTS by_crawl ON manifests (crawl);
"""
_TOGETHER = 2000
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def opened(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """The scratch at `path`, made where it is not there."""
    if read_only:
        return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = OFF")
    db.execute("PRAGMA synchronous = OFF")
    db.executescript(RECORDS + ROWS + CHAIN)
    return db


def merge(db: sqlite3.Connection, other: Path) -> None:
    """Takes all that another scratch holds, and removes it."""
    db.execute("ATTACH ? AS other", (str(other),))
    for table in ("records", "hashes", "captures", "crawls"):
        db.execute(f"INSERT INTO {table} SELECT * FROM other.{table}")  # noqa: S608 - our own names
    db.execute("DETACH other")
    other.unlink()


def indexed(db: sqlite3.Connection) -> None:
    """Makes the indexes, when everything is in."""
    db.executescript(_INDEXES)


def key(record_id: str) -> bytes:
    """A record id as it is held: sixteen bytes where it is a UUID, else its text."""
    if _UUID.fullmatch(record_id):
        return bytes.fromhex(record_id[9:].replace("-", ""))
    return record_id.encode("utf-8", "surrogatepass")


def record_id(held: bytes) -> str:
    """The id that a key is of."""
    return f"urn:uuid:{UUID(bytes=held)}" if len(held) == 16 else held.decode("utf-8", "surrogatepass")


class Batch:
    """Rows for one table, written some thousands at a time."""

    def __init__(self, db: sqlite3.Connection, table: str, columns: int) -> None:
        self._db = db
        self._text = f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})"  # noqa: S608 - our own names
        self._rows: list[Sequence[object]] = []

    def add(self, *row: object) -> None:
        """Adds a row."""
        self._rows.append(row)
        if len(self._rows) >= _TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Writes what waits."""
        if self._rows:
            self._db.execute("BEGIN")
            self._db.executemany(self._text, self._rows)
            self._db.execute("COMMIT")
            self._rows = []


class Targets:
    """What revisits stand on, out of the records that were found in the files themselves."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def target(self, record: str) -> Target | None:
        """The response of this id; None where no file has one."""
        row = self._db.execute(
            "SELECT url, date, payload, file, offset FROM records WHERE id = ? AND type = 'response' AND payload IS NOT NULL",
            (key(record),),
        ).fetchone()
        if row is None:
            return None
        url, date, payload, file, offset = row
        return Target(record, url or "", _time(date), payload, file, offset)


def _time(text: str | None) -> datetime:
    return parse_iso(text or "1970-01-01T00:00:00Z")


def fill(batch: Batch, rows: Iterable[Sequence[object]]) -> None:
    """Adds rows and writes them."""
    for row in rows:
        batch.add(*row)
    batch.flush()
