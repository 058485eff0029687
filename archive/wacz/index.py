"""The index of a WACZ: sorted CDXJ lines, plain where they are few, in compressed blocks with an index of their own else.

Lines carry milliseconds (CDXJ 0.1.0 allows it): a viewer looks for what a revisit repeats from the date on that the revisit
names, and in an index of whole seconds the target lies before that date, so that the page's next version is shown.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from urllib.parse import quote, urlsplit

from archive.moment import long_stamp
from archive.wacz.package import Package
from archive.warc import cdxj
from archive.warc.reader import StoredExchange
from archive.warc.record import as_json, member
from archive.warc.revisit import UNMODIFIED

PLAIN = 20_000
"""Captures up to which an index is plain: a viewer reads that whole at the start, and asks for blocks of any other."""

BLOCK = 1024

_HELD = 32 * 1024 * 1024
_WWW = re.compile(r"^www\d*\.")
_BLANK = re.compile(r"[\s\x00-\x1f\x7f\ud800-\udfff]")
_DEFAULT_PORT = {"http": 80, "https": 443}


class Lines:
    """Lines in any order, given back sorted: what is too much to hold waits in sorted files in a folder."""

    def __init__(self, folder: Path, *, viewers: bool) -> None:
        """With `viewers`, keys are those that ReplayWeb.page makes to choose a block by; else those of pywb."""
        self._folder = folder
        self._viewers = viewers
        self._held: list[str] = []
        self._size = 0
        self._runs: list[Path] = []
        self.count = 0

    def add(self, found: StoredExchange) -> None:
        """Indexes an exchange.  "Not modified" gets no line: what it says is unchanged has one, and is shown in its place.

        A viewer shows a 304 itself as an empty page, and with its target's place it misses the date that its index told.
        """
        if found.response is not None and found.response.header("WARC-Profile") == UNMODIFIED:
            return
        line = cdxj.line(found, long_stamp)
        if line is None:
            return
        line = (_viewers_line(line) if self._viewers else line) + "\n"
        self._held.append(line)
        self._size += len(line)
        self.count += 1
        if self._size > _HELD:
            self._spill()

    def __iter__(self) -> Iterator[str]:
        self._spill()
        with ExitStack() as opened:
            files = [opened.enter_context(run.open(encoding="utf-8", newline="\n")) for run in self._runs]
            yield from heapq.merge(*files)

    def _spill(self) -> None:
        if not self._held:
            return
        run = self._folder / f"index-{len(self._runs)}"
        with run.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.writelines(sorted(self._held))
        self._runs.append(run)
        self._held, self._size = [], 0


def write_plain(package: Package, lines: Iterator[str], folder: Path) -> None:
    """Writes the lines as indexes/index.cdx."""
    waiting = folder / "index.cdx"
    with waiting.open("wb") as file:
        file.writelines(line.encode() for line in lines)
    package.add("indexes/index.cdx", waiting, packed=True)


def write_blocks(package: Package, lines: Iterator[str], folder: Path, size: int = BLOCK) -> None:
    """Writes the lines as indexes/index.cdx.gz, a gzip member a block, and indexes/index.idx, a line a block."""
    blocks, index = folder / "index.cdx.gz", folder / "index.idx"
    with index.open("wb") as told, blocks.open("wb") as file:
        told.write(b"!meta 0 " + as_json({"format": "cdxj-gzip-1.0", "filename": blocks.name}).encode() + b"\n")
        while block := list(islice(lines, size)):
            data = member("".join(block).encode())
            key, when, _ = block[0].split(" ", 2)
            digest = "sha256:" + hashlib.sha256(data).hexdigest()
            place = {"offset": file.tell(), "length": len(data), "digest": digest, "filename": blocks.name}
            told.write(f"{key} {when} {as_json(place)}\n".encode())
            file.write(data)
    package.add(f"indexes/{blocks.name}", blocks)
    package.add(f"indexes/{index.name}", index, packed=True)


def viewers_key(url: str) -> str:
    """The Searchable URL of CDXJ 0.1.0 as ReplayWeb.page makes it: lower case, host turned round, nothing resolved or cut.

    pywb's keys, which the store's own indexes have, leave out a closing slash and what names no page: by such a key the
    viewer, which compares whole keys, would look for the page in another block.
    """
    lower = url.lower()
    try:
        parts = urlsplit(lower)
        port = parts.port
    except ValueError:
        return _one_word(lower)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    if parts.scheme not in _DEFAULT_PORT or not host:
        return _one_word(url)
    key = ",".join(reversed(_WWW.sub("", host).split(".")))
    key += f":{port}" if port not in (None, _DEFAULT_PORT[parts.scheme]) else ""
    query = "?" + "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return _one_word(f"{key}){parts.path or '/'}{query}")


def _viewers_line(line: str) -> str:
    _, when, data = line.split(" ", 2)
    told = json.loads(data)
    url = str(told["url"])
    if "method" in told:
        url += f"{'&' if '?' in url else '?'}__wb_method={told['method']}&{told['requestBody']}"
    return f"{viewers_key(url)} {when} {data}"


def _one_word(key: str) -> str:
    return _BLANK.sub(lambda blank: quote(blank[0], errors="replace").lower(), key)
