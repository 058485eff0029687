"""A portal that does not change: every kind of answer that a night may repeat, the same bytes on every night."""

from __future__ import annotations

import gzip
import subprocess
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

from archive.store import open_store
from archive.tables.views import ask
from archive.warc.member import StoredRecord
from archive.warc.names import warcs_in
from archive.warc.reader import StoredExchange, exchanges
from crawler.demo.answer import Answer
from crawler.demo.server import DemoServer

Run = Callable[..., subprocess.CompletedProcess[str]]

HOST = "tinh.example"
SITE = f"http://{HOST}"
LISTING = "/tin/Pages/default.aspx"
POSTED = "/van-ban/Pages/default.aspx"
ETAG = '"{0F1E2D3C},7"'
MODIFIED = "Mon, 02 Nov 2026 02:14:09 GMT"

PORTAL = """\
title = "Cổng đứng yên"
hosts = ["HOST"]
platform = "sharepoint"
[[categories]]
path = ["Tin tức"]
url = "http://HOST/tin/Pages/default.aspx"
[[categories]]
path = ["Văn bản"]
url = "http://HOST/van-ban/Pages/default.aspx"
[[layouts]]
entries = "//li"
next = "//a[@class='next']"
[politeness]
delay = 0.0
concurrency = 4
timeout = 5
"""


def _png() -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    head = (2).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
    pixels = zlib.compress((b"\0" + b"\x20\x60\xa0" * 2) * 2)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


_DEMO = resources.files("crawler.demo")
PICTURE = (_DEMO / "images" / "_t" / "DSC04410_jpg.jpg").read_bytes()
DOCUMENT = next(file for file in (_DEMO / "documents").iterdir() if file.name.endswith(".pdf")).read_bytes()
FOUND_NOTHING = "<h1>Không tìm thấy trang</h1>"


def html(body: str, status: int = 200, *headers: tuple[str, str], head: str = "") -> Answer:
    page = f"<!DOCTYPE html><html><head><title>Cổng</title>{head}</head><body>{body}</body></html>".encode()
    reason = {200: "OK", 302: "Found", 404: "Not Found"}[status]
    return Answer(status, reason, (("Content-Type", "text/html; charset=utf-8"), *headers), page)


def article(name: str, extra: str = "", *headers: tuple[str, str], head: str = "") -> Answer:
    words = f"Ủy ban nhân dân tỉnh họp phiên thứ {name} vào buổi sáng và bàn bốn nội dung khác nhau. " * 3
    body = f'<h1 class="title">Tin số {name}</h1><div class="ms-rtestate-field"><p>{words}</p>{extra}</div>'
    return html(body, 200, *headers, head=head)


def listing(names: Iterable[str], turn: str = "", form: str = "") -> Answer:
    items = "".join(f'<li><a href="/Pages/{name}.aspx">Tin số {name}</a></li>' for name in names)
    return html(f"{form}<ul>{items}</ul>" + (f'<a class="next" href="{turn}">Tiếp</a>' if turn else ""))


def plain(kind: str, body: bytes, *headers: tuple[str, str]) -> Answer:
    return Answer(200, "OK", (("Content-Type", kind), *headers), body)


def chunked(answer: Answer) -> Answer:
    return replace(answer, headers=(*answer.headers, ("Transfer-Encoding", "chunked")))


def zipped(answer: Answer) -> Answer:
    body = gzip.compress(answer.body, 6, mtime=0)
    return replace(answer, headers=(*answer.headers, ("Content-Encoding", "gzip")), body=body)


_SHOWN_WITH = '<link rel="stylesheet" href="/style/cong.css"><script src="/style/cong.js"></script>'
_CONTENT = (
    '<p><img src="/anh/mot.jpg"></p><p><em>Ảnh một</em></p><p><img src="/anh/hai.jpg"></p><p><em>Ảnh hai</em></p>'
    '<p>Xem <a href="/Documents/quyet-dinh.pdf">quyết định (PDF)</a>.</p>'
)
_FORM = (
    '<form id="aspnetForm" method="post" action="default.aspx">'
    '<input type="hidden" name="__VIEWSTATE" value="/wEPDwUKLTY2+Hà&amp;=#==">'
    '<input type="hidden" name="__EVENTTARGET" value=""><input type="hidden" name="__EVENTARGUMENT" value=""></form>'
)
_ETAGGED = (("ETag", ETAG), ("Last-Modified", MODIFIED))
_DATED = (("Last-Modified", MODIFIED),)

