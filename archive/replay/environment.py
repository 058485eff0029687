"""pywb's environment: it cannot share one with Scrapy, since two of their packages install a module of the same name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path

from archive.errors import MissingPackage, Misuse, ReplayFailed, unwritable

VARIABLE = "LUUTRU_REPLAY"
_READY = ".ready"
_ROOT = Path(__file__).resolve().parents[2]


def own_folder() -> Path:
    """Where `luutru replay --install` makes the environment: in the user's data folder."""
    data = os.environ.get("XDG_DATA_HOME") or ""
    return (Path(data) if Path(data).is_absolute() else Path.home() / ".local" / "share") / "luutru" / "replay"


def python() -> Path:
    """The Python of the environment with pywb: $LUUTRU_REPLAY's, else .envs/replay's in a checkout, else the user's own.

    Misuse where $LUUTRU_REPLAY names none, MissingPackage where there is none.
    """
    if named := os.environ.get(VARIABLE):
        if found := _in(Path(named)):
            return found
        raise Misuse(f"{VARIABLE} is {named}, and there is no pywb", "Name the folder of an environment that has pywb")
    own = own_folder()
    found = _in(_ROOT / ".envs" / "replay") or (_in(own) if (own / _READY).exists() else None)
    if found is None:
        raise MissingPackage("pywb, which replays captures, is not installed", "luutru replay --install installs it")
    return found


def install() -> Path:
    """Makes the user's environment from the locked requirements, and gives its folder; an old one is made anew.

    ReplayFailed where pip fails, StoreFull or StoreUnwritable where the folder cannot be written.
    """
    folder = own_folder()
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        _run([sys.executable, "-m", "venv", str(folder)], folder)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
        _run([*pip, "--require-hashes", "-r", str(requirements())], folder)
        (folder / _READY).touch()
    except OSError as error:
        raise unwritable(error, folder) from error
    return folder


def requirements() -> Path:
    """The lock of the environment: in a checkout locks/replay.txt, else the copy of it in the package."""
    checkout = _ROOT / "locks" / "replay.txt"
    return checkout if checkout.is_file() else Path(str(resources.files("archive.replay").joinpath("requirements.txt")))


def _in(folder: Path) -> Path | None:
    interpreter = folder.absolute() / "bin" / "python"
    return interpreter if interpreter.exists() and (interpreter.parent / "wayback").exists() else None


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()[-1]
        shutil.rmtree(folder, ignore_errors=True)
        raise ReplayFailed(f"pywb could not be installed in {folder}: {last}", "Check the network and pip's settings")
