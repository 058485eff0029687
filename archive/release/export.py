"""A citable release of a snapshot: Parquet files, what they mean, where they come from, and sums to check them by.

Everything in it follows from the store's rows: it is the same, byte for byte, on another day and on another machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from archive.errors import Misuse, UnknownPortal, UnknownSnapshot
from archive.moment import local_date
from archive.release import card, datapackage, dictionary, parquet
from archive.release.contents import CONTENTS, Content, Limits, minutes, preparations, quoted, select
from archive.release.files import FILES, files
from archive.release.folder import spill, unfinished
from archive.release.ledger import Ledger, ledger
from archive.release.licence import FILE as LICENCE
from archive.release.release import Release, Source, Written
from archive.store import Store
from archive.tables.at import At
from archive.tables.pins import pin, unpin
from archive.tables.views import ask, connect

_BATCH = 1024


@dataclass(frozen=True, slots=True)
class Done:
    """A release that is written: where, of which snapshot, and its tables."""

    folder: Path
    release: Release
    tables: tuple[Written, ...]

    @property
    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        return {written.content.name: written.rows for written in self.tables}


def export(store: Store, to: Path, rights: str, at: At, limits: Limits = Limits(), *, with_files: bool = False) -> Done:  # noqa: B008
    """Writes the release of a snapshot (the newest, where `at` names none) into the folder `to`, whole or not at all.

    Misuse where `rights` is empty or `to` is not empty; UnknownSnapshot, UnknownPortal, BrokenWarc (with files), and
    ReleaseFailed where the disk does not take it.
    """
    if not rights.strip():
        raise Misuse(
            "a release states its rights, and none are told",
            'Say in luutru.toml under what terms it may be used: rights = "CC-BY-4.0", or a sentence',
        )
    snapshot, committed_at = _snapshot(store, at)
    at = At(snapshot, at.as_of)
    release = _release(store, at, committed_at, limits, rights.strip())
    with unfinished(to) as folder:
        pinned = pin(store, snapshot)
        try:
            tables = _write(store, at, release, folder, with_files)
        except BaseException:
            if pinned:
                unpin(store, snapshot)
            raise
    return Done(to, release, tuple(tables))


def _write(store: Store, at: At, release: Release, folder: Path, with_files: bool) -> list[Written]:
    (folder / "data").mkdir()
    with ledger(folder, release.facts()) as book, connect(store, at, spill(folder)) as sql:
        for statement in preparations(release.limits):
            sql.execute(statement)
        tables = _tables(sql, release, folder, book)
        if with_files:
            batches = files(store, sql, release.limits, folder, book)
            rows = parquet.write(folder / FILES.path, FILES.schema, batches, FILES.group, release.notes(FILES))
            (folder / "files").mkdir(exist_ok=True)
            tables.append(Written(FILES, book.add(FILES.path, rows)))
        contents = [written.content for written in tables]
        book.text(LICENCE, release.rights + "\n")
        book.text(dictionary.MARKDOWN, dictionary.markdown(contents))
        book.text(dictionary.CSV, dictionary.table(contents))
        book.text(datapackage.NAME, datapackage.datapackage(release, tables, card.description(release)))
        book.text(card.NAME, card.card(release, tables, with_files))
    return tables


def _tables(sql: duckdb.DuckDBPyConnection, release: Release, folder: Path, book: Ledger) -> list[Written]:
    out = []
    for content in CONTENTS:
        batches = _batches(sql, content, release.limits)
        rows = parquet.write(folder / content.path, content.schema, batches, content.group, release.notes(content))
        out.append(Written(content, book.add(content.path, rows)))
    return out


def _batches(sql: duckdb.DuckDBPyConnection, content: Content, limits: Limits) -> Iterator[pa.RecordBatch]:
    for start, end in slices_of(sql.sql(minutes(content, limits)).fetchall(), content.group):
        yield from sql.sql(select(content, limits, start, end)).to_arrow_reader(_BATCH)


def slices_of(
    counts: Sequence[tuple[datetime | None, int]], size: int
) -> Iterator[tuple[datetime | None, datetime | None]]:
    """Slices of time of about `size` rows, each from a minute to another; the last two have no end and no time."""
    start: datetime | None = None
    rows = 0
    for minute, count in counts:
        if minute is None:
            continue
        if start is None:
            start = minute
        elif rows >= size:
            yield start, minute
            start, rows = minute, 0
        rows += count
    if start is not None:
        yield start, None
    if any(minute is None for minute, _ in counts):
        yield None, None


def _snapshot(store: Store, at: At) -> tuple[str, datetime]:
    found = ask(
        store, "SELECT snapshot_id, committed_at FROM snapshots ORDER BY committed_at DESC, snapshot_id DESC", at=at
    )
    rows = [row for row in found if at.snapshot in (None, row["snapshot_id"])]
    if not rows:
        raise UnknownSnapshot(f"no snapshot in {store.root}", "luutru crawl PORTAL makes one")
    return str(rows[0]["snapshot_id"]), rows[0]["committed_at"]


def _release(store: Store, at: At, committed_at: datetime, limits: Limits, rights: str) -> Release:
    known = [str(row["portal"]) for row in ask(store, "SELECT DISTINCT portal FROM crawls ORDER BY portal", at=at)]
    wrong = sorted(set(limits.portals) - set(known))
    if wrong:
        raise UnknownPortal(f"snapshot {at.snapshot} has nothing of {', '.join(wrong)}", f"It has {', '.join(known)}")
    limits = Limits(limits.since, tuple(sorted(set(limits.portals))))
    kept = limits.portals or tuple(known)
    inside = f"portal IN ({', '.join(quoted(portal) for portal in kept)})"
    start = limits.start or datetime.fromisoformat("1900-01-01T00:00:00Z")
    pages = f"{inside} AND restriction IS NULL AND fetch_time >= ?"
    (span,) = ask(store, f"SELECT min(fetch_time) AS a, max(fetch_time) AS z FROM captures WHERE {pages}", start, at=at)  # noqa: S608
    hosts = ask(
        store,
        "SELECT DISTINCT portal, regexp_extract(url, '^https?://[^/?#]+') || '/' AS address FROM captures "  # noqa: S608
        f"WHERE kind IN ('article', 'listing') AND {pages} ORDER BY ALL",
        start,
        at=at,
    )
    operators = ask(store, f"SELECT DISTINCT operator FROM crawls WHERE {inside} AND operator <> '' ORDER BY 1", at=at)  # noqa: S608
    return Release(
        snapshot=str(at.snapshot),
        committed_at=committed_at,
        as_of=at.as_of,
        limits=limits,
        rights=rights,
        operators=tuple(str(row["operator"]) for row in operators),
        sources=tuple(Source(portal, _addresses(hosts, portal)) for portal in kept),
        first=local_date(span["a"]) if span["a"] else None,
        last=local_date(span["z"]) if span["z"] else None,
    )


def _addresses(hosts: Sequence[dict[str, object]], portal: str) -> tuple[str, ...]:
    return tuple(str(row["address"]) for row in hosts if row["portal"] == portal)
