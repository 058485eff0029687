"""What an audit finds: each finding names its kind, its file, and where the bytes allow it the offset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

KINDS = {
    "damaged": "a record does not read, or is not what its own header says",
    "changed": "a record reads and is not the one that was written",
    "lost": "the ledger knows a record that the file does not have",
    "added": "the file has a record that the ledger does not know",
    "doubled": "a record stands twice",
    "order": "records do not stand in the order in which they were written",
    "digest": "a digest in a record's header is not that of its bytes",
    "ledger": "a ledger is not there, does not read, or contradicts itself",
    "index": "an index (CDXJ) does not say what the file says",
    "id": "two records have one id",
    "revisit": "a revisit stands on a record that is not there or is another",
    "manifest": "a manifest is not there, does not read, or contradicts the store",
    "chain": "a manifest does not follow the one before it",
    "signature": "a signature is not there or does not hold",
    "key": "a key signed that nobody introduced",
    "trust": "no key that was named as trusted vouches for the chain",
    "timestamp": "a timestamp does not hold, or contradicts the manifest",
    "head": "the chain does not contain the head that was published",
    "missing": "a file that a manifest names is not there",
    "unnamed": "a file is there that no manifest names",
    "log": "a crawl's log is not there or is another",
    "table": "the rows of a crawl are not those that its manifest counted",
    "crawl": "a crawl that has a manifest is not in the tables, or the other way round",
    "capture": "a row of captures does not say what its record says",
    "reading": "a row is not what this version reads from the same bytes",
    "link": "a symbolic link stands where a file should",
    "name": "a name leads out of the store, or is none",
}
"""Every kind of finding and what it means: names of a contract."""

MOST = 100
"""Findings that are told of one file; what is more is counted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong: a kind of KINDS, the file (relative to the store), the offset in it or None, and words for it."""

    kind: str
    file: str
    offset: int | None
    message: str


@dataclass(slots=True)
class Findings:
    """Findings as they are made, MOST of one file; and notes, which are no findings."""

    found: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)
    _last: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, file: str, message: str, offset: int | None = None) -> None:
        """Adds a finding."""
        assert kind in KINDS, kind
        self._last[file] = kind
        count = self._counts[file] = self._counts.get(file, 0) + 1
        if count <= MOST:
            self.found.append(Finding(kind, file, offset, message))

    def note(self, text: str) -> None:
        """Adds a note, once."""
        if text not in self.notes and len(self.notes) < 1000:
            self.notes.append(text)

    def take(self, other: Findings) -> None:
        """Adds all of another's."""
        for one in other.found:
            self.add(one.kind, one.file, one.message, one.offset)
        for file, count in other._counts.items():
            if count > MOST:
                self._counts[file] += count - MOST
        for text in other.notes:
            self.note(text)

    def all(self) -> Iterator[Finding]:
        """Every finding, in order of file and offset; where a file has more than is told, a last one that counts them."""
        more = [
            Finding(self._last[file], file, None, f"{count - MOST} more findings in this file")
            for file, count in self._counts.items()
            if count > MOST
        ]
        yield from sorted(self.found, key=lambda one: (one.file, one.offset if one.offset is not None else -1))
        yield from more


@dataclass(slots=True)
class Checked:
    """How much was examined; `inflated` is the bytes of records uncompressed, `not_rerun` rows whose reading was not run
    again because another version made them."""

    files: int = 0
    records: int = 0
    bytes: int = 0
    inflated: int = 0
    manifests: int = 0
    signatures: int = 0
    timestamps: int = 0
    crawls: int = 0
    rows: int = 0
    captures_read: int = 0
    articles_read: int = 0
    not_rerun: int = 0

    def add(self, other: Checked) -> None:
        """Counts another's in."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))
