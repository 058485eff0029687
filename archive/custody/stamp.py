"""RFC 3161 timestamps of manifests: an authority says that it saw a hash at a time, and is believed, or not, later.

The authority is asked over HTTP (RFC 3161, section 3.4) and gets a hash alone; what it answers is checked at once and kept
beside the manifest.  Checking it later needs no network, only the certificates that its chain ends in.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from rfc3161_client import TimestampRequestBuilder, VerificationError, VerifierBuilder, decode_timestamp_response

from archive.custody.manifest import Manifest, put
from archive.errors import BrokenStamp, Misuse, unwritable

_LIMIT = 1024 * 1024
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an authority says: the time (aware, UTC) at which it saw the data."""

    time: datetime


def roots_of(path: Path) -> list[x509.Certificate]:
    """The certificates in a PEM file; Misuse where there are none."""
    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Misuse(
            f"{path} holds no certificates in PEM: {error}", "Name the authority's root certificates"
        ) from error
    return found


def check(answer: bytes, data: bytes, roots: list[x509.Certificate]) -> Stamp:
    """What a kept timestamp says of `data`; BrokenStamp where it does not read, is of other data or not of these roots."""
    try:
        told = decode_timestamp_response(answer)
        builder = VerifierBuilder()
        for root in roots:
            builder = builder.add_root_certificate(root)
        builder.build().verify_message(told, data)
    except (ValueError, VerificationError) as error:
        raise BrokenStamp(f"the timestamp does not hold: {error}") from error
    return Stamp(told.tst_info.gen_time)


def fetch(authority: str, data: bytes) -> bytes:
    """The authority's answer for `data`, of which it gets the sha512 alone.  BrokenStamp where it gives none."""
    asked = TimestampRequestBuilder().data(data).build()
    request = urllib.request.Request(  # noqa: S310 - the address is the operator's own
        authority, asked.as_bytes(), {"Content-Type": "application/timestamp-query"}
    )
    cure = "The night's manifest stays without one; luutru keys stamp asks again"
    if not authority.startswith(("http://", "https://")):
        raise BrokenStamp(f"{authority} is no address of a timestamp authority", "Give one with http or https")
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310
            told = bytes(answer.read(_LIMIT))
    except (OSError, urllib.error.URLError, ValueError) as error:
        raise BrokenStamp(f"the timestamp authority {authority} gave no answer: {error}", cure) from error
    try:
        decode_timestamp_response(told)
    except ValueError as error:
        raise BrokenStamp(
            f"the timestamp authority {authority} gave an answer that does not read: {error}", cure
        ) from error
    return told


def stamp(folder: Path, manifest: Manifest, authority: str, roots: list[x509.Certificate] | None) -> None:
    """Gets a timestamp of a manifest and keeps it beside; with `roots` only one that holds."""
    answer = fetch(authority, manifest.data)
    if roots:
        check(answer, manifest.data, roots)
    path = folder / f"{manifest.number:08d}.tsr"
    try:
        put(path, answer)
    except OSError as error:
        raise unwritable(error, path) from error
