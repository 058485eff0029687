"""The frontier: what is to be asked, what is being asked and what is done, in one SQLite file that outlives kill -9.

"Done" is written only after the fsync that covers the record, in one transaction with the links found and the rows read.
In flight is known to the living process alone: what was in flight when it died is queued in the file, and asked again.
"Seen" is the key of a visit.
"""

from __future__ import annotations

import json
import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from archive.tables.stage import Row, add_rows, create_stage, move_rows
from archive.warc.joining import Joined

_SCHEMA = """
CREATE TABLE IF NOT EXISTS crawl (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS visits (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    priority INTEGER NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    outcome TEXT,
    visit TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS waiting ON visits (priority DESC, id) WHERE state = 0;
"""
_QUEUED, _DONE = 0, 1
_WINDOW = 64

PRIORITY = {"robots": 100, "listing": 50, "article": 20, "image": 10, "attachment": 10, "requisite": 5}

FIRST = 49_400
"""What a former crawl left comes before all but the near pages of listings, in the order in which it would have come."""

NEAR = 10
"""Listing pages that are asked for before the articles that they show; the further ones wait for these."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Something to ask a server for.

    `url` is as it is asked, `key` names the visit: a key is asked once a crawl.  `via` is the page that led here and
    `hops` how far from a category's first page.  `context` is what the spider needs to go on (category, page number).
    """

    kind: str
    url: str
    key: str
    method: str = "GET"
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    via: str = ""
    hops: int = 0
    context: Mapping[str, object] = field(default_factory=dict)
    id: int = 0
    attempts: int = 0

    def dump(self) -> str:
        """The visit as the frontier keeps it."""
        return json.dumps(
            [self.kind, self.url, self.method, self.body, self.headers, self.via, self.hops, self.context],
            ensure_ascii=False,
        )


def load_visit(id_: int, key: str, attempts: int, text: str) -> Visit:
    """The visit that `Visit.dump` wrote."""
    kind, url, method, body, headers, via, hops, context = json.loads(text)
    return Visit(kind, url, key, method, body, headers, via, hops, context, id_, attempts)


def _priority(visit: Visit) -> int:
    """Pages before their files, what is near before what is far; far pages of a listing after the articles shown so far."""
    if visit.context.get("again"):
        return 0  # an answer that is doubted is asked for after all else, when some time has passed
    if visit.context.get("rest"):
        return FIRST + _priority(replace(visit, context={})) // 100
    kind = "article" if visit.kind == "listing" and visit.hops >= NEAR else visit.kind
    return PRIORITY.get(kind, 0) * 1000 - min(visit.hops, 999)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a visit: rows to stage, links found, facts to note, and whether it is asked once more."""

    visit: Visit
    verdict: str
    rows: Sequence[Row] = ()
    found: Sequence[Visit] = ()
    again: bool = False
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many visits wait, are under way, and are done."""

    queued: int
    in_flight: int
    done: int

    @property
    def left(self) -> int:
        """What is still to be asked."""
        return self.queued + self.in_flight


