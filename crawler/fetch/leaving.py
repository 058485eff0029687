"""Articles that leave the listings: asked for on the night that walked their listings whole and did not find them.

Whether they are online still is for their own pages to say; most of those that a listing showed once and shows no more
would not be due tonight.
"""

from __future__ import annotations

from collections.abc import Iterable

from archive.store import Store
from archive.tables import stage
from archive.tables.known import Known, left_of
from archive.url import canonical
from crawler.fetch.frontier import Frontier


class Leaving:
    """What one crawl's walks have shown so far, and which of them came to an end; of a crawl that goes on, what is staged."""

    def __init__(self, store: Store, portal: str, known: Known, frontier: Frontier) -> None:
        self._store = store
        self._portal = portal
        self._known = known
        self._shown: set[int] = set()
        self._ended: set[tuple[str, ...]] = set()
        for row in stage.read_rows(frontier.connection, "listings"):
            category, entries = row["category"], row["entries"]
            assert isinstance(category, list)
            assert isinstance(entries, list)
            self.show([canonical(str(entry["url"])) for entry in entries])
            if row["next"] is None:
                self._ended.add(tuple(map(str, category)))

    def show(self, urls: Iterable[str]) -> None:
        """A page of a listing shows these articles."""
        self._shown.update(map(hash, urls))

    def end(self, path: tuple[str, ...]) -> list[str]:
        """The walk of a category has come to its end: the articles that no listing shows any more, as far as can be said."""
        self._ended.add(path)
        if not self._known.articles:
            return []
        return [url for url in left_of(self._store, self._portal, self._ended) if hash(url) not in self._shown]
