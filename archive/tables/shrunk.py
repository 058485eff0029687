"""Listings that show far fewer entries than they did: what a portal that lost half of its news looks like at first sight."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

import duckdb

from archive.tables import stage

_LEAST = 6
"""Entries on a first page that must have been there to say anything: three of five is chance."""

_SHARE = 0.6
"""Under this share of the former entries, a listing has shrunk; a page that is filled up in turn loses none."""

Path = tuple[str, ...]


def former_counts(sql: duckdb.DuckDBPyConnection, portal: str) -> dict[Path, int]:
    """How many entries the first page of each category showed when it was last captured."""
    rows = sql.execute(
        "SELECT category, len(entries) FROM listings WHERE portal = ? AND page = 1 "
        "QUALIFY row_number() OVER (PARTITION BY category ORDER BY fetch_time DESC, snapshot_id DESC) = 1",
        [portal],
    ).fetchall()
    return {tuple(category): int(count) for category, count in rows if category is not None}


def first_pages(db: sqlite3.Connection) -> dict[Path, int]:
    """How many entries the first page of each category shows in a staged crawl."""
    found: dict[Path, int] = {}
    for row in stage.read_rows(db, "listings"):
        category, entries = row["category"], row["entries"]
        assert isinstance(category, list)
        assert isinstance(entries, list)
        if row["page"] == 1:
            found[tuple(category)] = len(entries)
    return found


def shrunk(db: sqlite3.Connection, former: Mapping[Path, int]) -> list[tuple[Path, int, int]]:
    """The categories whose first page shows far fewer entries now: path, entries now, entries then."""
    return [
        (path, count, former[path])
        for path, count in first_pages(db).items()
        if former.get(path, 0) >= _LEAST and count < _SHARE * former[path]
    ]
