"""The colour of a night: silence is not success.

Red where it yields too little to be trusted, amber where something lacks and the crawl itself can say what.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from archive.tables import stage
from archive.tables.filled import Filled
from archive.tables.rows import Json
from archive.tables.shrunk import first_pages, shrunk
from archive.url import host_of


@dataclass(frozen=True, slots=True)
class Expected:
    """What a good night yields: a listing in each category, links on its first page [least, most], the share of articles
    in which a field is filled, and an answer of the portal's `hosts` (of every host asked, where none is named)."""

    categories: tuple[tuple[str, ...], ...] = ()
    listing_links: tuple[int, int] = (1, 500)
    filled: Mapping[str, float] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()


def judge(
    row: Json,
    db: sqlite3.Connection,
    filled: Filled,
    expected: Expected,
    mass: Mapping[str, int],
    former: Mapping[tuple[str, ...], int],
) -> tuple[str, list[str]]:
    """The night's colour and why it is not green; `row` is the crawl's row as far as it is counted, `mass` the known
    articles that gave none, by what they gave, where they are too many to be told one by one; `former` what the first page
    of each category showed before."""
    counts, cut_short = list(_counts(row)), bool(row["cut_short"])
    red = [*([] if cut_short else counts), *_listings(db, expected, cut_short), *_fields(filled, expected)]
    red += [
        f"the listing of {' › '.join(path)} shows {now} entries on its first page, and {then} when it was last captured"
        for path, now, then in shrunk(db, former)
    ]
    if mass:
        told = ", ".join(f"{count} {what}" for what, count in sorted(mass.items()))
        red.append(
            f"mass_vanishing: more than a fifth of the known articles asked for gave no article at once ({told})"
        )
    amber = counts if cut_short else []  # who cut it short knows that something lacks
    entries, missing = _number(row["listing_entries"]), _number(row["missing"])
    if 0 < missing <= entries / 2:
        amber.append(f"{missing} of {entries} listed articles were not read")
    red += [
        f"robots.txt gave no rules ({verdict}), so nothing was asked of its host: {url}"
        for url, verdict in _mute(db, expected.hosts)
    ]
    amber += [f"a listing page was not read ({verdict}): {url}" for url, verdict in _unread(db)]
    if row["cut_short"]:
        amber.append(f"cut short: {row['cut_short']}")
    if _number(row["failed"]):
        amber.append(f"{row['failed']} requests were given up")
    return ("red" if red else "amber" if amber else "green"), red + amber


def _counts(row: Json) -> Iterator[str]:
    articles, entries, missing = (_number(row[key]) for key in ("articles", "listing_entries", "missing"))
    if _number(row["listing_pages"]) == 0:
        yield "no listing could be read"
    elif entries and articles == 0 and missing == entries:
        yield f"listings show {entries} articles and none was read"
    elif missing > entries / 2:
        yield f"{missing} of {entries} listed articles were not read"


def _listings(db: sqlite3.Connection, expected: Expected, cut_short: bool) -> Iterator[str]:
    first = first_pages(db)
    least, most = expected.listing_links
    for path in expected.categories:
        name = " › ".join(path)
        if path not in first:
            if first and not cut_short:  # where none was read at all, that has been said
                yield f"the listing of {name} could not be read"
        elif not least <= first[path] <= most:
            yield f"the listing of {name} shows {first[path]} links, expected {least} to {most}"


def _fields(filled: Filled, expected: Expected) -> Iterator[str]:
    for name, share in expected.filled.items():
        count = filled.fields[name]
        if filled.articles and count < share * filled.articles:
            yield (
                f"{name} is filled in {count} of {filled.articles} articles, expected {share:.0%} "
                f"(empty in {', '.join(sorted(filled.empty[name]))})"
            )


def _unread(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """Listing pages whose last capture gave no listing, and what it gave; where a redirect leads is asked by itself."""
    last: dict[tuple[str, str], tuple[str, str]] = {}
    for row in stage.read_rows(db, "captures"):
        if row["kind"] == "listing" and row["wire_verdict"] != "redirect":
            key = (str(row["method"]), str(row["url"]))
            last[key] = (str(row["url"]), str(row["reading_verdict"] or row["wire_verdict"]))
    return [(url, verdict) for url, verdict in last.values() if verdict != "listing"]


def _mute(db: sqlite3.Connection, hosts: Sequence[str]) -> list[tuple[str, str]]:
    """The portal's robots.txt files whose last answer refuses everything (RFC 9309, section 2.3.1.4), and what it was."""
    last: dict[str, tuple[str, str]] = {}
    for row in stage.read_rows(db, "captures"):
        if row["kind"] == "robots" and (not hosts or host_of(str(row["url"])).removeprefix("www.") in hosts):
            last[str(row["url"])] = (str(row["url"]), str(row["wire_verdict"]))
    return [
        (url, verdict) for url, verdict in last.values() if verdict in ("error", "throttled", "failed", "truncated")
    ]


def _number(value: object) -> int:
    return int(str(value))
