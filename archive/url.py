"""URLs: one canonical form, so that a page has one name, and the identity of an article that is made of it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import SplitResult, quote, unquote_to_bytes, urlsplit, urlunsplit

_DEFAULT_PORT = {"http": 80, "https": 443}
_PAGES = re.compile(r"/pages/(?=[^/]+\.aspx$)", re.IGNORECASE)
_SESSION = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_VOLATILE = {"_afrloop", "_afrwindowmode", "_adf.ctrl-state", "jsessionid", "phpsessid", "aspsessionid"}
_RESERVED = re.compile(r"(%2f|%3f|%23|%25|%3b|%26|%3d|%2b)", re.IGNORECASE)
_PATH_SAFE = "/:@!$&'()*+,;=-._~"
_QUERY_SAFE = "/:@!$'()*+,;=-._~?[]"


def canonical(url: str) -> str:
    """The one form of `url`: host in lower case and ASCII, default port and fragment gone, percent-encoding in NFC.

    SharePoint's `/pages/x.aspx` and `/Pages/x.aspx` are one page; session ids and counters that change at each load
    (`jsessionid`, WebCenter's `_afrLoop`) name nothing.  A URL that does not parse is given back unchanged.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        scheme = parts.scheme.lower()
        host = _host(parts)
        if scheme not in _DEFAULT_PORT or not host:
            return url
        netloc = host if port in (None, _DEFAULT_PORT[scheme]) else f"{host}:{port}"
        # session ids are looked for in what was escaped: an escaped letter or a sign that NFC changes may make one
        path = _PAGES.sub("/Pages/", _SESSION.sub("", _escape(parts.path, _PATH_SAFE))) or "/"
        return urlunsplit((scheme, netloc, path, _query(parts.query), ""))
    except ValueError:  # half a surrogate pair too, which has no bytes to escape
        return url


def host_of(url: str) -> str:
    """The host in lower case and ASCII, without port; empty where there is none."""
    try:
        return _host(urlsplit(url))
    except ValueError:
        return ""


def article_id(portal: str, url: str) -> str:
    """Sixteen hex digits of sha256 over the portal's name and the canonical path and query.

    Scheme and host are left out: an article keeps its identity when its portal moves to another host.
    """
    name = canonical(url)
    try:
        parts = urlsplit(name)
        name = parts.path + (f"?{parts.query}" if parts.query else "")
    except ValueError:
        pass  # a URL that does not parse has nothing to leave out
    return hashlib.sha256(f"{portal}\n{name}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".").lower()
    if host.isascii():
        return f"[{host}]" if ":" in host else host
    host = unicodedata.normalize("NFC", host)
    try:
        return host.encode("idna").decode("ascii").rstrip(".")
    except UnicodeError:
        return host


def _escape(text: str, safe: str) -> str:
    # an escaped delimiter means something else than the delimiter: escape anew only what stands between them
    pieces = _RESERVED.split(text)
    return "".join(piece.upper() if odd % 2 else _escape_run(piece, safe) for odd, piece in enumerate(pieces))


def _escape_run(text: str, safe: str) -> str:
    # bytes that are no UTF-8 (old pages of Windows-1258) stay as they are, between what is
    decoded = unquote_to_bytes(text).decode("utf-8", "surrogateescape")
    return quote(unicodedata.normalize("NFC", decoded).encode("utf-8", "surrogateescape"), safe=safe)


def _query(query: str) -> str:
    pairs = (_escape(pair, _QUERY_SAFE) for pair in query.split("&") if pair)
    return "&".join(pair for pair in pairs if pair.split("=", 1)[0].lower() not in _VOLATILE)
