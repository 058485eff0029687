"""Which files and records of the store a WACZ takes, as tables of one connection; nothing of it is held in memory.

What is withheld is left out, with its repeats, and so is everything that holds the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from archive.tables.schema import UTC_TIME
from archive.wacz.scope import Scope
from archive.warc.revisit import Target

_BATCH = 1024
_ROUNDS = 4
"""Steps from a revisit to what it repeats, and on where that is a revisit itself: a hostile table may go round."""


_NOT_YET = (
    "record_id NOT IN (SELECT record_id FROM withheld) AND record_id NOT IN (SELECT record_id FROM singles) "
    "AND record_id NOT IN (SELECT record_id FROM records)"
)


@dataclass(frozen=True, slots=True)
class Single:
    """A record that is taken by itself: its file, relative to the store's `warc/`, offset and id."""

    warc_filename: str
    offset: int
    record_id: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A capture of a page or a stylesheet, and the time that what it asks for should be of."""

    single: Single
    when: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A canonical URL, and the time that its capture should be near to."""

    url: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Nearest:
    """What answers that: the capture, its media type, and where it leads if it is a redirect."""

    sheet: Sheet
    mime: str
    redirect_to: str | None


# The payload that a 304 calls unchanged may stand in the record of another address, by which no viewer finds this one.
_UNMODIFIED = f"""
INSERT INTO singles SELECT DISTINCT record_id, warc_filename, warc_record_offset FROM (
    SELECT c.record_id, c.warc_filename, c.warc_record_offset
    FROM (SELECT * FROM sound WHERE portal = $portal AND wire_verdict = 'not-modified' AND (
        record_id IN (SELECT record_id FROM records) OR record_id IN (SELECT record_id FROM singles))) m
    ASOF JOIN (SELECT * FROM sound WHERE portal = $portal AND wire_verdict = 'ok' AND method = 'GET') c
        ON c.url_original = m.url_original AND c.content_digest = m.content_digest AND c.fetch_time <= m.fetch_time
) WHERE {_NOT_YET}"""  # noqa: S608 - ours


