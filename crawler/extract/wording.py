"""What the words of a line tell: whether they may be a caption, and whom they credit."""

from __future__ import annotations

import re
from typing import TypeGuard

from crawler.extract.blocks import Block, Line
from crawler.extract.ending import is_capital, is_label

_CREDIT = re.compile(
    r"[(\[]?\s?(?:(?:nguồn )?ảnh|ảnh minh họa|ảnh minh hoạ|ảnh tư liệu|tác giả ảnh|người chụp|photo"
    r"|(?:photo )?credits?|(?:photo|picture|image)s? by|pictures?|photographs?|fotos?|bild(?:er|quelle)?|crédits?|images?|©)"
    r"\s?(?:[:：]|(?<=by)|(?<=©))\s?",
    re.IGNORECASE,
)
_SOURCE = re.compile(r"[(\[]?\s?nguồn\s?[:：]\s?", re.IGNORECASE)
# after a sign or in capitals: not the `ảnh` of `hình ảnh:`; nor that of `Tin, ảnh:`, which names who wrote the article
_CREDIT_WITHIN = re.compile(
    r"(?:(?<=[.,;!?…/|(\[–—”\"-])(?<!\b[Tt]in,)(?<!\b[Bb]ài,)\s?(?i:(?:nguồn )?ảnh|photo|nguồn"
    r"|(?:photo )?credits?|pictures?|fotos?|bild(?:quelle)?|crédits?|images?|quelle)"
    r"|\s?(?:Nguồn ảnh|Ảnh|ẢNH|Photo|Foto|FOTO|Bild|Quelle|Credit|CREDIT|Picture|Pictures|Image|Isithombe))\s?[:：]\s?"
    r"|\s(?:Photo by|Photograph by|Picture by|Image by|Foto de|©)\s?"
)
# in brackets at the end, where a source is the picture's, and a name needs no colon
_BRACKETED = re.compile(
    r"[(\[]\s?(?:(?i:nguồn)\s?[:：]\s?|(?:Ảnh|ẢNH|ảnh)(?=\s[A-ZĐÀ-Ỹ])\s)(?P<who>[^()\[\]:]{2,80})[)\]]\s?\.?$"
)
_PICTURES_OF = re.compile(r"(?:(?:dưới|sau) đây là )?(?:một số|một vài|những|các|chùm) (?:hình )?ảnh\b", re.IGNORECASE)
_NO_CAPTION = re.compile(
    r"\(?(?:còn nữa|còn tiếp|hết|xem tiếp)\b[^()]{0,20}\)?\.?$|.{0,100}\b(?:cho biết|nói|chia sẻ|khẳng định|nhấn mạnh|kể)\s?:",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…:;][”\"')\]]*$")
_TWO_SENTENCES = re.compile(r"(\w{1,30})[”\"')\]]*[.!?…]{1,3}[”\"')\]]*\s[“\"(]?(\w)")
_LIST_SIGN = re.compile(r"[-–—+*•●▪►✓]|\(?(?:\d{1,2}|[a-zđ]|[IVX]{1,4})[.)/]\s?(?=\D)")
_OPENING, _CLOSING = ("“", '"', "‘", "«"), ("”", '"', "’", "»")
LONGEST = 300
LONGEST_PLAIN = 170
_LONGEST_CREDIT = 80


def is_words(block: Block) -> TypeGuard[Line]:
    """A line of words: neither the rows of a table nor the names of files."""
    return isinstance(block, Line) and block.kind != "rows" and not block.files


def may_be_caption(text: str, longest: int) -> bool:
    """Whether a line is no more than a caption says: no second sentence, no quotation, no item of a list, no author."""
    if (
        len(text) > longest
        or is_label(text)
        or text.endswith((":", "./."))
        or _LIST_SIGN.match(text)
        or _NO_CAPTION.match(text)
    ):
        return False
    caption, _ = parted(text)
    quoted = caption.startswith(_OPENING) and (ends(caption) or caption.endswith(_CLOSING))
    return not quoted and not _has_two_sentences(caption)


def is_plain_caption(text: str) -> bool:
    """Whether a line without a dress of its own reads as a caption: short, and no sentence."""
    if announces(text) or text.isupper():
        return False
    return may_be_caption(text, LONGEST_PLAIN) and (not ends(text) or parted(text)[1] is not None)


def ends(text: str) -> bool:
    """Whether a text ends as a sentence does."""
    return bool(_SENTENCE_END.search(text))


def _has_two_sentences(text: str) -> bool:
    # TP. Hồ Chí Minh and PGS.TS. Nguyễn Văn A are one sentence
    return any(
        after.isupper() and (word.isdigit() or (len(word) > 2 and word[-1].islower()))
        for word, after in _TWO_SENTENCES.findall(text)
    )


def announces(text: str) -> bool:
    """Whether a line announces pictures: `Một số hình ảnh tại lễ hội`."""
    return bool(_PICTURES_OF.match(text))


def is_item(text: str) -> bool:
    """Whether a text begins with the sign or the number of a list's item."""
    return bool(_LIST_SIGN.match(text))


def credit(text: str) -> str | None:
    """Whom a text names as having taken a picture, where it says nothing else."""
    return _after(_CREDIT, text)


def source(text: str) -> str | None:
    """Where a text says that a picture is from, where it says nothing else."""
    return _after(_SOURCE, text)


def _after(label: re.Pattern[str], text: str) -> str | None:
    match = label.match(text)
    return _who(text[match.end() :]) if match else None


def parted(text: str) -> tuple[str, str | None]:
    """A caption without the credit at its end, and the credit."""
    *_, last = [None, *_CREDIT_WITHIN.finditer(text)]
    last = last or _BRACKETED.search(text)
    caption = text[: last.start()].rstrip(" .,;/|–—([-") if last else ""
    who = _who(last.groupdict().get("who") or text[last.end() :]) if last else None
    return (caption, who) if caption and who else (text, None)


def _who(text: str) -> str | None:
    who = text.rstrip(" .")
    for opening, closing in ("()", "[]"):
        if who.endswith(closing) and opening not in who:
            who = who[:-1].rstrip(" .")
    return who if who and len(who) <= _LONGEST_CREDIT and (":" not in who or "://" in who) else None


def is_someone(who: str) -> bool:
    """Whether a credit names someone, so that `Ảnh: Toàn cảnh hội nghị` is no credit."""
    return len(who.split()) <= 2 or who[0].islower() or is_capital(who)
