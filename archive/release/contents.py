"""What a release is made of: its tables, their columns, and the order of their rows, which is total and begins with a time.

They are asked for slice by slice of that time, so that no query has to sort more than a slice: DuckDB cannot sort rows with
texts that are longer than its memory.
"""

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

    `time` is the column that the order begins with, `source` the rows in SQL (default: the view of that name) and `shown` the
    condition that a row stands on nothing that is withheld.  `group` is how many rows a row group has.
    """

    name: str
    row: str
    columns: tuple[Column, ...]
    time: str
    order: tuple[str, ...]
    shown: str
    group: int = _MANY
    source: str = ""

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


_SHOWN = "(record_id IS NULL OR record_id NOT IN (SELECT record_id FROM withheld))"
_REPEATS_NONE = "(revisit_of IS NULL OR revisit_of NOT IN (SELECT record_id FROM withheld))"
_NO_EVIDENCE = "NOT coalesce(list_has_any(evidence, (SELECT ids FROM withheld_ids)), false)"
_KEY = "article_id, record_id, snapshot_id"
_LATEST = f"readings JOIN latest USING ({_KEY})"
_NUMBERED = f"readings JOIN numbered USING ({_KEY})"


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


def _items(column: str, columns: tuple[Column, ...]) -> str:
    own = ("article_id", "portal", "title")
    fields = ", ".join([*own, *(f"i.{c.name} AS {c.name}" for c in columns if c.name not in own)])
    inner = f"SELECT {', '.join(own)}, fetch_time AS read_at, unnest({column}) AS i FROM {_LATEST}"  # noqa: S608 - ours
    return f"SELECT {fields}, read_at FROM ({inner})"  # noqa: S608 - ours


CONTENTS = (
    Content(
        "articles",
        "An article as it was last read.",
        (
            *ARTICLES.columns,
            Column("state", pa.string(), "online, suspected (refused once), vanished or moved."),
            Column("last_confirmed_at", UTC_TIME, "When the article was last seen online, UTC."),
        ),
        "fetch_time",
        ("article_id",),
        "true",
        _LARGE,
        f"SELECT * FROM {_LATEST}",  # noqa: S608 - ours
    ),
    Content(
        "versions",
        "A version of an article: the first reading of each run of equal content.",
        (*ARTICLES.columns, Column("version", pa.int64(), "Number of the article's version, from 1.")),
        "fetch_time",
        ("article_id", "version"),
        "true",
        _LARGE,
        f"SELECT * FROM {_NUMBERED}",  # noqa: S608 - ours
    ),
    Content(
        "images",
        "An image of an article in articles.",
        _IMAGES,
        "read_at",
        ("article_id", "position"),
        _SHOWN,
        source=_items("images", _IMAGES),
    ),
    Content(
        "attachments",
        "An attached file of an article in articles.",
        _ATTACHMENTS,
        "read_at",
        ("article_id", "url", "name"),
        _SHOWN,
        source=_items("attachments", _ATTACHMENTS),
    ),
    Content("events", EVENTS.row, EVENTS.columns, "not_after", ("portal", "article_id"), _NO_EVIDENCE),
    Content(
        "captures",
        CAPTURES.row,
        CAPTURES.columns,
        "fetch_time",
        ("portal", "record_id"),
        f"restriction IS NULL AND {_SHOWN} AND {_REPEATS_NONE}",
    ),
    Content("listings", LISTINGS.row, LISTINGS.columns, "fetch_time", ("portal", "record_id"), _SHOWN, _LARGE),
    Content(
        "gaps",
        GAPS.row,
        (
            *GAPS.columns,
            Column("night", pa.date32(), "Local date of the crawl's planned start."),
            Column("open", pa.bool_(), "Whether nothing has been read of it since."),
        ),
        "listed_at",
        ("portal", "article_id"),
        _NO_EVIDENCE,
    ),
    Content("crawls", CRAWLS.row, CRAWLS.columns, "committed_at", ("portal", "crawl"), "true"),
)

_READINGS = {"articles", "versions"}
"""Tables whose columns of order are a key; in all others, whatever else a row has comes after them."""


def preparations(limits: Limits) -> list[str]:
    """Tables that `select` and `minutes` need, made of the views: which readings are in the release, without their texts."""
    reading = f"{_SHOWN} AND {condition_of('fetch_time', limits)}"
    return [
        "CREATE TEMP TABLE withheld AS SELECT record_id, content_digest FROM captures WHERE restriction IS NOT NULL",
        "CREATE TEMP TABLE withheld_ids AS SELECT coalesce(list(record_id), []) AS ids FROM withheld",
        f"CREATE TEMP TABLE latest AS SELECT {_KEY}, state, last_confirmed_at FROM articles WHERE {reading}",  # noqa: S608 - ours
        f"CREATE TEMP TABLE numbered AS SELECT {_KEY}, version FROM versions WHERE {reading}",  # noqa: S608 - ours
    ]


def rows_of(content: Content, limits: Limits) -> str:
    """The rows of a table, as SQL; in no order, and with what is withheld inside them."""
    source = content.source or f"SELECT * FROM {content.name}"  # noqa: S608 - ours
    return f"(SELECT * FROM ({source}) WHERE {content.shown} AND {condition_of(content.time, limits)})"  # noqa: S608 - ours


def minutes(content: Content, limits: Limits) -> str:
    """How many rows each minute has, as SQL: minute and count, in order; null last."""
    minute = f"date_trunc('minute', {content.time})"
    return f"SELECT {minute} AS minute, count(*) AS n FROM {rows_of(content, limits)} GROUP BY 1 ORDER BY 1"  # noqa: S608 - ours


def select(content: Content, limits: Limits, start: datetime | None, end: datetime | None) -> str:
    """The rows of a slice of time in their order, as SQL; `start` None are the rows without a time, `end` None has no end."""
    within = f"{content.time} >= {_literal(start)}" if start else f"{content.time} IS NULL"
    within += f" AND {content.time} < {_literal(end)}" if end else ""
    columns = ", ".join(_shown(column) for column in content.columns)
    source = f"{rows_of(content, limits)}, withheld_ids WHERE {within}"
    return f"SELECT {columns} FROM {source} ORDER BY {', '.join(_order(content))}"  # noqa: S608 - ours


def condition_of(time: str, limits: Limits) -> str:
    """The condition that a release's limits put on rows; `time` is their column of time."""
    parts = ["true"]
    if limits.start:
        parts.append(f"{time} >= {_literal(limits.start)}")
    if limits.portals:
        parts.append(f"portal IN ({', '.join(quoted(portal) for portal in limits.portals)})")
    return " AND ".join(parts)


def quoted(text: str) -> str:
    """A text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"


def _literal(moment: datetime) -> str:
    return f"TIMESTAMPTZ '{iso(moment)}'"


def _shown(column: Column) -> str:
    if column.name in ("images", "attachments") and pa.types.is_list(column.type):
        kept = "lambda i: NOT coalesce(list_contains(ids, i.record_id), false)"
        return f"list_filter({column.name}, {kept}) AS {column.name}"
    return f'"{column.name}"'


def _order(content: Content) -> list[str]:
    names = [content.time, *content.order]
    if content.name not in _READINGS:
        names += [column.name for column in content.columns if column.name not in names]
    return [f'"{name}"' for name in names]
