"""The images and attached files of a release, out of the WARCs, each under its digest and held against it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow as pa

from archive import http1
from archive.block import Block, head
from archive.errors import BrokenHttp, BrokenWarc
from archive.release.contents import CONTENTS, Content, Limits, rows_of
from archive.release.ledger import Entry, Ledger
from archive.release.media import ending
from archive.store import Store
from archive.tables.schema import Column, N, S
from archive.warc.reader import exchange_at
from archive.warc.resolve import target_response
from archive.warc.seen import Seen

_FOLDER = "files"
_BATCH = 1000
_CURE = "Put the WARC back from a copy, or export without --with-files"

FILES = Content(
    "files",
    "A file of images or attachments, by its digest.",
    (
        Column("content_digest", S, "sha256 of the file as it was sent; as in images, attachments and captures."),
        Column("path", S, "Where it lies in this release."),
        Column("bytes", N, "Its length."),
        Column("mime", S, "Media type that the server declared; null where it declared none."),
        Column(
            "content_encoding", S, "How the server had packed it (gzip, br), and it still is; null where it had not."
        ),
        Column("warc_filename", S, "WARC file of the capture that it was taken from."),
        Column("record_id", S, "WARC-Record-ID of that capture."),
    ),
    "content_digest",
    (),
    "true",
)

_WANTED = """
WITH items AS (
    SELECT content_digest, mime FROM {images} UNION ALL SELECT content_digest, mime FROM {attachments}
), wanted AS (
    SELECT content_digest, min(mime) AS mime FROM items WHERE content_digest IS NOT NULL
    AND content_digest NOT IN (SELECT content_digest FROM withheld WHERE content_digest IS NOT NULL) GROUP BY content_digest
), named AS (
    SELECT w.content_digest, w.mime, c.portal, c.method, c.warc_filename, c.warc_record_offset, c.record_id FROM wanted w
    LEFT JOIN captures c ON c.content_digest = w.content_digest
        AND c.record_id NOT IN (SELECT record_id FROM withheld)
        AND c.wire_verdict IN ('ok', 'not-modified') AND c.truncated IS NULL
    QUALIFY row_number() OVER (
        PARTITION BY w.content_digest ORDER BY c.revisit_of IS NOT NULL, c.fetch_time, c.record_id) = 1
)
SELECT * FROM named ORDER BY content_digest
"""


def files(
    store: Store, sql: duckdb.DuckDBPyConnection, limits: Limits, folder: Path, ledger: Ledger
) -> Iterator[pa.RecordBatch]:
    """Writes the files under `folder` and gives the rows of FILES, in the order of digests.

    BrokenWarc, with the name of the WARC, where one cannot be had or is not what its digest says.
    """
    sources = {c.name: rows_of(c, limits) for c in CONTENTS if c.name in ("images", "attachments")}
    with closing(_Blocks(store)) as blocks:
        for batch in sql.sql(_WANTED.format_map(sources)).to_arrow_reader(_BATCH):
            rows = [_file(blocks, row, folder, ledger) for row in batch.to_pylist()]
            yield pa.RecordBatch.from_pylist(rows, FILES.schema)


class _Blocks:
    """The responses of captures, those of revisits from the records that they repeat."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._indexes: dict[str, Seen] = {}

    def of(self, row: dict[str, object]) -> Block:
        """The response block that holds the payload of a row of captures."""
        if row["record_id"] is None:
            raise BrokenWarc(f"no capture in {self._store.root} holds {row['content_digest']}", _CURE)
        name, offset = str(row["warc_filename"]), int(str(row["warc_record_offset"]))
        try:
            record = exchange_at(self._store.warc(name), offset, name).response
            if record is None or record.id != row["record_id"]:
                raise BrokenWarc(f"{name}, offset {offset}: record {row['record_id']} is not there")
            if not record.is_revisit:
                return record.block
            target = self._index(str(row["portal"])).target(record.refers_to)
            if target is None:
                raise BrokenWarc(f"{name}, offset {offset}: it repeats record {record.refers_to}, which is not there")
            return target_response(target, self._store.warcs)
        except BrokenWarc as error:
            raise BrokenWarc(error.what, error.cure or _CURE) from error

    def close(self) -> None:
        """Closes what was opened."""
        for seen in self._indexes.values():
            seen.close()

    def _index(self, portal: str) -> Seen:
        if portal not in self._indexes:
            self._indexes[portal] = Seen(self._store.portal_warcs(portal), self._store.warcs)
        return self._indexes[portal]


def _file(blocks: _Blocks, row: dict[str, object], folder: Path, ledger: Ledger) -> dict[str, object]:
    digest = str(row["content_digest"])
    mime = str(row["mime"]) if row["mime"] is not None else None
    block = blocks.of(row)
    where = f"{row['warc_filename']}, record {row['record_id']}"
    entry, encoding = _write(block, str(row["method"] or "GET"), digest, mime, folder, where)
    ledger.note(entry)
    return {
        "content_digest": digest,
        "path": entry.file,
        "bytes": entry.bytes,
        "mime": mime,
        "content_encoding": encoding,
        "warc_filename": row["warc_filename"],
        "record_id": row["record_id"],
    }


def _write(
    block: Block, method: str, digest: str, mime: str | None, folder: Path, where: str
) -> tuple[Entry, str | None]:
    """Writes the entity of a response under its digest; BrokenWarc where it is another's."""
    try:
        top = http1.parse_head(head(block), method)
    except BrokenHttp as error:
        raise BrokenWarc(f"{where} holds no HTTP", _CURE) from error
    encoding = http1.first(top.headers, "content-encoding")
    temporary = folder / _FOLDER / "part"
    temporary.parent.mkdir(exist_ok=True)
    machine = hashlib.sha256()
    length = 0
    with temporary.open("wb") as out:
        for piece in http1.entity_pieces(block, top, http1.Entity(top)):
            machine.update(piece)
            length += out.write(piece)
    found = machine.hexdigest()
    if f"sha256:{found}" != digest:
        raise BrokenWarc(f"{where} holds sha256:{found}, and not {digest}", _CURE)
    file = f"{_FOLDER}/{found[:2]}/{found}.{ending(mime, encoding)}"
    (folder / file).parent.mkdir(exist_ok=True)
    temporary.rename(folder / file)
    return Entry(file, length, found), encoding
