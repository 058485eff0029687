"""Which versions of the Delta tables releases were made of: `STORE/tables/releases.json`, so that they stay readable."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime

from archive.errors import StoreUnwritable, unwritable
from archive.moment import iso
from archive.store import Store
from archive.tables.delta import version_of
from archive.tables.schema import TABLES
from archive.warc.writer import sync_folder


@dataclass(frozen=True, slots=True)
class Pin:
    """A release of a snapshot: when it was first made (aware), and the version of each table then."""

    snapshot: str
    released_at: datetime
    tables: dict[str, int]


def pins(store: Store) -> list[Pin]:
    """All that are pinned, oldest first.  StoreUnwritable where the file does not read: nothing may be removed then."""
    try:
        told = json.loads(store.releases.read_text("utf-8"))
        return [
            Pin(
                str(one["snapshot_id"]),
                datetime.fromisoformat(one["released_at"]),
                {str(name): int(version) for name, version in one["tables"].items()},
            )
            for one in told["releases"]
        ]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StoreUnwritable(f"{store.releases} does not read", "Put it back from a copy, or move it away") from error


def pin(store: Store, snapshot: str) -> bool:
    """Notes the tables as they are now as those of a release of `snapshot`; False where it has been released before."""
    with store.commit_lock():
        known = pins(store)
        if any(one.snapshot == snapshot for one in known):
            return False
        versions = {name: version_of(store, table) for name, table in TABLES.items()}
        there = {name: version for name, version in versions.items() if version >= 0}
        _write(store, [*known, Pin(snapshot, datetime.now(UTC), there)])
        return True


def unpin(store: Store, snapshot: str) -> None:
    """Forgets a release that came to nothing."""
    with store.commit_lock():
        _write(store, [one for one in pins(store) if one.snapshot != snapshot])


def _write(store: Store, known: list[Pin]) -> None:
    releases = [
        {"snapshot_id": one.snapshot, "released_at": iso(one.released_at), "tables": one.tables} for one in known
    ]
    path = store.releases
    temporary = path.with_name(path.name + ".tmp")
    try:
        with temporary.open("w", encoding="utf-8") as file:
            file.write(json.dumps({"format": 1, "releases": releases}, indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.rename(temporary, path)
        sync_folder(path.parent)
    except OSError as error:
        raise unwritable(error, path) from error
