"""Five portals on one server: a host each, twelve articles in one category, and trouble of its own kind."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import sleep

from crawler.demo.answer import Answer
from crawler.demo.server import DemoServer

COUNT = 12

PORTAL = """\
title = "Cổng {name}"
level = "province"
tags = ["thu"]
hosts = ["{name}.example"]
platform = "sharepoint"
[[categories]]
path = ["Tin tức"]
url = "http://{name}.example/tin/Pages/default.aspx"
[[layouts]]
entries = "//li"
[politeness]
delay = 0.0
concurrency = 2
timeout = 5
[expect]
filled = {{ title = 1.0, body = 1.0 }}
"""


def html(body: str, status: int = 200, *headers: tuple[str, str]) -> Answer:
    page = f"<html><body>{body}</body></html>".encode()
    return Answer(status, "Said", (("Content-Type", "text/html; charset=utf-8"), *headers), page)


@dataclass
class NightPortals:
    """What each host does: `trouble` by portal is one of redesigned, throttling, halved; `slow` are seconds an answer takes."""

    trouble: dict[str, str] = field(default_factory=dict)
    slow: dict[str, float] = field(default_factory=dict)
    count: int = COUNT
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    most_at_once: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _now: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def answer(self, method: str, host: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        name = host.removesuffix(".example")
        with self._lock:
            self.asked[(name, target)] += 1
            self._now[name] += 1
            self.most_at_once[name] = max(self.most_at_once[name], self._now[name])
        try:
            sleep(self.slow.get(name, 0))
            return self._page(name, target)
        finally:
            with self._lock:
                self._now[name] -= 1

    def _page(self, name: str, target: str) -> Answer:
        trouble = self.trouble.get(name)
        if target == "/robots.txt":
            return html("", 404)
        if target == "/tin/Pages/default.aspx":
            shown = range(self.count // 2 if trouble == "halved" else self.count)
            item = (
                "<div class='card'><a href='/Pages/{0}.aspx'>Tin số {0}</a></div>"
                if trouble == "redesigned"
                else ("<li><a href='/Pages/{0}.aspx'>Tin số {0}</a></li>")
            )
            return html("".join(item.format(number) for number in shown))
        number = target.removeprefix("/Pages/").removesuffix(".aspx")
        if number.isdigit() and int(number) < self.count:
            if trouble == "throttling" and int(number) % 4 == 0:
                return html("Quá nhiều yêu cầu", 429, ("Retry-After", "1"))
            return html(
                f'<h1 class="title">Tin số {number}</h1><div class="ms-rtestate-field">'
                f"<p>Ủy ban nhân dân tỉnh họp phiên thứ {number} vào buổi sáng và bàn bốn nội dung khác nhau.</p></div>"
            )
        return html("<h1>Không tìm thấy</h1>", 404)


@dataclass
class Nights:
    """Five portals, a store, and `luutru` as a person runs it."""

    folder: Path
    server: DemoServer
    site: NightPortals
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        portals = self.folder / "portals"
        portals.mkdir()
        for name in self.names:
            (portals / f"{name}.toml").write_text(PORTAL.format(name=name), "utf-8")
        self.connect({})

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def connect(self, elsewhere: Mapping[str, int], more: str = "") -> None:
        """Writes luutru.toml: every host leads to the server, but for those that lead to a port elsewhere."""
        lines = ['contact = "mailto:thu@example.vn"', more, "[connect]"]
        lines += [f'"{n}.example:80" = "127.0.0.1:{elsewhere.get(n, self.server.port)}"' for n in self.names]
        (self.folder / "luutru.toml").write_text("\n".join(lines) + "\n", "utf-8")

    def command(self, *words: str, config: bool = True) -> list[str]:
        own = ["--store", str(self.store), "--portals", str(self.folder / "portals")]
        own += ["--config", str(self.folder / "luutru.toml")] if config else []
        return [sys.executable, "-m", "crawler.cli", *words, *own]

    def run(self, *words: str, config: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words, config=config), capture_output=True, text=True, timeout=200, check=False
        )


def closed_port() -> int:
    """A port on loopback that refuses connections."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
