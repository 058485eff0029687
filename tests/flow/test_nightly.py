"""A night of five portals: one snapshot, one report, and the right colour for the right reason."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.store import open_store
from archive.tables.views import ask
from crawler.demo.server import DemoServer

from .night_portals import COUNT, NightPortals, Nights, closed_port

NAMES = ("chet", "chia", "doi", "mat", "tot")
FIRST, SECOND = "2026-11-23", "2026-11-24"


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    site = NightPortals()
    with DemoServer(site) as server:
        yield Nights(tmp_path, server, site, NAMES)


def report(nights: Nights, night: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((nights.store / "reports" / f"{night}.json").read_text("utf-8"))
    return told


def rows(nights: Nights, sql: str) -> list[dict[str, Any]]:
    return ask(open_store(nights.store), sql)


def nothing_twice(nights: Nights) -> None:
    for table in ("captures", "articles", "listings", "gaps", "events"):
        key = {"captures": "record_id", "articles": "record_id", "listings": "record_id"}.get(table)
        if key:
            assert rows(nights, f"SELECT {key} FROM {table}_rows GROUP BY {key}, snapshot_id HAVING count(*) > 1") == []
    whole = "SELECT portal, night FROM crawls WHERE cut_short IS NULL GROUP BY ALL HAVING count(*) > 1"
    assert rows(nights, whole) == []


def test_five_portals_get_their_colours_and_the_reasons_for_them(nights: Nights) -> None:
    done = nights.run("nightly", *NAMES, "--night", FIRST)
    assert done.returncode == 0, done.stderr
    assert report(nights, FIRST)["colour"] == "green"
    assert len(rows(nights, "SELECT DISTINCT snapshot_id FROM crawls")) == 1
    nights.site.trouble = {"chia": "throttling", "doi": "redesigned", "mat": "halved"}
    nights.site.slow = {"tot": 0.02, "chia": 0.005}
    nights.connect({"chet": closed_port()})
    done = nights.run("nightly", *NAMES, "--night", SECOND)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    told = report(nights, SECOND)
    found = {one["portal"]: one for one in told["portals"]}
    assert {name: one["colour"] for name, one in found.items()} == {
        "tot": "green",
        "chet": "red",
        "chia": "amber",
        "doi": "red",
        "mat": "red",
    }
    reasons = {name: " / ".join([*one["reasons"], *one["troubles"]]) for name, one in found.items()}
    assert reasons["tot"] == ""
    assert "no listing could be read" in reasons["chet"]
    assert "refused" in reasons["chet"].lower()
    assert "listed articles were not read" in reasons["chia"]
    assert "no listing could be read" in reasons["doi"]
    assert "a listing page was not read (other)" in reasons["doi"]
    assert f"shows {COUNT // 2} entries on its first page, and {COUNT} when it was last captured" in reasons["mat"]
    page = (nights.store / "reports" / f"{SECOND}.html").read_text("utf-8")
    for name in NAMES:
        assert name in page
    assert told["head"] in page
    assert told["head"] in done.stderr
    assert len(rows(nights, f"SELECT DISTINCT snapshot_id FROM crawls WHERE night = DATE '{SECOND}'")) == 1
    nothing_twice(nights)


def test_a_night_that_is_made_is_not_made_again(nights: Nights) -> None:
    nights.run("nightly", *NAMES, "--night", FIRST)
    asked = nights.site.asked.total()
    done = nights.run("nightly", *NAMES, "--night", FIRST)
    assert done.returncode == 0, done.stderr
    assert nights.site.asked.total() == asked
    assert len(rows(nights, "SELECT * FROM crawls")) == len(NAMES)


@pytest.mark.parametrize("wait", [0.9, 1.6, 2.4])
def test_a_night_that_is_killed_is_finished_by_the_next_run(nights: Nights, wait: float) -> None:
    nights.site.slow = dict.fromkeys(NAMES, 0.06)
    process = subprocess.Popen(nights.command("nightly", *NAMES, "--night", FIRST), stderr=subprocess.DEVNULL)
    time.sleep(wait)
    process.kill()
    process.wait()
    done = nights.run("nightly", *NAMES, "--night", FIRST)
    assert done.returncode == 0, done.stderr
    assert report(nights, FIRST)["colour"] == "green"
    assert [row["articles"] for row in rows(nights, "SELECT articles FROM crawls")] == [COUNT] * len(NAMES)
    assert max(nights.site.most_at_once.values()) <= 2  # the workers died with their night: no host had two crawls
    nothing_twice(nights)


def test_sigterm_ends_a_night_cleanly_and_the_next_run_goes_on(nights: Nights) -> None:
    nights.site.slow = dict.fromkeys(NAMES, 0.15)
    process = subprocess.Popen(nights.command("nightly", *NAMES, "--night", FIRST), stderr=subprocess.PIPE, text=True)
    limit = time.monotonic() + 60
    while nights.site.asked.total() < 12 and time.monotonic() < limit:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert "Traceback" not in said
    assert (nights.store / "reports" / f"{FIRST}.html").exists()
    assert not list((nights.store / "warc").glob("*/*.open"))
    done = nights.run("nightly", *NAMES, "--night", FIRST)
    assert done.returncode == 0, done.stderr
    (count,) = rows(nights, "SELECT count(DISTINCT url) AS n FROM articles")
    assert count["n"] == COUNT * len(NAMES)


def test_a_window_that_ends_leaves_the_rest_for_the_next_night_and_says_so(nights: Nights) -> None:
    nights.site.count = 60  # sixteen are under way when the window ends, and these are still waited for
    nights.site.slow = dict.fromkeys(NAMES, 0.5)
    done = nights.run("nightly", *NAMES, "--night", FIRST, "--hours", "0.003", "--jobs", "5")
    told = report(nights, FIRST)
    assert {"window"} == {row["cut_short"] for row in rows(nights, "SELECT cut_short FROM crawls")}, done.stderr
    for one in told["portals"]:
        assert "cut short: window" in one["reasons"]
        assert one["colour"] == "amber"
    again = nights.site.asked.total()
    assert nights.run("nightly", *NAMES, "--night", FIRST).returncode == 0
    assert nights.site.asked.total() == again  # this night is over
    nights.site.slow = {}
    assert nights.run("nightly", *NAMES, "--night", SECOND).returncode == 0
    (count,) = rows(nights, "SELECT count(DISTINCT url) AS n FROM articles")
    assert count["n"] == 60 * len(NAMES)


def test_a_night_is_told_to_prometheus_and_by_mail(nights: Nights) -> None:
    from .mailbox import mailbox

    nights.site.trouble = {"doi": "redesigned"}
    with mailbox() as box:
        more = (
            f'metrics = "{nights.folder}/metrics/luutru.prom"\n[notify]\nsmtp = "smtp://127.0.0.1:{box.port}"\n'
            'sender = "luutru@example.vn"\nto = "archivist@example.vn"'
        )
        nights.connect({}, more)
        assert nights.run("nightly", "doi", "tot", "--night", FIRST).returncode == 1
        (mail,) = box.mails
    assert mail["Subject"] == f"luutru red: night of {FIRST}"
    assert "doi: red" in mail.get_body().get_content()  # type: ignore[union-attr]
    assert next(mail.iter_attachments()).get_filename() == f"{FIRST}.html"
    metrics = (nights.folder / "metrics" / "luutru.prom").read_text("utf-8")
    assert 'luutru_portal_colour{portal="doi"} 2.0' in metrics
    assert 'luutru_portal_colour{portal="tot"} 0.0' in metrics
    assert f'luutru_portal_articles{{portal="tot"}} {COUNT}.0' in metrics


def test_mail_that_cannot_be_sent_is_said_and_costs_no_night(nights: Nights) -> None:
    more = f'[notify]\nsmtp = "smtp://127.0.0.1:{closed_port()}"\nsender = "luutru@example.vn"\nto = "a@example.vn"'
    nights.connect({}, more)
    done = nights.run("nightly", "tot", "--night", FIRST, "--notify", "always")
    assert done.returncode == 0
    assert "no mail could be sent" in done.stderr


def test_status_says_how_far_a_night_is(nights: Nights) -> None:
    nights.site.slow = dict.fromkeys(NAMES, 1.5)
    process = subprocess.Popen(nights.command("nightly", "tot", "doi", "--night", FIRST), stderr=subprocess.DEVNULL)
    limit = time.monotonic() + 60
    found: list[dict[str, Any]] = []
    while time.monotonic() < limit and not any(one["state"] == "running" and one["done"] for one in found):
        done = nights.run("status", "--json", config=False)
        found = json.loads(done.stdout) if done.returncode == 0 else []
    process.kill()
    process.wait()
    assert {one["portal"] for one in found} <= {"tot", "doi"}
    assert found[0]["night"] == FIRST
    done = nights.run("status", config=False)
    assert "was cut off" in done.stderr or "under way" in done.stderr


def test_a_night_of_a_schedule_has_its_portals_and_limits(nights: Nights) -> None:
    folder = nights.folder / "schedules"
    folder.mkdir()
    (folder / "dem.toml").write_text(
        'cron = "0 22 * * *"\nportals = ["tag:thu"]\nleave_out = ["chet"]\n[limits]\npages = 5\n', "utf-8"
    )
    (folder / "ngay.toml").write_text('cron = "30 0 * * *"\nportals = ["tot"]\nwindow = "00:30-00:31"\n', "utf-8")
    done = nights.run("nightly", "--schedule", "dem", "--schedules", str(folder), "--night", FIRST)
    assert {one["portal"] for one in report(nights, FIRST)["portals"]} == {"chia", "doi", "mat", "tot"}, done.stderr
    assert {row["cut_short"] for row in rows(nights, "SELECT cut_short FROM crawls")} == {"page budget"}
    asked = nights.site.asked.total()
    done = nights.run("nightly", "--schedule", "ngay", "--schedules", str(folder))
    assert done.returncode == 0
    assert "is closed now" in done.stderr
    assert nights.site.asked.total() == asked


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nightly"], "a night is of portals or of a schedule"),
        (["nightly", "khong-co"], "no portal is called"),
        (["nightly", "tot", "--notify", "often"], "no --notify"),
        (["nightly", "tot", "--schedule", "x"], "a night is of portals or of a schedule"),
        (["nightly", "--schedule", "x"], "x"),
    ],
)
def test_wrong_use_is_told(nights: Nights, words: list[str], said: str) -> None:
    done = nights.run(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
