"""What a record says of the connection's security: WARC-Protocol, WARC-Cipher-Suite, and the server's certificates."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping

from archive.capture import Tls

_PROTOCOLS = {"TLSv1": "tls/1.0", "TLSv1.1": "tls/1.1", "TLSv1.2": "tls/1.2", "TLSv1.3": "tls/1.3", "SSLv3": "ssl/3"}
_AES = re.compile(r"\bAES(128|256)(?=-)")
_EXCHANGE = re.compile(r"(?P<exchange>(?:ECDHE|DHE)-(?:ECDSA|RSA|DSS|PSK))-(?P<rest>.+)")


def tls_protocol(tls: Tls) -> str:
    """The protocol as the WARC-Protocol proposal names it (iipc/warc-specifications, issue 42)."""
    return _PROTOCOLS.get(tls.protocol, tls.protocol.lower())


def cipher_suite(tls: Tls) -> str | None:
    """The suite's IANA name, which the WARC-Cipher-Suite proposal wants (issue 86); None where OpenSSL's name is of no
    pattern known here."""
    name = tls.cipher
    if name.startswith("TLS_"):
        return name
    match = _EXCHANGE.fullmatch(name)
    exchange, rest = (match["exchange"], match["rest"]) if match else ("RSA", name)
    if rest == "CHACHA20-POLY1305":
        rest += "-SHA256"
    rest = _AES.sub(r"AES-\1", rest)
    if not rest.startswith(("AES-", "CAMELLIA", "CHACHA20")):
        return None
    if re.fullmatch(r"AES-\d+-(SHA\d*|GCM-SHA\d+|CCM8?)", rest):
        rest = re.sub(r"^(AES-\d+)-(SHA\d*)$", r"\1-CBC-\2", rest)
    return f"TLS_{exchange}_WITH_{rest}".replace("-", "_")


def tls_fields(tls: Tls, chain: bool) -> list[tuple[str, str]]:
    """Lines of the metadata record: protocol, cipher, the faults that were accepted, the digest of the chain, and with
    `chain` the certificates in base64 (DER), the server's own first."""
    pairs = [("tlsProtocol", tls.protocol), ("tlsCipher", tls.cipher)]
    if tls.accepted:
        pairs.append(("tlsAccepted", " ".join(tls.accepted)))
    if tls.chain:
        pairs.append(("tlsChain", chain_digest(tls)))
        if chain:
            pairs += [("tlsCertificate", base64.b64encode(der).decode()) for der in tls.chain]
    return pairs


def chain_digest(tls: Tls) -> str:
    """`sha256:` and hex of the certificates, one behind the other."""
    return "sha256:" + hashlib.sha256(b"".join(tls.chain)).hexdigest()


def parse_tls(metadata: Mapping[str, str]) -> Tls | None:
    """What a metadata record says of TLS, without the certificates; None where it was plain HTTP."""
    protocol = metadata.get("tlsProtocol")
    accepted = tuple(metadata.get("tlsAccepted", "").split())
    return Tls(protocol, metadata.get("tlsCipher", ""), accepted=accepted) if protocol else None
