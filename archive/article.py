"""An article as its page tells it: the fields, and the hash of what they say."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime

CONTENT_HASH_VERSION = 2


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as a page tells it.

    `day` is the day in Vietnam; `at` is aware and None where the page tells no time of day; `precision` is day, minute or
    second; `source` is page, meta, url or listing; `raw` is the text it was read from; `ambiguous` where day and month
    could be exchanged.
    """

    day: date
    at: datetime | None
    precision: str
    source: str
    raw: str
    ambiguous: bool = False

    def text(self) -> str:
        """`2018-04-04`, or `2018-04-04T09:34:00+07:00` where a time is told."""
        return self.at.isoformat() if self.at else self.day.isoformat()


@dataclass(frozen=True, slots=True)
class Image:
    """An image of the body: canonical URL of its full size, caption and credit (None where the page gives none), alt."""

    url: str
    caption: str | None
    credit: str | None
    alt: str | None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that the article hangs out: canonical URL and the name it is given."""

    url: str
    name: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link in the body."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """What one page says.  Text is NFC with white space folded; None and empty tuples where the page tells nothing.

    `published_unread` is what stands in the date's place where it is no date that can be (31/02/2021, a day yet to come).
    """

    url: str
    title: str
    lead: str | None
    body: tuple[str, ...]
    category: tuple[str, ...]
    published: Moment | None
    modified: Moment | None
    author: str | None
    source: str | None
    tags: tuple[str, ...]
    images: tuple[Image, ...]
    attachments: tuple[Attachment, ...]
    links: tuple[Link, ...]
    language: str | None
    cms_id: str | None
    layout: str
    published_unread: str | None = None

    def said(self) -> dict[str, object]:
        """What the article's page says in words, by field; a change of anything else on it (counters, view state, the
        address of a picture) is no change of the article."""
        return {
            "title": self.title,
            "lead": self.lead,
            "body": self.body,
            "author": self.author,
            "source": self.source,
            "published": self.published.text() if self.published else None,
            "modified": self.modified.text() if self.modified else None,
            "images": [(image.caption, image.credit) for image in self.images],
            "attachments": [file.name for file in self.attachments],
        }

    def text_hash(self) -> str:
        """sha256 over what the page says."""
        return hashlib.sha256(json.dumps(self.said(), ensure_ascii=False).encode()).hexdigest()

    def field_hashes(self) -> dict[str, int]:
        """32 bits of sha256 of each field, signed: they tell which fields differ where the text does."""
        return {name: _mark(value) for name, value in self.said().items()}


def _mark(value: object) -> int:
    digest = hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).digest()
    return int.from_bytes(digest[:4], signed=True)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a listing shows of one article: `position` from 1, canonical URL, title, the date as shown and as read."""

    position: int
    url: str
    title: str
    date_raw: str | None
    day: date | None


@dataclass(frozen=True, slots=True)
class Turn:
    """How a listing's next page is asked for: a URL, or something sent back (method POST, a body and its media type)."""

    url: str
    method: str = "GET"
    body: str = ""
    label: str = ""
    media_type: str = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a listing: its entries in order, and how its next page is asked for (None on the last)."""

    url: str
    entries: tuple[Entry, ...]
    next: Turn | None


@dataclass(frozen=True, slots=True)
class Requisite:
    """What a browser asks for to show a page.

    `url` is absolute, http or https, without fragment, percent-encoded as the browser sends it (not canonical: a server
    may tell two spellings apart).  `kind` is one of style, script, font, image, other.
    """

    url: str
    kind: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What `extract()` makes of a capture: a verdict, and the article or listing where it is one.

    `requisites` are what the page is shown with, where they were asked for.
    """

    verdict: str
    layout: str
    article: Article | None = None
    listing: Listing | None = None
    requisites: tuple[Requisite, ...] = ()
