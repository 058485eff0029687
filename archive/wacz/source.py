"""What goes from the store's WARC files into a WACZ: gzip members as they stand, and the exchanges that they hold."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from archive.errors import BrokenWarc
from archive.wacz.package import Entry
from archive.warc.member import StoredRecord
from archive.warc.reader import StoredExchange, exchanges, records

_PIECE = 1024 * 1024
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}\.warc\.gz")

ARCHIVE = "archive/"


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes of a file, whole members: from `start` to `end`."""

    start: int
    end: int


def safe_name(filename: str, taken: Collection[str]) -> str:
    """What a WARC of the store is called in the WACZ: its own name where that is a plain one and free, else a number."""
    name = filename.rpartition("/")[2]
    if _SAFE.fullmatch(name) and name not in taken:
        return name
    return next(made for n in range(1, len(taken) + 2) if (made := f"captures-{n:05d}.warc.gz") not in taken)


def kept_spans(path: Path, filename: str, withheld: Collection[str]) -> list[Span]:
    """The whole file, but for the exchanges whose first record is withheld; BrokenWarc where it does not read."""
    if not withheld:
        return [Span(0, _size(path, filename))]
    spans: list[Span] = []
    left_out = ""
    for record in records(path, filename):
        if record.id in withheld:
            left_out = record.id
        elif not left_out or record.concurrent_to != left_out:
            left_out = ""
            start, end = record.offset, record.offset + record.length
            if spans and spans[-1].end == start:
                spans[-1] = Span(spans[-1].start, end)
            else:
                spans.append(Span(start, end))
    return spans


def copied(path: Path, filename: str, span: Span, out: Entry | BinaryIO) -> None:
    """Writes the bytes of a span; BrokenWarc where the file does not open or ends before it."""
    left = span.end - span.start
    try:
        with path.open("rb") as file:
            file.seek(span.start)
            while left and (piece := file.read(min(_PIECE, left))):
                out.write(piece)
                left -= len(piece)
    except OSError as error:
        if error.filename is None:  # the WACZ's own disk
            raise
        raise BrokenWarc(f"{filename} does not open: {error.strerror or error}", _CURE) from error
    if left:
        raise BrokenWarc(f"{filename} ends before offset {span.end}", _CURE)


def moved_exchanges(path: Path, filename: str, spans: Sequence[Span], name: str) -> Iterator[StoredExchange]:
    """The exchanges of these spans as they stand in a file called `name` that holds the spans alone."""
    starts = [span.start for span in spans]
    places = [0]
    for span in spans:
        places.append(places[-1] + span.end - span.start)
    for found in exchanges(path, filename, resources=True):
        at = bisect_right(starts, found.first.offset) - 1
        if at >= 0 and found.first.offset < spans[at].end:
            yield moved(found, places[at] - spans[at].start, name)


def moved(found: StoredExchange, by: int, name: str) -> StoredExchange:
    """The exchange as it stands `by` bytes further on in a file called `name`."""

    def there(record: StoredRecord) -> StoredRecord:
        return replace(record, filename=name, offset=record.offset + by)

    return replace(
        found,
        first=there(found.first),
        response=there(found.response) if found.response else None,
        request=there(found.request) if found.request else None,
    )


def _size(path: Path, filename: str) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise BrokenWarc(f"{filename} does not open: {error.strerror or error}", _CURE) from error


_CURE = "Put the file back from a copy"
