"""The bytes of a message: in memory where they are few, in a file and read piece by piece where they are many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

SPOOL_AT = 8 * 1024 * 1024
"""Bytes of one message that are held in memory at most; what is longer lies in a file on its way to the WARC."""

HEAD = 2 * 1024 * 1024
"""Bytes of a spooled block that are held beside it: more than any head of a message has (tape's HEAD_LIMIT)."""

PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Spool:
    """Bytes that lie in a file: how many, the first of them, and how to read them all, as often as wanted."""

    length: int
    head: bytes
    read: Callable[[], Iterator[bytes]]

    def __len__(self) -> int:
        return self.length


Block = bytes | Spool


def pieces(block: Block) -> Iterator[bytes]:
    """The block from its start, in pieces."""
    if isinstance(block, bytes):
        yield block
    else:
        yield from block.read()


def head(block: Block) -> bytes:
    """The block where it is in memory, else its first HEAD bytes."""
    return block if isinstance(block, bytes) else block.head


def whole(block: Block) -> bytes:
    """The block in one piece; for those that are known to be small."""
    return block if isinstance(block, bytes) else b"".join(block.read())


def spooled(file: BinaryIO, length: int) -> Spool:
    """The first `length` bytes of an open file, which stays open for as long as the block is held."""

    def read() -> Iterator[bytes]:
        position = 0
        while position < length:
            file.seek(position)  # each piece anew: two readers may take turns
            piece = file.read(min(PIECE, length - position))
            if not piece:
                raise OSError("the spooled bytes are not there any more")
            position += len(piece)
            yield piece

    file.seek(0)
    return Spool(length, file.read(min(HEAD, length)), read)
