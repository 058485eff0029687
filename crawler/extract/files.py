"""Files that pages hang out, told by their addresses."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from crawler.extract.page import Page
from crawler.extract.text import clean

# Liferay puts a document's UUID behind its name: /documents/20182/6848000/ke-hoach.pdf/69d6a130-…
_FILE = re.compile(
    r"([^/]*\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z|odt|ods))(?:/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?$",
    re.IGNORECASE,
)
_WRAPPED = re.compile(r"[?&](?:url|file|src)=([^&]+)")


def behind(page: Page, url: str) -> str | None:
    """The file that a URL leads to: its own, or the one that a viewer's address carries; None where it leads to none."""
    if _FILE.search(urlsplit(url).path):
        return url
    inner = _WRAPPED.search(url)
    file = page.absolute(unquote(inner[1])) if inner else None
    return file if file and _FILE.search(urlsplit(file).path) else None


def name(url: str) -> str:
    """The file's name as its address has it."""
    path = urlsplit(url).path
    found = _FILE.search(path)
    return clean(unquote(found[1] if found else path.rsplit("/", 1)[-1]))
