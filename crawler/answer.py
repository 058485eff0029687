"""A query's answer for people and programs: table, csv, json, parquet; read as it comes, and whole in its file or not there."""

from __future__ import annotations

import csv
import json
import math
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from archive.errors import BrokenQuery, Misuse, unwritable
from archive.tables.question import source
from archive.tables.statement import Answer

ROWS = 10_000
"""Rows of a table at most: its columns are as wide as their widest cell, so it must be known whole."""

_CELL = 60
_GROUP = 64 * 1024 * 1024

Row = dict[str, Any]


def write(answer: Answer, form: str, out: Path | None) -> None:
    """Writes the answer to `out`, else to stdout; parquet has its source in its metadata, `table` below it, and for csv and
    json it stands in OUT.meta.json or on stderr.

    Times are RFC 3339 in UTC; nested values are JSON in csv and table.  Without a whole answer a file is left as it was.
    """
    checked(form, out)
    said = source(answer)
    try:
        if out is None:
            _text(answer, form, sys.stdout)
            if form != "table":
                _say(said)
            return
        with _whole(out) as path:
            if form == "parquet":
                _parquet(answer, path)
            else:
                with path.open("w", encoding="utf-8", newline="") as file:
                    _text(answer, form, file)
        if form in ("csv", "json") and part_of(out) == out:
            _say(said)
        elif form in ("csv", "json"):
            with _whole(out.with_name(f"{out.name}.meta.json")) as path:
                path.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", "utf-8")
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno is None:  # DuckDB's, by way of Arrow
            raise
        raise unwritable(error, out or Path("stdout")) from error


def checked(form: str, out: Path | None) -> None:
    """Misuse where an answer cannot be written so."""
    if form not in FORMS:
        raise Misuse(f"no format {form!r}", "There are table, csv, json and parquet")
    if form == "parquet" and out is None:
        raise Misuse("parquet needs a file", "Name one with --out")


def part_of(out: Path) -> Path:
    """The file that grows beside `out` and takes its name in the end; `out` itself where that is a link, or no file: the
    name /dev/stdout is not ours to take.
    """
    return out if out.is_symlink() or (out.exists() and not out.is_file()) else out.with_name(f"{out.name}.part")


def plain(value: object) -> object:
    """A value as JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def as_table(names: list[str], rows: list[Row], file: TextIO, *, more: bool = False, below: str = "") -> None:
    """Rows in columns, then what is said `below`, then their number; `more` where there were more of them than stand here."""
    if names == ["explain_key", "explain_value"]:  # a plan is a drawing
        file.write("".join(f"{row['explain_value']}\n" for row in rows))
        file.write(below)
        return
    cells = [[_cell(value) for value in row.values()] for row in rows]
    short = [
        [" ".join(c.split())[: _CELL - 1] + "…" if len(c) > _CELL else " ".join(c.split()) for c in row]
        for row in cells
    ]
    widths = [max([len(name), *(len(row[i]) for row in short)]) for i, name in enumerate(names)]
    for row in [names, ["-" * width for width in widths], *short]:
        file.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n")
    file.write(below)
    if more:
        file.write(f"(the first {len(cells)} rows; luutru query --format csv, json or parquet has all)\n")
    else:
        file.write(f"({len(cells)} rows)\n" if len(cells) != 1 else "(1 row)\n")


def first(answer: Answer, count: int = ROWS) -> tuple[list[Row], bool]:
    """The first rows of an answer, and whether there are more."""
    rows: list[Row] = []
    for row in _rows(answer):
        if len(rows) == count:
            return rows, True
        rows.append(row)
    return rows, False


@contextmanager
def _whole(out: Path) -> Iterator[Path]:
    part = part_of(out)
    try:
        yield part
        if part != out:
            os.replace(part, out)
    except BaseException:
        if part != out:
            part.unlink(missing_ok=True)
        raise


def _rows(answer: Answer) -> Iterator[Row]:
    for batch in answer.batches:
        for row in batch.to_pylist():
            yield {key: plain(value) for key, value in row.items()}


def _parquet(answer: Answer, path: Path) -> None:
    try:
        with pq.ParquetWriter(path, answer.schema, compression="zstd") as writer:
            held: list[pa.RecordBatch] = []
            for batch in answer.batches:
                held.append(batch)
                if sum(one.nbytes for one in held) > _GROUP:
                    writer.write_table(pa.Table.from_batches(held, answer.schema))
                    held = []
            writer.write_table(pa.Table.from_batches(held, answer.schema))
    except pa.ArrowNotImplementedError as error:
        said = str(error).splitlines()[0]
        raise BrokenQuery(f"parquet cannot hold this: {said}", "Cast that column: column::VARCHAR") from error


def _text(answer: Answer, form: str, file: TextIO) -> None:
    _TEXTS[form](answer, file)


def _json(answer: Answer, file: TextIO) -> None:
    comma = "["
    for row in _rows(answer):
        file.write(f"{comma}\n  " + json.dumps(row, ensure_ascii=False, indent=2).replace("\n", "\n  "))
        comma = ","
    file.write("[]\n" if comma == "[" else "\n]\n")


def _csv(answer: Answer, file: TextIO) -> None:
    writer = csv.writer(file)
    writer.writerow(answer.schema.names)
    writer.writerows([_cell(value) for value in row.values()] for row in _rows(answer))


def _table(answer: Answer, file: TextIO) -> None:
    rows, more = first(answer)
    said = source(answer)
    lines = [f"snapshot  {said['snapshot'] or 'none yet'}", f"as of     {said['as_of'] or 'the newest captures'}"]
    lines.append(f"sql       {' '.join((said['sql'] or '').split())}")
    as_table(answer.schema.names, rows, file, more=more, below="".join(f"{line}\n" for line in ["", *lines]))


def _say(said: dict[str, str | None]) -> None:
    as_of = f", as of {said['as_of']}" if said["as_of"] else ""
    sql = " ".join((said["sql"] or "").split())
    print(f"luutru: snapshot {said['snapshot'] or 'none yet'}{as_of}: {sql}", file=sys.stderr)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


_TEXTS: dict[str, Callable[[Answer, TextIO], None]] = {"table": _table, "csv": _csv, "json": _json}
FORMS = (*_TEXTS, "parquet")
