"""A WACZ as its readers meet it: valid for Webrecorder's tool, and shown by ReplayWeb.page in Chromium, without the store."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from archive.moment import long_stamp
from archive.store import open_store
from archive.wacz import scope
from archive.wacz.package import Package
from archive.wacz.wacz import Manner, write
from archive.warc.reader import records
from crawler.demo.addresses import text_of
from crawler.demo.answer import Answer
from crawler.demo.server import DemoServer
from crawler.demo.site import article_url
from crawler.demo.texts import SEED
from crawler.wacz_command import shown_with

from .conftest import luutru
from .still_portal import SITE, Still, StillPortal, article
from .viewer import Viewer, viewer
from .wacz_files import index, pages, read, stamp, validate, wacz
from .wayback import BIN, wayback

MOMENT = datetime(2026, 11, 25, 5, tzinfo=UTC)
SEED_URL = article_url(text_of(SEED))
NIGHTS = ("2026-11-23", "2026-11-24", "2026-11-25")
LISTING = f"{SITE}/tin/Pages/default.aspx"


class Edited(StillPortal):
    """On the third night, the third article says something else."""

    edited = False

    def answer(self, method: str, host: str, target: str, headers: Any, body: bytes) -> Answer:
        if self.edited and target == "/Pages/3.aspx":
            return article("3", "<p>Bản đã sửa.</p>")
        return super().answer(method, host, target, headers, body)


@dataclass
class Made:
    """The folder of WACZ files: of the demo, by the name of their scope, and of the still portal's nights."""

    folder: Path
    nights: Any
    still: Still
    crawls: list[str]
    key: str

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.wacz"


