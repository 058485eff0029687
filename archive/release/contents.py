"""What a release is made of: its tables, their columns, and the order of their rows, which is total."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

import pyarrow as pa

from archive.moment import VIETNAM, iso
from archive.tables.schema import (
    ARTICLES,
    ATTACHMENT,
    CAPTURES,
    CRAWLS,
    EVENTS,
    GAPS,
    IMAGE,
    LISTINGS,
    UTC_TIME,
    Column,
)

_MANY, _LARGE = 65_536, 8_192


@dataclass(frozen=True, slots=True)
class Content:
    """A table of a release: the view that it is made of, what a row is, its columns and the order of its rows.

    `since` and `shown` are conditions in SQL: that a row is of a time, and that it stands on nothing that is withheld.
    `group` is how many rows a row group has.
    """

    name: str
    row: str
    columns: tuple[Column, ...]
    order: tuple[str, ...]
    since: str
    shown: str
    group: int = _MANY

    @property
    def path(self) -> str:
        """The file's path in the release."""
        return f"data/{self.name}.parquet"

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema; every column may be null."""
        return pa.schema([pa.field(column.name, column.type) for column in self.columns])


@dataclass(frozen=True, slots=True)
class Limits:
    """What a release is kept to: captures from a day (Vietnam) on, and some portals; None and none are no limit."""

    since: date | None = None
    portals: tuple[str, ...] = ()

    @property
    def start(self) -> datetime | None:
        """The beginning of the day."""
        return datetime.combine(self.since, time(), VIETNAM) if self.since else None


WITHHELD = (
    "CREATE TEMP TABLE withheld AS SELECT record_id, content_digest FROM captures WHERE restriction IS NOT NULL",
    "CREATE TEMP TABLE withheld_ids AS SELECT coalesce(list(record_id), []) AS ids FROM withheld",
)
"""Tables that `select` needs, made of the views."""

_SHOWN = "(record_id IS NULL OR record_id NOT IN (SELECT record_id FROM withheld))"
_REPEATS_NONE = "(revisit_of IS NULL OR revisit_of NOT IN (SELECT record_id FROM withheld))"
_NO_EVIDENCE = "NOT coalesce(list_has_any(evidence, ids), false)"
_LATER = "fetch_time >= {start}"
_OF_ARTICLES = "article_id IN (SELECT article_id FROM articles WHERE fetch_time >= {start})"
_ITEM = f"{_SHOWN} AND article_id IN (SELECT article_id FROM articles WHERE {_SHOWN})"  # noqa: S608 - ours


def _columns(struct: pa.StructType, meanings: dict[str, str]) -> tuple[Column, ...]:
    own = {column.name: column for column in ARTICLES.columns}
    return tuple(
        own[name] if name in ("article_id", "portal", "title") else Column(name, struct.field(name).type, meaning)
        for name, meaning in meanings.items()
    )


_IMAGES = _columns(
    IMAGE,
    {
        "article_id": "",
        "portal": "",
        "title": "",
        "url": "Canonical URL of the image.",
        "caption": "Caption as on the page; null where the page gives none.",
        "credit": "Credit as on the page; null where the page gives none.",
        "alt": "Alternative text of the tag; never taken for a caption.",
        "position": "Number of the image in the article, from 1.",
        "content_digest": "sha256 of the image as it was sent; null where it was never fetched.",
        "width": "Width, pixels; null where never fetched or not read.",
        "height": "Height, pixels; null where never fetched or not read.",
        "mime": "Media type that the server declared; null where it declared none.",
        "fetch_time": "Start of the image's capture, UTC; null where never fetched.",
        "record_id": "WARC-Record-ID of the image's capture; null where never fetched.",
    },
)
_ATTACHMENTS = _columns(
    ATTACHMENT,
    {
        "article_id": "",
        "portal": "",
        "title": "",
        "url": "Canonical URL of the file.",
        "name": "Name of the file as on the page.",
        "mime": "Media type that the server declared; null where it declared none.",
        "size": "Length as it was sent, bytes; null where never fetched.",
        "content_digest": "sha256 of the file as it was sent; null where it was never fetched.",
        "fetch_time": "Start of the file's capture, UTC; null where never fetched.",
        "record_id": "WARC-Record-ID of the file's capture; null where never fetched.",
    },
)

CONTENTS = (
    Content(
        "articles",
        "An article as it was last read.",
        (
            *ARTICLES.columns,
            Column("state", pa.string(), "online, suspected (refused once), vanished or moved."),
            Column("last_confirmed_at", UTC_TIME, "When the article was last seen online, UTC."),
        ),
        ("portal", "article_id"),
        _LATER,
        _SHOWN,
        _LARGE,
    ),
    Content(
        "versions",
        "A version of an article: the first reading of each run of equal content.",
        (*ARTICLES.columns, Column("version", pa.int64(), "Number of the article's version, from 1.")),
        ("portal", "article_id", "version"),
        _LATER,
        _SHOWN,
        _LARGE,
    ),
    Content("images", "An image of an article in articles.", _IMAGES, ("article_id", "position"), _OF_ARTICLES, _ITEM),
    Content(
        "attachments",
        "An attached file of an article in articles.",
        _ATTACHMENTS,
        ("article_id", "url", "name"),
        _OF_ARTICLES,
        _ITEM,
    ),
    Content(
        "events",
        EVENTS.row,
        EVENTS.columns,
        ("portal", "not_after", "article_id"),
        "not_after >= {start}",
        _NO_EVIDENCE,
    ),
    Content(
        "captures",
        CAPTURES.row,
        CAPTURES.columns,
        ("portal", "fetch_time", "record_id"),
        _LATER,
        f"restriction IS NULL AND {_SHOWN} AND {_REPEATS_NONE}",
    ),
    Content("listings", LISTINGS.row, LISTINGS.columns, ("portal", "fetch_time", "record_id"), _LATER, _SHOWN, _LARGE),
    Content(
        "gaps",
        GAPS.row,
        (
            *GAPS.columns,
            Column("night", pa.date32(), "Local date of the crawl's planned start."),
            Column("open", pa.bool_(), "Whether nothing has been read of it since."),
        ),
        ("portal", "listed_at", "article_id"),
        "listed_at >= {start}",
        _NO_EVIDENCE,
    ),
    Content(
        "crawls", CRAWLS.row, CRAWLS.columns, ("committed_at", "portal", "crawl"), "committed_at >= {start}", "true"
    ),
)

_UNIQUE = {"articles", "versions"}
"""Tables whose first columns of order are a key; in all others, whatever else a row has comes after them."""


def select(content: Content, limits: Limits) -> str:
    """The rows of a table in their order, as SQL over the views and the tables of WITHHELD."""
    condition = " AND ".join((content.shown, condition_of(content, limits)))
    return (
        f"SELECT {', '.join(_shown(column) for column in content.columns)} FROM {content.name}, withheld_ids "  # noqa: S608 - ours
        f"WHERE {condition} ORDER BY {', '.join(_order(content))}"
    )


def condition_of(content: Content, limits: Limits) -> str:
    """The condition that a release's limits put on rows."""
    parts = ["true"]
    if limits.start:
        parts.append(content.since.format(start=f"TIMESTAMPTZ '{iso(limits.start)}'"))
    if limits.portals:
        parts.append(f"portal IN ({', '.join(quoted(portal) for portal in limits.portals)})")
    return " AND ".join(parts)


def quoted(text: str) -> str:
    """A text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"


def _shown(column: Column) -> str:
    if column.name in ("images", "attachments") and pa.types.is_list(column.type):
        return f"list_filter({column.name}, lambda i: NOT coalesce(list_contains(ids, i.record_id), false)) AS {column.name}"
    return f'"{column.name}"'


def _order(content: Content) -> list[str]:
    if content.name in _UNIQUE:
        return [f'"{name}"' for name in content.order]
    rest = [column.name for column in content.columns if column.name not in content.order]
    return [f'"{name}"' for name in (*content.order, *rest)]
