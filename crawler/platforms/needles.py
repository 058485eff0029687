"""Many words looked for at once in a page's source: those that share a rare letter in one pass from one to the next."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

_RARE = b"_/-.zkbm"
"""Letters that are rare in markup or begin few words of it, in the order in which they were found to be fastest."""


@dataclass(frozen=True, slots=True)
class Needles:
    """Words, and for each letter of those that have it one expression that finds any of them."""

    groups: tuple[tuple[re.Pattern[bytes], tuple[bytes, ...]], ...]

    def found(self, source: bytes) -> frozenset[bytes]:
        """Which of the words stand in a source."""
        near = (word for any_of, words in self.groups if any_of.search(source) for word in words)
        return frozenset(word for word in near if word in source)


def needles(words: Iterable[bytes]) -> Needles:
    """Words, made ready to be looked for."""
    groups: dict[bytes, list[bytes]] = defaultdict(list)
    for word in dict.fromkeys(words):
        groups[next((letter for letter in map(_letter, _RARE) if letter in word), word[:1])].append(word)
    return Needles(tuple((_any_of(letter, group), tuple(group)) for letter, group in groups.items()))


def _letter(code: int) -> bytes:
    return bytes((code,))


def _any_of(letter: bytes, words: Iterable[bytes]) -> re.Pattern[bytes]:
    # what comes before the letter is looked at last: an expression that begins with one letter leaps from each to the next
    ends = [(word, word.partition(letter)[2]) for word in words]
    ends.sort(key=lambda pair: not pair[1])
    return re.compile(
        re.escape(letter) + b"(?:%s)" % b"|".join(re.escape(end) + b"(?<=%s)" % re.escape(word) for word, end in ends)
    )
