"""The store on disk.  This docstring is its specification::

    STORE/
      luutru.json                     what makes the folder a store: {"format": 1, "created": "…Z", "demo": false}
      warc/PORTAL/NAME.warc.gz        captures, closed and synced; never written again
      warc/PORTAL/NAME.warc.gz.cdxj   their index
      warc/PORTAL/NAME.warc.gz.open   captures being written; after a crash the next crawl repairs and closes them
      warc/PORTAL/NAME.warc.gz.part   closed captures of a crawl that has not ended; its end joins them into one file
      warc/PORTAL/NAME.warc.gz.ledger what was written, a line a record, and a root over them (archive.warc.ledger)
      warc/PORTAL/seen.sqlite         what these WARCs hold, by payload digest and by URL; made anew where it is lost
      staging/PORTAL.sqlite           frontier and staged rows of the crawl that is under way or was cut off
      staging/hosts/HASH              when a host was asked last and is next, for all crawls (crawler.fetch.reservation)
      staging/PORTAL.rest             what the last crawl was cut off from, for the next to ask first (crawler.fetch.rest)
      staging/PORTAL.lock             held (flock) by the process that crawls the portal
      staging/.commit.lock            held (flock) by the process that commits a snapshot; others wait
      staging/.search.lock            held (flock) by the process that brings the search index up to date; others wait
      staging/.schedule.sqlite        which planned runs luutru schedule run has claimed, and how they ended
      staging/.schedule-NAME.lock     held (flock) by a run of the schedule: by the scheduler and by the command it started
      staging/.scratch-TOKEN/         what a command that shares its work out leaves for itself; removed when it is over, and
                                      by the next where it died: .scratch-TOKEN.lock beside it is held (flock) while it runs
      tables/NAME/                    Delta tables: captures, articles, listings, events, crawls
      tables/releases.json            which version of each Delta table the release of a snapshot was made of; those stay
                                      readable: {"format": 1, "releases": [{"snapshot_id", "released_at", "tables": {NAME: N}}]}
      manifests/NNNNNNNN.json         what each crawl brought, in a chain, with .sig and .tsr beside (archive.custody.manifest)
      search/                         tantivy's index of the articles' words; made from the tables, and anew where it is lost
      reports/NIGHT.html, NIGHT.json  what a night's report said, for people and for programs
      logs/CRAWL.log                  what a crawl said

PORTAL is a portal file's name, which is checked where the file is read; no other part of a path comes from outside.
A WARC is named in rows, places and messages relative to `warc/`, with forward slashes.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

from archive.errors import BrokenWarc, NotAStore, StoreBusy, StoreUnwritable, unwritable
from archive.moment import iso
from archive.warc.names import path_of
from archive.warc.writer import sync_folder

FORMAT = 1
MARKER = "luutru.json"


@dataclass(frozen=True, slots=True)
class Store:
    """An open store; make one with `open_store` or `create_store`."""

    root: Path
    demo: bool = False

    @property
    def warcs(self) -> Path:
        """The folder that all WARC names are relative to."""
        return self.root / "warc"

    def table(self, name: str) -> Path:
        """The folder of a Delta table, whether it exists yet or not."""
        return self.root / "tables" / name

    @property
    def releases(self) -> Path:
        """The file that says what releases were made of, whether it exists yet or not."""
        return self.root / "tables" / "releases.json"

    @property
    def manifests(self) -> Path:
        """The folder of the chain of manifests, whether it exists yet or not."""
        return self.root / "manifests"

    @property
    def search(self) -> Path:
        """The folder of the search index, whether it exists yet or not."""
        return self.root / "search"

    def portal_warcs(self, portal: str) -> Path:
        """The folder of a portal's captures."""
        return self.warcs / portal

    def staging(self, portal: str) -> Path:
        """The SQLite file of a portal's crawl under way."""
        return self.root / "staging" / f"{portal}.sqlite"

    @property
    def hosts(self) -> Path:
        """The folder of the hosts' reservations, whether it exists yet or not."""
        return self.root / "staging" / "hosts"

    def report(self, night: date) -> Path:
        """The page of a night's report; the same for programs stands beside it as `.json`."""
        return self.root / "reports" / f"{night.isoformat()}.html"

    @property
    def planned_runs(self) -> Path:
        """The SQLite file of the planned runs, whether it exists yet or not."""
        return self.root / "staging" / ".schedule.sqlite"

    def schedule_lock(self, schedule: str) -> Path:
        """The file whose lock a run of a schedule holds."""
        return self.root / "staging" / f".schedule-{schedule}.lock"

    def log(self, crawl: str) -> Path:
        """The log file of a crawl."""
        return self.root / "logs" / f"{crawl}.log"

    def warc(self, filename: str) -> Path:
        """The path of a WARC named in a row, closed or still open.  BrokenWarc if the name leads out of the store."""
        cure = "The row that carries it is not to be trusted"
        try:
            root = self.warcs.resolve()
            path = (root / filename).resolve()
            if path == root or not path.is_relative_to(root):
                raise BrokenWarc(f"the name {filename!r} leads out of the store", cure)
            path = path_of(path)
        except (OSError, ValueError, RuntimeError) as error:  # a NUL, a name too long, a loop of links
            raise BrokenWarc(f"{filename!r} is no file name", cure) from error
        return path

    @contextmanager
    def lock(self, portal: str) -> Iterator[None]:
        """Holds the portal for one crawl; StoreBusy if another process holds it.  A dead holder's lock is free."""
        with self._locked(f"{portal}.lock", fcntl.LOCK_EX | fcntl.LOCK_NB) as held:
            if not held:
                what = f"portal {portal} is being crawled into {self.root} by another process"
                raise StoreBusy(what, "Wait until it ends")
            yield

    def locked(self, portal: str) -> bool:
        """Whether a living process holds the portal."""
        try:
            with self.lock(portal):
                return False
        except StoreBusy:
            return True

    @contextmanager
    def commit_lock(self) -> Iterator[None]:
        """Waits until no other process commits, and holds them off: snapshots follow one another.  A dead holder's is free."""
        with self._locked(".commit.lock", fcntl.LOCK_EX):
            yield

    @contextmanager
    def search_lock(self) -> Iterator[None]:
        """Waits until no other process writes the search index, and holds them off.  A dead holder's lock is free."""
        with self._locked(".search.lock", fcntl.LOCK_EX):
            yield

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder of the command's own in the store, for as long as it runs.  What dead ones left is removed first."""
        staging = self.root / "staging"
        folder = staging / f".scratch-{uuid4().hex}"
        with ExitStack() as held:
            with self._locked(".scratch.lock", fcntl.LOCK_EX):  # none is begun while another's are looked through
                for left in staging.glob(".scratch-*.lock"):
                    with self._locked(left.name, fcntl.LOCK_EX | fcntl.LOCK_NB) as dead:
                        if dead:
                            shutil.rmtree(left.with_suffix(""), ignore_errors=True)
                            left.unlink(missing_ok=True)
                held.enter_context(self._locked(f"{folder.name}.lock", fcntl.LOCK_EX))
            try:
                folder.mkdir()
            except OSError as error:
                raise unwritable(error, folder) from error
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
                folder.with_suffix(".lock").unlink(missing_ok=True)

    @contextmanager
    def _locked(self, name: str, how: int) -> Iterator[bool]:
        path = self.root / "staging" / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise unwritable(error, path) from error
        try:
            try:
                fcntl.flock(handle, how)
            except BlockingIOError:
                yield False
                return
            yield True
        finally:
            os.close(handle)


