"""What was known of the articles that a crawl asked for, before it: their last readings, and what had become of them.

Small facts are held in memory; what is needed of articles whose content is not equal waits in the staging database, for
on the night of a new extractor they may be all of a portal's.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

import duckdb
import pyarrow as pa

from archive.moment import iso
from archive.tables import join, stage
from archive.tables.rows import Json
from archive.url import article_id

Reread = Callable[[Json], Json | None]
"""Reads the bytes behind a row of articles again, by the version in force: the unjoined row, or None where it is no
article to that version, or its bytes are not there."""

_TIME = "'%Y-%m-%dT%H:%M:%S.%fZ'"

_SMALL = f"""
WITH last AS (
    SELECT article_id, url, content_hash, content_hash_version, extractor_version, record_id, fetch_time
    FROM readings JOIN wanted USING (article_id) JOIN snapshots USING (snapshot_id)
    WHERE portal = $portal
    QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY fetch_time DESC, snapshots.committed_at DESC) = 1
)
SELECT last.* REPLACE (strftime(fetch_time AT TIME ZONE 'UTC', {_TIME}) AS fetch_time),
    strftime(coalesce(last_ok, fetch_time) AT TIME ZONE 'UTC', {_TIME}) AS last_confirmed_at
FROM last LEFT JOIN (
    SELECT url, max(captures.fetch_time) AS last_ok FROM captures SEMI JOIN last USING (url)
    WHERE portal = $portal AND kind = 'article' AND wire_verdict IN ('ok', 'not-modified') GROUP BY url
) USING (url)"""  # noqa: S608 - our own texts

_EVENTS = f"""
SELECT article_id, event, confidence, confirmations, reason, evidence,
    strftime(not_before AT TIME ZONE 'UTC', {_TIME}) AS not_before,
    strftime(not_after AT TIME ZONE 'UTC', {_TIME}) AS not_after
FROM events SEMI JOIN wanted USING (article_id)
WHERE portal = $portal AND event IN ('vanished', 'returned', 'delisted', 'moved')
QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY not_after DESC, confirmations DESC, event) = 1"""  # noqa: S608

# no column of text is among them: reading those of a few articles costs as much as reading all
_COMPARED = """
SELECT r.article_id, r.record_id, r.url, r.portal, r.crawl, r.categories, r.text_hash, r.content_hash, r.field_hashes,
    r.images, r.attachments, r.extractor_version, r.content_hash_version, r.warc_filename, r.warc_record_offset,
    s.committed_at
FROM readings r JOIN wanted USING (article_id, record_id) JOIN snapshots s USING (snapshot_id)
QUALIFY row_number() OVER (PARTITION BY r.article_id ORDER BY s.committed_at DESC) = 1"""

_BATCH = 5000


@dataclass(frozen=True)
class Past:
    """What was known of the articles that were `asked` for (ids): `articles` by id (hashes, versions, times, record), the
    last thing that happened to each (`fates`: vanished, delisted, moved or returned), and the portal's newest listing page."""

    db: sqlite3.Connection
    asked: frozenset[str]
    articles: Mapping[str, Json]
    fates: Mapping[str, Json]
    last_listing: Json | None
    unread: list[str] = field(default_factory=list)

    @property
    def first(self) -> bool:
        """Whether this is the first that is known of the portal."""
        return self.last_listing is None and not self.articles

    def fate(self, name: str, event: str) -> Json | None:
        """What last happened to an article, where it was `event`."""
        last = self.fates.get(name)
        return last if last is not None and last["event"] == event else None

    def former(self, name: str) -> Json | None:
        """The former row of an article whose content differs, as the version in force reads it: what is compared of it.

        None where it is not needed, or its bytes could not be read again.
        """
        found = self.db.execute("SELECT data FROM former WHERE article_id = ?", (name,)).fetchone()
        return json.loads(found[0]) if found else None

    def read_again(self) -> Iterable[Json]:
        """The rows that a new version made of former captures, to be added beside the old version's."""
        for (data,) in self.db.execute("SELECT data FROM former WHERE is_new ORDER BY article_id"):
            yield json.loads(data)


