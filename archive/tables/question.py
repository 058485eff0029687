"""A question to the archive: a statement at a place, whose answer says what it was asked of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from archive.moment import iso
from archive.tables.at import NOW, At
from archive.tables.limits import NONE, Limits
from archive.tables.schema import SCHEMA_VERSION
from archive.tables.statement import Answer, answered

PREFIX = "luutru."
"""What the names of an answer's metadata begin with: luutru.snapshot, luutru.as_of, luutru.sql, luutru.schema_version."""


def newest(sql: duckdb.DuckDBPyConnection) -> str | None:
    """The newest snapshot that a connection sees; it sees no later one, whatever is committed meanwhile.  None without any."""
    rows = sql.sql("SELECT snapshot_id FROM crawls ORDER BY committed_at DESC, snapshot_id DESC LIMIT 1").fetchall()
    return str(rows[0][0]) if rows else None


@contextmanager
def asked(sql: duckdb.DuckDBPyConnection, text: str, at: At = NOW, limits: Limits = NONE) -> Iterator[Answer]:
    """The answer on a connection whose views are `at` a place.  Its schema's metadata has snapshot, time and SQL; the value
    is empty for a snapshot where the store has none, and for a time where none is named.

    Errors are those of `answered`.
    """
    metadata = {
        "snapshot": newest(sql) or "",
        "as_of": iso(at.as_of) if at.as_of else "",
        "sql": text,
        "schema_version": str(SCHEMA_VERSION),
    }
    with answered(sql, text, limits, {PREFIX + key: value for key, value in metadata.items()}) as answer:
        yield answer


def source(answer: Answer) -> dict[str, str | None]:
    """What an answer was asked of: snapshot, as_of, sql, schema_version; None for what it has none of."""
    found = {key.decode(): value.decode() for key, value in (answer.schema.metadata or {}).items()}
    return {key.removeprefix(PREFIX): value or None for key, value in found.items() if key.startswith(PREFIX)}
