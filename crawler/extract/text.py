"""Text as people read it: NFC, entities resolved, invisible characters gone, runs of white space one space."""

from __future__ import annotations

import html
import re
import unicodedata
from html.entities import html5

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
_SEPARATORS = re.compile("[\x1c-\x1f]")  # white space to Python, nothing to us
_SPACE = re.compile(r"\s+")
_ESCAPED = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_BARE = re.compile(
    r"(?<!&)(?<!ali)(?:[lr][sd]quo|[nm]dash|hellip|nbsp|quot"
    r"|[AEIOUYaeiouy]acute|[AEIOUaeiou]grave|[AEOaeo]circ|[AIOUaiou]tilde);"
)
_FILE_LABEL = re.compile(
    r"(?:\b(?:các|tệp|tập|tin|file|files|văn|bản|tài|liệu|toàn|nội|dung|chi|tiết|xem|tải|về|xuống|download|đính|kèm|theo|gửi"
    r"|tại|đây|bấm|vào|và|hoặc|click|here|attachments?|attached|kb|mb|pdf|docx?|xlsx?|zip|rar)\b|[\W\d_])*",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"[^\w\s]{31,}")
_MOST_MARKS = 30
_MARKED_D = str.maketrans("đĐðÐ", "dddd")
_ROUNDS = 8


def clean(text: str) -> str:
    """`text` as it is compared and stored.  Spelling and tone placement (hóa, hoá) stay as they are.

    Entities that were encoded more than once (`&amp;#225;`) or lost their ampersand (`ldquo;`) are resolved: both are
    common in text that was pasted from one CMS into another.
    """
    for _ in range(_ROUNDS):
        before, text = text, _clean_once(text)
        if text == before or ("&" not in text and ";" not in text):
            break
    return text


def fold(text: str) -> str:
    """A form for matching only: lower case, no diacritics; đ, which Unicode does not take apart, becomes d.

    So does Ð (eth), which old Vietnamese pages carry in the place of Đ.
    """
    text = clean(text)
    while (bare := _bare(text)) != text:
        text = clean(bare)
    return text


def is_file_label(text: str) -> bool:
    """Whether the words do no more than offer a file: `Tệp đính kèm:`, `Tải về`, `Xem chi tiết tại đây`."""
    return bool(_FILE_LABEL.fullmatch(text))


def _clean_once(text: str) -> str:
    plain = " ".join(text.split())
    if plain.isprintable() and "&" not in plain and ";" not in plain and not _SEPARATORS.search(text):
        return plain if plain.isascii() else unicodedata.normalize("NFC", _SIGNS.sub(_sparse, plain))
    resolved = _ESCAPED.sub(_resolved, text) if "&" in text else text
    if resolved == text and ";" in text:  # not before: what follows `&amp;` is no entity that lost its ampersand
        resolved = _BARE.sub(lambda match: html.unescape(f"&{match[0]}"), text)
    seen = _SIGNS.sub(_sparse, _INVISIBLE.sub("", resolved))
    return _SPACE.sub(" ", unicodedata.normalize("NFC", seen)).strip()


def _sparse(match: re.Match[str]) -> str:
    # sorting the marks of one letter takes the square of their number; 30 is Unicode's own bound (UAX #15, D4)
    kept: list[str] = []
    marks = 0
    for sign in match[0]:
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks <= _MOST_MARKS:
            kept.append(sign)
    return "".join(kept)


def _resolved(match: re.Match[str]) -> str:
    # html.unescape would also read the start of a name it does not know: &notice; is not ¬ice;
    known = match[0][1] == "#" or match[0][1:] in html5
    return html.unescape(match[0]) if known else match[0]


def _bare(text: str) -> str:
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFD", text.translate(_MARKED_D).lower())
    for sign in filter(unicodedata.combining, set(parts)):
        parts = parts.replace(sign, "")
    return unicodedata.normalize("NFC", parts)
