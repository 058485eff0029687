"""`luutru query` and `luutru sql` as people and programs use them."""

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
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from archive.tables.schema import SCHEMA_VERSION

ASKED = "SELECT title, len(images) AS images FROM articles ORDER BY title"


def snapshots(nights: Any) -> list[str]:
    return [row["snapshot_id"] for row in nights.rows("SELECT snapshot_id FROM snapshots ORDER BY committed_at")]


def test_an_answer_says_where_it_is_from(nights: Any, tmp_path: Path) -> None:
    first, last = snapshots(nights)
    expected = {"snapshot": last, "as_of": None, "sql": ASKED, "schema_version": str(SCHEMA_VERSION)}
    table = nights.run("query", ASKED)
    below = table.stdout.splitlines()[-4:]
    assert below == [f"snapshot  {last}", "as of     the newest captures", f"sql       {ASKED}", "(44 rows)"]
    assert table.stderr == ""
    for form in ("csv", "json"):
        done = nights.run("query", ASKED, "--format", form)
        assert done.stderr == f"luutru: snapshot {last}: {ASKED}\n"
        file = tmp_path / f"answer.{form}"
        written = nights.run("query", ASKED, "--format", form, "--out", str(file))
        assert (written.stdout, written.stderr) == ("", "")
        assert (
            file.read_bytes().decode() == nights.run("query", ASKED, "--format", form).stdout.replace("\n", "\r\n")
            or form == "json"
        )
        assert json.loads((tmp_path / f"answer.{form}.meta.json").read_text("utf-8")) == expected
    file = tmp_path / "answer.parquet"
    words = ("--format", "parquet", "--out", str(file), "--snapshot", first[:18], "--as-of", "2099-01-01")
    assert nights.run("query", ASKED, *words).returncode == 0
    found = pq.read_table(file)
    metadata = {key.decode(): value.decode() for key, value in found.schema.metadata.items()}
    assert metadata == {
        "luutru.snapshot": first,
        "luutru.as_of": "2099-01-01T16:59:59.999999Z",
        "luutru.sql": ASKED,
        "luutru.schema_version": str(SCHEMA_VERSION),
    }
    assert found.num_rows == 42
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "answer.csv",
        "answer.csv.meta.json",
        "answer.json",
        "answer.json.meta.json",
        "answer.parquet",
    ]


def test_csv_is_what_rfc_4180_says(nights: Any, tmp_path: Path) -> None:
    file = tmp_path / "answer.csv"
    assert (
        nights.run("query", "SELECT title, body, lead FROM articles", "--format", "csv", "--out", str(file)).returncode
        == 0
    )
    data = file.read_bytes()
    assert data.startswith(b"title,body,lead\r\n")
    rows = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))
    truth = {row["title"]: row["body"] for row in nights.rows("SELECT title, body FROM articles")}
    assert {row[0]: row[1] for row in rows[1:]} == truth
    pandas = Path(__file__).parents[2] / ".envs/pandas/bin/python"
    if pandas.exists():
        code = "import sys, pandas; f = pandas.read_csv(sys.argv[1]); print(len(f), list(f.columns))"
        done = subprocess.run([str(pandas), "-c", code, str(file)], capture_output=True, text=True, check=True)
        assert done.stdout == "44 ['title', 'body', 'lead']\n"