@pytest.fixture(scope="module")
def made(nights: Any, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("wacz")
    public = luutru("wacz", "--new-key", str(folder / "key.pem")).stdout.strip()
    crawls = [row["crawl"] for row in nights.rows("SELECT crawl FROM crawls ORDER BY night")]
    wacz(folder / "crawl.wacz", nights.store, "--crawl", crawls[1], "--key", folder / "key.pem")
    wacz(folder / "portal.wacz", nights.store, "--portal", "hanam-demo")
    wacz(folder / "article.wacz", nights.store, "--article", SEED_URL)
    portal = Edited()
    with DemoServer(portal) as server:
        still = Still(server, tmp_path_factory.mktemp("still"), luutru, folder / "still")
        for night in NIGHTS:
            portal.edited = night == NIGHTS[2]
            still.crawl(night)
    (second,) = still.ask(f"SELECT crawl FROM crawls WHERE night = DATE '{NIGHTS[1]}'")
    wacz(folder / "second.wacz", still.store, "--crawl", second["crawl"])
    wacz(folder / "nights.wacz", still.store, "--portal", "tinh")
    wacz(folder / "versions.wacz", still.store, "--article", f"{SITE}/Pages/3.aspx")
    store = open_store(nights.store)
    manner = Manner("test", MOMENT, plain=0, block=2)
    write(store, scope.portal(store, "hanam-demo"), folder / "blocks.wacz", shown_with, manner)
    return Made(folder, nights, still, crawls, public)


@pytest.fixture(scope="module")
def shown(made: Made) -> Iterator[Viewer]:
    with viewer(made.folder) as running:
        yield running


SCOPES = ("crawl", "portal", "article")
ALL = (*SCOPES, "blocks", "second", "nights", "versions")


@pytest.mark.parametrize("name", ALL)
def test_webrecorders_own_tool_calls_it_valid(made: Made, name: str) -> None:
    done = validate(made.path(name))
    assert done.returncode == 0, done.stdout
    assert "Validation succeeded" in done.stdout


@pytest.mark.parametrize("name", [*SCOPES, "blocks"])
def test_the_seed_article_is_shown_with_its_pictures_and_styles(made: Made, shown: Viewer, name: str) -> None:
    (page,) = [page for page in pages(made.path(name)) if page["url"] == SEED_URL]
    (row,) = made.nights.rows(f"SELECT title, len(images) AS images FROM articles WHERE url = '{SEED_URL}'")
    assert page["title"] == row["title"]
    frame = shown.frame(f"{name}.wacz", page["url"], stamp(page))
    assert row["title"] in frame.evaluate("document.body.innerText")
    widths = frame.evaluate("[...document.images].map(image => image.naturalWidth)")
    assert len(widths) >= row["images"] > 0
    assert all(widths)
    assert frame.evaluate("getComputedStyle(document.body).backgroundColor") != "rgba(0, 0, 0, 0)", (
        "portal.css says one"
    )


def test_a_listing_is_among_the_other_pages_and_shown(made: Made, shown: Viewer) -> None:
    listed = pages(made.path("crawl"), "pages/extraPages.jsonl")
    page = next(page for page in listed if page["title"].endswith("Đoàn thanh niên (1)"))
    frame = shown.frame("crawl.wacz", page["url"], stamp(page))
    assert text_of(SEED).title in frame.evaluate("document.body.innerText")


def test_a_night_that_only_repeats_shows_its_articles_alone(made: Made, shown: Viewer) -> None:
    """The first article answers 304, the others repeat payloads, and no picture was asked for again."""
    night = [one.first for one in made.still.kept(NIGHTS[1])]
    assert {
        record.type for record in night if record.url.startswith(f"{SITE}/Pages/") and "mat-" not in record.url
    } == {"revisit"}
    found = {page["url"]: page for page in pages(made.path("second"))}
    for name in "1358":
        url = f"{SITE}/Pages/{name}.aspx"
        frame = shown.frame("second.wacz", url, stamp(found[url]))
        assert frame.evaluate("document.querySelector('h1').innerText") == f"Tin số {name}"
        if name == "1":
            assert frame.evaluate("[...document.images].map(image => image.naturalWidth > 0)") == [True, True]
            # of the stylesheet, which answered 304
            assert frame.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(170, 0, 0)"


def test_a_revisit_was_shown_as_the_pages_next_version(made: Made, shown: Viewer) -> None:
    """In an index of whole seconds, what it repeats lies before the date that the viewer looks from."""
    url = f"{SITE}/Pages/3.aspx"
    times = sorted(when for _, when, told in index(made.path("nights")) if told["url"] == url)
    assert len(times) == 3
    said = [shown.frame("nights.wacz", url, when[:14]).evaluate("document.body.innerText") for when in times]
    assert ["Bản đã sửa" in text for text in said] == [False, False, True]


def test_an_article_has_a_page_a_version_and_every_capture(made: Made) -> None:
    found = pages(made.path("versions"))
    assert [page["url"] for page in found] == [f"{SITE}/Pages/3.aspx"] * 2
    assert [("Bản đã sửa" in page["text"]) for page in found] == [False, True]
    captures = [told for _, _, told in index(made.path("versions")) if told["url"] == f"{SITE}/Pages/3.aspx"]
    assert [told["mime"] for told in captures] == ["text/html", "warc/revisit", "text/html"]
    package = json.loads(read(made.path("versions"), "datapackage.json"))
    assert (package["mainPageUrl"], package["mainPageDate"]) == (found[-1]["url"], found[-1]["ts"])


def test_an_article_comes_with_its_file_and_without_the_others(made: Made, tmp_path: Path) -> None:
    wacz(tmp_path / "one.wacz", made.still.store, "--article", f"{SITE}/Pages/1.aspx")
    urls = {told["url"].removeprefix(SITE) for _, _, told in index(tmp_path / "one.wacz")}
    styles = {"cong.css", "cong.js", "them.css", "chu.woff2", "nen.png"}
    assert urls == {
        "/Pages/1.aspx",
        "/anh/mot.jpg",
        "/anh/hai.jpg",
        "/Documents/quyet-dinh.pdf",
        *(f"/style/{name}" for name in styles),
    }


@pytest.mark.parametrize("name", ["crawl", "portal"])
def test_the_files_in_it_are_the_stores_byte_for_byte(made: Made, name: str) -> None:
    (own,) = made.nights.rows(f"SELECT DISTINCT warc_filename AS w FROM captures WHERE crawl = '{made.crawls[1]}'")
    path = made.nights.store / "warc" / own["w"]
    assert read(made.path(name), f"archive/{path.name}") == path.read_bytes()


@pytest.mark.parametrize("name", ["crawl", "article", "second"])
def test_single_records_are_the_stores_byte_for_byte(made: Made, name: str, tmp_path: Path) -> None:
    """All but the file's own warcinfo; and each exchange has its request and metadata beside it."""
    taken = tmp_path / "records.warc.gz"
    taken.write_bytes(read(made.path(name), "archive/records.warc.gz"))
    store = made.still.store if name == "second" else made.nights.store
    members = set()
    for path in sorted((store / "warc").rglob("*.warc.gz")):
        data = path.read_bytes()
        members |= {data[one.offset : one.offset + one.length] for one in records(path)}
    data = taken.read_bytes()
    own, *others = records(taken)
    assert own.type == "warcinfo"
    assert all(data[one.offset : one.offset + one.length] in members for one in others)
    firsts = [one for one in others if one.type in ("response", "revisit")]
    for kind in ("request", "metadata"):
        assert {one.concurrent_to for one in others if one.type == kind} == {one.id for one in firsts}
    infos = {one.id for one in others if one.type == "warcinfo"}
    assert {(one.header("WARC-Warcinfo-ID") or "").strip("<>") for one in firsts} == infos


@pytest.mark.parametrize("name", ALL)
def test_what_every_revisit_repeats_is_inside(made: Made, name: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(made.path(name)) as file:
        file.extractall(tmp_path)
    found = [record for path in (tmp_path / "archive").iterdir() for record in records(path)]
    there = {record.id for record in found}
    repeated = {record.refers_to for record in found if record.is_revisit}
    assert repeated or name == "article", "its stylesheet may be the first of its kind, or repeat the other host's"
    assert repeated <= there


@pytest.mark.parametrize("name", ["crawl", "portal", "article", "nights"])
def test_each_line_of_the_index_leads_to_its_record(made: Made, name: str, tmp_path: Path) -> None:
    lines = index(made.path(name))
    raw = read(made.path(name), "indexes/index.cdx").splitlines()
    assert raw == sorted(raw)
    with zipfile.ZipFile(made.path(name)) as file:
        archives = {path: file.read(path) for path in file.namelist() if path.startswith("archive/")}
    for _, when, told in lines:
        start, end = int(told["offset"]), int(told["offset"]) + int(told["length"])
        member = tmp_path / "member.warc.gz"
        member.write_bytes(archives[f"archive/{told['filename']}"][start:end])
        (record,) = records(member)
        assert (record.url, long_stamp(record.date)) == (told["url"], when)
        assert record.header("WARC-Payload-Digest") == told["digest"]


def test_no_cookie_is_in_the_index_though_requests_carried_some(made: Made) -> None:
    fields = {
        "url",
        "mime",
        "status",
        "digest",
        "length",
        "offset",
        "filename",
        "recordDigest",
        "method",
        "requestBody",
    }
    for name in SCOPES:
        assert {field for _, _, told in index(made.path(name)) for field in told} <= fields
        assert b"cookie" not in read(made.path(name), "indexes/index.cdx").lower()
    requests = gzip.GzipFile(fileobj=BytesIO(read(made.path("crawl"), "archive/records.warc.gz"))).read()
    assert b"\r\nCookie: ASP.NET_SessionId=" in requests
    said = json.loads(read(made.path("crawl"), "datapackage.json"))["description"]
    assert "cookies" in said


def test_posted_forms_are_indexed_and_their_limit_is_told(made: Made, tmp_path: Path) -> None:
    posted = [(key, told) for key, _, told in index(made.path("crawl")) if told.get("method") == "POST"]
    assert posted
    assert all("__wb_method=post" in key for key, _ in posted)
    assert "512" in json.loads(read(made.path("crawl"), "datapackage.json"))["description"]
    done = luutru("wacz", "--store", str(made.nights.store), "--portal", "hanam-demo", "--to", str(tmp_path / "p.wacz"))
    assert "ReplayWeb.page may show another page of the listing" in done.stderr


def test_the_signature_holds_by_its_specification(made: Made) -> None:
    """wacz-auth 0.1.0, "Anonymous Signature Validation", with the curve and the encodings that ReplayWeb.page takes."""
    data = read(made.path("crawl"), "datapackage.json")
    told = json.loads(read(made.path("crawl"), "datapackage-digest.json"))
    said = told["signedData"]
    assert told["path"] == "datapackage.json"
    assert told["hash"] == said["hash"] == "sha256:" + hashlib.sha256(data).hexdigest()
    assert said["created"] == json.loads(data)["created"]
    assert set(said) == {"hash", "created", "software", "version", "signature", "publicKey"}
    assert said["publicKey"] == made.key
    key = load_der_public_key(base64.b64decode(said["publicKey"]))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    raw = base64.b64decode(said["signature"])
    assert len(raw) == 96
    signature = utils.encode_dss_signature(int.from_bytes(raw[:48]), int.from_bytes(raw[48:]))
    key.verify(signature, said["hash"].encode(), ec.ECDSA(SHA256()))  # raises where it does not hold


def test_the_viewer_finds_the_signature_good(made: Made, shown: Viewer) -> None:
    said = json.loads(read(made.path("crawl"), "datapackage-digest.json"))["signedData"]
    page = shown.open("crawl.wacz")
    checked = page.evaluate(
        "(async ({publicKey, signature, hash}) => {"
        "const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));"
        "const key = await crypto.subtle.importKey('spki', bytes(publicKey), {name: 'ECDSA', namedCurve: 'P-384'}, false,"
        " ['verify']);"
        "return crypto.subtle.verify({name: 'ECDSA', hash: 'SHA-256'}, key, bytes(signature),"
        f" new TextEncoder().encode(hash)) }})({json.dumps(said)})"
    )
    assert checked is True


@pytest.mark.parametrize("place", ["archive/records.warc.gz", "datapackage.json"])
def test_a_changed_byte_is_seen(made: Made, place: str, tmp_path: Path) -> None:
    changed = tmp_path / "changed.wacz"
    with zipfile.ZipFile(made.path("crawl")) as whole, zipfile.ZipFile(changed, "w") as other:
        for info in whole.infolist():
            data = whole.read(info)
            if info.filename == place:
                # the time in a gzip header, or a letter: nothing that would not read any more
                data = data.replace(b"hanam", b"Hanam", 1) if place.endswith("json") else data[:4] + b"?" + data[5:]
            other.writestr(info, data)
    done = validate(changed)
    assert done.returncode == 1
    assert "invalid" in done.stdout


def test_the_same_store_gives_the_same_bytes(made: Made, tmp_path: Path) -> None:
    store = open_store(made.nights.store)
    for name in ("one", "other"):
        write(store, scope.crawl(store, made.crawls[1]), tmp_path / f"{name}.wacz", shown_with, Manner("test", MOMENT))
    assert (tmp_path / "one.wacz").read_bytes() == (tmp_path / "other.wacz").read_bytes()


def test_the_index_of_many_is_in_blocks_that_lead_to_every_line(made: Made) -> None:
    packed = read(made.path("blocks"), "indexes/index.cdx.gz")
    head, *blocks = read(made.path("blocks"), "indexes/index.idx").decode().splitlines()
    assert head == '!meta 0 {"format":"cdxj-gzip-1.0","filename":"index.cdx.gz"}'
    lines = []
    for block in blocks:
        key, when, data = block.split(" ", 2)
        told = json.loads(data)
        member = packed[told["offset"] : told["offset"] + told["length"]]
        assert told["digest"] == "sha256:" + hashlib.sha256(member).hexdigest()
        found = gzip.decompress(member).decode().splitlines()
        assert found[0].startswith(f"{key} {when} ")
        lines += found
    assert lines == sorted(lines)
    assert len(lines) == len(index(made.path("portal")))


def test_pywb_takes_it_and_replays_its_pages(made: Made, tmp_path: Path) -> None:
    (page,) = [page for page in pages(made.path("portal")) if page["url"] == SEED_URL]
    listed = next(told for _, _, told in index(made.path("portal")) if told.get("method") == "POST")
    with wayback(tmp_path, made.still.warcs()) as running:
        for words in (("init", "packed"), ("add", "packed", str(made.path("portal")), "--unpack-wacz")):
            command = [str(BIN / "wb-manager"), *words]
            subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, check=True)
        answer = running.ask("packed", f"{stamp(page)}mp_", SEED_URL)
        assert (answer.status, page["title"] in answer.body.decode()) == (200, True)
        assert len(running.captures("packed", SEED_URL)) == 2
        body = unquote_to_bytes(listed["requestBody"])
        assert b"__VIEWSTATE" in body
        posted = running.ask("packed", f"{stamp(page)}id_", listed["url"], "POST", listed["requestBody"].encode())
        assert posted.status == 200


@pytest.mark.soak
def test_beyond_four_gigabytes_it_is_shown_too(made: Made, shown: Viewer, tmp_path: Path) -> None:
    """Sizes and places that 32 bits cannot tell: a large file stands before all that the page needs."""
    filler = tmp_path / "filler"
    with filler.open("wb") as file:
        file.truncate(4_400_000_000)
    to = made.path("large")
    try:
        with zipfile.ZipFile(made.path("portal")) as small, to.open("wb") as file, Package(file, MOMENT) as package:
            package.add("archive/filler.warc.gz", filler)
            for info in small.infolist():
                if not info.filename.startswith("datapackage"):
                    with package.entry(info.filename, info.file_size, packed=info.compress_type != 0) as entry:
                        entry.write(small.read(info))
            package.finish({"title": "large"}, "test")
        (page,) = [page for page in pages(to) if page["url"] == SEED_URL]
        frame = shown.frame("large.wacz", page["url"], stamp(page))
        assert all(frame.evaluate("[...document.images].map(image => image.naturalWidth)"))
    finally:
        to.unlink()


def test_a_night_can_be_taken_while_the_next_is_crawled(made: Made, tmp_path: Path) -> None:
    """It reads what is committed, and waits for nobody."""
    copy = replace(made.still, folder=tmp_path, store=tmp_path / "store")
    shutil.copytree(made.still.store, copy.store)
    store = open_store(copy.store)
    with store.lock("tinh"):
        told = wacz(tmp_path / "night.wacz", copy.store, "--portal", "tinh")
    assert told["pages"] == len(pages(made.path("nights")))
