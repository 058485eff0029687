"""The chain of manifests: gapless, each with the hash of the one before, signed by the key in force, stamped where it is."""

from __future__ import annotations

import base64
import binascii
import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from archive.audit.files import inside
from archive.audit.finding import Checked, Findings
from archive.audit.scratch import Batch
from archive.custody import manifest
from archive.custody.manifest import Manifest
from archive.custody.signing import signed_by
from archive.errors import BrokenLedger, BrokenStamp
from archive.moment import iso, parse_iso

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_SLACK = timedelta(minutes=10)
"""How far an authority's clock may be behind ours, beside the skew that the manifest tells."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """What an auditor brings from outside: public keys, the hash of a head, and the roots of timestamp authorities."""

    trusted: tuple[str, ...] = ()
    head: str | None = None
    roots: tuple[Certificate, ...] | None = None


@dataclass(slots=True)
class Chain:
    """What the chain came to: its newest manifest and hash, what of it holds, and the keys that signed it.

    `sound` is false where a manifest, a link of the chain, a signature or a key does not hold.  `stamped` and `named` are
    the newest manifests under a valid timestamp and under the head that was published (0: none).
    """

    number: int = 0
    head: str | None = None
    sound: bool = True
    unsigned: int = 0
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)
    introduced: frozenset[str] = frozenset()
    stamped: int = 0
    stamp_time: datetime | None = None
    named: int = 0
    stamps_unchecked: int = 0

    @property
    def signed(self) -> bool:
        """Whether the newest manifest is signed, and with it all before it."""
        return self.number > 0 and self.unsigned == 0 and bool(self.keys)


class _Keys:
    """Which key is in force, and which ones are vouched for by those that are trusted."""

    def __init__(self, trusted: Sequence[str]) -> None:
        self.in_force: str | None = None
        self.known: set[str] = set()
        self.vouched = set(trusted)
        self.last_vouched = 0


def walk(folder: Path, db: sqlite3.Connection, anchors: Anchors, findings: Findings, checked: Checked) -> Chain:
    """Goes through the manifests in `folder`; what they tell goes into the scratch `db`."""
    chain, keys = Chain(), _Keys(anchors.trusted)
    batches = Batch(db, "manifests", 8), Batch(db, "named", 5), Batch(db, "told", 4)
    numbers = [n for n in manifest.numbers(folder) if inside(folder, f"{n:08d}.json")]
    if not numbers:
        findings.note("there is no manifest yet")  # whatever should be named by one is told for itself
        chain.sound = False
    before: str | None = None
    last = 0
    for number in numbers:
        name = f"manifests/{number:08d}.json"
        linked = number == last + 1
        if not linked:
            gap = f"{last + 1}" if number == last + 2 else f"{last + 1} to {number - 1}"
            _broken(chain, findings, "chain", name, f"manifest {gap} is not there: what it told of was taken away")
        last = number
        checked.manifests += 1
        try:
            one = manifest.read(folder, number)
        except (BrokenLedger, UnicodeDecodeError) as error:
            what = error.what if isinstance(error, BrokenLedger) else "it is no text"
            _broken(chain, findings, "manifest", name, f"the manifest does not read: {what}")
            before = _hash(folder / f"{number:08d}.json")
            continue
        if linked and one.told.get("before") != before and (number == 1 or before is not None):
            what = "it does not name the hash of the manifest before it: one of the two was changed or exchanged"
            _broken(chain, findings, "chain", name, what)
        before = one.hash
        chain.number, chain.head = number, one.hash
        _form(one, name, chain, findings)
        _signature(one, name, keys, chain, findings, checked)
        _timestamp(one, name, anchors, chain, findings, checked)
        if anchors.head == one.hash:
            chain.named = number
        _note(one, batches)
    for batch in batches:
        batch.flush()
    _trust(keys, anchors, chain, findings)
    if anchors.head is not None and not chain.named:
        what = f"the chain does not contain the head {anchors.head} that was published: it was cut off or made anew"
        _broken(chain, findings, "head", "manifests", what)
    if chain.named:
        findings.note(
            f"the head that was published is manifest {chain.named}; {chain.number - chain.named} manifests came after it"
        )
    if chain.stamps_unchecked:
        findings.note(
            f"{chain.stamps_unchecked} timestamps are present, not checked: name the authority's roots with --timestamp-roots"
        )
    return chain


def _broken(chain: Chain, findings: Findings, kind: str, name: str, what: str) -> None:
    findings.add(kind, name, what)
    chain.sound = False


def _form(one: Manifest, name: str, chain: Chain, findings: Findings) -> None:
    if one.told.get("manifest") != manifest.FORMAT or one.told.get("number") != one.number:
        _broken(chain, findings, "manifest", name, "its format or its number is not what its name says")
    if one.told.get("kind") not in manifest.KINDS:
        _broken(chain, findings, "manifest", name, f"it is of the kind {one.kind[:40]!r}, which there is not")


def _signature(one: Manifest, name: str, keys: _Keys, chain: Chain, findings: Findings, checked: Checked) -> None:
    if one.signature is None:
        if keys.in_force is not None:
            what = "it is not signed, and those before it are"
            _broken(chain, findings, "signature", name, what)
        chain.unsigned += 1
        return
    checked.signatures += 1
    key = signed_by(one.signature, one.data)
    if key is None:
        _broken(chain, findings, "signature", name, "its signature does not hold: it was changed after it was signed")
        return
    if keys.in_force is not None and key != keys.in_force:
        what = (
            f"it is signed by {key}, and the key in force is {keys.in_force}: nobody who held that introduced the other"
        )
        _broken(chain, findings, "key", name, what)
    if chain.unsigned and keys.in_force is None:
        findings.note(f"manifests 1 to {one.number - 1} are unsigned; those signed later name their hashes")
    chain.unsigned = 0
    keys.in_force = keys.in_force or key
    keys.known.add(key)
    first, _ = chain.keys.get(key, (one.number, 0))
    chain.keys[key] = (first, one.number)
    if key in keys.vouched:
        keys.last_vouched = one.number
    if one.kind == "key":
        new = one.told.get("new_key")
        if not isinstance(new, str) or not _is_key(new):
            _broken(chain, findings, "key", name, "it introduces a key that is none")
        elif key == keys.in_force:
            if key in keys.vouched:
                keys.vouched.add(new)
            keys.in_force = new
            chain.introduced |= {new}


def _trust(keys: _Keys, anchors: Anchors, chain: Chain, findings: Findings) -> None:
    if not anchors.trusted or not chain.number:
        return
    if not keys.last_vouched:
        signers = ", ".join(chain.keys) or "nobody"
        what = f"no manifest is signed by a key that is trusted, or that one introduced; they are signed by {signers}"
        _broken(chain, findings, "trust", "manifests", what)
    elif keys.last_vouched < chain.number:
        what = f"behind manifest {keys.last_vouched} no key signs that is trusted, or that one introduced"
        _broken(chain, findings, "trust", f"manifests/{keys.last_vouched + 1:08d}.json", what)


def _timestamp(one: Manifest, name: str, anchors: Anchors, chain: Chain, findings: Findings, checked: Checked) -> None:
    if one.stamp is None:
        return
    checked.timestamps += 1
    file = name.removesuffix(".json") + ".tsr"
    if anchors.roots is None:
        chain.stamps_unchecked += 1
        return
    from archive.custody.stamp import check

    try:
        told = check(one.stamp, one.data, list(anchors.roots))
    except BrokenStamp as error:
        findings.add("timestamp", file, error.what)
        return
    time = told.time if told.time.tzinfo is not None else told.time.replace(tzinfo=UTC)
    made = _made(one)
    if made is not None and time < made - _SLACK - _skew(one):
        what = f"the authority saw the manifest at {iso(time)}, before it says it was made ({iso(made)})"
        findings.add("timestamp", file, what)
        return
    chain.stamped, chain.stamp_time = one.number, time


def _made(one: Manifest) -> datetime | None:
    try:
        return parse_iso(str(one.told.get("made_at")))
    except ValueError:
        return None


def _skew(one: Manifest) -> timedelta:
    clock = one.told.get("clock")
    skew = clock.get("skew_s") if isinstance(clock, dict) else None
    known = isinstance(skew, int | float) and abs(skew) < 86400
    return timedelta(seconds=abs(skew)) if known and skew is not None else timedelta()


def _note(one: Manifest, batches: tuple[Batch, Batch, Batch]) -> None:
    told = one.told
    crawls, named, tables = batches
    crawls.add(
        one.number,
        one.kind,
        one.crawl,
        _text(told.get("portal")),
        _text(told.get("snapshot_id")),
        _text(told.get("extractor_version")),
        one.hash,
        _text(told.get("made_at")),
    )
    for warc in one.warcs:
        numbers = [n if type(n := warc.get(key)) is int and abs(n) < 1 << 62 else None for key in ("length", "records")]
        named.add(one.number, _text(warc.get("name")), *numbers, _text(warc.get("root")))
    sums = told.get("tables")
    for name, sum_ in sums.items() if isinstance(sums, dict) else ():
        rows = sum_.get("rows") if isinstance(sum_, dict) else None
        digest = _text(sum_.get("digest")) if isinstance(sum_, dict) else None
        tables.add(one.number, str(name), rows if type(rows) is int and abs(rows) < 1 << 62 else None, digest)


def logs(folder: Path, store: Path, findings: Findings, only: frozenset[int] | None = None) -> None:
    """Holds the log that each manifest names against the bytes that it had then; with `only`, of these manifests."""
    for number in manifest.numbers(folder):
        if only is not None and number not in only:
            continue
        try:
            told = manifest.read(folder, number).told.get("log")
        except (BrokenLedger, UnicodeDecodeError):
            continue
        if told is None:
            continue
        where = f"manifests/{number:08d}.json"
        name, length = (told.get("name"), told.get("length")) if isinstance(told, dict) else (None, None)
        if not isinstance(told, dict) or not isinstance(name, str) or type(length) is not int:
            findings.add("log", where, "it names a log that is none")
            continue
        path = inside(store / "logs", name)
        if path is None:
            findings.add("log", where, f"the log {name[:200]!r} that it names is not in logs/")
        elif _begins(path, length) != told.get("sha256"):
            findings.add("log", f"logs/{name}", f"its first {length} bytes are not those that manifest {number} names")


def _begins(path: Path, length: int) -> str | None:
    machine, left = hashlib.sha256(), length
    try:
        with path.open("rb") as file:
            while left > 0 and (piece := file.read(min(left, 1024 * 1024))):
                machine.update(piece)
                left -= len(piece)
    except OSError:
        return None
    return machine.hexdigest() if left == 0 else None


def _hash(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.stat().st_size <= manifest.LIMIT else None
    except OSError:
        return None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and len(value) < 10_000 and value.isprintable() else None


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except (binascii.Error, ValueError):
        return False
