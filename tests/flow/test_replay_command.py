"""luutru replay as a command: what was repeated is shown, what was sealed since is taken up, and it ends without a trace."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.errors import MissingPackage, UnknownCapture
from archive.moment import local, stamp
from archive.replay.chromium import screenshot
from archive.store import open_store
from archive.warc.revisit import IDENTICAL, UNMODIFIED
from crawler.demo.server import DemoServer

from .chrome import Chrome, chrome
from .conftest import luutru
from .replayed import PICTURES, banner, replaying, text
from .still_portal import HOST, SITE, Still, StillPortal

FIRST, SECOND = "2026-11-23", "2026-11-24"


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Still]:
    """One night."""
    folder = tmp_path_factory.mktemp("still")
    with DemoServer(StillPortal()) as server:
        still = Still(server, folder, luutru, folder / "store")
        still.crawl(FIRST)
        yield still


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with chrome(tmp_path_factory.mktemp("chromium")) as running:
        yield running


def gate_of(process: subprocess.Popen[str]) -> int:
    """The process that is pywb behind its gate, of a running command."""
    (found,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert b"archive/replay/gate.py" in Path(f"/proc/{found}/cmdline").read_bytes()
    return int(found)


def ended(process: int) -> bool:
    """Whether the process is no more, or will not be within twenty seconds."""
    try:
        return bool(select.select([os.pidfd_open(process)], [], [], 20)[0])
    except ProcessLookupError:
        return True


def test_what_is_sealed_while_it_runs_is_taken_up_and_what_was_repeated_is_shown(still: Still, browser: Chrome) -> None:
    """The second night's answers are revisits: of equal bytes and of "not modified", whose bytes lie in the first's file."""
    with replaying(still.store) as running:
        still.crawl(SECOND)
        kept = {one.first.url.removeprefix(SITE): one.first for one in still.kept(SECOND) if one.method == "GET"}
        for target, profile in (("/Pages/3.aspx", IDENTICAL), ("/Pages/6.aspx", UNMODIFIED)):
            record = kept[target]
            assert (record.type, record.header("WARC-Profile")) == ("revisit", profile)
            for collection in ("tinh", "all"):
                page = browser.open(running.page(collection, stamp(record.date), SITE + target))
                assert f"Tin số {target[7]}" in text(page.frame(HOST + target))
                said = banner(page)
                assert (said["captured"], said["notes"]) == (local(record.date), {})
        page = browser.open(running.page("tinh", stamp(kept["/Pages/doi-day.aspx"].date), f"{SITE}/Pages/doi-day.aspx"))
        assert "Tin số 9" in text(page.frame(f"{HOST}/Pages/9.aspx"))
        assert banner(page)["url"] == f"{SITE}/Pages/9.aspx"


def test_ctrl_c_ends_it_with_pywb_and_leaves_nothing_behind(still: Still, tmp_path: Path) -> None:
    with replaying(still.store, TMPDIR=str(tmp_path)) as running:
        gate = gate_of(running.process)
        assert list(tmp_path.iterdir())
    assert ended(gate)
    assert list(tmp_path.iterdir()) == []
    assert running.said.splitlines() == ["Ctrl-C ends it"]


@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_command_that_is_ended_or_killed_takes_pywb_with_it(
    still: Still, tmp_path: Path, how: signal.Signals, code: int
) -> None:
    command = [
        sys.executable,
        "-m",
        "crawler.cli",
        "replay",
        "--no-browser",
        "--port",
        "0",
        "--store",
        str(still.store),
    ]
    env = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        gate = gate_of(process)
        process.send_signal(how)
        assert process.wait(timeout=30) == code
    assert ended(gate)


def test_where_pywb_ends_by_itself_the_command_says_so_and_ends(still: Still) -> None:
    command = [
        sys.executable,
        "-m",
        "crawler.cli",
        "replay",
        "--no-browser",
        "--port",
        "0",
        "--store",
        str(still.store),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        os.kill(gate_of(process), signal.SIGKILL)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "pywb has ended by itself" in said


def test_a_port_that_is_taken_is_said(still: Still) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = luutru("replay", "--no-browser", "--port", port, "--store", str(still.store))
    assert done.returncode == 1
    assert f"port {port} of 127.0.0.1 cannot be taken" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["http://khong.example/"], 1, "no capture of http://khong.example/"),
        (["--at", "hôm qua"], 2, "is no time"),
        (["--at", "9999-12-31T23:59:59-14:00"], 2, "is no time"),
    ],
)
def test_what_cannot_be_shown_is_said_in_a_line(still: Still, words: list[str], code: int, said: str) -> None:
    done = luutru("replay", *words, "--no-browser", "--port", "0", "--store", str(still.store))
    assert (done.returncode, said in done.stderr, "Traceback" in done.stderr) == (code, True, False), done.stderr


def test_without_a_store_or_without_pywb_it_says_what_to_do(still: Still, tmp_path: Path) -> None:
    done = luutru("replay", "--no-browser", "--store", str(tmp_path))
    assert (done.returncode, "is not a store" in done.stderr) == (2, True)
    done = luutru("replay", "--no-browser", "--store", str(still.store), LUUTRU_REPLAY=str(tmp_path))
    assert (done.returncode, "there is no pywb" in done.stderr) == (2, True)


def test_a_pywb_that_does_not_start_is_said_with_its_own_words(still: Still, tmp_path: Path) -> None:
    """An environment whose Python has no pywb after all."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    (tmp_path / "bin" / "wayback").touch()
    done = luutru("replay", "--no-browser", "--port", "0", "--store", str(still.store), LUUTRU_REPLAY=str(tmp_path))
    assert done.returncode == 1
    assert "pywb did not start: ModuleNotFoundError" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_index_that_names_a_file_outside_replays_nothing_of_it(
    still: Still, tmp_path: Path, browser: Chrome
) -> None:
    """The line would lead to a WARC of somebody's beside the store; the page is not there, and the command says why."""
    store = tmp_path / "store"
    shutil.copytree(still.store, store)
    folder = store / "warc" / "tinh"
    (warc, *_) = sorted(folder.glob("*.warc.gz"))
    shutil.copy(warc, tmp_path / "secret.warc.gz")
    index = warc.with_name(warc.name + ".cdxj")
    name = json.dumps(warc.name)
    lines = index.read_text("utf-8").replace(f'"filename":{name}', '"filename":"../../../secret.warc.gz"')
    index.write_text(lines, "utf-8")
    for other in folder.glob("*.cdxj"):
        if other != index:
            other.unlink()
    with replaying(store) as running:
        page = browser.open(running.page("all", "20261123000000", f"{SITE}/Pages/1.aspx"))
        assert set(banner(page)["notes"]) == {"absent"}
    assert "left out, since no index of ours says this" in running.said


def test_a_picture_of_a_capture_shows_page_and_banner(still: Still, tmp_path: Path) -> None:
    (found,) = [one for one in still.kept(FIRST) if one.first.url == f"{SITE}/Pages/1.aspx"]
    target = PICTURES / "picture.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    screenshot(open_store(still.store), f"{SITE}/Pages/1.aspx", found.first.date, target, size=(1000, 1400))
    head = target.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")) == (1000, 1400)
    assert target.stat().st_size > 20_000
    with pytest.raises(UnknownCapture):
        screenshot(open_store(still.store), f"{SITE}/khong-co", found.first.date, tmp_path / "no.png")
    assert not (tmp_path / "no.png").exists()


def test_without_chromium_there_is_no_picture_and_the_cure_is_told(
    still: Still, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found,) = [one for one in still.kept(FIRST) if one.first.url == f"{SITE}/Pages/1.aspx"]
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingPackage, match="Install Chromium"):
        screenshot(open_store(still.store), f"{SITE}/Pages/1.aspx", found.first.date, tmp_path / "no.png")
