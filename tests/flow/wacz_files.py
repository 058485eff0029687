"""WACZ files made by the command, and what other people's tools find in them."""

from __future__ import annotations

import json
import subprocess
import zipfile
from pathlib import Path
from typing import Any

from .conftest import luutru

PEERS = Path(__file__).parents[2] / ".envs" / "peers" / "bin"


def wacz(to: Path, store: Path, *words: str | Path) -> dict[str, Any]:
    """`luutru wacz … --to TO --json`; fails the test where that fails."""
    done = luutru("wacz", "--store", str(store), "--to", str(to), "--json", *map(str, words))
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def validate(path: Path) -> subprocess.CompletedProcess[str]:
    """What Webrecorder's own `wacz validate` says."""
    assert PEERS.exists(), "make peers"
    command = [str(PEERS / "wacz"), "validate", "-f", str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def read(path: Path, name: str) -> bytes:
    """One entry of the file."""
    with zipfile.ZipFile(path) as file:
        return file.read(name)


def pages(path: Path, name: str = "pages/pages.jsonl") -> list[dict[str, Any]]:
    """The pages, without the line that begins their list."""
    head, *found = map(json.loads, read(path, name).splitlines())
    assert head["format"] == "json-pages-1.0"
    return found


def index(path: Path) -> list[tuple[str, str, dict[str, Any]]]:
    """The lines of a plain index: key, time, the rest."""
    lines = (line.split(" ", 2) for line in read(path, "indexes/index.cdx").decode().splitlines())
    return [(key, when, json.loads(data)) for key, when, data in lines]


def stamp(page: dict[str, Any]) -> str:
    """A page's time as a viewer is asked for it: fourteen digits."""
    digits = "".join(sign for sign in page["ts"] if sign.isdigit())
    return digits[:14]
