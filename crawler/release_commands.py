"""`luutru export` and `luutru compact`: releases of the archive, and the upkeep of its tables."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from crawler.options import (
    DEFAULT_STORE,
    AsOfOption,
    ConfigOption,
    JsonOption,
    PortalsOption,
    SnapshotOption,
    StoreOption,
    day,
    opened,
    print_json,
    say,
)


def export(
    to: Annotated[Path, typer.Option("--to", help="The folder to be made; it may exist where it is empty.")],
    store: StoreOption = DEFAULT_STORE,
    snapshot: SnapshotOption = None,
    as_of: AsOfOption = None,
    portals: Annotated[
        list[str] | None, typer.Option("--portal", help="Only this portal; may be given several times.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Only what was captured from this day (YYYY-MM-DD, Vietnam) on.")
    ] = None,
    with_files: Annotated[
        bool, typer.Option("--with-files", help="Images and attached files too, out of the WARCs.")
    ] = False,
    config: ConfigOption = None,
    _folders: PortalsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a citable release of a snapshot: Parquet files, data dictionary, dataset card, checksums.

    The rights are those that luutru.toml states.
    """
    from archive.release.contents import Limits
    from archive.release.export import export as write
    from archive.tables.at import at
    from crawler import config as configuration

    rights = configuration.read(config).rights
    found = opened(store)
    limits = Limits(day(since, "--since"), tuple(portals or ()))
    done = write(found, to, rights, at(found, snapshot, as_of), limits, with_files=with_files)
    if as_json:
        print_json({"folder": str(to), "snapshot_id": done.release.snapshot, "rows": done.rows})
    say(f"{to}: snapshot {done.release.snapshot}")
    for name, rows in done.rows.items():
        say(f"  {name:<12} {rows:>9} rows")


def compact(
    store: StoreOption = DEFAULT_STORE,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    vacuum: Annotated[
        bool, typer.Option("--vacuum/--no-vacuum", help="Remove files that nothing refers to any more, or leave them.")
    ] = True,
    older_than: Annotated[
        int, typer.Option("--older-than", min=0, help="Remove what has been unreferenced for so many hours.")
    ] = 168,
    _folders: PortalsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make few files of a table's many, and remove those that nothing refers to.  What releases were made of stays."""
    from archive.tables.compaction import compact as run
    from crawler.fetch.progress import size

    done = run(opened(store), vacuum=vacuum, older_than=older_than, dry_run=dry_run)
    if as_json:
        print_json([asdict(one) for one in done])
    for one in done:
        say(f"{one.table}: {one.merged} files into {one.into}; {one.removed} removed, {size(one.freed)}")
        for snapshot in one.lost:
            say(
                f"  the version that the release of {snapshot} was made of is not whole: files of it were removed by others"
            )
    freed = size(sum(one.freed for one in done))
    say(f"{freed} would be freed" if dry_run else f"{freed} freed")
