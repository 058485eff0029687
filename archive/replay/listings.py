"""Where a reader of a portal begins: the first pages of the listings that were walked."""

from __future__ import annotations

from archive.errors import LuutruError
from archive.store import Store
from archive.tables.views import ask

_TEXT = """
SELECT category, url FROM listings WHERE portal = ? AND page = 1 AND category IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY category ORDER BY fetch_time DESC) = 1 ORDER BY category"""


def beginnings(store: Store, portal: str) -> list[tuple[str, str]]:
    """Each category's path, as one text, and the URL of its listing when it was walked last; none where the tables do not
    read."""
    try:
        return [(" › ".join(row["category"]), row["url"]) for row in ask(store, _TEXT, portal)]
    except LuutruError:
        return []
