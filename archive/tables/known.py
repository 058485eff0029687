"""What earlier crawls know of a portal: its articles, and the files that need not be fetched again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from archive.store import Store
from archive.tables.delta import version_of
from archive.tables.schema import CRAWLS
from archive.tables.views import ask


@dataclass(frozen=True)
class Known:
    """Canonical URLs: `articles` that were read and are not confirmed as vanished, `files` whose bytes are kept.

    `entries` are the marks of what listings have shown.
    """

    articles: tuple[str, ...] = ()
    files: frozenset[str] = frozenset()
    entries: frozenset[int] = frozenset()

    @cached_property
    def pages(self) -> frozenset[str]:
        """The articles, to be looked up."""
        return frozenset(self.articles)


def entry_mark(url: str, title: str, date_raw: str | None) -> int:
    """64 bits that name an entry of a listing as it was shown: its URL, title and date."""
    return int.from_bytes(blake2b(f"{url}\n{title}\n{date_raw or ''}".encode(), digest_size=8).digest())


def known_of(store: Store, portal: str) -> Known:
    """What the committed tables know of a portal."""
    if version_of(store, CRAWLS) < 0:
        return Known()
    articles = ask(store, "SELECT url FROM articles WHERE portal = ? AND state <> 'vanished' ORDER BY url", portal)
    files = ask(  # where the bytes are: a revisit has none of its own
        store,
        "SELECT DISTINCT c.url AS url, coalesce(t.warc_filename, c.warc_filename) AS warc_filename "
        "FROM captures c LEFT JOIN captures t ON t.record_id = c.revisit_of WHERE c.portal = ? "
        "AND (c.kind IN ('image', 'attachment') OR c.kind = 'requisite' AND c.mime LIKE 'image/%') "
        "AND c.wire_verdict IN ('ok', 'redirect', 'not-modified')",
        portal,
    )
    there = {name: store.warc(name).exists() for name in {str(row["warc_filename"]) for row in files}}
    shown = ask(
        store,
        "SELECT DISTINCT e.url AS url, e.title AS title, e.date_raw AS date_raw "
        "FROM (SELECT unnest(entries) AS e FROM listings WHERE portal = ?)",
        portal,
    )
    return Known(
        tuple(row["url"] for row in articles),
        frozenset(row["url"] for row in files if there[row["warc_filename"]]),
        frozenset(entry_mark(row["url"], row["title"], row["date_raw"]) for row in shown),
    )
