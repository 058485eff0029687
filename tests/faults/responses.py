"""Responses at random, legal and not, each with what may be expected of its record."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from .origin import End, Played

Verdicts = frozenset[str | None]
WHOLE: Verdicts = frozenset({None})
CUT: Verdicts = frozenset({"disconnect"})
GIVEN_UP: Verdicts = frozenset({"unspecified", "disconnect"})  # by whoever was first, the parser or the server


@dataclass(frozen=True)
class Case:
    """`least` bytes at least are in the record, as a prefix of what was played; all of it where `least` is its length.

    `status` is what Scrapy gets (None: an error).  `truncated` is what WARC-Truncated may say; empty where no byte of a
    response is certain to arrive.
    """

    kind: str
    played: Played
    least: int
    status: int | None
    truncated: Verdicts


def case(number: int, seed: int) -> Case:
    """The response to target `number`, always the same one."""
    random = Random(f"{seed} {number}")
    kinds: list[Callable[[Random], Case]] = [_right] * 6 + [
        _surplus,
        _short,
        _cut_head,
        _reset,
        _refused,
        _garbage,
        _long,
    ]
    return random.choice(kinds)(random)


def _right(random: Random) -> Case:
    status = random.choice([200, 200, 200, 204, 304, 301, 404, 500, 999])
    body = b"" if status in (204, 304) else _body(random)
    version = random.choice([b"1.1", b"1.1", b"1.0"])
    framed, fields, end = _framed(random, body, status, version)
    block = _interim(random) + _head(random, status, fields, version) + framed
    return _case(random, "right", block, end, len(block), status, WHOLE)


def _framed(random: Random, body: bytes, status: int, version: bytes) -> tuple[bytes, list[bytes], End]:
    """The body on the wire, the fields that frame it, and how the connection goes on."""
    end: End = random.choice(["keep", "keep", "close"])
    if status in (204, 304):
        return b"", [], end
    way = random.choice(["length", "twice", "chunked", "close"])
    if way == "chunked" and version == b"1.1":
        return _chunked(random, body), [_case_of(random, b"transfer-encoding") + b": Chunked"], end
    if way == "close":
        return body, [], "close"
    value = b"%d" % len(body)
    field = _case_of(random, b"content-length") + b":" + random.choice([b"", b" ", b"\t "]) + value
    return body, [field] * (2 if way == "twice" else 1), end


def _surplus(random: Random) -> Case:
    """More than the length says, or a body where none belongs: it is no answer to anything else."""
    status = random.choice([200, 204, 304])
    body = b"" if status != 200 else random.randbytes(random.randint(0, 900))
    block = _head(random, status, [b"Content-Length: %d" % len(body)]) + body
    beyond = random.choice([b"\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", random.randbytes(300)])
    end: End = random.choice(["keep", "close"])
    pieces = (*_pieces(random, block[:-1]), block[-1:] + beyond)
    return Case("surplus", Played(pieces, end, _pause(random)), len(block), status, WHOLE)


def _short(random: Random) -> Case:
    """Less than was promised, then the end."""
    body = _body(random)
    if random.random() < 0.5:
        block = _head(random, 200, [b"Content-Length: %d" % (len(body) + random.randint(1, 9999))]) + body
    else:
        chunked = _chunked(random, body, trailer=False)
        whole = _head(random, 200, [b"Transfer-Encoding: chunked"])
        block = whole + chunked[: random.randint(0, len(chunked) - 5)]
    return _case(random, "short", block, "close", len(block), 200, CUT)


def _cut_head(random: Random) -> Case:
    head = _interim(random) + _head(random, 200, [b"Content-Length: 5"])
    block = head[: random.randint(1, len(head) - 3)]
    return _case(random, "cut head", block, "close", len(block), None, CUT)


def _reset(random: Random) -> Case:
    """A reset takes what the client has not read with it: nothing is certain but that no byte is invented."""
    body = _body(random) + b"."
    fields = random.choice([[b"Content-Length: %d" % (len(body) + 1)], [], [b"Transfer-Encoding: chunked"]])
    framed = _chunked(random, body)[:-5] if fields and fields[0].startswith(b"T") else body
    block = _head(random, 200, fields) + framed
    block = block if random.random() < 0.5 else block[: random.randint(1, len(block))]
    return _case(random, "reset", block, "reset", 0, None, frozenset())


def _refused(random: Random) -> Case:
    return Case("refused", Played((), random.choice(["close", "reset"])), 0, None, frozenset())


def _garbage(random: Random) -> Case:
    """No HTTP, or framing that nobody can follow: the client leaves when it sees that."""
    what = random.choice(
        [
            b"SSH-2.0-OpenSSH_9.9\r\n",
            b"\x16\x03\x01" + random.randbytes(200) + b"\r\n",
            b"HTTP/1.1 abc OK\r\n\r\n",
            b"HTTP/x.y 200 OK\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nabcde",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nabcdefg",
            b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabc",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: snake\r\n\r\nabc",
        ]
    )
    return _case(random, "garbage", what, random.choice(["keep", "close"]), 1, None, GIVEN_UP)


def _long(random: Random) -> Case:
    """More than the crawl takes: a body over its limit, a line or a head over a browser's."""
    if random.random() < 0.5:
        head = _head(random, 200, [b"Content-Length: 400000"])
        return Case("long body", Played((head + b"x" * 400_000,), "close"), len(head), None, frozenset({"length"}))
    block = b"HTTP/1.1 200 OK\r\n" + random.choice([b"X: " + b"y" * 300_000, b"A: b\r\n" * 200_000]) + b"\r\n\r\n"
    return Case("long head", Played((block,), "close"), 200_000, None, frozenset({"length"}))


