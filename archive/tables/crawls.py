"""What the table of crawls says of a crawl or a night."""

from __future__ import annotations

from datetime import date

from archive.store import Store
from archive.tables.views import ask


def committed(store: Store, crawl: str) -> bool:
    """Whether a crawl has its row in crawls."""
    return bool(ask(store, "SELECT 1 FROM crawls WHERE crawl = ? AND action = 'crawl'", crawl))


def finished(store: Store, portal: str, night: date) -> str | None:
    """The crawl that finished a portal's night; None where none did, or the last was cut short."""
    rows = ask(
        store,
        "SELECT crawl FROM crawls WHERE portal = ? AND night = ? AND cut_short IS NULL AND action = 'crawl'",
        portal,
        night,
    )
    return str(rows[0]["crawl"]) if rows else None


def answered(store: Store, crawl: str) -> bool:
    """Whether any server answered anything in a crawl."""
    return bool(ask(store, "SELECT 1 FROM captures WHERE crawl = ? AND fetch_status IS NOT NULL LIMIT 1", crawl))
