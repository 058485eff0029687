"""The demo portal in a real browser: what the crawler is shown is what a person is shown."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from crawler.demo.addresses import text_of
from crawler.demo.server import DemoServer
from crawler.demo.site import Site, article_url, hosts
from crawler.demo.texts import SEED


@pytest.fixture
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "make system installs chromium"
    return found


def test_the_seed_article_shows_its_text_images_and_stylesheet(chromium: str, tmp_path: Path) -> None:
    with DemoServer(Site(night=1)) as server:
        rules = ", ".join(f"MAP {host} 127.0.0.1:{server.port}" for host in hosts())
        shot = tmp_path / "seed.png"
        command = [
            chromium,
            "--headless",
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
            *[
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
            ],
            *f"--disable-sync --user-data-dir={tmp_path / 'profile'} --window-size=1200,3000".split(),
            f"--host-resolver-rules={rules}, MAP * ~NOTFOUND",
            f"--screenshot={shot}",
            "--dump-dom",
            article_url(text_of(SEED)),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        asked = {exchange.target for exchange in server.log if b" 200 " in exchange.sent[:20]}
    assert "Skip Ribbon Commands" in done.stdout
    assert "bản dựng lại" in done.stdout
    for name in ("IMG_7698.jpg", "bt.jpg", "IMG_7703.jpg", "DSC08916.jpg", "banner.jpg", "portal.css"):
        assert any(target.endswith(name) for target in asked), f"{name} was not loaded: {done.stderr[-500:]}"
    assert shot.stat().st_size > 50_000
