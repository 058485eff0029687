"""An archive as a variable of Python: its views as Arrow tables, polars frames and DuckDB connections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from archive.errors import BrokenQuery, MissingPackage, Misuse
from archive.moment import iso
from archive.store import Store, open_store
from archive.tables.at import At, at
from archive.tables.question import asked, newest
from archive.tables.views import VIEWS, connect, connection

if TYPE_CHECKING:
    import polars


def opened(store: Path, snapshot: str | None = None, as_of: datetime | str | None = None) -> Archive:
    """The archive in the folder `store`, as `archive.open` has it."""
    if isinstance(as_of, datetime):
        if as_of.tzinfo is None:
            raise Misuse(f"as_of={as_of} names no time zone", "Give it one: datetime(…, tzinfo=UTC)")
        as_of = iso(as_of)
    found = open_store(store)
    place = at(found, snapshot, as_of)
    if place.snapshot is None:
        with connect(found) as sql:
            place = At(newest(sql), place.as_of)
    return Archive(found, place)


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive at one snapshot; make one with `archive.open`.  Later crawls do not change what it answers.

    Times are aware and in UTC, days are days in Vietnam.  Nothing limits how long a question may take or how much memory:
    it is your own process.
    """

    store: Store
    at: At

    @property
    def snapshot(self) -> str | None:
        """The id of the snapshot that is read; None where the store has none yet."""
        return self.at.snapshot

    def sql(self, text: str) -> pa.Table:
        """The answer to one SELECT over the views; its schema's metadata says from which snapshot.

        BrokenQuery says what is wrong with the statement.
        """
        with connect(self.store, self.at) as sql, asked(sql, text, self.at) as answer:
            return answer.table()

    def arrow(self, view: str, columns: Sequence[str] | None = None, where: str | None = None) -> pa.Table:
        """A view as an Arrow table: all its columns or these, all its rows or those that meet an SQL condition."""
        if view not in VIEWS:
            raise BrokenQuery(f"no view {view!r}", f"Views: {', '.join(VIEWS)}")
        names = ", ".join('"' + name.replace('"', '""') + '"' for name in columns) if columns is not None else "*"
        if not names:
            raise BrokenQuery("no columns are named", "Name some, or leave columns= out")
        return self.sql(f"SELECT {names} FROM {view}" + (f" WHERE ({where}\n)" if where else ""))  # noqa: S608 - it reads only

    def polars(self, view: str, columns: Sequence[str] | None = None, where: str | None = None) -> polars.DataFrame:
        """The same as a polars DataFrame; MissingPackage where polars is not installed."""
        try:
            import polars
        except ImportError as error:
            raise MissingPackage("polars is not installed", "pip install 'luutru[polars]'") from error
        frame = polars.from_arrow(self.arrow(view, columns, where))
        return frame if isinstance(frame, polars.DataFrame) else frame.to_frame()

    def duckdb(self) -> duckdb.DuckDBPyConnection:
        """A DuckDB connection of your own with the views; close it, or use it in a `with`.

        It reaches no file, network or setting.  Tables of your own come in with `connection.register(name, frame)`.
        """
        return connection(self.store, self.at)
