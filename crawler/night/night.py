"""A night from its plan to its snapshot; idempotent by (portal, night): run again, it does what is missing and nothing twice.

Each portal is crawled into its own staging by a worker.  When all have ended, those that are whole are committed as one
snapshot, under the portals' locks.  Whatever dies on the way, the next run finds: a crawl that goes on, a crawl that waits
for its commit, or a row of crawls.
"""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from archive.custody.signing import Signer
from archive.errors import LuutruError, StoreBusy
from archive.moment import iso
from archive.store import Store
from archive.tables.commit import Snapshot, Staged, commit_all
from archive.tables.views import ask
from archive.warc.seen import Seen
from crawler import portals as known
from crawler.config import Configuration
from crawler.custody import signer
from crawler.fetch.frontier import Frontier
from crawler.fetch.held import facts_of, held_in, night_of
from crawler.fetch.session import clear_staging, staging_error
from crawler.night.child import Worked
from crawler.night.crew import Crew, Hands
from crawler.night.worker import Order

_ROUNDS = 3
"""A portal may have to end the crawl of a former night before its own: so many rounds are made at most."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a night is to do: its local date, its portals by name, and how.

    `deadline` (aware) ends fetching, `budget` is pages a host, `bytes` what may be fetched in all, `sweep` walks all listings
    to their ends.  With `since` (aware) only a crawl that began then or later counts as done: a schedule may have several
    runs in a night.
    """

    night: date
    portals: tuple[str, ...]
    jobs: int = 4
    deadline: datetime | None = None
    budget: int | None = None
    bytes: int | None = None
    sweep: bool = False
    folders: tuple[Path, ...] = ()
    configuration: Path | None = None
    since: datetime | None = None


@dataclass
class Night:
    """What came of a plan: snapshots that were committed, what workers said, and portals that have no row, and why."""

    plan: Plan
    snapshots: list[Snapshot] = field(default_factory=list)
    worked: list[Worked] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def run(
    store: Store, plan: Plan, configuration: Configuration, told: Callable[[str], None], hands: Hands | None = None
) -> Night:
    """Runs a night to its commit.  CommitFailed and its kin where the snapshot cannot be made; all that was crawled is kept.

    Portals are crawled by `hands`, else by processes of this machine.  SIGTERM and Ctrl-C end the crawls, and what they
    have is committed as interrupted.
    """
    night, crew = Night(plan), hands or Crew(plan.jobs)
    with _ended_by(crew.stop):
        for _ in range(_ROUNDS):
            _commit(store, plan, configuration, night)
            missing = unfinished(store, plan)
            todo = [name for name in plan.portals if name in missing and name not in night.failed]
            if not todo or crew.stopped:
                break
            night.worked += crew.run([_order(store, plan, name) for name in todo], lambda worked: told(_said(worked)))
            night.failed |= {w.order.portal: w.ended.why for w in night.worked if w.ended.state in ("failed", "busy")}
        _commit(store, plan, configuration, night)
    night.failed |= dict.fromkeys(unfinished(store, plan) - night.failed.keys(), "it did not come to its end")
    return night


@contextmanager
def _ended_by(stop: Callable[[], None]) -> Iterator[None]:
    """Calls `stop` at SIGTERM and Ctrl-C; at a second Ctrl-C Python ends as it always does."""

    def hear(number: int, _frame: object) -> None:
        signal.signal(number, before[signal.Signals(number)])
        stop()

    before = {number: signal.signal(number, hear) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def unfinished(store: Store, plan: Plan) -> set[str]:
    """The plan's portals that have no crawl of its night which ended by itself, by its window or its budget."""
    rows = ask(
        store,
        "SELECT DISTINCT portal FROM crawls WHERE night = ? AND action = 'crawl' "
        "AND (cut_short IS NULL OR cut_short <> 'interrupted') AND started_at >= ?",
        plan.night,
        plan.since or datetime.fromtimestamp(0, UTC),
    )
    return set(plan.portals) - {str(row["portal"]) for row in rows}


def _order(store: Store, plan: Plan, name: str) -> Order:
    return Order(
        store=str(store.root.absolute()),
        portal=name,
        night=plan.night.isoformat(),
        portal_folders=tuple(str(folder.absolute()) for folder in plan.folders),
        configuration=str(plan.configuration.absolute()) if plan.configuration else None,
        deadline=iso(plan.deadline) if plan.deadline else None,
        budget=plan.budget,
        bytes=plan.bytes // len(plan.portals) if plan.bytes else None,
        sweep=plan.sweep,
    )


def _commit(store: Store, plan: Plan, configuration: Configuration, night: Night) -> None:
    """Commits every crawl of the plan's portals that waits for it: those of a night together, older nights first."""
    with ExitStack() as held:
        key = signer(configuration, store)
        waiting: dict[date, list[Staged]] = {}
        for name in plan.portals:
            try:
                portal = known.find(name, plan.folders)
                found = held.enter_context(_waiting(store, portal, key))
            except StoreBusy:
                continue
            except LuutruError as error:
                night.failed[name] = str(error)
                continue
            if found is not None:
                when, staged = found
                waiting.setdefault(when, []).append(staged)
        done = _committed(store, [one.facts.crawl for some in waiting.values() for one in some])
        for when in sorted(waiting):
            if missing := [one for one in waiting[when] if one.facts.crawl not in done]:
                night.snapshots.append(commit_all(store, missing))
            for one in waiting[when]:
                one.db.close()
                clear_staging(store, one.facts.portal)


def _committed(store: Store, crawls: list[str]) -> set[str]:
    """Which of these crawls have their row: a process died between the commit and the clearing of staging.

    Asked while their portals are held, and once for all: opening the tables takes longer than the answer.
    """
    if not crawls:
        return set()
    rows = ask(store, "SELECT crawl FROM crawls WHERE action = 'crawl' AND list_contains(?, crawl)", crawls)
    return {str(row["crawl"]) for row in rows}


@contextmanager
def _waiting(store: Store, portal: known.Portal, key: Signer | None) -> Iterator[tuple[date, Staged] | None]:
    """The crawl of a portal that is over and waits in staging, under the portal's lock; None where there is none."""
    path = store.staging(portal.name)
    if not path.exists():
        yield None
        return
    with store.lock(portal.name):
        try:
            frontier = Frontier(path)
        except sqlite3.Error as error:
            raise staging_error(path, error) from error
        with closing(frontier):
            held, when = held_in(frontier, key), night_of(frontier)
            if held is None or when is None:
                yield None
            else:
                with closing(Seen(store.portal_warcs(portal.name), store.warcs)) as seen:
                    yield when, Staged(frontier.connection, facts_of(store, portal, frontier, held, seen))


def _said(worked: Worked) -> str:
    """What is said of a worker's end, in a line."""
    died = f", its process died {worked.deaths} times" if worked.deaths else ""
    why = f": {worked.ended.why}" if worked.ended.why else ""
    return f"{worked.order.portal}: {worked.ended.state} after {worked.seconds:.0f} s{died}{why}"


def chosen(words: Sequence[str], folders: Sequence[Path]) -> tuple[str, ...]:
    """The portals that names and globs stand for, in order of their names; Misuse where one stands for none."""
    from fnmatch import fnmatchcase

    from archive.errors import UnknownPortal

    every = sorted(known.paths(folders))
    found: set[str] = set()
    for word in words:
        some = [name for name in every if fnmatchcase(name, word)]
        if not some:
            known.find(word, folders)  # says what is near
            raise UnknownPortal(f"no portal answers to {word!r}", f"There are: {', '.join(every)}")
        found.update(some)
    return tuple(sorted(found))
