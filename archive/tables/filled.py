"""How many of a crawl's articles have each field, and what read those that lack it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from archive.tables.rows import Json


@dataclass
class Filled:
    """In how many articles each field is filled, and which layouts left it empty."""

    articles: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    empty: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def count(self, row: Json) -> None:
        """One more article."""
        self.articles += 1
        for name, value in row.items():
            if value:
                self.fields[name] += 1
            else:
                self.empty[name].add(str(row["layout"]))
