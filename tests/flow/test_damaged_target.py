"""What the server calls unchanged, and our own copy of it is damaged: the page is asked for anew."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from archive.store import open_store
from archive.tables.views import ask
from archive.warc.reader import exchanges
from crawler.demo.answer import Answer
from crawler.demo.server import DemoServer

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

NOISE = random.Random(5)
WORDS = " ".join(f"{NOISE.getrandbits(40):x}" for _ in range(9000))
PAGE = f"<h1 class='title'>Tin</h1><div class='ms-rtestate-field'><p>Ủy ban họp {WORDS}</p></div>".encode()
HTML = ("Content-Type", "text/html; charset=utf-8")


class Validating:
    """A listing and an article with an ETag, which never change."""

    def answer(self, method: str, host: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if target == "/tin":
            return Answer(200, "OK", (HTML,), b"<ul><li><a href='/Pages/1.aspx'>Tin</a></li></ul>")
        if target != "/Pages/1.aspx":
            return Answer(404, "Not Found", (HTML,), b"none")
        if headers.get("if-none-match") == '"1"':
            return Answer(304, "Not Modified", (("ETag", '"1"'),))
        return Answer(200, "OK", (HTML, ("ETag", '"1"')), PAGE)


def crawled(tmp_path: Path, server: DemoServer, luutru: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    (tmp_path / "thu.toml").write_text(PORTAL, "utf-8")
    config = tmp_path / "luutru.toml"
    config.write_text(f'[connect]\n"thu.example:80" = "127.0.0.1:{server.port}"\n', "utf-8")
    words = ("--portals", str(tmp_path), "--store", str(tmp_path / "store"), "--config", str(config))
    done = luutru("crawl", "thu", *words)
    assert done.returncode == 0, done.stderr


def test_a_page_whose_kept_copy_is_damaged_is_asked_for_anew(tmp_path: Path, luutru: Any) -> None:
    with DemoServer(Validating()) as server:
        crawled(tmp_path, server, luutru)
        store = open_store(tmp_path / "store")
        (path,) = store.warcs.rglob("*.warc.gz")
        (place,) = [found.place for found in exchanges(path) if found.first.url.endswith("1.aspx")]
        data = bytearray(path.read_bytes())
        for spot in range(place.offset + place.length // 2, place.offset + place.length - 100):
            data[spot] ^= 0x55  # its head still reads, its body does not
        path.write_bytes(data)
        crawled(tmp_path, server, luutru)
        rows = ask(
            store,
            "SELECT fetch_status, wire_verdict, revisit_of, content_length FROM captures "
            "WHERE url LIKE '%1.aspx' ORDER BY fetch_time",
        )
        assert [(row["fetch_status"], row["wire_verdict"], row["revisit_of"]) for row in rows] == [
            (200, "ok", None),
            (304, "not-modified", None),
            (200, "ok", None),
        ]
        assert rows[2]["content_length"] == len(PAGE)
        crawled(tmp_path, server, luutru)
        (last,) = ask(store, "SELECT * FROM captures WHERE url LIKE '%1.aspx' ORDER BY fetch_time DESC LIMIT 1")
        whole = [found for found in store.warcs.rglob("*.warc.gz") if found != path]
        assert last["revisit_of"] in {found.first.id for each in whole for found in exchanges(each)}
        assert ask(store, "SELECT event FROM events WHERE event <> 'appeared'") == []
