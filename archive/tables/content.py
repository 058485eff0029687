"""When two readings of an article say the same: a version is a change of this, and of nothing else on the page.

What counts is the text that the page itself says (`text_hash`) and the bytes of its images and files.  Bytes that were
never fetched are unknown, and what is unknown is no change: such a pair is told apart by its address alone, without the
query, in which portals put the time of day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from archive.tables.rows import Json

_FILES = ("images", "attachments")

DIFFERS = """
CREATE MACRO files_differ(former, present) AS coalesce(len(list_filter(list_zip(former, present),
    lambda p: CASE WHEN p[1].digest IS NOT NULL AND p[2].digest IS NOT NULL THEN p[1].digest <> p[2].digest
    ELSE p[1].address IS DISTINCT FROM p[2].address END)) > 0, false);
CREATE MACRO files_of(items) AS
    list_transform(items, lambda i: {digest: i.content_digest, address: split_part(i.url, '?', 1)});
"""
"""`same_content` for SQL: whether two lists of files, each made by files_of, differ."""


def content_hash(row: Json) -> str:
    """sha256 over the text of a joined row and the digests of its images and files, null where never fetched."""
    digests = [[item.get("content_digest") for item in items(row, column)] for column in _FILES]
    return hashlib.sha256(json.dumps([row["text_hash"], *digests]).encode()).hexdigest()


def same_content(known: Json, row: Json) -> bool:
    """Whether a reading says what a former one said."""
    return known["text_hash"] == row["text_hash"] and not any(_differ(known, row, column) for column in _FILES)


def changed(known: Json, row: Json) -> list[str]:
    """The fields in which a joined row says something else than a former one, in the order of the page."""
    before, after = known["field_hashes"], row["field_hashes"]
    assert isinstance(before, Mapping)
    assert isinstance(after, Mapping)
    return [name for name in after if before.get(name) != after[name] or (name in _FILES and _differ(known, row, name))]


def items(row: Json, column: str) -> list[Json]:
    """The structs in a list column; none where it is null."""
    value = row[column]
    return value if isinstance(value, list) else []


def _differ(known: Json, row: Json, column: str) -> bool:
    pairs = zip(items(known, column), items(row, column), strict=False)  # their number is part of the text
    return any(_told_apart(former, present) for former, present in pairs)


def _told_apart(a: Json, b: Json) -> bool:
    before, after = a.get("content_digest"), b.get("content_digest")
    if before is not None and after is not None:
        return before != after
    return str(a["url"]).partition("?")[0] != str(b["url"]).partition("?")[0]
