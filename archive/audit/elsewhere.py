"""Records that revisits repeat and that lie in files which are not examined: looked up by the ledgers of their portal."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from archive.audit.book import Book
from archive.audit.facts import at
from archive.audit.files import Files, inside
from archive.audit.finding import Checked, Findings
from archive.audit.gather import Gatherer
from archive.audit.scratch import key
from archive.errors import BrokenWarc
from archive.warc.ledger import SUFFIX


def fetch(root: Path, there: Files, examined: set[str], db: sqlite3.Connection) -> None:
    """Puts what revisits repeat into the scratch, each record only if it is the one that its ledger tells of."""
    rows = db.execute(
        "SELECT DISTINCT r.file, r.refers FROM records r LEFT JOIN records t ON t.id = r.refers "
        "WHERE r.refers IS NOT NULL AND t.id IS NULL"
    )
    wanted: dict[str, set[bytes]] = {}
    for file, refers in rows.fetchall():
        wanted.setdefault(file.split("/")[0], set()).add(refers)
    for portal, ids in wanted.items():
        for name in sorted(there.sealed.keys() - examined):
            if ids and name.startswith(f"{portal}/"):
                _from(root / "warc" / name, name, ids, db)


def _from(path: Path, name: str, ids: set[bytes], db: sqlite3.Connection) -> None:
    book = inside(path.parent, path.name + SUFFIX)
    if book is None:
        return
    gatherer = Gatherer(str(path), name, db, Findings(), Checked())
    with path.open("rb") as file:
        for entry in Book(book, name, Findings()).entries():
            if key(entry.id) not in ids:
                continue
            try:
                facts = at(file, entry.offset, name)
            except BrokenWarc:
                continue
            if facts is not None and facts.sha256 == entry.sha256:
                ids.discard(key(entry.id))
                gatherer.take(facts)
    gatherer.end()
    db.execute("DELETE FROM lines")
