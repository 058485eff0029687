"""What earlier crawls know of a portal: its articles, and the files that need not be fetched again."""

from __future__ import annotations

from dataclasses import dataclass

from archive.store import Store
from archive.tables.delta import version_of
from archive.tables.schema import CRAWLS
from archive.tables.views import connect


@dataclass(frozen=True, slots=True)
class Known:
    """Canonical URLs: `articles` that were read and are not confirmed as vanished, `files` whose bytes are kept."""

    articles: tuple[str, ...] = ()
    files: frozenset[str] = frozenset()


def known_of(store: Store, portal: str) -> Known:
    """What the committed tables know of a portal."""
    if version_of(store, CRAWLS) < 0:
        return Known()
    with connect(store) as sql:
        articles = sql.execute(
            "SELECT url FROM articles WHERE portal = ? AND state <> 'vanished' ORDER BY url", [portal]
        ).fetchall()
        files = sql.execute(
            "SELECT DISTINCT url FROM captures WHERE portal = ? AND kind IN ('image', 'attachment') AND wire_verdict = 'ok'",
            [portal],
        ).fetchall()
    return Known(tuple(str(url) for (url,) in articles), frozenset(str(url) for (url,) in files))
