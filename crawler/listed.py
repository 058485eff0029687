"""The portals as a list: what each file rests on, and how full the records of its last night are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from archive.store import MARKER, open_store
from archive.tables.views import ask
from crawler import portals

FIELDS = ("title", "lead", "date", "body", "captions")
_SHARES = """
WITH last AS (
  SELECT crawl, night FROM crawls WHERE action = 'crawl' AND articles > 0
  QUALIFY row_number() OVER (PARTITION BY portal ORDER BY started_at DESC) = 1),
said AS (
  SELECT readings.* FROM readings LEFT JOIN crawls USING (snapshot_id)
  QUALIFY row_number() OVER (PARTITION BY record_id ORDER BY crawls.committed_at DESC) = 1)
SELECT said.portal, max(last.night)::VARCHAR AS night, count(*) AS articles,
  avg((said.title IS NOT NULL)::INT) AS title, avg((said.lead IS NOT NULL)::INT) AS lead,
  avg((said.published_date IS NOT NULL)::INT) AS date, avg((coalesce(said.body, '') <> '')::INT) AS body,
  sum(len([i FOR i IN said.images IF i.caption IS NOT NULL])) / nullif(sum(len(said.images)), 0) AS captions
FROM said JOIN last USING (crawl) GROUP BY said.portal
"""


def rows(folders: Sequence[Path], store: Path) -> list[dict[str, Any]]:
    """Every portal, by name; `last_night` is None where the store has none of it, or is no store."""
    nights = _nights(store) if (store / MARKER).exists() else {}
    found = []
    for name, path in sorted(portals.paths(folders).items()):
        portal = portals.read(path)
        found.append(
            {
                "name": name,
                "title": portal.title,
                "platform": portal.platform or "recognised",
                "evidence": portal.evidence,
                "categories": len(portal.categories),
                "last_night": nights.get(name),
            }
        )
    return found


def lines(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The list as a table; shares are of the articles that the last night read, and of their images."""
    heads = " ".join(head for _, head in _HEADS)
    yield f"{'portal':<16} {'platform':<11} {'cat.':>4}  {'last night':<10} {'art.':>5}  {heads:<26}  what it is"
    for row in found:
        night = row["last_night"]
        told = f"{night['night']:<10} {night['articles']:>5}  " if night else f"{'-':<10} {'-':>5}  "
        shares = " ".join(f"{_percent(night[key]):>{len(head)}}" for key, head in _HEADS) if night else ""
        yield (
            f"{row['name']:<16} {row['platform']:<11} {row['categories']:>4}  {told}{shares:<26}  "
            f"{row['title']}  [{row['evidence']}]"
        )


_HEADS = (("title", "title"), ("lead", "lead"), ("date", "date"), ("body", "body"), ("captions", "capt."))


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def _nights(store: Path) -> dict[str, dict[str, Any]]:
    found = ask(open_store(store), _SHARES)
    return {row["portal"]: {key: row[key] for key in ("night", "articles", *FIELDS)} for row in found}
