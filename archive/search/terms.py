"""What a person types into a search, as terms: words, "phrases", and -words that must not stand in an article.

A word is a run of letters and digits, in lower case.  Each has two spellings: exact, as typed, and folded, without any of
the marks of Vietnamese letters (`đ` is `d`).  What is neither word, quotation mark nor leading hyphen means nothing, so
that every text is a legal search.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

_LONGEST = 200  # bytes; longer runs are no words: base64, lines of dashes of letters
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_PART = re.compile(r'(?:(?:(?<=[\s"])|^)(?P<not>-+))?"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+)|"')


def _analyzer(*filters: Filter) -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.simple())
    for one in (Filter.remove_long(_LONGEST), Filter.lowercase(), *filters):
        builder = builder.filter(one)
    return builder.build()


EXACT = _analyzer()
FOLDED = _analyzer(Filter.ascii_fold())


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or several that follow one another, in both spellings; the two are of one length, and not empty."""

    exact: tuple[str, ...]
    folded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """What must stand in an article, in the order typed and each once, and what must not."""

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...]

    @property
    def spelt(self) -> bool:
        """Whether the spelling is meant: some mark was typed, so that a word without marks is one."""
        return any(term.exact != term.folded for term in self.wanted)


def clean(text: str) -> str:
    """The text in NFC; halves of surrogate pairs, which bytes of a command line that are no UTF-8 become, are `?`."""
    return unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))


def folded(text: str) -> str:
    """The folded words of a text with a space between them: equal for texts that differ in marks and signs alone."""
    return " ".join(FOLDED.analyze(clean(text)))


@lru_cache(maxsize=1 << 15)
def folded_word(word: str) -> str:
    """An exact word folded."""
    return "".join(FOLDED.analyze(word))


def parse(text: str) -> Terms:
    """The terms of what a person typed.  A quotation mark without another is none; a text without words has no terms."""
    wanted: dict[Term, None] = {}
    unwanted: dict[Term, None] = {}
    for term, excluded in _terms(clean(text).translate(_QUOTES)):
        (unwanted if excluded else wanted)[term] = None
    return Terms(tuple(wanted), tuple(unwanted))


def _terms(text: str) -> Iterator[tuple[Term, bool]]:
    for part in _PART.finditer(text):
        words = part["phrase"] if part["phrase"] is not None else part["word"] or ""
        excluded = bool(part["not"]) or (part["word"] or "").startswith("-")
        exact, plain = EXACT.analyze(words), FOLDED.analyze(words)
        if exact:
            yield Term(tuple(exact), tuple(plain)), excluded