def past_of(sql: duckdb.DuckDBPyConnection, db: sqlite3.Connection, portal: str) -> Past:
    """What was known of the articles that the staged crawl asked for."""
    names = {article_id(portal, str(r["url"])) for r in stage.read_rows(db, "captures") if r["kind"] == "article"}
    sql.register("wanted", pa.table({"article_id": pa.array(sorted(names), pa.string())}))
    articles = sql.sql(_SMALL, params={"portal": portal}).to_arrow_table().to_pylist()
    fates = sql.sql(_EVENTS, params={"portal": portal}).to_arrow_table().to_pylist()
    listing = sql.sql(
        "SELECT fetch_time, record_id FROM listings WHERE portal = $portal ORDER BY fetch_time DESC LIMIT 1",
        params={"portal": portal},
    ).to_arrow_table()
    db.execute("CREATE TEMP TABLE IF NOT EXISTS former (article_id TEXT PRIMARY KEY, is_new INTEGER, data TEXT)")
    db.execute("DELETE FROM former")
    return Past(
        db,
        frozenset(names),
        {str(row["article_id"]): row for row in articles},
        {str(row["article_id"]): row for row in fates},
        plain(listing.to_pylist()[0]) if listing.num_rows else None,
    )


def recall(sql: duckdb.DuckDBPyConnection, past: Past, articles: Iterable[Json], reread: Reread) -> None:
    """Finds what is compared of each article whose content hash is another now, as the version in force reads it.

    What an earlier version read is read again from its bytes; where that cannot be, the article is not compared, and its
    id is in `unread`.
    """
    differing = (
        (str(row["article_id"]), row)
        for row in articles
        if (known := past.articles.get(str(row["article_id"]))) and known["content_hash"] != row["content_hash"]
    )
    while batch := dict(islice(differing, _BATCH)):
        older: list[Json] = []
        for known in _compared(sql, [past.articles[name] for name in batch]):
            row = batch[str(known["article_id"])]
            if _reading(known) == _reading(row) and known["field_hashes"] is not None:
                _keep(past, known, is_new=False)
            else:
                older.append(known)
        read = _read_again(sql, older, reread)
        for row in read:
            _keep(past, row, is_new=True)
        past.unread.extend({str(row["article_id"]) for row in older} - {str(row["article_id"]) for row in read})


def _keep(past: Past, row: Json, *, is_new: bool) -> None:
    text = json.dumps(row, ensure_ascii=False)
    past.db.execute("INSERT OR REPLACE INTO former VALUES (?, ?, ?)", (row["article_id"], is_new, text))


def _reading(row: Json) -> tuple[object, object]:
    return row["extractor_version"], row["content_hash_version"]


def _compared(sql: duckdb.DuckDBPyConnection, known: list[Json]) -> list[Json]:
    columns = {key: pa.array([str(row[key]) for row in known], pa.string()) for key in ("article_id", "record_id")}
    sql.register("wanted", pa.table(columns))
    return [plain(row) for row in sql.sql(_COMPARED).to_arrow_table().to_pylist()]


def _read_again(sql: duckdb.DuckDBPyConnection, older: list[Json], reread: Reread) -> list[Json]:
    """The rows that the version in force makes of former captures, joined as at the commit that brought each of them."""
    out: list[Json] = []
    commits: dict[tuple[str, str], list[tuple[Json, Json]]] = {}
    for known in older:
        if (row := reread(known)) is not None:
            commits.setdefault((str(known["portal"]), str(known["committed_at"])), []).append((known, row))
    for (portal, committed_at), rows in commits.items():
        urls = {url for _, row in rows for url in join.urls_of(row)}
        behind = join.Bytes(None, join.kept_bytes(sql, urls, portal, committed_at))
        for known, row in rows:
            paths = known["categories"]  # null in rows that are older than the column
            out.append(join.joined(row, paths if isinstance(paths, list) else [], behind))
    return out


def plain(row: Json) -> Json:
    """A row with its times as RFC 3339 text and its days as ISO dates, as staged rows have them."""
    return {key: _plain(value) for key, value in row.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, dict):
        return plain(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
