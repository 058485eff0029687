"""Reading WARC files again on many machines: a file is a unit, its rows come back as a file in the store's scratch folder.

Workers read; who asked joins their rows in the order of the files and commits.  So the rows are those that one machine
reads, whoever read which file, and however often a worker died.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from archive.errors import LuutruError, NoCluster, database_error, unwritable
from archive.store import Store, open_store
from archive.tables import stage
from archive.tables.rows import Origin
from archive.warc.seen import Copy, Seen
from crawler import cluster
from crawler.cluster import Ground
from crawler.portals import Portal
from crawler.reextract import Reading, Task, read_file

_AHEAD = 2
"""Files that are read ahead of the join, a thread of the cluster: their rows wait on disk."""

_STEP = 1.0
_ALONE = 300.0
"""Seconds that a file is waited for while the cluster has no workers."""


def read(ground: Ground, root: str, path: str, origin: Origin, portal: Portal) -> str:
    """What a worker does: reads one WARC file, and gives the file that has its rows."""
    ground.check()
    store, scratch = open_store(Path(root)), Path(ground.scratch)
    target = scratch / f"{uuid4().hex}.rows"  # its own for each attempt: a worker that was given up may still write
    try:
        with (
            closing(Copy(_index(scratch, origin.portal))) as targets,
            closing(sqlite3.connect(target, isolation_level=None)) as db,
        ):
            db.execute("PRAGMA journal_mode = OFF")
            db.execute("PRAGMA synchronous = OFF")
            stage.create_stage(db)
            db.execute("BEGIN")
            read_file(store, Path(path), origin, portal, db, targets)
            db.execute("COMMIT")
    except OSError as error:
        raise unwritable(error, target) from error
    except sqlite3.Error as error:
        raise database_error(target, error, "Check the disk, and give the command again") from error
    return target.name


class Shares:
    """The files of all tasks, read ahead by the cluster and joined in order."""

    def __init__(self, store: Store, client: Any, ground: Ground, tasks: Sequence[Task]) -> None:
        self._store = store
        self._client = client
        self._ground = ground
        self._scratch = Path(ground.scratch)
        self._waiting = deque((task, path) for task in tasks for path in task.files)
        self._under: deque[Any] = deque()

    def __call__(self, task: Task, db: sqlite3.Connection) -> None:
        """Stages the rows of the next task; NoCluster where the cluster cannot give them."""
        for path in task.files:
            self._fill()
            part = self._scratch / self._result(self._under.popleft(), path)
            _join(db, part)
            part.unlink()

    def _fill(self) -> None:
        """Keeps the workers at work, and at least one file under way."""
        most = max(1, _AHEAD * cluster.threads(self._client))
        while self._waiting and len(self._under) < most:
            task, path = self._waiting.popleft()
            self._copy_index(task.origin.portal)
            what = (str(self._store.root.absolute()), str(path.absolute()), task.origin, task.portal)
            self._under.append(self._client.submit(read, self._ground, *what, pure=False))

    def _copy_index(self, portal: str) -> None:
        copy = _index(self._scratch, portal)
        if not copy.exists():
            with closing(Seen(self._store.portal_warcs(portal), self._store.warcs)) as seen:
                seen.copy_to(copy)

    def _result(self, future: Any, path: Path) -> str:
        from distributed import CancelledError, wait

        seen = monotonic()
        while not future.done():
            with suppress(TimeoutError, CancelledError):
                wait([future], timeout=_STEP)
            if cluster.threads(self._client):
                seen = monotonic()
            elif monotonic() - seen > _ALONE:
                break
        cure = "What was committed stands: give the command again"
        if future.status == "finished":
            return str(future.result())
        if future.status != "error":
            raise NoCluster(f"the cluster's scheduler or workers were lost while {path.name} was read", cure)
        error = future.exception()
        if isinstance(error, LuutruError):
            raise error
        raise NoCluster(f"{path.name} could not be read on the cluster: {cluster.trouble(error)}", cure) from error


@contextmanager
def shares(store: Store, address: str) -> Iterator[Callable[[Sequence[Task]], Reading]]:
    """What `reextract` shares its tasks out with; its errors are those of `cluster.connected`."""
    with cluster.connected(address) as client, cluster.ground(store) as ground:
        yield lambda tasks: Shares(store, client, ground, tasks)


def _index(scratch: Path, portal: str) -> Path:
    return scratch / f"{portal}.seen"


def _join(db: sqlite3.Connection, part: Path) -> None:
    """Stages the rows of a part behind those that are staged already, in their order."""
    db.commit()
    db.execute("ATTACH ? AS part", (str(part),))
    db.execute(
        "INSERT OR IGNORE INTO main.rows (tab, record_id, name, place, data) "
        "SELECT tab, record_id, name, place, data FROM part.rows ORDER BY id"
    )
    db.commit()
    db.execute("DETACH part")
