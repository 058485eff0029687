"""The payload of a response: what its digest in the WARC covers, measured without holding it."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from archive import http1
from archive.block import Block, head, pieces
from archive.errors import BrokenHttp


@dataclass(frozen=True, slots=True)
class Payload:
    """The dechunked entity (WARC 1.1 section 5.9): `sha256:` and hex, and its bytes.

    `complete` where the framing got all that it promised; `plain` where head and entity tell every byte of the response.
    """

    digest: str
    length: int
    complete: bool
    plain: bool


def payload_of(block: Block, method: str) -> Payload | None:
    """The payload of a response block; None where the block is no HTTP."""
    try:
        top = http1.parse_head(head(block), method)
    except BrokenHttp:
        return None
    entity = http1.Entity(top)
    machine = hashlib.sha256()
    length = 0
    for piece in http1.entity_pieces(block, top, entity):
        machine.update(piece)
        length += len(piece)
    return Payload("sha256:" + machine.hexdigest(), length, entity.complete, entity.plain)


def sha1_of(block: Block, method: str) -> str:
    """`sha1:` and base32 of the payload, as archives have it that deduplicate by that.  BrokenHttp where there is none."""
    top = http1.parse_head(head(block), method)
    machine = hashlib.sha1(usedforsecurity=False)
    for piece in http1.entity_pieces(block, top, http1.Entity(top)):
        machine.update(piece)
    return "sha1:" + base64.b32encode(machine.digest()).decode()


def digest_of(block: Block) -> str:
    """`sha256:` and hex of a whole block."""
    machine = hashlib.sha256()
    for piece in pieces(block):
        machine.update(piece)
    return "sha256:" + machine.hexdigest()
