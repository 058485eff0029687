"""One SQL statement of a person's: which may be asked, and its answer, batch by batch.

SELECT may be asked, in every form that it has (WITH, FROM, VALUES, TABLE, DESCRIBE, SHOW, SUMMARIZE, PIVOT … IN, UNPIVOT), and
EXPLAIN of one.  Nothing else: the type of the statement is looked at before it runs.  What a SELECT may call reaches no file,
network, extension, setting or variable of Python, since the connection is shut (`shut`) before anyone's SQL comes to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from archive.errors import BrokenQuery, LuutruError
from archive.tables.limits import NONE, Limits, too_large, watched

BATCH = 4096
"""Rows of a batch: bodies are long, and a batch of strings holds 2 GiB at most."""

_CURE = "Ask with one SELECT (WITH, FROM, VALUES, DESCRIBE, SHOW, SUMMARIZE), or with EXPLAIN of one"
_EXPLAIN = re.compile(r"\s*EXPLAIN\s+(ANALYZE\s+)?(\([^()]*\)\s*)?", re.IGNORECASE)
_SHUT = (
    "SET GLOBAL TimeZone = 'UTC'",
    "SET python_enable_replacements = false",
    "SET python_scan_all_frames = false",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
)
_LOCK = ("SET enable_external_access = false", "SET lock_configuration = true")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is read as it comes: names are distinct, times are UTC, `batches` can be gone through once."""

    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]

    def table(self) -> pa.Table:
        """All of it, in memory."""
        return pa.Table.from_batches(self.batches, self.schema)


def shut(sql: duckdb.DuckDBPyConnection, memory: int | None = None, *, spills: bool = False) -> None:
    """Takes from a connection all but its own tables, for good: files, network, extensions, settings, Python's variables.

    `memory`, bytes, is what DuckDB may hold; it spills to disk only where a folder for that was given when it was made.
    """
    for text in _SHUT:
        sql.execute(text)
    if not spills:
        sql.execute("SET temp_directory = ''")
    if memory is not None:
        sql.execute(f"SET memory_limit = '{memory}B'")
    for text in _LOCK:
        sql.execute(text)


def allowed(sql: duckdb.DuckDBPyConnection, text: str) -> None:
    """BrokenQuery where the text is not one statement that only reads."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BrokenQuery("the query is no text in UTF-8", "Look for bytes of another encoding in it") from error
    try:
        found = sql.extract_statements(text)
    except duckdb.Error as error:
        raise broken(error) from error
    if len(found) != 1:
        raise BrokenQuery(f"one statement is asked for, not {len(found)}", _CURE)
    kind = _kind(found[0])
    if kind == duckdb.StatementType.SELECT:
        return
    if kind == duckdb.StatementType.EXPLAIN:
        explained = _EXPLAIN.match(text)
        if explained is not None and text[explained.end() :].strip():
            allowed(sql, text[explained.end() :])
            return
    if kind == duckdb.StatementType.MULTI:
        raise BrokenQuery("PIVOT without its values makes a type", "Name them: PIVOT … ON column IN (value, …)")
    word = text.split(maxsplit=1)[0][:20].upper()
    raise BrokenQuery(f"{word} is refused: queries only read", _CURE)


@contextmanager
def answered(
    sql: duckdb.DuckDBPyConnection, text: str, limits: Limits = NONE, metadata: Mapping[str, str] | None = None
) -> Iterator[Answer]:
    """The answer to one statement; `metadata` goes into its Arrow schema.

    BrokenQuery says what is wrong with the statement; QueryTooLong and QueryTooLarge, that it went over a limit, which may
    come while its batches are read.
    """
    allowed(sql, text)
    with watched(sql, limits) as watch:
        reader: pa.RecordBatchReader | None = None
        try:
            relation = sql.sql(text)
            if relation is None:
                raise BrokenQuery("the query answers nothing", _CURE)
            reader = relation.to_arrow_reader(BATCH)
            fields = [f.with_name(n) for f, n in zip(reader.schema, distinct(reader.schema.names), strict=True)]
            schema = pa.schema(fields, metadata=dict(metadata or {}) or None)
            yield Answer(schema, (pa.RecordBatch.from_arrays(b.columns, schema=schema) for b in reader))
        except LuutruError:
            raise
        except (duckdb.Error, pa.ArrowException, OSError, MemoryError) as error:
            if isinstance(error, OSError) and error.errno is not None:  # not DuckDB's, but of who reads the answer
                raise
            if watch.broken is not None:
                raise watch.broken from error
            if isinstance(error, duckdb.OutOfMemoryException | MemoryError) or "Out of Memory" in str(error):
                raise too_large(limits) from error
            raise broken(error) from error
        finally:
            if reader is not None:
                reader.close()  # else the connection would be taken until the garbage is collected


def _kind(statement: duckdb.Statement) -> duckdb.StatementType | None:
    try:
        return statement.type
    except ValueError:  # a kind that DuckDB's parser knows, and its Python does not
        return None


def broken(error: Exception) -> BrokenQuery:
    """What DuckDB says against a query, in one line."""
    from archive.tables.views import VIEWS  # views are made for statements

    said = " ".join(" ".join(str(error).splitlines()[:2]).split())
    return BrokenQuery(f"the query does not run: {said}", f"Views: {', '.join(VIEWS)}")


def distinct(names: list[str]) -> list[str]:
    """Each name once: a repeated one gets a number, since rows of JSON and Parquet cannot hold it twice."""
    out: list[str] = []
    for name in names:
        number, new = 1, name
        while new in out:
            number, new = number + 1, f"{name}_{number + 1}"
        out.append(new)
    return out
