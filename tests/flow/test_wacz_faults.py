"""What may go wrong with a WACZ: kills, a full disk, files that are there, lost and withheld records, names from outside."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from archive.store import open_store
from archive.tables.delta import append
from archive.tables.rows import table
from archive.tables.schema import CAPTURES, CRAWLS
from archive.tables.views import ask
from archive.warc.reader import records
from crawler.demo.addresses import text_of
from crawler.demo.site import article_url
from crawler.demo.texts import SEED

from .conftest import luutru
from .wacz_files import index, pages, read, validate, wacz

SEED_URL = article_url(text_of(SEED))


@pytest.fixture
def copy(nights: Any, tmp_path: Path) -> Path:
    """The demo's two nights in a store of the test's own."""
    store = tmp_path / "store"
    shutil.copytree(nights.store, store)
    return store


def crawls(store: Path) -> list[str]:
    return [row["crawl"] for row in ask(open_store(store), "SELECT crawl FROM crawls ORDER BY night")]


def refused(store: Path, *words: str | Path, code: int = 2) -> str:
    """What the command says when it refuses."""
    done = luutru("wacz", "--store", str(store), *map(str, words))
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("wait", [0.0, 0.03, 0.08])
def test_killed_in_the_midst_it_leaves_nothing_under_the_name(nights: Any, tmp_path: Path, wait: float) -> None:
    to = tmp_path / "portal.wacz"
    command = [sys.executable, "-m", "crawler.cli", "wacz", "--portal", "hanam-demo", "--to", str(to)]
    process = subprocess.Popen([*command, "--store", str(nights.store)], stderr=subprocess.DEVNULL)
    unfinished = tmp_path / ".portal.wacz.unfinished"
    while not unfinished.exists():
        assert process.poll() is None
        time.sleep(0.001)
    time.sleep(wait)  # somewhere between the first byte and the last
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not to.exists()
    assert unfinished.exists()
    wacz(to, nights.store, "--portal", "hanam-demo")
    assert validate(to).returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["portal.wacz"]


def test_a_full_disk_leaves_nothing_and_is_told(nights: Any, tmp_path: Path) -> None:
    command = f"ulimit -f 1000; exec {sys.executable} -m crawler.cli wacz --portal hanam-demo --to {tmp_path}/p.wacz"
    done = subprocess.run(
        ["bash", "-c", f"trap '' XFSZ; {command} --store {nights.store}"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "no space left for the WACZ" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_not_replaced_unasked(nights: Any, tmp_path: Path) -> None:
    to = tmp_path / "a.wacz"
    to.write_text("mine")
    assert "is there already" in refused(nights.store, "--article", SEED_URL, "--to", to)
    assert to.read_text() == "mine"
    wacz(to, nights.store, "--article", SEED_URL, "--force")
    assert validate(to).returncode == 0


def test_wrong_use_is_refused_with_its_cure(nights: Any, tmp_path: Path) -> None:
    to = tmp_path / "a.wacz"
    store = nights.store
    assert "Give one of" in refused(store, "--to", to)
    assert "Give one of" in refused(store, "--portal", "hanam-demo", "--crawl", "x", "--to", to)
    assert "SELECT crawl" in refused(store, "--crawl", "none", "--to", to)
    assert "luutru snapshots" in refused(store, "--portal", "none", "--to", to)
    assert "no article" in refused(store, "--article", "none", "--to", to)
    assert ".wacz" in refused(store, "--portal", "hanam-demo", "--to", tmp_path / "a.zip")
    assert list(tmp_path.iterdir()) == []


def test_keys_that_are_none_are_refused(nights: Any, tmp_path: Path) -> None:
    to, key = tmp_path / "a.wacz", tmp_path / "key.pem"
    words = ("--article", SEED_URL, "--to", to, "--key", key)
    assert "cannot be read" in refused(nights.store, *words)
    key.write_text("no key")
    assert "--new-key" in refused(nights.store, *words)
    for command in (
        "openssl genpkey -algorithm ed25519 -out {}",
        "openssl ecparam -name prime256v1 -genkey -noout -out {}",
    ):
        subprocess.run(command.format(key).split(), check=True, capture_output=True)
        assert "P-384" in refused(nights.store, *words)
    assert not to.exists()


def test_a_new_key_is_its_owners_alone_and_never_replaced(nights: Any, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    done = luutru("wacz", "--new-key", str(key))
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    told = subprocess.run(["openssl", "pkey", "-in", str(key), "-pubout"], capture_output=True, text=True, check=True)
    assert "".join(told.stdout.splitlines()[1:-1]) == done.stdout.strip()
    assert "is there already" in refused(nights.store, "--new-key", key)
    assert key.read_bytes() == before


def test_what_is_repeated_and_lost_is_told_and_the_rest_written(copy: Path, tmp_path: Path) -> None:
    first, second = crawls(copy)
    (row,) = ask(open_store(copy), "SELECT DISTINCT warc_filename AS w FROM captures WHERE crawl = ?", first)
    (copy / "warc" / row["w"]).unlink()
    done = luutru("wacz", "--store", str(copy), "--crawl", second, "--to", str(tmp_path / "b.wacz"), "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert len(told["lost"]) > 0
    assert f"{len(told['lost'])} records that captures repeat are not in the store any more" in done.stderr
    assert f"{len(told['lost'])} records" in json.loads(read(tmp_path / "b.wacz", "datapackage.json"))["description"]
    assert validate(tmp_path / "b.wacz").returncode == 0


def test_what_a_crawl_without_a_commit_fetched_is_found_where_it_lies(copy: Path, tmp_path: Path) -> None:
    _, second = crawls(copy)
    archive = open_store(copy)
    rows = ask(archive, "SELECT * FROM crawls WHERE crawl = ?", second)
    shutil.rmtree(archive.table("crawls"))
    append(archive, CRAWLS, table(rows, CRAWLS.schema), {})
    assert crawls(copy) == [second], "nothing of the first night is in any view"
    told = wacz(tmp_path / "after.wacz", copy, "--crawl", second)
    assert told["lost"] == []
    with zipfile.ZipFile(tmp_path / "after.wacz") as file:
        file.extractall(tmp_path / "out")
    found = [record for path in (tmp_path / "out" / "archive").iterdir() for record in records(path)]
    repeated = {record.refers_to for record in found if record.is_revisit}
    assert repeated
    assert repeated <= {record.id for record in found}


NONSENSE: list[dict[str, Any]] = [
    {"record_id": None},
    {"record_id": "urn:a", "warc_record_offset": None},
    {"record_id": "urn:b", "warc_record_offset": -5},
    {"record_id": "urn:c", "warc_filename": None},
    {"record_id": "urn:d", "revisit_of": "urn:d"},
    {"record_id": "urn:e", "warc_record_offset": 1 << 62, "restriction": "x"},
]


@pytest.mark.parametrize("scope", ["crawl", "article"])
def test_rows_of_nonsense_take_nothing_from_the_rest(copy: Path, tmp_path: Path, scope: str) -> None:
    archive = open_store(copy)
    _, second = crawls(copy)
    words = ("--crawl", second) if scope == "crawl" else ("--article", SEED_URL)
    before = wacz(tmp_path / "before.wacz", copy, *words)
    (row,) = ask(archive, "SELECT * FROM captures WHERE mime = 'text/css' AND crawl = ? LIMIT 1", second)
    hostile = row | {"content_digest": None, "url": SEED_URL, "kind": "image", "wire_verdict": "missing"}
    append(archive, CAPTURES, table([hostile | one for one in NONSENSE], CAPTURES.schema), {})
    after = wacz(tmp_path / "after.wacz", copy, *words)
    assert {**after, "file": "", "bytes": 0} == {**before, "file": "", "bytes": 0}
    assert validate(tmp_path / "after.wacz").returncode == 0


def test_a_lost_file_of_the_crawl_itself_is_an_error(copy: Path, tmp_path: Path) -> None:
    first, _ = crawls(copy)
    (row,) = ask(open_store(copy), "SELECT DISTINCT warc_filename AS w FROM captures WHERE crawl = ?", first)
    path = copy / "warc" / row["w"]
    path.write_bytes(path.read_bytes()[:-7])
    said = refused(copy, "--crawl", first, "--to", tmp_path / "a.wacz", code=1)
    assert "torn" in said
    path.unlink()
    said = refused(copy, "--crawl", first, "--to", tmp_path / "a.wacz", code=1)
    assert path.name in said
    assert [one.name for one in tmp_path.iterdir()] == ["store"]


def withhold(store: Path, sql: str) -> list[dict[str, Any]]:
    """Says of these captures that they are withheld, as a later row."""
    archive = open_store(store)
    rows = ask(archive, f"SELECT * FROM captures WHERE {sql}")
    append(archive, CAPTURES, table([row | {"restriction": "a court's order"} for row in rows], CAPTURES.schema), {})
    assert rows
    return rows


@pytest.mark.parametrize("scope", ["crawl", "portal"])
def test_what_is_withheld_is_left_out_of_the_files(copy: Path, tmp_path: Path, scope: str) -> None:
    page, *_ = withhold(copy, f"url = '{SEED_URL}'")
    (picture,) = ask(
        open_store(copy), f"SELECT * FROM images WHERE article_id = (SELECT article_id FROM articles WHERE url = '{SEED_URL}') "
        "AND content_digest IS NOT NULL ORDER BY position LIMIT 1"
    )  # fmt: skip
    withhold(copy, f"record_id = '{picture['record_id']}'")
    to = tmp_path / "c.wacz"
    wacz(to, copy, f"--{scope}", crawls(copy)[0] if scope == "crawl" else "hanam-demo")
    assert validate(to).returncode == 0
    assert SEED_URL not in [one["url"] for one in pages(to)]
    assert SEED_URL not in [told["url"] for _, _, told in index(to)]
    assert picture["content_digest"] not in [told["digest"] for _, _, told in index(to)]
    with zipfile.ZipFile(to) as file:
        file.extractall(tmp_path / "out")
    found = [record for path in (tmp_path / "out" / "archive").iterdir() for record in records(path)]
    assert page["record_id"] not in {record.id for record in found} | {record.concurrent_to for record in found}
    assert {told["offset"] for _, _, told in index(to)} <= {str(record.offset) for record in found}


def test_an_article_that_is_withheld_is_refused(copy: Path, tmp_path: Path) -> None:
    withhold(copy, f"url = '{SEED_URL}'")
    said = refused(copy, "--article", SEED_URL, "--to", tmp_path / "a.wacz")
    assert "withheld" in said
    assert [one.name for one in tmp_path.iterdir()] == ["store"]


@pytest.mark.parametrize("name", ["../../outside.warc.gz", "/etc/passwd", "hanam-demo/../../luutru.json", "a\x00b"])
def test_a_name_that_leads_out_of_the_store_is_refused(copy: Path, tmp_path: Path, name: str) -> None:
    archive = open_store(copy)
    (row,) = ask(archive, f"SELECT * FROM captures WHERE url = '{SEED_URL}' AND crawl = ?", crawls(copy)[0])
    append(archive, CAPTURES, table([row | {"warc_filename": name, "record_id": "urn:x"}], CAPTURES.schema), {})
    said = refused(copy, "--crawl", crawls(copy)[0], "--to", tmp_path / "a.wacz", code=1)
    assert "leads out of the store" in said or "is no file name" in said
    assert [one.name for one in tmp_path.iterdir()] == ["store"]


def test_a_name_with_letters_of_its_own_is_called_otherwise_in_the_zip(copy: Path, tmp_path: Path) -> None:
    archive = open_store(copy)
    first, _ = crawls(copy)
    (row,) = ask(archive, "SELECT DISTINCT warc_filename AS w FROM captures WHERE crawl = ?", first)
    path = copy / "warc" / row["w"]
    os.link(path, path.with_name("một hai \\..\\x.warc.gz"))
    (one,) = ask(archive, f"SELECT * FROM captures WHERE url = '{SEED_URL}' AND crawl = ?", first)
    name = f"{path.parent.name}/một hai \\..\\x.warc.gz"
    append(archive, CAPTURES, table([one | {"warc_filename": name}], CAPTURES.schema), {})
    wacz(tmp_path / "a.wacz", copy, "--crawl", first)
    with zipfile.ZipFile(tmp_path / "a.wacz") as file:
        names = [name for name in file.namelist() if name.startswith("archive/")]
    assert f"archive/{path.name}" in names
    assert "archive/captures-00001.warc.gz" in names
    assert validate(tmp_path / "a.wacz").returncode == 0
