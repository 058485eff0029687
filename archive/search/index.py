"""The index in its folder: what a document is, how it is opened, and how it is brought up to what the tables hold.

A document is one content of one article: readings that say the same share it.  It carries the article's whole timeline,
so that it tells by itself whether it is what was known of the article at a snapshot and a time.  An article of which a
snapshot brings a reading is written anew, all its documents at once.  Beside them, in the same commit, stands a mark for
each snapshot that is covered: a commit that a crash breaks off leaves the index as it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import tantivy

from archive.search.terms import EXACT, FOLDED, folded
from archive.store import Store
from archive.tables.at import At
from archive.tables.views import connect

FORMAT = 1
"""Counts on with every change of the schema, of the analyzers or of what a document holds: an older index is made anew."""

FIELDS = ("title", "lead", "captions", "body")
"""What can be searched; each has a twin that ends in FOLDED_TWIN."""

FOLDED_TWIN = "_folded"

_HEAP = 64 * 1024 * 1024
_ROWS = 1000
_FORMAT_MARK = f"format {FORMAT}"
_SNAPSHOT_MARK = "snapshot "

# What an article says is told by text_hash; address and category are no part of it.  Texts are not joined to this table:
# DuckDB takes an Arrow dataset for the smaller side, and would hold all of them.
_WANTED = """
    CREATE TABLE wanted AS WITH light AS MATERIALIZED (
        SELECT article_id, snapshot_id, record_id, fetch_time, committed_at,
            md5_number_lower(
                to_json({'said': coalesce(text_hash, snapshot_id || record_id), 'at': url, 'in': category})::VARCHAR
            ) AS content
        FROM readings JOIN snapshots USING (snapshot_id)
        WHERE article_id IN (SELECT article_id FROM readings WHERE list_contains($1, snapshot_id))
    ), timelines AS (
        SELECT article_id,
            list((content, epoch_us(fetch_time), epoch_us(committed_at)) ORDER BY fetch_time, committed_at, content)
                AS timeline
        FROM light GROUP BY article_id
    ), chosen AS (
        SELECT article_id, content, min({'snapshot_id': snapshot_id, 'record_id': record_id}) AS pick
        FROM light GROUP BY article_id, content
    )
    SELECT article_id, pick.snapshot_id AS snapshot_id, pick.record_id AS record_id, content, timeline
    FROM chosen JOIN timelines USING (article_id)"""
_FOUND = """
    SELECT article_id, snapshot_id, record_id, content, timeline FROM wanted
    WHERE record_id IN (SELECT unnest($1))"""
_TEXTS = """
    SELECT article_id, snapshot_id, record_id, portal, url, title, lead, body, category, published_at, published_date,
        list_transform(list_filter(images, lambda i: i.caption IS NOT NULL), lambda i: i.caption) AS captions
    FROM readings"""


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in FIELDS:
        builder.add_text_field(field, stored=True, tokenizer_name="exact")
        builder.add_text_field(field + FOLDED_TWIN, tokenizer_name="folded")
    for field in ("mark", "article_id", "portal", "category"):
        builder.add_text_field(field, stored=field == "article_id", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    builder.add_integer_field("rank", fast=True)
    builder.add_integer_field("committed", indexed=True, fast=True)
    builder.add_integer_field("fetched", indexed=True, fast=True)
    builder.add_bytes_field("detail", stored=True)
    return builder.build()


SCHEMA = _schema()


def _registered(index: tantivy.Index) -> tantivy.Index:
    index.register_tokenizer("exact", EXACT)
    index.register_tokenizer("folded", FOLDED)
    return index


def open_index(folder: Path) -> tantivy.Index:
    """The index in a folder, ready to be searched; ValueError or OSError where there is none that reads."""
    index = tantivy.Index.open(str(folder))
    index.config_reader(reload_policy="manual")  # no thread that watches the folder
    return _registered(index)


def covered(searcher: tantivy.Searcher) -> set[str]:
    """The snapshots that the index holds; ValueError where it is of another format."""
    marks = {mark for mark, _ in searcher.terms_with_prefix("mark", "")}
    if _FORMAT_MARK not in marks:
        raise ValueError("the index is of another format")
    return {mark.removeprefix(_SNAPSHOT_MARK) for mark in marks if mark.startswith(_SNAPSHOT_MARK)}


def extend(index: tantivy.Index, store: Store, snapshots: Sequence[str], last: str, *, new: bool) -> None:
    """Adds snapshots of the store to the index in one commit, or all of them to a `new` one.

    `last` is the store's newest snapshot: what is committed after it is left for the next time, since the tables are not
    opened at one moment.
    """
    writer = index.writer(heap_size=_HEAP, num_threads=1)
    try:
        with connect(store, At(last)) as sql:
            sql.execute(_WANTED, [list(snapshots)])
            if not new:
                for (article,) in sql.execute("SELECT DISTINCT article_id FROM wanted").fetchall():
                    writer.delete_documents_by_term("article_id", article)
            for row in _rows(sql):
                writer.add_document(_document(row))
        for mark in (*([_FORMAT_MARK] if new else ()), *(_SNAPSHOT_MARK + snapshot for snapshot in snapshots)):
            document = tantivy.Document()
            document.add_text("mark", mark)
            writer.add_document(document)
        writer.commit()
    finally:
        writer.wait_merging_threads()  # ends the writer too, and with it its lock


def _rows(sql: duckdb.DuckDBPyConnection) -> Iterator[Mapping[str, Any]]:
    """The readings that documents are made of, each with its content and timeline, a batch at a time."""
    beside = sql.cursor()
    for batch in sql.sql(_TEXTS).to_arrow_reader(_ROWS):
        records = batch.column("record_id").to_pylist()
        keys = list(
            zip(batch.column("article_id").to_pylist(), batch.column("snapshot_id").to_pylist(), records, strict=True)
        )
        found = {row[:3]: row[3:] for row in beside.execute(_FOUND, [records]).fetchall()}
        chosen = [number for number, key in enumerate(keys) if key in found]
        for number, row in zip(chosen, batch.take(pa.array(chosen, pa.int64())).to_pylist(), strict=True):
            content, timeline = found.pop(keys[number], (None, None))  # once, though a row should stand twice
            if content is not None:
                yield row | {"content": content, "timeline": timeline}


def new_index(folder: Path) -> tantivy.Index:
    """An index without documents in an empty folder, which covers nothing until `extend`."""
    return _registered(tantivy.Index(SCHEMA, path=str(folder), reuse=False))


def detail(document: tantivy.Document) -> dict[str, Any]:
    """What a document carries beside its text: url, portal, published, category, and timeline (see `known_at`)."""
    found: dict[str, Any] = json.loads(bytes(document.get_first("detail") or b"{}"))
    return found


def known_at(timeline: Iterable[Sequence[int]], committed: int | None, fetched: int | None) -> bool:
    """Whether a document is what was known: the newest reading of its article that was committed and fetched by then is its.

    A timeline is [fetched, committed, own] for each reading, in that order; times are microseconds since 1970, own is 1
    where the reading says what the document says; None is no limit.
    """
    newest = 0
    for at_fetch, at_commit, own in timeline:
        if (committed is None or at_commit <= committed) and (fetched is None or at_fetch <= fetched):
            newest = own
    return bool(newest)


def _document(row: Mapping[str, Any]) -> tantivy.Document:
    document = tantivy.Document()
    texts = {name: [row[name]] for name in ("title", "lead", "body")} | {"captions": row["captions"] or []}
    for name, values in texts.items():
        for value in values:
            if value:
                document.add_text(name, value)
                document.add_text(name + FOLDED_TWIN, value)
    timeline = list(_thinned(row["timeline"]))
    own = [(fetch, commit) for content, fetch, commit in timeline if content == row["content"]]
    day: date | None = row["published_date"]
    document.add_text("article_id", row["article_id"])
    document.add_text("portal", row["portal"] or "")
    path: list[str] = row["category"] or []
    for key in dict.fromkeys(folded(part) for part in (*path, " ".join(path))):
        document.add_text("category", key)
    if day:
        document.add_integer("day", day.toordinal())
    document.add_integer("rank", _rank(day.toordinal() if day else own[0][0] // 86_400_000_000 + _EPOCH, row))
    document.add_integer("committed", min(commit for _, commit in own))
    document.add_integer("fetched", min(fetch for fetch, _ in own))
    told = {
        "portal": row["portal"],
        "url": row["url"],
        "published": _published(row),
        "category": path,
        "timeline": [[fetch, commit, int(content == row["content"])] for content, fetch, commit in timeline],
    }
    document.add_bytes("detail", json.dumps(told, ensure_ascii=False).encode("utf-8", "replace"))
    return document


_EPOCH = date(1970, 1, 1).toordinal()


def _thinned(timeline: Iterable[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """The readings without those that say what the one before says and were not committed earlier: they change nothing."""
    last: tuple[int, int, int] | None = None
    for one in timeline:
        if last is None or one[0] != last[0] or one[2] < last[2]:
            yield (last := one)


def _rank(day: int, row: Mapping[str, Any]) -> int:
    """The order of equal scores: by day, and then by a number that is the article's own in every index."""
    own = sha256(f"{row['article_id']} {row['content']}".encode()).digest()
    return (day << 40) | int.from_bytes(own[:5])


def _published(row: Mapping[str, Any]) -> str | None:
    from archive.moment import VIETNAM

    if row["published_at"]:
        return str(row["published_at"].astimezone(VIETNAM).isoformat())
    return row["published_date"].isoformat() if row["published_date"] else None
