"""What earlier crawls know of a portal: its articles and files, and which of them are asked for again tonight."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Any

from archive.store import Store
from archive.tables.delta import version_of
from archive.tables.revisits import AT_LEAST, Revisits, share
from archive.tables.schema import CRAWLS
from archive.tables.views import ask

_ARTICLES = """
WITH nights AS (SELECT crawl, max(night) AS night FROM crawls WHERE action = 'crawl' GROUP BY crawl),
asked AS (
    SELECT url, max(night) AS asked, max(night) FILTER (wire_verdict IN ('ok', 'not-modified')) AS good,
        min(night) AS first
    FROM captures JOIN nights USING (crawl) WHERE portal = $portal AND kind = 'article' GROUP BY url),
told AS (
    SELECT article_id, max(night) FILTER (event IN ('edited', 'returned') OR event = 'appeared' AND NOT baseline) AS changed,
        arg_max(event, (not_after, confirmations))
            FILTER (event IN ('vanished', 'returned', 'delisted', 'moved')) = 'delisted' AS delisted
    FROM events JOIN nights USING (crawl) WHERE portal = $portal GROUP BY article_id)
SELECT a.url AS url, state, published_date, first, coalesce(changed, first) AS changed,
    CASE WHEN state = 'moved' THEN asked ELSE good END AS asked, coalesce(delisted, false) AS delisted
FROM articles a LEFT JOIN asked USING (url) LEFT JOIN told USING (article_id)
WHERE portal = $portal AND state <> 'vanished' ORDER BY url"""

# where the bytes are: a revisit has none of its own
_KEPT = """
SELECT DISTINCT c.url AS url, coalesce(t.warc_filename, c.warc_filename) AS warc_filename
FROM captures c LEFT JOIN captures t ON t.record_id = c.revisit_of WHERE c.portal = $portal
AND (c.kind IN ('image', 'attachment') OR c.kind = 'requisite' AND c.mime LIKE 'image/%')
AND c.wire_verdict IN ('ok', 'redirect', 'not-modified')"""

_FILES = """
WITH nights AS (SELECT crawl, max(night) AS night FROM crawls WHERE action = 'crawl' GROUP BY crawl),
online AS (SELECT url, images, attachments FROM articles WHERE portal = $portal AND state IN ('online', 'suspected')),
shown AS (
    SELECT url AS page, 'image' AS kind, i.url AS url, i.content_digest AS digest
    FROM (SELECT url, unnest(images) AS i FROM online) UNION ALL
    SELECT url, 'attachment', i.url, i.content_digest FROM (SELECT url, unnest(attachments) AS i FROM online)),
asked AS (
    SELECT url, min(night) AS first, max(night) AS asked, arg_max(wire_verdict, fetch_time) AS verdict,
        bool_or(kind = 'requisite' AND mime LIKE 'image/%') AS picture
    FROM captures JOIN nights USING (crawl)
    WHERE portal = $portal AND kind IN ('image', 'attachment', 'requisite') GROUP BY url)
SELECT url, coalesce(any_value(kind), 'requisite') AS kind, any_value(digest) AS digest, first, asked, verdict,
    list(DISTINCT page ORDER BY page) FILTER (page IS NOT NULL) AS pages
FROM asked LEFT JOIN shown USING (url)
WHERE page IS NOT NULL OR picture AND verdict IN ('ok', 'redirect', 'not-modified')
GROUP BY url, first, asked, verdict ORDER BY url"""

# an entry as the last crawl that saw it there saw it: what it said before that is no news, and what it says now may be
_SHOWN = """
SELECT DISTINCT e.url AS url, e.title AS title, e.date_raw AS date_raw FROM (
    SELECT crawl, e FROM (SELECT category, crawl, fetch_time, unnest(entries) AS e FROM listings WHERE portal = $portal)
    QUALIFY crawl = first_value(crawl) OVER (PARTITION BY category, e.url ORDER BY fetch_time DESC))"""

# entries of categories that were all walked whole tonight, of articles that are online and not known to have left
_LEFT = """
SELECT a.url AS url FROM articles a JOIN (
    SELECT e.url AS url, list(DISTINCT category) AS categories
    FROM (SELECT category, unnest(entries) AS e FROM listings WHERE portal = $portal) GROUP BY e.url) s USING (url)
