"""Writes one WARC file at a time: `.open` while it is written, whole members only, renamed when closed and synced."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from archive.capture import Capture, Exchange, Place, capture_of
from archive.errors import unwritable
from archive.moment import stamp
from archive.payload import digest_of
from archive.warc import cdxj
from archive.warc.ledger import SUFFIX as LEDGER
from archive.warc.ledger import Entry, Ledger, begin, ledger_of
from archive.warc.names import OPEN, PART, finished_name
from archive.warc.record import Manner, NewId, Record, of_dns, of_exchange, uri, warcinfo
from archive.warc.revisit import IDENTICAL, UNMODIFIED, Revisit, Target
from archive.warc.seen import Seen
from archive.warc.tls import chain_digest

ROTATE_AT = 1_000_000_000
"""Bytes after which a file is closed and the next begun: about 1 GB, as the WARC guidelines recommend."""

_WRITE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Written:
    """What became of an exchange: the place of its first record, and what that repeats where it is a revisit."""

    place: Place
    revisit: Revisit | None = None


def utc_now() -> datetime:
    """The clock of the live archive."""
    return datetime.now(UTC)


class WarcWriter:
    """Appends exchanges to WARC files in `folder`; not for several threads at once.

    `write()` returns after write(2) of the exchange's last member; `sync()` after fsync of all that was written so far.
    A write that fails is taken back (the file is cut to its last whole record) and raises StoreFull or StoreUnwritable.
    Writers of one folder do not meet: a serial that is taken, by a file open or sealed, is passed over.  Every record has
    its line in the file's ledger when the call that wrote it returns.
    """

    def __init__(
        self,
        folder: Path,
        prefix: str,
        info: Mapping[str, str],
        *,
        root: Path | None = None,
        rotate_at: int = ROTATE_AT,
        clock: Callable[[], datetime] = utc_now,
        new_id: NewId = uuid4,
        host: str | None = None,
        seen: Seen | None = None,
        join_below: int = 0,
        sha1: bool = False,
    ) -> None:
        """`info` becomes each file's warcinfo; names in places are relative to `root` (default: `folder`).

        With `seen`, what the folder holds already is written as a revisit.  A file that is closed with fewer bytes than
        `join_below` is not sealed but left as a part, for its crawl's end to join.
        """
        self._folder = folder
        self._prefix = prefix
        self._info = dict(info)
        self._root = root or folder
        self._rotate_at = rotate_at
        self._clock = clock
        self._new_id = new_id
        self._host = re.sub(r"[^A-Za-z0-9.]", "_", host or socket.gethostname() or "localhost")
        self._serial = 0
        self._file: int | None = None
        self._ledger: Ledger | None = None
        self._path = folder
        self._size = 0
        self._warcinfo_id = ""
        self._dirty = False
        self._seen = seen
        self._join_below = join_below
        self._sha1 = sha1
        self._chains: set[str] = set()
        self.closed: list[Path] = []

    def write(self, exchange: Exchange, context: Mapping[str, str], unmodified: Target | None = None) -> Place:
        """Keeps one exchange; the place is that of its first record (the response, where there is one)."""
        capture = capture_of(exchange, None)
        return self.keep(exchange, context, capture, unmodified).place

    def keep(
        self,
        exchange: Exchange,
        context: Mapping[str, str],
        capture: Capture | None,
        unmodified: Target | None = None,
    ) -> Written:
        """Keeps one exchange whose response is read as `capture`.

        `unmodified` is the record that a conditional request named: a 304 repeats it.
        """
        self._ready()
        payload = capture.payload if capture else None
        revisit = self._revisit(exchange, capture, unmodified)
        records = of_exchange(
            exchange,
            context,
            self._warcinfo_id,
            self._new_id,
            Manner(payload, revisit, self._tells_chain(exchange), self._sha1),
        )
        offset = self._size
        lengths = self._append(records)
        place = Place(self._relative(), offset, lengths[0], records[0].id)
        if capture is not None:
            self._note(exchange, capture, revisit, place)
        return Written(place, revisit)

    def write_dns(self, host: str, lines: Sequence[str]) -> None:
        """Keeps the answer that a host's name got."""
        self._ready()
        self._append([of_dns(host, lines, self._clock(), self._warcinfo_id, self._new_id)])

    def sync(self) -> None:
        """Returns when everything written so far has reached the disk."""
        if self._file is not None and self._dirty:
            try:
                os.fsync(self._file)
                if self._ledger is not None:
                    self._ledger.sync()
            except OSError as error:
                raise unwritable(error, self._path) from error
            self._dirty = False
            if self._seen is not None:
                self._seen.commit(self._relative(), self._size)

    def close(self) -> None:
        """Syncs, closes and renames the file, and writes its CDXJ beside it.  Without effect where none is open."""
        if self._file is None:
            return
        self.sync()
        os.close(self._file)
        self._file = None
        try:
            self._close_ledger()
            small = self._size < self._join_below
            self.closed.append(set_aside(self._path) if small else seal(self._path))
        except OSError as error:
            raise unwritable(error, self._path) from error

    def abandon(self) -> None:
        """Closes the file as it is, for when the disk refuses more; the next start repairs and indexes it."""
        if self._file is not None:
            with suppress(OSError):  # the write that failed has been reported; nothing can be added to that here
                os.fsync(self._file)
            os.close(self._file)
            self._file = None
            self._leave_ledger()
            if self._seen is not None:
                self._seen.forget()

    def _close_ledger(self) -> None:
        if self._ledger is not None:
            ledger, self._ledger = self._ledger, None
            try:
                ledger.close(self._size)
            except OSError:
                ledger.leave()
                raise

    def _leave_ledger(self) -> None:
        if self._ledger is not None:
            self._ledger.leave()
            self._ledger = None

    def _ready(self) -> None:
        if self._file is not None and self._size >= self._rotate_at:
            self.close()
        if self._file is None:
            self._begin()

    def _revisit(self, exchange: Exchange, capture: Capture | None, unmodified: Target | None) -> Revisit | None:
        """What the capture repeats.  Never for a post, for what is not whole, or for what is not there any more."""
        if self._seen is None or capture is None or exchange.method != "GET" or exchange.truncated:
            return None
        if capture.status == 304:
            return Revisit(unmodified, UNMODIFIED) if unmodified else None
        payload = capture.payload
        if payload is None or not (payload.complete and payload.plain):  # a revisit would not tell every byte
            return None
        url = uri(exchange.url)
        target = self._seen.find(payload.digest, url)
        if target is None or (payload.length == 0 and target.url != url):  # nothing is no payload to share
            return None
        return Revisit(target, IDENTICAL)

    def _note(self, exchange: Exchange, capture: Capture, revisit: Revisit | None, place: Place) -> None:
        payload = capture.payload
        if self._seen is None or exchange.method != "GET" or exchange.truncated or payload is None:
            return
        if revisit is None and (not payload.complete or capture.status == 304):
            return
        url = uri(exchange.url)
        own = Target(place.record_id, url, exchange.started, payload.digest, place.warc_filename, place.offset)
        headers = capture.headers if capture.status in (200, 304) else ()
        self._seen.note(url, exchange.started, headers, revisit.target if revisit else own, own=revisit is None)

    def _tells_chain(self, exchange: Exchange) -> bool:
        """Whether this is the first exchange of the file with these certificates."""
        if exchange.tls is None:
            return False
        digest = chain_digest(exchange.tls)
        new = digest not in self._chains
        self._chains.add(digest)
        return new

    def _begin(self) -> None:
        now = self._clock()
        self._size = 0
        self._chains.clear()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            name = self._create(stamp(now))
            self._ledger = begin(ledger_of(self._path), name, self._info.get("crawl", ""))
            sync_folder(self._folder)
            record: Record = warcinfo(name, now, self._info, self._new_id)
            self._warcinfo_id = record.id
            self._append([record])
        except BaseException as error:
            self._discard()  # a file without its warcinfo must not be gone on with
            if isinstance(error, OSError):
                raise unwritable(error, self._path) from error
            raise

    def _create(self, when: str) -> str:
        """Opens the first file of this second whose name is free, and gives the name it will be sealed under."""
        while True:
            name = f"{self._prefix}-{when}-{self._serial:05d}-{self._host}.warc.gz"
            self._serial += 1
            self._path = self._folder / (name + OPEN)
            try:
                self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
            except FileExistsError:
                continue
            # looked for only now: whoever held the `.open` a moment ago may just have sealed it
            if not any((self._folder / (name + state)).exists() for state in ("", PART, LEDGER)):
                return name
            self._discard()

    def _discard(self) -> None:
        """Removes the file that was just begun."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
            with suppress(OSError):  # an empty file that stays is removed by the next repair
                self._path.unlink()
                if self._ledger is not None:  # without one, the name is another file's, and so is its ledger
                    self._ledger.path.unlink()
            self._leave_ledger()

    def _append(self, records: Iterable[Record]) -> list[int]:
        """Writes records whole or not at all; the lengths of their members."""
        assert self._file is not None
        entries: list[Entry] = []
        waiting = bytearray()
        try:
            for record in records:
                length, digest, told = 0, hashlib.sha256(), digest_of(record.block)
                for piece in record.members(told):
                    length += len(piece)
                    digest.update(piece)
                    waiting += piece
                    if len(waiting) > _WRITE:
                        self._write(waiting)
                        waiting = bytearray()
                offset = entries[-1].offset + entries[-1].length if entries else self._size
                entries.append(Entry(offset, length, digest.hexdigest(), record.id, record.type, told))
            self._write(waiting)
            if self._ledger is not None:
                self._ledger.add((entry.told() for entry in entries), len(entries))
        except BaseException as error:  # Ctrl-C between two writes too
            self._take_back()
            if isinstance(error, OSError):
                raise unwritable(error, self._path) from error
            raise
        self._size += sum(entry.length for entry in entries)
        self._dirty = True
        return [entry.length for entry in entries]

    def _write(self, data: bytearray) -> None:
        assert self._file is not None
        view = memoryview(data)
        while view:
            view = view[os.write(self._file, view) :]

    def _take_back(self) -> None:
        assert self._file is not None
        try:
            os.ftruncate(self._file, self._size)
        except OSError:
            self.abandon()  # nothing may be added behind a torn record: the next write begins a new file

    def _relative(self) -> str:
        return self._path.relative_to(self._root).as_posix().removesuffix(OPEN)


def seal(path: Path) -> Path:
    """Gives a whole file that is open or a part its final name and its index; both are on the disk when this returns.

    FileExistsError if the name is taken: a sealed file is never written again.
    """
    final = path.with_name(finished_name(path))
    if final != path and final.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(final))
    cdxj.write(path, final)
    os.rename(path, final)
    sync_folder(final.parent)
    return final


def set_aside(path: Path) -> Path:
    """Marks a whole `.open` file as a part, which the end of its crawl joins or seals.

    FileExistsError if the name is taken.
    """
    part = path.with_name(finished_name(path) + PART)
    if part.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(part))
    os.rename(path, part)
    sync_folder(part.parent)
    return part


def sync_folder(folder: Path) -> None:
    """Syncs a directory, so that a new or renamed entry in it outlives a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
