"""Reads the bytes of a crawl again and holds its rows against them, field by field: a piece of work for a process of its own.

The reader comes from outside: the archive knows no portal.  What another version read is not read again, and is counted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from archive.audit.finding import Checked, Findings
from archive.audit.rows import BROKEN, standing
from archive.audit.scratch import Targets, opened
from archive.errors import LuutruError
from archive.moment import month, parse_iso
from archive.store import Store
from archive.tables import join, stage
from archive.tables.rows import Json, table
from archive.tables.schema import ARTICLES, CAPTURES, LISTINGS, Table
from archive.tables.views import connect
from archive.warc.reader import StoredExchange, exchanges
from archive.warc.resolve import resolved

_TOGETHER = 200
_OF_THE_COMMIT = ("snapshot_id",)
_PLACE = {"warc_filename", "warc_record_offset", "warc_record_length"}
_OF_THE_VERSION = ("reading_verdict",)


class Reader(Protocol):
    """Reads one exchange as a crawl does; it goes to other processes, so it must pickle."""

    def version(self, portal: str) -> str | None:
        """The version that reads this portal's pages here; None where no portal file of that name is at hand."""

    def rows(self, stored: StoredExchange, capture: Any, crawl: str, portal: str) -> Iterable[stage.Row]:
        """The rows of an exchange, unjoined; `capture` is its response as it is read, or None.

        Where `version` gives None, the row of captures alone.
        """


@dataclass(frozen=True, slots=True)
class Work:
    """One crawl to be read again: its facts, its files (names relative to `warc/`), and the tables' versions.

    With `only`, rows of this article alone are compared; with `file`, those of this file.
    """

    crawl: str
    portal: str
    version: str | None
    committed: str
    files: tuple[str, ...]
    tables: Mapping[str, int]
    only: str | None = None
    file: str | None = None


@dataclass(slots=True)
class _Compared:
    """What is gathered on the way."""

    findings: Findings = field(default_factory=Findings)
    checked: Checked = field(default_factory=Checked)


def read_again(store: Store, work: Work, reader: Reader, scratch: Path) -> tuple[Findings, Checked]:
    """Reads a crawl's files and compares what it gives with the tables; `scratch` knows every record of the store."""
    done = _Compared()
    version = reader.version(work.portal)
    if version is None:
        done.findings.note(f"there is no portal file of {work.portal}: bytes verified, reading not re-run")
    with closing(sqlite3.connect("", check_same_thread=False)) as db, closing(opened(scratch, read_only=True)) as index:
        stage.create_stage(db)
        for name in work.files:
            _stage(store, work, name, reader, db, Targets(index), done)
        own = work.version == version and version is not None
        captures = _Side(CAPTURES, (*_OF_THE_COMMIT, *(() if own else _OF_THE_VERSION)))
        _compare(store, work, captures, lambda _row: True, lambda rows: _staged(db, CAPTURES.name, rows), done)
        if version is None:
            _count_others(store, work, done)
            return done.findings, done.checked
        _pages(store, work, version, own, db, done)
    return done.findings, done.checked


def _stage(
    store: Store, work: Work, name: str, reader: Reader, db: sqlite3.Connection, targets: Targets, done: _Compared
) -> None:
    try:
        for stored in exchanges(store.warcs / name, name):
            try:
                capture = resolved(stored, store.warcs, targets)
            except LuutruError:  # told where revisits are; its own head is what there is
                capture = stored.capture()
            stage.add_rows(db, reader.rows(stored, capture, work.crawl, work.portal))
    except LuutruError as error:
        done.findings.note(f"warc/{name} could not be read again to its end ({error.what.split(', ', 1)[-1]})")
    except OSError as error:
        done.findings.note(f"warc/{name} could not be read again: {error.strerror}")


def _pages(store: Store, work: Work, version: str, own: bool, db: sqlite3.Connection, done: _Compared) -> None:
    """Articles, joined as at the commit, and listings."""
    found = join.found_in(db, work.portal)
    with connect(store) as sql:
        behind = join.bytes_behind(sql, db, work.portal, work.committed)

    def joined(rows: Sequence[Json]) -> dict[str, Json]:
        return {
            name: join.joined(row, found.categories.get(str(row["article_id"]), ()), behind)
            for name, row in _staged(db, ARTICLES.name, rows).items()
            if found.last[str(row["article_id"])] == name
        }

    seen = _compare(store, work, _Side(ARTICLES), lambda row: row["extractor_version"] == version, joined, done)
    done.checked.articles_read += len(seen)
    if own and work.only is None:
        for row in stage.read_rows(db, ARTICLES.name):
            name = str(row["record_id"])
            if (
                name not in seen
                and found.last[str(row["article_id"])] == name
                and work.file in (None, row["warc_filename"])
            ):
                what = f"record {name} ({row['url']}) is an article to this version, and has no row"
                done.findings.add("reading", f"warc/{row['warc_filename']}", what, _offset(row))
    listings = lambda rows: _staged(db, LISTINGS.name, rows)  # noqa: E731 - as short as it is
    if work.only is None:
        _compare(store, work, _Side(LISTINGS), lambda row: row["extractor_version"] == version, listings, done)


