"""Real pages on the loopback address under their own host names, and the real command that crawls them.

The pages are kept beside the repository and are no part of it: `$LUUTRU_REAL_PAGES`, else `../shared/real-pages`.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from archive.store import open_store
from archive.tables.views import query
from crawler.demo.answer import Answer
from crawler.demo.server import DemoServer, WireExchange

_ROOT = Path(__file__).resolve().parents[2]
_HTML = (("Content-Type", "text/html; charset=utf-8"),)
_JPEG = (("Content-Type", "image/jpeg"),)
_MISSING = Answer(404, "Not Found", _HTML, b"<html><title>404 - File or directory not found.</title></html>")


def folder() -> Path:
    """Where the pages are.  A test that needs them is skipped where they are not, and fails so where CI runs it."""
    path = Path(os.environ.get("LUUTRU_REAL_PAGES") or _ROOT.parent / "shared" / "real-pages")
    if not (path / "sources.tsv").is_file():
        why = f"the real pages are not at {path}: name their folder in LUUTRU_REAL_PAGES"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    return path


def page(name: str) -> bytes:
    """The bytes of one of them."""
    return (folder() / name).read_bytes()


@dataclass(frozen=True)
class RealSite:
    """Answers the URLs of a written table with their bytes, and every other one with 404."""

    table: Mapping[str, bytes]

    def answer(self, method: str, host: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The page or JPEG behind a URL."""
        found = self.table.get(f"http://{host}{target}")
        if found is None or method != "GET":
            return _MISSING
        return Answer(200, "OK", _JPEG if found.startswith(b"\xff\xd8") else _HTML, found)


@dataclass(frozen=True)
class Crawled:
    """A portal that was crawled once: how the command ended, what the server saw, and the store."""

    done: subprocess.CompletedProcess[str]
    seen: Sequence[WireExchange]
    store: Path

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """The answer to a query over the store's views."""
        answer: list[dict[str, Any]] = query(open_store(self.store), sql).to_pylist()
        return answer

    def read_again(self) -> list[dict[str, Any]]:
        """What `luutru reextract` says of the store, with the portal file of the crawl."""
        command = [sys.executable, "-m", "crawler.cli", "reextract", "--json", "--store", str(self.store)]
        command += ["--portals", str(self.store.parent / "portals")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=_ROOT)
        assert done.returncode == 0, done.stderr
        answer: list[dict[str, Any]] = json.loads(done.stdout)
        return answer

    def asked(self, kind: str) -> list[str]:
        """The URLs that were asked for as this kind of thing, in order; one that was tried again, again."""
        return [row["url"] for row in self.rows(f"SELECT url FROM captures WHERE kind = '{kind}' ORDER BY fetch_time")]


def crawl(portal: str, table: Mapping[str, bytes], unreachable: Sequence[str], place: Path) -> Crawled:
    """Runs `luutru crawl PORTAL` against a site that answers by `table`.

    Connections to the hosts of `unreachable`, and to every other, are refused: whatever the pages lead to, nothing leaves
    the machine.
    """
    portals = place / "portals"
    portals.mkdir()
    (portals / f"{portal}.toml").write_text(_hurried(portal), "utf-8")
    config = place / "luutru.toml"
    with DemoServer(RealSite(table)) as server, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        lines = [f'"{host}:80" = "127.0.0.1:{server.port}"' for host in sorted({urlsplit(url).netloc for url in table})]
        nowhere = [*unreachable, "*:80", "*:443"]
        lines += [f'"{host}" = "127.0.0.1:{closed.getsockname()[1]}"' for host in nowhere]
        config.write_text("\n".join(["[connect]", *lines, ""]), "utf-8")
        command = [sys.executable, "-m", "crawler.cli", "crawl", portal, "--store", str(place / "store")]
        command += ["--config", str(config), "--portals", str(portals)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=_ROOT)
        return Crawled(done, server.log, place / "store")


def _hurried(portal: str) -> str:
    """The built-in file of a portal, without its delay, and by plain HTTP, which is all that the server speaks."""
    text = (resources.files("crawler.portals") / f"{portal}.toml").read_text("utf-8")
    hurried, count = re.subn(r"(?ms)^\[politeness\]\n.*?(?=^\[|\Z)", "[politeness]\ndelay = 0.0\n\n", text)
    assert count == 1
    return hurried.replace('url = "https://', 'url = "http://')
