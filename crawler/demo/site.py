"""The demo portal as a function from requests to answers; `crawler.demo.server` puts it on a socket."""

import gzip
import hashlib
import re
import threading
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from urllib.parse import parse_qs, unquote, urlsplit

from crawler.demo import viewstate
from crawler.demo.addresses import (
    CATEGORIES,
    CHALLENGED,
    DISALLOWED,
    DISTRICT,
    HOST_TITLES,
    MAIN,
    OLD_ADDRESS,
    SECTION,
    SECTION_PATH,
    Category,
    article_path,
    category_of,
    digest,
    for_side_boxes,
    old_path,
    text_of,
)
from crawler.demo.answer import Answer
from crawler.demo.article_page import article_page
from crawler.demo.failures import challenge, error_page, moved_page, not_found_page, print_page
from crawler.demo.listing import PAGER, entries, home_page, listing_page, page_asked, page_count
from crawler.demo.page import Load
from crawler.demo.static import static_answer, static_files
from crawler.demo.texts import VIETNAM, Text, load, on_night

ROBOTS = "User-agent: *\r\nDisallow: /_layouts/\r\nDisallow: /_vti_bin/\r\n"

_HOME_PATHS = ("/", "/default.aspx", "/pages/default.aspx", SECTION_PATH.lower())
_PAGE_HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "private, max-age=0"),
    ("Server", "Microsoft-IIS/8.5"),
    ("X-SharePointHealthScore", "0"),
    ("X-AspNet-Version", "4.0.30319"),
    ("X-Powered-By", "ASP.NET"),
    ("MicrosoftSharePointTeamServices", "15.0.0.4569"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-FRAME-OPTIONS", "SAMEORIGIN"),
)
_VISITS_BEFORE = 4_718_302
_REASONS = {200: "OK", 302: "Found", 404: "Not Found", 500: "Internal Server Error"}


def hosts() -> tuple[str, str]:
    """The portal's two hosts: the province's and the district's."""
    return MAIN, DISTRICT


def article_url(text: Text) -> str:
    """The absolute address of an article's page."""
    return f"http://{category_of(text).host}{article_path(text)}"


def listing_urls() -> Mapping[str, str]:
    """The absolute address of the first page of each category's listing, by the category's name."""
    return {category.name: category.url for category in CATEGORIES}


@dataclass(frozen=True)
class _Request:
    """A request as the site understands it; header names and `path` are in lower case."""

    method: str
    host: str
    asked: str  # the path as asked for, unquoted
    target: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.asked.lower()


@dataclass(frozen=True)
class _Online:
    """What is online on one night; `linkable` newest first."""

    texts: tuple[Text, ...]
    linkable: tuple[Text, ...]
    articles: Mapping[tuple[str, str], Text]  # by (host, path in lower case)


@cache
def _online(night: int) -> _Online:
    texts = on_night(load(), night)
    articles = {(category_of(text).host, article_path(text).lower()): text for text in texts}
    return _Online(texts, for_side_boxes(texts), articles)


def _request(method: str, host: str, target: str, headers: Mapping[str, str], body: bytes) -> _Request:
    """Reads the target in its origin form (`/x?y`) or, as proxies are asked, its absolute form."""
    if target.lower().startswith("http://"):
        parts = urlsplit(target)
        host, target = parts.netloc, target[len("http://") + len(parts.netloc) :] or "/"
    path, _, query = target.partition("?")
    names = {name.lower(): value for name, value in headers.items()}
    return _Request(method.upper(), host.lower().partition(":")[0], unquote(path), target, query, names, body)


