"""What a WACZ is made of: a crawl, a portal, or an article; its captures as SQL, and what it is called."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.errors import UnknownCrawl, UnknownPortal
from archive.release.contents import quoted
from archive.store import Store
from archive.tables.history import find
from archive.tables.views import ask


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of the store, all of one portal.

    `captures` is the condition on rows of the view captures, `pages` and `listings` the queries that give the keys of the
    readings and listing pages which become pages of the WACZ (None: there are no listings).  `whole` where the captures are
    those of whole files, `alone` where pages may be shown with captures that are not among them.  `facts` say in
    datapackage.json, under the software's own name, what it is.
    """

    portal: str
    title: str
    what: str
    captures: str
    pages: str
    listings: str | None
    whole: bool
    alone: bool
    facts: dict[str, str]


_MARKUP = re.compile(r"[^\w.-]")
_KEY = "article_id, record_id, snapshot_id"


def crawl(store: Store, name: str) -> Scope:
    """The crawl of this id; UnknownCrawl where none that was committed has it."""
    rows = ask(store, "SELECT portal, night FROM crawls WHERE crawl = ? AND action = 'crawl'", name)
    if not rows:
        raise UnknownCrawl(
            f"no crawl {name!r} in {store.root}", 'luutru query "SELECT crawl, portal, night FROM crawls"'
        )
    portal = str(rows[0]["portal"])
    its = f"crawl = {quoted(name)}"
    return Scope(
        portal=portal,
        title=f"{portal}, crawl {name}",
        what=f"crawl {_plain(name)} of the portal {_plain(portal)} (night of {rows[0]['night']})",
        captures=its,
        pages=f"SELECT {_KEY}, fetch_time FROM readings JOIN snapshots USING (snapshot_id) WHERE {its} "  # noqa: S608 - ours
        "QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY fetch_time DESC, committed_at DESC) = 1",
        listings=its,
        whole=True,
        alone=True,
        facts={"portal": portal, "crawl": name},
    )


def portal(store: Store, name: str) -> Scope:
    """All of a portal's captures, its articles as they were last read; UnknownPortal where the store has none of it."""
    rows = ask(
        store, "SELECT crawl FROM crawls WHERE portal = ? AND action = 'crawl' ORDER BY committed_at DESC LIMIT 1", name
    )
    if not rows:
        raise UnknownPortal(f"no captures of {name} in {store.root}", "luutru snapshots tells whose there are")
    its = f"portal = {quoted(name)}"
    return Scope(
        portal=name,
        title=name,
        what=f"all crawls of the portal {_plain(name)}",
        captures=its,
        pages=f"SELECT {_KEY}, fetch_time FROM articles WHERE {its}",  # noqa: S608 - ours
        listings=f"crawl = {quoted(str(rows[0]['crawl']))}",
        whole=True,
        alone=False,
        facts={"portal": name},
    )


def article(store: Store, name: str) -> Scope:
    """Every capture of an article (by id or URL), those that lead to it by a redirect too; UnknownArticle where it is none."""
    row = find(store, name)
    its = f"portal = {quoted(str(row['portal']))}"
    id_ = quoted(str(row["article_id"]))
    urls = f"(SELECT url FROM readings WHERE article_id = {id_} AND {its})"  # noqa: S608 - ours
    return Scope(
        portal=str(row["portal"]),
        title=str(row["title"]),
        what=f"one article of the portal {_plain(str(row['portal']))}, in all its captures",
        captures=f"{its} AND kind = 'article' AND (url IN {urls} OR redirect_to IN {urls})",
        pages=f"SELECT {_KEY}, fetch_time FROM versions WHERE article_id = {id_} AND {its}",  # noqa: S608 - ours
        listings=None,
        whole=False,
        alone=True,
        facts={"portal": str(row["portal"]), "article_id": str(row["article_id"])},
    )


def _plain(name: str) -> str:
    """A name of ours as it stands in a description, which is Markdown: a hostile table has no say in that."""
    return _MARKUP.sub("_", name)
