"""Who signs, and what a manifest says of the software and the settings that made a crawl."""

from __future__ import annotations

import hashlib
import os
from importlib import metadata
from pathlib import Path

from archive.custody import manifest
from archive.custody.signing import Signer, read_key
from archive.errors import BrokenKey, LuutruError
from archive.moment import iso
from archive.store import Store
from archive.tables.attempt import warc_told
from archive.warc.names import finished_name
from archive.warc.repair import Sign, unsigned
from archive.warc.writer import seal, utc_now
from crawler.config import Configuration
from crawler.portals import Portal

SOFTWARE = f"luutru/{metadata.version('luutru')}"
KEY = "LUUTRU_SIGNING_KEY"


def signer(configuration: Configuration, store: Store) -> Signer | None:
    """The key that $LUUTRU_SIGNING_KEY or luutru.toml names; None where none is named.

    BrokenKey where it cannot be used, or lies in the store: who has the store must not have the key.
    """
    named = os.environ.get(KEY) or configuration.signing_key
    if not named:
        return None
    path = Path(named).expanduser()
    if path.resolve().is_relative_to(store.root.resolve()):
        raise BrokenKey(f"the key {path} lies in the store", "Move it out: whoever is given the store must not get it")
    return read_key(path)


def signs(key: Signer | None) -> Sign:
    """How a line of a ledger is signed."""
    return key.sign if key is not None else unsigned


def versions(configuration: Configuration, portal: Portal, extractor: str) -> dict[str, object]:
    """The digests of what made a crawl what it is."""
    return {
        "software": SOFTWARE,
        "extractor_version": extractor,
        "configuration": configuration.digest(),
        "portal_file": portal.digest,
    }


def stamped(configuration: Configuration, store: Store) -> str | None:
    """Has the chain's head stamped by the authority that luutru.toml names; what went wrong, or None.

    A night must not fail because an authority was away: the next head's timestamp covers this one too.
    """
    if not configuration.timestamp_authority:
        return None
    number, _ = manifest.head(store.manifests)
    if not number:
        return None
    from archive.custody.stamp import roots_of, stamp

    try:
        roots = roots_of(Path(configuration.timestamp_roots).expanduser()) if configuration.timestamp_roots else None
        stamp(store.manifests, manifest.read(store.manifests, number), configuration.timestamp_authority, roots)
    except LuutruError as error:
        return str(error)
    return None


def log_told(path: Path) -> dict[str, object] | None:
    """What a crawl's log was when its manifest was made: it is appended to for some lines more."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return {"name": path.name, "length": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def adopt(store: Store, portal: str, parts: list[Path], key: Signer | None) -> list[Path]:
    """Closes parts of a crawl that will not go on, told in a manifest before they are sealed; the sealed files.

    After a crash in between, the same files are told again.
    """
    if not parts:
        return []
    names = [f"{portal}/{finished_name(path)}" for path in parts]
    with store.commit_lock():
        told = {
            "kind": "repair",
            "made_at": iso(utc_now()),
            "portal": portal,
            "software": SOFTWARE,
            "warcs": [warc_told(store, name) for name in names],
        }
        manifest.add(store.manifests, told, key)
    return [seal(path) for path in parts]
