"""A ledger as an audit reads it: line by line, held against itself and, where it is joined, against its parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archive.audit.finding import Findings
from archive.custody.signing import signed_by
from archive.errors import BrokenLedger
from archive.warc import ledger
from archive.warc.merkle import Tree


@dataclass(frozen=True, slots=True)
class Expected:
    """A record that the ledger tells of; `offset` counts from the start of the file, whatever was joined."""

    offset: int
    length: int
    sha256: str
    id: str
    type: str
    block: str


@dataclass(slots=True)
class _Part:
    """What stands between the beginning of a ledger and its close."""

    tree: Tree = field(default_factory=Tree)
    records: int = 0
    end: int = 0


@dataclass(slots=True)
class Book:
    """Reads the ledger at `path`, whose name in messages is `name`; what is wrong with it goes into `findings`.

    When `entries` has been gone through, `root`, `records` and `length` are those of its close (None where it has none),
    `crawl` is whose it is, `cut` the bytes that repairs cut off and `keys` the keys that signed repairs.
    """

    path: Path
    name: str
    findings: Findings
    root: str | None = None
    records: int | None = None
    length: int | None = None
    crawl: str | None = None
    repairs: int = 0
    keys: set[str] = field(default_factory=set)
    _base: int = 0
    _at: int = 0
    _parts: list[tuple[str, int, ledger.Line]] = field(default_factory=list)
    _warc: str = ""
    _total: Tree = field(default_factory=Tree)
    _part: _Part | None = None
    _count: int = 0
    _joined: bool = False

    def entries(self) -> Iterator[Expected]:
        """The records in order.  What contradicts itself is told once for its line; reading goes on behind it."""
        before = ledger.FIRST
        try:
            for line in ledger.lines(self.path):
                told = ledger.parse(line)
                begins = "ledger" in told
                if told.get("before") != (ledger.FIRST if begins else before):
                    self._wrong("does not follow the line before it: a line was changed, left out or put in")
                before = ledger.line_hash(line)
                if begins:
                    self._begin(told)
                    self._add(line)
                elif "offset" in told:
                    found = self._entry(told)
                    self._add(line)
                    if found is not None:
                        yield found
                elif "root" in told:
                    self._close(told, line)
                else:
                    self._other(told)
                    self._add(line)
                self._at += len(line) + 1
            if self.path.stat().st_size != self._at:
                self._wrong("has no end")
        except BrokenLedger as error:
            self.findings.add("ledger", self.name, f"{error.what}. What stands behind it cannot be checked", self._at)
        except OSError as error:
            self.findings.add("ledger", self.name, f"the ledger does not read: {error.strerror}")
        if self.root is None:
            self.findings.add("ledger", self.name, "the ledger is not closed, though its file is", self._at)

    def _wrong(self, what: str) -> None:
        self.findings.add("ledger", self.name, f"the line at byte {self._at} of the ledger {what}", self._at)

    def _add(self, line: bytes) -> None:
        if self._part is not None:
            self._part.tree.add(line)
        if self._parts or self._part is None:  # up to the first close, the part is all there is
            self._total.add(line)

    def _begin(self, told: ledger.Line) -> None:
        if self._part is not None:
            self._wrong("begins a part before the one above it is closed")
        self.root = None
        self._part = _Part()
        self._warc = str(told.get("warc"))
        crawl = told.get("crawl")
        if self.crawl is None:
            self.crawl = crawl if isinstance(crawl, str) else None
            if self._warc + ledger.SUFFIX != self.path.name:
                self._wrong(f"says that it is of {self._warc[:200]!r}")
        elif crawl != self.crawl:
            self._wrong("is of another crawl than the part above it")

    def _entry(self, told: ledger.Line) -> Expected | None:
        part = self._part
        if part is None:
            self._wrong("tells of a record outside of any part")
            part = self._part = _Part()
        found = ledger.entry(told)
        if found is None:
            return None
        if found.offset != part.end:
            self._wrong(f"places its record at {found.offset}, and the one before it ends at {part.end}")
        part.end = found.offset + found.length
        part.records += 1
        self._count += 1
        return Expected(self._base + found.offset, found.length, found.sha256, found.id, found.type, found.block)

    def _close(self, told: ledger.Line, line: bytes) -> None:
        part = self._part
        if part is not None:
            tree, records, length = part.tree, part.records, part.end
            if not self._joined:
                self._parts.append((self._warc, self._base, told))
            self._base += part.end
        elif self._joined:
            tree, records, length = self._total, self._count, self._base
        else:
            self._wrong("closes a ledger that is closed")
            return
        claimed = (told.get("root"), told.get("lines"), told.get("records"), told.get("length"))
        if claimed != (tree.root().hex(), tree.size, records, length):
            self._wrong("closes it with a root or numbers that are not those of the lines above")
        self.root = str(told.get("root"))
        self.records = records
        self.length = length
        if part is not None and len(self._parts) == 1:
            self._total = part.tree.copy()
        self._part = None
        self._total.add(line)

    def _other(self, told: ledger.Line) -> None:
        if "repair" in told:
            self._repair(told)
        elif "joined" in told:
            self._join(told)
        else:
            self._wrong("is of no kind that is known")

    def _repair(self, told: ledger.Line) -> None:
        self.repairs += 1
        if "signature" not in told:
            return
        signed = ledger.encode({"repair": told["repair"]}, str(told.get("before")))
        key = signed_by(told, signed)
        if key is None:
            self._wrong("tells of a repair under a signature that does not hold")
        else:
            self.keys.add(key)

    def _join(self, told: ledger.Line) -> None:
        if self._part is not None or self._joined:
            self._wrong("joins parts where there are none")
        self._joined = True
        parts = [
            {
                "part": name,
                "base": base,
                "length": close.get("length"),
                "lines": _one_more(close.get("lines")),  # the close is a line, too
                "root": close.get("root"),
            }
            for name, base, close in self._parts
        ]
        if told["joined"] != parts:
            self._wrong("says of the parts what their own lines do not")
        self.root = None


def _one_more(count: object) -> int | None:
    return count + 1 if isinstance(count, int) else None
