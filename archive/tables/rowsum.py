"""A digest of rows that holds whatever order and file they lie in: compaction leaves it as it is, a changed cell does not."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from archive.moment import iso

_LATER = ("manifest_hash",)
"""Columns that are only known when the digest is."""


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows, and the sha256 in hex over their sorted hashes."""

    rows: int
    digest: str

    def told(self) -> dict[str, object]:
        """As a manifest tells it."""
        return {"rows": self.rows, "digest": self.digest}


class Sums:
    """Digests of rows as they pass, one for each portal; 32 bytes a row are held.

    A snapshot has one crawl of a portal, and rows of older crawls' captures where these were read again for it: all of them
    are the portal's.
    """

    def __init__(self) -> None:
        self._hashes: dict[str, list[bytes]] = defaultdict(list)

    def add(self, batch: pa.RecordBatch | pa.Table) -> None:
        """Takes rows of a table that has a column `portal`."""
        for row in batch.to_pylist():
            self._hashes[str(row["portal"])].append(row_hash(row))

    def of(self, portal: str) -> Sum:
        """The digest over all rows of a portal so far."""
        return sum_of(sorted(self._hashes.get(portal, ())))


def row_hash(row: Mapping[str, Any]) -> bytes:
    """sha256 over a row as JSON: keys in order, no nulls (so that a column added later changes nothing), times in UTC."""
    kept = {key: value for key, value in row.items() if key not in _LATER}
    return hashlib.sha256(
        json.dumps(_plain(kept), sort_keys=True, ensure_ascii=False).encode("utf-8", "replace")
    ).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items() if one is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return value


def sum_of(hashes: Iterable[bytes]) -> Sum:
    """The digest over rows whose hashes come sorted."""
    machine, count = hashlib.sha256(), 0
    for one in hashes:
        machine.update(one)
        count += 1
    return Sum(count, machine.hexdigest())
