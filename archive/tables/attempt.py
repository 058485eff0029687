"""One attempt at a snapshot: rows appended table by table under its id, summed as they pass, and told in a manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice

import pyarrow as pa

from archive.custody import manifest
from archive.custody.signing import Signer
from archive.moment import month, parse_iso
from archive.store import Store
from archive.tables.delta import append
from archive.tables.rows import Json, table
from archive.tables.rowsum import Sums
from archive.tables.schema import CRAWLS, Table
from archive.warc import ledger

_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Custody:
    """What a crawl's manifest says beside its rows, and the key that signs it (None: it stays unsigned).

    `warcs` are files of the crawl that no staged row may name, relative to the store's `warc/`.
    """

    told: Mapping[str, object] = field(default_factory=dict)
    warcs: tuple[str, ...] = ()
    signer: Signer | None = None


class Attempt:
    """Appends to tables of a store under one snapshot id; the caller holds the lock of commits."""

    def __init__(self, store: Store, snapshot: str, crawls: Iterable[str]) -> None:
        self._store = store
        self._snapshot = snapshot
        self._note = {"snapshot_id": snapshot, "crawl": " ".join(crawls)}
        self._sums: dict[str, Sums] = {}

    def append(self, target: Table, rows: Callable[[], Iterator[Json]]) -> None:
        """Appends rows, where there are any; `rows` is called again where another's commit came in between."""
        begun = rows()
        first = list(islice(begun, 1))
        if not first:
            return
        waiting = [chain(first, begun)]

        def reader() -> pa.RecordBatchReader:
            batches = self._batches(target, waiting.pop() if waiting else rows())
            return pa.RecordBatchReader.from_batches(target.schema, batches)

        append(self._store, target, reader, self._note)

    def told(self, row: Json, custody: Custody, warcs: Iterable[str] = ()) -> Json:
        """Adds the manifest of a crawl to the chain; its row of crawls with the manifest's hash.

        Everything else of the crawl must have been appended before.
        """
        portal = str(row["portal"])
        own = Sums()
        for batch in _arrow(CRAWLS, iter([row]), self._snapshot):
            own.add(batch)
        tables = {name: sums.of(portal).told() for name, sums in self._sums.items()}
        files = sorted({*warcs, *custody.warcs})
        whole: Json = {
            "kind": "reading" if row.get("action") == "reextract" else "crawl",
            "made_at": row["committed_at"],
            "crawl": row["crawl"],
            "portal": portal,
            "night": row.get("night"),
            "snapshot_id": self._snapshot,
            "clock": {"synchronised": row.get("clock_synced"), "skew_s": row.get("clock_skew_s")},
            **custody.told,
            "tables": {**tables, CRAWLS.name: own.of(portal).told()},
            "warcs": [warc_told(self._store, name) for name in files],
        }
        added = manifest.add(self._store.manifests, whole, custody.signer)
        return row | {"manifest_hash": added.hash}

    def _batches(self, target: Table, rows: Iterator[Json]) -> Iterator[pa.RecordBatch]:
        sums = self._sums[target.name] = Sums()
        for batch in _arrow(target, rows, self._snapshot):
            sums.add(batch)
            yield batch


def _arrow(target: Table, rows: Iterator[Json], snapshot: str) -> Iterator[pa.RecordBatch]:
    while batch := list(islice(rows, _BATCH)):
        marked = [row | {"snapshot_id": snapshot, "month": _month(row)} for row in batch]
        yield from table(marked, target.schema).to_batches()


def _month(row: Json) -> str:
    when = row.get("fetch_time") or row.get("not_after") or row.get("listed_at") or row.get("committed_at")
    return month(parse_iso(str(when)))


def warc_told(store: Store, name: str) -> Json:
    """A file as the manifest names it; without a root where its ledger is not closed, which audit will find."""
    close = ledger.closing(ledger.ledger_of(store.warcs / name)) or {}
    return {"name": name, **{key: close.get(key) for key in ("length", "records", "root")}}
