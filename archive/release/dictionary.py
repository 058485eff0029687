"""The data dictionary of a release: every column of every table, for people (Markdown) and for programs (CSV)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from archive.release.contents import Content
from archive.tables.schema import SCHEMA_VERSION

MARKDOWN, CSV = "DICTIONARY.md", "dictionary.csv"


def markdown(contents: Sequence[Content]) -> str:
    """DICTIONARY.md."""
    out = [
        "# Tables and columns",
        "",
        f"Schema version {SCHEMA_VERSION}. Times are UTC, days are days in Vietnam (Asia/Ho_Chi_Minh), text is NFC. Every "
        "column may be null.",
    ]
    for content in contents:
        out += ["", f"## {content.path}", "", content.row, "", "| column | type | meaning |", "|---|---|---|"]
        out += [f"| `{c.name}` | `{c.type}` | {c.meaning.replace('|', '/')} |" for c in content.columns]
    return "\n".join(out) + "\n"


def table(contents: Sequence[Content]) -> str:
    """dictionary.csv: table, column, type, meaning."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("table", "column", "type", "meaning"))
    for content in contents:
        writer.writerows((content.name, c.name, str(c.type), c.meaning) for c in content.columns)
    return out.getvalue()
