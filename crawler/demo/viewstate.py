"""ASP.NET's view state as the demo portal makes it: opaque to the client, signed, another one at each load."""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass

_MARKER = b"\xff\x01\x0f\x0f\x05"
_KEY = b"a rebuild keeps no secrets"
_MAC = 20


@dataclass(frozen=True)
class ViewState:
    """The load a page came from: its number on the server, its address, and which page of a listing it showed."""

    load: int
    host: str
    path: str
    page: int


def _filler(seed: str, size: int) -> bytes:
    blocks = (hashlib.sha256(f"{seed} {block}".encode()).digest() for block in range(size // 32 + 1))
    return b"".join(blocks)[:size]


def _mac(payload: bytes) -> bytes:
    return hmac.new(_KEY, payload, hashlib.sha1).digest()


def write(state: ViewState, night: int) -> str:
    """The value of `__VIEWSTATE`: 2 to 6 kB of base64, by the page's address the same length at each load."""
    size = 1500 + 11 * hashlib.sha256(f"{state.host}{state.path}".encode()).digest()[0]
    told = json.dumps([state.load, state.host, state.path, state.page]).encode()
    payload = _MARKER + len(told).to_bytes(2, "big") + told + _filler(f"{night} {state.load} {state.path}", size)
    return base64.b64encode(payload + _mac(payload)).decode()


def read(value: str) -> ViewState:
    """The load a `__VIEWSTATE` came from; ValueError for one this server did not make."""
    try:
        whole = base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("view state is not base64") from error
    payload, mac = whole[:-_MAC], whole[-_MAC:]
    if not payload.startswith(_MARKER) or not hmac.compare_digest(mac, _mac(payload)):
        raise ValueError("view state was not made here")
    start = len(_MARKER) + 2
    size = int.from_bytes(payload[len(_MARKER) : start], "big")
    return ViewState(*json.loads(payload[start : start + size]))


def token(seed: str, size: int) -> str:
    """`size` bytes of base64 that change with the seed: event validation, request digests."""
    return base64.b64encode(_filler(seed, size)).decode()
