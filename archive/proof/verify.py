"""Verifies the proof that lies beside this script, or the folder or zip named: python3 verify.py [PROOF] [--key PUBLIC]

It needs Python 3.9 or newer and the package `cryptography`, and nothing of the software that made the proof.  It checks:

1. SHA256SUMS names every file of the proof and no other, and each has the hash that it says (its signature, if it has one).
2. The WARC file consists of the records that proof.json names, end to end, and each record's own digests are right.
3. Each record is the one that a line of a ledger, written when it was captured, tells: by the sha256 of its compressed bytes.
4. That line lies under the root that a manifest names (RFC 6962), and the manifest is signed (ed25519).
5. Where manifests follow each other up to one with a timestamp, each names the hash of the one before it.

What it does not check is printed at the end.  Exit 0 where all holds, else 1.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SUMS, SIGNED, BIGGEST = "SHA256SUMS", "SHA256SUMS.sig", 1 << 32


class Wrong(Exception):
    """Something does not hold."""


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def holds(condition: object, what: str) -> None:
    if not condition:
        raise Wrong(what)


def packed(files: dict[str, bytes]) -> bytes:
    """The zip that a proof is sent as: the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), files[name])
    return out.getvalue()


def load(path: Path) -> dict[str, bytes]:
    """Every file of the proof by its name."""
    if path.is_dir():
        found = sorted(one for one in path.rglob("*") if one.is_file() and "__pycache__" not in one.parts)
        return {one.relative_to(path).as_posix(): one.read_bytes() for one in found}
    with zipfile.ZipFile(path) as archive:
        holds(sum(info.file_size for info in archive.infolist()) < BIGGEST, "the zip holds more than it should")
        files = {info.filename: archive.read(info) for info in archive.infolist()}
    holds(packed(files) == path.read_bytes(), "the zip was changed")
    return files


def signer(told: Any, data: bytes, what: str) -> str:
    """The key whose signature over `data` is told."""
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(told["key"], validate=True))
        public.verify(base64.b64decode(told["signature"], validate=True), data)
    except (InvalidSignature, ValueError, KeyError, TypeError) as error:
        raise Wrong(f"the signature of {what} does not hold") from error
    return str(told["key"])


def sums(files: dict[str, bytes], keys: set[str]) -> None:
    named = sorted(name for name in files if name not in (SUMS, SIGNED))
    wanted = "".join(f"{sha(files[name])}  {name}\n" for name in named).encode()
    holds(files.get(SUMS) == wanted, "a file is missing, added or changed: it is not what SHA256SUMS says")
    if SIGNED in files:
        told = json.loads(files[SIGNED])
        holds(files[SIGNED] == (json.dumps(told) + "\n").encode(), f"{SIGNED} was changed")
        keys.add(signer(told, files[SUMS], SUMS))


