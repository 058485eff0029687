"""Which reading made a row: a digest over the code, the portal's file and the locked parsers."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable

_PARSERS = ("lxml", "parsel", "w3lib", "trafilatura", "htmldate", "justext", "courlan")
_ROOMS = ("crawler.extract", "crawler.platforms")
_SINGLE = (("archive", ("http1.py", "capture.py", "article.py", "url.py")), ("crawler.portals", ("portal.py",)))


def extractor_version(portal_digest: str) -> str:
    """`0.1.0-1f2e3d4c5b6a`: the package's version and twelve hex digits that change whenever a reading could.

    `portal_digest` is that of the portal's file; empty where pages are read without one.
    """
    mixed = hashlib.sha256(f"{_code()}\n{portal_digest}".encode()).hexdigest()
    return f"{metadata.version('luutru')}-{mixed[:12]}"


@cache
def _code() -> str:
    whole = hashlib.sha256()
    for room in _ROOMS:
        for file in sorted(resources.files(room).iterdir(), key=lambda entry: entry.name):
            _add(whole, room, file)
    for room, names in _SINGLE:
        for name in names:
            _add(whole, room, resources.files(room) / name)
    for parser in _PARSERS:
        whole.update(f"{parser} {metadata.version(parser)}\n".encode())
    return whole.hexdigest()


def _add(whole: hashlib._Hash, room: str, file: Traversable) -> None:
    if file.name.endswith(".py"):
        whole.update(f"{room}/{file.name}\n".encode())
        whole.update(file.read_bytes())