class Selection:
    """The records of a scope, and those that are added to them one by one."""

    def __init__(self, sql: duckdb.DuckDBPyConnection, scope: Scope) -> None:
        """`sql` is a connection to the store's views that may spill."""
        self.sql = sql
        self.scope = scope
        # what a hostile or broken table has without a place is not there; a null in a list would make NOT IN true of nothing
        sql.execute(
            "CREATE TEMP VIEW sound AS SELECT * FROM captures WHERE record_id IS NOT NULL AND warc_filename IS NOT NULL "
            "AND warc_record_offset >= 0"
        )
        sql.execute(
            "CREATE TEMP TABLE withheld AS WITH named AS ("
            "SELECT record_id, content_digest, content_length FROM sound WHERE restriction IS NOT NULL) "
            "SELECT DISTINCT record_id, warc_filename FROM sound "
            "WHERE record_id IN (SELECT record_id FROM named) OR revisit_of IN (SELECT record_id FROM named) "
            "OR content_digest IN (SELECT content_digest FROM named WHERE content_length > 0)"
        )
        sql.execute(
            "CREATE TEMP TABLE records AS "  # noqa: S608 - ours
            "SELECT DISTINCT record_id, revisit_of, warc_filename, warc_record_offset, method FROM sound "
            f"WHERE {scope.captures} AND record_id NOT IN (SELECT record_id FROM withheld)"
        )
        sql.execute(
            f"CREATE TEMP TABLE pages AS SELECT * FROM ({scope.pages}) "  # noqa: S608 - ours
            "WHERE record_id NOT IN (SELECT record_id FROM withheld)"
        )
        sql.execute("CREATE TEMP TABLE singles (record_id VARCHAR, warc_filename VARCHAR, warc_record_offset BIGINT)")
        sql.execute("CREATE TEMP TABLE lost (record_id VARCHAR)")
        if not scope.whole:
            sql.execute("INSERT INTO singles SELECT record_id, warc_filename, warc_record_offset FROM records")

    def files(self) -> list[str]:
        """The files that are taken whole, in order; none where the scope is not one of whole files."""
        if not self.scope.whole:
            return []
        rows = self.sql.execute("SELECT DISTINCT warc_filename FROM records ORDER BY 1").fetchall()
        return [str(row[0]) for row in rows]

    def withheld(self, filename: str) -> frozenset[str]:
        """The ids of a file's records that are withheld."""
        rows = self.sql.execute("SELECT record_id FROM withheld WHERE warc_filename = ?", [filename]).fetchall()
        return frozenset(str(row[0]) for row in rows)

    def captures(self) -> int:
        """How many captures the scope has."""
        return self._count("SELECT count(*) FROM records")

    def posted(self) -> int:
        """How many of them answered a form that was sent back."""
        return self._count("SELECT count(*) FROM records WHERE method = 'POST'")

    def add_targets(self) -> None:
        """Takes what the records repeat, where it is not among them, and of what was not modified the capture of that address
        before; what no table knows is noted as lost."""
        if self.scope.alone:
            self.sql.execute(_UNMODIFIED, {"portal": self.scope.portal})
        for _ in range(_ROUNDS):
            self.sql.execute(
                "CREATE OR REPLACE TEMP TABLE wanted AS SELECT DISTINCT revisit_of AS record_id FROM sound "
                "WHERE revisit_of IS NOT NULL AND (record_id IN (SELECT record_id FROM records) "
                "OR record_id IN (SELECT record_id FROM singles)) "
                "AND revisit_of NOT IN (SELECT record_id FROM singles) AND revisit_of NOT IN (SELECT record_id FROM lost) "
                "AND revisit_of NOT IN (SELECT record_id FROM withheld) AND revisit_of NOT IN (SELECT record_id FROM records)"
            )
            if not self._count("SELECT count(*) FROM wanted"):
                return
            self.sql.execute(
                "INSERT INTO singles SELECT record_id, min(warc_filename), arg_min(warc_record_offset, warc_filename) "
                "FROM sound JOIN wanted USING (record_id) GROUP BY record_id"
            )
            self.sql.execute(
                "INSERT INTO lost SELECT record_id FROM wanted WHERE record_id NOT IN (SELECT record_id FROM singles)"
            )

    def add_files_of_articles(self) -> None:
        """Takes the captures of the images and attached files that the pages' rows name."""
        for column in ("images", "attachments"):
            self.sql.execute(
                "INSERT INTO singles SELECT DISTINCT record_id, warc_filename, warc_record_offset FROM sound "  # noqa: S608
                f"WHERE record_id IN (SELECT i.record_id FROM (SELECT unnest({column}) AS i FROM readings "
                f"WHERE record_id IN (SELECT record_id FROM records))) AND {_NOT_YET}"
            )

    def number_sheets(self) -> int:
        """Numbers, from 0, the captures that others are asked for by: an article's versions, or a crawl's pages and styles."""
        if self.scope.whole:
            which = f"{self.scope.captures} AND (kind IN ('article', 'listing') OR mime = 'text/css')"
        else:
            which = "record_id IN (SELECT record_id FROM pages)"
        self.sql.execute(
            "CREATE TEMP TABLE sheets AS SELECT row_number() OVER (ORDER BY warc_filename, warc_record_offset) - 1 AS n, "  # noqa: S608
            "warc_filename, warc_record_offset, record_id, fetch_time FROM sound "
            f"WHERE wire_verdict IN ('ok', 'not-modified') AND record_id IN (SELECT record_id FROM records) AND {which}"
        )
        return self._count("SELECT count(*) FROM sheets")

    def sheets(self, first: int, count: int) -> list[Sheet]:
        """So many of these, by their numbers."""
        rows = self.sql.execute(
            "SELECT warc_filename, warc_record_offset, record_id, fetch_time FROM sheets WHERE n >= ? AND n < ? ORDER BY n",
            [first, first + count],
        ).fetchall()
        return [Sheet(Single(filename, offset, record_id), when) for filename, offset, record_id, when in rows]

    def add_nearest(self, asked: Sequence[Asked]) -> list[Nearest]:
        """Takes, of each address, the good capture that is nearest to a time; those that were found, taken before or not."""
        columns = {"address": [one.url for one in asked], "moment": [one.when for one in asked]}
        types = pa.schema([("address", pa.string()), ("moment", UTC_TIME)])
        self.sql.register("asked", pa.table(columns, types))
        self.sql.execute(
            "CREATE OR REPLACE TEMP TABLE nearest AS "
            "SELECT record_id, warc_filename, warc_record_offset, mime, redirect_to, moment "
            "FROM sound JOIN asked ON url = address WHERE portal = $portal AND method = 'GET' "
            "AND wire_verdict IN ('ok', 'redirect', 'not-modified') AND record_id NOT IN (SELECT record_id FROM withheld) "
            "QUALIFY row_number() OVER ("
            "PARTITION BY url, moment ORDER BY abs(epoch(fetch_time) - epoch(moment)), record_id) = 1",
            {"portal": self.scope.portal},
        )
        self.sql.unregister("asked")
        self.sql.execute(
            "INSERT INTO singles "  # noqa: S608 - ours
            f"SELECT DISTINCT record_id, warc_filename, warc_record_offset FROM nearest WHERE {_NOT_YET}"
        )
        rows = self.sql.execute(
            "SELECT warc_filename, warc_record_offset, record_id, moment, mime, redirect_to FROM nearest ORDER BY ALL"
        ).fetchall()
        return [Nearest(Sheet(Single(*row[:3]), row[3]), row[4] or "", row[5]) for row in rows]

    def targets(self, sheets: Sequence[Sheet]) -> list[Target]:
        """What these repeat, where any does and the tables know it."""
        ids = [sheet.single.record_id for sheet in sheets]
        rows = self.sql.execute(
            "SELECT record_id, url_original, fetch_time, content_digest, warc_filename, warc_record_offset FROM sound "
            "WHERE record_id IN (SELECT revisit_of FROM sound WHERE list_contains($ids, record_id))",
            {"ids": ids},
        ).fetchall()
        return [Target(*row) for row in rows]

    def add(self, single: Single) -> None:
        """Takes a record that was found otherwise, and is thereby not lost."""
        self.sql.execute(
            "INSERT INTO singles VALUES (?, ?, ?)", [single.record_id, single.warc_filename, single.offset]
        )
        self.sql.execute("DELETE FROM lost WHERE record_id = ?", [single.record_id])

    def has_singles(self) -> bool:
        """Whether any record is taken by itself."""
        return self._count("SELECT count(*) FROM singles") > 0

    def lost(self) -> list[str]:
        """The ids of records that captures repeat and that no table knows, in order."""
        return [str(row[0]) for row in self.sql.execute("SELECT record_id FROM lost ORDER BY 1").fetchall()]

    def singles(self) -> Iterator[Single]:
        """The records that are taken by themselves, in the order of their files and offsets, each once."""
        answer = self.sql.sql(
            "SELECT DISTINCT warc_filename, warc_record_offset, record_id FROM singles ORDER BY ALL"
        ).to_arrow_reader(_BATCH)
        for batch in answer:
            for row in batch.to_pylist():
                yield Single(row["warc_filename"], row["warc_record_offset"], row["record_id"])

    def _count(self, text: str) -> int:
        (row,) = self.sql.execute(text).fetchall()
        return int(row[0])
