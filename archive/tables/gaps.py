"""What listings promised and a crawl did not bring, entry by entry, and why.

An archive has to be able to say what it lacks: an entry is captured, or it is in the table of gaps.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import duckdb
import pyarrow as pa

from archive.moment import iso
from archive.tables import stage
from archive.tables.join import Found, landing
from archive.tables.past import plain
from archive.tables.rows import Json
from archive.url import article_id

REASONS = ("failed", "robots", "window", "budget", "throttled", "unreached", "overdue")
"""Why an entry has no article: what was asked and gave none; refused by robots.txt; the crawl's window ended; the host's
budget was spent; the host throttled, and was left for the night; never asked for any other reason; known, and not asked
again for longer than the portal file allows."""

_OUTCOMES = {"refused by robots.txt": "robots", "over budget": "budget", "host throttled": "throttled"}


@dataclass(frozen=True, slots=True)
class Fates:
    """What became of a crawl's visits to articles that brought none: outcome by canonical URL, None for those that were
    not made; `overdue_days` is how long a known article may go without being asked."""

    outcomes: Mapping[str, str | None] = field(default_factory=dict)
    cut_short: str | None = None
    overdue_days: int | None = None


def resting(sql: duckdb.DuckDBPyConnection, portal: str, found: Found, asked: Set[str], fates: Fates) -> frozenset[str]:
    """The ids of articles that listings show, that an earlier crawl read, and that this one had no reason to ask for.

    `asked` are the ids that it asked for; what it was to ask for and did not come to is in `fates`.
    """
    wanted = {article_id(portal, landing(found.moved, url)) for url in fates.outcomes}
    names = sorted(found.entries - asked - wanted)
    if not names:
        return frozenset()
    sql.register("wanted", pa.table({"article_id": pa.array(names, pa.string())}))
    rows = sql.sql(
        "SELECT DISTINCT article_id FROM readings SEMI JOIN wanted USING (article_id) WHERE portal = $portal",
        params={"portal": portal},
    )
    return frozenset(str(name) for (name,) in rows.fetchall())


def of_listings(
    db: sqlite3.Connection, portal: str, found: Found, held: frozenset[str], fates: Fates
) -> Iterator[Json]:
    """A row for each entry, of each category that showed it, whose article is not `held`: read tonight, or resting."""
    answers = _answers(db)
    told: set[tuple[str, tuple[str, ...]]] = set()
    for listing in stage.read_rows(db, "listings"):
        category, entries = listing["category"], listing["entries"]
        assert isinstance(category, list)
        assert isinstance(entries, list)
        path = tuple(map(str, category))
        for entry in entries:
            url = landing(found.moved, str(entry["url"]))
            name = article_id(portal, url)
            if name in held or name not in found.entries or (name, path) in told:
                continue
            told.add((name, path))
            why, detail = _why(str(entry["url"]), url, answers, fates)
            yield {
                "portal": portal,
                "crawl": listing["crawl"],
                "category": list(path),
                "article_id": name,
                "url": entry["url"],
                "title": entry["title"],
                "date_raw": entry["date_raw"],
                "why": why,
                "detail": detail,
                "listed_at": listing["fetch_time"],
                "last_confirmed_at": None,
                "evidence": [str(listing["record_id"]), *answers.get(url, ("", ()))[1]],
            }


def overdue(
    sql: duckdb.DuckDBPyConnection, asked: frozenset[str], portal: str, crawl: str, now: datetime, days: int
) -> Iterator[Json]:
    """A row for each known article that is not among the `asked` ids, and not seen online for more than `days` days."""
    found = sql.sql(
        "SELECT article_id, url, title, category, last_confirmed_at, record_id FROM articles "
        "WHERE portal = $portal AND state NOT IN ('vanished', 'moved') AND last_confirmed_at < $before",
        params={"portal": portal, "before": now - timedelta(days=days)},
    )
    for row in map(plain, found.to_arrow_table().to_pylist()):
        if row["article_id"] not in asked:
            yield {
                "portal": portal,
                "crawl": crawl,
                "category": row["category"],
                "article_id": row["article_id"],
                "url": row["url"],
                "title": row["title"],
                "date_raw": None,
                "why": "overdue",
                "detail": f"not asked for more than {days} days",
                "listed_at": iso(now),
                "last_confirmed_at": row["last_confirmed_at"],
                "evidence": [str(row["record_id"])],
            }


def by_category(db: sqlite3.Connection, found: Found, lacking: Mapping[tuple[str, ...], Counter[str]]) -> list[Json]:
    """What each category promised and what came of it, in the order of the walk: the column `categories` of crawls."""
    entries: dict[tuple[str, ...], int] = {}
    for name, paths in found.categories.items():
        for path in paths:
            entries[path] = entries.get(path, 0) + (name in found.entries)
    order = {tuple(map(str, _list(row["category"]))): None for row in stage.read_rows(db, "listings")}
    out: list[Json] = []
    for path in order:
        missing = lacking.get(path, Counter())
        counted = {**missing, "unreached": missing["unreached"] + missing["throttled"]}
        count = entries.get(path, 0)
        out.append(
            {
                "path": list(path),
                "entries": count,
                "captured": count - sum(missing[why] for why in REASONS if why != "overdue"),
                **{why: counted.get(why, 0) for why in REASONS if why != "throttled"},
            }
        )
    return out


def _answers(db: sqlite3.Connection) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The last answer to each URL that was asked as an article: its verdict and its record."""
    out: dict[str, tuple[str, tuple[str, ...]]] = {}
    for row in stage.read_rows(db, "captures"):
        if row["kind"] == "article":
            verdict = str(row["reading_verdict"] or row["failure"] or row["wire_verdict"])
            out[str(row["url"])] = (verdict, (str(row["record_id"]),))
    return out


def _why(
    listed: str, url: str, answers: Mapping[str, tuple[str, tuple[str, ...]]], fates: Fates
) -> tuple[str, str | None]:
    for address in (url, listed):
        if address in answers:
            return "failed", answers[address][0]
        outcome = fates.outcomes.get(address, "")
        if outcome in _OUTCOMES:
            return _OUTCOMES[outcome], None
        if outcome is None:  # it waits in the frontier: the crawl ended before
            return _cut(fates.cut_short), fates.cut_short
        if outcome:
            return "unreached" if outcome == "trap" else "failed", outcome
    return "unreached", None


def _cut(why: str | None) -> str:
    return {"window": "window", "page budget": "budget", "byte budget": "budget"}.get(why or "", "unreached")


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
