"""What happened to a portal's articles between an earlier crawl and this one.

An event lies between two captures and says so.  Nothing is concluded from a crawl that was cut short, from a host that
gave no good article or throttled, or from readings of two different versions.
"""

from __future__ import annotations

from collections.abc import Iterator

from archive.tables.content import changed, same_content
from archive.tables.join import Found
from archive.tables.past import Past
from archive.tables.rows import Json


def of_article(row: Json, past: Past, found: Found, arrived: frozenset[str]) -> Iterator[Json]:
    """Events of an article that was read: `row` is joined; `arrived` are the ids that another article moved to."""
    name = str(row["article_id"])
    known = past.articles.get(name)
    if known is None:
        yield _appeared(row, past, name in found.deep or name in arrived)
        return
    if gone := past.fate(name, "vanished") or past.fate(name, "moved"):
        yield event(row, name) | {
            "event": "returned",
            "not_before": gone["not_after"],
            "not_after": row["fetch_time"],
            "hash_after": row["content_hash"],
            "evidence": [*_texts(gone["evidence"])[-1:], str(row["record_id"])],
        }
    former = past.former(name)
    if former is not None and not same_content(former, row):
        yield event(row, name) | {
            "event": "edited",
            "not_before": known["last_confirmed_at"],
            "not_after": row["fetch_time"],
            "fields_changed": changed(former, row),
            "hash_before": former["content_hash"],
            "hash_after": row["content_hash"],
            "evidence": [str(known["record_id"]), str(row["record_id"])],
        }


def event(row: Json, name: str) -> Json:
    """The columns that all events have, of a capture or reading that says so."""
    return {
        "portal": row["portal"],
        "article_id": name,
        "url": row["url"],
        "confidence": "confirmed",
        "confirmations": 1,
        "baseline": False,
        "fields_changed": [],
        "crawl": row["crawl"],
        "extractor_version": row.get("extractor_version"),
    }


def _appeared(row: Json, past: Past, old: bool) -> Json:
    listing = None if old else past.last_listing
    return event(row, str(row["article_id"])) | {
        "event": "appeared",
        "not_before": listing["fetch_time"] if listing else None,
        "not_after": row["fetch_time"],
        "baseline": past.first or old,
        "hash_after": row["content_hash"],
        "evidence": [*([str(listing["record_id"])] if listing else []), str(row["record_id"])],
    }


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
