"""SURT: a URL with its host turned round, so that an index sorts by domain (`vn,gov,hanam)/pages/x.aspx`)."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from archive.url import canonical

_WWW = re.compile(r"^www\d*\.")
_PORT = {"http": 80, "https": 443}
_BLANK = re.compile(r"[\s\x00-\x1f\x7f\ud800-\udfff]")


def surt(url: str) -> str:
    """The key of `url`: scheme, `www.`, default port, fragment and a closing slash gone, lower case, query sorted.

    A key is one word, whatever `url` is: a blank or a line break in it would end the field of an index line.
    """
    return _BLANK.sub(lambda blank: quote(blank[0], errors="replace").lower(), _key(url))


_ESCAPED = re.compile(r"%(?!23|25)([2-6][0-9A-Fa-f]|7[0-9A-Ea-e])")


def _unescaped(text: str) -> str:
    """Escapes of printable ASCII resolved, as the Internet Archive's keys have them, but for a blank, `#` and `%`."""
    return _ESCAPED.sub(lambda escape: escape[0] if escape[1] == "20" else chr(int(escape[1], 16)), text)


def _key(url: str) -> str:
    try:
        parts = urlsplit(canonical(url))
        port = parts.port
    except ValueError:
        return url.lower()
    host = parts.hostname or ""
    if not host:
        return url.lower()
    key = ",".join(reversed(_WWW.sub("", host).split(".")))
    if port is not None and port != _PORT.get(parts.scheme):
        key += f":{port}"
    path = _unescaped(parts.path).lower()
    if path != "/":
        path = path.rstrip("/")
    # by name, then value, as the surt package of the Internet Archive sorts: `a=1` before `a-b=1`
    query = "&".join(sorted(_unescaped(parts.query).lower().split("&"), key=lambda pair: pair.split("=", 1)))
    return f"{key}){path or '/'}" + (f"?{query}" if query else "")
