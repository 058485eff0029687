"""The address that a browser asks for where a page or a stylesheet refers to something."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import quote

from archive.url import host_of

LONGEST = 4_000
"""Characters of a URL; servers refuse longer ones."""

_PORTS = {"http": 80, "https": 443}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PARTS = re.compile(r"(https?)://([^/?]*)([^?]*)")
_HTTP = re.compile(r"(https?):(/*)", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_AUTHORITY = re.compile(r"([^@:\[\]]+|\[[0-9a-fA-F:.]+\])(?::([0-9]{0,9}))?")
_HOST = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")
_PATH_SAFE = "%/:@!$&'()*+,;=|[]"
_QUERY_SAFE = "%/:@!$&()*+,;=|[]?\\^`{}"


def address(reference: str, base: str | None = None) -> str | None:
    """The http URL that a browser makes of a reference (https://url.spec.whatwg.org); None where it would ask for nothing.

    `base` is such a URL, or None.  URLs with a user's name are left out, since browsers load no requisites from them.
    """
    if len(reference) > LONGEST:
        return None
    path, mark, query = _CONTROL.sub("", reference).strip(" ").partition("#")[0].partition("?")
    parts = _joined(path.replace("\\", "/"), base) if path or mark else None
    host = _authority(*parts[:2]) if parts is not None else None
    if parts is None or host is None:
        return None
    try:
        whole = f"{parts[0]}://{host}{quote(_path(parts[2]), _PATH_SAFE)}{mark}{quote(query, _QUERY_SAFE)}"
    except UnicodeEncodeError:  # half a surrogate pair
        return None
    return whole if len(whole) <= LONGEST else None


def _joined(path: str, base: str | None) -> tuple[str, str, str] | None:
    """Scheme, authority and path of a reference without its query."""
    scheme, authority, folder = found.groups() if base and (found := _PARTS.match(base)) else ("", "", "")
    if (told := _HTTP.match(path)) and (len(told[2]) > 1 or told[1].lower() != scheme):
        host, slash, rest = path[told.end() :].partition("/")
        return told[1].lower(), host, slash + rest
    path = path[len(told[1]) + 1 :] if told else path  # `http:a.png` on a page of http is relative
    if not scheme or (not told and _SCHEME.match(path)):
        return None
    if path.startswith("//"):
        host, slash, rest = path.lstrip("/").partition("/")
        return scheme, host, slash + rest
    if path.startswith("/") or not path:
        return scheme, authority, path or folder
    return scheme, authority, folder[: folder.rfind("/") + 1] + path


def _authority(scheme: str, authority: str) -> str | None:
    """Host and port as they are asked for; None where they lead nowhere."""
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None:
        return None
    host, port = host_of(f"http://{parts[1]}/"), parts[2]
    try:
        known = bool(ipaddress.IPv6Address(host[1:-1])) if host.startswith("[") else bool(_HOST.fullmatch(host))
    except ValueError:
        return None
    number = int(port) if port else _PORTS[scheme]
    if not known or not 0 < number < 65_536:
        return None
    return host if number == _PORTS[scheme] else f"{host}:{number}"


def _path(path: str) -> str:
    """`path` with its dot segments resolved; empty segments stay, unlike with urljoin."""
    kept: list[str] = []
    plain = ""
    for part in path.split("/")[1:]:
        plain = part.lower().replace("%2e", ".")
        if plain == "..":
            del kept[-1:]
        elif plain != ".":
            kept.append(part)
    return "/" + "/".join([*kept, ""] if plain in (".", "..") else kept)
