"""An article's versions and events, and what happened between two snapshots or two readings of the same bytes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from archive.errors import Misuse, UnknownArticle
from archive.store import Store
from archive.tables.at import NOW, At
from archive.tables.content import changed
from archive.tables.past import plain
from archive.tables.rows import Json
from archive.tables.views import ask, connect
from archive.url import canonical

_BATCH = 100
_READ_BY_BOTH = """
SELECT a AS former, b AS present FROM readings a JOIN readings b USING (record_id)
WHERE a.extractor_version = $old AND b.extractor_version = $new AND a.text_hash <> b.text_hash
ORDER BY b.portal, b.url, b.fetch_time"""
_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: `sign` is a space where it stands in both texts, - where it went, + where it came."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a version beside the version before, word by word; `field` is images or attachments for their lists."""

    field: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """A version's row, and what it changed of the one before; nothing for the first."""

    row: Json
    changes: tuple[Change, ...]


def find(store: Store, name: str, at: At = NOW) -> dict[str, Any]:
    """The article with this id (or the beginning of it, where that is enough) or URL; UnknownArticle where there is none."""
    sql = "SELECT * FROM articles WHERE article_id = ? OR url = ? OR url_original = ?"
    rows = ask(store, sql, name, canonical(name), name, at=at)
    if not rows and len(name) >= 4:
        rows = ask(store, "SELECT * FROM articles WHERE starts_with(article_id, ?)", name, at=at)
    if not rows:
        raise UnknownArticle(
            f"no article {name!r} in {store.root}", 'luutru query "SELECT article_id, title FROM articles"'
        )
    if len(rows) > 1:
        ids = ", ".join(row["article_id"] for row in rows)
        raise UnknownArticle(f"several articles answer to {name!r}: {ids}", "Give the whole id")
    return rows[0]


def versions(store: Store, article: str, at: At = NOW) -> list[Version]:
    """The versions of the article with this id, oldest first."""
    rows = ask(store, "SELECT * FROM versions WHERE article_id = ? ORDER BY version", article, at=at)
    return [Version(row, changes(former, row) if former else ()) for former, row in _with_former(map(plain, rows))]


def events(store: Store, article: str, at: At = NOW) -> list[dict[str, Any]]:
    """What happened to an article, oldest first."""
    return ask(
        store, "SELECT * FROM events WHERE article_id = ? ORDER BY not_after, confirmations, event", article, at=at
    )


def changes(former: Json, row: Json) -> tuple[Change, ...]:
    """What a row of articles says otherwise than a former one, field by field."""
    return tuple(Change(name, tuple(words(_text(former, name), _text(row, name)))) for name in changed(former, row))


def words(before: str, after: str) -> Iterator[Piece]:
    """Two texts beside each other, word by word; the white space belongs to what follows it."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(" ", "".join(old[a:b]))
            continue
        if a < b:
            yield Piece("-", "".join(old[a:b]))
        if c < d:
            yield Piece("+", "".join(new[c:d]))


def between(store: Store, first: At, second: At) -> list[dict[str, Any]]:
    """The events that the snapshots after `first` up to `second` brought, oldest first, with the articles' titles."""
    known = [row["snapshot_id"] for row in ask(store, "SELECT snapshot_id FROM snapshots", at=first)]
    return ask(
        store,
        "SELECT e.*, a.title FROM events e LEFT JOIN articles a USING (article_id) "
        "WHERE NOT list_contains(?, e.snapshot_id) ORDER BY e.not_after, e.portal, e.event, e.url",
        known,
        at=second,
    )


def readings(store: Store, old: str, new: str) -> Iterator[dict[str, Any]]:
    """Captures that two extractor versions read differently: the record, the article, the fields, and both texts of each.

    Both versions have to have rows; Misuse where one has none.
    """
    there = ask(store, "SELECT extractor_version AS v, count(*) AS n FROM readings GROUP BY 1 ORDER BY 1")
    one, other = (_one(name, [str(row["v"]) for row in there]) for name in (old, new))
    with connect(store) as sql:
        pairs = sql.sql(_READ_BY_BOTH, params={"old": one, "new": other}).to_arrow_reader(_BATCH)
        for batch in pairs:
            for row in batch.to_pylist():
                before, after = plain(row["former"]), plain(row["present"])
                yield {
                    "record_id": after["record_id"],
                    "article_id": after["article_id"],
                    "portal": after["portal"],
                    "url": after["url"],
                    "fields": {
                        name: {"old": _text(before, name), "new": _text(after, name)} for name in changed(before, after)
                    },
                }


def _one(name: str, there: Sequence[str]) -> str:
    found = [version for version in there if version == name or version.endswith(name)]
    if len(found) != 1:
        what = f"no reading by extractor {name!r}" if not found else f"several extractors end with {name!r}"
        raise Misuse(what, f"There are: {', '.join(there) or 'none'}")
    return found[0]


def _with_former(rows: Iterator[Json]) -> Iterator[tuple[Json | None, Json]]:
    former: Json | None = None
    for row in rows:
        yield former, row
        former = row


def _text(row: Json, name: str) -> str:
    if name in ("published", "modified"):
        return str(row.get(f"{name}_at") or row.get(f"{name}_date") or "")
    value = row[name]
    if name in ("images", "attachments"):
        assert isinstance(value, list)
        return "\n".join(_item(item) for item in value)
    return "" if value is None else str(value)


def _item(item: Json) -> str:
    told = [str(item[key]) for key in ("caption", "credit", "name") if item.get(key)]
    digest = str(item["content_digest"] or "never fetched")
    return " | ".join([str(item["url"]), *told, digest])
