"""`luutru query` and `luutru sql`: SQL over the views, for programs and for people."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.options import DEFAULT_STORE, AsOfOption, PortalsOption, SnapshotOption, StoreOption, opened, say

if TYPE_CHECKING:
    from archive.errors import LuutruError
    from archive.tables.limits import Limits

TimeoutOption = Annotated[
    float, typer.Option("--timeout", min=0.001, help="Seconds that an answer may take, until it is written.")
]
MemoryOption = Annotated[
    str, typer.Option("--memory", help="Memory that a query may use: 512MB, 2GB; nothing is spilled to disk.")
]


def query(
    sql: Annotated[
        str, typer.Argument(help="One SELECT over the views articles, versions, images, captures, crawls …")
    ],
    store: StoreOption = DEFAULT_STORE,
    snapshot: SnapshotOption = None,
    as_of: AsOfOption = None,
    form: Annotated[str, typer.Option("--format", help="table (10,000 rows at most), csv, json or parquet.")] = "table",
    out: Annotated[Path | None, typer.Option(help="The file to write; needed for parquet.")] = None,
    timeout: TimeoutOption = 60.0,
    memory: MemoryOption = "2GB",
    _folders: PortalsOption = None,
) -> None:
    """Ask the tables with SQL (DuckDB): read-only, without files and network.  The answer says which snapshot it is of."""
    from archive.tables.at import at
    from archive.tables.question import asked
    from archive.tables.views import connection
    from crawler.answer import checked, part_of, write
    from crawler.interruption import interruptible

    checked(form, out)
    part = part_of(out) if out is not None else None
    limits = _limits(timeout, memory, part if part != out else None)
    found = opened(store)
    place = at(found, snapshot, as_of)
    with connection(found, place, limits.memory) as views:

        def work() -> None:
            with asked(views, sql, place, limits) as answer:
                write(answer, form, out)

        interruptible(views, work)


def sql(
    store: StoreOption = DEFAULT_STORE,
    snapshot: SnapshotOption = None,
    as_of: AsOfOption = None,
    timeout: TimeoutOption = 60.0,
    memory: MemoryOption = "2GB",
    _folders: PortalsOption = None,
) -> None:
    """Ask question after question of one snapshot.  A statement ends with `;`, .help tells the rest; stdin may be a pipe."""
    from archive.tables.at import at
    from crawler.prompt import run

    limits = _limits(timeout, memory, None)
    found = opened(store)
    code = run(found, at(found, snapshot, as_of), limits)
    if code:
        raise typer.Exit(code)


def _limits(timeout: float, memory: str, part: Path | None) -> Limits:
    from archive.tables.limits import Limits, size

    def stop(error: LuutruError) -> None:
        """Ends the process: nothing is written to a store here, and what grew beside the named file is taken away."""
        if part is not None:
            part.unlink(missing_ok=True)
        say(f"luutru: {error}")
        os._exit(error.exit_code)

    return Limits(timeout, size(memory), stop)