def fields(text: bytes) -> dict[str, str]:
    lines = text.decode("utf-8", "replace").split("\r\n")[1:]
    return {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def payload(block: bytes) -> bytes | None:
    """The entity of a plain answer (200), without its chunks; None where the answer is of another kind."""
    head, end, body = block.partition(b"\r\n\r\n")
    if not end or head[9:12] != b"200" or b"\n" in head.replace(b"\r\n", b""):
        return None
    length = fields(head).get("content-length", "")
    if "transfer-encoding" not in fields(head):
        return body[: int(length)] if length.isdigit() else body
    out = b""
    while (size := body.partition(b"\r\n"))[1] and size[0].isalnum():
        count, body = int(size[0].split(b";")[0], 16), size[2]
        if count == 0:
            return out
        out, body = out + body[:count], body[count + 2 :]
    return None


def record(member: bytes, told: dict[str, Any]) -> dict[str, str]:
    """Checks one gzip member as a WARC record; its header."""
    what = f"record {told['id']}"
    head, _, rest = gzip.decompress(member).partition(b"\r\n\r\n")
    header, block = fields(head), rest[:-4]
    holds(head.startswith(b"WARC/1.1") and rest.endswith(b"\r\n\r\n"), f"{what} is no WARC record")
    holds(header.get("warc-record-id") == f"<{told['id']}>", f"{what} has another id")
    holds(header.get("warc-date") == told["date"], f"{what} has another date")
    holds(header.get("content-length") == str(len(block)), f"{what} is not as long as it says")
    holds(header.get("warc-block-digest") == "sha256:" + sha(block), f"the block digest of {what} is wrong")
    if header.get("warc-type") == "response" and (entity := payload(block)) is not None:
        told_digest = header.get("warc-payload-digest", "sha256:" + sha(entity))
        holds(told_digest == "sha256:" + sha(entity), f"the payload digest of {what} is wrong")
    return header


def climb(line: bytes, steps: list[list[str]]) -> str:
    found = hashlib.sha256(b"\0" + line).digest()
    for side, other in steps:
        pair = (found, bytes.fromhex(other)) if side == "right" else (bytes.fromhex(other), found)
        found = hashlib.sha256(b"\1" + pair[0] + pair[1]).digest()
    return found.hex()


def manifests(files: dict[str, bytes], proof: dict[str, Any], keys: set[str]) -> dict[int, dict[str, Any]]:
    """The manifests by number, each signed, those in a row linked."""
    found: dict[int, dict[str, Any]] = {}
    for number in proof["manifests"]:
        name = f"chain/{number:08d}"
        data = files[name + ".json"]
        found[number] = json.loads(data)
        holds(found[number]["number"] == number, f"{name}.json has another number")
        if name + ".sig" in files:
            keys.add(signer(json.loads(files[name + ".sig"]), data, name))
        if number - 1 in found:
            holds(found[number]["before"] == sha(files[f"chain/{number - 1:08d}.json"]), f"{name}.json follows another")
        if name + ".tsr" in files:
            holds(hashlib.sha512(data).digest() in files[name + ".tsr"], f"{name}.tsr is of something else")
    return found


def verify(path: Path, trusted: str | None) -> list[str]:
    """Checks a proof; what is to be said of it."""
    files, keys = load(path), set[str]()
    sums(files, keys)
    chain = manifests(files, proof := json.loads(files["proof.json"]), keys)
    warc, at, targets = files[proof["warc"]], 0, {one["id"] for one in proof["records"]}
    for one in proof["records"]:
        holds(one["offset"] == at, f"record {one['id']} does not follow the one before it")
        member = warc[at : at + one["length"]]
        at += one["length"]
        header = record(member, one)
        line = json.loads(one["ledger"]["line"])
        holds(
            line["sha256"] == sha(member) and line["id"] == one["id"], f"record {one['id']} is not that of its ledger"
        )
        root = climb(one["ledger"]["line"].encode(), one["ledger"]["steps"])
        named = [w["root"] for w in chain[one["ledger"]["manifest"]]["warcs"] if w["name"] == one["ledger"]["warc"]]
        holds(named == [root], f"the ledger line of record {one['id']} is under no root that its manifest names")
        if header.get("warc-type") == "revisit":
            holds(
                header["warc-refers-to"].strip("<>") in targets, f"what record {one['id']} repeats is not in the proof"
            )
    holds(at == len(warc), "there are bytes behind the last record")
    holds(json.loads(files["article.json"])["record_id"] in targets, "the article's capture is not in the proof")
    holds(trusted is None or keys == {trusted}, f"signed by {sorted(keys) or 'nobody'}, not by {trusted} alone")
    stamps = [name for name in files if name.endswith(".tsr")]
    said = [f"{len(proof['records'])} records, {len(chain)} manifests: every byte is what was recorded at capture"]
    said += [f"signed by the key {key}: compare it with what the archive publishes" for key in sorted(keys)]
    said += ["NOT SIGNED: whoever wrote the archive's disk could have made all of it"] if not keys else []
    said += [
        f"check the time: openssl ts -verify -data {n[:-4]}.json -in {n} -CAfile ROOTS.pem" for n in sorted(stamps)
    ]
    said += ["no timestamp: the times are those of the archive's own clock"] if not stamps else []
    return [
        *said,
        "not checked: that article.json is what the page says (open the WARC), and that the server told the truth",
    ]


if __name__ == "__main__":
    words = argparse.ArgumentParser()
    words.add_argument("proof", nargs="?", default=Path(__file__).parent, type=Path)
    words.add_argument("--key", help="the archive's public key, from elsewhere")
    given = words.parse_args()
    try:
        print("\n".join(["VERIFIED", *verify(given.proof, given.key)]))
    except Exception as error:  # noqa: BLE001 - whatever a changed byte makes of it
        sys.exit(f"NOT VERIFIED: {error}")
