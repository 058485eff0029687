"""`luutru replay`: captures in a browser, as they looked."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import webbrowser
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from archive.errors import LuutruError, Misuse, ReplayFailed
from archive.moment import VIETNAM, parse_iso
from crawler.options import DEFAULT_STORE, PortalsOption, StoreOption, opened, printable, say

if TYPE_CHECKING:
    from archive.replay.session import Replay


def replay(
    url: Annotated[str | None, typer.Argument(help="The page to open; without it the list of portals.")] = None,
    at: Annotated[
        str | None,
        typer.Option(
            help="The capture nearest to this time (RFC 3339) or to this day's noon (YYYY-MM-DD, Vietnam); else the newest."
        ),
    ] = None,
    store: StoreOption = DEFAULT_STORE,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port; else 8686 if it is free, else any.")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
    install: Annotated[bool, typer.Option("--install", help="Install pywb, which replays captures, and end.")] = False,
    folders: PortalsOption = None,
) -> None:
    """Show captures in a browser as they looked, until Ctrl-C.  Nothing is loaded from the web, and the store is only read."""
    from archive.replay import environment
    from archive.replay.session import replaying

    if install:
        say("installing pywb; this takes a minute or two")
        say(f"pywb is in {environment.install()}")
        return
    when = _moment(at)
    found = opened(store)
    signal.signal(signal.SIGTERM, _interrupt)  # ends as by Ctrl-C, so that pywb and its folder go too
    with contextlib.suppress(KeyboardInterrupt), replaying(found, _titles(folders), port, _warn) as running:
        address = running.page(url, when) if url else running.address
        print(address, flush=True)
        say("Ctrl-C ends it")
        if not no_browser and _has_window():
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        _wait(running)


def _wait(running: Replay) -> None:
    stop = threading.Event()
    while not stop.wait(0.5):
        if running.ended():
            raise ReplayFailed("pywb has ended by itself", "Run the same command again")


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _warn(text: str) -> None:
    say(f"luutru: {printable(text)}")


def _has_window() -> bool:
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _titles(folders: list[Path] | None) -> dict[str, str]:
    from crawler import portals

    titles = {}
    for name, path in portals.paths(list(folders or ())).items():
        with contextlib.suppress(LuutruError):  # a file that is broken now may have crawled what is here
            titles[name] = portals.read(path).title
    return titles


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(12), VIETNAM).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    try:
        return parse_iso(text)
    except ValueError as error:
        cure = "Write --at as 2026-11-24 or 2026-11-24T03:41:39+07:00"
        raise Misuse(f"{text!r} is no time", cure) from error
