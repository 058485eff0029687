"""Nights that are staged and committed without a crawl: pages, listings and times are given."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from archive.capture import Exchange, Place, capture_of
from archive.store import Store
from archive.tables import stage
from archive.tables.at import NOW, At
from archive.tables.commit import CrawlFacts, Snapshot, Staged, commit
from archive.tables.gaps import Fates
from archive.tables.past import Reread
from archive.tables.rows import Asked, Json, Origin
from archive.tables.views import VIEWS, ask, connect
from crawler.portals.portal import Portal
from crawler.record import record

FIRST = datetime(2026, 9, 1, 18, 30, tzinfo=UTC)
NAMES = ("1", "2", "3", "4", "5", "6")
Page = tuple[int, str]
"""What a server answers: status and text; of a redirect, status and Location.  Status 0 is no answer, the text says why."""

_OF_THE_COMMIT = ("snapshot_id", "committed_at", "manifest_hash")


@dataclass(frozen=True)
class Shown:
    """One page of a listing: what it shows, each a name or an address, and whether another page follows."""

    entries: Sequence[str]
    page: int = 1
    category: str = "Tin"
    more: bool = False


def article(name: str, words: str = "Hội nghị bàn về vụ lúa xuân năm nay.", more: str = "") -> Page:
    """An ordinary article; its last paragraph is none to the version v2."""
    end = f"<p class='ket'>Tin số {name} kết thúc ở đây.</p>"
    body = f'<div class="ms-rtestate-field"><p>{words}</p>{more}{end}</div>'
    return 200, f"<html><body><h1 class='title'>Tin số {name}</h1>{body}</body></html>"


def pages(**changed: Page) -> dict[str, Page]:
    """Six ordinary articles, with some answered otherwise (`a3=(404, "")` for article 3)."""
    return {name: changed.get(f"a{name}", article(name)) for name in NAMES}


@cache
def portal_file(name: str, version: str) -> Portal:
    """The portal file in force: v2 does not read an article's last paragraph."""
    layout = {"entries": "//li", "next": "//a[@class='next']", "attachments": "//a[@class='tep']"}
    return Portal.model_validate(
        {
            "name": name,
            "title": "Cổng thử",
            "hosts": [f"{name}.example"],
            "platform": "sharepoint",
            "categories": [{"path": ["Tin"], "url": f"http://{name}.example/tin.aspx"}],
            "layouts": [layout | ({"drop": "//p[@class='ket']"} if version == "v2" else {})],
        }
    )


