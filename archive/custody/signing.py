"""Ed25519 keys: a private one in a file of its own outside of the store, public ones as text.

A public key is written as base64 of its 32 bytes; that is what `--trust` takes and what manifests carry.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from archive.custody.keyfile import keep
from archive.errors import BrokenKey

ALGORITHM = "ed25519"


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs; `public` is its public half as text."""

    key: Ed25519PrivateKey
    public: str

    def sign(self, data: bytes) -> Mapping[str, str]:
        """The signature over `data`, with what is needed to check it."""
        signature = base64.b64encode(self.key.sign(data)).decode()
        return {"algorithm": ALGORITHM, "key": self.public, "signature": signature}


def new_key(path: Path) -> Signer:
    """Makes a key and writes it to `path`, readable by its owner alone.  BrokenKey where there is a file already."""
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    keep(path, text)
    return _signer(key)


def read_key(path: Path) -> Signer:
    """The key in a PEM file; BrokenKey where it is none, or where others than its owner may read it."""
    try:
        if path.stat().st_mode & 0o077:
            raise BrokenKey(f"the key {path} may be read by others", f"chmod 600 {path}, or make a new one if it was")
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise BrokenKey(f"the key {path} does not open: {error.strerror}", "Make one with luutru keys new") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BrokenKey(
            f"{path} is no private key in PEM without a password", "Make one with luutru keys new"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BrokenKey(f"the key {path} is not an ed25519 key", "Make one with luutru keys new")
    return _signer(key)


def read_public(text: str) -> str:
    """A public key as it is compared: the text itself, or that in the file it names.  BrokenKey where it is none."""
    found = text.strip()
    try:
        if len(base64.b64decode(found, validate=True)) == 32:
            return found
    except binascii.Error:
        pass
    try:
        inside = Path(text).read_text("utf-8").strip()
        if len(base64.b64decode(inside, validate=True)) == 32:
            return inside
    except (OSError, ValueError):
        pass
    raise BrokenKey(
        f"{text!r} is no public key", "Give the 44 letters that luutru keys new printed, or a file with them"
    )


def signed_by(told: Mapping[str, object], data: bytes) -> str | None:
    """The public key whose signature over `data` is told; None where it does not hold."""
    key, signature = told.get("key"), told.get("signature")
    if told.get("algorithm") != ALGORITHM or not isinstance(key, str) or not isinstance(signature, str):
        return None
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
        public.verify(base64.b64decode(signature, validate=True), data)
    except (InvalidSignature, ValueError):
        return None
    return key


def _signer(key: Ed25519PrivateKey) -> Signer:
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return Signer(key, base64.b64encode(public).decode())