ANSWERS: dict[str, Answer] = {
    "/robots.txt": plain("text/plain", b"User-agent: *\nDisallow: /kin/\n"),
    LISTING: listing("1234", turn=f"{LISTING}?Paged=TRUE&amp;p_ID=4"),
    f"{LISTING}?Paged=TRUE&p_ID=4": listing(["5", "6", "doi-trong", "doi-day", "mat-1", "mat-2"]),
    POSTED: listing(["7"], turn="javascript:__doPostBack('trang','2')", form=_FORM),
    "/Pages/1.aspx": article("1", _CONTENT, *_ETAGGED, head=_SHOWN_WITH),
    "/Pages/2.aspx": article("2"),
    "/Pages/3.aspx": chunked(article("3")),
    "/Pages/4.aspx": zipped(article("4")),
    "/Pages/5.aspx": chunked(zipped(article("5"))),
    "/Pages/6.aspx": article("6", "", *_DATED),
    "/Pages/7.aspx": chunked(zipped(article("7", "", *_ETAGGED))),
    "/Pages/8.aspx": article("8"),
    "/Pages/9.aspx": article("9"),
    "/Pages/10.aspx": article("10"),
    "/Pages/doi-trong.aspx": Answer(302, "Found", (("Location", "/Pages/8.aspx"), ("Content-Length", "0"))),
    "/Pages/doi-day.aspx": html("<p>Trang đã chuyển</p>", 302, ("Location", "/Pages/9.aspx")),
    "/Pages/mat-1.aspx": html(FOUND_NOTHING, 404),
    "/Pages/mat-2.aspx": html(FOUND_NOTHING, 404),
    "/anh/mot.jpg": plain("image/jpeg", PICTURE),
    "/anh/hai.jpg": plain("image/jpeg", PICTURE),
    "/Documents/quyet-dinh.pdf": plain("application/pdf", DOCUMENT, *_ETAGGED),
    "/style/cong.css": plain(
        "text/css",
        b'@import "them.css";\n@font-face { font-family: chu; src: url(chu.woff2) }\nbody { background: url(nen.png) }\n',
        *_ETAGGED,
    ),
    "/style/them.css": plain("text/css", b"h1 { font-family: chu; color: #a00 }\n"),
    "/style/chu.woff2": plain("font/woff2", b"wOF2\0\1\0\0 a font that no browser takes", *_DATED),
    "/style/nen.png": plain("image/png", _png()),
    "/style/cong.js": plain("application/javascript", b"document.title = 'C' + 'ong';\n", *_ETAGGED),
}
SECOND_PAGE = listing(["10"])
"""The answer to the listing's posted form."""

PICTURES = ("/anh/mot.jpg", "/anh/hai.jpg", "/style/nen.png")
"""What is asked for on the first night alone, with the document: what is known of files is not fetched again."""
ONCE = (*PICTURES, "/Documents/quyet-dinh.pdf")
ARTICLES = 10


class StillPortal:
    """Answers with the same bytes whenever it is asked, and 304 to whom knows what it has, unless `forgetful`."""

    def answer(self, method: str, host: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if method == "POST":
            return SECOND_PAGE if b"__EVENTARGUMENT=2" in body and target == POSTED else html(FOUND_NOTHING, 404)
        answer = ANSWERS.get(target, html(FOUND_NOTHING, 404))
        etag, modified = answer.header("ETag"), answer.header("Last-Modified")
        tag, since = headers.get("if-none-match"), headers.get("if-modified-since")
        if (etag is not None and tag == etag) or (tag is None and modified is not None and since == modified):
            told = tuple((name, value) for name, value in (("ETag", etag), ("Last-Modified", modified)) if value)
            return Answer(304, "Not Modified", told)
        return answer


def validated(target: str) -> bool:
    """Whether the portal gives the page a validator."""
    answer = ANSWERS.get(target)
    return answer is not None and (answer.header("ETag") or answer.header("Last-Modified")) is not None


@dataclass
class Still:
    """The portal, served, and a store of its nights."""

    server: DemoServer
    folder: Path
    luutru: Run
    store: Path

    def crawl(self, night: str, portal: str = "tinh", host: str = HOST) -> None:
        """One night, by the command; fails the test where that fails.

        It begins in a second of its own: indexes name captures by the second, and these nights are short.
        """
        ended = max((path.stat().st_mtime for path in self.warcs()), default=0.0)
        for _ in range(100):
            if int(time.time()) > int(ended):
                break
            time.sleep(0.02)
        (self.folder / f"{portal}.toml").write_text(PORTAL.replace("HOST", host), "utf-8")
        config = self.folder / "luutru.toml"
        config.write_text(
            f'sync_interval = 0.05\n[connect]\n"{host}:80" = "127.0.0.1:{self.server.port}"\n', encoding="utf-8"
        )
        words = ("--portals", str(self.folder), "--store", str(self.store), "--config", str(config))
        done = self.luutru("crawl", portal, "--night", night, *words)
        assert "Traceback" not in done.stderr, done.stderr
        assert "articles" in done.stderr, done.stderr

    def ask(self, sql: str) -> list[dict[str, Any]]:
        return ask(open_store(self.store), sql)

    def kept(self, night: str) -> list[StoredExchange]:
        """The exchanges of a night as the WARCs have them."""
        names = {
            row["warc_filename"]
            for row in self.ask(
                f"SELECT DISTINCT warc_filename FROM captures JOIN crawls USING (crawl) WHERE night = DATE '{night}'"
            )
        }
        return [found for name in sorted(names) for found in exchanges(self.store / "warc" / name, name)]

    def warcs(self) -> list[Path]:
        return [path for folder in sorted((self.store / "warc").glob("*/")) for path in warcs_in(folder)]

    def read(self, path: Path) -> list[StoredExchange]:
        """The exchanges of one file, under the name that rows call it by."""
        return [*exchanges(path, path.relative_to(self.store / "warc").as_posix())]

    def by_id(self, record_id: str) -> StoredRecord:
        """The first record of that exchange."""
        return next(one.first for path in self.warcs() for one in self.read(path) if one.first.id == record_id)
