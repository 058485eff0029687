"""The tree over a ledger's lines is that of RFC 6962, and every line has its path to the root."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.warc.merkle import EMPTY, Tree, leaf, path

# RFC 6962 names no vectors; these are the known ones of Certificate Transparency's own reference tests
LEAVES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243")]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
}


def climb(found: bytes, steps: list[tuple[str, bytes]]) -> bytes:
    """The root that a leaf's path leads to, as whoever checks a proof works it out."""
    for side, other in steps:
        pair = found + other if side == "right" else other + found
        found = hashlib.sha256(b"\x01" + pair).digest()
    return found


def by_definition(lines: list[bytes]) -> bytes:
    """The root as section 2.1 of the RFC defines it, word by word."""
    if not lines:
        return hashlib.sha256(b"").digest()
    if len(lines) == 1:
        return hashlib.sha256(b"\x00" + lines[0]).digest()
    half = 1
    while half * 2 < len(lines):
        half *= 2
    return hashlib.sha256(b"\x01" + by_definition(lines[:half]) + by_definition(lines[half:])).digest()


@pytest.mark.parametrize(("count", "root"), ROOTS.items())
def test_the_roots_of_the_reference_tests(count: int, root: str) -> None:
    tree = Tree()
    for line in LEAVES[:count]:
        tree.add(line)
    assert tree.root().hex() == root


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_any_tree_is_what_the_definition_says_and_every_line_climbs_to_its_root(lines: list[bytes]) -> None:
    tree = Tree()
    for line in lines:
        tree.add(line)
    root = tree.root()
    assert root == by_definition(lines)
    leaves = [leaf(line) for line in lines]
    for index, start in enumerate(leaves):
        steps = path(leaves, index)
        assert climb(start, steps) == root
        assert len(steps) <= max(1, (len(lines) - 1).bit_length())
        assert all(climb(leaf(line + b"."), steps) != root for line in lines[index : index + 1])


def test_no_lines_have_the_root_of_nothing() -> None:
    assert Tree().root() == EMPTY