LEFT JOIN (
    SELECT article_id, event, confidence FROM events
    WHERE portal = $portal AND event IN ('vanished', 'returned', 'delisted', 'moved')
    QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY not_after DESC, confirmations DESC, event) = 1
) e USING (article_id)
WHERE portal = $portal AND state IN ('online', 'suspected') AND len(list_filter(s.categories,
    lambda c: NOT list_contains($walked::VARCHAR[][], c))) = 0
AND NOT coalesce(e.event = 'delisted' AND e.confidence = 'confirmed', false) ORDER BY a.url"""


@dataclass(frozen=True, slots=True)
class File:
    """An image or a file that is asked again: what it is to a page, its digest as the articles have it (None: none), and
    the articles that show it."""

    kind: str
    url: str
    digest: str | None
    pages: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """Canonical URLs: `articles` that were read and are not confirmed as vanished, `files` whose bytes are kept and that
    are not asked again tonight.

    `due` are the articles that tonight asks for, whatever listings say of them, `due_files` the files by URL.  `entries`
    are the marks of what listings have shown, and `delisted` the articles that left them.
    """

    articles: frozenset[str] = frozenset()
    due: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    due_files: Mapping[str, File] = field(default_factory=dict)
    entries: frozenset[int] = frozenset()
    delisted: frozenset[str] = frozenset()

    def rests(self, url: str, mark: int) -> bool:
        """Whether a listing that shows an article says nothing new of one that is not due."""
        return url in self.articles and url not in self.due and url not in self.delisted and mark in self.entries


def entry_mark(url: str, title: str, date_raw: str | None) -> int:
    """64 bits that name an entry of a listing as it was shown: its URL, title and date."""
    return int.from_bytes(blake2b(f"{url}\n{title}\n{date_raw or ''}".encode(), digest_size=8).digest())


def known_of(store: Store, portal: str, night: date, revisits: Revisits) -> Known:
    """What the committed tables know of a portal, and what of it is due on a night."""
    if version_of(store, CRAWLS) < 0:
        return Known()
    articles = _ask(store, _ARTICLES, portal)
    kept = _ask(store, _KEPT, portal)
    there = {name: store.warc(name).exists() for name in {str(row["warc_filename"]) for row in kept}}
    due_files = {
        row["url"]: File(row["kind"], row["url"], row["digest"], tuple(row["pages"] or ()))
        for row in _ask(store, _FILES, portal)
        if revisits.file_is_due(row["url"], night, row["first"], row["asked"], row["verdict"])
    }
    shown = _ask(store, _SHOWN, portal)
    return Known(
        frozenset(row["url"] for row in articles),
        _due(articles, night, revisits),
        frozenset(row["url"] for row in kept if there[row["warc_filename"]]) - due_files.keys(),
        due_files,
        frozenset(entry_mark(row["url"], row["title"], row["date_raw"]) for row in shown),
        frozenset(row["url"] for row in articles if row["delisted"]),
    )


def left_of(store: Store, portal: str, walked: Collection[tuple[str, ...]]) -> list[str]:
    """Articles that only listings of the `walked` categories have ever shown, and that are not known to have left them."""
    if version_of(store, CRAWLS) < 0:
        return []
    return [row["url"] for row in _ask(store, _LEFT, portal, walked=[list(path) for path in walked])]


def _due(articles: list[dict[str, Any]], night: date, revisits: Revisits) -> frozenset[str]:
    due: set[str] = set()
    rest: list[tuple[date, float, str]] = []
    for row in articles:
        url, asked = row["url"], row["asked"]
        days = [day for day in (row["changed"], row["published_date"]) if day is not None]
        if row["published_date"] is not None and row["changed"] == row["first"]:
            days = [row["published_date"]]  # it was there before we were
        changed = max(days, default=None)
        if row["state"] == "suspected" or revisits.article_is_due(url, night, asked, changed):
            due.add(url)
        else:
            rest.append((asked, share(url), url))
    rest.sort()
    return frozenset(due | {url for _, _, url in rest[: max(0, AT_LEAST - len(due))]})


def _ask(store: Store, text: str, portal: str, **values: object) -> list[dict[str, Any]]:
    return ask(store, text, named={"portal": portal, **values})