def open_store(root: Path) -> Store:
    """The store at `root`; NotAStore if there is none."""
    marker = root / MARKER
    if not root.is_dir():
        what = "is a file" if root.exists() else "does not exist"
        raise NotAStore(f"no store at {root}: it {what}", "Name one with --store, or make one with luutru crawl")
    try:
        head = json.loads(marker.read_text("utf-8"))
        found = head["format"]
        demo = bool(head.get("demo", False))
    except FileNotFoundError as error:
        raise NotAStore(f"{root} is not a store: it has no {MARKER}", "Name a store with --store") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotAStore(f"{marker} does not read", "Put it back from a copy, or name another store") from error
    if found != FORMAT or isinstance(found, bool):
        what = f"{root} has store format {found}, and this version reads {FORMAT}"
        raise NotAStore(what, "Use the version that wrote it")
    return Store(root, demo)


def create_store(root: Path, *, demo: bool = False) -> Store:
    """The store at `root`, made there if the folder is absent or empty; NotAStore if it holds something else."""
    if (root / MARKER).exists():
        return open_store(root)
    marker = root / MARKER
    temporary = root / f"{MARKER}.{uuid4().hex}.tmp"  # another process may be making the same store
    try:
        if root.exists() and (not root.is_dir() or any(not _begun(entry) for entry in root.iterdir())):
            if marker.exists():  # it has just been made
                return open_store(root)
            what = f"{root} is not a store and not empty"
            raise NotAStore(what, "Name an empty folder with --store, or one to be made")
        root.mkdir(parents=True, exist_ok=True)
        head = {"format": FORMAT, "created": iso(datetime.now(UTC)), "demo": demo}
        with temporary.open("w", encoding="utf-8") as file:
            file.write(json.dumps(head) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.rename(temporary, marker)
        sync_folder(root)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, PermissionError):
            what = f"cannot make a store at {root}: {error.strerror}"
            raise StoreUnwritable(what, "Check the folder's permissions") from error
        raise unwritable(error, root) from error
    return Store(root, demo)


def _begun(entry: Path) -> bool:
    """Whether an entry is what a full disk or a crash leaves of a store that was being made."""
    return entry.name.startswith(MARKER) and entry.name.endswith(".tmp")
