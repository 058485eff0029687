"""Keys of requests that are not GET: method and body become part of the URL, as pywb looks them up at replay.

The form is that of pywb 2.10 (https://iipc.github.io/warc-specifications/guidelines/cdx-non-get-requests/): the body as
a query, cut, behind `__wb_method=POST`, and the whole as the Internet Archive's surt package makes a key.  Our `surt()`
makes only the page's half: from queries it leaves out what names no page (a session id, an empty pair) and composes
letters, while pywb looks for what was posted.
"""

from __future__ import annotations

import base64
import json
import re
import string
from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser
from email.utils import collapse_rfc2231_value
from io import BytesIO
from urllib.parse import quote, quote_from_bytes, unquote_plus, unquote_to_bytes, urlencode

from archive import http1
from archive.warc.surt import surt

LIMIT = 4096
"""Characters of a body that count: bodies that differ only behind them have one key, in pywb too."""

_FORM = "application/x-www-form-urlencoded"
_IN_URLS = "=&%+/:@!$'()*,;?-._~"
_IN_KEYS = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"
_LINE_END = re.compile(rb"(?:\r\n|\n|\r)\Z")
_BOUNDARY = re.compile(rb"[ -~]{0,200}[!-~]")
_NESTED_ESCAPE = re.compile(rb"%(?:25)+(?=[0-9A-Fa-f]{2})")
_SESSIONS = (  # each is taken out once, as in the surt package
    *(name + rb"=[0-9a-z]{32}" for name in (rb"jsessionid", rb"phpsessid", rb"sid")),
    rb"aspsessionid[a-z]{8}=[a-z]{24}",
    rb"cfid=[^&](?:(?!cfid=)[^&])*+&cftoken=[^&]++",  # possessive: a long URL must not be tried from each sign of it
)
_SESSION = tuple(re.compile(b"^(.*)" + one + b"(?:&(.*))?$", re.IGNORECASE) for one in _SESSIONS)


def key(url: str, method: str, content_type: str | None, body: bytes) -> str:
    """The CDXJ key of a request: `surt(url)` for a GET, and for others one word that is equal to pywb's urlkey."""
    if method.upper() == "GET":
        return surt(url)
    whole = re.sub(r"[\n\r\t]", "", key_url(url, method, content_type, body).strip(string.whitespace))
    page, _, query = whole.partition("#")[0].partition("?")  # a `#` in a form ends its key, in pywb too
    return f"{surt(page)}?{_canonical(query)}"


def key_url(url: str, method: str, content_type: str | None, body: bytes) -> str:
    """The URL that pywb makes a key of: `url`, the method, and the body as a query; a GET's is `url` itself.

    The fragment of `url` is left out: no browser sends it at replay, and it would swallow what is added.
    """
    if (method := method.upper()) == "GET":
        return url
    url = url.partition("#")[0]
    query = body_query(method, content_type, body)
    whole = url + ("&" if "?" in url else "?") + f"__wb_method={method}" + (f"&{query}" if query else "")
    return whole.replace("WB_wombat_", "")  # pywb's script puts it before names in pages that are recorded through it


def body_query(method: str, content_type: str | None, body: bytes) -> str:
    """The body of a POST or PUT as a query, cut at LIMIT; empty for other methods, as pywb has it.

    Forms are decoded (the key escapes them anew), JSON is flattened, multipart becomes pairs, all else
    `__wb_post_data=` and base64.  JSON that does not parse gives nothing.  Other than in pywb: AMF, and JSON that is no
    UTF-8 either (which stops it), are base64 too, and a part of multipart that is a form itself stays a field.
    """
    if method.upper() not in ("POST", "PUT") or not body:
        return ""
    kind = content_type or ""
    query: str | None = None
    if kind.startswith(_FORM):  # by case, as pywb compares
        query = unquote_plus(text) if (text := _text(body)) is not None else None
    elif kind.startswith("multipart/"):
        query = _multipart(kind, body)
    elif kind.startswith("application/json"):
        query = "" if (flat := _flat(body)) is None and _text(body) is not None else flat
    elif kind.startswith("text/plain"):
        query = _flat(body)
    if query is None:
        query = "__wb_post_data=" + base64.b64encode(body).decode("ascii")
    return query[:LIMIT]


