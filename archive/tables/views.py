"""The views that people query: DuckDB over Arrow datasets of the tables, read-only, without files and network.

Only rows whose commit has its row in crawls are in any view; where a snapshot is named, only its rows and those of the
snapshots before it; where a time is named, only captures made by then, and of articles only those not known to be gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from archive.errors import BrokenQuery
from archive.moment import iso
from archive.store import Store
from archive.tables.at import NOW, At
from archive.tables.delta import dataset
from archive.tables.schema import TABLES

VIEWS = {
    "readings": "Every reading of every capture of an article: all visible rows of the table articles.",
    "articles": "Each article as it was last read, with state (online, suspected, vanished) and last_confirmed_at.",
    "versions": "Each article's versions: the first reading of each run of equal content, numbered from 1.",
    "images": "One row an image of an article in articles, with the article's title.",
    "attachments": "One row an attached file of an article in articles.",
    "captures": "Every exchange with a server.",
    "listings": "Every captured listing page.",
    "events": "What happened to articles: appeared, edited, vanished, returned, each between two captures.",
    "crawls": "Every committed crawl.",
}

_SQL = {
    "crawls": "SELECT * FROM crawls_rows WHERE {known}",
    "readings": "SELECT * FROM articles_rows WHERE {seen} AND {fetch_time}",
    "captures": "SELECT * FROM captures_rows WHERE {seen} AND {fetch_time}",
    "listings": "SELECT * FROM listings_rows WHERE {seen} AND {fetch_time}",
    "events": "SELECT * FROM events_rows WHERE {seen} AND {not_after}",
    "articles": """
        SELECT * FROM (SELECT r.*,
            CASE WHEN e.event IS DISTINCT FROM 'vanished' THEN 'online'
                 WHEN e.confidence = 'confirmed' THEN 'vanished' ELSE 'suspected' END AS state,
            coalesce(c.last_ok, r.fetch_time) AS last_confirmed_at
        FROM (
            SELECT readings.* FROM readings LEFT JOIN crawls USING (snapshot_id)
            QUALIFY row_number() OVER (
                PARTITION BY article_id ORDER BY readings.fetch_time DESC, crawls.committed_at DESC) = 1
        ) r
        LEFT JOIN (
            SELECT article_id, event, confidence FROM events WHERE event IN ('vanished', 'returned')
            QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY not_after DESC, confirmations DESC) = 1
        ) e USING (article_id)
        LEFT JOIN (
            SELECT portal, url, max(fetch_time) AS last_ok FROM captures
            WHERE kind = 'article' AND wire_verdict IN ('ok', 'not-modified') GROUP BY ALL
        ) c ON c.portal = r.portal AND c.url = r.url) WHERE {online}""",
    "versions": """
        SELECT * EXCLUDE (former, changed),
            row_number() OVER (PARTITION BY article_id ORDER BY fetch_time) AS version
        FROM (
            SELECT *, former IS DISTINCT FROM content_hash AS changed FROM (
                SELECT *, lag(content_hash) OVER (PARTITION BY article_id ORDER BY fetch_time) AS former
                FROM (
                    SELECT readings.* FROM readings LEFT JOIN crawls USING (snapshot_id)
                    QUALIFY row_number() OVER (PARTITION BY record_id ORDER BY crawls.committed_at DESC) = 1
                )
            )
        ) WHERE changed""",
    "images": """
        SELECT article_id, portal, title, i.url AS url, i.caption AS caption, i.credit AS credit, i.alt AS alt,
            i.position AS position, i.content_digest AS content_digest, i.width AS width, i.height AS height,
            i.mime AS mime, i.fetch_time AS fetch_time, i.record_id AS record_id
        FROM (SELECT article_id, portal, title, unnest(images) AS i FROM articles)""",
    "attachments": """
        SELECT article_id, portal, title, f.url AS url, f.name AS name, f.mime AS mime, f.size AS size,
            f.content_digest AS content_digest, f.fetch_time AS fetch_time, f.record_id AS record_id
        FROM (SELECT article_id, portal, title, unnest(attachments) AS f FROM articles)""",
}


@contextmanager
def connect(store: Store, at: At = NOW) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that has the views as they are `at` a snapshot or time, and may do nothing but read them.

    No file, no network, no setting can be reached from it.
    """
    sql = duckdb.connect(":memory:")
    try:
        sql.execute("SET TimeZone = 'UTC'")
        for name, table in TABLES.items():
            sql.register(f"{name}_rows", dataset(store, table))
        for name, text in _SQL.items():
            sql.execute(f"CREATE VIEW {name} AS {text.format_map(_limits(at))}")
        sql.execute("SET enable_external_access = false")
        sql.execute("SET lock_configuration = true")
        yield sql
    finally:
        sql.close()


def _limits(at: At) -> dict[str, str]:
    """The conditions that an At puts on rows; an id is letters that we wrote, but comes from a table that others may have."""
    snapshot = "'" + (at.snapshot or "").replace("'", "''") + "'"
    known = "committed_at <= (SELECT max(committed_at) FROM crawls_rows WHERE snapshot_id = " + snapshot + ")"  # noqa: S608 - quoted
    until = f"TIMESTAMPTZ '{iso(at.as_of)}'" if at.as_of else ""
    return {
        "seen": "snapshot_id IN (SELECT snapshot_id FROM crawls)",
        "known": known if at.snapshot else "true",
        "fetch_time": f"fetch_time <= {until}" if until else "true",
        "not_after": f"not_after <= {until}" if until else "true",
        "online": "state <> 'vanished'" if until else "true",
    }


def ask(store: Store, text: str, *values: object, at: At = NOW) -> list[dict[str, Any]]:
    """The rows that answer a question of our own, as Python values; times are aware and UTC."""
    with connect(store, at) as sql:
        rows: list[dict[str, Any]] = sql.sql(text, params=list(values)).to_arrow_table().to_pylist()
    return rows


def query(store: Store, text: str, at: At = NOW) -> pa.Table:
    """The answer to one SQL statement over the views; BrokenQuery says what is wrong with it.  Times are UTC."""
    with connect(store, at) as sql:
        try:
            if (count := len(sql.extract_statements(text))) != 1:
                raise BrokenQuery(f"one statement is asked for, not {count}", "Ask with one SELECT")
            answer = sql.sql(text)
            found = answer.to_arrow_table() if answer is not None else None
        except duckdb.Error as error:
            message = str(error).splitlines()
            raise BrokenQuery(
                f"the query does not run: {' '.join(message[:2])}", f"Views: {', '.join(VIEWS)}"
            ) from error
    if found is None:
        raise BrokenQuery("the query answers nothing", "Ask with SELECT")
    return found.rename_columns(_distinct(found.column_names))


def _distinct(names: list[str]) -> list[str]:
    """Each name once: a repeated one gets a number, since rows of JSON and Parquet cannot hold it twice."""
    out: list[str] = []
    for name in names:
        number, new = 1, name
        while new in out:
            number, new = number + 1, f"{name}_{number + 1}"
        out.append(new)
    return out
