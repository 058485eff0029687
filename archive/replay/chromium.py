"""A picture of a replayed page, by a Chromium without a window, which knows no host but the loopback address."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path

from archive.errors import MissingPackage, ReplayFailed, unwritable
from archive.replay.index import Warn
from archive.replay.session import replaying
from archive.store import Store

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_PATIENCE = 120.0
_LOADING = 20_000
"""Milliseconds of the page's own clock, which runs on while nothing loads."""


def chromium() -> str:
    """The path of the browser; MissingPackage where there is none."""
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    what = f"no browser takes the picture: none of {', '.join(_NAMES)} is there"
    raise MissingPackage(what, "Install Chromium, on Debian with apt-get install chromium")


def screenshot(
    store: Store,
    url: str,
    at: datetime,
    target: Path,
    *,
    size: tuple[int, int] = (1280, 2400),
    warn: Warn = print,
) -> None:
    """Writes a PNG of the capture of `url` nearest to `at`, with the banner that says when it and its parts were captured.

    `size` is the window's, in pixels: what a page has below is not in the picture.  UnknownCapture where there is no capture,
    MissingPackage without Chromium or pywb, ReplayFailed where either fails; then there is no file at `target`.
    """
    browser = chromium()
    with replaying(store, port=0, warn=warn) as replay:
        address = replay.page(url, at)
        with tempfile.TemporaryDirectory(prefix="luutru-chromium-") as folder:
            picture = Path(folder) / "picture.png"
            said = _take(browser, address, picture, Path(folder), size)
            if not picture.exists():
                raise ReplayFailed(
                    f"{browser} took no picture of {url}: {said}", "Look at it with luutru replay instead"
                )
            try:
                shutil.move(picture, target)
            except OSError as error:
                raise unwritable(error, target) from error


def _take(browser: str, address: str, picture: Path, folder: Path, size: tuple[int, int]) -> str:
    command = [browser, "--headless", f"--screenshot={picture}", f"--window-size={size[0]},{size[1]}"]
    command += [f"--user-data-dir={folder / 'profile'}", f"--virtual-time-budget={_LOADING}", "--hide-scrollbars"]
    command += ["--no-first-run", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
    command += ["--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-dev-shm-usage"]
    command += ["--force-webrtc-ip-handling-policy=disable_non_proxied_udp"]
    command += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
    command += ["--no-sandbox"] if os.geteuid() == 0 else []  # as root Chromium does not run with its own
    try:
        done = subprocess.run(  # noqa: S603 - our own words, and an address whose parts are checked
            [*command, address], capture_output=True, text=True, errors="replace", timeout=_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return f"it took longer than {_PATIENCE:.0f} s"
    except OSError as error:
        return str(error)
    lines = done.stderr.strip().splitlines()
    return lines[-1] if lines else f"it ended with {done.returncode}"
