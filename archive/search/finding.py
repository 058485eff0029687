"""A search of the archive: what was known at a snapshot and a time, found by words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import tantivy

from archive.search.index import detail, known_at
from archive.search.ranking import Filters, query_of
from archive.search.snippet import Snippet, snippet
from archive.search.terms import Terms, parse
from archive.search.upkeep import current
from archive.store import Store
from archive.tables.at import NOW, At
from archive.tables.views import connect

_EVERYTHING = Filters()
_GONE = "SELECT DISTINCT article_id FROM readings WHERE article_id NOT IN (SELECT article_id FROM articles)"


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found, as it was known.

    `published` is a time with +07:00, or a day where no time is told, or None; `category` a path; `state` as in the view
    articles; `score` compares within one search.
    """

    article_id: str
    portal: str
    url: str
    title: str
    published: str | None
    category: tuple[str, ...]
    state: str
    score: float
    snippet: Snippet

    def row(self) -> dict[str, Any]:
        """The hit as JSON: the field that answers, and the snippet with the found words in «…»."""
        return {
            "article_id": self.article_id,
            "portal": self.portal,
            "url": self.url,
            "title": self.title,
            "published": self.published,
            "category": list(self.category),
            "state": self.state,
            "score": self.score,
            "field": self.snippet.field,
            "snippet": self.snippet.text(),
        }


@dataclass(frozen=True, slots=True)
class Search:
    """An open search; make one with `open_search`.

    `states` are those of articles that are not online; `gone` are the articles that a time leaves out, as the view
    articles does.  Times are microseconds since 1970.
    """

    searcher: tantivy.Searcher | None
    committed: int | None = None
    fetched: int | None = None
    states: Mapping[str, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()

    def find(self, text: str, filters: Filters = _EVERYTHING, limit: int = 20) -> list[Hit]:
        """The articles that have all words of `text`, best first; of equal ones the newest first.  At most `limit`."""
        terms = parse(text)
        if not terms.wanted or self.searcher is None or limit < 1:
            return []
        hits: dict[str, Hit] = {}
        for score, document in self._ranked(query_of(terms, filters, self.committed, self.fetched), limit):
            hit = self._hit(terms, filters, score, document)
            if hit is not None and hit.article_id not in hits:
                hits[hit.article_id] = hit
                if len(hits) == limit:
                    break
        return list(hits.values())

    def _ranked(self, query: tantivy.Query, limit: int) -> Iterator[tuple[float, tantivy.Document]]:
        """All documents of the query in order.  tantivy orders by score alone, so that each run of equal scores is fetched
        whole and put in order here."""
        assert self.searcher is not None
        given, size = 0, 4 * limit
        while True:
            hits = self.searcher.search(query, limit=size, count=False).hits
            ends = len(hits) < size
            if not ends:
                last = hits[-1][0]
                whole = next(number for number, hit in enumerate(hits) if hit[0] == last)
                if whole <= given:  # one run of equal scores, and more of it behind
                    size *= 8
                    continue
                hits = hits[:whole]
            more = hits[given:]
            ranks = [
                int(rank or 0) for rank in self.searcher.fast_field_values("rank", [address for _, address in more])
            ]
            scores = [score for score, _ in more]
            order = sorted(range(len(more)), key=ranks.__getitem__, reverse=True)
            order.sort(key=scores.__getitem__, reverse=True)  # which leaves the order of equal ones
            for number in order:
                yield more[number][0], self.searcher.doc(more[number][1])
            if ends:
                return
            given, size = len(hits), size * 8

    def _hit(self, terms: Terms, filters: Filters, score: float, document: tantivy.Document) -> Hit | None:
        told = detail(document)
        article = str(document.get_first("article_id"))
        if article in self.gone or not known_at(told["timeline"], self.committed, self.fetched):
            return None
        texts = [(name, text) for name in filters.fields for text in document.get_all(name)]
        return Hit(
            article_id=article,
            portal=told["portal"],
            url=told["url"],
            title=str(document.get_first("title") or ""),
            published=told["published"],
            category=tuple(told["category"]),
            state=self.states.get(article, "online"),
            score=score,
            snippet=snippet(terms, texts),
        )


@contextmanager
def open_search(store: Store, at: At = NOW) -> Iterator[Search]:
    """A search of what was known `at` a snapshot and online at a time, its index brought up to date before."""
    with connect(store, at) as sql:
        committed = sql.sql("SELECT epoch_us(max(committed_at)) FROM crawls").fetchall()[0][0]
        states = dict(sql.sql("SELECT article_id, state FROM articles WHERE state <> 'online'").fetchall())
        gone = sql.sql(_GONE).fetchall() if at.as_of else []
    if committed is None:
        yield Search(None)
        return
    with current(store) as searcher:
        yield Search(
            searcher,
            committed if at.snapshot else None,
            _micros(at.as_of) if at.as_of else None,
            states,
            frozenset(name for (name,) in gone),
        )


def _micros(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond
