"""What a page alone cannot say: the bytes behind its images and files, and the listings that led to it.

Joined at the commit of a crawl and of a re-extraction by these same functions, from the crawl's own rows first and from
what is committed already second.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from archive.tables import stage
from archive.tables.content import content_hash
from archive.tables.rows import Json
from archive.url import article_id, canonical, host_of

_NEVER = 1 << 31
_BYTES = ("content_digest", "content_length", "width", "height", "mime", "fetch_time", "record_id")


@dataclass(frozen=True, slots=True)
class Found:
    """Where articles were found: category paths by article, in the order of the walk, and addresses that moved.

    `entries` are the articles that listings show on hosts that were asked; an entry that leads elsewhere is not the portal's.
    `deep` are those that only pages show which a night that does not sweep would not have come to.  `last` is the record of
    each article's last capture in the crawl.
    """

    categories: Mapping[str, tuple[tuple[str, ...], ...]]
    moved: Mapping[str, str]
    entries: frozenset[str]
    deep: frozenset[str]
    last: Mapping[str, str]


def found_in(db: sqlite3.Connection, portal: str, swept_from: Mapping[tuple[str, ...], int] | None = None) -> Found:
    """The listings' entries of a staged crawl, redirects followed to the page that stands at their end.

    `swept_from` is the first page of each category that only a sweep came to.
    """
    moved: dict[str, str] = {}
    hosts: set[str] = set()
    for row in stage.read_rows(db, "captures"):
        hosts.add(host_of(str(row["url"])))
        if row["redirect_to"] is not None:
            moved[str(row["url"])] = str(row["redirect_to"])
    categories: dict[str, dict[tuple[str, ...], None]] = {}
    entries: set[str] = set()
    near: set[str] = set()
    for row in stage.read_rows(db, "listings"):
        path = tuple(_texts(row["category"]))
        is_near = int(str(row["page"])) < (swept_from or {}).get(path, _NEVER)
        for entry in _structs(row["entries"]):
            name = article_id(portal, landing(moved, str(entry["url"])))
            if host_of(str(entry["url"])) in hosts:
                entries.add(name)
            if is_near:
                near.add(name)
            categories.setdefault(name, {})[path] = None
    shown = {name: tuple(paths) for name, paths in categories.items()}
    return Found(shown, moved, frozenset(entries), frozenset(shown.keys() - near), _last_records(db))


def landing(moved: Mapping[str, str], url: str) -> str:
    """The address at the end of the redirects from `url`; a circle ends where it closes."""
    seen = {url}
    while (further := moved.get(url)) is not None and further not in seen:
        seen.add(further)
        url = further
    return url


@dataclass
class Bytes:
    """The newest good capture behind each URL of an image or file: the crawl's own, else one that is committed.

    Without `db` there are none of a crawl's own.
    """

    db: sqlite3.Connection | None
    kept: Mapping[str, Json] = field(default_factory=dict)

    def of(self, url: str) -> Json:
        """Digest, size, pixels, type, time and record; empty where it was never fetched."""
        row = (_own(self.db, url) if self.db else None) or self.kept.get(url)
        return {key: row.get(key) for key in _BYTES} if row else {}


def stands(row: Json) -> bool:
    """Whether a row of captures has content: it came well, or the server said that what is kept has not changed."""
    return row["wire_verdict"] == "ok" or (row["wire_verdict"] == "not-modified" and row["revisit_of"] is not None)


def _own(db: sqlite3.Connection, url: str) -> Json | None:
    """The crawl's own newest good capture of a URL, or of the one that it was redirected to (five times at most)."""
    for _ in range(6):
        rows = stage.named(db, "captures", url)
        good = [row for row in rows if stands(row)]
        if good:
            return good[-1]
        onward = [str(row["redirect_to"]) for row in rows if row["redirect_to"] is not None]
        if not onward:
            return None
        url = onward[-1]
    return None


