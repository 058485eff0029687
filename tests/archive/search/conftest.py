"""Small stores of articles whose words are given, committed by the project's own functions."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.moment import iso
from archive.search.finding import Hit, open_search
from archive.search.ranking import Filters
from archive.store import Store, create_store
from archive.tables import stage
from archive.tables.at import NOW, At
from archive.tables.commit import CrawlFacts, commit_readings
from archive.tables.delta import append
from archive.tables.rows import table
from archive.tables.schema import EVENTS

FIRST = datetime(2026, 11, 1, 18, 30, tzinfo=UTC)


@dataclass
class Archive:
    """A store, and the time of its next capture."""

    store: Store
    now: datetime = FIRST

    def add(self, *articles: dict[str, Any]) -> str:
        """Commits readings, each captured a minute after the one before, a day after the former ones; gives the snapshot."""
        self.now += timedelta(days=1)
        rows = [self._row(number, article) for number, article in enumerate(articles)]
        with closing(sqlite3.connect(":memory:")) as db:
            stage.create_stage(db)
            facts = CrawlFacts(f"c-{self.now:%Y%m%d}", "thu", None, {"night": self.now.date().isoformat()})
            return commit_readings(self.store, db, facts, rows).id

    def vanish(self, name: str, snapshot: str) -> None:
        """Adds to a snapshot that an article is gone."""
        when = iso(self.now + timedelta(hours=1))
        row = {
            "snapshot_id": snapshot,
            "month": "2026-11",
            "portal": "thu",
            "article_id": f"id-{name}",
            "not_after": when,
        }
        row |= {"event": "vanished", "confidence": "confirmed", "confirmations": 2}
        append(self.store, EVENTS, table([row], EVENTS.schema), {})

    def find(self, text: str, at: At = NOW, limit: int = 20, **filters: Any) -> list[str]:
        """The names of the articles that are found, best first."""
        return [hit.article_id.removeprefix("id-") for hit in self.hits(text, at, limit, **filters)]

    def hits(self, text: str, at: At = NOW, limit: int = 20, **filters: Any) -> list[Hit]:
        with open_search(self.store, at) as search:
            return search.find(text, Filters(**filters), limit)

    def _row(self, number: int, article: dict[str, Any]) -> dict[str, object]:
        name = article["name"]
        said = json.dumps(article, default=str, sort_keys=True)
        return {
            "article_id": f"id-{name}",
            "portal": article.get("portal", "thu"),
            "url": f"http://thu.example/{name}",
            "title": article.get("title", "Tin"),
            "lead": article.get("lead"),
            "body": article.get("body", ""),
            "category": article.get("category", ["Tin"]),
            "published_date": article.get("day"),
            "published_at": article.get("at"),
            "images": [{"url": "http://thu.example/i.jpg", "caption": c} for c in article.get("captions", [])],
            "text_hash": hashlib.sha256(said.encode()).hexdigest(),
            "fetch_time": iso(self.now + timedelta(minutes=number)),
            "record_id": f"urn:{name}:{self.now:%Y%m%d}",
        }


@pytest.fixture
def archived(tmp_path: Path) -> Archive:
    return Archive(create_store(tmp_path / "store"))
