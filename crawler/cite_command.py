"""`luutru cite`: how an article or a snapshot of the archive is cited."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.errors import BrokenPortal, Misuse, UnknownPortal
from crawler.options import (
    DEFAULT_STORE,
    AsOfOption,
    ConfigOption,
    JsonOption,
    PortalsOption,
    SnapshotOption,
    StoreOption,
    opened,
    portal_called,
    print_json,
)

if TYPE_CHECKING:
    from archive.cite import Citation
    from archive.store import Store
    from archive.tables.at import At
    from crawler.config import Configuration

_SNAPSHOT = re.compile(r"\d{8}T\d{6}Z(-[0-9a-f]*)?", re.ASCII)
_FORMS = ("bibtex", "csl", "pwid", "all")


def cite(
    target: Annotated[str, typer.Argument(help="An article's id or URL, or a snapshot's id.")],
    form: Annotated[str, typer.Option("--format", help="bibtex, csl (CSL-JSON), pwid or all.")] = "all",
    store: StoreOption = DEFAULT_STORE,
    snapshot: SnapshotOption = None,
    as_of: AsOfOption = None,
    folders: PortalsOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print how to cite an article or a snapshot: BibTeX, CSL-JSON, and a PWID (the URN of a capture in a web archive)."""
    from archive.tables.at import at
    from crawler import config as configuration

    if form not in _FORMS:
        raise Misuse(f"no format {form!r}", "There are bibtex, csl, pwid and all")
    found, settings = opened(store), configuration.read(config)
    if _SNAPSHOT.fullmatch(target):
        citation = _snapshot(found, target, settings)
    else:
        citation = _article(found, target, at(found, snapshot, as_of), settings, folders)
    if as_json:
        told = asdict(citation)
        print_json(told if form == "all" else {form: told[form]})
        return
    parts = {
        "bibtex": citation.bibtex,
        "csl": json.dumps([citation.csl], ensure_ascii=False, indent=2) + "\n",
        "pwid": citation.pwid + "\n",
    }
    print("\n".join(parts.values() if form == "all" else [parts[form]]), end="")


def _article(store: Store, name: str, at: At, settings: Configuration, folders: list[Path] | None) -> Citation:
    from archive import cite as citation
    from archive.tables.history import find
    from archive.tables.views import ask

    row = find(store, name, at)
    crawls = ask(store, "SELECT operator FROM crawls WHERE crawl = ? AND operator <> ''", row["crawl"])
    operator = str(crawls[0]["operator"]) if crawls else settings.operator
    return citation.article(row, _called(row["portal"], folders), citation.holder(settings.archive, operator))


def _snapshot(store: Store, name: str, settings: Configuration) -> Citation:
    from archive import cite as citation
    from archive.tables.at import at
    from archive.tables.views import ask

    found = at(store, name).snapshot
    (row,) = ask(store, "SELECT * FROM snapshots WHERE snapshot_id = ?", found)
    rows = ask(store, "SELECT DISTINCT operator FROM crawls WHERE snapshot_id = ? AND operator <> '' ORDER BY 1", found)
    operators = [str(one["operator"]) for one in rows]
    operator = operators[0] if operators else settings.operator
    return citation.snapshot(row, operators, citation.holder(settings.archive, operator))


def _called(portal: str, folders: list[Path] | None) -> str:
    """What people call the portal; its name in the tables where its file is not at hand any more."""
    try:
        return portal_called(portal, folders).title
    except (UnknownPortal, BrokenPortal):
        return portal
