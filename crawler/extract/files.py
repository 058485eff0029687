"""Files that pages hang out, told by their addresses."""

from __future__ import annotations

import re
from urllib.parse import unquote, urljoin, urlsplit

from crawler.extract.page import Page
from crawler.extract.text import clean

# Liferay puts a document's UUID behind its name: /documents/20182/6848000/ke-hoach.pdf/69d6a130-…
_FILE = re.compile(
    r"([^/]*\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z|odt|ods))(?:/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?$",
    re.IGNORECASE,
)
_WRAPPED = re.compile(r"[?&](?:url|file|src|sourcedoc|filename|path|name|doc)=([^&]+)", re.IGNORECASE)


def behind(page: Page, url: str) -> str | None:
    """The file that a URL leads to: its own, or the one that a viewer's address carries; None where it leads to none."""
    if _FILE.search(urlsplit(url).path):
        return url
    told = (unquote(match[1]) for match in _WRAPPED.finditer(url))
    inner = next((name for name in told if _FILE.search(re.split(r"[?#]", name)[0])), None)
    # a handler that is told a mere name gives the file itself
    return page.absolute(inner) if inner and "/" in inner else url if inner else None


def told_behind_a_fragment(viewer: str) -> str:
    """The file that ViewerJS is told behind the sign of a fragment, relative to itself; empty without one."""
    path, sign, inner = viewer.partition("#")
    try:
        return urljoin(path, inner) if sign and _FILE.search(inner) else ""
    except ValueError:
        return ""


def name(url: str) -> str:
    """The file's name as its address has it."""
    path = urlsplit(url).path
    found = _FILE.search(path)
    return clean(unquote(found[1] if found else path.rsplit("/", 1)[-1]))