class Frontier:
    """One crawl's frontier in the SQLite file at `path`; the staged rows live in the same file.

    Not for several threads.  `commit()` is the only writer; nothing of an outcome is kept before it.
    """

    def __init__(self, path: Path) -> None:
        # Delta writes from a thread of its own, which reads staged rows while this one waits
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        # NORMAL in WAL mode loses the newest commits at a power cut but never breaks the file: lost ones are asked again
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)
        create_stage(self._db)
        self._ready: deque[Visit] = deque()
        self._held: set[int] = set()
        self._counts = self._count()

    @property
    def connection(self) -> sqlite3.Connection:
        """The open database, for the stage that shares the file."""
        return self._db

    @property
    def counts(self) -> Counts:
        """How far the crawl is."""
        queued, done = self._counts
        return Counts(queued - len(self._held), len(self._held), done)

    def note(self, **values: str) -> None:
        """Keeps facts of the crawl itself (its id, its night)."""
        self._db.executemany("INSERT OR REPLACE INTO crawl VALUES (?, ?)", list(values.items()))

    def noted(self, key: str) -> str | None:
        """A fact that was noted, or None."""
        row = self._db.execute("SELECT value FROM crawl WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else None

    def notes(self, prefix: str) -> dict[str, str]:
        """The facts whose keys begin with `prefix`, by the rest of the key."""
        rows = self._db.execute("SELECT key, value FROM crawl WHERE substr(key, 1, ?) = ?", (len(prefix), prefix))
        return {str(key)[len(prefix) :]: str(value) for key, value in rows}

    def move(self, joined: Joined, root: Path) -> None:
        """Notes that files become one, and gives all that is staged its new place, in one transaction.

        `root` is what the names of WARCs in rows are relative to.
        """
        folder = joined.final.parent.relative_to(root)
        new = (folder / joined.final.name).as_posix()
        self._db.execute("BEGIN IMMEDIATE")
        for name, base in joined.parts:
            move_rows(self._db, (folder / name).as_posix(), new, base)
        self.note(**{f"joined {joined.final.name}": json.dumps(joined.parts)})
        self._db.execute("COMMIT")

    def joined(self, folder: Path) -> list[Joined]:
        """What was noted as joined in this crawl."""
        notes = self.notes("joined ").items()
        return [Joined(folder / name, tuple((str(n), int(b)) for n, b in json.loads(text))) for name, text in notes]

    def add(self, visits: Iterable[Visit]) -> int:
        """Queues the visits whose keys are new, and says how many were."""
        before = self._counts[0]
        self._db.execute("BEGIN IMMEDIATE")
        self._insert(visits)
        self._db.execute("COMMIT")
        return self._counts[0] - before

    def next(self) -> Visit | None:
        """The next visit, held as in flight from now on; None while nothing is queued."""
        if not self._ready:
            self._fill()
        if not self._ready:
            return None
        visit = self._ready.popleft()
        self._held.add(visit.id)
        return visit

    def put_back(self, visits: Iterable[Visit]) -> None:
        """Gives up held visits without an outcome: they are next in line again."""
        for visit in visits:
            self._held.discard(visit.id)
            self._ready.appendleft(visit)

    def commit(self, outcomes: Sequence[Outcome]) -> None:
        """Writes outcomes in one transaction: rows, links found, and done (or queued again)."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for outcome in outcomes:
                add_rows(self._db, outcome.rows)
                self._insert(outcome.found)
                self._db.executemany("INSERT OR REPLACE INTO crawl VALUES (?, ?)", list(outcome.notes.items()))
                state = _QUEUED if outcome.again else _DONE
                self._db.execute(
                    "UPDATE visits SET state = ?, outcome = ?, attempts = attempts + 1 WHERE id = ?",
                    (state, outcome.verdict, outcome.visit.id),
                )
                if outcome.again and outcome.verdict == "throttled":  # others first: whether it is the page or the host
                    self._db.execute("UPDATE visits SET priority = -attempts WHERE id = ?", (outcome.visit.id,))
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            self._counts = self._count()
            raise
        for outcome in outcomes:
            self._held.discard(outcome.visit.id)
        done = sum(not outcome.again for outcome in outcomes)
        self._counts = (self._counts[0] - done, self._counts[1] + done)

    def commit_rows(self, rows: Sequence[Row]) -> None:
        """Stages rows that belong to no visit."""
        self._db.execute("BEGIN IMMEDIATE")
        add_rows(self._db, rows)
        self._db.execute("COMMIT")

    def count_outcomes(self, *verdicts: str) -> int:
        """How many visits ended with one of these verdicts; what a page is only shown with is not counted."""
        marks = ",".join("?" * len(verdicts))
        query = f"SELECT count(*) FROM visits WHERE state = 1 AND kind <> 'requisite' AND outcome IN ({marks})"  # noqa: S608 - question marks
        return int(self._db.execute(query, verdicts).fetchone()[0])

    def ended(self, *verdicts: str) -> list[Visit]:
        """The visits that ended with one of these verdicts, in order."""
        marks = ",".join("?" * len(verdicts))
        query = f"SELECT id, key, attempts, visit FROM visits WHERE state = 1 AND outcome IN ({marks}) ORDER BY id"  # noqa: S608
        return [load_visit(*row) for row in self._db.execute(query, verdicts)]

    def waiting(self, *verdicts: str) -> Iterator[Visit]:
        """The visits that wait, and those that ended with one of these verdicts, in the order in which they would be made."""
        marks = ",".join("?" * len(verdicts))
        which = f"state = 0 OR outcome IN ({marks})"
        query = f"SELECT id, key, attempts, visit FROM visits WHERE {which} ORDER BY priority DESC, id"  # noqa: S608
        return (load_visit(*row) for row in self._db.execute(query, verdicts))

    def unread(self) -> dict[str, str | None]:
        """What became of visits to articles that brought none, by URL; None where they wait still."""
        rows = self._db.execute(
            "SELECT substr(key, 9), CASE state WHEN 1 THEN outcome END FROM visits "
            "WHERE kind = 'article' AND (state = 0 OR outcome <> 'article')"
        )
        return {str(url): outcome for url, outcome in rows}

    def outcome(self, key: str) -> str | None:
        """The verdict of a visit that is done; None where it is not, or is unknown."""
        row = self._db.execute("SELECT outcome FROM visits WHERE key = ? AND state = ?", (key, _DONE)).fetchone()
        return str(row[0]) if row else None

    def seen(self, key: str) -> bool:
        """Whether a visit has this key."""
        return self._db.execute("SELECT 1 FROM visits WHERE key = ?", (key,)).fetchone() is not None

    def close(self) -> None:
        """Closes the file; what is in flight stays queued in it."""
        self._db.close()

    def _fill(self) -> None:
        held = ",".join(str(id_) for id_ in self._held) or "0"
        rows = self._db.execute(
            f"SELECT id, key, attempts, visit FROM visits WHERE state = 0 AND id NOT IN ({held}) "  # noqa: S608 - integers
            "ORDER BY priority DESC, id LIMIT ?",
            (_WINDOW,),
        )
        self._ready.extend(load_visit(*row) for row in rows)

    def _insert(self, visits: Iterable[Visit]) -> None:
        rows = [(v.key, v.kind, _priority(v), replace(v, id=0).dump()) for v in visits]
        cursor = self._db.executemany(
            "INSERT OR IGNORE INTO visits (key, kind, priority, visit) VALUES (?, ?, ?, ?)", rows
        )
        if cursor.rowcount > 0:
            self._counts = (self._counts[0] + cursor.rowcount, self._counts[1])

    def _count(self) -> tuple[int, int]:
        rows = dict(self._db.execute("SELECT state, count(*) FROM visits GROUP BY state").fetchall())
        return rows.get(0, 0), rows.get(1, 0)
