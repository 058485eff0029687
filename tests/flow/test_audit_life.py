"""A store that has been through something is in order all the same: kills, repairs, new keys, compaction, new versions."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from archive.custody.signing import new_key


def _audit(store: Path, *words: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "crawler.cli", "audit", "--store", str(store), "--json", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _kill_when(process: subprocess.Popen[str], due: Any) -> None:
    limit = time.monotonic() + 60
    while not due():
        assert time.monotonic() < limit
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.0005)
            pytest.fail("it ended before the moment came")
    process.kill()
    process.communicate()


def _any(folder: Path, pattern: str) -> bool:
    return folder.exists() and any(folder.rglob(pattern))


def test_a_crawl_that_was_killed_three_times_and_resumed(ground: Any) -> None:
    """In the middle of captures, again (so that parts are joined), and in the commit, behind its manifest."""
    for count in (30, 80):
        ground.server.delay = 0.005
        process = ground.start("crawl", "hanam-demo")
        _kill_when(process, lambda count=count: len(ground.server.log) >= count)
        assert _audit(ground.store)["findings"] == [] or count == 30
    ground.server.delay = 0.0
    process = ground.start("crawl", "hanam-demo")
    _kill_when(process, lambda: _any(ground.store / "manifests", "*.json"))
    cut_off = _audit(ground.store)
    assert cut_off["findings"] == []
    ground.crawl()
    told = _audit(ground.store)
    assert told["findings"] == []
    assert told["checked"]["articles_read"] == 42
    assert b'"joined"' in b"".join(path.read_bytes() for path in (ground.store / "warc").rglob("*.ledger"))


def test_a_crawl_that_was_given_up_and_repaired(ground: Any) -> None:
    ground.crawl()
    ground.server.delay = 0.005
    before = len(ground.server.log)
    process = ground.start("crawl", "hanam-demo")
    _kill_when(process, lambda: len(ground.server.log) >= before + 30)
    for path in (ground.store / "staging").glob("hanam-demo.sqlite*"):
        path.unlink()
    assert ground.run("repair").returncode == 0
    told = _audit(ground.store)
    assert told["findings"] == []
    assert any("never came to its end" in note for note in told["notes"])


def test_compacted_under_a_new_key_and_read_by_a_newer_version(nights: Any, tmp_path: Path) -> None:
    store = Path(shutil.copytree(nights.store, tmp_path / "store"))
    old, new = new_key(tmp_path / "old.pem"), new_key(tmp_path / "new.pem")
    config = tmp_path / "luutru.toml"

    def luutru(*words: str, key: str = "new.pem") -> None:
        config.write_text(f'signing_key = "{tmp_path / key}"\n', "utf-8")
        command = [sys.executable, "-m", "crawler.cli", *words, "--store", str(store)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr

    luutru("compact")
    assert _audit(store)["findings"] == []
    built_in = Path(__file__).parents[2] / "crawler/portals/hanam-demo.toml"
    portals = tmp_path / "portals"
    portals.mkdir()
    (portals / "hanam-demo.toml").write_text(built_in.read_text("utf-8") + "\n# read anew\n", "utf-8")
    luutru("reextract", "--portals", str(portals), "--config", str(config), key="old.pem")
    luutru("keys", "rotate", "--old", str(tmp_path / "old.pem"), "--config", str(config))
    newer = _audit(store, "--portals", str(portals), "--trust", old.public)
    assert newer["findings"] == []
    assert newer["level"] == "signed (own clock)"
    assert newer["checked"]["not_rerun"] > 0
    assert any("bytes verified, reading not re-run" in note for note in newer["notes"])
    assert _audit(store, "--trust", old.public)["findings"] == []
    stranger = new_key(tmp_path / "stranger.pem")
    assert _audit(store, "--no-reading", "--trust", stranger.public)["findings"] != []
    assert new.public not in newer["keys"]
