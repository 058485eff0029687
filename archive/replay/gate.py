"""Serves archived content: pywb, behind a gate that lets its pages reach nothing but themselves.

This file runs as a script, by the Python of the environment that has pywb, and imports nothing of ours.  Its working folder
holds pywb's config.yaml and `gate.json`: {"pages": the origin of our own pages, "portals": their names, "all": the name of the
collection over all, "refused": the page that says that something is not there, in which NONCE is replaced}.

- Content is asked for as `/VIEW/COLLECTION/TIME[MODIFIER]/URL`.  VIEW is 32 hex digits that `archive.replay.server` gave to
  one opened page: all that this page loads is asked for under it, and so can be told of it.
- Each answer carries a Content-Security-Policy: a sandbox, so that a replayed page has an origin like no other, reads no
  other page and drives no window; and nothing may be loaded but from its own view and collection.
- Of captured headers only those pass that say what the body is.  No cookie passes in either direction.
- On stdout there is a line of JSON for the port, then one for each answer; the end of stdin ends it.
"""

from __future__ import annotations

from gevent.monkey import patch_all

patch_all()

import json  # noqa: E402 - gevent must come before what it changes
import os  # noqa: E402
import re  # noqa: E402
import secrets  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable, Iterable  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402
from urllib.parse import urlsplit  # noqa: E402

import gevent  # noqa: E402
from gevent.local import local  # noqa: E402
from gevent.os import tp_read  # noqa: E402
from gevent.pywsgi import WSGIServer  # noqa: E402
from pywb.apps.frontendapp import FrontEndApp  # noqa: E402
from pywb.apps.rewriterapp import RewriterApp  # noqa: E402
from pywb.utils.geventserver import RequestURIWSGIHandler  # noqa: E402

Headers = list[tuple[str, str]]

_CONTENT = re.compile(r"/([0-9a-f]{32})/([a-z0-9][a-z0-9._-]*)/(\d{1,14})([a-z]{2}_)?/(https?://.+)", re.DOTALL)
_STATIC = re.compile(r"/[0-9a-f]{32}/static/wombat\.js")
_PASS = {
    *("content-type", "content-length", "content-encoding", "content-language", "content-range", "accept-ranges"),
    *("content-disposition", "location", "memento-datetime"),
}
_ASKED = {"HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_HOST", "HTTP_RANGE", "HTTP_USER_AGENT"}
_AJAX = {"HTTP_X_REQUESTED_WITH", "HTTP_X_PYWB_REQUESTED_WITH"}
_told = local()


class Rewriter(RewriterApp):  # type: ignore[misc]  # pywb has no types
    """pywb's rewriter, which leaves word of the capture that it answers with."""

    def _add_custom_params(self, cdx: Any, headers: Any, *_rest: Any) -> None:
        _told.cdx = cdx
        _told.url = headers.get("WARC-Target-URI") or cdx["url"]  # the record's word goes before the index's
        _told.date = headers.get("WARC-Date") or ""


