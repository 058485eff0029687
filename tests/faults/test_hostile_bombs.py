"""A few kilobytes that unpack to a gigabyte: kept as they came, read up to a limit, in bounded memory and time."""

from __future__ import annotations

import gzip
import struct
import zlib
from dataclasses import dataclass

import brotli
import pytest

from .hostile_crawl import Left, article, block, crawl, listing, targets
from .wild import Wild, page, says

MB = 1024 * 1024


def _zeros(size: int) -> bytes:
    """A raw deflate stream of `size` MB of zeros: after a full flush the machine begins anew, so that blocks repeat."""
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    once = machine.compress(bytes(16 * MB)) + machine.flush(zlib.Z_FULL_FLUSH)
    return once * (size // 16) + b"\x03\x00"


def _gzip(size: int) -> bytes:
    crc = 0
    for _ in range(size // 16):
        crc = zlib.crc32(bytes(16 * MB), crc)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + _zeros(size) + struct.pack("<II", crc, size * MB)


def _zlib(size: int) -> bytes:
    return b"\x78\x9c" + _zeros(size) + struct.pack(">I", ((size * MB) % 65521) << 16 | 1)


def _brotli(size: int) -> bytes:
    machine = brotli.Compressor(quality=1)
    return b"".join(machine.process(bytes(16 * MB)) for _ in range(size // 16)) + machine.finish()


GIGABYTE = _gzip(1024)
NESTED = gzip.compress(GIGABYTE, mtime=0)
DEEPER = gzip.compress(NESTED, mtime=0)
ELEMENTS = gzip.compress(b"<h1 class='title'>Tin</h1>" + b"<p>a" * (4 * MB - 10), mtime=0)

BOMBS = {
    "gzip": (b"gzip", GIGABYTE, "other"),
    "gzip in gzip": (b"gzip, gzip", NESTED, "other"),
    "gzip in gzip in gzip": (b"gzip, gzip, gzip", DEEPER, "other"),
    "more layers than are taken off": (b"gzip, gzip, gzip, gzip, gzip, gzip", DEEPER + b"\0", "other"),
    "brotli, which nobody asked for": (b"br", _brotli(1024), "other"),
    "deflate": (b"deflate", _zlib(1024), "other"),
    "deflate without its head": (b"deflate", _zeros(1024), "other"),
    "four million elements": (b"gzip", ELEMENTS, "unreadable"),
}
"""Content-Encoding, body, and what the row says of the reading."""


@dataclass(frozen=True)
class Bombed:
    left: Left
    server: Wild
    targets: dict[str, str]


@pytest.fixture(scope="module")
def bombed(tmp_path_factory: pytest.TempPathFactory) -> Bombed:
    names = targets([*BOMBS, "an article"])
    script = {names[name]: says(page(body, b"Content-Encoding: " + code)) for name, (code, body, _) in BOMBS.items()}
    script[names["an article"]] = says(page(article("một")))
    with Wild({"/tin": listing(names.values()), **script}) as server:
        left = crawl(tmp_path_factory.mktemp("bombed"), {"thu.example:80": server.port}, concurrency=1, timeout=20)
    return Bombed(left, server, names)


def test_bombs_take_neither_memory_nor_time(bombed: Bombed) -> None:
    assert bombed.left.peak < 400 * MB
    assert bombed.left.seconds < 60
    assert bombed.left.row["articles"] == 1, "the article behind them is read"


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_kept_whole_and_the_row_says_that_it_is_no_article(bombed: Bombed, name: str) -> None:
    _, body, reading = BOMBS[name]
    url = f"http://thu.example{bombed.targets[name]}"
    (heard,) = bombed.server.of(bombed.targets[name])
    (stored,) = bombed.left.kept(url)
    assert stored.response is not None
    assert stored.response.type == "response"
    assert block(stored) == heard.sent
    (row,) = bombed.left.rows(url)
    assert (row["wire_verdict"], row["fetch_status"], row["truncated"]) == ("ok", 200, None)
    assert (row["content_length"], row["reading_verdict"]) == (len(body), reading)