@dataclass(frozen=True, slots=True)
class _Side:
    """A table, and the columns that are not compared."""

    target: Table
    without: tuple[str, ...] = _OF_THE_COMMIT


def _compare(
    store: Store,
    work: Work,
    side: _Side,
    ours_too: Callable[[Json], bool],
    read: Callable[[Sequence[Json]], dict[str, Json]],
    done: _Compared,
) -> set[str]:
    """Holds the standing rows of a table against those that `read` makes of the same records; the records compared."""
    seen: set[str] = set()
    moved: dict[str, int] = {}
    for rows in _batches(store, work, side.target):
        mine = [row for row in rows if ours_too(row)]
        done.checked.not_rerun += len(rows) - len(mine)
        ours = read(mine)
        names = [str(row["record_id"]) for row in mine]
        arrow = dict(
            zip(ours, table([_marked(row) for row in ours.values()], side.target.schema).to_pylist(), strict=True)
        )
        for name, row in zip(names, mine, strict=True):
            seen.add(name)
            if side.target is CAPTURES:
                done.checked.captures_read += 1
            other = arrow.get(name)
            differs = [key for key in other or () if key not in side.without and (other or {})[key] != row[key]]
            if other is None:
                what = f"the row of record {name} in {side.target.name} is not read from the bytes any more"
            elif set(differs) <= _PLACE:
                if (
                    differs and side.target is not CAPTURES
                ):  # of captures, it is told where they are held against records
                    moved[str(row["warc_filename"])] = moved.get(str(row["warc_filename"]), 0) + 1
                continue
            else:
                what = f"the row of record {name} in {side.target.name} is read otherwise from the bytes: {_fields(differs)}"
            kind = "capture" if side.target is CAPTURES else "reading"
            done.findings.add(kind, f"warc/{row['warc_filename']}", what, _offset(row))
    for file, count in moved.items():
        what = f"{count} rows of {side.target.name} name another place of their record than it has"
        done.findings.add("capture" if side.target is CAPTURES else "reading", f"warc/{file}", what)
    return seen


def _batches(store: Store, work: Work, target: Table) -> Iterator[list[Json]]:
    """The standing rows of a crawl's captures, those that are asked about."""
    at = work.tables.get(target.name)
    scanner = standing(store.root, target, at, work.crawl) if at is not None else None
    if scanner is None:
        return
    try:
        for batch in scanner.to_batches():
            rows = iter(batch.to_pylist())
            while some := list(islice(rows, _TOGETHER)):
                if wanted := [row for row in some if _asked(work, target, row)]:
                    yield wanted
    except BROKEN:  # told where the table's rows are counted
        return


def _asked(work: Work, target: Table, row: Json) -> bool:
    if work.file is not None and row["warc_filename"] != work.file:
        return False
    return work.only is None or (target is ARTICLES and row["article_id"] == work.only)


def _count_others(store: Store, work: Work, done: _Compared) -> None:
    for target in (ARTICLES, LISTINGS):
        for rows in _batches(store, work, target):
            done.checked.not_rerun += len(rows)


def _staged(db: sqlite3.Connection, name: str, rows: Sequence[Json]) -> dict[str, Json]:
    import json

    out: dict[str, Json] = {}
    for row in rows:
        found = db.execute("SELECT data FROM rows WHERE tab = ? AND record_id = ?", (name, row["record_id"])).fetchone()
        if found is not None:
            out[str(row["record_id"])] = json.loads(found[0])
    return out


def _marked(row: Json) -> Json:
    return row | {"snapshot_id": "", "month": month(parse_iso(str(row["fetch_time"])))}


def _fields(names: Sequence[str]) -> str:
    return ", ".join(names)


def _offset(row: Mapping[str, Any]) -> int | None:
    offset = row.get("warc_record_offset")
    return offset if isinstance(offset, int) else None