def test_a_link_is_written_through_and_gets_nothing_beside_it(nights: Any, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("/dev/stdout")
    done = nights.run("query", "SELECT 1 AS one", "--format", "csv", "--out", str(link))
    assert done.stdout == "one\n1\n"
    assert done.stderr.endswith(": SELECT 1 AS one\n")
    assert [path.name for path in tmp_path.iterdir() if path.is_symlink()] == ["link"]
    assert len(list(tmp_path.iterdir())) == 1
    full = nights.run("query", "SELECT 1 AS one", "--format", "csv", "--out", "/dev/full")
    assert (full.returncode, len(full.stderr.splitlines())) == (1, 1)
    lost = nights.run("query", "SELECT 1 AS one", "--format", "parquet", "--out", "/nonexistent/x.parquet")
    assert (lost.returncode, len(lost.stderr.splitlines())) == (1, 1)


def test_json_is_an_array_of_objects(nights: Any) -> None:
    sql = "SELECT 1.5 AS half, sum(articles) AS n, 'NaN'::DOUBLE AS nan, NULL AS none, [1, 2] AS list FROM crawls"
    done = nights.run("query", sql, "--format", "json")
    assert json.loads(done.stdout) == [{"half": 1.5, "n": 85, "nan": None, "none": None, "list": [1, 2]}]
    none = nights.run("query", "SELECT 1 WHERE false", "--format", "json")
    assert none.stdout == "[]\n"


def test_limits_are_told_in_one_line_and_leave_no_file(nights: Any, tmp_path: Path) -> None:
    file = tmp_path / "answer"
    file.write_text("what was there before")
    for sql, option, said in (
        ("SELECT count(*) FROM range(1000000000000)", ("--timeout", "0.5"), "longer than 0.5 s"),
        ("SELECT * FROM range(1000000000000)", ("--timeout", "0.5"), "longer than 0.5 s"),
        ("SELECT list(range) FROM range(100000000)", ("--memory", "200MB"), "more memory than the 200MB"),
        ("SELECT list_sum(range(1000000000))", ("--memory", "200MB"), "more memory than the 200MB"),
    ):
        for form in ("csv", "parquet"):
            done = nights.run("query", sql, *option, "--format", form, "--out", str(file), timeout=60)
            assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
            assert said in done.stderr
            assert [path.name for path in tmp_path.iterdir()] == ["answer"]
            assert file.read_text() == "what was there before"
    wrong = nights.run("query", "SELECT 1", "--memory", "lots")
    assert wrong.returncode == 2
    assert "no size" in wrong.stderr


def test_what_no_interrupt_stops_is_stopped(nights: Any) -> None:
    begun = time.monotonic()
    done = nights.run("query", "SELECT list_sum(range(200000000))", "--timeout", "0.5", "--memory", "100GB", timeout=60)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert time.monotonic() - begun < 20


def test_a_large_answer_goes_through_little_memory(nights: Any, tmp_path: Path) -> None:
    file = tmp_path / "answer.parquet"
    sql = "SELECT range AS i, repeat('x', 200) || range AS s FROM range(3000000)"
    words = ("--format", "parquet", "--out", str(file), "--memory", "200MB")
    done = nights.run("query", sql, *words)
    assert done.returncode == 0, done.stderr
    assert pq.ParquetFile(file).metadata.num_rows == 3_000_000
    table = nights.run("query", "SELECT range FROM range(20000)").stdout.splitlines()
    assert table[-1].startswith("(the first 10000 rows; ")
    assert sum(line.isdigit() for line in table) == 10_000


def test_parquet_says_what_it_cannot_hold(nights: Any, tmp_path: Path) -> None:
    words = ("--format", "parquet", "--out", str(tmp_path / "x.parquet"))
    done = nights.run("query", "SELECT INTERVAL 1 DAY AS i", *words)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "::VARCHAR" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_ends_a_query(nights: Any) -> None:
    process = nights.start("query", "SELECT count(*) FROM range(100000000000000)")
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, "")


def piped(nights: Any, text: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = nights.command("sql", *words)
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)


def test_statements_from_a_pipe(nights: Any) -> None:
    first, last = snapshots(nights)
    text = "SELECT 'a;b' AS s; SELECT count(*) AS n -- ;\nFROM articles;\n.views\n.schema crawls\n.snapshot\nVALUES (7)"
    done = piped(nights, text)
    assert (done.returncode, done.stderr) == (0, "")
    for line in ("a;b", "44", "committed_at          TIMESTAMP WITH TIME ZONE", "7"):
        assert line in done.stdout.splitlines()
    assert f"snapshot {last} of " in done.stdout
    assert "completeness" in done.stdout
    assert piped(nights, "SELECT count(*) AS n FROM articles;", "--snapshot", first).stdout.splitlines()[2] == "42"
    assert piped(nights, "").returncode == 0