class Site:
    """The portal. `night` (1 or 2) may be switched while it serves; all else is counters of loads and views."""

    def __init__(self, night: int = 1) -> None:
        self._lock = threading.Lock()
        self._loads = 0
        self._views: Counter[str] = Counter()
        self.night = night

    @property
    def night(self) -> int:
        """Which of the two nights it is."""
        return self._night

    @night.setter
    def night(self, night: int) -> None:
        _online(night)
        self._night = night

    @property
    def texts(self) -> tuple[Text, ...]:
        """The articles online tonight, as they are worded tonight."""
        return _online(self.night).texts

    def answer(self, method: str, host: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer to one request, as IIS with SharePoint would give it."""
        request = _request(method, host, target, headers, body)
        if request.host not in hosts():
            return _plain(400, "Bad Request", "<h2>Bad Request - Invalid Hostname</h2>", "text/html; charset=us-ascii")
        file = static_files().get(request.path)
        if request.method not in ("GET", "HEAD", "POST") or (file and request.method == "POST"):
            return _plain(405, "Method Not Allowed", "Method Not Allowed")
        if file:
            return static_answer(file, request.headers)
        if request.path == "/robots.txt":
            return _plain(200, "OK", ROBOTS)
        if request.host == MAIN and request.path == CHALLENGED.path.lower():
            return _plain(200, "OK", challenge(), "text/html")
        return self._page(request)

    def _load(self, request: _Request) -> Load:
        with self._lock:
            self._loads += 1
            number = self._loads
        night = self.night
        return Load(
            number=number,
            night=night,
            visits=_VISITS_BEFORE + 9_041 * (night - 1) + number,
            host=request.host,
            path=request.asked,
            target=request.target,
            now=datetime.now(VIETNAM),
        )

    def _viewed(self, text: Text, night: int) -> int:
        """The article's view counter after one more load."""
        with self._lock:
            self._views[text.slug] += 1
            seen = self._views[text.slug]
        first, second = digest(text.slug)[8:10]
        return 180 + 16 * first + (night - 1) * (20 + second) + seen

    def _page(self, request: _Request) -> Answer:
        load = self._load(request)
        try:
            posted = _posted(request)
            status, page, extra = self._content(request, load, posted)
        except ValueError:
            status, page, extra = 500, error_page(request.asked), ()
        return _page_answer(request, load, status, page, extra)

    def _content(
        self, request: _Request, load: Load, posted: Mapping[str, str] | None
    ) -> tuple[int, str, tuple[tuple[str, str], ...]]:
        """(status, HTML, further headers); ValueError where ASP.NET throws."""
        online = _online(load.night)
        here = (request.host, request.path)
        for category in CATEGORIES:
            if here == (category.host, category.path.lower()):
                listed = entries(category, online.texts)
                page = _page_wanted(category, request, posted, page_count(listed))
                return 200, listing_page(replace(load, page=page), category, listed, online.linkable), ()
        if text := online.articles.get(here):
            return 200, article_page(load, text, self._viewed(text, load.night), online.linkable), ()
        moved = text_of(OLD_ADDRESS)
        if here == (category_of(moved).host, old_path(moved).lower()):
            location = article_path(moved)
            return 302, moved_page(location), (("Location", location),)
        if request.path in _HOME_PATHS:
            title = HOST_TITLES[request.host] if request.path != SECTION_PATH.lower() else SECTION
            shown = CATEGORIES if request.host == MAIN else [c for c in CATEGORIES if c.host == request.host]
            return 200, home_page(load, title, shown, online.texts, online.linkable), ()
        if here == (MAIN, DISALLOWED.path.partition("?")[0]):
            return 200, print_page(DISALLOWED.title), ()
        latest = [text for text in online.linkable if category_of(text).host == request.host][:5]
        return 404, not_found_page(load, latest), ()


def _posted(request: _Request) -> Mapping[str, str] | None:
    """The fields of a postback, None for other requests; ValueError if its view state is not this page's."""
    if request.method != "POST":
        return None
    fields = {name: values[0] for name, values in parse_qs(request.body.decode("ascii"), True).items()}
    state = viewstate.read(fields.get("__VIEWSTATE", ""))
    if (state.host, state.path) != (request.host, request.path):
        raise ValueError("view state of another page")
    return {**fields, "page": str(state.page)}


def _page_wanted(category: Category, request: _Request, posted: Mapping[str, str] | None, pages: int) -> int:
    """The listing page a request is for; a postback that does not touch the pager stays where it came from."""
    if category.paging == "next":
        return page_asked(request.query)
    if posted is None:
        return 1
    page = int(posted.get("__EVENTARGUMENT", "") if posted.get("__EVENTTARGET") == PAGER else posted["page"])
    if not 1 <= page <= pages:
        raise ValueError(f"the pager never offered page {page}")
    return page


def _plain(status: int, reason: str, text: str, kind: str = "text/plain") -> Answer:
    body = text.encode()
    return Answer(status, reason, (("Content-Type", kind), ("Content-Length", str(len(body)))), body)


def _chunked(request: _Request) -> bool:
    """About half of the pages, always the same ones, come in chunks."""
    return hashlib.sha256(request.path.encode()).digest()[0] % 2 == 0


def _page_answer(request: _Request, load: Load, status: int, page: str, extra: tuple[tuple[str, str], ...]) -> Answer:
    body = page.encode()
    seed = f"{load.night} {load.number} {request.path}"
    headers = [
        *_PAGE_HEADERS,
        ("SPRequestGuid", str(uuid.uuid5(uuid.NAMESPACE_OID, seed))),
        ("Expires", format_datetime(datetime.now(UTC) - timedelta(days=15), usegmt=True)),
        ("Vary", "Accept-Encoding"),
        *extra,
    ]
    if "cookie" not in request.headers:
        session = hashlib.sha256(f"session {seed}".encode()).hexdigest()[:24]
        headers.append(("Set-Cookie", f"ASP.NET_SessionId={session}; path=/; HttpOnly"))
    if re.search(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))", request.headers.get("accept-encoding", "")):
        body = gzip.compress(body, 6, mtime=0)
        headers.append(("Content-Encoding", "gzip"))
    headers.append(("Transfer-Encoding", "chunked") if _chunked(request) else ("Content-Length", str(len(body))))
    return Answer(status, _REASONS[status], tuple(headers), body)
