"""The audit of a store: files beside ledgers and indexes, manifests in their chain, tables beside both, readings beside bytes.

The store is untrusted from its first byte on, and nothing is written into it.  Files are looked at by several processes; what
has to be known of all together waits in a scratch on the disk.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from sqlite3 import Connection
from typing import TYPE_CHECKING, Any

from archive.audit import chain as chains
from archive.audit import elsewhere, level, rows, together, warc
from archive.audit.chain import Anchors, Chain
from archive.audit.files import Files, files
from archive.audit.finding import Checked, Finding, Findings
from archive.audit.scope import Scope, Selected, selected
from archive.audit.scratch import indexed, merge, opened
from archive.audit.staging import staged
from archive.audit.warc import Examined
from archive.errors import LuutruError
from archive.store import Store
from archive.tables.schema import TABLES

if TYPE_CHECKING:
    from archive.audit.reading import Reader

SMALL = 64 * 1024 * 1024
"""Bytes of captures below which other processes are not worth their start."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class CrawlTold:
    """A committed crawl, for a report: times are RFC 3339 in UTC."""

    crawl: str
    portal: str
    started: str | None
    finished: str | None
    committed: str | None
    articles: int | None
    requests: int | None


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit came to."""

    level: str
    cannot_prove: tuple[str, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    checked: Checked
    chain: Chain
    crawls: tuple[CrawlTold, ...]
    begun: datetime
    ended: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """How a store is looked at: what of it, beside which anchors, read again by whom (None: not), by how many processes.

    With `sample`, so many records drawn at random by `seed` instead of all, and no tables.
    """

    scope: Scope = field(default_factory=Scope)
    anchors: Anchors = field(default_factory=Anchors)
    reader: Reader | None = None
    jobs: int = 1
    sample: int | None = None
    seed: int = 0


def audit(store: Store, plan: Plan, progress: Progress = lambda _what, _done, _of: None) -> Audit:
    """Examines a store.  Misuse where the scope names what the store does not have; whatever else is wrong is a finding."""
    begun = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="luutru-audit-") as folder:
        scratch = Path(folder)
        with closing(opened(scratch / "audit.sqlite")) as db:
            return _Examination(store, plan, scratch, db, progress).run(begun)


class _Examination:
    """One audit under way."""

    def __init__(self, store: Store, plan: Plan, scratch: Path, db: Connection, progress: Progress) -> None:
        self._root = store.root.resolve()
        self._store = Store(self._root, store.demo)
        self._plan = plan
        self._scratch = scratch
        self._db = db
        self._progress = progress
        self._findings = Findings()
        self._checked = Checked()
        self._staged = staged(self._root, scratch)
        self._keys: frozenset[str] = frozenset()

    def run(self, begun: datetime) -> Audit:
        with _still(self._store):
            there = files(self._root, self._findings)
            chain = chains.walk(self._store.manifests, self._db, self._plan.anchors, self._findings, self._checked)
            versions = {name: at for name in TABLES if (at := rows.version(self._root, name)) is not None}
        self._keys = frozenset(chain.keys) | chain.introduced
        which = selected(self._plan.scope, self._root, self._db, there, versions)
        wanted = [name for name in sorted(there.sealed) if which.file(name)]
        with _pool(self._plan.jobs, sum(there.sealed[name] for name in wanted)) as pool:
            if self._plan.sample is not None:
                self._sample(wanted)
            else:
                self._look(pool, there, wanted, versions)
            indexed(self._db)
            if not which.whole and self._plan.sample is None:
                elsewhere.fetch(self._root, there, set(wanted), self._db)
            self._together(there, which, versions)
            if self._plan.sample is None and self._plan.reader is not None:
                self._read(pool, self._plan.reader, which, versions)
        return self._told(chain, which, begun)

    def _look(self, pool: Executor | None, there: Files, wanted: list[str], versions: dict[str, int]) -> None:
        """Walks the files, and hashes the rows of the tables beside them."""
        whole, done = sum(there.sealed[name] for name in wanted), 0
        jobs: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []
        for number, (name, at) in enumerate(versions.items()):
            jobs.append((rows.hashed, (self._root, name, at, self._scratch / f"t{number}.sqlite")))
        for number, name in enumerate(wanted):
            jobs.append((warc.examine, (self._root, name, self._scratch / f"f{number}.sqlite")))
        for (_, args), result in _done(pool, jobs):
            if isinstance(result, Examined):
                self._examined(result)
                done += result.size
                self._progress("records", done, whole)
            else:
                found, checked = result
                self._findings.take(found)
                self._checked.add(checked)
            if args[-1].exists():
                merge(self._db, args[-1])

    def _examined(self, one: Examined) -> None:
        self._findings.take(one.findings)
        self._checked.add(one.checked)
        row = (one.name, one.crawl, one.length, one.records, one.root, one.size)
        self._db.execute("INSERT INTO files VALUES (?, ?, ?, ?, ?, ?)", row)
        together.repairs_signed(one, self._keys, self._findings)

    def _sample(self, wanted: list[str]) -> None:
        for name in wanted:
            self._examined(warc.examine(self._root, name, None))
        assert self._plan.sample is not None
        draw = Random(self._plan.seed)  # noqa: S311 - a sample, to be drawn again by whoever has the seed
        chosen = warc.drawn(self._root, wanted, self._plan.sample, draw)
        for done, (name, entries) in enumerate(sorted(chosen.items()), 1):
            warc.sample(self._root, name, entries, self._findings, self._checked)
            self._progress("files", done, len(chosen))
        self._checked.files += len(chosen)
        self._findings.note("a sample: records that were not drawn, tables, indexes and readings were not examined")

    def _together(self, there: Files, which: Selected, versions: dict[str, int]) -> None:
        db, findings = self._db, self._findings
        numbers = None if which.whole else which.manifests(db)
        together.files_named(db, there, self._staged, findings, which.file, numbers)
        chains.logs(self._store.manifests, self._root, findings, numbers)
        if self._plan.sample is not None:
            return
        together.records_once(db, findings)
        together.revisits(db, findings, which.whole)
        if "captures" in versions:
            together.captures(db, findings, which.file, lambda name: name in there.sealed)
        together.crawls(db, self._staged, findings, self._checked, which.crawl)
        together.sums(db, findings, which.crawl)
        together.only_repaired(db, findings)

    def _read(self, pool: Executor | None, reader: Reader, which: Selected, versions: dict[str, int]) -> None:
        """Reads crawls again, where the tables read."""
        from archive.audit import reading

        unread = [
            name
            for name in TABLES
            if any(f.file == f"tables/{name}" and "read" in f.message for f in self._findings.found)
        ]
        if unread:
            self._findings.note(f"pages were not read again: the table {unread[0]} does not read")
            return
        jobs = [
            (reading.read_again, (self._store, work, reader, self._scratch / "audit.sqlite"))
            for work in which.work(self._db, versions)
        ]
        for done, (_, (found, checked)) in enumerate(_done(pool, jobs), 1):
            self._findings.take(found)
            self._checked.add(checked)
            self._progress("crawls read again", done, len(jobs))
        if self._checked.not_rerun:
            self._findings.note(
                f"{self._checked.not_rerun} rows are of another version than this one: bytes verified, reading not re-run"
            )

    def _told(self, chain: Chain, which: Selected, begun: datetime) -> Audit:
        told = self._db.execute(
            "SELECT crawl, portal, started, finished, committed, articles, requests FROM crawls "
            "WHERE action = 'crawl' ORDER BY committed"
        )
        crawls = tuple(CrawlTold(*row) for row in told if which.crawl(row[0] or "", row[1] or ""))
        trusted = bool(self._plan.anchors.trusted)
        return Audit(
            level.level(chain),
            level.cannot_prove(chain, trusted),
            tuple(self._findings.all()),
            tuple(self._findings.notes),
            self._checked,
            chain,
            crawls,
            begun,
            datetime.now(UTC),
        )


@contextmanager
def _still(store: Store) -> Iterator[None]:
    """Holds commits off while it is seen what there is; a store that may not be written to has none."""
    staging = store.root / "staging"
    with ExitStack() as held:
        if staging.is_dir() and not staging.is_symlink() and not (staging / ".commit.lock").is_symlink():
            with suppress(LuutruError):
                held.enter_context(store.commit_lock())
        yield


@contextmanager
def _pool(jobs: int, size: int) -> Iterator[Executor | None]:
    if jobs < 2 or size < SMALL:
        yield None
        return
    with ProcessPoolExecutor(min(jobs, os.cpu_count() or 1), mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _done(
    pool: Executor | None, jobs: list[tuple[Callable[..., Any], tuple[Any, ...]]]
) -> Iterator[tuple[tuple[Callable[..., Any], tuple[Any, ...]], Any]]:
    """Each job with its result, as they come."""
    if pool is None:
        for job in jobs:
            yield job, job[0](*job[1])
        return
    waiting: dict[Future[Any], tuple[Callable[..., Any], tuple[Any, ...]]] = {
        pool.submit(job[0], *job[1]): job for job in jobs
    }
    try:
        for future in as_completed(list(waiting)):
            yield waiting.pop(future), future.result()
    except BrokenProcessPool as error:
        raise LuutruError(
            "a process of the audit was ended from outside (perhaps memory was short)", "Run it again with --jobs 1"
        ) from error
