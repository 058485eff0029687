"""The moments at which a host is asked, as several processes reserve them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from time import time

import pytest

from archive.errors import StoreUnwritable
from crawler.fetch.reservation import Reservations

HOST = "tinh.example"

_ASKS = """\
import sys
from pathlib import Path
from crawler.fetch.reservation import Reservations
waits = Reservations(Path(sys.argv[1])).take(sys.argv[2], float(sys.argv[3]))
print(waits, flush=True)
if len(sys.argv) > 4:
    sys.stdin.read()
"""


def other(folder: Path, gap: float, host: str = HOST) -> float:
    """The wait that another process is told, which ends then."""
    words = [sys.executable, "-c", _ASKS, str(folder), host, str(gap)]
    return float(subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout)


def test_the_first_is_asked_now_and_the_next_after_the_delay(tmp_path: Path) -> None:
    ours = Reservations(tmp_path)
    assert ours.take(HOST, 30) == 0.0
    assert 29 < ours.take(HOST, 30) <= 30
    assert 29 < ours.take(HOST, 30) <= 30, "a moment that is reserved stays"
    assert 58 < other(tmp_path, 30) <= 60, "the one after it is another's"
    assert ours.take("khac.example", 30) == 0.0


def test_a_process_that_died_held_the_host(tmp_path: Path) -> None:
    assert other(tmp_path, 0.0) == 0.0
    assert Reservations(tmp_path).take(HOST, 0.0) == 0.0
    (file,) = tmp_path.iterdir()
    assert list(json.loads(file.read_text())["gaps"]) == [str(os.getpid())]


def test_the_larger_delay_is_that_of_both_while_both_live(tmp_path: Path) -> None:
    words = [sys.executable, "-c", _ASKS, str(tmp_path), HOST, "40", "stay"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as slow:
        assert slow.stdout is not None
        assert float(slow.stdout.readline()) == 0.0
        assert 38 < Reservations(tmp_path).take(HOST, 1.0) <= 40
        slow.communicate()


def test_a_host_that_closes_closes_for_all(tmp_path: Path) -> None:
    ours = Reservations(tmp_path)
    ours.take(HOST, 0.0)
    ours.close(HOST, 100)
    assert 98 < ours.take(HOST, 0.0) <= 100
    assert 98 < other(tmp_path, 0.0) <= 100


@pytest.mark.parametrize("name", ["../../../etc/cron.d/x", "a" * 300, "[::1]", "tỉnh.example", ""])
def test_no_host_names_a_path(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "staging" / "hosts"
    assert Reservations(folder).take(name, 1.0) == 0.0
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert file.parent == folder
    assert set(file.name) <= set("0123456789abcdef")


@pytest.mark.parametrize("torn", [b"", b"{", b"[]", b'{"boot": 1}', b"\xff" * 50])
def test_a_torn_file_holds_nobody_up(tmp_path: Path, torn: bytes) -> None:
    Reservations(tmp_path).take(HOST, 100)
    (file,) = tmp_path.iterdir()
    file.write_bytes(torn)
    assert Reservations(tmp_path).take(HOST, 100) == 0.0


def test_after_a_restart_moments_are_told_by_the_calendar(tmp_path: Path) -> None:
    """The monotonic clock began anew: what was booked a minute ahead ten seconds ago is fifty seconds ahead."""
    Reservations(tmp_path).take(HOST, 0.0)
    (file,) = tmp_path.iterdir()
    told = json.loads(file.read_text()) | {"boot": "another", "monotonic": 9e6, "wall": time() - 10, "closed": 9e6 + 60}
    file.write_text(json.dumps(told))
    assert 45 < Reservations(tmp_path).take(HOST, 0.0) <= 51
    file.write_text(json.dumps(told | {"closed": 9e9}))
    assert Reservations(tmp_path).take(HOST, 0.0) <= 3601, "a clock that was set holds nobody up for ever"


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "hosts").write_text("a file")
    with pytest.raises(StoreUnwritable):
        Reservations(tmp_path / "hosts").take(HOST, 1.0)
