"""Walks a WARC from its first byte to its last beside its ledger: fast while they agree, and with care where they do not."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice, takewhile
from typing import BinaryIO

from archive.audit.book import Expected
from archive.audit.facts import Cut, Facts, at, of_member
from archive.audit.finding import Findings
from archive.audit.gather import Gatherer
from archive.block import SPOOL_AT
from archive.errors import BrokenWarc

_MAGIC = b"\x1f\x8b\x08"
_BUFFER = 1024 * 1024
_ALIGNED = 3_000_000
"""Records of one file that are held in memory where it has to be aligned with its ledger; a file has some 100,000."""


class Walk:
    """One walk through the open `file`, called `name` (relative to the store) in findings; what reads goes to `gatherer`."""

    def __init__(
        self,
        file: BinaryIO,
        name: str,
        findings: Findings,
        gatherer: Gatherer,
        ledger: Callable[[], Iterator[Expected]] = lambda: iter(()),
    ) -> None:
        """`ledger` reads the entries once more from the first, for when it has to be known what was met before."""
        self._file = file
        self._name = name
        self._findings = findings
        self._gatherer = gatherer
        self._ledger = ledger
        self._size = os.fstat(file.fileno()).st_size

    def beside(self, entries: Iterator[Expected]) -> None:
        """The walk beside a ledger's entries."""
        position = 0
        entry = next(entries, None)
        while entry is not None:
            following = next(entries, None)
            if entry.offset == position and self._agrees(entry):
                position += entry.length
            elif entry.offset == position and self._holds(following, position + entry.length):
                self._in_place(entry)
                position += entry.length
            else:
                rest = [entry] if following is None else [entry, following]
                self._align(position, rest, entries)
                return
            entry = following
        if position < self._size:
            self._align(position, [], iter(()))

    def alone(self) -> None:
        """The walk through a file without a ledger."""
        for facts in self._actual(0):
            self._gatherer.take(facts)

    def _agrees(self, entry: Expected) -> bool:
        """Whether the member at the entry's place is the one that the ledger tells of; then it is taken."""
        facts: Facts | None = None
        if entry.length <= SPOOL_AT:
            if self._file.tell() != entry.offset:
                self._file.seek(entry.offset)
            raw = self._file.read(entry.length)
            if len(raw) < entry.length or hashlib.sha256(raw).hexdigest() != entry.sha256:
                return False
            try:
                facts = of_member(raw, entry.sha256, entry.offset, self._name)
            except BrokenWarc as error:
                self._findings.add("damaged", self._name, f"{error.what}, though the ledger has it so", entry.offset)
                return True
        if facts is None:
            try:
                facts = at(self._file, entry.offset, self._name)
            except BrokenWarc:
                return False
            if facts is None or facts.length != entry.length or facts.sha256 != entry.sha256:
                return False
        self._compare(facts, entry)
        self._gatherer.take(facts)
        return True

    def _compare(self, facts: Facts, entry: Expected) -> None:
        """The member is the ledger's; what the line says of the record in it must be so too."""
        said = (entry.id, entry.type, entry.block)
        if said != (facts.id, facts.type, f"sha256:{facts.block_digest}"):
            self._findings.add(
                "ledger",
                self._name,
                f"the ledger's line of the record at {facts.offset} names another id, type or block than the record has",
                facts.offset,
            )

    def _holds(self, entry: Expected | None, position: int) -> bool:
        """Whether the next record stands where it should: then the one before it was changed in its place."""
        if entry is None:
            return position == self._size
        if entry.offset != position:
            return False
        self._file.seek(position)
        machine, left = hashlib.sha256(), entry.length
        while left and (piece := self._file.read(min(left, _BUFFER))):
            machine.update(piece)
            left -= len(piece)
        return not left and machine.hexdigest() == entry.sha256

    def _in_place(self, entry: Expected) -> None:
        try:
            facts = at(self._file, entry.offset, self._name)
        except BrokenWarc as error:
            self._findings.add(
                "damaged", self._name, f"{_what(error)}. The ledger has {_told(entry)} there", entry.offset
            )
            return
        if facts is None or facts.length != entry.length:
            what = f"{_told(entry)} at {entry.offset} is not what stands there any more"
            self._findings.add("damaged", self._name, what, entry.offset)
        else:
            self._changed(facts, entry)
        if facts is not None:
            self._gatherer.take(facts)

    def _changed(self, facts: Facts, entry: Expected) -> None:
        differs = [
            name
            for name, ours, theirs in (
                ("id", facts.id, entry.id),
                ("type", facts.type, entry.type),
                ("block", f"sha256:{facts.block_digest}", entry.block),
            )
            if ours != theirs
        ]
        where = (
            f"its {' and '.join(differs)}" if differs else "its header (date, address or digests), or how it is packed"
        )
        what = f"{_told(entry)} at {facts.offset} is not the one that was written: {where} was changed afterwards"
        self._findings.add("changed", self._name, what, facts.offset)

    def _actual(self, position: int) -> Iterator[Facts]:
        """What stands in the file from `position` on.  What does not read is told and passed over."""
        while position < self._size:
            try:
                facts = at(self._file, position, self._name)
            except Cut:
                break
            except BrokenWarc as error:
                self._findings.add("damaged", self._name, _what(error), position)
                position = self._onward(position + 1)
                continue
            if facts is None:
                break
            position += facts.length
            yield facts

    def _onward(self, position: int) -> int:
        """The next place behind a damage where a record begins; the end of the file where there is none."""
        overlap = b""
        base = position
        self._file.seek(position)
        while piece := self._file.read(_BUFFER):
            data = overlap + piece
            found = data.find(_MAGIC)
            while found >= 0:
                place = base - len(overlap) + found
                after = self._file.tell()
                if self._begins(place):
                    return place
                self._file.seek(after)
                found = data.find(_MAGIC, found + 1)
            base += len(piece)
            overlap = data[-2:]
        return self._size

    def _begins(self, place: int) -> bool:
        try:
            return at(self._file, place, self._name) is not None
        except Cut:
            return True
        except BrokenWarc:
            return False

    def _align(self, position: int, begun: list[Expected], entries: Iterator[Expected]) -> None:
        """From here on file and ledger do not agree: which records are lost, added, changed, doubled or in another place."""
        expected = list(begun)
        for entry in entries:
            expected.append(entry)
            if len(expected) > _ALIGNED:
                what = "the file and its ledger part here, and have too many records to be told apart one by one"
                self._findings.add("damaged", self._name, what, position)
                return
        by_hash = {entry.sha256: number for number, entry in enumerate(expected)}
        by_id = {entry.id: number for number, entry in enumerate(expected)}
        earlier = {entry.sha256 for entry in islice(takewhile(lambda e: e.offset < position, self._ledger()), _ALIGNED)}
        met: set[int] = set()
        behind = -1
        end = position
        for facts in self._actual(position):
            end = facts.offset + facts.length
            number = by_hash.get(facts.sha256)
            again = (number is not None and number in met) or (number is None and facts.sha256 in earlier)
            if number is None and not again and (number := by_id.get(facts.id)) is not None and number not in met:
                self._changed(facts, expected[number])
            elif number is None and again:
                what = f"record {facts.id} ({facts.type}) stands once more at {facts.offset}"
                self._findings.add("doubled", self._name, what, facts.offset)
            elif number is None or (again and facts.sha256 != expected[number].sha256):
                what = f"the ledger does not know the record {facts.id} ({facts.type}) at {facts.offset}"
                self._findings.add("added", self._name, what, facts.offset)
                number = None
            elif again:
                what = f"{_told(expected[number])} stands once more at {facts.offset}"
                self._findings.add("doubled", self._name, what, facts.offset)
            elif number < behind:
                what = f"{_told(expected[number])} stands at {facts.offset}, behind one that was written after it"
                self._findings.add("order", self._name, what, facts.offset)
            if number is not None:
                met.add(number)
                behind = max(behind, number)
            self._gatherer.take(facts, again=again)
        self._lost(entry for number, entry in enumerate(expected) if number not in met)
        if end < self._size and not any(f.offset is not None and f.offset >= end for f in self._findings.found):
            what = f"the file goes on for {self._size - end} bytes behind its last whole record at byte {end}"
            self._findings.add("damaged", self._name, what, end)

    def _lost(self, entries: Iterable[Expected]) -> None:
        damaged = {one.offset for one in self._findings.found if one.kind == "damaged"}
        for entry in entries:
            if entry.offset in damaged:
                continue
            if entry.offset >= self._size:
                how = f"the file ends at {self._size}, and the record would begin at {entry.offset}"
            elif entry.offset + entry.length > self._size:
                how = f"the file ends at {self._size}, within the record that begins at {entry.offset}"
            else:
                how = f"it stood at {entry.offset}"
            self._findings.add("lost", self._name, f"{_told(entry)} is not in the file any more: {how}", entry.offset)


def _told(entry: Expected) -> str:
    return f"record {entry.id} ({entry.type})"


def _what(error: BrokenWarc) -> str:
    """What is wrong, without the file's name, which the finding has."""
    return error.what.split(", ", 1)[-1]
