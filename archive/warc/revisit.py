"""Revisits: a capture whose payload stands in another record of the same portal (WARC 1.1, section 6.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
UNMODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


@dataclass(frozen=True, slots=True)
class Target:
    """A response record that holds a payload: id, URL and date as its header has them, and where it lies.

    `warc_filename` is relative to the store's `warc/`; the file may still be under way.
    """

    record_id: str
    url: str
    date: datetime
    digest: str
    warc_filename: str
    offset: int


@dataclass(frozen=True, slots=True)
class Revisit:
    """That a capture repeats `target`, by what evidence (`profile`)."""

    target: Target
    profile: str


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask again with: the last capture's ETag and Last-Modified, and the record that it stands on."""

    etag: str | None
    last_modified: str | None
    target: Target

    def headers(self) -> dict[str, str]:
        """The request headers that ask for the page only if it changed (RFC 9110 section 13.1)."""
        pairs = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in pairs.items() if value}
