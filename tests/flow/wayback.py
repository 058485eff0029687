"""pywb, from `.envs/replay`, on collections of our files, on loopback."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from archive.warc import cdxj

BIN = Path(__file__).parents[2] / ".envs" / "replay" / "bin"

OURS, THEIRS = "ours", "theirs"
"""The collections: one with our indexes, merged, the other with the index that pywb makes itself."""


@dataclass(frozen=True)
class Replayed:
    """pywb's answer, redirects not followed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Wayback:
    """A running pywb."""

    port: int
    root: Path

    def address(self, collection: str, stamp: str, url: str) -> str:
        """Where a capture is replayed; `stamp` ends with pywb's modifier."""
        return f"http://127.0.0.1:{self.port}/{collection}/{stamp}/{url}"

    def ask(self, collection: str, stamp: str, url: str, method: str = "GET", body: bytes = b"") -> Replayed:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        try:
            connection.request(method, f"/{collection}/{stamp}/{url}", body or None, headers)
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Replayed(answer.status, told, answer.read())
        finally:
            connection.close()

    def captures(self, collection: str, url: str) -> list[dict[str, Any]]:
        """What pywb's index lists of a page."""
        address = f"http://127.0.0.1:{self.port}/{collection}/cdx?{urlencode({'url': url, 'output': 'json'})}"
        with urlopen(address, timeout=60) as answer:
            return [json.loads(line) for line in answer.read().splitlines()]

    @property
    def log(self) -> str:
        """What pywb has said, a line a request."""
        return (self.root / "wayback.log").read_text("utf-8", "replace")


def _manager(root: Path, *words: str) -> None:
    command = [str(BIN / "wb-manager"), *words]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def collect(root: Path, warcs: Sequence[Path]) -> None:
    """Makes both collections of the same files."""
    assert BIN.exists(), "make replay"
    for name in (OURS, THEIRS):
        _manager(root, "init", name)
        _manager(root, "add", name, *map(str, warcs))
    merged = cdxj.merge([path.with_name(path.name + ".cdxj") for path in warcs])
    index = root / "collections" / OURS / "indexes" / "index.cdxj"
    assert index.exists()
    index.write_text("".join(f"{line}\n" for line in merged), "utf-8")
    # a page by itself, without pywb's frame and banner around it
    (root / "config.yaml").write_text("framed_replay: false\nbanner_html: ''\n", "utf-8")


@contextmanager
def wayback(root: Path, warcs: Sequence[Path]) -> Iterator[Wayback]:
    """Collections of these files, served until the block ends."""
    collect(root, warcs)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(BIN / "wayback"), "-b", "127.0.0.1", "-p", str(port), "-d", str(root)]
    with (root / "wayback.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    running = Wayback(port, root)
    try:
        for _ in range(300):
            assert process.poll() is None, running.log
            try:
                urlopen(f"http://127.0.0.1:{port}/{OURS}/", timeout=30).close()
                break
            except URLError:
                time.sleep(0.1)
        yield running
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        finally:
            process.kill()
