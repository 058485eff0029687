"""The commands as their users call them."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from archive.store import open_store
from archive.warc.reader import records
from crawler.demo.texts import SEED

Run = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parents[2]


def test_ctrl_c_ends_cleanly_with_all_that_was_captured_committed(ground: Any) -> None:
    ground.server.delay = 0.01
    process = ground.start("crawl", "hanam-demo")
    while len(ground.server.log) < 40:
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert "cut short: interrupted" in said
    assert "Traceback" not in said
    (crawl,) = ground.rows("SELECT * FROM crawls")
    assert (crawl["cut_short"], crawl["colour"] in ("amber", "red")) == ("interrupted", True)
    store = open_store(ground.store)
    kept = {r.id for path in store.warcs.rglob("*.warc.gz") for r in records(path) if r.type in ("response", "revisit")}
    assert kept == {row["record_id"] for row in ground.rows("SELECT record_id FROM captures")}
    assert len(kept) >= 40
    assert not list(store.warcs.rglob("*.open"))
    ground.server.delay = 0.0
    ground.crawl()
    assert len(ground.rows("SELECT * FROM articles")) == 42


def test_a_finished_night_is_left_as_it_is(nights: Any) -> None:
    asked = len(nights.server.log)
    done = nights.crawl("--night", "2026-11-24")
    assert "night 2026-11-24 of hanam-demo is finished already" in done.stderr
    assert len(nights.server.log) == asked
    assert len(nights.rows("SELECT * FROM crawls")) == 2


def test_scrapys_own_command_crawls_too(ground: Any) -> None:
    environment = {**os.environ, "LUUTRU_STORE": str(ground.store), "LUUTRU_CONFIG": str(ground.config)}
    command = [sys.executable, "-m", "scrapy", "crawl", "portal", "-a", "portal=hanam-demo"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert len(ground.rows("SELECT * FROM articles")) == 42
    assert not ground.store.joinpath("staging/hanam-demo.sqlite").exists()


def test_progress_is_plain_lines_without_a_terminal_and_one_moving_line_on_one(ground: Any) -> None:
    done = ground.crawl("--night", "2026-11-23")
    assert "\r" not in done.stderr
    assert done.stderr.splitlines()[0].startswith("hanam-demo: amber, 42 articles, ")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(ground.command("crawl", "hanam-demo"), stderr=theirs, stdout=theirs)
    os.close(theirs)
    seen = b""
    while select.select([ours], [], [], 60)[0]:
        try:
            seen += os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
    os.close(ours)
    assert process.wait(timeout=60) == 0
    moving = [line for line in seen.decode().split("\r") if "pages/s" in line]
    assert re.fullmatch(
        r"\x1b\[Khanam-demo: \d+ pages, \d+ articles, [\d.]+ [kM]?B, [\d.]+ pages/s, \d+ left", moving[-1]
    ), moving[-1]


def test_show_prints_a_record_as_a_person_reads_it(nights: Any) -> None:
    (row,) = nights.rows(f"SELECT article_id, url FROM articles WHERE url LIKE '%{SEED}%'")
    by_url = nights.run("show", row["url"])
    by_id = nights.run("show", row["article_id"][:8])
    assert by_url.returncode == by_id.returncode == 0
    assert by_url.stdout == by_id.stdout
    text = by_url.stdout
    assert text.startswith("Hội nghị đối thoại giữa người đứng đầu cấp ủy")
    assert "Tin theo lĩnh vực › Đoàn thanh niên" in text
    assert "published  not on the page" in text
    assert "image 3: Chủ tịch UBND tỉnh Trương Quốc Huy tiếp thu ý kiến tại hội nghị" in text
    filename = re.search(r"warc/(\S+)", text)
    offset = re.search(r"offset (\d+), length \d+", text)
    assert filename is not None
    assert offset is not None
    assert (nights.store / "warc" / filename[1]).read_bytes()[int(offset[1]) :].startswith(b"\x1f\x8b")
    data = json.loads(nights.run("show", row["url"], "--json").stdout)
    assert data["article_id"] == row["article_id"]
    nobody = nights.run("show", "http://hanam.example/Pages/khong-co.aspx")
    assert nobody.returncode == 2
    assert "no article" in nobody.stderr


def test_query_answers_in_four_forms(nights: Any, tmp_path: Path) -> None:
    sql = "SELECT title, images, fetch_time FROM articles ORDER BY title LIMIT 3"
    table = nights.run("query", sql).stdout.splitlines()
    assert table[0].split() == ["title", "images", "fetch_time"]
    assert table[-1] == "(3 rows)"
    rows = json.loads(nights.run("query", sql, "--format", "json").stdout)
    assert [list(row) for row in rows] == [["title", "images", "fetch_time"]] * 3
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", rows[0]["fetch_time"])
    lines = list(csv.reader(io.StringIO(nights.run("query", sql, "--format", "csv").stdout)))
    assert lines[0] == ["title", "images", "fetch_time"]
    assert [line[0] for line in lines[1:]] == [row["title"] for row in rows]
    file = tmp_path / "answer.parquet"
    assert nights.run("query", sql, "--format", "parquet", "--out", str(file)).returncode == 0
    assert pq.read_table(file)["title"].to_pylist() == [row["title"] for row in rows]
    assert nights.run("query", sql, "--format", "parquet").returncode == 2
    assert nights.run("query", sql, "--format", "xml").returncode == 2


def test_a_column_named_twice_is_no_traceback(nights: Any) -> None:
    done = nights.run("query", "SELECT night, night, 1 AS night_2 FROM crawls LIMIT 1", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert list(json.loads(done.stdout)[0]) == ["night", "night_2", "night_2_2"]
    table = nights.run("query", "SELECT night, night FROM crawls WHERE false")
    assert table.stdout.splitlines()[0].split() == ["night", "night_2"]


def test_snapshots_lists_the_nights(nights: Any) -> None:
    rows = json.loads(nights.run("snapshots", "--json").stdout)
    assert [list(row) for row in rows] == [["id", "time", "portals", "counts", "completeness", "events"]] * 2
    assert [row["counts"]["articles"] for row in rows] == [42, 43]
    assert [row["portals"] for row in rows] == [["hanam-demo"]] * 2
    assert 0.9 < rows[0]["completeness"] < 1
    assert nights.run("snapshots").stdout.splitlines()[-1] == "(2 rows)"


PAGE = """<html><head><title>Khai mạc hội chợ xuân</title></head><body>
<div id="s4-workspace"><h1 class="page-title">Khai mạc hội chợ xuân</h1>
<div id="ctl00_PlaceHolderMain_ctl01__ControlWrapper_RichHtmlField" class="ms-rtestate-field">
<p>Sáng ngày 12/01/2024, hội chợ xuân khai mạc tại trung tâm huyện với gần một trăm gian hàng của các xã.</p>
<p><img src="/PublishingImages/cho.jpg" alt="cho.jpg"></p><p><em>Gian hàng gốm của xã Kim Lan</em></p>
<p>Hội chợ mở cửa đến hết ngày hai mươi tháng Chạp và không thu vé vào cổng của người dân./.</p>
<p>Tệp đính kèm: <a href="/Documents/ke-hoach.pdf">Kế hoạch tổ chức</a></p>
</div></div><script>var _spPageContextInfo={webServerRelativeUrl: "\\u002f"};</script></body></html>"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "page.html"
    file.write_text(PAGE, "utf-8")
    return file


