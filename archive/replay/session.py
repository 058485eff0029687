"""A replay under way: the indexes, pywb behind its gate, and our pages, until it is closed."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import IO

from archive.errors import ReplayFailed, UnknownCapture, unwritable
from archive.moment import stamp
from archive.replay import environment, index, pages
from archive.replay.index import ALL, Capture, Warn
from archive.replay.server import HOST, Server, Shown
from archive.store import Store

PORT = 8686
"""Where our pages are, if nobody else is there."""

_PATIENCE = 60.0


@dataclass(frozen=True)
class Replay:
    """A replay that runs."""

    shown: Shown
    server: Server
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        """Where the collections are listed."""
        return f"{self.server.origin}/"

    def page(self, url: str, at: datetime | None = None) -> str:
        """Where the capture of `url` nearest to `at` is shown, the newest without it.  UnknownCapture where there is none."""
        collection, capture = self.capture(url, at)
        return f"{self.server.origin}/{collection}/{stamp(capture.at)}/{capture.url}"

    def capture(self, url: str, at: datetime | None = None) -> tuple[str, Capture]:
        """That capture, and the collection that it is shown in."""
        for collection in (*self.shown.portals, ALL):
            if found := index.captures(self.shown.index(collection), url):
                near = min(found, key=lambda one: abs(one.at - at)) if at else found[-1]
                return collection, near
        raise UnknownCapture(
            f"no capture of {url} in {self.shown.store.root}", "luutru replay without a URL shows what there is"
        )

    def ended(self) -> bool:
        """Whether pywb has ended by itself."""
        return self.process.poll() is not None


@contextmanager
def replaying(
    store: Store, titles: Mapping[str, str] | None = None, port: int | None = None, warn: Warn = print
) -> Iterator[Replay]:
    """Replays a store until the block ends; `titles` are the portals'.  `port` None is 8686 if it is free, else any.

    The store is only read.  MissingPackage without pywb, ReplayFailed where a port is taken or pywb does not start.
    """
    python = environment.python()
    with ExitStack() as held:
        try:
            folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="luutru-replay-")))
            shown = Shown(store, folder, titles or {}, warn)
            shown.refresh()
            server = held.enter_context(_served(port, shown))
            process = held.enter_context(_gated(python, folder, server))
        except OSError as error:
            raise unwritable(error, Path(error.filename or tempfile.gettempdir())) from error
        yield Replay(shown, server, process)


@contextmanager
def _served(port: int | None, shown: Shown) -> Iterator[Server]:
    server = _bound(port, shown)
    try:
        yield server
    finally:
        if shown.content:  # else nothing was served yet
            server.shutdown()
        server.server_close()


def _bound(port: int | None, shown: Shown) -> Server:
    for number in (PORT, 0) if port is None else (port,):
        try:
            return Server(number, shown)
        except (OSError, OverflowError) as error:
            if number == 0 or port is not None:
                raise ReplayFailed(
                    f"port {number} of {HOST} cannot be taken: {error}", "Name another one with --port"
                ) from error
    raise AssertionError("one of the two was tried last")


@contextmanager
def _gated(python: Path, folder: Path, server: Server) -> Iterator[subprocess.Popen[bytes]]:
    shown = server.shown
    _configure(folder, shown, server.origin)
    gate = str(resources.files("archive.replay").joinpath("gate.py"))
    # a proxy of the user's would be asked for pywb's own address
    env = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    for name in ("PYTHONPATH", "PYTHONHOME", "PYWB_CONFIG_FILE"):
        env.pop(name, None)
    with (folder / "pywb.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own script
            [str(python), "-s", gate],
            cwd=folder,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,  # Ctrl-C is heard by us, and ends it by the end of its stdin
        )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        shown.content = f"http://{HOST}:{_port(process, process.stdout, folder)}"
        threading.Thread(target=_hear, args=(process.stdout, shown), daemon=True, name="gate").start()
        threading.Thread(target=server.serve_forever, daemon=True, name="pages").start()
        yield process
    finally:
        process.stdin.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _port(process: subprocess.Popen[bytes], out: IO[bytes], folder: Path) -> int:
    timer = threading.Timer(_PATIENCE, process.kill)
    timer.daemon = True
    timer.start()
    try:
        return int(json.loads(out.readline())["port"])
    except (ValueError, KeyError, TypeError) as error:
        said = (folder / "pywb.log").read_text("utf-8", "replace").strip().splitlines()
        why = said[-1] if said else "it said nothing"
        raise ReplayFailed(
            f"pywb did not start: {why}", "luutru replay --install makes its environment anew"
        ) from error
    finally:
        timer.cancel()


def _hear(out: IO[bytes], shown: Shown) -> None:
    for line in out:
        try:
            told = json.loads(line)
            shown.views.heard(told)
        except (ValueError, KeyError, TypeError):
            continue  # no line of the gate's: some library has printed


def _configure(folder: Path, shown: Shown, origin: str) -> None:
    # by a link, since pywb would read `*` and `{` in a path as patterns
    (folder / "warc").symlink_to(shown.store.warcs.resolve())
    templates = folder / "templates"
    templates.mkdir()
    before, _, after = pages.speak(origin).partition("NONCE")
    after += resources.files("archive.replay").joinpath("shim.js").read_text("utf-8")
    nonce = "{% endraw %}{{ env['luutru.nonce'] }}{% raw %}"
    head = f"<script>{{% raw %}}{before}{nonce}{after}{{% endraw %}}</script>{{% include 'head_insert.html' %}}"
    (templates / "luutru_head.html").write_text(head, "utf-8")
    (templates / "luutru_nothing.html").write_text("", "utf-8")
    names = [*shown.portals, ALL]
    # JSON is YAML
    config = {
        "framed_replay": False,
        "enable_auto_colls": False,
        "enable_auto_fetch": False,
        "head_insert_html": "luutru_head.html",
        "banner_html": "luutru_nothing.html",
        "custom_banner_html": "luutru_nothing.html",
        "csp-header": "",
        "collections": {name: {"index": f"{name}.cdxj", "archive_paths": "warc/"} for name in names},
    }
    (folder / "config.yaml").write_text(json.dumps(config), "utf-8")
    gate = {"pages": origin, "portals": shown.portals, "all": ALL, "refused": pages.refused(origin)}
    (folder / "gate.json").write_text(json.dumps(gate), "utf-8")
