"""Which articles answer, and in what order: a query of the index, made of terms and filters.

An article answers where every wanted term stands in one of the fields, by its folded spelling, and no unwanted one does.
Scores are sums of fixed weights and no statistics of the index, so that a snapshot's answer does not change when others
are added.  In order of weight: terms in the very spelling that was typed; neighbours that stand side by side, as the
syllables of a Vietnamese word do; the best field that a term stands in, half as much where it is spelt otherwise there.
All weights are halves, and their sums exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from tantivy import FieldType, Occur, Query

from archive.errors import Misuse
from archive.search.index import FIELDS, FOLDED_TWIN, SCHEMA
from archive.search.terms import Term, Terms, folded

_WEIGHTS = {"title": 16.0, "lead": 8.0, "captions": 4.0, "body": 2.0}
_SPELT = 1024.0
_SIDE_BY_SIDE = 32.0
_SPELT_SIDE_BY_SIDE = 96.0


@dataclass(frozen=True, slots=True)
class Filters:
    """What an article must be beside its words: of one of the portals, in a category (an element of its path, or all of
    it, marks and signs apart), published in Vietnam from `since` to `until`, both included.  `within` is a field that all
    terms must stand in, None any.  What tells no day is outside of every time."""

    portals: tuple[str, ...] = ()
    category: str | None = None
    since: date | None = None
    until: date | None = None
    within: str | None = None

    def __post_init__(self) -> None:
        if self.within is not None and self.within not in FIELDS:
            raise Misuse(f"{self.within!r} is no field", f"Name one of {', '.join(FIELDS)}")
        if self.since and self.until and self.since > self.until:
            raise Misuse(f"{self.since} is after {self.until}", "Name the earlier day first")

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that are searched."""
        return (self.within,) if self.within else FIELDS


def query_of(terms: Terms, filters: Filters, committed: int | None, fetched: int | None) -> Query:
    """The query whose hits are the documents that answer; of later ones than the limits (microseconds) there are none."""
    fields = filters.fields
    clauses: list[tuple[Occur, Query]] = [
        (Occur.Must, _best(term, fields, _SPELT if strict(terms, term) else 1.0, 0.0)) for term in terms.wanted
    ]
    clauses += [(Occur.Must, Query.const_score_query(one, 0.0)) for one in _conditions(filters, committed, fetched)]
    for one, other in pairwise(terms.wanted):
        pair = Term((one.exact[-1], other.exact[0]), (one.folded[-1], other.folded[0]))
        clauses.append((Occur.Should, _best(pair, fields, _SPELT_SIDE_BY_SIDE, _SIDE_BY_SIDE)))
    clauses += [(Occur.MustNot, _unwanted(term, fields)) for term in terms.unwanted]
    return Query.boolean_query(clauses)


def strict(terms: Terms, term: Term) -> bool:
    """Whether a term's spelling counts above all else.

    Who types no mark at all may mean any; then a syllable that happens to stand without marks (`da` for `Đà`) says little
    by itself, and only a phrase or a lone word does.
    """
    return terms.spelt or len(terms.wanted) == 1 or len(term.exact) > 1


def _conditions(filters: Filters, committed: int | None, fetched: int | None) -> Iterator[Query]:
    if filters.portals:
        yield Query.term_set_query(SCHEMA, "portal", list(filters.portals))
    if filters.category is not None:
        yield Query.term_query(SCHEMA, "category", folded(filters.category), "basic")
    if filters.since or filters.until:
        first, last = filters.since or date.min, filters.until or date.max
        yield _between("day", first.toordinal(), last.toordinal())
    if committed is not None:
        yield _between("committed", 0, committed)
    if fetched is not None:
        yield _between("fetched", 0, fetched)


def _between(field: str, first: int, last: int) -> Query:
    return Query.range_query(SCHEMA, field, FieldType.Integer, first, last)


def _unwanted(term: Term, fields: Sequence[str]) -> Query:
    """A term with marks shuts out its own spelling alone, one without them all spellings."""
    return _any(term.folded, fields, FOLDED_TWIN) if term.exact == term.folded else _any(term.exact, fields, "")


def _best(term: Term, fields: Sequence[str], spelt: float, otherwise: float) -> Query:
    """The weight of a term by the best place that it stands in; of no weight, and no match, where it stands in none."""
    each = [(_words(field, term.exact), spelt + _WEIGHTS[field]) for field in fields]
    each += [(_words(field + FOLDED_TWIN, term.folded), otherwise + _WEIGHTS[field] / 2) for field in fields]
    return Query.disjunction_max_query([Query.const_score_query(query, score) for query, score in each])


def _any(words: Sequence[str], fields: Sequence[str], twin: str) -> Query:
    return Query.boolean_query([(Occur.Should, _words(field + twin, words)) for field in fields])


def _words(field: str, words: Sequence[str]) -> Query:
    if len(words) == 1:
        return Query.term_query(SCHEMA, field, words[0], "basic")
    return Query.phrase_query(SCHEMA, field, list(words))