class Gate:
    """The WSGI application around pywb's."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], told: dict[str, Any]) -> None:
        self.inner = inner
        self.pages, self.refused = str(told["pages"]), str(told["refused"])
        self.portals = frozenset(told["portals"])
        self.collections = self.portals | {str(told["all"])}
        self.origin = ""

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        target, method = str(environ["REQUEST_URI"]), str(environ["REQUEST_METHOD"])
        match = _CONTENT.fullmatch(target)
        if environ.get("HTTP_HOST") != urlsplit(self.origin).netloc or not (match or _STATIC.fullmatch(target)):
            return self._refuse(start_response, "404 Not Found", _policy(self.origin, "-", "-"))
        if match is None:
            return self._pywb(environ, target, start_response, _policy(self.origin, "-", "-"))
        view, collection, when, modifier, url = match.groups()
        policy = _policy(self.origin, view, collection)
        if collection not in self.collections:
            return self._refuse(start_response, "404 Not Found", policy)
        if environ.get("HTTP_SEC_FETCH_DEST") == "document" and method == "GET":  # a window of its own has no banner
            start_response("303 See Other", [("Location", f"{self.pages}/{collection}/{when}/{url}"), *policy])
            return []
        if (reader := self._reader(environ, collection)) and method == "OPTIONS":
            names = environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")
            allow = re.sub(r"[^\w,-]", "", names)
            said = [("Access-Control-Allow-Headers", allow), ("Access-Control-Allow-Methods", "GET, POST, HEAD")]
            start_response("204 No Content", [*said, *reader, *policy])
            return []
        if method not in ("GET", "HEAD", "POST"):
            return self._refuse(start_response, "405 Method Not Allowed", policy)
        note = {
            "view": view,
            "collection": collection,
            "asked": when,
            "modifier": modifier or "",
            "target": url,
            "method": method,
            "kind": environ.get("HTTP_SEC_FETCH_DEST", ""),
        }
        return self._pywb(environ, target, start_response, [*policy, *reader], note)

    def _pywb(
        self,
        environ: dict[str, Any],
        target: str,
        start_response: Callable[..., Any],
        ours: Headers,
        note: dict[str, Any] | None = None,
    ) -> Iterable[bytes]:
        view = target[:33]
        own = {name: value for name, value in environ.items() if not name.startswith("HTTP_") or name in _ASKED | _AJAX}
        nonce = secrets.token_hex(16)
        own |= {"SCRIPT_NAME": view, "PATH_INFO": str(environ["PATH_INFO"])[33:], "luutru.nonce": nonce}
        _told.cdx = None
        held: list[Any] = []
        body = self.inner(own, lambda status, headers, _info=None: held.extend((status, headers)))
        status, headers = held
        cdx, code = _told.cdx, int(status[:3])
        if note is not None:
            self._tell(note, code, headers, cdx, nonce)
        if cdx is None and code >= 400 and note is not None:  # pywb's own page of an error
            if close := getattr(body, "close", None):
                close()
            return self._refuse(start_response, status, ours, nonce)
        kept = [(name, value) for name, value in headers if _passes(name)]
        start_response(status, [*kept, *ours])
        return body

    def _tell(self, note: dict[str, Any], code: int, headers: Headers, cdx: Any, nonce: str) -> None:
        kind = next((value for name, value in headers if name.lower() == "content-type"), "")
        said = {**note, "status": code, "mime": kind.partition(";")[0].strip().lower(), "nonce": nonce}
        if cdx is not None:
            said |= {"at": cdx["timestamp"], "file": cdx.get("filename", ""), "url": _told.url, "date": _told.date}
        say(said)

    def _refuse(
        self, start_response: Callable[..., Any], status: str, ours: Headers, nonce: str = ""
    ) -> Iterable[bytes]:
        page = self.refused.replace("NONCE", nonce).encode()
        start_response(
            status, [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(page))), *ours]
        )
        return [page]

    def _reader(self, environ: dict[str, Any], collection: str) -> Headers:
        """Leave for a script to read the answer: within a portal's own collection, as the portal's scripts could; over all
        portals only for fonts, scripts and stylesheets, which are used and not read.

        Whose page asks is not known, since one without an origin sends no Referer; its view is known to nobody else."""
        used = environ.get("HTTP_SEC_FETCH_DEST") in ("font", "script", "style")
        if environ.get("HTTP_ORIGIN") != "null" or not (used or collection in self.portals):
            return []
        return [("Access-Control-Allow-Origin", "null")]


def _passes(name: str) -> bool:
    return name.lower() in _PASS or name.lower().startswith("x-archive-orig-")


def _policy(origin: str, view: str, collection: str) -> Headers:
    own = f"{origin}/{view}/{collection}/"
    policy = (
        f"default-src {own} {origin}/{view}/static/ data: blob: 'unsafe-inline' 'unsafe-eval'; form-action {own}; "
        "base-uri *; sandbox allow-scripts allow-forms"
    )
    return [
        ("Content-Security-Policy", policy),
        ("Referrer-Policy", "no-referrer"),
        ("X-DNS-Prefetch-Control", "off"),
        ("Cache-Control", "no-store"),
    ]


def say(told: dict[str, Any]) -> None:
    """One line on stdout, for who started this."""
    os.write(1, json.dumps(told).encode() + b"\n")


def main() -> None:
    """Serves until stdin ends."""
    told = json.loads(Path("gate.json").read_text("utf-8"))
    FrontEndApp.REWRITER_APP_CLS = Rewriter
    gate = Gate(FrontEndApp(), told)
    server = WSGIServer(("127.0.0.1", 0), gate, handler_class=RequestURIWSGIHandler, log=None)
    server.start()
    gate.origin = f"http://127.0.0.1:{server.server_port}"
    say({"port": server.server_port})
    gevent.spawn(_wait)
    server.serve_forever()


def _wait() -> None:
    while tp_read(0, 1024):
        pass
    os._exit(0)


if __name__ == "__main__":
    sys.path.pop(0)  # this folder: what lies beside is no module of pywb's
    main()
