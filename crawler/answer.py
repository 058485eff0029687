"""A query's answer for people and programs: table, csv, json, parquet."""

from __future__ import annotations

import csv
import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from archive.errors import Misuse, unwritable

_CELL = 60


def write(answer: pa.Table, form: str, out: Path | None) -> None:
    """Writes the answer to `out`, else to stdout.  Times are RFC 3339 in UTC; nested values are JSON in csv and table."""
    if form not in ("table", "csv", "json", "parquet"):
        raise Misuse(f"no format {form!r}", "There are table, csv, json and parquet")
    try:
        if form == "parquet":
            if out is None:
                raise Misuse("parquet needs a file", "Name one with --out")
            pq.write_table(answer, out, compression="zstd")
            return
        if out is None:
            _text(answer, form, sys.stdout)
            return
        with out.open("w", encoding="utf-8", newline="") as file:
            _text(answer, form, file)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritable(error, out or Path("stdout")) from error


def plain(value: object) -> object:
    """A value as JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _text(answer: pa.Table, form: str, file: TextIO) -> None:
    rows = [plain(row) for row in answer.to_pylist()]
    if form == "json":
        file.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return
    cells = [[_cell(value) for value in row.values()] for row in rows if isinstance(row, dict)]
    if form == "csv":
        writer = csv.writer(file)
        writer.writerow(answer.column_names)
        writer.writerows(cells)
        return
    _table(answer.column_names, cells, file)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _table(names: list[str], cells: list[list[str]], file: TextIO) -> None:
    short = [
        [" ".join(c.split())[: _CELL - 1] + "…" if len(c) > _CELL else " ".join(c.split()) for c in row]
        for row in cells
    ]
    widths = [max([len(name), *(len(row[i]) for row in short)]) for i, name in enumerate(names)]
    for row in [names, ["-" * width for width in widths], *short]:
        file.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n")
    file.write(f"({len(cells)} rows)\n" if len(cells) != 1 else "(1 row)\n")
