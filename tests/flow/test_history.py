"""What a researcher is told of an article's history, of what happened between snapshots, and of what is lacking."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from crawler.demo.texts import APPEARED, EDITED, VANISHED

from .conftest import Ground


@pytest.fixture(scope="module")
def ids(nights: Ground) -> list[str]:
    """The snapshots' ids, oldest first."""
    return [row["id"] for row in json.loads(nights.run("snapshots", "--json").stdout)]


def edited(nights: Ground) -> str:
    (row,) = nights.rows(f"SELECT article_id FROM articles WHERE url LIKE '%/{EDITED}.aspx'")
    return str(row["article_id"])


def test_history_shows_each_version_with_the_words_that_changed(nights: Ground) -> None:
    told = nights.run("history", edited(nights)).stdout
    assert "Version 1, captured" in told
    assert "Version 2, captured" in told
    assert "[-412-]{+421+}" in told
    assert "edited (confirmed) between " in told


def test_history_on_a_terminal_is_coloured(nights: Ground) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        nights.command("history", edited(nights)), stdout=theirs, env={**os.environ, "TERM": "xterm-256color"}
    ) as process:
        os.close(theirs)
        told = b""
        while chunk := _read(ours):
            told += chunk
        assert process.wait(timeout=60) == 0
    os.close(ours)
    text = told.decode()
    assert re.search(r"\x1b\[[\d;]*9;31m412\x1b", text), "red and struck through"
    assert re.search(r"\x1b\[[\d;]*32m421\x1b", text), "green"


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, 65536)
    except OSError:  # a terminal whose other end was closed
        return b""


def test_history_at_an_earlier_snapshot_knows_no_more_than_that(nights: Ground, ids: list[str]) -> None:
    told = nights.run("history", edited(nights), "--snapshot", ids[0]).stdout
    assert "Version 2" not in told
    assert "edited" not in told


def test_history_as_json_has_the_rows_and_the_pieces(nights: Ground) -> None:
    told = json.loads(nights.run("history", edited(nights), "--json").stdout)
    assert [event["event"] for event in told["events"]] == ["appeared", "edited"]
    first, second = told["versions"]
    assert first["changes"] == {}
    assert ["-", "412"] in second["changes"]["body"]
    assert ["+", "421"] in second["changes"]["body"]


def test_show_at_the_earlier_snapshot_prints_the_earlier_words(nights: Ground, ids: list[str]) -> None:
    article = edited(nights)
    assert "412 tỷ đồng" in " ".join(nights.run("show", article, "--snapshot", ids[0]).stdout.split())
    assert "421 tỷ đồng" in " ".join(nights.run("show", article).stdout.split())


def test_show_as_of_a_time_before_the_archive_finds_nothing(nights: Ground) -> None:
    done = nights.run("show", edited(nights), "--as-of", "2020-01-01")
    assert done.returncode == 2
    assert "no article" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--snapshot", "nothing"), "no snapshot 'nothing'"),
        (("--snapshot", "2001-01-01"), "no snapshot of 2001-01-01 or before"),
        (("--as-of", "yesterday"), "no RFC 3339 time"),
        (("--as-of", "2026-02-30"), "no day"),
    ],
)
def test_what_names_no_snapshot_or_time_is_refused(nights: Ground, words: tuple[str, str], said: str) -> None:
    done = nights.run("show", edited(nights), *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_diff_tells_what_happened_between_two_snapshots(nights: Ground, ids: list[str]) -> None:
    told = json.loads(nights.run("diff", *ids, "--json").stdout)
    slugs = [(event["event"], event["url"].rsplit("/", 1)[1].removesuffix(".aspx")) for event in told["events"]]
    wanted = [*(("appeared", slug) for slug in APPEARED), ("edited", EDITED), ("vanished", VANISHED)]
    assert sorted(slugs) == sorted(wanted)
    lines = nights.run("diff", *ids).stdout.splitlines()
    assert len(lines) == 5
    assert all(" between " in line for line in lines[:-1])
    assert lines[-1].startswith("4 events: 2 appeared, 1 edited, 1 vanished")


def test_diff_the_wrong_way_round_says_so(nights: Ground, ids: list[str]) -> None:
    done = nights.run("diff", ids[1], ids[0])
    assert done.returncode == 2
    assert "is later than" in done.stderr


def test_diff_of_a_snapshot_with_itself_is_empty(nights: Ground, ids: list[str]) -> None:
    assert nights.run("diff", ids[1], ids[1]).stdout.startswith("0 events")


def test_gaps_say_what_is_lacking_and_why(nights: Ground) -> None:
    told = json.loads(nights.run("gaps", "--json").stdout)
    assert sorted((row["why"], row["detail"]) for row in told["gaps"]) == [
        ("failed", "challenge"),
        ("failed", "missing"),
        ("robots", None),
    ]
    assert len(told["completeness"]) == 4
    for row in told["completeness"]:
        reasons = sum(row[why] for why in ("failed", "robots", "out_of_window", "over_budget", "unreached"))
        assert row["entries"] == row["captured"] + reasons
    text = nights.run("gaps", "--portal", "hanam-demo", "--night", "2026-11-23").stdout
    assert "2026-11-23" in text
    assert "failed (challenge): Công bố giá vật liệu xây dựng" in text
    assert nights.run("gaps", "--portal", "another").stdout.startswith("0 open gaps")


def test_snapshots_say_what_changed(nights: Ground) -> None:
    first, second = json.loads(nights.run("snapshots", "--json").stdout)
    assert first["events"] == {"baseline": 42}
    assert second["events"] == {"appeared": 2, "edited": 1, "vanished": 1}
    assert "2 appeared, 1 edited, 1 vanished" in nights.run("snapshots").stdout


def test_diff_of_extractors_tells_what_is_read_otherwise_in_the_same_bytes(ground: Ground, tmp_path: Path) -> None:
    ground.crawl()
    folder = tmp_path / "portals"
    folder.mkdir()
    file = Path("crawler/portals/hanam-demo.toml").read_text("utf-8")
    (folder / "hanam-demo.toml").write_text(file.replace("tinbai-trichdan", "khong-co"), "utf-8")
    assert ground.run("reextract", "--portals", str(folder)).returncode == 0
    rows: list[dict[str, Any]] = ground.rows(
        "SELECT extractor_version AS v, count(lead) AS leads FROM readings GROUP BY 1 ORDER BY 2"
    )
    new, old = (row["v"] for row in rows)
    told = json.loads(ground.run("diff", "--extractor", old, new, "--json").stdout)["readings"]
    assert len(told) == rows[1]["leads"] > 0
    assert all("lead" in row["fields"] for row in told)
    assert all(row["fields"]["lead"]["new"] != row["fields"]["lead"]["old"] for row in told)
    assert [row["event"] for row in ground.rows("SELECT DISTINCT event FROM events")] == ["appeared"]
    assert ground.run("diff", "--extractor", old, "none").returncode == 2
