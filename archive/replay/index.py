"""One index of all captures of a portal, and one of all portals, merged from the WARCs' own in a folder outside the store.

The store may have come from elsewhere, so an index beside a WARC is not trusted: each of its lines is read, what it says is
held to what such a line can say, and only known fields are written anew.  A line can name no file but the WARC that it lies
beside, and that WARC must lie in the store: neither `../` nor a link leads a replay to another file, and no address of a
live server (`load_url` is a field that pywb would follow) comes in this way.
"""

from __future__ import annotations

import heapq
import json
import os
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive.errors import unwritable
from archive.store import Store
from archive.warc import cdxj
from archive.warc.record import as_json
from archive.warc.surt import surt

ALL = "all"
"""The collection over every portal."""

Warn = Callable[[str], None]
Signature = tuple[tuple[str, int, int], ...]

_LINE = re.compile(r"(\S+) (\d{14}) (\{.*\})")
_PORTAL = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}\.warc\.gz")
_NUMBER = re.compile(r"[0-9]{1,18}")
_TEXTS = ("mime", "status", "digest")
_POSTED = ("method", "requestBody")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_OPEN_AT_ONCE = 200
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Capture:
    """A line of an index: when a URL was captured, and with what status.  `status` is empty where the line tells none."""

    url: str
    at: datetime
    status: str
    mime: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """A finished WARC of a portal, and its index."""

    portal: str
    warc: Path
    index: Path


def signature(store: Store) -> Signature:
    """What changes when a WARC is sealed: every index's name, size and time."""
    found = []
    for path in sorted(store.warcs.glob("*/*.warc.gz.cdxj")):
        try:
            state = path.stat()
        except OSError:  # taken away since it was listed
            continue
        found.append((path.relative_to(store.warcs).as_posix(), state.st_size, state.st_mtime_ns))
    return tuple(found)


def sealed(store: Store, warn: Warn) -> Iterator[Sealed]:
    """The WARCs that can be replayed; `warn` is told of each that cannot, and why."""
    root = store.warcs.resolve()
    for folder in sorted(path for path in store.warcs.glob("*") if path.is_dir()):
        if not _PORTAL.fullmatch(folder.name) or folder.name == ALL:
            warn(f"warc/{folder.name}: left out, since no portal can be called so")
            continue
        for warc in sorted(folder.glob("*.warc.gz")):
            name = f"warc/{folder.name}/{warc.name}"
            index = warc.with_name(warc.name + ".cdxj")
            if not _NAME.fullmatch(warc.name):
                warn(f"{name}: left out, since no WARC of ours is called so")
            elif not _within(root, warc) or not _within(root, index):
                warn(f"{name}: left out, since it leads out of the store")
            elif not index.is_file():
                warn(f"{name}: left out, since it has no index")
            else:
                yield Sealed(folder.name, warc, index)


def merge(store: Store, folder: Path, warn: Warn) -> list[str]:
    """Writes `folder/COLLECTION.cdxj` for each portal that has captures and for all; gives the portals' names.

    Each index is put in its place whole, so that it may be made anew while it is read.  Some 200 files are open at most.
    StoreFull or StoreUnwritable where the folder cannot be written.
    """
    portals: dict[str, list[Sealed]] = {}
    for one in sealed(store, warn):
        portals.setdefault(one.portal, []).append(one)
    try:
        for portal, files in portals.items():
            with ExitStack() as held:
                runs = [_lines(one, warn) for one in files]
                _write(folder / f"{portal}.cdxj", cdxj.led(_merged(runs, folder, held)))
        with ExitStack() as held:
            parts = [_file(folder / f"{portal}.cdxj") for portal in portals]
            _write(folder / f"{ALL}.cdxj", _merged(parts, folder, held))
    except OSError as error:
        raise unwritable(error, folder) from error
    return list(portals)