def test_extract_prints_the_contract(luutru: Run, page: Path, tmp_path: Path) -> None:
    done = luutru("extract", str(page), "--url", "http://x.gov.vn/Pages/cho.aspx", "--at", "2024-01-13T08:00:00+07:00")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    version = answer.pop("extractor_version")
    assert re.fullmatch(r"\d+\.\d+\.\d+-[0-9a-f]{12}", version)
    assert answer == {
        "verdict": "article",
        "title": "Khai mạc hội chợ xuân",
        "lead": None,
        "body": "Sáng ngày 12/01/2024, hội chợ xuân khai mạc tại trung tâm huyện với gần một trăm gian hàng của các xã.\n\n"
        "Hội chợ mở cửa đến hết ngày hai mươi tháng Chạp và không thu vé vào cổng của người dân./.",
        "published": None,
        "published_raw": None,
        "modified": None,
        "author": None,
        "source": None,
        "category": [],
        "tags": [],
        "images": [
            {
                "url": "http://x.gov.vn/PublishingImages/cho.jpg",
                "caption": "Gian hàng gốm của xã Kim Lan",
                "credit": None,
                "alt": "cho.jpg",
            }
        ],
        "attachments": [{"url": "http://x.gov.vn/Documents/ke-hoach.pdf", "name": "Kế hoạch tổ chức"}],
        "language": "vi",
        "layout": "sharepoint/publishing",
    }
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"], "no store is made"


