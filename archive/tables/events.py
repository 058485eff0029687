"""What happened to a portal's articles between an earlier crawl and this one.

An event lies between two captures and says so.  Nothing is concluded from a crawl that was cut short, from a host that
gave no good article, or from readings of two different versions.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.moment import iso, parse_iso
from archive.store import Store
from archive.tables import stage
from archive.tables.join import landing
from archive.tables.rows import Json
from archive.tables.views import ask
from archive.url import article_id, host_of

_COMPARED = ("title", "lead", "body", "author", "source", "published_date", "published_at", "modified_at")
_REFUSALS = ("missing", "gone", "forbidden")
_APART = timedelta(hours=24)
MASS = 0.2
"""The share of asked articles whose refusal is the portal's trouble rather than the articles'."""


@dataclass(frozen=True, slots=True)
class Happened:
    """The events of a crawl, and whether so many articles were refused at once that none is told as vanished."""

    events: tuple[Json, ...]
    mass_vanishing: bool


@dataclass(frozen=True, slots=True)
class _Before:
    """What was known of the portal before this crawl."""

    articles: Mapping[str, Json]
    vanished: Mapping[str, Json]
    last_listing: Json | None

    @property
    def first(self) -> bool:
        return not self.articles and self.last_listing is None


def compare(
    store: Store, db: sqlite3.Connection, portal: str, articles: Sequence[Json], moved: Mapping[str, str], whole: bool
) -> Happened:
    """Events of the staged crawl, whose joined rows are `articles`; `whole` is false where it was cut short."""
    before = _before(store, portal)
    events: list[Json] = []
    for row in articles:
        events.extend(_of_article(row, before))
    refused = dict(_refused(db, portal, before, moved)) if whole else {}
    asked = sum(1 for name in before.articles if name in refused) + sum(
        row["article_id"] in before.articles for row in articles
    )
    mass = bool(asked) and len(refused) > MASS * asked and len(refused) > 1
    if not mass:
        good = {host_of(str(row["url"])) for row in articles}
        events.extend(
            e for row in refused.values() if host_of(str(row["url"])) in good and (e := _vanished(row, before))
        )
    return Happened(tuple(events), mass)


def _before(store: Store, portal: str) -> _Before:
    rows = ask(
        store,
        "SELECT article_id, url, content_hash, content_hash_version, extractor_version, fetch_time, last_confirmed_at, "
        "record_id, images, attachments, title, lead, body, author, source, published_date, published_at, modified_at "
        "FROM articles WHERE portal = ?",
        portal,
    )
    gone = ask(
        store,
        "SELECT article_id, event, confidence, confirmations, not_before, not_after, evidence FROM events "
        "WHERE portal = ? AND event IN ('vanished', 'returned') "
        "QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY not_after DESC, confirmations DESC) = 1",
        portal,
    )
    listing = ask(
        store, "SELECT fetch_time, record_id FROM listings WHERE portal = ? ORDER BY fetch_time DESC LIMIT 1", portal
    )
    return _Before(
        {str(row["article_id"]): row for row in rows},
        {str(row["article_id"]): row for row in gone if row["event"] == "vanished"},
        listing[0] if listing else None,
    )


def _of_article(row: Json, before: _Before) -> Iterator[Json]:
    name = str(row["article_id"])
    known = before.articles.get(name)
    base = _event(row, name)
    if known is None:
        listing = before.last_listing
        yield base | {
            "event": "appeared",
            "confidence": "confirmed",
            "not_before": iso(_time(listing["fetch_time"])) if listing else None,
            "not_after": row["fetch_time"],
            "baseline": before.first,
            "hash_after": row["content_hash"],
            "evidence": [*([str(listing["record_id"])] if listing else []), str(row["record_id"])],
        }
        return
    if gone := before.vanished.get(name):
        yield base | {
            "event": "returned",
            "confidence": "confirmed",
            "not_before": iso(_time(gone["not_after"])),
            "not_after": row["fetch_time"],
            "hash_after": row["content_hash"],
            "evidence": [*_list(gone["evidence"])[-1:], str(row["record_id"])],
        }
    same_reading = (known["extractor_version"], known["content_hash_version"]) == (
        row["extractor_version"],
        row["content_hash_version"],
    )
    if same_reading and known["content_hash"] != row["content_hash"]:
        yield base | {
            "event": "edited",
            "confidence": "confirmed",
            "not_before": iso(_time(known["last_confirmed_at"])),
            "not_after": row["fetch_time"],
            "fields_changed": _changed(known, row),
            "hash_before": known["content_hash"],
            "hash_after": row["content_hash"],
            "evidence": [str(known["record_id"]), str(row["record_id"])],
        }


def _refused(
    db: sqlite3.Connection, portal: str, before: _Before, moved: Mapping[str, str]
) -> Iterator[tuple[str, Json]]:
    """The last answer to each known article that was asked and answered with a refusal."""
    last: dict[str, Json] = {}
    for row in stage.read_rows(db, "captures"):
        if row["kind"] == "article" and (name := article_id(portal, str(row["url"]))) in before.articles:
            last[name] = row
    for name, row in last.items():
        verdict = str(row["wire_verdict"])
        home = verdict == "redirect" and landing(moved, str(row["url"])).rstrip("/").count("/") == 2
        if verdict in _REFUSALS or row["reading_verdict"] == "soft-404" or home:
            yield name, row


def _vanished(row: Json, before: _Before) -> Json | None:
    name = article_id(str(row["portal"]), str(row["url"]))
    known = before.articles[name]
    earlier = before.vanished.get(name)
    verdict = str(row["wire_verdict"])
    event = _event(row, name) | {
        "event": "vanished",
        "confidence": "suspected",
        "confirmations": 1,
        "not_before": iso(_time(known["last_confirmed_at"])),
        "not_after": row["fetch_time"],
        "hash_before": known["content_hash"],
        "reason": verdict if verdict in _REFUSALS else (row["reading_verdict"] or "redirect to the home page"),
        "extractor_version": known["extractor_version"],
        "evidence": [str(known["record_id"]), str(row["record_id"])],
    }
    if earlier is None:
        return event
    if earlier["confidence"] == "confirmed" or parse_iso(str(row["fetch_time"])) - _time(earlier["not_after"]) < _APART:
        return None
    return event | {
        "confidence": "confirmed",
        "confirmations": int(str(earlier["confirmations"])) + 1,
        "not_before": iso(_time(earlier["not_before"])),
        "not_after": iso(_time(earlier["not_after"])),
        "evidence": [*_list(earlier["evidence"]), str(row["record_id"])],
    }


def _event(row: Json, name: str) -> Json:
    return {
        "portal": row["portal"],
        "article_id": name,
        "url": row["url"],
        "confirmations": 1,
        "baseline": False,
        "fields_changed": [],
        "crawl": row["crawl"],
        "extractor_version": row.get("extractor_version"),
    }


def _changed(known: Json, row: Json) -> list[str]:
    changed = [name for name in _COMPARED if _plain(known[name]) != _plain(row[name])]
    for column, keys in (("images", ("url", "caption", "credit")), ("attachments", ("url", "name"))):
        if _picked(known[column], keys) != _picked(row[column], keys):
            changed.append(column)
    return changed


def _picked(items: object, keys: Sequence[str]) -> list[tuple[object, ...]]:
    return [tuple(item.get(key) for key in keys) for item in _list(items)]


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return iso(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _time(value: object) -> datetime:
    assert isinstance(value, datetime)
    return value


def _list(value: object) -> list:  # type: ignore[type-arg]
    return list(value) if isinstance(value, list) else []
