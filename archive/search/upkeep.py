"""The index is made from the tables, and mends itself: what is not there, torn, old or of another store is made anew.

One process at a time writes it (a lock in the store); who comes meanwhile waits, and finds it done.  A store that cannot be
written is searched with the index that it has, or with one that is made in a temporary folder and goes with it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import tantivy

from archive.errors import SearchFailed, StoreFull, StoreUnwritable
from archive.search.index import covered, extend, new_index, open_index
from archive.store import Store
from archive.tables.views import ask

_FAULTS = (ValueError, OSError)  # how tantivy tells that a file is not there, not whole, or cannot be written


@contextmanager
def current(store: Store) -> Iterator[tantivy.Searcher]:
    """The index with all snapshots that the store has, for as long as the context lasts.

    SearchFailed where none can be made, neither in the store nor elsewhere.
    """
    searcher = _whole(store.search, _snapshots(store))
    if searcher is None:
        try:
            searcher = _caught_up(store)
        except (StoreFull, StoreUnwritable, *_FAULTS):
            searcher = None
    if searcher is not None:
        yield searcher
        return
    with _elsewhere(store) as searcher:
        yield searcher


def _caught_up(store: Store) -> tantivy.Searcher | None:
    with store.search_lock():
        known = _snapshots(store)  # anew: another process may have brought the index further than we knew
        found = _whole(store.search, known)
        if found is not None:
            return found
        try:
            _extend(store.search, store, known)
        except _FAULTS:
            shutil.rmtree(store.search, ignore_errors=True)  # half an index on a full disk helps nobody
            raise
        return _whole(store.search, known)


@contextmanager
def _elsewhere(store: Store) -> Iterator[tantivy.Searcher]:
    """The index in a temporary folder: the store's own where that reads, which wants to be written to be opened, and more."""
    try:
        with TemporaryDirectory(prefix="luutru-search-") as name:
            folder = Path(name) / "index"
            known = _snapshots(store)
            try:
                shutil.copytree(store.search, folder)
            except (OSError, shutil.Error):
                shutil.rmtree(folder, ignore_errors=True)
            searcher = _whole(folder, known)
            if searcher is None:
                _extend(folder, store, known)
                searcher = _whole(folder, known)
            if searcher is None:
                raise ValueError("what was written does not read")
            yield searcher
    except _FAULTS as error:
        what = f"no index of {store.root} can be made: {str(error).splitlines()[0]}"
        raise SearchFailed(what, "Free some space in the store, or name a temporary folder in TMPDIR") from error


def _snapshots(store: Store) -> Mapping[str, None]:
    """The store's snapshots, oldest first."""
    rows = ask(store, "SELECT snapshot_id FROM snapshots ORDER BY committed_at, snapshot_id")
    return dict.fromkeys(str(row["snapshot_id"]) for row in rows)


def _whole(folder: Path, known: Mapping[str, None]) -> tantivy.Searcher | None:
    """The index in the folder where it covers exactly these snapshots, else None."""
    try:
        searcher = open_index(folder).searcher()
        return searcher if covered(searcher) == set(known) else None
    except _FAULTS:
        return None


def _extend(folder: Path, store: Store, known: Mapping[str, None]) -> None:
    """Brings the index in the folder up to these snapshots; ours alone, under the lock or in a folder of our own."""
    try:
        index = open_index(folder)
        held = covered(index.searcher())
        new = not held <= set(known)
    except _FAULTS:
        new = True
    if new:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        index, held = new_index(folder), set()
    extend(index, store, [snapshot for snapshot in known if snapshot not in held], list(known)[-1], new=new)
