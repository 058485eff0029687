"""Writes a WACZ: files and records as they stand, the index, the pages, and what says of them all what they are."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.errors import UnknownArticle
from archive.release.folder import spill
from archive.store import Store
from archive.tables.views import connect
from archive.wacz.description import description
from archive.wacz.index import BLOCK, PLAIN, Lines, write_blocks, write_plain
from archive.wacz.package import Package
from archive.wacz.pages import write_listings, write_pages
from archive.wacz.place import FILE, unfinished
from archive.wacz.records import NAME as RECORDS
from archive.wacz.records import write_records
from archive.wacz.scope import Scope
from archive.wacz.selection import Selection, Single
from archive.wacz.signature import Key, public
from archive.wacz.source import ARCHIVE, copied, kept_spans, moved_exchanges, safe_name
from archive.wacz.surroundings import ShownWith, add_surroundings
from archive.wacz.targets import Targets

OWN = "luutru"
"""Under this name datapackage.json says which part of which store the file holds."""


_LONGEST_TITLE = 1000


@dataclass(frozen=True, slots=True)
class Done:
    """A WACZ that is written: its pages (articles and listings), lines of its index, WARC files, and what is amiss.

    `lost` are the ids of records that captures in it repeat and that the store does not have any more; `posted` are the
    captures in it that answered a form that was sent back.
    """

    path: Path
    pages: int
    listings: int
    captures: int
    files: int
    bytes: int
    posted: int
    lost: tuple[str, ...]
    public_key: str | None


@dataclass(frozen=True, slots=True)
class Manner:
    """How a WACZ is written: who makes it, when, by whose key; and from how many captures on its index is in blocks."""

    software: str
    created: datetime
    key: Key | None = None
    force: bool = False
    plain: int = PLAIN
    block: int = BLOCK


def write(store: Store, scope: Scope, to: Path, shown_with: ShownWith, manner: Manner) -> Done:
    """Writes the file `to`, whole or not at all.

    `shown_with` reads what a page of an article asks for, so that this can be taken, too.  BrokenWarc where a file of the
    store does not read, UnknownArticle where all of an article is withheld, and what `unfinished` raises.
    """
    with unfinished(to, force=manner.force) as folder, connect(store, spill=spill(folder)) as sql:
        selection = Selection(sql, scope)
        complete(selection, store, scope, shown_with)
        with (folder / FILE).open("wb") as file, Package(file, manner.created) as package:
            return _write(package, selection, store, folder, to, manner)


def _write(package: Package, selection: Selection, store: Store, folder: Path, to: Path, manner: Manner) -> Done:
    scope = selection.scope
    blocks = selection.captures() > manner.plain
    lines = Lines(folder, viewers=blocks)
    _write_files(package, lines, store, selection)
    lost = selection.lost()
    if selection.has_singles():
        told = {"software": manner.software, "description": f"Records taken as they stand: {scope.what}"}
        lost += write_records(package, lines, store, selection.singles(), manner.created, told, folder)
    files = len(package.resources)
    if blocks:
        write_blocks(package, iter(lines), folder, manner.block)
    else:
        write_plain(package, iter(lines), folder)
    told_pages = write_pages(package, selection.sql, folder)
    listings = write_listings(package, selection.sql, scope, folder)
    posted = selection.posted()
    facts: dict[str, object] = {
        "title": scope.title[:_LONGEST_TITLE],
        "description": description(scope.what, posted, len(lost)),
        OWN: scope.facts,
    }
    if not scope.whole and told_pages.url:
        facts |= {"mainPageUrl": told_pages.url, "mainPageDate": told_pages.when}
    return Done(
        path=to,
        pages=told_pages.count,
        listings=listings,
        captures=lines.count,
        files=files,
        bytes=package.finish(facts, manner.software, manner.key),
        posted=posted,
        lost=tuple(lost),
        public_key=public(manner.key) if manner.key else None,
    )


def complete(selection: Selection, store: Store, scope: Scope, shown_with: ShownWith) -> None:
    """Adds what the scope's records need that is not among them."""
    if not scope.whole and not selection.has_singles():
        raise UnknownArticle(f"no capture of {scope.facts['article_id']} may be shown", "It is withheld")
    with closing(Targets(store, scope.portal)) as targets:
        if scope.alone:
            selection.add_files_of_articles()
            add_surroundings(selection, store, targets, shown_with)
        selection.add_targets()
        for target in filter(None, map(targets.target, selection.lost())):
            selection.add(Single(target.warc_filename, target.offset, target.record_id))


def _write_files(package: Package, lines: Lines, store: Store, selection: Selection) -> None:
    taken = {RECORDS}
    for filename in selection.files():
        path = store.warc(filename)
        spans = kept_spans(path, filename, selection.withheld(filename))
        name = safe_name(filename, taken)
        taken.add(name)
        with package.entry(ARCHIVE + name, sum(span.end - span.start for span in spans)) as entry:
            for span in spans:
                copied(path, filename, span, entry)
        for found in moved_exchanges(path, filename, spans, name):
            lines.add(found)
