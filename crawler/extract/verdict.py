"""Pages that are no article although a server gave them with 200: challenge stubs, error pages, logins, traps."""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import urlsplit

from crawler.extract.page import Page, text_of
from crawler.extract.text import fold

_COOKIE_AND_RELOAD = re.compile(r"document\.cookie|cookie\s*=|D1N=", re.IGNORECASE)
_RELOAD = re.compile(r"location\s*\.\s*(?:reload|href|replace)|location\s*=", re.IGNORECASE)
_NOT_FOUND = re.compile(
    r"\b(?:404(?!/)|khong tim thay|khong ton tai|page not found|not found|duong dan khong hop le|trang ban yeu cau|"
    r"da xay ra loi|loi he thong|an error (?:has )?occurred|server error in)\b"
)
_STUB = 4096
_LITTLE = 400


def is_challenge(page: Page) -> bool:
    """A script that sets a cookie and loads the page again, with hardly anything for a person to read (D1N and its kin)."""
    if len(page.capture.body) > _STUB:
        return False
    return bool(_COOKIE_AND_RELOAD.search(page.text) and _RELOAD.search(page.text)) and len(text_of(page.root)) < 200


def is_soft_404(page: Page) -> bool:
    """An error told in words under a status of 200: the page's heads say so, or all it says, and there is little else."""
    words = text_of(page.root)
    if len(words) < _LITTLE:
        return bool(_NOT_FOUND.search(fold(words)))
    heads = [text_of(hit) for hit in page.root.xpath("//title | //h1 | //h2")]
    return any(_NOT_FOUND.search(fold(head)) for head in heads if len(head) < 120) and len(words) < 2500


def is_login(page: Page) -> bool:
    """A form that asks for a password, where there is little else to read."""
    return bool(page.root.xpath("//input[@type='password']")) and len(text_of(page.root)) < 1500


def is_trap(url: str) -> bool:
    """A path that nests without end: a segment three times, or a pair of segments repeated one after the other.

    Numbers are let pass: 12/12/12 is a day.
    """
    parts = [part for part in urlsplit(url).path.lower().split("/") if part]
    words = [part for part in parts if not part.isdecimal()]
    if any(words.count(word) >= 3 for word in set(words)):
        return True
    pairs = list(pairwise(parts))
    again = (pairs[i] for i in range(len(pairs) - 2) if pairs[i] == pairs[i + 2])
    return any(not "".join(pair).isdecimal() for pair in again) or len(parts) > 15
