"""The signature of a WACZ: the "anonymous" one of wacz-auth 0.1.0, ECDSA by a key in a file of its owner's.

The specification leaves the curve open.  It is P-384 with SHA-256 over the text `sha256:HEX`, the signature as its two
numbers one behind the other and the public key as SubjectPublicKeyInfo, both in base64: what ArchiveWeb.page writes and
ReplayWeb.page reads.
"""

from __future__ import annotations

import base64
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from archive.custody.keyfile import keep
from archive.errors import BrokenKey

VERSION = "0.1.0"

_NUMBER = 48  # bytes of each of the two numbers on P-384
_LARGEST = 64 * 1024
_CURE = "Make one with luutru wacz --new-key FILE"

Key = ec.EllipticCurvePrivateKey


def new_key(path: Path) -> str:
    """Makes a key and writes it to a new file that its owner alone can read (PEM, PKCS #8); its public half in base64.

    BrokenKey where the file is there already.
    """
    key = ec.generate_private_key(ec.SECP384R1())
    data = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    keep(path, data)
    return public(key)


def read_key(path: Path) -> Key:
    """The key in a file that `new_key` made, or another's of its kind; BrokenKey where there is none."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST)
        key = serialization.load_pem_private_key(data, None)
    except OSError as error:
        raise BrokenKey(f"{path} cannot be read: {error.strerror or error}", _CURE) from error
    except TypeError as error:
        raise BrokenKey(f"{path} is locked with a password", _CURE) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BrokenKey(f"{path} holds no private key in PEM", _CURE) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP384R1):
        raise BrokenKey(f"the key in {path} is no ECDSA key on P-384, and viewers read no other", _CURE)
    return key


def public(key: Key) -> str:
    """The public half, which is told to those who are to verify: SubjectPublicKeyInfo in base64."""
    data = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(data).decode("ascii")


def signed(key: Key, digest: str, created: str, software: str) -> dict[str, str]:
    """The SignatureData over `digest`, `sha256:HEX` of the datapackage.json that was made at `created`."""
    r, s = decode_dss_signature(key.sign(digest.encode("ascii"), ec.ECDSA(hashes.SHA256())))
    return {
        "hash": digest,
        "created": created,
        "software": software,
        "version": VERSION,
        "signature": base64.b64encode(r.to_bytes(_NUMBER) + s.to_bytes(_NUMBER)).decode("ascii"),
        "publicKey": public(key),
    }
