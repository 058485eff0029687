"""Staged rows: a crawl's rows in SQLite, written with the frontier's own transaction, read in order at the commit."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_SCHEMA = """
CREATE TABLE IF NOT EXISTS rows (
    id INTEGER PRIMARY KEY,
    tab TEXT NOT NULL,
    record_id TEXT NOT NULL,
    name TEXT NOT NULL,
    place TEXT NOT NULL,
    data TEXT NOT NULL,
    UNIQUE (tab, record_id)
);
CREATE INDEX IF NOT EXISTS by_name ON rows (tab, name, place, id);
CREATE INDEX IF NOT EXISTS by_place ON rows (tab, place, id);
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One staged row: its table, the record it stands for, the name it is looked up by and its place in the order."""

    table: str
    record_id: str
    name: str
    place: str
    data: Mapping[str, object]


def capture(data: Mapping[str, object]) -> Row:
    """A row of captures, looked up by URL, in order of time."""
    return Row("captures", str(data["record_id"]), str(data["url"]), str(data["fetch_time"]), data)


def article(data: Mapping[str, object]) -> Row:
    """A row of articles, looked up by article, in order of publishing."""
    day = data["published_at"] or data["published_date"] or ""
    return Row("articles", str(data["record_id"]), str(data["article_id"]), f"{day} {data['article_id']}", data)


def listing(data: Mapping[str, object]) -> Row:
    """A row of listings, looked up by URL, in order of time."""
    return Row("listings", str(data["record_id"]), str(data["url"]), str(data["fetch_time"]), data)


def create_stage(db: sqlite3.Connection) -> None:
    """Makes the stage's tables in a database, where they are not there yet."""
    db.executescript(_SCHEMA)


def add_rows(db: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Stages rows inside the caller's transaction; a record that is staged already is left as it is."""
    db.executemany(
        "INSERT OR IGNORE INTO rows (tab, record_id, name, place, data) VALUES (?, ?, ?, ?, ?)",
        [(r.table, r.record_id, r.name, r.place, json.dumps(r.data, ensure_ascii=False)) for r in rows],
    )


def move_rows(db: sqlite3.Connection, old: str, new: str, base: int) -> None:
    """Gives rows of captures in the WARC `old` their place in `new`, `base` bytes on, inside the caller's transaction."""
    db.execute(
        "UPDATE rows SET data = json_set(data, '$.warc_filename', ?, '$.warc_record_offset', "
        "json_extract(data, '$.warc_record_offset') + ?) WHERE json_extract(data, '$.warc_filename') = ?",
        (new, base, old),
    )


def read_rows(db: sqlite3.Connection, table: str) -> Iterator[dict[str, object]]:
    """A table's staged rows in order."""
    for (data,) in db.execute("SELECT data FROM rows WHERE tab = ? ORDER BY place, id", (table,)):
        yield json.loads(data)


def named(db: sqlite3.Connection, table: str, name: str) -> list[dict[str, object]]:
    """The staged rows that are looked up by `name`, oldest first."""
    rows = db.execute("SELECT data FROM rows WHERE tab = ? AND name = ? ORDER BY place, id", (table, name))
    return [json.loads(data) for (data,) in rows]


def names(db: sqlite3.Connection, table: str) -> Iterator[str]:
    """What each staged row of a table is looked up by."""
    yield from (name for (name,) in db.execute("SELECT name FROM rows WHERE tab = ?", (table,)))


def staged_records(db: sqlite3.Connection) -> set[str]:
    """The ids of all records that have a row of captures."""
    return {record for (record,) in db.execute("SELECT record_id FROM rows WHERE tab = 'captures'")}


def files(db: sqlite3.Connection) -> Iterator[str]:
    """The WARC files that staged captures lie in."""
    rows = db.execute("SELECT DISTINCT json_extract(data, '$.warc_filename') FROM rows WHERE tab = 'captures'")
    yield from (str(name) for (name,) in rows)


def count(db: sqlite3.Connection, table: str) -> int:
    """How many rows of a table are staged."""
    return int(db.execute("SELECT count(*) FROM rows WHERE tab = ?", (table,)).fetchone()[0])
