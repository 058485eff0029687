"""Which field of an article answers, and the piece of it that shows how."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from archive.search.ranking import strict
from archive.search.terms import EXACT, Terms, folded_word

_WIDTH = 240
_BEFORE = 60
_MOST = 400  # places that are looked at for the best window

Piece = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a field's text, white space folded, in pieces of which the found words are marked."""

    field: str
    pieces: tuple[Piece, ...]

    def text(self, before: str = "«", after: str = "»") -> str:
        """The snippet with the found words between two marks."""
        return "".join(f"{before}{text}{after}" if marked else text for text, marked in self.pieces)


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    end: int
    terms: tuple[int, ...]


def snippet(terms: Terms, texts: Iterable[tuple[str, str]]) -> Snippet:
    """The snippet of the text (field, text) that has most of the terms, the exact spelling before others, the first of equals.

    Without any text that has one, which no hit is, the snippet is empty.
    """
    best: tuple[tuple[int, int], str, str, list[_Place]] = ((-1, -1), "", "", [])
    for field, text in texts:
        exact, plain = _places(terms, text)
        spelt, found = sum(map(bool, exact)), sum(map(bool, plain))
        if (spelt, found) > best[0]:
            chosen = [
                one or other if strict(terms, term) else other
                for term, one, other in zip(terms.wanted, exact, plain, strict=True)
            ]
            places = _joined(text, sorted((place for some in chosen for place in some), key=lambda place: place.start))
            best = ((spelt, found), field, text, places)
        if spelt == len(terms.wanted):
            break
    _, field, text, places = best
    return Snippet(field, tuple(_pieces(text, places)))


def _places(terms: Terms, text: str) -> tuple[list[list[_Place]], list[list[_Place]]]:
    """Where each term stands, by its exact and by its folded spelling; a phrase is one place."""
    found = EXACT.pre_tokenize(text).tokens
    exact = [token.text for token in found]
    folded = [folded_word(word) for word in exact]
    firsts: dict[str, list[int]] = {term.folded[0]: [] for term in terms.wanted}
    for number, word in enumerate(folded):
        if word in firsts:
            firsts[word].append(number)
    spelt: list[list[_Place]] = []
    all_: list[list[_Place]] = []
    for number, term in enumerate(terms.wanted):
        length = len(term.folded)
        runs = [at for at in firsts[term.folded[0]] if tuple(folded[at : at + length]) == term.folded]
        places = [_Place(found[at].char_offset_from, found[at + length - 1].char_offset_to, (number,)) for at in runs]
        all_.append(places)
        spelt.append(
            [place for place, at in zip(places, runs, strict=True) if tuple(exact[at : at + length]) == term.exact]
        )
    return spelt, all_


def _joined(text: str, places: Sequence[_Place]) -> list[_Place]:
    """The places, with those as one that no more than a space parts."""
    out: list[_Place] = []
    for place in places:
        if out and not text[out[-1].end : place.start].strip(" "):
            out[-1] = _Place(out[-1].start, max(place.end, out[-1].end), (*out[-1].terms, *place.terms))
        else:
            out.append(place)
    return out


def _pieces(text: str, places: Sequence[_Place]) -> Iterator[Piece]:
    start, end = _window(text, places)
    if start > 0:
        yield "…", False
    at = start
    for place in places:
        if place.start >= at and place.end <= end:
            if place.start > at:
                yield _spaced(text[at : place.start]), False
            yield _spaced(text[place.start : place.end]), True
            at = place.end
    if at < end:
        yield _spaced(text[at:end]), False
    if end < len(text):
        yield "…", False


def _window(text: str, places: Sequence[_Place]) -> tuple[int, int]:
    """The stretch of about _WIDTH characters that has most terms, then most places; cut between words."""
    if len(text) <= _WIDTH + _BEFORE or not places:
        return 0, min(len(text), _WIDTH + _BEFORE)
    best = (0, 0, places[0])
    for number, first in enumerate(places[:_MOST]):
        inside = [place for place in places[number : number + 50] if place.end <= first.start + _WIDTH - _BEFORE]
        count = (len({term for place in inside for term in place.terms}), len(inside))
        if count > best[:2]:
            best = (*count, first)
    start = max(0, min(best[2].start - _BEFORE, len(text) - _WIDTH))
    end = max(min(len(text), start + _WIDTH), min(best[2].end, best[2].start + _WIDTH))
    if start > 0 and (gap := text.find(" ", start, best[2].start)) >= 0:
        start = gap + 1
    if end < len(text) and (gap := text.rfind(" ", max(start, *(p.end for p in places if p.end <= end), 0), end)) > 0:
        end = gap
    return start, end


def _spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text)