@dataclass
class Nights:
    """Commits nights of one portal into a store, each a day after the one before unless said otherwise."""

    store: Store
    portal: str = "thu"
    now: datetime = FIRST
    kept: dict[str, tuple[Exchange, Place, Asked, str]] = field(default_factory=dict)

    def night(self, answers: Mapping[str, Page], **how: Any) -> Snapshot:
        """One night, committed; `how` is as for `staged`."""
        with self.staged(answers, **how) as one:
            return commit(self.store, one.db, one.facts)

    @contextmanager
    def staged(self, answers: Mapping[str, Page], path: Path | None = None, **how: Any) -> Iterator[Staged]:
        """One night, staged in memory or in the file `path`; `how` is as for `stage`."""
        with closing(sqlite3.connect(path or ":memory:", check_same_thread=False)) as db:
            facts = self.stage(db, answers, **how)
            db.commit()
            yield Staged(db, facts)

    def stage(
        self,
        db: sqlite3.Connection,
        answers: Mapping[str, Page],
        *,
        after: timedelta = timedelta(days=1),
        cut_short: str | None = None,
        version: str = "v1",
        images: Mapping[str, Page] | None = None,
        files: Mapping[str, Page] | None = None,
        listed: Sequence[Shown] | None = None,
        fates: Fates | None = None,
        swept_from: Mapping[tuple[str, ...], int] | None = None,
        reread: Reread | None = None,
    ) -> CrawlFacts:
        """Stages a night: its listings (the articles that are there, where none is given), articles, images and files.

        What is named by a path or an address is asked for there, all else at /Pages/NAME.aspx.
        """
        self.now += after
        crawl = f"{self.portal}-{self.now:%Y%m%dT%H%M%S}"
        stage.create_stage(db)
        if listed is None:
            listed = [Shown([name for name, (status, _) in answers.items() if status == 200])]
        for shown in listed:
            asked = Asked("listing", (shown.category,), shown.page)
            first = "/tin.aspx" if shown.category == "Tin" else f"/{uuid4().hex}.aspx"
            address = f"http://{self.portal}.example{first}" + (f"?trang={shown.page}" if shown.page > 1 else "")
            self._ask(db, crawl, version, asked, address, (200, self._listing(shown)))
        for kind, given in (("article", answers), ("image", images), ("attachment", files)):
            for name, page in (given or {}).items():
                self._ask(db, crawl, version, Asked(kind), self.address(name), page)
        own: Json = {
            "night": self.now.date().isoformat(),
            "action": "crawl",
            "failed": 0,
            "extractor_version": version,
            "finished_at": None,
        }
        more: dict[str, Any] = {"reread": reread} if reread else {}
        return CrawlFacts(
            crawl,
            self.portal,
            cut_short,
            own,
            fates=fates or Fates(),
            swept_from=swept_from or {},
            **more,
        )

    def address(self, name: str) -> str:
        """Where something named so stands."""
        if name.startswith("http"):
            return name
        return f"http://{self.portal}.example" + (name if name.startswith("/") else f"/Pages/{name}.aspx")

    def reader(self, version: str) -> Reread:
        """Reads a former capture again by another version, as the bytes kept of it allow."""

        def reread(known: Json) -> Json | None:
            exchange, place, asked, crawl = self.kept[str(known["record_id"])]
            return _article(self._read(exchange, place, asked, crawl, version))

        return reread

    def events(self, snapshot: Snapshot) -> list[tuple[str, str, str]]:
        """(event, article, confidence) of one snapshot, in order of article."""
        return [(row["event"], name_of(row["url"]), row["confidence"]) for row in self.told(snapshot)]

    def told(self, snapshot: Snapshot) -> list[Json]:
        """The events of one snapshot, in order of article."""
        return ask(self.store, "SELECT * FROM events WHERE snapshot_id = ? ORDER BY url, event", snapshot.id)

    def state(self, name: str) -> str:
        (row,) = ask(self.store, "SELECT state FROM articles WHERE url LIKE ?", f"%/{name}.aspx")
        return str(row["state"])

    def _listing(self, shown: Shown) -> str:
        rows = "".join(f"<li><a href='{self.address(name)}'>Tin số {name}</a></li>" for name in shown.entries)
        onward = f"<a class='next' href='/tin.aspx?trang={shown.page + 1}'>Trang sau</a>" if shown.more else ""
        return f"<html><ul>{rows}</ul>{onward}</html>"

    def _ask(self, db: sqlite3.Connection, crawl: str, version: str, asked: Asked, url: str, page: Page) -> None:
        self.now += timedelta(seconds=1)
        status, text = page
        host, _, path = url.removeprefix("http://").partition("/")
        location = text if 300 <= status < 400 else ""
        head = f"HTTP/1.1 {status} X\r\nContent-Type: text/html; charset=utf-8\r\n"
        head += f"Location: {location}\r\n\r\n" if location else "\r\n"
        request = f"GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        response = head.encode() + text.encode() if status else b""
        exchange = Exchange(url, "GET", request, response, self.now, 5, "192.0.2.1", failure=None if status else text)
        place = Place(f"{self.portal}/x.warc.gz", 0, 1, f"urn:uuid:{uuid4()}")
        self.kept[place.record_id] = exchange, place, asked, crawl
        stage.add_rows(db, self._read(exchange, place, asked, crawl, version))

    def _read(self, exchange: Exchange, place: Place, asked: Asked, crawl: str, version: str) -> tuple[stage.Row, ...]:
        capture = capture_of(exchange, place) if exchange.response else None
        origin = Origin(crawl, self.portal, version)
        return record(exchange, capture, place, asked, origin, portal_file(self.portal, version)).rows


def name_of(url: str) -> str:
    """The name of the article at an address."""
    return url.rsplit("/", 1)[1].removesuffix(".aspx")


def write_facts(path: Path, facts: CrawlFacts) -> None:
    """Keeps the facts of a staged crawl for a process that commits it."""
    path.write_text(json.dumps({"crawl": facts.crawl, "portal": facts.portal, "own": facts.own}), "utf-8")


def dump(store: Store, at: At = NOW, *, without: Sequence[str] = ()) -> dict[str, list[str]]:
    """Every view, whole: its rows in an order that no query decides.  Columns named in `without` are left out."""
    marks = ", ".join(f"'{column}'" for column in without)
    columns = f"COLUMNS(lambda c: c NOT IN ({marks}))" if without else "*"
    with connect(store, at) as sql:
        rows = {
            v: sql.sql(f"SELECT t::VARCHAR FROM (SELECT {columns} FROM {v}) t ORDER BY 1").fetchall() for v in VIEWS
        }
    return {view: [row for (row,) in found] for view, found in rows.items()}


def essence(store: Store, at: At = NOW) -> dict[str, list[str]]:
    """What two stores have in common that were told the same by commits of their own: all but the commits' ids and times."""
    return dump(store, at, without=_OF_THE_COMMIT)


def _article(rows: Sequence[stage.Row]) -> Json | None:
    return next((dict(row.data) for row in rows if row.table == "articles"), None)
