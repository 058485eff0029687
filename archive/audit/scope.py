"""What of a store an audit looks at: all of it, a portal, a crawl, a file, or what one article rests on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.dataset as ds

from archive.audit.files import Files
from archive.audit.finding import Findings
from archive.audit.rows import BROKEN, table
from archive.errors import Misuse, UnknownArticle
from archive.url import canonical

if TYPE_CHECKING:
    from archive.audit.reading import Work


@dataclass(frozen=True, slots=True)
class Scope:
    """One of these at most; nothing: the whole store.  `file` is as rows name it, or its last part alone."""

    portal: str | None = None
    crawl: str | None = None
    file: str | None = None
    article: str | None = None


@dataclass(frozen=True, slots=True)
class Selected:
    """The files and crawls that a scope comes to; None: all of them.  `article` is the id of the one that is asked about."""

    files: frozenset[str] | None = None
    crawls: frozenset[str] | None = None
    portal: str | None = None
    article: str | None = None
    one_file: str | None = None

    @property
    def whole(self) -> bool:
        """Whether it is the whole store."""
        return self.files is None and self.portal is None

    def file(self, name: str) -> bool:
        """Whether a file (relative to `warc/`) is in it."""
        if self.portal is not None:
            return name.split("/")[0] == self.portal
        return self.files is None or name in self.files

    def crawl(self, crawl: str, portal: str) -> bool:
        """Whether a crawl is in it."""
        if self.portal is not None:
            return portal == self.portal
        return self.crawls is None or crawl in self.crawls

    def manifests(self, db: sqlite3.Connection) -> frozenset[int]:
        """The numbers of the manifests of its crawls."""
        rows = db.execute("SELECT number, crawl, portal FROM manifests")
        return frozenset(number for number, crawl, portal in rows if self.crawl(crawl or "", portal or ""))

    def work(self, db: sqlite3.Connection, versions: Mapping[str, int]) -> Iterator[Work]:
        """The crawls to be read again, each with its files."""
        from archive.audit.reading import Work

        crawls = db.execute(
            "SELECT crawl, portal, version, committed FROM crawls WHERE action = 'crawl' ORDER BY committed"
        ).fetchall()
        for crawl, portal, version, committed in crawls:
            if crawl is None or portal is None or committed is None or not self.crawl(crawl, portal):
                continue
            named = db.execute(
                "SELECT DISTINCT n.name FROM named n JOIN manifests m ON m.number = n.manifest JOIN files f ON f.name = n.name "
                "WHERE m.crawl = ? AND m.kind = 'crawl' ORDER BY n.name",
                (crawl,),
            )
            names = tuple(name for (name,) in named)
            yield Work(crawl, portal, version, committed, names, versions, self.article, self.one_file)


@dataclass(slots=True)
class _Rests:
    """What an article rests on."""

    ids: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    crawls: set[str] = field(default_factory=set)


def selected(scope: Scope, root: Path, db: sqlite3.Connection, there: Files, versions: Mapping[str, int]) -> Selected:
    """What a scope comes to in this store.  Misuse where the store has nothing of that name."""
    if scope.portal is not None:
        named = db.execute("SELECT 1 FROM manifests WHERE portal = ?", (scope.portal,)).fetchone()
        if not named and not any(name.startswith(f"{scope.portal}/") for name in there.sealed):
            raise Misuse(f"the store has nothing of portal {scope.portal}", "luutru snapshots tells whose it has")
        return Selected(portal=scope.portal)
    if scope.crawl is not None:
        return _crawl(scope.crawl, db, there)
    if scope.file is not None:
        return _file(scope.file, db, there)
    if scope.article is not None:
        found = _article(scope.article, root, versions)
        crawls = frozenset(found.crawls)
        files = _files_of(db, crawls, there)
        return Selected(files, crawls, article=next(iter(found.ids)))
    return Selected()


def _crawl(crawl: str, db: sqlite3.Connection, there: Files) -> Selected:
    if not db.execute("SELECT 1 FROM manifests WHERE crawl = ?", (crawl,)).fetchone():
        raise Misuse(f"no manifest is of a crawl {crawl}", 'luutru query "SELECT crawl FROM crawls" lists them')
    return Selected(_files_of(db, frozenset({crawl}), there), frozenset({crawl}))


def _file(name: str, db: sqlite3.Connection, there: Files) -> Selected:
    found = [one for one in there.sealed if one == name or one.rsplit("/", 1)[-1] == name]
    if len(found) != 1:
        raise Misuse(f"the store has no file of captures called {name!r}", "Name it as PORTAL/NAME.warc.gz")
    rows = db.execute(
        "SELECT m.crawl FROM named n JOIN manifests m ON m.number = n.manifest WHERE n.name = ?", (found[0],)
    )
    crawls = frozenset(str(crawl) for (crawl,) in rows if crawl is not None)
    return Selected(_files_of(db, crawls, there) | {found[0]}, crawls, one_file=found[0])


def _files_of(db: sqlite3.Connection, crawls: frozenset[str], there: Files) -> frozenset[str]:
    names: set[str] = set()
    for crawl in crawls:
        rows = db.execute(
            "SELECT DISTINCT n.name FROM named n JOIN manifests m ON m.number = n.manifest WHERE m.crawl = ?", (crawl,)
        )
        names.update(name for (name,) in rows if name in there.sealed)
    return frozenset(names)


def _article(name: str, root: Path, versions: Mapping[str, int]) -> _Rests:
    at = versions.get("articles")
    rows = table(root, "articles", at, Findings()) if at is not None else None
    found = _Rests()
    if rows is not None:
        try:
            address = canonical(name)
        except ValueError:
            address = name
        url = ds.field("url")
        asked = (ds.field("article_id") == name) | (url == address) | (url == name) | (ds.field("url_original") == name)
        try:
            for batch in rows.scanner(columns=["article_id", "crawl"], filter=asked).to_batches():
                for row in batch.to_pylist():
                    found.ids.add(str(row["article_id"]))
                    found.crawls.add(str(row["crawl"]))
        except BROKEN as error:
            raise Misuse(f"the table of articles does not read: {error}", "Audit the whole store") from error
    if len(found.ids) != 1:
        raise UnknownArticle(f"no article {name!r} in {root}", "Give its whole id, or its URL")
    return found
