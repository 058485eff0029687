"""What the archive lacks, and how much of what listings promised each night brought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from archive.store import Store
from archive.tables.at import NOW, At
from archive.tables.views import ask


def lacking(store: Store, portals: Sequence[str] = (), night: date | None = None, at: At = NOW) -> list[dict[str, Any]]:
    """The gaps that are open, each once, as the last crawl that saw it tells; or all gaps of a night, filled since or not."""
    wanted = _portals(portals)
    if night is not None:
        return ask(
            store,
            f"SELECT * FROM gaps WHERE night = ? AND {wanted} ORDER BY portal, category, why, url",  # noqa: S608 - marks
            night,
            *portals,
            at=at,
        )
    return ask(
        store,
        f"SELECT * FROM gaps WHERE open AND {wanted} "  # noqa: S608 - marks
        "QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY listed_at DESC, category) = 1 "
        "ORDER BY portal, category, why, url",
        *portals,
        at=at,
    )


def by_category(
    store: Store, portals: Sequence[str] = (), night: date | None = None, at: At = NOW
) -> list[dict[str, Any]]:
    """A row a category: entries, captured, the rest by reason; of a night, else of each portal's last crawl."""
    which = "night = ?" if night is not None else "crawl IN (SELECT arg_max(crawl, committed_at) FROM crawls WHERE "
    which += "" if night is not None else "action = 'crawl' GROUP BY portal)"
    return ask(
        store,
        f"SELECT portal, night, category, entries, captured, failed, robots, out_of_window, over_budget, unreached, "  # noqa: S608
        f"round(completeness, 4) AS completeness FROM completeness WHERE {which} AND {_portals(portals)} "
        "ORDER BY portal, night, category",
        *([night] if night is not None else []),
        *portals,
        at=at,
    )


def _portals(portals: Sequence[str]) -> str:
    return f"portal IN ({', '.join('?' * len(portals))})" if portals else "true"
