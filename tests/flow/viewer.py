"""ReplayWeb.page, from `.envs/replaywebpage`, and WACZ files beside it, served on loopback for Chromium to show."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode

from .chrome import Chrome, Frame, Page, chrome

SCRIPTS = Path(__file__).parents[2] / ".envs" / "replaywebpage"

_PAGE = b"<!doctype html><title>WACZ</title><script src='/ui.js'></script><replay-app-main></replay-app-main>"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def _handler(folder: Path) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        """The viewer's page and scripts, and the folder's files by ranges."""

        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            name = self.path.partition("?")[0].lstrip("/")
            if name == "":
                self._send(200, "text/html", BytesIO(_PAGE), len(_PAGE))
                return
            path = SCRIPTS / name if name in ("ui.js", "sw.js") else folder / name
            if "/" in name or not path.is_file():
                self._send(404, "text/plain", BytesIO(), 0)
                return
            size = path.stat().st_size
            kind = "text/javascript" if path.suffix == ".js" else "application/wacz"
            asked = _RANGE.fullmatch(self.headers.get("Range", ""))
            start, end = 0, size
            if asked is not None:
                start = int(asked[1]) if asked[1] else size - int(asked[2])
                end = min(int(asked[2]) + 1 if asked[1] and asked[2] else size, size)
            told = (("Content-Range", f"bytes {start}-{end - 1}/{size}"),) if asked else ()
            with path.open("rb") as file:
                file.seek(start)
                self._send(206 if asked else 200, kind, file, end - start, told)

        def _send(
            self, status: int, kind: str, data: BinaryIO, size: int, told: tuple[tuple[str, str], ...] = ()
        ) -> None:
            self.send_response(status)
            headers = (("Content-Type", kind), ("Content-Length", str(size)), ("Accept-Ranges", "bytes"), *told)
            for header, value in headers:
                self.send_header(header, value)
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):  # the viewer takes of a file what it wants
                while self.command == "GET" and size and (piece := data.read(min(size, 1 << 16))):
                    self.wfile.write(piece)
                    size -= len(piece)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    return Handler


@dataclass
class Viewer:
    """ReplayWeb.page in Chromium."""

    browser: Chrome
    address: str
    folder: Path

    def open(self, name: str, url: str = "", ts: str = "") -> Page:
        """Shows a WACZ of the folder: a page of it, or else the list of its pages."""
        shown = {"view": "pages", "url": url, "ts": ts} if url else {"view": "pages"}
        source = f"{self.address}/{name}"
        return self.browser.open(f"{self.address}/?{urlencode({'source': source})}#{urlencode(shown)}")

    def frame(self, name: str, url: str, ts: str) -> Frame:
        """The page's own document, when it stands and its pictures have come or failed."""
        frame = self.open(name, url, ts).frame(f"mp_/{url}")
        frame.wait("document.readyState === 'complete'")
        return frame


@contextmanager
def viewer(folder: Path) -> Iterator[Viewer]:
    """Serves the viewer and the WACZ files of a folder, and opens Chromium, until the block ends."""
    assert SCRIPTS.exists(), "make replaywebpage"
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(folder))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with chrome(folder / "profile") as browser:
            yield Viewer(browser, f"http://127.0.0.1:{server.server_port}", folder)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