def bytes_behind(sql: duckdb.DuckDBPyConnection, db: sqlite3.Connection, portal: str, not_after: str) -> Bytes:
    """Looks up what the staged articles need and the crawl did not fetch itself, captured at `not_after` or before."""
    wanted = {url for row in stage.read_rows(db, "articles") for url in urls_of(row)}
    return Bytes(db, kept_bytes(sql, [url for url in wanted if _own(db, url) is None], portal, not_after))


def kept_bytes(sql: duckdb.DuckDBPyConnection, urls: Iterable[str], portal: str, not_after: str) -> dict[str, Json]:
    """The newest good capture, at `not_after` or before, behind each URL that has one; redirects are followed."""
    missing = sorted(urls)
    if not missing:
        return {}
    sql.register("wanted", pa.table({"url": missing}))
    rows = sql.sql(
        "WITH RECURSIVE way AS (SELECT url AS asked, url, 0 AS hops FROM wanted UNION "
        "SELECT way.asked, c.redirect_to, way.hops + 1 FROM way JOIN captures c ON c.url = way.url "
        "WHERE c.portal = $portal AND c.redirect_to IS NOT NULL AND way.hops < 5) "
        "SELECT way.asked AS url, c.content_digest, c.content_length, c.width, c.height, c.mime, c.record_id, "
        "strftime(c.fetch_time AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ') AS fetch_time "
        "FROM captures c JOIN way ON c.url = way.url "
        "WHERE c.portal = $portal AND (c.wire_verdict = 'ok' "
        "OR (c.wire_verdict = 'not-modified' AND c.revisit_of IS NOT NULL)) AND c.fetch_time <= $until::TIMESTAMPTZ "
        "QUALIFY row_number() OVER (PARTITION BY way.asked ORDER BY c.fetch_time DESC) = 1",
        params={"portal": portal, "until": not_after},
    ).to_arrow_table()
    return {str(row["url"]): row for row in rows.to_pylist()}


def articles(db: sqlite3.Connection, found: Found, behind: Bytes) -> Iterator[Json]:
    """The staged articles, one a page (its last capture in the crawl), joined."""
    for row in stage.read_rows(db, "articles"):
        if found.last[str(row["article_id"])] == row["record_id"]:
            yield joined(row, found.categories.get(str(row["article_id"]), ()), behind)


def _last_records(db: sqlite3.Connection) -> dict[str, str]:
    last: dict[str, tuple[str, str]] = {}
    for row in stage.read_rows(db, "articles"):
        key = (str(row["fetch_time"]), str(row["record_id"]))
        name = str(row["article_id"])
        last[name] = max(last.get(name, ("", "")), key)
    return {name: record for name, (_, record) in last.items()}


def joined(row: Json, paths: Iterable[Iterable[str]], behind: Bytes) -> Json:
    """A row of articles with the `paths` of the categories that showed it, and the bytes behind its images and files."""
    categories = [list(path) for path in paths]
    whole = row | {
        "categories": categories,
        "category": row["category"] or (categories[0] if categories else []),
        "images": [image | _renamed(behind.of(str(image["url"]))) for image in _structs(row["images"])],
        "attachments": [
            file | _renamed(facts := behind.of(str(file["url"]))) | {"size": facts.get("content_length")}
            for file in _structs(row["attachments"])
        ],
    }
    return whole | {"content_hash": content_hash(whole)}


def _renamed(facts: Json) -> Json:
    return {key: value for key, value in facts.items() if key != "content_length"}


def urls_of(row: Json) -> Iterable[str]:
    """The canonical URLs whose bytes a row of articles needs."""
    for column in ("images", "attachments"):
        for item in _structs(row[column]):
            yield canonical(str(item["url"]))


def _texts(value: object) -> list[str]:
    assert isinstance(value, list)
    return [str(item) for item in value]


def _structs(value: object) -> list[Json]:
    assert isinstance(value, list)
    return value
