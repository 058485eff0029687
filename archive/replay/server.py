"""Our own pages, on an origin of their own: collections, calendar, the frame of a replayed page, and what its banner asks.

No page of ours takes anything from the other origin, and none may be framed, so a replayed page can neither read nor drive it.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from archive.errors import LuutruError
from archive.replay import crawls, index, pages
from archive.replay.crawls import Crawls
from archive.replay.index import ALL, Warn
from archive.replay.listings import beginnings
from archive.replay.views import Views, summary
from archive.store import Store

HOST = "127.0.0.1"

_FRAME = re.compile(r"/([a-z0-9][a-z0-9._-]*)/(\d{1,14})(?:[a-z]{2}_)?/(https?://.+)", re.DOTALL)
_CALENDAR = re.compile(r"/([a-z0-9][a-z0-9._-]*)/(?:\*/)?(https?://.+)", re.DOTALL)
_COLLECTION = re.compile(r"/([a-z0-9][a-z0-9._-]*)/?")
_VIEW = re.compile(r"/-/view/([0-9a-f]{32})")
_NONCE = re.compile(r"[0-9a-f]{32}|")
_URL_SAFE = "/:?#[]@!$&'()*+,;=%-._~"
_FILES = {"/-/banner.js": "text/javascript; charset=utf-8", "/-/replay.css": "text/css; charset=utf-8"}


@dataclass
class Shown:
    """What is served: indexes in `folder` and the views; `content` is the origin of the gate, once it is known.

    The indexes are made anew, and the crawls read again, when a WARC was sealed since they were last looked at.
    """

    store: Store
    folder: Path
    titles: Mapping[str, str]
    warn: Warn
    views: Views = field(default_factory=Views)
    content: str = ""
    portals: list[str] = field(default_factory=list)
    _seen: index.Signature | None = None
    _crawls: Crawls | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def refresh(self) -> None:
        """Takes up what was sealed since; only portals that were there at the start have a collection, and `all` has all."""
        with self._lock:
            if (now := index.signature(self.store)) == self._seen:
                return
            found = index.merge(self.store, self.folder, self.warn)
            if self._seen is None:
                self.portals = found
            self._seen, self._crawls = now, None

    def crawls(self) -> Crawls:
        """The crawls that the tables know."""
        with self._lock:
            if self._crawls is None:
                self._crawls = crawls.read(self.store)
            return self._crawls

    def known(self, collection: str) -> bool:
        return collection == ALL or collection in self.portals

    def title(self, collection: str) -> str:
        return pages.two_plain("Tất cả các cổng", "All portals") if collection == ALL else self._title(collection)

    def _title(self, portal: str) -> str:
        return self.titles.get(portal, portal)

    def index(self, collection: str) -> Path:
        return self.folder / f"{collection}.cdxj"


class Server(ThreadingHTTPServer):
    """Serves `shown` on the loopback address."""

    daemon_threads = True

    def __init__(self, port: int, shown: Shown) -> None:
        super().__init__((HOST, port), _Handler)
        self.shown = shown

    @property
    def origin(self) -> str:
        return f"http://{HOST}:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - socketserver's names
        """One line of what went wrong with a page; nothing of a browser that did not wait for it."""
        if (error := sys.exception()) is not None and not isinstance(error, ConnectionError | TimeoutError):
            self.shown.warn(f"a page could not be made: {type(error).__name__}: {error}")


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        try:
            self._answer()
        except LuutruError as error:
            self.server.shown.warn(str(error))
            self._send(500, "text/plain; charset=utf-8", f"{error}\n".encode())

    def _answer(self) -> None:
        shown = self.server.shown
        if self.headers.get("Host") not in (
            urlsplit(self.server.origin).netloc,
            f"localhost:{self.server.server_port}",
        ):
            # a name that leads here is not ours: the page that asks may be anyone's
            self._send(421, "text/plain; charset=utf-8", b"not this server\n")
        elif match := _VIEW.fullmatch(self.path.partition("?")[0]):
            self._view(match[1])
        elif self.path in _FILES:
            name = self.path.rpartition("/")[2]
            self._send(200, _FILES[self.path], resources.files("archive.replay").joinpath(name).read_bytes())
        elif self.path.startswith("/-/go?"):
            self._go()
        elif self.path == "/":
            self._page(pages.home(shown.portals, shown.titles))
        elif (match := _FRAME.fullmatch(self.path)) and shown.known(match[1]):
            shown.refresh()
            view = shown.views.new()
            source = f"{shown.content}/{view}/{match[1]}/{match[2]}/{match[3]}"
            self._page(pages.frame(match[1], shown.title(match[1]), view, source, match[3]))
        elif (match := _CALENDAR.fullmatch(self.path)) and shown.known(match[1]):
            shown.refresh()
            found = index.captures(shown.index(match[1]), match[2])
            self._page(pages.calendar(match[1], shown.title(match[1]), match[2], found), 200 if found else 404)
        elif (match := _COLLECTION.fullmatch(self.path)) and shown.known(match[1]):
            self._page(pages.collection(match[1], shown.title(match[1]), beginnings(shown.store, match[1])))
        else:
            self._page(pages.home(shown.portals, shown.titles), 404)

    def _view(self, view: str) -> None:
        nonce = parse_qs(urlsplit(self.path).query).get("page", [""])[0]
        shown = self.server.shown
        told = None
        if _NONCE.fullmatch(nonce):
            told = summary(shown.views.loads(view), nonce, shown.crawls)
        self._send(200, "application/json", json.dumps(pages.said(told), ensure_ascii=False).encode("utf-8", "replace"))

    def _go(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        collection, url = (asked.get(name, [""])[0].strip() for name in ("collection", "url"))
        if not self.server.shown.known(collection):
            collection = ALL
        if not url.startswith(("http://", "https://")):
            url = f"http://{url}"
        self._send(303, "", b"", {"Location": f"/{collection}/*/{quote(url, safe=_URL_SAFE)}"})

    def _page(self, page: str, status: int = 200) -> None:
        self._send(status, "text/html; charset=utf-8", page.encode("utf-8", "replace"))

    def _send(self, status: int, kind: str, body: bytes, more: Mapping[str, str] | None = None) -> None:
        content = self.server.shown.content
        policy = (
            f"default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; frame-src {content}; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        headers = {
            **({"Content-Type": kind} if kind else {}),
            "Content-Length": str(len(body)),
            "Content-Security-Policy": policy,
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
            **(more or {}),
        }
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in http.server
        """Says nothing: who replays is at the terminal."""
