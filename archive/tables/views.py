"""The views that people query: DuckDB over Arrow datasets of the tables, read-only, without files and network.

Only rows whose commit has its row in crawls are in any view; where a snapshot is named, only its rows and those of the
snapshots before it; where a time is named, only captures made by then, and of articles only those not known to be gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from archive.moment import iso
from archive.store import Store
from archive.tables.at import NOW, At
from archive.tables.content import DIFFERS
from archive.tables.delta import dataset
from archive.tables.schema import TABLES
from archive.tables.statement import answered, shut

VIEWS = {
    "readings": "Every reading of every capture of an article: all visible rows of the table articles.",
    "articles": "Each article as it was last read, with state (online, suspected, vanished, moved) and last_confirmed_at.",
    "versions": "Each article's versions: the first reading of each run of equal content, numbered from 1.",
    "images": "One row an image of an article in articles, with the article's title.",
    "attachments": "One row an attached file of an article in articles.",
    "captures": "Every exchange with a server.",
    "listings": "Every captured listing page.",
    "events": "What happened to articles: appeared, edited, moved, delisted, vanished, returned; each between two captures.",
    "gaps": "What listings promised and a crawl did not bring, and why; open where the article was never read since.",
    "completeness": "For each crawl and category: entries of the listing, captured, and the others by reason.",
    "crawls": "Every committed crawl.",
    "snapshots": "Every snapshot: the crawls that were committed together.",
}

_SQL = {
    "crawls": "SELECT * FROM crawls_rows WHERE {known}",
    "snapshots": """
        SELECT snapshot_id, max(committed_at) AS committed_at, list(crawl ORDER BY portal) AS crawls,
            list(portal ORDER BY portal) AS portals, sum(articles)::BIGINT AS articles,
            1 - sum(missing) / nullif(sum(listing_entries), 0) AS completeness
        FROM crawls GROUP BY snapshot_id""",
    "readings": "SELECT * FROM articles_rows WHERE {seen} AND {fetch_time}",
    "captures": "SELECT * FROM captures_rows WHERE {seen} AND {fetch_time}",
    "listings": "SELECT * FROM listings_rows WHERE {seen} AND {fetch_time}",
    "events": "SELECT * FROM events_rows WHERE {seen} AND {not_after}",
    "articles": """
        SELECT * FROM (SELECT r.*,
            CASE WHEN e.event = 'moved' THEN 'moved' WHEN e.event IS DISTINCT FROM 'vanished' THEN 'online'
                 WHEN e.confidence = 'confirmed' THEN 'vanished' ELSE 'suspected' END AS state,
            coalesce(c.last_ok, r.fetch_time) AS last_confirmed_at
        FROM (
            SELECT readings.* FROM readings JOIN snapshots USING (snapshot_id)
            QUALIFY row_number() OVER (
                PARTITION BY article_id ORDER BY readings.fetch_time DESC, snapshots.committed_at DESC) = 1
        ) r
        LEFT JOIN (
            SELECT article_id, event, confidence FROM events
            WHERE event IN ('vanished', 'moved') OR event = 'returned' AND reason IS DISTINCT FROM 'listed again'
            QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY not_after DESC, confirmations DESC) = 1
        ) e USING (article_id)
        LEFT JOIN (
            SELECT portal, url, max(fetch_time) AS last_ok FROM captures
            WHERE kind = 'article' AND wire_verdict IN ('ok', 'not-modified') GROUP BY ALL
        ) c ON c.portal = r.portal AND c.url = r.url) WHERE {online}""",
    # each capture is held against the very one before it by the newest version that read both
    "versions": """
        SELECT * EXCLUDE (committed_at, compared, changed),
            row_number() OVER (PARTITION BY article_id ORDER BY fetch_time, record_id) AS version
        FROM (
            SELECT * REPLACE (first_value(changed) OVER (
                PARTITION BY record_id ORDER BY compared DESC, committed_at DESC) AS changed)
            FROM (
                SELECT * EXCLUDE (former_text, former_images, former_files), former_text IS NOT NULL AS compared,
                    former_text IS NULL AND record_id = first_value(record_id) OVER (
                        PARTITION BY article_id ORDER BY fetch_time, record_id)
                    OR former_text <> text_hash OR former_text IS NOT NULL AND (
                        files_differ(former_images, files_of(images))
                        OR files_differ(former_files, files_of(attachments))) AS changed
                FROM (
                    SELECT * EXCLUDE (place),
                        CASE WHEN lag(place) OVER run = place - 1 THEN lag(text_hash) OVER run END AS former_text,
                        lag(files_of(images)) OVER run AS former_images,
                        lag(files_of(attachments)) OVER run AS former_files
                    FROM (
                        SELECT readings.*, committed_at, dense_rank() OVER (
                            PARTITION BY article_id ORDER BY fetch_time, record_id) AS place
                        FROM readings JOIN snapshots USING (snapshot_id)
                    )
                    WINDOW run AS (PARTITION BY article_id, extractor_version, content_hash_version
                        ORDER BY fetch_time, record_id)
                )
            )
            QUALIFY row_number() OVER (PARTITION BY record_id ORDER BY committed_at DESC) = 1
        ) WHERE changed""",
    # an entry that led nowhere once may lead to an article at another address by now
    "gaps": """
        WITH RECURSIVE way AS (
            SELECT DISTINCT portal, url AS listed, url, 0 AS hops FROM gaps_rows WHERE why <> 'overdue'
            UNION
            SELECT way.portal, way.listed, c.redirect_to, way.hops + 1 FROM way JOIN captures c USING (portal, url)
            WHERE c.redirect_to IS NOT NULL AND way.hops < 5)
        SELECT g.*, c.night, g.why <> 'overdue' AND g.article_id NOT IN (SELECT article_id FROM readings)
                AND (g.portal, g.url) NOT IN (SELECT (portal, way.listed) FROM way JOIN readings USING (portal, url))
            OR g.why = 'overdue' AND a.last_confirmed_at <= g.last_confirmed_at AS open
        FROM gaps_rows g JOIN crawls c USING (snapshot_id, crawl) LEFT JOIN articles a USING (article_id)
        WHERE {listed_at}""",
    "completeness": """
        SELECT snapshot_id, crawl, portal, night, k.path AS category, k.entries AS entries, k.captured AS captured,
            k.failed AS failed, k.robots AS robots, k.window AS out_of_window, k.budget AS over_budget,
            k.unreached AS unreached, k.captured / nullif(k.entries, 0) AS completeness
        FROM (SELECT snapshot_id, crawl, portal, night, unnest(categories) AS k FROM crawls)""",
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
def connect(store: Store, at: At = NOW, spill: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A `connection`, closed at the end."""
    sql = connection(store, at, spill=spill)
    try:
        yield sql
    finally:
        sql.close()


