"""The way from a record to the manifest that vouches for it: its ledger's line, and the path from that to the root."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.custody import manifest
from archive.custody.manifest import Manifest
from archive.errors import BrokenLedger
from archive.warc import ledger
from archive.warc.merkle import leaf, path


@dataclass(frozen=True, slots=True)
class Attested:
    """A record's line as it stands, and the hashes that lead from it to the root of its ledger."""

    line: str
    steps: tuple[tuple[str, str], ...]


class Book:
    """The closed ledger of one WARC file; it is held whole, some 300 bytes a record."""

    def __init__(self, warc: Path) -> None:
        """BrokenLedger where it is not closed or does not read."""
        self._name = warc.name
        self._lines = list(ledger.lines(ledger.ledger_of(warc)))
        close = ledger.parse(self._lines[-1]) if self._lines else {}
        if "root" not in close:
            raise BrokenLedger(f"the ledger of {warc.name} is not closed", "luutru audit tells what is amiss")
        self._leaves = [leaf(line) for line in self._lines[:-1]]
        self._at = {offset: index for index, offset in self._offsets()}

    def attested(self, offset: int, record_id: str) -> Attested:
        """What the ledger has of the record at an offset of the file; BrokenLedger where it tells of another or of none."""
        index = self._at.get(offset)
        found = ledger.entry(ledger.parse(self._lines[index])) if index is not None else None
        if index is None or found is None or found.id != record_id:
            raise BrokenLedger(
                f"the ledger of {self._name} has no line of record {record_id} at {offset}", "Ask luutru audit"
            )
        steps = tuple((side, other.hex()) for side, other in path(self._leaves, index))
        return Attested(self._lines[index].decode("utf-8", "strict"), steps)

    def _offsets(self) -> Iterator[tuple[int, int]]:
        bases = self._bases()
        base, begun = 0, -1
        for index, line in enumerate(self._lines):
            told = ledger.parse(line)
            if "ledger" in told:
                begun += 1
                base = bases[begun] if begun < len(bases) else 0
            elif (found := ledger.entry(told)) is not None:
                yield index, base + found.offset

    def _bases(self) -> list[int]:
        told = ledger.parse(self._lines[-2]) if len(self._lines) > 1 else {}
        joined = told.get("joined", [])
        return [int(part["base"]) for part in joined if isinstance(part, dict) and type(part.get("base")) is int]


def vouching(folder: Path, warcs: Collection[str]) -> tuple[dict[str, Manifest], list[Manifest]]:
    """For each WARC file the newest manifest that names it, and all that a proof takes along, in order.

    Those go, from each of the former, up to the next that has a timestamp.  BrokenLedger where a file is in no manifest.
    """
    missing = set(warcs)
    naming: dict[str, Manifest] = {}
    stamped: int | None = None
    wanted: set[int] = set()
    for number in reversed(manifest.numbers(folder)):
        one = manifest.read(folder, number)
        if one.stamp:
            stamped = number
        if found := {str(told.get("name")) for told in one.warcs} & missing:
            missing -= found
            naming |= dict.fromkeys(found, one)
            wanted.update(range(number, (stamped or number) + 1))
        if not missing:
            break
    if missing:
        raise BrokenLedger(f"no manifest names {min(missing)}", "Its crawl is not committed yet; else ask luutru audit")
    return naming, [manifest.read(folder, number) for number in sorted(wanted)]
