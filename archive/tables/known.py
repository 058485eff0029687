"""What earlier crawls know of a portal: its articles, and the files that need not be fetched again."""

from __future__ import annotations

from dataclasses import dataclass

from archive.store import Store
from archive.tables.delta import version_of
from archive.tables.schema import CRAWLS
from archive.tables.views import ask


@dataclass(frozen=True, slots=True)
class Known:
    """Canonical URLs: `articles` that were read and are not confirmed as vanished, `files` whose bytes are kept."""

    articles: tuple[str, ...] = ()
    files: frozenset[str] = frozenset()


def known_of(store: Store, portal: str) -> Known:
    """What the committed tables know of a portal."""
    if version_of(store, CRAWLS) < 0:
        return Known()
    articles = ask(store, "SELECT url FROM articles WHERE portal = ? AND state <> 'vanished' ORDER BY url", portal)
    files = ask(
        store,
        "SELECT DISTINCT url FROM captures "
        "WHERE portal = ? AND (kind IN ('image', 'attachment') OR kind = 'requisite' AND mime LIKE 'image/%') "
        "AND wire_verdict IN ('ok', 'redirect', 'not-modified')",
        portal,
    )
    return Known(tuple(row["url"] for row in articles), frozenset(row["url"] for row in files))
