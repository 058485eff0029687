"""Reads the archive's own bytes again: the same rows by the same version, new rows beside them by a newer one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib import metadata
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from archive.custody.signing import Signer
from archive.errors import BrokenWarc
from archive.moment import iso, month, parse_iso
from archive.store import Store
from archive.tables import join, stage
from archive.tables.attempt import Custody
from archive.tables.commit import CrawlFacts, commit_readings
from archive.tables.rows import Json, Origin, exchange_of, table
from archive.tables.schema import ARTICLES, CAPTURES, LISTINGS, Table
from archive.tables.views import connect, query
from archive.warc.names import finished_name
from archive.warc.reader import crawl_files, exchanges
from archive.warc.resolve import Targets, resolved
from archive.warc.seen import Seen
from crawler.extract.version import extractor_version
from crawler.portals import Portal
from crawler.record import asked_of, record


@dataclass(frozen=True, slots=True)
class Reread:
    """One crawl read again: rows that are equal to what stands committed, that differ under the same version (which is
    a fault), and that were added under a new version."""

    crawl: str
    portal: str
    articles: int
    equal: int
    different: tuple[str, ...]
    added: int


@dataclass(frozen=True, slots=True)
class Task:
    """A crawl that is read again: its portal, the origin of its rows, and its WARC files in order."""

    portal: Portal
    origin: Origin
    files: tuple[Path, ...]


Reading = Callable[[Task, sqlite3.Connection], None]
"""Reads the files of a task and stages their rows, those of the first file first."""


def reextract(
    store: Store,
    find: Callable[[str], Portal],
    *,
    shared: Callable[[Sequence[Task]], Reading] | None = None,
    portal: str | None = None,
    crawl: str | None = None,
    to: Path | None = None,
    signer: Signer | None = None,
) -> Iterator[Reread]:
    """Reads every committed crawl again (of one portal, or one crawl) and commits the rows of a newer version.

    With `to`, nothing is committed: captures, articles and listings of each crawl go to `to/CRAWL/*.parquet`.  With
    `shared`, files are read by what it makes of all tasks; it is then asked for each task in their order.
    """
    rows = _crawls(store, portal, crawl)
    tasks: Iterator[Task] = (_task(store, find(str(row["portal"])), row) for row in rows)
    if shared is not None:
        known = list(tasks)
        tasks, read = iter(known), shared(known)
    else:
        read = partial(_read, store)
    for row, task in zip(rows, tasks, strict=True):
        yield _one(store, task, row, read, to, signer)


def _task(store: Store, portal: Portal, row: Json) -> Task:
    crawl, name = str(row["crawl"]), str(row["portal"])
    files = crawl_files(store.portal_warcs(name), crawl)
    if not files:
        raise BrokenWarc(f"no WARC of crawl {crawl} in {store.portal_warcs(name)}", "Put the files back from a copy")
    return Task(portal, Origin(crawl, name, extractor_version(portal.digest)), tuple(files))


def _read(store: Store, task: Task, db: sqlite3.Connection) -> None:
    folder = store.portal_warcs(task.origin.portal)
    with closing(Seen(folder, store.warcs)) as seen:
        for path in task.files:
            read_file(store, path, task.origin, task.portal, db, seen)


def _crawls(store: Store, portal: str | None, crawl: str | None) -> list[Json]:
    rows: list[Json] = query(store, "SELECT * FROM crawls WHERE action = 'crawl' ORDER BY started_at").to_pylist()
    return [row for row in rows if portal in (None, row["portal"]) and crawl in (None, row["crawl"])]


def _one(store: Store, task: Task, row: Json, read: Reading, to: Path | None, signer: Signer | None) -> Reread:
    portal, origin = task.portal, task.origin
    crawl, name = origin.crawl, origin.portal
    with closing(
        sqlite3.connect("", check_same_thread=False)
    ) as db:  # a temporary file of SQLite's own: a crawl may be larger than memory
        stage.create_stage(db)
        read(task, db)
        found = join.found_in(db, name)
        committed_at = row["committed_at"]
        assert isinstance(committed_at, datetime)
        with connect(store) as sql:
            behind = join.bytes_behind(sql, db, name, iso(committed_at))
        articles = list(join.articles(db, found, behind))
        if to is not None:
            _export(to / crawl, str(row["snapshot_id"]), db, articles)
            return Reread(crawl, name, len(articles), 0, (), 0)
        standing = _standing(store, crawl, origin.extractor_version)
        added: list[Json] = []
        if (
            row["extractor_version"] != origin.extractor_version
        ):  # what stands was read again one by one, for a comparison
            there = set(standing.column("record_id").to_pylist())
            added = [article for article in articles if article["record_id"] not in there]
            articles = [article for article in articles if article["record_id"] in there]
        equal, different = _compare(standing, _marked(articles, ""))
        if added:
            own = {
                "night": str(row["night"]),
                "started_at": iso(datetime.now(UTC)),
                "extractor_version": origin.extractor_version,
                "software": f"luutru/{metadata.version('luutru')}",
            }
            told = {
                "software": own["software"],
                "extractor_version": own["extractor_version"],
                "portal_file": portal.digest,
            }
            commit_readings(store, db, CrawlFacts(crawl, name, None, own, custody=Custody(told, signer=signer)), added)
        return Reread(crawl, name, len(articles) + len(added), equal, tuple(different), len(added))


def read_file(
    store: Store, path: Path, origin: Origin, portal: Portal, db: sqlite3.Connection, targets: Targets
) -> None:
    """Reads the exchanges of a WARC file and stages their rows; `targets` knows the records that others repeat."""
    name = path.with_name(finished_name(path)).relative_to(store.warcs).as_posix()
    for stored in exchanges(path, name):
        exchange = exchange_of(stored)
        capture = resolved(stored, store.warcs, targets)
        read = record(exchange, capture, stored.place, asked_of(stored.metadata), origin, portal)
        stage.add_rows(db, read.rows)


def _standing(store: Store, crawl: str, version: str) -> pa.Table:
    with connect(store) as sql:
        return sql.sql(
            "SELECT * FROM readings WHERE crawl = ? AND extractor_version = ?", params=[crawl, version]
        ).to_arrow_table()


def _compare(standing: pa.Table, mine: pa.Table) -> tuple[int, list[str]]:
    """Rows equal in every column but the commit's, and what differs: article, and the columns where it does."""
    columns = [name for name in mine.column_names if name != "snapshot_id"]
    theirs = {row["record_id"]: row for row in standing.select(columns).to_pylist()}
    ours = {row["record_id"]: row for row in mine.select(columns).to_pylist()}
    different: list[str] = []
    for record_id in sorted(theirs.keys() | ours.keys()):
        left, right = theirs.get(record_id), ours.get(record_id)
        if left is None or right is None:
            different.append(f"{record_id}: {'only read now' if left is None else 'not read any more'}")
        elif names := [name for name in columns if left[name] != right[name]]:
            different.append(f"{right['article_id']} ({right['url']}): {', '.join(names)}")
    return len(ours.keys() & theirs.keys()) - sum(1 for line in different if not line.startswith("urn:")), different


def _export(folder: Path, snapshot: str, db: sqlite3.Connection, articles: list[Json]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    parts: Mapping[Table, list[Json]] = {
        CAPTURES: list(stage.read_rows(db, "captures")),
        ARTICLES: articles,
        LISTINGS: list(stage.read_rows(db, "listings")),
    }
    for target, rows in parts.items():
        pq.write_table(_marked(rows, snapshot, target), folder / f"{target.name}.parquet", compression="zstd")


def _marked(rows: list[Json], snapshot: str, target: Table = ARTICLES) -> pa.Table:
    marked = [row | {"snapshot_id": snapshot, "month": month(parse_iso(str(row["fetch_time"])))} for row in rows]
    return table(marked, target.schema)
