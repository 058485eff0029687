"""Attachments that are larger than the process may grow: kept whole, with right digests, in bounded memory."""

from __future__ import annotations

import hashlib
import json
import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from archive.block import Spool, pieces
from archive.store import open_store
from archive.tables.views import ask
from archive.warc.reader import exchanges

MOST = 300 * 1024
"""Kilobytes that a process may hold at its peak; it holds some 240,000 before it has asked for anything."""

PIECE = bytes(range(256)) * 4096

PORTAL = """\
title = "Cổng thử"
hosts = ["thu.example"]
platform = "sharepoint"
[[categories]]
path = ["Tin tức"]
url = "http://thu.example/tin"
[[layouts]]
entries = "//li"
[politeness]
delay = 0.0
"""

LISTING = b"<ul><li><a href='/Pages/1.aspx'>Tin</a></li></ul>"
ARTICLE = (
    "<h1 class='title'>Tin</h1><div class='ms-rtestate-field'><p>Ủy ban họp phiên thường kỳ tháng mười một năm nay.</p>"
    "<p><a href='/dia/anh.zip'>Tải tệp về</a></p></div>"
).encode()


class Large(socketserver.StreamRequestHandler):
    """One connection to a portal whose attachment has `server.size` bytes, which nobody ever holds."""

    def handle(self) -> None:
        while line := self.rfile.readline():
            while self.rfile.readline() not in (b"\r\n", b""):
                pass
            target = line.split()[1]
            if target == b"/dia/anh.zip":
                size: int = self.server.size  # type: ignore[attr-defined]
                self._head(b"application/zip", size)
                for part in body(size):
                    self.wfile.write(part)
            else:
                page = {b"/tin": LISTING, b"/Pages/1.aspx": ARTICLE}.get(target, b"")
                self._head(b"text/html; charset=utf-8", len(page))
                self.wfile.write(page)

    def _head(self, kind: bytes, size: int) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind, size))


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def body(size: int) -> Iterator[bytes]:
    for start in range(0, size, len(PIECE)):
        yield PIECE[: min(len(PIECE), size - start)]


@contextmanager
def portal(folder: Path, size: int) -> Iterator[tuple[list[str], list[str]]]:
    """Serves a portal with an attachment of `size` bytes; gives the options that lead the command to it."""
    server = Server(("127.0.0.1", 0), Large)
    server.size = size  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (folder / "thu.toml").write_text(PORTAL, "utf-8")
    config = folder / "luutru.toml"
    config.write_text(f'[connect]\n"thu.example:80" = "127.0.0.1:{server.server_address[1]}"\n', "utf-8")
    yield ["--portals", str(folder), "--store", str(folder / "store")], ["--config", str(config)]
    server.shutdown()
    server.server_close()


def peak(*words: str) -> int:
    """Runs the command and gives the most that it held, in kilobytes."""
    script = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:])\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
        "sys.exit(done.returncode)\n"
    )
    command = [sys.executable, "-c", script, sys.executable, "-m", "crawler.cli", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(300_000_007, id="of 300 MB"),
        pytest.param(2_000_000_011, id="of 2 GB", marks=pytest.mark.soak),
    ],
)
def test_an_attachment_is_kept_in_bounded_memory(tmp_path: Path, size: int) -> None:
    with portal(tmp_path, size) as (there, config):
        assert peak("crawl", "thu", *there, *config) < MOST
    store = open_store(tmp_path / "store")
    digest = hashlib.sha256()
    for part in body(size):
        digest.update(part)
    (row,) = ask(store, "SELECT * FROM captures WHERE kind = 'attachment'")
    assert (row["content_digest"], row["content_length"]) == ("sha256:" + digest.hexdigest(), size)
    assert (row["wire_verdict"], row["truncated"]) == ("ok", None)
    (path,) = store.warcs.rglob("*.warc.gz")
    (found,) = [each.response for each in exchanges(path) if each.first.url.endswith("anh.zip")]
    assert found is not None
    assert isinstance(found.block, Spool)
    digest = hashlib.sha256()
    for part in pieces(found.block):
        digest.update(part)
    assert found.header("WARC-Block-Digest") == "sha256:" + digest.hexdigest()
    # the index was made, and the captures are read again, without holding it either
    line = next(
        line for line in path.with_name(path.name + ".cdxj").read_text("utf-8").splitlines() if "anh.zip" in line
    )
    assert json.loads(line.split(" ", 2)[2])["length"] == str(found.length)
    assert peak("reextract", *there) < MOST
    assert not [
        path for path in (tmp_path / "store" / "staging").iterdir() if path.is_file() and path.suffix != ".lock"
    ]


FULL_DISK = """\
set -eu
mount -t tmpfs -o size=25m tmpfs "$DISK"
code=0
"$@" --store "$DISK/store" 2>"$OUT/said" || code=$?
echo $code >"$OUT/code"
mount -o remount,size=300m "$DISK"
"$@" --store "$DISK/store" 2>"$OUT/said-again"
cp -r "$DISK/store" "$OUT/store"
"""


def test_a_disk_that_cannot_hold_a_long_body_ends_the_crawl_with_a_word(tmp_path: Path) -> None:
    for name in ("disk", "out"):
        (tmp_path / name).mkdir()
    namespace = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    size = 60_000_000
    with portal(tmp_path, size) as (there, config):
        crawl = [sys.executable, "-m", "crawler.cli", "crawl", "thu", *there[:2], *config]
        done = subprocess.run(
            [*namespace, "sh", "-c", FULL_DISK, "sh", *crawl],
            env={**os.environ, "DISK": str(tmp_path / "disk"), "OUT": str(tmp_path / "out")},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    said, again = ((tmp_path / "out" / name).read_text("utf-8") for name in ("said", "said-again"))
    assert done.returncode == 0, done.stderr + again
    assert (tmp_path / "out" / "code").read_text().strip() == "1"
    (line,) = said.strip().splitlines()
    assert "no space left" in line
    assert str(tmp_path / "disk" / "store" / "staging") in line, (
        "it is the store's disk, and the file was on its way there"
    )
    rows = ask(open_store(tmp_path / "out" / "store"), "SELECT content_length FROM captures WHERE kind = 'attachment'")
    assert rows[-1] == {"content_length": size}
