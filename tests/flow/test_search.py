"""`luutru search` over two nights of the demo portal, as a person calls it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from typing import Any

KEYS = ["article_id", "portal", "url", "title", "published", "category", "state", "score", "field", "snippet"]


def test_search_finds_and_tells_where(nights: Any) -> None:
    done = nights.run("search", "hoi nghi doi thoai", "--limit", "3")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Hội nghị đối thoại giữa người đứng đầu cấp ủy")
    assert any(line.startswith("  title: «Hội nghị đối thoại» giữa") for line in lines)
    assert "Tin theo lĩnh vực › Đoàn thanh niên" in done.stdout
    assert "\x1b" not in done.stdout
    several = nights.run("search", "hội", "nghị", "đối", "thoại", "--limit", "3")
    assert several.stdout.splitlines()[0] == lines[0], "words need no quotation marks"


def test_search_answers_in_json(nights: Any) -> None:
    rows = json.loads(nights.run("search", "Trương Quốc Huy", "--in", "captions", "--json").stdout)
    assert rows
    assert all(list(row) == KEYS for row in rows)
    assert {row["field"] for row in rows} == {"captions"}
    assert "«Trương Quốc Huy»" in rows[0]["snippet"]
    known = {
        row["article_id"] for row in nights.rows("SELECT article_id FROM images WHERE caption LIKE '%Trương Quốc Huy%'")
    }
    assert {row["article_id"] for row in rows} == known


def test_nothing_found_is_said(nights: Any) -> None:
    done = nights.run("search", "xyzq")
    assert (done.returncode, done.stdout) == (0, "nothing found\n")
    done = nights.run("search", "xyzq", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, [])


def test_a_snapshot_is_searched_as_it_was(nights: Any) -> None:
    first, second = (row["id"] for row in json.loads(nights.run("snapshots", "--json").stdout))
    title = "Câu lạc bộ lập trình trẻ ở Lý Nhân"
    for name, count in ((first, 0), (second, 1)):
        done = nights.run("search", f'"{title}"', "--snapshot", name, "--in", "title", "--json")
        assert len(json.loads(done.stdout)) == count
    states = {row["state"] for row in json.loads(nights.run("search", "nước ăn uống sinh hoạt", "--json").stdout)}
    assert "suspected" in states


def test_misuse_is_one_line(nights: Any) -> None:
    for words in (
        ("--in", "author"),
        ("--since", "yesterday"),
        ("--since", "2024-02-30"),
        ("--since", "2024-02-01", "--until", "2024-01-01"),
        ("--snapshot", "nothing"),
        ("--as-of", "nothing"),
    ):
        done = nights.run("search", "hội nghị", *words)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1), words
    assert nights.run("search", "hội nghị", "--limit", "0").returncode == 2
    assert nights.run("search").returncode == 2


def test_any_text_is_a_search(nights: Any) -> None:
    for text in ('"hội', "a AND (b", "title:x", "🎉", "[a TO b]", "hội -", "\udcff", "*", "", "a\\"):
        done = nights.run("search", text)
        assert done.returncode == 0, (text, done.stderr)
        assert done.stderr == ""


def test_found_words_are_bold_on_a_terminal(nights: Any) -> None:
    ours, theirs = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    subprocess.run(nights.command("search", "hội nghị", "--limit", "1"), stdout=theirs, check=True, env=environment)
    os.close(theirs)
    seen = os.read(ours, 65536).decode()
    os.close(ours)
    assert "\x1b[1mHội nghị\x1b[0m" in seen
    assert "«" not in seen
