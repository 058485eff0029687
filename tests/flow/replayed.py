"""`luutru replay` as a person runs it, on a store of a test's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .chrome import Frame, Page

PICTURES = Path(__file__).parents[1] / "artifacts" / "replay"
"""Where pictures of what tests saw are left, for a person to look at."""


@dataclass
class Replaying:
    """The command while it runs: `address` is what it printed, `said` what it says on stderr when it has ended."""

    process: subprocess.Popen[str]
    address: str
    said: str = ""

    @property
    def origin(self) -> str:
        return "/".join(self.address.split("/")[:3])

    def page(self, collection: str, stamp: str, url: str) -> str:
        return f"{self.origin}/{collection}/{stamp}/{url}"


@contextmanager
def replaying(store: Path, *words: str, **environment: str) -> Iterator[Replaying]:
    """`luutru replay` on a port of its own until the block ends; then Ctrl-C, which must end it well."""
    command = [
        sys.executable,
        "-m",
        "crawler.cli",
        "replay",
        *words,
        "--no-browser",
        "--port",
        "0",
        "--store",
        str(store),
    ]
    env = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    env |= environment
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    timer = threading.Timer(100, process.kill)
    timer.start()
    assert process.stdout is not None
    running = Replaying(process, process.stdout.readline().strip())
    timer.cancel()
    try:
        if not running.address:
            raise AssertionError(process.communicate(timeout=30)[1])
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        try:
            _, running.said = process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    assert process.returncode == 0, running.said


def banner(page: Page) -> dict[str, Any]:
    """What the banner says, once it knows the page and no more comes: its address, its time, and its notes by name."""
    page.wait("document.getElementById('banner').dataset.state !== 'waiting'")
    page.loaded()
    said: dict[str, Any] = page.evaluate(
        """new Promise((done) => setTimeout(() => done({
            state: document.getElementById("banner").dataset.state,
            url: document.getElementById("url").textContent,
            captured: document.querySelector("#captured b").textContent,
            notes: Object.fromEntries([...document.querySelectorAll("[data-note]")].map((note) => [note.dataset.note, {
                vi: note.querySelector("[lang=vi]").textContent, en: note.querySelector("[lang=en]").textContent,
                lines: [...note.querySelectorAll("li")].map((line) => line.textContent) }])),
        }), 1200))"""
    )
    return said


def parts(page: Page) -> dict[str, int]:
    """The status of each request of the replayed page, by what was asked for on the portal; not those of our own pages."""
    found = {}
    for one in page.requests:
        _, sign, rest = one.url.partition("/http")
        if sign and "/-/" not in one.url and one.url.count("/") > 5:
            found["http" + rest] = one.status
    return found


def text(frame: Frame) -> str:
    """What a document says to a person."""
    said: str = frame.evaluate("document.body.innerText")
    return said
