"""Writes one WARC file at a time: `.open` while it is written, whole members only, renamed when closed and synced."""

from __future__ import annotations

import errno
import os
import re
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from archive.capture import Exchange, Place
from archive.errors import unwritable
from archive.moment import stamp
from archive.warc import cdxj
from archive.warc.record import NewId, Record, member, of_exchange, warcinfo

ROTATE_AT = 1_000_000_000
"""Bytes after which a file is closed and the next begun: about 1 GB, as the WARC guidelines recommend."""

OPEN = ".open"


def utc_now() -> datetime:
    """The clock of the live archive."""
    return datetime.now(UTC)


class WarcWriter:
    """Appends exchanges to WARC files in `folder`; not for several threads at once.

    `write()` returns after write(2) of the exchange's last member; `sync()` after fsync of all that was written so far.
    A write that fails is taken back (the file is cut to its last whole record) and raises StoreFull or StoreUnwritable.
    Writers of one folder do not meet: a serial that is taken, by a file open or sealed, is passed over.
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
    ) -> None:
        """`info` becomes each file's warcinfo; names in places are relative to `root` (default: `folder`)."""
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
        self._path = folder
        self._size = 0
        self._warcinfo_id = ""
        self._dirty = False
        self.closed: list[Path] = []

    def write(self, exchange: Exchange, context: Mapping[str, str]) -> Place:
        """Keeps one exchange; the place is that of its first record (the response, where there is one)."""
        if self._file is not None and self._size >= self._rotate_at:
            self.close()
        if self._file is None:
            self._begin()
        records = of_exchange(exchange, context, self._warcinfo_id, self._new_id)
        members = [member(record.encode()) for record in records]
        offset = self._size
        self._append(b"".join(members))
        return Place(self._relative(), offset, len(members[0]), records[0].id)

    def sync(self) -> None:
        """Returns when everything written so far has reached the disk."""
        if self._file is not None and self._dirty:
            try:
                os.fsync(self._file)
            except OSError as error:
                raise unwritable(error, self._path) from error
            self._dirty = False

    def close(self) -> None:
        """Syncs, closes and renames the file, and writes its CDXJ beside it.  Without effect where none is open."""
        if self._file is None:
            return
        self.sync()
        os.close(self._file)
        self._file = None
        try:
            self.closed.append(seal(self._path))
        except OSError as error:
            raise unwritable(error, self._path) from error

    def abandon(self) -> None:
        """Closes the file as it is, for when the disk refuses more; the next start repairs and indexes it."""
        if self._file is not None:
            with suppress(OSError):  # the write that failed has been reported; nothing can be added to that here
                os.fsync(self._file)
            os.close(self._file)
            self._file = None

    def _begin(self) -> None:
        now = self._clock()
        self._size = 0
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            name = self._create(stamp(now))
            sync_folder(self._folder)
            record: Record = warcinfo(name, now, self._info, self._new_id)
            self._warcinfo_id = record.id
            self._append(member(record.encode()))
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
            if not (self._folder / name).exists():
                return name
            self._discard()

    def _discard(self) -> None:
        """Removes the file that was just begun."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
            with suppress(OSError):  # an empty file that stays is removed by the next repair
                self._path.unlink()

    def _append(self, data: bytes) -> None:
        assert self._file is not None
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._file, view) :]
            self._size += len(data)
        except BaseException as error:  # Ctrl-C between two writes too
            self._take_back()
            if isinstance(error, OSError):
                raise unwritable(error, self._path) from error
            raise
        self._dirty = True

    def _take_back(self) -> None:
        assert self._file is not None
        try:
            os.ftruncate(self._file, self._size)
        except OSError:
            self.abandon()  # nothing may be added behind a torn record: the next write begins a new file

    def _relative(self) -> str:
        return self._path.relative_to(self._root).as_posix().removesuffix(OPEN)


def seal(path: Path) -> Path:
    """Gives a whole `.open` file its final name and its index; both are on the disk when this returns.

    FileExistsError if the name is taken: a sealed file is never written again.
    """
    final = path.with_name(path.name.removesuffix(OPEN))
    if final != path and final.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(final))
    cdxj.write(path, final)
    os.rename(path, final)
    sync_folder(final.parent)
    return final


def sync_folder(folder: Path) -> None:
    """Syncs a directory, so that a new or renamed entry in it outlives a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
