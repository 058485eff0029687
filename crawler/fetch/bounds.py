"""How far a crawl goes: where the walk of a listing ends, what is never asked for, and how much a host is asked in a night.

A portal may nest without end, answer article URLs with listings, or page through years that hold nothing new.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit
from zlib import crc32

from archive.article import Listing
from archive.tables.known import Known, entry_mark
from archive.url import host_of
from crawler.extract.verdict import is_trap
from crawler.fetch.frontier import Visit
from crawler.portals import Portal

BARREN = 100
"""Answers one after the other that were no article, after which a kind of URL, or a category, is taken for a trap."""

_EMPTY = 3
"""Pages of a listing one after the other that show nothing new in their category: it goes in circles, or nests."""

_NUMBER = re.compile(r"\d+")
_NO_ARTICLE = ("listing", "trap")


class Bounds:
    """One crawl's bounds; what has been asked before, of a crawl that goes on, is told by `asked`."""

    def __init__(self, portal: Portal, known: Known, day: int, asked: Iterable[str]) -> None:
        """`day` is the night as a proleptic ordinal: it decides which categories are swept to their end."""
        self._portal = portal
        self._known = known
        self._day = day
        self._hosts = Counter(host_of(url) for url in asked)
        self._barren: Counter[str] = Counter()
        self._same: Counter[str] = Counter()
        self._empty: Counter[str] = Counter()
        self._shown: dict[str, set[int]] = defaultdict(set)
        self.over: Counter[str] = Counter()
        self.spent = False

    def refused(self, visit: Visit) -> str | None:
        """Why a visit is not asked for: a trap, or the host's budget; None where it may be.  Counts what may be."""
        if visit.kind in ("article", "listing") and is_trap(visit.url):
            return "trap"
        if (
            visit.kind == "article"
            and self._barren[_shape(visit.url)] >= BARREN
            and visit.url not in self._known.articles
        ):
            self.over["links that led to nothing but listings"] += 1
            self._barren[str(visit.context.get("listed") or "")] += 1
            return "trap"
        host = host_of(visit.url)
        if visit.kind != "robots" and self._hosts[host] >= self._portal.walk.budget:
            self.over[f"pages of {host}, whose budget for a night is {self._portal.walk.budget}"] += 1
            self.spent = True
            return "over budget"
        self._hosts[host] += 1
        return None

    def read(self, visit: Visit, verdict: str) -> None:
        """What an article's URL turned out to be."""
        for key in (_shape(visit.url), str(visit.context.get("listed") or "")):
            if verdict == "article":
                self._barren[key] = 0
            elif verdict in _NO_ARTICLE and key:
                self._barren[key] += 1

    def goes_on(self, category: str, listing: Listing, articles: Iterable[str]) -> bool:
        """Whether a listing's next page is worth asking for; `articles` are the URLs on this one that may be asked for.

        Listings are newest first: after as many known and unchanged entries as the portal file says, nothing new is
        expected behind them, but on the nights when the category is swept to its end.
        """
        marks = {hash(url) for url in articles}
        fresh = marks - self._shown[category]
        self._shown[category] |= marks
        self._empty[category] = 0 if fresh else self._empty[category] + 1
        if not listing.entries or self._empty[category] >= _EMPTY or self._barren[category] >= BARREN:
            return False
        for entry in listing.entries:
            known = entry_mark(entry.url, entry.title, entry.date_raw) in self._known.entries
            self._same[category] = self._same[category] + 1 if known else 0
        return not self.ended(category) or self.sweeps(category)

    def ended(self, category: str) -> bool:
        """Whether a walk that does not sweep ends here."""
        return self._same[category] >= self._portal.walk.stop_after

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was left out and why, for the night's report."""
        return tuple(f"{count} requests were not made: {why}" for why, count in sorted(self.over.items()))

    def sweeps(self, category: str) -> bool:
        """Whether this is the category's night to be walked to its end."""
        return (self._day + crc32(category.encode())) % self._portal.walk.sweep_days == 0


def _shape(url: str) -> str:
    """What URLs of one make share: host, directories with numbers levelled, ending, names of the query."""
    parts = urlsplit(url)
    *folders, name = parts.path.split("/")
    ending = name.rpartition(".")[2] if "." in name else ""
    names = "&".join(sorted({key for key, _ in parse_qsl(parts.query, keep_blank_values=True)}))
    return f"{parts.netloc}{_NUMBER.sub('0', '/'.join(folders))}/*.{ending}?{names}"
