"""A portal file: what is known of one portal, as data.  `extract()` of a capture goes by it and by the capture's date."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import re
from typing import Annotated, Literal

from lxml import etree
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from archive.article import Reading
from archive.capture import Capture
from archive.moment import local_date
from archive.tables.revisits import Revisits
from archive.url import host_of
from crawler.extract import feed
from crawler.extract.layout import Layout
from crawler.extract.page import Page, is_html
from crawler.extract.reading import extract_page
from crawler.extract.requisites import page_requisites
from crawler.platforms import PLATFORMS, recognise
from crawler.portals.locate import named_authority
from crawler.portals.window import ZONE, Window, parse_window

_STRICT = ConfigDict(extra="forbid", frozen=True)
_COLUMNS = (
    "title",
    "lead",
    "body",
    "category",
    "author",
    "source",
    "published_date",
    "published_at",
    "modified_at",
    "tags",
    "images",
    "attachments",
    "links",
    "language",
    "cms_id",
)
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_EMPTY = etree.HTML("<html></html>")


def _xpaths(paths: tuple[str, ...]) -> tuple[str, ...]:
    for path in paths:
        try:
            answer = etree.XPath(path)(_EMPTY)  # functions and prefixes that do not exist are told when it runs
        except etree.XPathError as error:
            raise ValueError(f"no XPath that lxml reads: {path!r} ({error})") from error
        if isinstance(answer, bool):
            raise ValueError(f"no XPath to elements or text: {path!r} answers yes or no, as a CSS selector may")
    return paths


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Paths = Annotated[tuple[str, ...], BeforeValidator(_as_list), AfterValidator(_xpaths)]
Name = Annotated[str, Field(min_length=1)]


def _web(url: str) -> str:
    if not url.startswith(("http://", "https://")) or not host_of(url):
        raise ValueError(f"no web address: {url!r}; it begins with http:// or https:// and names a host")
    return url


class Province(BaseModel):
    """The province that the portal belongs to, before and after the mergers of July 2025."""

    model_config = _STRICT
    then: str
    now: str


class Category(BaseModel):
    """A category whose listing is walked: its path as people see it, and the URL of its first page."""

    model_config = _STRICT
    path: Annotated[tuple[Name, ...], Field(min_length=1)]
    url: Annotated[str, AfterValidator(_web)]


class LayoutValues(BaseModel):
    """XPaths that override the platform's, for captures before the day `until` (None: for all that no other names)."""

    model_config = _STRICT
    until: dt.date | None = None
    title: Paths | None = None
    lead: Paths | None = None
    body: Paths | None = None
    drop: Paths | None = None
    date: Paths | None = None
    modified: Paths | None = None
    category: Paths | None = None
    author: Paths | None = None
    source: Paths | None = None
    tags: Paths | None = None
    cms_id: Paths | None = None
    attachments: Paths | None = None
    entries: Paths | None = None
    entry_link: Paths | None = None
    entry_title: Paths | None = None
    entry_date: Paths | None = None
    next: Paths | None = None


class Politeness(BaseModel):
    """How the portal is treated: seconds between two requests to a host, and how many may be under way at once.

    `hours` are those in which it may be asked, by the clock of Vietnam (None: all day).  `robots = "override"` asks for
    what its robots.txt refuses too, by the `authority` that is named.
    """

    model_config = _STRICT
    delay: Annotated[float, Field(ge=0, le=3600)] = 2.0
    concurrency: Annotated[int, Field(ge=1, le=16)] = 1
    timeout: Annotated[float, Field(gt=0, le=600)] = 90.0
    hours: Annotated[Window | None, BeforeValidator(parse_window)] = None
    robots: Literal["obey", "override"] = "obey"
    authority: str = ""

    def closing(self, moment: dt.datetime) -> dt.datetime | None:
        """When the hours that a moment (aware) is in are over (UTC); None where it is in none, or there are none."""
        return self.hours.closing(moment, ZONE) if self.hours else None

    @model_validator(mode="after")
    def _by_authority(self) -> Politeness:
        named_authority(self.robots, self.authority, ("politeness", "robots"))
        return self


class Trust(BaseModel):
    """Faults of its hosts' certificates that are accepted: `expired`, and `incomplete` where the server does not send the
    issuer's.  Captures made so are not `tls_verified`."""

    model_config = _STRICT
    accept: tuple[Literal["incomplete", "expired"], ...] = ()


class Walk(BaseModel):
    """How far listings are walked: to `stop_after` known and unchanged entries in a row, every `sweep_days` nights to their
    end; how many pages of one host are asked for in a night (`budget`).

    When what is known is asked again: an article every night while it is younger than `fresh_days` or changed since, then
    seldomer, at least every `revisit_days`; an image or a file at least every `file_days`; and after how many days without
    an answer a known article is overdue (`overdue_days`)."""

    model_config = _STRICT
    stop_after: Annotated[int, Field(ge=1)] = 30
    sweep_days: Annotated[int, Field(ge=1)] = 7
    budget: Annotated[int, Field(ge=1)] = 20_000
    fresh_days: Annotated[int, Field(ge=0)] = 30
    revisit_days: Annotated[int, Field(ge=1)] = 60
    file_days: Annotated[int, Field(ge=1)] = 30
    overdue_days: Annotated[int, Field(ge=1)] = 90

    @property
    def revisits(self) -> Revisits:
        """When what is known is asked again."""
        return Revisits(self.fresh_days, self.revisit_days, self.file_days)

    @model_validator(mode="after")
    def _in_time(self) -> Walk:
        if self.revisit_days > self.overdue_days:
            raise PydanticCustomError(
                "always_overdue",
                "revisit_days is {revisit}, and after overdue_days, {overdue}, an article counts as overdue",
                {"revisit": self.revisit_days, "overdue": self.overdue_days, "place": ("walk", "revisit_days")},
            )
        return self


