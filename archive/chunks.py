"""The chunked transfer coding (RFC 9112 section 7.1), read as it arrives, lenient as browsers are."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SIZE = re.compile(rb"[0-9A-Fa-f]+")
_TORN_SIZE = re.compile(rb"(?:[0-9A-Fa-f]+[ \t]*(?:;.*|\r)?)?", re.DOTALL)
_LINE_LIMIT = 64 * 1024
"""Bytes of a line that announces a chunk: browsers stop far before, and no size is that long."""


class Chunks:
    """Takes a body piece by piece and gives the chunks' data; extensions and trailers are left out.

    A body that does not begin with a chunk is not chunked after all: all of it is given, and it is not `complete`.
    What stands behind a damaged chunk is not given.  It is `plain` while the framing says nothing but sizes.
    """

    def __init__(self) -> None:
        self._line = bytearray()
        self._left = 0
        self._any = False
        self._raw = False
        self._over = False
        self._after = False
        self._behind = b""
        self._bare = True
        self.complete = False

    @property
    def plain(self) -> bool:
        """Whether all that was taken is chunks and their end: no extension, trailer, padding or surplus."""
        return self.complete and self._bare and self._behind == b"\r\n"

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The data that `data` completes."""
        view = memoryview(data)
        while view and not self._over:
            if self._raw:
                yield bytes(view)
                return
            if self._left:
                piece = view[: self._left]
                view = view[len(piece) :]
                self._left -= len(piece)
                self._after = not self._left
                yield bytes(piece)
            else:
                end = data.find(b"\n", len(data) - len(view))
                taken = len(view) if end < 0 else end + 1 - (len(data) - len(view))
                self._line += view[:taken]
                view = view[taken:]
                if end >= 0 or len(self._line) > _LINE_LIMIT:
                    yield from self._announced()
        if self._over:
            self._behind = (self._behind + bytes(view[:3]))[:3]

    def finish(self) -> Iterator[bytes]:
        """The body ends here: what was held back because it might have been the start of a chunk."""
        if not (self._over or self._raw or self._any or _TORN_SIZE.fullmatch(self._line)):
            yield bytes(self._line)

    def _announced(self) -> Iterator[bytes]:
        """A line stands whole: the end of the chunk before, or the size of the next."""
        line, self._line = bytes(self._line), bytearray()
        if self._after:
            self._after = False
            if line in (b"\r\n", b"\n"):
                return
        text = line.split(b";", 1)[0].strip()
        if not line.endswith(b"\n") or not _SIZE.fullmatch(text):
            self._over = self._any
            self._raw = not self._any
            if self._raw:
                yield line
            return
        self._bare = self._bare and line == text + b"\r\n"
        self._left = int(text, 16)
        self._any = self._any or self._left > 0
        self._over = self.complete = self._left == 0
