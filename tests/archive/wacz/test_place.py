"""The place of a WACZ: whole under its name, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.errors import Misuse, StoreBusy, WaczFailed
from archive.wacz.place import FILE, unfinished


def test_it_takes_its_name_at_the_end_alone(tmp_path: Path) -> None:
    to = tmp_path / "new" / "a.wacz"
    with unfinished(to) as folder:
        (folder / FILE).write_bytes(b"whole")
        (folder / "beside").write_bytes(b"more")
        assert not to.exists()
    assert to.read_bytes() == b"whole"
    assert list(to.parent.iterdir()) == [to]


def test_what_breaks_off_leaves_the_former_file(tmp_path: Path) -> None:
    to = tmp_path / "a.wacz"
    to.write_bytes(b"former")

    def broken_off() -> None:
        with unfinished(to, force=True) as folder:
            (folder / FILE).write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert to.read_bytes() == b"former"
    assert list(tmp_path.iterdir()) == [to]


def test_a_file_that_came_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    to = tmp_path / "a.wacz"

    def written() -> None:
        with unfinished(to) as folder:
            (folder / FILE).write_bytes(b"ours")
            to.write_bytes(b"theirs")

    with pytest.raises(Misuse, match="already"):
        written()
    assert to.read_bytes() == b"theirs"


def test_two_do_not_write_one_file(tmp_path: Path) -> None:
    to = tmp_path / "a.wacz"
    with unfinished(to) as folder:
        (folder / FILE).write_bytes(b"first")
        with pytest.raises(StoreBusy, match="another process"), unfinished(to):
            pass
    assert to.read_bytes() == b"first"


@pytest.mark.parametrize("name", ["a.zip", "a", ".wacz"])
def test_another_ending_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Misuse, match=r"\.wacz"), unfinished(tmp_path / name):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WaczFailed, match=r"the WACZ .* cannot be written"), unfinished(tmp_path / "file" / "a.wacz"):
        pass
    (tmp_path / "b.wacz").mkdir()
    with pytest.raises(Misuse, match="is a folder"), unfinished(tmp_path / "b.wacz", force=True):
        pass
