"""Citations of an archived article and of a snapshot: BibTeX, CSL-JSON, and a PWID.  Pure: a row in, text out.

A PWID is the URN of a capture in a web archive (IANA, urn-formal/pwid): `urn:pwid:ARCHIVE:TIME:COVERAGE:ITEM`, with the time
of the capture in UTC to the second.  ARCHIVE is letters, digits and `-._~`.  ITEM is the URI that was asked for; what a URN
may not hold in that place (RFC 8141: `?`, `#`, brackets) is percent-encoded, and nothing else is touched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import quote

from archive.moment import iso, local_date

Json = dict[str, object]
Row = Mapping[str, object]

_NO_NAME = re.compile(r"[^A-Za-z0-9._~-]+")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")  # macros of BibTeX
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
}


@dataclass(frozen=True, slots=True)
class Citation:
    """One thing in three forms."""

    bibtex: str
    csl: Json
    pwid: str


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds what is cited: the archive's identifier in PWIDs, and its name for people."""

    identifier: str
    name: str


def holder(named: str, operator: str) -> Held:
    """The archive that is called `named` in its configuration, else by who crawls, else by this software's name."""
    name = named or operator or "luutru"
    return Held(_NO_NAME.sub("-", name).strip("-") or "luutru", operator or name)


def article(row: Row, container: str, held: Held) -> Citation:
    """The citation of a row of the view articles; `container` is what people call the portal."""
    captured = _time(row["fetch_time"])
    urn = pwid(held, captured, "page", quote(str(row["url_original"]), safe="/:@!$&'()*+,;=%-._~"))
    published = row["published_date"]
    issued = published if isinstance(published, date) else None
    note = f"Captured {iso(captured)}, WARC record {row['record_id']}"
    csl: Json = {
        "id": f"{row['portal']}-{row['article_id']}",
        "type": "webpage",
        "title": row["title"],
        **({"author": [{"literal": row["author"]}]} if row["author"] else {}),
        "container-title": container,
        **({"issued": _parts(issued)} if issued else {}),
        "accessed": _parts(local_date(captured)),
        "URL": row["url"],
        "archive": held.name,
        "archive_location": urn,
        **({"language": row["language"]} if row["language"] else {}),
        "note": note,
    }
    fields = {
        "title": f"{{{tex(str(row['title']))}}}",
        "author": f"{{{tex(str(row['author']))}}}" if row["author"] else None,
        "howpublished": f"{tex(container)}, \\url{{{address(str(row['url']))}}}",
        **_dates(issued),
        "url": address(str(row["url"])),
        "urldate": local_date(captured).isoformat(),
        "note": tex(f"{note}, archived by {held.name}, {urn}"),
    }
    return Citation(_entry(f"{row['portal']}-{str(row['article_id'])[:12]}", fields), csl, urn)


def snapshot(row: Row, operators: Sequence[str], held: Held) -> Citation:
    """The citation of a row of the view snapshots, as a data set."""
    committed = _time(row["committed_at"])
    id_ = str(row["snapshot_id"])
    urn = pwid(held, committed, "collection", _NO_NAME.sub("-", id_))
    portals = row["portals"]
    assert isinstance(portals, list)
    title = f"News of Vietnamese government portals ({', '.join(dict.fromkeys(portals))}), snapshot {id_}"
    by = list(operators) or [held.name]
    note = f"Committed {iso(committed)}"
    csl: Json = {
        "id": f"luutru-{id_}",
        "type": "dataset",
        "title": title,
        "author": [{"literal": name} for name in by],
        "issued": _parts(local_date(committed)),
        "version": id_,
        "archive": held.name,
        "archive_location": urn,
        "note": note,
    }
    fields = {
        "title": f"{{{tex(title)}}}",
        "author": " and ".join(f"{{{tex(name)}}}" for name in by),
        "howpublished": "Data set",
        **_dates(local_date(committed)),
        "version": tex(id_),
        "note": tex(f"{note}, archived by {held.name}, {urn}"),
    }
    return Citation(_entry(f"luutru-{id_}", fields), csl, urn)


def pwid(held: Held, moment: datetime, coverage: str, item: str) -> str:
    """The URN; `coverage` is page, part or collection."""
    return f"urn:pwid:{held.identifier}:{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}:{coverage}:{item}"


def tex(text: str) -> str:
    """A text in a field of BibTeX: what TeX would read as a command is escaped, Vietnamese letters stay as they are."""
    return "".join(_TEX.get(letter, letter) for letter in " ".join(text.split()))


def address(url: str) -> str:
    r"""A URL in `\url{…}` and in biblatex's field: it is read verbatim, so that only braces and backslashes may not stand."""
    return url.replace("\\", "%5C").replace("{", "%7B").replace("}", "%7D").replace(" ", "%20")


def _entry(key: str, fields: Mapping[str, str | None]) -> str:
    told = {name: value for name, value in fields.items() if value is not None}
    lines = [f"  {name} = {value if name == 'month' else f'{{{value}}}'}," for name, value in told.items()]
    return "\n".join([f"@misc{{{key},", *lines, "}"]) + "\n"


def _dates(day: date | None) -> dict[str, str | None]:
    """Of BibTeX and of biblatex, each of which passes over the other's."""
    return {"year": str(day.year), "month": _MONTHS[day.month - 1], "date": day.isoformat()} if day else {}


def _parts(day: date) -> Json:
    return {"date-parts": [[day.year, day.month, day.day]]}


def _time(value: object) -> datetime:
    assert isinstance(value, datetime)
    return value
