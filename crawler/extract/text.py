"""Text as people read it: NFC, entities resolved, invisible characters gone, runs of white space one space."""

from __future__ import annotations

import html
import re
import unicodedata

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x08\x0b\x0e-\x1f\x7f]")
_SPACE = re.compile(r"\s+")
_ESCAPED = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,10}\d{0,2});")
_BARE = re.compile(
    r"(?<![&\w])(ldquo|rdquo|lsquo|rsquo|ndash|mdash|hellip|nbsp|quot|agrave|aacute|eacute|ocirc|ecirc|acirc);"
)


def clean(text: str) -> str:
    """`text` as it is compared and stored.  Spelling and tone placement (hóa, hoá) stay as they are.

    Entities that were encoded twice (`&amp;#225;`) or lost their ampersand (`ldquo;`) are resolved: both are common in
    text that was pasted from one CMS into another.
    """
    if "&" in text:
        text = _ESCAPED.sub(lambda match: html.unescape(match[0]), text)
    if ";" in text:
        text = _BARE.sub(lambda match: html.unescape(f"&{match[1]};"), text)
    text = _INVISIBLE.sub("", text)
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()


def fold(text: str) -> str:
    """A form for matching only: lower case, no diacritics; đ, which Unicode does not take apart, becomes d."""
    marks_off = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return clean(marks_off.replace("đ", "d").replace("Đ", "D")).lower()