def _case(
    random: Random, kind: str, block: bytes, end: End, least: int, status: int | None, truncated: Verdicts
) -> Case:
    return Case(kind, Played(_pieces(random, block), end, _pause(random)), least, status, truncated)


def _pause(random: Random) -> float:
    return random.choice([0.0, 0.0, 0.001, 0.003])


def _pieces(random: Random, block: bytes) -> tuple[bytes, ...]:
    cuts = sorted(random.sample(range(1, len(block)), min(random.randint(0, 9), len(block) - 1))) if block else []
    return tuple(block[a:b] for a, b in zip([0, *cuts], [*cuts, len(block)], strict=True) if a < b)


def _case_of(random: Random, name: bytes) -> bytes:
    return random.choice([name, name.title(), name.upper(), name.swapcase()])


def _interim(random: Random) -> bytes:
    early = [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: </a>;rel=preload\r\n\r\n"]
    return b"".join(random.sample(early, random.choice([0, 0, 0, 1, 2])))


def _head(random: Random, status: int, fields: list[bytes], version: bytes = b"1.1") -> bytes:
    reason = random.choice([b" OK", b" ", b"", b" \xe9t\xe9", b" two words"])
    odd = [
        b"this is no header",
        b"X-Folded: one\r\n\t two\r\n   three",
        b"X-Latin: caf\xe9",
        b"X Y: a name with a blank",
        b"x-EMPTY:",
        b"X-Colon: a:b:c",
        b"Content-Encoding: identity",
        b"Content-Type: text/html",
        b"Set-Cookie: a=1",
        b"Set-Cookie: b=2; Path=/",
        b"X-Long: " + b"y" * random.choice([10, 20_000, 200_000]),
        b"\r\n".join(b"X-%d: z" % n for n in range(random.choice([3, 2000]))),
    ]
    lines = [*random.sample(odd, random.choice([0, 1, 2, 3, 5])), *fields]
    random.shuffle(lines)
    start = random.choice([b"", b"", b"", b"\r\n"]) + b"HTTP/" + version + b" %d" % status + reason
    ending = random.choice([b"\r\n", b"\r\n", b"\r\n", b"\n"])
    return ending.join([start, *lines, b"", b""])


def _body(random: Random) -> bytes:
    size = random.choice([0, 1, 50, 3000, 60_000, 200_000])
    data = random.randbytes(size)
    return gzip.compress(data, mtime=0) if random.random() < 0.2 else data


def _chunked(random: Random, body: bytes, trailer: bool = True) -> bytes:
    parts: list[bytes] = []
    position = 0
    while position < len(body):
        size = random.choice([1, 26, 700, 70_000])
        piece = body[position : position + size]
        extension = random.choice([b"", b"", b";a", b';name="value"', b" "])
        parts.append(random.choice([b"%X", b"%x", b"00%X"]) % len(piece) + extension + b"\r\n" + piece + b"\r\n")
        position += size
    after = random.choice([b"", b"X-Sum: 1\r\nX-More: 2\r\n"]) if trailer else b""
    return b"".join(parts) + b"0\r\n" + after + b"\r\n"
