"""One WARC file with its ledger and its index: a piece of work that a process of its own can do."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from archive.audit.book import Book, Expected
from archive.audit.facts import at
from archive.audit.finding import Checked, Findings
from archive.audit.gather import Gatherer
from archive.audit.scratch import opened
from archive.audit.walk import Walk
from archive.errors import BrokenWarc
from archive.warc.ledger import SUFFIX

_LINE = 4 * 1024 * 1024
"""Bytes of an index line read at most."""


@dataclass(slots=True)
class Examined:
    """What was found of one file, and what its ledger says of itself."""

    name: str
    findings: Findings = field(default_factory=Findings)
    checked: Checked = field(default_factory=Checked)
    crawl: str | None = None
    length: int | None = None
    records: int | None = None
    root: str | None = None
    size: int = 0
    keys: frozenset[str] = frozenset()
    repairs: int = 0
    ledger: bool = False


def examine(root: Path, name: str, scratch: Path | None) -> Examined:
    """Walks the file `name` (relative to the store's `warc/`) of the store at `root`.

    Its records go into a scratch made at `scratch`; without one, only the ledger is read.
    """
    done = Examined(name)
    path = root / "warc" / name
    try:
        done.size = path.stat(follow_symlinks=False).st_size
        _read(path, name, scratch, done)
    except OSError as error:
        done.findings.add("missing", f"warc/{name}", f"the file does not read: {error.strerror or error}")
    return done


def _read(path: Path, name: str, scratch: Path | None, done: Examined) -> None:
    findings = done.findings
    book = Book(path.with_name(path.name + SUFFIX), f"warc/{name}{SUFFIX}", findings)
    done.ledger = _regular(book.path)
    if not done.ledger:
        what = "the file has no ledger: that a record of it was lost, doubled or changed cannot be told"
        findings.add("ledger", f"warc/{name}", what)
    if scratch is None:
        if done.ledger:
            for _ in book.entries():
                pass
    else:
        _walk(path, name, scratch, book, done)
    done.crawl, done.length, done.records, done.root = book.crawl, book.length, book.records, book.root
    done.keys, done.repairs = frozenset(book.keys), book.repairs
    if book.length is not None and book.length != done.size and scratch is None:
        what = f"the file has {done.size} bytes, and its ledger was closed at {book.length}"
        findings.add("lost" if done.size < book.length else "added", f"warc/{name}", what, min(done.size, book.length))


def _walk(path: Path, name: str, scratch: Path, book: Book, done: Examined) -> None:
    with closing(opened(scratch)) as db, path.open("rb", buffering=1024 * 1024) as file:
        gatherer = Gatherer(str(path), name, db, done.findings, done.checked)
        walk = Walk(
            file, f"warc/{name}", done.findings, gatherer, lambda: Book(book.path, book.name, Findings()).entries()
        )
        if done.ledger:
            walk.beside(book.entries())
        else:
            walk.alone()
        gatherer.end()
        done.checked.files += 1
        done.checked.bytes += done.size
        index = path.with_name(path.name + ".cdxj")
        told = f"warc/{name}.cdxj"
        if not _regular(index):
            done.findings.add("index", told, "the index is not there: it is made of the file, and can be made again")
        else:
            ours = (line for (line,) in db.execute("SELECT line FROM lines ORDER BY line"))
            found = Findings()
            _compare(index, told, ours, found)
            if found.found and any(one.file == f"warc/{name}" for one in done.findings.found):
                what = f"the index does not say what the file says any more, from the line at byte {found.found[0].offset} on"
                done.findings.add("index", told, what, found.found[0].offset)
            else:
                done.findings.take(found)
        db.execute("DELETE FROM lines")


def _compare(path: Path, name: str, ours: Iterator[str], findings: Findings) -> None:
    """An index held against the lines that the file itself gives, both in order of their bytes."""
    theirs = _lines(path)
    left, right = next(ours, None), next(theirs, None)
    while left is not None or right is not None:
        if right is not None and left is not None and right[1] == left.encode("utf-8", "surrogatepass"):
            left, right = next(ours, None), next(theirs, None)
        elif right is None or (left is not None and left.encode("utf-8", "surrogatepass") < right[1]):
            assert left is not None
            findings.add("index", name, f"the index lacks the line {left[:160]!r}", right[0] if right else None)
            left = next(ours, None)
        else:
            what = f"the line at byte {right[0]} of the index is not one that the file gives: {right[1][:160]!r}"
            findings.add("index", name, what, right[0])
            right = next(theirs, None)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    position = 0
    with path.open("rb") as file:
        while line := file.readline(_LINE):
            yield position, line.removesuffix(b"\n")
            position += len(line)


def _regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def drawn(root: Path, names: list[str], count: int, random: Random) -> dict[str, list[Expected]]:
    """`count` records of these files, each as likely as any other, by file; the ledgers are read once."""
    chosen: list[tuple[str, Expected]] = []
    met = 0
    for name in names:
        path = root / "warc" / f"{name}{SUFFIX}"
        if not _regular(path):
            continue
        for entry in Book(path, name, Findings()).entries():
            met += 1
            if len(chosen) < count:
                chosen.append((name, entry))
            elif (place := random.randrange(met)) < count:
                chosen[place] = (name, entry)
    out: dict[str, list[Expected]] = {}
    for name, entry in chosen:
        out.setdefault(name, []).append(entry)
    return out


def sample(root: Path, name: str, entries: list[Expected], findings: Findings, checked: Checked) -> None:
    """Looks at these records of a file, and at nothing else of it."""
    told = f"warc/{name}"
    try:
        with (root / "warc" / name).open("rb") as file:
            for entry in sorted(entries, key=lambda one: one.offset):
                checked.records += 1
                checked.bytes += entry.length
                try:
                    facts = at(file, entry.offset, told)
                except BrokenWarc as error:
                    findings.add("damaged", told, error.what.split(", ", 1)[-1], entry.offset)
                    continue
                if facts is None or facts.sha256 != entry.sha256:
                    what = f"record {entry.id} at {entry.offset} is not the one that was written"
                    findings.add("changed", told, what, entry.offset)
                elif f"sha256:{facts.block_digest}" != facts.text("warc-block-digest"):
                    what = f"record {facts.id} at {entry.offset}: its block digest is not that of its block"
                    findings.add("digest", told, what, entry.offset)
    except OSError as error:
        findings.add("missing", told, f"the file does not read: {error.strerror or error}")
