"""One table as one Parquet file, the same bytes wherever and whenever it is written of the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def write(
    path: Path, schema: pa.Schema, batches: Iterator[pa.RecordBatch], group: int, notes: Mapping[str, str]
) -> int:
    """Writes the batches, in groups of so many rows, and returns how many rows there were.

    `notes` become the file's key-value metadata.  What is held in memory is one group.
    """
    rows = 0
    noted = schema.with_metadata(dict(notes))
    with pq.ParquetWriter(
        path,
        noted,
        compression="zstd",
        compression_level=3,
        write_page_index=True,
        use_content_defined_chunking=True,
    ) as writer:
        for table in _groups(noted, batches, group):
            writer.write_table(table, row_group_size=group)
            rows += table.num_rows
    return rows


def _groups(schema: pa.Schema, batches: Iterator[pa.RecordBatch], group: int) -> Iterator[pa.Table]:
    """Tables of `group` rows each, the last one of fewer, whatever the sizes of the batches; each column in one piece."""
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        rest = batch
        while count + rest.num_rows >= group:
            held.append(rest.slice(0, group - count))
            yield _whole(schema, held)
            rest = rest.slice(group - count)
            held, count = [], 0
        if rest.num_rows:
            held.append(rest)
            count += rest.num_rows
    if held:
        yield _whole(schema, held)


def _whole(schema: pa.Schema, batches: list[pa.RecordBatch]) -> pa.Table:
    return pa.Table.from_batches(batches).cast(schema).combine_chunks()