def test_extract_of_what_is_no_article(luutru: Run, tmp_path: Path) -> None:
    file = tmp_path / "stub.html"
    file.write_text('<html><script>document.cookie="D1N=1";window.location.reload(true);</script></html>')
    done = luutru("extract", str(file), "--url", "http://x.gov.vn/Pages/a.aspx", "--json")
    assert done.returncode == 1
    answer = json.loads(done.stdout)
    assert answer["verdict"] == "challenge"
    assert answer["title"] is answer["images"] is None
    for words in (
        ("extract", str(tmp_path / "none.html"), "--url", "http://x.gov.vn/"),
        ("extract", str(file), "--url", "x.gov.vn"),
        ("extract", str(file), "--url", "http://x.gov.vn/", "--at", "yesterday"),
        ("extract", str(file), "--url", "http://x.gov.vn/", "--portal", "nobody"),
    ):
        wrong = luutru(*words)
        assert wrong.returncode == 2
        assert len(wrong.stderr.splitlines()) == 1


def test_portals_list_and_check(luutru: Run, page: Path) -> None:
    listed = json.loads(luutru("portals", "list", "--json").stdout)
    assert {"hanam-demo", "hanam"} <= {row["name"] for row in listed}
    assert all(row["evidence"] for row in listed)
    assert "hanam-demo: good; 4 categories" in luutru("portals", "check", "hanam-demo").stdout
    told = luutru("portals", "check", str(page)).stdout
    assert told.splitlines()[0].endswith("page.html: sharepoint")
    assert "_spPageContextInfo" in told


def test_repair_has_nothing_to_do_on_a_good_store(nights: Any) -> None:
    before = {path: path.stat().st_mtime_ns for path in nights.store.rglob("*.warc.gz*")}
    done = nights.run("repair")
    assert (done.returncode, done.stderr.strip()) == (0, "nothing to repair")
    assert before == {path: path.stat().st_mtime_ns for path in nights.store.rglob("*.warc.gz*")}


def test_demo_tells_its_story(luutru: Run, tmp_path: Path) -> None:
    store = tmp_path / "demo"
    done = luutru("demo", "--store", str(store))
    assert done.returncode == 0, done.stderr
    told = done.stdout
    for words in (
        "42 articles with 90 images",
        "Bí thư Tỉnh đoàn Trần Ngọc Nam phát biểu tiếp thu ý kiến tại hội nghị",
        "9 paragraphs",
        "not on the page: null",
        "appeared",
        "edited",
        "vanished",
        "(suspected: missing)",
        "Try next:",
    ):
        assert words in told
    commands = told.rpartition("Try next:\n")[2].splitlines()
    assert len(commands) == 3
    for command in commands:
        words = command.strip().split(" ", 1)[1].replace(str(store), "STORE")
        run = subprocess.run(
            f'"{sys.executable}" -m crawler.cli {words}'.replace("STORE", str(store)),
            shell=True,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert run.returncode == 0, run.stderr
    again = luutru("demo", "--store", str(store))
    assert again.returncode == 0, "a demo's store is made anew"


def test_cdxj_prints_one_index_of_all_captures_in_order(nights: Any) -> None:
    done = nights.run("cdxj", "--portal", "hanam-demo")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines == sorted(lines, key=lambda line: line.split(" ")[:2])
    paths = sorted(open_store(nights.store).warcs.rglob("*.cdxj"))
    held = sum(len(path.read_text("utf-8").splitlines()) for path in paths)
    assert len(paths) == 2
    assert len(lines) == held
    assert '"status":"304"' not in done.stdout, "what was not modified leads to the capture that it repeats"
    none = nights.run("cdxj", "--portal", "../hanam-demo")
    assert (none.returncode, none.stdout) == (2, "")
    assert "no captures of ../hanam-demo" in none.stderr