def test_bytes_of_another_encoding_are_refused(nights: Any) -> None:
    done = subprocess.run(
        nights.command("sql"), input=b"SELECT '\xff';\nSELECT 3 AS n;\n", capture_output=True, check=False
    )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert b"UTF-8" in done.stderr


def test_errors_are_a_line_each_and_the_next_statement_runs(nights: Any) -> None:
    done = piped(
        nights, "SELEC 1;\nSELECT * FROM nobody;\nCREATE TABLE t (i INTEGER);\n.schema x\n.what\nSELECT 41 + 1 AS n;\n"
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 5
    assert all(line.startswith("luutru: ") for line in done.stderr.splitlines())
    assert done.stdout.splitlines()[2] == "42"
    slow = piped(nights, "SELECT count(*) FROM range(1000000000000);\nSELECT 1 AS one;\n", "--timeout", "0.5")
    assert slow.returncode == 1
    assert "longer than 0.5 s" in slow.stderr
    assert slow.stdout.splitlines()[2] == "1"
    assert piped(nights, "SELECT range FROM range(20000);\nSELECT 5 AS n;").stdout.splitlines()[-2] == "5"


class Terminal:
    """`luutru sql` at a terminal."""

    def __init__(self, command: list[str], state: Path) -> None:
        self.ours, theirs = pty.openpty()
        environment = {**os.environ, "XDG_STATE_HOME": str(state), "TERM": "dumb"}
        self.process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
            start_new_session=True,
            preexec_fn=lambda: __import__("fcntl").ioctl(0, __import__("termios").TIOCSCTTY, 0),
        )
        os.close(theirs)
        self.seen = ""

    def until(self, words: str, timeout: float = 30) -> str:
        """Reads until the words come, and gives what came up to them."""
        end = time.monotonic() + timeout
        while words not in self.seen:
            assert select.select([self.ours], [], [], max(0.0, end - time.monotonic()))[0], self.seen
            try:
                self.seen += os.read(self.ours, 65536).decode()
            except OSError as error:
                raise AssertionError(f"it has ended: {self.seen}") from error
        before, _, self.seen = self.seen.partition(words)
        return before

    def type(self, text: str) -> None:
        os.write(self.ours, text.encode())

    def close(self) -> int:
        code = self.process.wait(timeout=30)
        os.close(self.ours)
        return code


@pytest.mark.parametrize("writable", [True, False])
def test_at_a_terminal(nights: Any, tmp_path: Path, writable: bool) -> None:
    state = tmp_path / "state"
    if not writable:
        state.write_text("a file, where a folder is wanted")
    terminal = Terminal(nights.command("sql"), state)
    assert "snapshot " in terminal.until("luutru> ")
    terminal.type("SELECT count(*) AS n\n")
    terminal.until("...> ")
    terminal.type("FROM articles;\n")
    assert re.search(r"^44\s*$", terminal.until("luutru> "), re.MULTILINE)
    terminal.type("SELECT count(*) FROM range(100000000000000);\n")
    time.sleep(1.5)
    terminal.type("\x03")
    assert "cancelled" in terminal.until("luutru> ")
    terminal.type("SELECT half a statement\n")
    terminal.until("...> ")
    terminal.type("\x03")
    terminal.until("luutru> ")
    terminal.type("SELECT out_of_w\t FROM completen\t LIMIT 0;\n")
    assert "out_of_window\r\n-------------\r\n(0 rows)" in terminal.until("luutru> ")
    terminal.type("\x04")
    assert terminal.close() == 0
    if writable:
        kept = (state / "luutru/sql_history").read_text("utf-8")
        assert "SELECT count(*) AS n\nFROM articles;\n" in kept
        again = Terminal(nights.command("sql"), state)
        again.until("luutru> ")
        again.type("\x1b[A\x1b[A")
        again.until("LIMIT 0;")
        again.type("\x15.quit\n")
        assert again.close() == 0
