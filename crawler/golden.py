"""A portal's golden: a few of its pages in a small WARC, and what they say, looked at by a person.

GOLDENS/PORTAL/pages.warc.gz are the bytes, GOLDENS/PORTAL/record.json is what `extract()` has to make of them.
"""

from __future__ import annotations

import difflib
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.article import Article, Listing, Moment, Reading, Turn
from archive.errors import BrokenGolden, Misuse, Unreachable, unwritable
from archive.moment import local_date
from archive.store import Store, create_store
from archive.url import canonical
from archive.warc.reader import exchanges, records
from crawler.config import Configuration
from crawler.portals import Portal, extract

FOLDER = Path("tests/golden")
PAGES, RECORD = "pages.warc.gz", "record.json"
OWN = "the portal's own"
CONNECTED = "not the portal's own: the connect map led to another server"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Checked:
    """How a golden stands: whether a person has looked, and each line of what differs from the record."""

    portal: str
    pages: int
    looked_at: Json | None
    differences: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether it is looked at, and read today as it was then."""
        return self.looked_at is not None and not self.differences


def capture(
    portal: Portal, urls: Sequence[str], folder: Path, configuration: Configuration, articles: int, pages: str | None
) -> Json:
    """Captures a listing and some articles (those at `urls`, else the listing's first) and writes them as a golden."""
    from crawler.fetch.sample import Taken, Wanted, sample

    target = folder / portal.name
    if target.exists():
        raise Misuse(f"{target} is there already", "Check it with --check, or move it away to capture anew")
    for url in urls:
        if not portal.owns(url):
            raise Misuse(
                f"{url} is on none of the portal's hosts: {', '.join(portal.hosts)}", "Name a page of the portal"
            )
    listings = [Wanted(Turn(category.url), "listing") for category in portal.categories]

    def follow(taken: Taken) -> Sequence[Wanted]:
        if taken.wanted.kind != "listing":
            return []
        reading = extract(taken.capture, portal) if taken.capture is not None and taken.verdict == "ok" else None
        if reading is None or reading.listing is None or not reading.listing.entries:
            tried = [each.turn.url for each in listings].index(taken.wanted.turn.url)
            return listings[tried + 1 : tried + 2]
        found = [entry.url for entry in reading.listing.entries if portal.owns(entry.url)]
        return [] if urls else [Wanted(Turn(url)) for url in found[:articles]]

    with tempfile.TemporaryDirectory(prefix="luutru-golden-") as room:
        store = create_store(Path(room) / "store")
        wanted = [*listings[:1], *(Wanted(Turn(url)) for url in urls)]
        sampled = sample(store, portal, configuration, wanted, follow)
        taken = {canonical(one.wanted.turn.url) for one in sampled.taken if one.verdict == "ok"}
        asked = {canonical(url) for url in urls} | (set() if taken else {canonical(listings[0].turn.url)})
        if missing := sorted(asked - taken):
            verdicts = {canonical(one.wanted.turn.url): one.verdict for one in sampled.taken}
            why = verdicts.get(missing[0], "failed")
            raise Unreachable(
                f"{missing[0]} could not be had ({sampled.why if why == 'failed' else why})",
                "Check the address, the network and the connect map",
            )
        try:
            target.mkdir(parents=True)
            _copy(store, portal.name, target / PAGES, taken)
        except OSError as error:
            raise unwritable(error, target) from error
    led = any(configuration.target(host, port) for host in portal.hosts for port in (80, 443))
    record = {
        "portal": portal.name,
        "pages": pages or (CONNECTED if led else OWN),
        "captured": local_date(datetime.now(UTC)).isoformat(),
        "looked_at": None,
        "readings": _readings(target / PAGES, portal),
    }
    _write(target, record)
    return record


def check(portal: Portal, folder: Path) -> Checked:
    """What is read today of a golden's pages, beside its record."""
    record = read(portal.name, folder)
    now = _readings(folder / portal.name / PAGES, portal)
    differences = tuple(_differences(record["readings"], now))
    return Checked(portal.name, len(now), record["looked_at"], differences)


def looked(portal: Portal, folder: Path, name: str) -> Checked:
    """Marks a golden as looked at by `name` today; one that is read otherwise today is not marked."""
    found = check(portal, folder)
    if not name.strip():
        raise Misuse("nobody has looked", "Say who with --looked NAME")
    if found.differences:
        return found
    mark = {"by": name, "on": local_date(datetime.now(UTC)).isoformat()}
    _write(folder / portal.name, read(portal.name, folder) | {"looked_at": mark})
    return check(portal, folder)


def renew(portal: Portal, folder: Path) -> Checked:
    """Writes what is read today into the record, which has to be looked at again where anything differs."""
    found = check(portal, folder)
    if found.differences:
        now = _readings(folder / portal.name / PAGES, portal)
        _write(folder / portal.name, read(portal.name, folder) | {"looked_at": None, "readings": now})
    return found


def read(name: str, folder: Path) -> Json:
    """A golden's record; BrokenGolden where there is none that reads."""
    path = folder / name / RECORD
    try:
        found = json.loads(path.read_text("utf-8"))
        if not isinstance(found, dict) or not {"looked_at", "readings", "pages"} <= found.keys():
            raise ValueError("a field is missing")
    except FileNotFoundError as error:
        raise BrokenGolden(f"no golden of {name} in {folder}", f"Make one: luutru portals golden {name}") from error
    except (OSError, ValueError) as error:
        raise BrokenGolden(f"{path} does not read: {error}", "Put it back, or capture the golden anew") from error
    return found


def names(folder: Path) -> list[str]:
    """The portals that have a golden in the folder."""
    return sorted(path.parent.name for path in folder.glob(f"*/{RECORD}"))


def _copy(store: Store, portal: str, target: Path, urls: set[str]) -> None:
    """The file's warcinfo and the exchanges of the pages, member by member as they were written."""
    done: set[str] = set()
    with target.open("wb") as out:
        for path in sorted(store.portal_warcs(portal).glob("*.warc.gz")):
            data = path.read_bytes()
            first = next(records(path))
            if not done:
                out.write(data[first.offset : first.offset + first.length])
            for stored in exchanges(path):
                url = canonical(stored.first.url)
                kind = stored.metadata.get("kind")
                if stored.response is None or kind not in ("article", "listing") or url not in urls | done:
                    continue
                done.add(url)
                for record in records(path, start=stored.first.offset):
                    if record.id != stored.first.id and record.concurrent_to != stored.first.id:
                        break
                    out.write(data[record.offset : record.offset + record.length])


def _readings(path: Path, portal: Portal) -> list[Json]:
    found = [stored.capture() for stored in exchanges(path)]
    return [{"url": each.url, **told(extract(each, portal))} for each in found if each is not None]


def told(reading: Reading) -> Json:
    """What a reading says, for people to look at."""
    said: Json = {"verdict": reading.verdict, "layout": reading.layout}
    if reading.article is not None:
        said |= _article(reading.article)
    if reading.listing is not None:
        said |= _listing(reading.listing)
    return said


def _article(article: Article) -> Json:
    return {
        "title": article.title,
        "lead": article.lead,
        "published": _moment(article.published),
        "modified": _moment(article.modified),
        "category": list(article.category),
        "author": article.author,
        "source": article.source,
        "tags": list(article.tags),
        "images": [{"url": i.url, "caption": i.caption, "credit": i.credit, "alt": i.alt} for i in article.images],
        "attachments": [{"url": each.url, "name": each.name} for each in article.attachments],
        "links": [{"url": each.url, "text": each.text} for each in article.links],
        "language": article.language,
        "cms_id": article.cms_id,
        "body": list(article.body),
    }


def _listing(listing: Listing) -> Json:
    turn = listing.next
    return {
        "entries": [
            {"url": e.url, "title": e.title, "date_raw": e.date_raw, "date": e.day.isoformat() if e.day else None}
            for e in listing.entries
        ],
        "next": {"url": turn.url, "method": turn.method, "label": turn.label} if turn else None,
    }


def _moment(moment: Moment | None) -> Json | None:
    if moment is None:
        return None
    return {"at": moment.text(), "raw": moment.raw, "source": moment.source, "ambiguous": moment.ambiguous}


def _differences(then: list[Json], now: list[Json]) -> Iterator[str]:
    """Each field that differs, with its lines: `-` is the record's, `+` is today's."""
    if [one["url"] for one in then] != [one["url"] for one in now]:
        yield "the WARC holds other pages than the record"
        return
    for before, after in zip(then, now, strict=True):
        for key in dict.fromkeys([*before, *after]):
            if before.get(key) != after.get(key):
                yield f"{before['url']}: {key}"
                lines = difflib.ndiff(_lines(before.get(key)), _lines(after.get(key)))
                yield from (line for line in lines if line.startswith(("-", "+")))


def _lines(value: object) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item if isinstance(item, str) else json.dumps(item, ensure_ascii=False) for item in items]


def _write(target: Path, record: Json) -> None:
    try:
        (target / RECORD).write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")
    except OSError as error:
        raise unwritable(error, target / RECORD) from error