def connection(
    store: Store, at: At = NOW, memory: int | None = None, spill: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """A connection that has the views as they are `at` a snapshot or time, and may do nothing but read them.

    No file, no network, no setting can be reached from it.  It goes on seeing the tables as they were when it was made;
    `memory`, bytes, is what DuckDB may hold.  With `spill` that is a gigabyte, and what is more goes into files there.
    """
    sql = duckdb.connect(":memory:", config={"temp_directory": str(spill), "memory_limit": "1GB"} if spill else {})
    try:
        sql.execute("SET TimeZone = 'UTC'")
        # crawls first: what a commit brings meanwhile is then in no view, rather than in some
        for name, table in sorted(TABLES.items(), key=lambda item: item[0] != "crawls"):
            sql.register(f"{name}_rows", dataset(store, table))
        sql.execute(DIFFERS)
        for name, text in _SQL.items():
            sql.execute(f"CREATE VIEW {name} AS {text.format_map(_limits(at))}")
        shut(sql, memory, spills=spill is not None)
    except BaseException:
        sql.close()
        raise
    return sql


def _limits(at: At) -> dict[str, str]:
    """The conditions that an At puts on rows; an id is letters that we wrote, but comes from a table that others may have."""
    snapshot = "'" + (at.snapshot or "").replace("'", "''") + "'"
    known = "committed_at <= (SELECT max(committed_at) FROM crawls_rows WHERE snapshot_id = " + snapshot + ")"  # noqa: S608 - quoted
    until = f"TIMESTAMPTZ '{iso(at.as_of)}'" if at.as_of else ""
    return {
        "seen": "snapshot_id IN (SELECT snapshot_id FROM crawls)",
        "known": known if at.snapshot else "true",
        "fetch_time": f"fetch_time <= {until}" if until else "true",
        "listed_at": f"listed_at <= {until}" if until else "true",
        "not_after": f"not_after <= {until}" if until else "true",
        "online": "state NOT IN ('vanished', 'moved')" if until else "true",
    }


def ask(
    store: Store, text: str, *values: object, at: At = NOW, named: Mapping[str, object] | None = None
) -> list[dict[str, Any]]:
    """The rows that answer a question of our own, as Python values; times are aware and UTC.

    `values` stand for its question marks, or those `named` for its $names.
    """
    with connect(store, at) as sql:
        params: Any = dict(named) if named else list(values)
        rows: list[dict[str, Any]] = sql.sql(text, params=params).to_arrow_table().to_pylist()
    return rows


def query(store: Store, text: str, at: At = NOW) -> pa.Table:
    """The answer to one SQL statement over the views; BrokenQuery says what is wrong with it.  Times are UTC."""
    with connect(store, at) as sql, answered(sql, text) as answer:
        return answer.table()
