"""Where pywb is found, and how it is installed; no test asks a package index."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from archive.errors import MissingPackage, Misuse, ReplayFailed
from archive.replay import environment

ROOT = Path(__file__).parents[3]


def made(folder: Path) -> Path:
    """What looks like an environment with pywb."""
    (folder / "bin").mkdir(parents=True)
    for name in ("python", "wayback"):
        (folder / "bin" / name).touch()
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user who has none, and no checkout."""
    monkeypatch.delenv(environment.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(environment, "_ROOT", tmp_path / "site-packages")
    return tmp_path


def test_it_is_looked_for_in_the_order_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingPackage, match="luutru replay --install"):
        environment.python()
    own = made(environment.own_folder())
    assert own == home / "data" / "luutru" / "replay"
    with pytest.raises(MissingPackage):
        environment.python()  # an installation that was broken off
    (own / ".ready").touch()
    assert environment.python() == own / "bin" / "python"
    checkout = made(home / "site-packages" / ".envs" / "replay")
    assert environment.python() == checkout / "bin" / "python"
    monkeypatch.setenv(environment.VARIABLE, str(made(home / "named")))
    assert environment.python() == home / "named" / "bin" / "python"
    monkeypatch.setenv(environment.VARIABLE, str(home / "nowhere"))
    with pytest.raises(Misuse, match="nowhere"):
        environment.python()


def test_a_failed_installation_says_why_and_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = home / "site-packages" / "locks" / "replay.txt"
    lock.parent.mkdir(parents=True)
    lock.write_text("pywb==2.10.0 --hash=sha256:" + "0" * 64 + "\n", "utf-8")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(ReplayFailed, match="pywb could not be installed"):
        environment.install()
    assert not environment.own_folder().exists()


def test_an_installation_takes_what_the_lock_has(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that is made here stands for pywb and those that it needs."""
    wheel = home / "pywb-2.10.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("pywb/__init__.py", "def main(): ...\n")
        file.writestr("pywb-2.10.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: pywb\nVersion: 2.10.0\n")
        file.writestr("pywb-2.10.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr("pywb-2.10.0.dist-info/entry_points.txt", "[console_scripts]\nwayback = pywb:main\n")
        file.writestr("pywb-2.10.0.dist-info/RECORD", "")
    lock = home / "site-packages" / "locks" / "replay.txt"
    lock.parent.mkdir(parents=True)
    done = subprocess.run([sys.executable, "-m", "pip", "hash", str(wheel)], capture_output=True, text=True, check=True)
    digest = re.search(r"--hash=sha256:\w+", done.stdout)
    assert digest is not None
    lock.write_text(f"pywb==2.10.0 {digest[0]}\n", "utf-8")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(home))
    environment.install()
    assert environment.python() == environment.own_folder() / "bin" / "python"


def test_the_lock_goes_with_the_package() -> None:
    assert environment.requirements() == ROOT / "locks" / "replay.txt"
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    assert '"locks/replay.txt" = "archive/replay/requirements.txt"' in project
