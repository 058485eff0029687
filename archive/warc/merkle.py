"""A Merkle tree over the lines of a ledger, as RFC 6962, section 2.1, has it: one root, and a short path to each line."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

EMPTY = hashlib.sha256(b"").digest()
"""The root over no lines."""


def leaf(line: bytes) -> bytes:
    """The hash of a line; its first byte keeps it apart from the hash of two others."""
    return hashlib.sha256(b"\x00" + line).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash over two hashes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows by a leaf at a time; it holds one hash for each power of two in it, whatever its size."""

    def __init__(self) -> None:
        self._whole: list[tuple[int, bytes]] = []
        self.size = 0

    def add(self, line: bytes) -> None:
        """Adds a line."""
        size, found = 1, leaf(line)
        while self._whole and self._whole[-1][0] == size:
            _, left = self._whole.pop()
            size, found = size * 2, node(left, found)
        self._whole.append((size, found))
        self.size += 1

    def copy(self) -> Tree:
        """A tree of the same lines, to be gone on with by itself."""
        other = Tree()
        other._whole, other.size = list(self._whole), self.size
        return other

    def root(self) -> bytes:
        """The hash over all lines so far."""
        if not self._whole:
            return EMPTY
        found = self._whole[-1][1]
        for _, left in reversed(self._whole[:-1]):
            found = node(left, found)
        return found


def path(leaves: Sequence[bytes], index: int) -> list[tuple[str, bytes]]:
    """The way from the leaf at `index` to the root: at each step the hash to be added, and the side it stands on."""
    if len(leaves) <= 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return [*path(leaves[:half], index), ("right", _root(leaves[half:]))]
    return [*path(leaves[half:], index - half), ("left", _root(leaves[:half]))]


def _root(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return node(_root(leaves[:half]), _root(leaves[half:]))
