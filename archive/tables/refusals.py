"""Known articles whose own page was asked for and refused: which vanished, which moved, and when none is told.

A refusal is 404, 410, 403, a redirect to the home page, a page that says it is not there, or a listing in its place.
Where more than a fifth of the known articles that a portal was asked for are refused at once, or answered with a page
that is no article to us, that is the portal's trouble (or our reader's) and no article's.  A host that throttled, failed
or put up a challenge in a fifth of its answers, or gave no good article, says nothing.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from archive.moment import parse_iso
from archive.tables import stage
from archive.tables.events import event
from archive.tables.join import landing
from archive.tables.past import Past
from archive.tables.rows import Json
from archive.url import article_id, host_of

_REFUSALS = ("missing", "gone", "forbidden")
_ELSEWHERE = ("soft-404", "listing")
_STRANGE = ("other", "login", "trap", "not-html", "unreadable")
_TROUBLES = ("throttled", "error", "failed", "truncated")
_HOME = re.compile(r"/(pages/)?((default|index|home|trang-?chu)(\.\w+)?)?", re.IGNORECASE)
_APART = timedelta(hours=24)
MASS = 0.2
"""The share of asked articles whose refusal, or of a host's answers whose failure, is the portal's trouble."""


@dataclass(frozen=True, slots=True)
class Refusals:
    """The last answers of known articles that refused and why (by id), the moves (old id to new), the answers of those that
    gave no article, counted by reason, where they are so many that none is told, and the hosts that say nothing tonight."""

    refused: Mapping[str, tuple[str, Json]]
    moves: Mapping[str, tuple[str, Json]]
    mass: Mapping[str, int]
    mute: frozenset[str]


def refusals(
    db: sqlite3.Connection, portal: str, past: Past, moved: Mapping[str, str], read: frozenset[str]
) -> Refusals:
    """What the staged crawl's answers to known articles mean; `read` are the ids of the articles that it read."""
    last: dict[str, Json] = {}
    asked: Counter[str] = Counter()
    troubled: Counter[str] = Counter()
    mute: set[str] = set()
    readings: dict[str, str] = {}
    for row in stage.read_rows(db, "captures"):
        if row["kind"] not in ("article", "listing"):
            continue
        host = host_of(str(row["url"]))
        if row["wire_verdict"] == "throttled":
            mute.add(host)
        asked[host] += 1
        troubled[host] += row["wire_verdict"] in _TROUBLES or row["reading_verdict"] == "challenge"
        readings[str(row["url"])] = str(row["reading_verdict"])
        if row["kind"] == "article" and (name := article_id(portal, str(row["url"]))) in past.articles:
            last[name] = row
    mute |= {host for host in asked if troubled[host] > MASS * asked[host]}
    refused: dict[str, tuple[str, Json]] = {}
    moves: dict[str, tuple[str, Json]] = {}
    for name, row in last.items():
        target = landing(moved, str(row["url"])) if row["wire_verdict"] == "redirect" else None
        onward = article_id(portal, target) if target else name
        if (reason := _reason(row, target, readings)) is not None:
            refused[name] = (reason, row)
        elif onward != name and onward in read:
            moves[name] = (onward, row)
    lacking = Counter(reason for reason, _ in refused.values())
    lacking.update(str(row["reading_verdict"]) for row in last.values() if row["reading_verdict"] in _STRANGE)
    is_mass = lacking.total() > 1 and lacking.total() > MASS * len(last)
    return Refusals(refused, moves, lacking if is_mass else {}, frozenset(mute))


def of_refusals(found: Refusals, past: Past, good: frozenset[str]) -> Iterator[Json]:
    """Events of the refused and the moved; `good` are the hosts that gave an article tonight."""
    for name, (onward, row) in found.moves.items():
        if past.fate(name, "moved") is None:
            known = past.articles[name]
            yield event(row, name) | {
                "event": "moved",
                "not_before": known["last_confirmed_at"],
                "not_after": row["fetch_time"],
                "moved_to": onward,
                "reason": "redirect",
                "hash_before": known["content_hash"],
                "extractor_version": known["extractor_version"],
                "evidence": [str(known["record_id"]), str(row["record_id"])],
            }
    if found.mass:
        return
    for name, (reason, row) in found.refused.items():
        host = host_of(str(row["url"]))
        if host in good and host not in found.mute and (told := _vanished(row, name, reason, past)):
            yield told


def _reason(row: Json, target: str | None, readings: Mapping[str, str]) -> str | None:
    """Why an answer is a refusal; None where it is none.  `target` is where its redirects end, None where it is none."""
    verdict = str(row["wire_verdict"])
    if verdict in _REFUSALS:
        return verdict
    if row["reading_verdict"] in _ELSEWHERE:
        return str(row["reading_verdict"])
    if target is None:
        return None
    if _HOME.fullmatch(urlsplit(target).path or "/"):
        return "redirect to the home page"
    onward = readings.get(target)
    return f"redirect to a page that is a {onward}" if onward in _ELSEWHERE else None


def _vanished(row: Json, name: str, reason: str, past: Past) -> Json | None:
    known = past.articles[name]
    earlier = past.fate(name, "vanished")
    told = event(row, name) | {
        "event": "vanished",
        "confidence": "suspected",
        "not_before": known["last_confirmed_at"],
        "not_after": row["fetch_time"],
        "hash_before": known["content_hash"],
        "reason": reason,
        "extractor_version": known["extractor_version"],
        "evidence": [str(known["record_id"]), str(row["record_id"])],
    }
    if earlier is None:
        return told
    apart = parse_iso(str(row["fetch_time"])) - parse_iso(str(earlier["not_after"]))
    if earlier["confidence"] == "confirmed" or apart < _APART:
        return None
    evidence = earlier["evidence"]
    return told | {
        "confidence": "confirmed",
        "confirmations": int(str(earlier["confirmations"])) + 1,
        "not_before": earlier["not_before"],
        "not_after": earlier["not_after"],
        "evidence": [*(evidence if isinstance(evidence, list) else []), str(row["record_id"])],
    }
