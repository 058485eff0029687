"""What the commands share: their common options, and how they name portals, print and say."""

from __future__ import annotations

import json
import sys
import unicodedata
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.errors import Misuse

if TYPE_CHECKING:
    from archive.store import Store
    from crawler.portals import Portal

StoreOption = Annotated[
    str, typer.Option("--store", envvar="LUUTRU_STORE", help="Folder of the store.", show_default=True)
]
PortalsOption = Annotated[
    list[Path] | None, typer.Option("--portals", help="A folder with more portal files, beside the built-in ones.")
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="luutru.toml; else $LUUTRU_CONFIG, else ./luutru.toml.")
]
ClusterOption = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        envvar="LUUTRU_CLUSTER",
        help="Share the work out over Dask: `local`, or a scheduler's address (tcp://host:8786).",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="The detail as JSON on stdout.")]
SnapshotOption = Annotated[
    str | None,
    typer.Option("--snapshot", help="What was known then: a snapshot's id, or a day (YYYY-MM-DD); else now."),
]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="What was online then: a time (RFC 3339) or a day (YYYY-MM-DD).")
]
DEFAULT_STORE = "data"


def root_of(store: str) -> Path:
    """The folder that --store names."""
    if "://" in store:
        raise Misuse(f"{store} is no folder", "Object stores are not supported yet: name a folder with --store")
    return Path(store)


def opened(store: str) -> Store:
    """The store that --store names; NotAStore where there is none."""
    from archive.store import open_store

    return open_store(root_of(store))


def portal_called(name: str, folders: list[Path] | None) -> Portal:
    """The portal of that name, built in or in one of the folders."""
    from crawler import portals

    return portals.find(name, list(folders or ()))


def day(text: str | None, option: str) -> date | None:
    """The day that an option names; None where it is not given, Misuse where it is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Misuse(f"{text!r} is no day", f"Write {option} as YYYY-MM-DD") from error


def printable(text: str) -> str:
    """The text without characters that a terminal would obey: what it prints, others wrote."""
    return "".join(" " if unicodedata.category(char) in ("Cc", "Cf", "Cs") else char for char in text)


def print_json(value: object) -> None:
    """A command's detail, on stdout."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def say(text: str) -> None:
    """A message, on stderr."""
    print(text, file=sys.stderr)