def captures(index: Path, url: str) -> list[Capture]:
    """The captures of a URL by GET, oldest first; times to the second, UTC.  Empty where there is no such index."""
    key = surt(url)
    found = []
    for line in _with_key(index, key):
        _, when, data = line.split(" ", 2)
        told = json.loads(data)
        at = _moment(when)
        if at is not None and told.get("method", "GET") == "GET":
            found.append(Capture(str(told["url"]), at, str(told.get("status", "")), str(told.get("mime", ""))))
    return found


def _within(root: Path, path: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # a loop of links
        return False


def _lines(one: Sealed, warn: Warn) -> Iterator[str]:
    last, wrong = "", 0
    try:
        size = one.warc.stat().st_size
        opened = one.index.open(encoding="utf-8", errors="replace", newline="\n")
    except OSError as error:
        warn(f"warc/{one.portal}/{one.index.name}: left out, since it does not open: {error.strerror}")
        return
    with opened as file:
        for number, raw in enumerate(file, 1):
            line = checked(raw.rstrip("\r\n"), one, size)
            if line is None or line < last:
                wrong += 1
                if wrong == 1:
                    warn(
                        f"warc/{one.portal}/{one.index.name}, line {number}: left out, since no index of ours says this"
                    )
                continue
            last = line
            yield line
    if wrong > 1:
        warn(f"warc/{one.portal}/{one.index.name}: {wrong} lines left out")


def checked(line: str, one: Sealed, size: int) -> str | None:
    """The line as replay may have it; None for one that leads elsewhere than to a record of `one`, of `size` bytes."""
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    try:
        told = json.loads(match[3])
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or told.get("filename") != one.warc.name:
        return None
    url, offset, length = (told.get(name) for name in ("url", "offset", "length"))
    if not isinstance(url, str) or not all(isinstance(n, str) and _NUMBER.fullmatch(n) for n in (offset, length)):
        return None
    if not url.startswith(("http://", "https://")) or int(str(offset)) + int(str(length)) > size:
        return None
    told = {name: told[name] for name in (*_TEXTS, *_POSTED) if isinstance(told.get(name), str)}
    filename = f"{one.portal}/{one.warc.name}"
    data = as_json({"url": url, **told, "length": length, "offset": offset, "filename": filename})
    # half a surrogate pair, which JSON can write and UTF-8 cannot
    return None if _SURROGATE.search(data) else f"{match[1]} {match[2]} {data}"


def _merged(runs: Sequence[Iterator[str]], folder: Path, held: ExitStack) -> Iterator[str]:
    # more runs than files that may be open are merged in rounds
    for number in range(len(runs)):
        if len(runs) <= _OPEN_AT_ONCE:
            break
        shorter = []
        for start in range(0, len(runs), _OPEN_AT_ONCE):
            part = folder / f"part-{number}-{start}"
            held.callback(part.unlink, missing_ok=True)
            _write(part, heapq.merge(*runs[start : start + _OPEN_AT_ONCE]))
            shorter.append(_file(part))
        runs = shorter
    return heapq.merge(*runs)


def _file(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield line.removesuffix("\n")


def _write(path: Path, lines: Iterable[str]) -> None:
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)
    os.replace(temporary, path)


def _with_key(index: Path, key: str) -> Iterator[str]:
    wanted = f"{key} ".encode()
    try:
        file = index.open("rb")
    except FileNotFoundError:
        return
    with file:
        size = file.seek(0, os.SEEK_END)

        def at(block: int) -> bytes:
            file.seek(block * _BLOCK)
            if block:
                file.readline()
            return file.readline() or b"\xff"

        first = bisect_left(range(1, -(-size // _BLOCK)), wanted, key=at)
        file.seek(first * _BLOCK)
        if first:
            file.readline()
        for line in file:
            if line.startswith(wanted):
                yield line.decode("utf-8").removesuffix("\n")
            elif line > wanted:
                return


def _moment(when: str) -> datetime | None:
    try:
        return datetime.strptime(when, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
