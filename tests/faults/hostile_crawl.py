"""A real crawl of a hostile portal, in a process of its own whose memory and time are measured."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from archive.block import whole
from archive.store import open_store
from archive.tables.views import ask
from archive.warc.member import StoredRecord
from archive.warc.names import warcs_in
from archive.warc.reader import StoredExchange, exchanges, records

from .wild import Play, page, says

HOST = "thu.example"

PORTAL = """\
title = "Cổng thử"
hosts = ["thu.example"{hosts}]
platform = "sharepoint"
[[categories]]
path = ["Tin"]
url = "{scheme}://thu.example/tin"
[[layouts]]
entries = "//li"
[politeness]
delay = {delay}
concurrency = {concurrency}
timeout = {timeout}
"""

# ru_maxrss of a fresh process counts what its parent had at the fork: a small process stands between pytest and the crawl
_MEASURE = """\
import resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
with open(sys.argv[1], "w") as file:
    file.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024))
sys.exit(code)
"""


@dataclass(frozen=True)
class Left:
    """What a crawl left: exit code and words, its row, its peak of memory (bytes) and its time, and the store."""

    code: int
    said: str
    row: Mapping[str, Any]
    peak: int
    seconds: float
    store: Path

    def ask(self, sql: str) -> list[dict[str, Any]]:
        """The answer to a query."""
        return ask(open_store(self.store), sql)

    def rows(self, url: str) -> list[dict[str, Any]]:
        """The captures of a URL, in order."""
        return self.ask(f"SELECT * FROM captures WHERE url_original = '{url}' ORDER BY fetch_time")

    def kept(self, url: str) -> list[StoredExchange]:
        """The exchanges of a URL, in order."""
        return [each for path in self._files() for each in exchanges(path) if each.first.url == url]

    def records(self, kind: str) -> list[StoredRecord]:
        """The records of a type, in order."""
        return [each for path in self._files() for each in records(path) if each.type == kind]

    def _files(self) -> list[Path]:
        folders = sorted({path.parent for path in (self.store / "warc").rglob("*.warc.gz*")})
        return [path for folder in folders for path in warcs_in(folder)]


def crawl(
    folder: Path,
    connect: Mapping[str, int],
    configuration: str = "",
    *,
    hosts: Iterable[str] = (),
    scheme: str = "http",
    concurrency: int = 4,
    timeout: float = 3,
    delay: float = 0.0,
    more: str = "",
    store: Path | None = None,
    portal: str = "thu",
    environment: Mapping[str, str] | None = None,
) -> Left:
    """Crawls `thu.example`; `connect` says to which loopback port each `host:port` leads.  `more` follows on [politeness]."""
    told = PORTAL.format(
        hosts="".join(f', "{host}"' for host in hosts),
        scheme=scheme,
        concurrency=concurrency,
        timeout=timeout,
        delay=delay,
    )
    (folder / f"{portal}.toml").write_text(told + more, "utf-8")
    lines = "".join(f'"{name}" = "127.0.0.1:{port}"\n' for name, port in connect.items())
    (folder / "luutru.toml").write_text(f"{configuration}\n[connect]\n{lines}", "utf-8")
    peak, store = folder / "peak", store or folder / "store"
    command = [
        sys.executable,
        "-c",
        _MEASURE,
        str(peak),
        sys.executable,
        "-m",
        "crawler.cli",
        "crawl",
        portal,
        "--json",
    ]
    command += ["--portals", str(folder), "--store", str(store), "--config", str(folder / "luutru.toml")]
    began = monotonic()
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, **(environment or {})},
    ) as process:
        try:
            out, said = process.communicate(timeout=120)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    assert "Traceback" not in said, said
    for log in store.rglob("*.log"):
        assert "Traceback" not in log.read_text("utf-8"), log.read_text("utf-8")[-4000:]
    row = json.loads(out) if out else {}
    return Left(process.returncode, said, row, int(peak.read_text()), monotonic() - began, store)


def listing(targets: Iterable[str]) -> Play:
    """A listing that leads to every target."""
    return says(page("".join(f'<li><a href="{target}">Tin</a></li>' for target in targets).encode()))


def article(name: str, extra: str = "") -> bytes:
    """The HTML of an article that is like no other."""
    return (
        f"<h1 class='title'>Tin {name}</h1><div class='ms-rtestate-field'>"
        f"<p>Ủy ban họp phiên thường kỳ về {name} vào buổi sáng.</p>{extra}</div>"
    ).encode()


def targets(names: Iterable[str]) -> dict[str, str]:
    """A target for each name."""
    return {name: f"/Pages/{number}.aspx" for number, name in enumerate(names)}


def block(exchange: StoredExchange) -> bytes:
    """The response's bytes; empty where there is none."""
    return whole(exchange.response.block) if exchange.response is not None else b""