class Expect(BaseModel):
    """What a good night yields: links on a listing page [least, most], and the share of articles with a field filled."""

    model_config = _STRICT
    listing_links: tuple[int, int] = (1, 500)
    filled: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)

    @field_validator("filled")
    @classmethod
    def _columns(cls, filled: dict[str, float]) -> dict[str, float]:
        for name in filled:  # one that no row has would turn every night red
            if name not in _COLUMNS:
                raise ValueError(f"no column of articles: {name!r}; there are {', '.join(_COLUMNS)}")
        return filled


class Portal(BaseModel):
    """One portal.  `name` is the file's name and `digest` the sha256 of its bytes; both are set where it is loaded."""

    model_config = _STRICT
    name: str = ""
    digest: str = ""
    title: Name
    agency: str = ""
    level: Literal["government", "ministry", "province", "district", "commune", "other"] = "other"
    hosts: Annotated[tuple[Name, ...], Field(min_length=1)]
    platform: str | None = None
    evidence: str = ""
    tags: tuple[str, ...] = ()
    province: Province | None = None
    categories: Annotated[tuple[Category, ...], Field(min_length=1)]
    layouts: tuple[LayoutValues, ...] = ()
    politeness: Politeness = Politeness()
    tls: Trust = Trust()
    walk: Walk = Walk()
    expect: Expect = Expect()

    @field_validator("hosts")
    @classmethod
    def _hosts(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            if not _HOST.fullmatch(host) or host_of(f"http://{host}/") != host:
                raise ValueError(f"no host name: {host!r}; write it in lower case, without scheme, port and path")
        return hosts

    @field_validator("platform")
    @classmethod
    def _platform(cls, platform: str | None) -> str | None:
        if platform is not None and platform not in PLATFORMS:
            raise ValueError(f"no platform {platform!r}; there are {', '.join(sorted(PLATFORMS))}")
        return platform

    @model_validator(mode="after")
    def _own_hosts(self) -> Portal:
        for number, category in enumerate(self.categories):
            if not self.owns(category.url):
                raise PydanticCustomError(
                    "foreign_category",
                    "{url} is on none of the portal's hosts: {hosts}",
                    {"url": category.url, "hosts": ", ".join(self.hosts), "place": ("categories", number, "url")},
                )
        return self

    def owns(self, url: str) -> bool:
        """Whether a URL is on one of the portal's hosts; `www.` before one of them counts as the host."""
        host = host_of(url)
        return host in self.hosts or host.removeprefix("www.") in self.hosts

    def layout(self, page: Page) -> Layout:
        """The layout that reads a page: its platform's for such pages (recognised where the file names none), with the
        values that the file gives for the capture's day laid over it."""
        platform = PLATFORMS[self.platform] if self.platform else recognise(page)[0]
        layout = platform.layout_of(page)
        values = self._values(page.capture.fetch_time)
        if values is None:
            return layout
        changes: dict[str, tuple[str, ...]] = {
            name: value for name, value in values if name != "until" and value is not None
        }
        # who names the way on is not second-guessed: where it finds nothing, the listing ends
        if values.next is not None:
            layout = dataclasses.replace(layout, guess_next=False, turn=None)
        return dataclasses.replace(layout, **changes)  # type: ignore[arg-type]

    def _values(self, fetched: dt.datetime) -> LayoutValues | None:
        day = local_date(fetched)
        dated = sorted((v for v in self.layouts if v.until and day < v.until), key=lambda v: v.until or day)
        return dated[0] if dated else next((v for v in self.layouts if v.until is None), None)


def extract(capture: Capture, portal: Portal | None, *, requisites: bool = False) -> Reading:
    """What a capture says: a pure function of its bytes, the portal's file and the capture's date.

    Crawl, re-extraction, golden tests and audit call it and get the same.  Without a portal the platform is recognised
    by the markup alone.  With `requisites`, a crawl is told what the page is shown with, too.
    """
    if (listed := feed.read(capture)) is not None:
        return listed
    if not is_html(capture):
        return Reading("not-html", "")
    page = Page(capture)
    if not page.readable:
        return Reading("unreadable", "")
    reading = extract_page(page, portal.layout(page) if portal else recognise(page)[0].layout_of(page))
    if requisites and reading.verdict in ("article", "listing"):
        return dataclasses.replace(reading, requisites=page_requisites(page))
    return reading


def digest(data: bytes) -> str:
    """The digest that names a portal file's content."""
    return hashlib.sha256(data).hexdigest()