def request_body(method: str, content_type: str | None, body: bytes) -> str:
    """The CDXJ field `requestBody`: a form as it was sent, what is no sign of a URL escaped; else the query; cut.

    pywb asks only whether there is one.  ReplayWeb.page appends it to the URL and parses that, and its own indexer
    keeps forms percent-encoded (`postToGetUrl` of warcio.js, `addCdx` of wabac.js): decoded, a `&`, `+` or `#` within
    a value would end it, and view states are full of them.
    """
    if method.upper() in ("POST", "PUT") and (content_type or "").startswith(_FORM):
        sent = body.decode("utf-8", "surrogateescape")[:LIMIT]
        return quote(sent, safe=_IN_URLS, errors="surrogateescape")
    return body_query(method, content_type, body)


def sent_body(request: http1.Request) -> bytes:
    """As much of the entity as Content-Length declares, as pywb reads it: without one that reads there is no body."""
    try:
        length = int(http1.first(request.headers, "content-length") or "")
    except ValueError:
        return b""
    return request.entity[: max(length, 0)]


def _canonical(query: str) -> str:
    """A query as the surt package has it: unescaped to the end, session ids out, escaped once, lower case, sorted."""
    raw = query.encode("utf-8", "replace")
    while (plain := unquote_to_bytes(_NESTED_ESCAPE.sub(b"%", raw))) != raw:  # %252525 at once, not a layer a round
        raw = plain
    escaped = quote_from_bytes(raw, safe=_IN_KEYS).encode("ascii")
    for session in _SESSION:
        if match := session.match(escaped):
            escaped = match[1] + (match[2] or b"")
    return "&".join(sorted(escaped.decode("ascii").lower().split("&"), key=lambda pair: pair.split("=", 1)))


def _text(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _flat(body: bytes) -> str | None:
    """The scalars of a JSON document under their names, `a=1&a.2_=x` for the second of a name; None if it is none."""
    pairs: dict[str, str] = {}
    seen: dict[str, int] = {}
    try:
        todo: list[tuple[str, object]] = [("", json.loads(body))]
        while todo:
            name, value = todo.pop()
            if isinstance(value, dict):
                todo.extend(reversed(value.items()))
            elif isinstance(value, list):
                todo.extend((name, item) for item in reversed(value))
            elif name:
                if name in pairs:
                    seen[name] = seen.get(name, 1) + 1
                    name = f"{name}.{seen[name]}_"
                pairs[name] = _scalar(value)
        return urlencode(pairs)
    except (ValueError, OverflowError, RecursionError):  # no JSON, half a surrogate pair, Infinity, too deep
        return None


def _scalar(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float) and (value.is_integer() or abs(value) == float("inf")):
        return str(int(value))  # as JavaScript writes it; Infinity raises, and pywb takes that for no JSON
    return str(value)


def _multipart(content_type: str, body: bytes) -> str | None:
    """The fields of a form as pairs; None without a boundary that can be one."""
    boundary = (_parameter("content-type", content_type, "boundary") or "").encode("utf-8", "replace")
    return urlencode(list(_fields(body, b"--" + boundary))) if _BOUNDARY.fullmatch(boundary) else None


def _fields(body: bytes, boundary: bytes) -> Iterator[tuple[str, str | bytes]]:
    """Names and values between boundaries; a file's value stays bytes, a part without a name is called None.

    By lines, and not by the email parser, which decodes and nests parts: a part goes to the next boundary, as in pywb.
    """
    lines = iter(BytesIO(body))
    last = not any(line.strip() == boundary for line in lines)
    while not last:
        head: list[bytes] = []
        for line in lines:
            head.append(line)
            if not line.strip():
                break
        if not head:
            return
        value: list[bytes] = []
        last = True
        for line in lines:
            if (end := line.rstrip()) in (boundary, boundary + b"--"):
                last = end != boundary
                break
            value.append(line)
        data = _LINE_END.sub(b"", b"".join(value))
        said = HeaderParser().parsestr(b"".join(head).decode("utf-8", "replace")).get("content-disposition", "")
        text = (
            data if _parameter("content-disposition", said, "filename") is not None else data.decode(errors="replace")
        )
        yield str(_parameter("content-disposition", said, "name")), text


def _parameter(header: str, value: str, name: str) -> str | None:
    message = Message()
    message[header] = value
    found = message.get_param(name, header=header)
    return None if found is None else collapse_rfc2231_value(found)
