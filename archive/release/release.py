"""What is to be said of a release: which snapshot, whose captures, under what rights.  Nothing of it depends on the hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from archive.moment import iso
from archive.release.contents import Content, Limits
from archive.release.ledger import Entry
from archive.tables.schema import SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class Source:
    """A portal as the release has it: its name, and the addresses of its hosts."""

    portal: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """A release before its tables are written: the snapshot, its limits, and who stands behind it.

    `committed_at` is the snapshot's time, and the release's too.  `first` and `last` are the days in Vietnam of its first
    and last capture, None where it has none.
    """

    snapshot: str
    committed_at: datetime
    as_of: datetime | None
    limits: Limits
    rights: str
    operators: tuple[str, ...]
    sources: tuple[Source, ...]
    first: date | None
    last: date | None

    @property
    def title(self) -> str:
        """What people call it."""
        return f"News of Vietnamese government portals, snapshot {self.snapshot}"

    def facts(self) -> dict[str, object]:
        """What manifest.json says before its files."""
        return {
            "format": 1,
            "snapshot_id": self.snapshot,
            "committed_at": iso(self.committed_at),
            "schema_version": SCHEMA_VERSION,
            "as_of": iso(self.as_of) if self.as_of else None,
            "since": self.limits.since.isoformat() if self.limits.since else None,
            "portals": [source.portal for source in self.sources],
            "operators": list(self.operators),
            "rights": self.rights,
        }

    def notes(self, content: Content) -> Mapping[str, str]:
        """The key-value metadata of a table's Parquet file."""
        notes = {
            "luutru.table": content.name,
            "luutru.snapshot_id": self.snapshot,
            "luutru.committed_at": iso(self.committed_at),
            "luutru.schema_version": str(SCHEMA_VERSION),
        }
        if self.as_of:
            notes["luutru.as_of"] = iso(self.as_of)
        if self.limits.since:
            notes["luutru.since"] = self.limits.since.isoformat()
        if self.limits.portals:
            notes["luutru.portals"] = " ".join(self.limits.portals)
        return notes


@dataclass(frozen=True, slots=True)
class Written:
    """A table as it was written."""

    content: Content
    entry: Entry

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return self.entry.rows or 0
