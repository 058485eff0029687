"""What the end-to-end tests share: the demo portal on the loopback address, and luutru as a person runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from archive.store import open_store
from archive.tables.views import query
from crawler.demo.server import DemoServer
from crawler.demo.site import Site
from crawler.demo.story import configuration

Rows = list[dict[str, Any]]


@dataclass
class Ground:
    """A served demo portal, a configuration that leads to it, and a store to be made."""

    server: DemoServer
    site: Site
    folder: Path
    store: Path = field(init=False)
    config: Path = field(init=False)

    def __post_init__(self) -> None:
        self.store = self.folder / "store"
        self.config = self.folder / "luutru.toml"
        self.config.write_text(configuration(self.server.port), "utf-8")

    def command(self, *words: str) -> list[str]:
        """The command line of `luutru …` with this store; crawls get the configuration too."""
        command = [sys.executable, "-m", "crawler.cli", *words, "--store", str(self.store)]
        return [*command, "--config", str(self.config)] if words[0] == "crawl" else command

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Starts `luutru …` without waiting for it."""
        return subprocess.Popen(self.command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *words: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Runs `luutru …` to its end."""
        return subprocess.run(self.command(*words), capture_output=True, text=True, timeout=timeout, check=False)

    def crawl(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Crawls the demo portal; fails the test where that fails."""
        done = self.run("crawl", "hanam-demo", *words)
        assert done.returncode == 0, done.stderr
        return done

    def rows(self, sql: str) -> Rows:
        """The answer to a query over the store's views."""
        answer: Rows = query(open_store(self.store), sql).to_pylist()
        return answer


def luutru(*words: str, timeout: float = 120, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs `luutru …` without any store of a test's own."""
    command = [sys.executable, "-m", "crawler.cli", *words]
    env = {**os.environ, **environment}
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False, env=env)


@pytest.fixture(name="luutru")
def luutru_fixture() -> Callable[..., subprocess.CompletedProcess[str]]:
    return luutru


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    """A fresh demo portal and an empty folder, for one test."""
    site = Site(night=1)
    with DemoServer(site) as server:
        yield Ground(server, site, tmp_path)


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """The demo portal crawled on two nights, for tests that only look."""
    site = Site(night=1)
    with DemoServer(site) as server:
        ground = Ground(server, site, tmp_path_factory.mktemp("nights"))
        ground.crawl("--night", "2026-11-23")
        site.night = 2
        ground.crawl("--night", "2026-11-24")
        yield ground
