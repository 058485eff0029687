"""kill -9 at any moment of a crawl, and the same command again: all is there, nothing twice, nothing asked for nothing."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from archive.store import open_store
from archive.warc.reader import StoredExchange, exchanges, records
from archive.warc.repair import whole

Asked = tuple[str, str, bytes]

MOMENTS: dict[str, Callable[[Any], bool]] = {
    "before the first answer": lambda ground: ground.store.exists(),
    "after robots.txt": lambda ground: len(ground.server.log) >= 1,
    "in the listings": lambda ground: len(ground.server.log) >= 6,
    "at the first articles": lambda ground: len(ground.server.log) >= 20,
    "among the articles": lambda ground: len(ground.server.log) >= 45,
    "among the images": lambda ground: len(ground.server.log) >= 90,
    "near the end": lambda ground: len(ground.server.log) >= 149,
    "when the captures are closed": lambda ground: _any(ground.store / "warc", "*.warc.gz"),
    "in the middle of the commit": lambda ground: _any(ground.store / "tables/articles/_delta_log", "*.json"),
    "after the commit": lambda ground: _any(ground.store / "tables/crawls/_delta_log", "*.json"),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_and_run_again(ground: Any, moment: str) -> None:
    ground.server.delay = 0.005
    process = ground.start("crawl", "hanam-demo")
    _kill_at(process, lambda: MOMENTS[moment](ground))
    _run_again(ground)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(50))
def test_killed_at_any_moment_and_run_again(ground: Any, seed: int) -> None:
    """Anywhere between the first import and the last line; where it had ended before, there is nothing left to kill."""
    ground.server.delay = 0.005
    process = ground.start("crawl", "hanam-demo")
    with suppress(subprocess.TimeoutExpired):
        process.wait(Random(seed).uniform(0.2, 4.0))
    process.kill()
    _, said = process.communicate()
    over = "; snapshot " in said and not ground.store.joinpath("staging/hanam-demo.sqlite").exists()
    if process.returncode == 0 or over:  # it has told its result and cleared its staging: run again, it is a new crawl
        _complete(ground)
    else:
        _run_again(ground)


def _run_again(ground: Any) -> None:
    """The same command once more, and what must hold after it."""
    acknowledged = _kept(ground.store)
    first = len(ground.server.log)
    ground.server.delay = 0.0
    again = ground.run("crawl", "hanam-demo")
    assert again.returncode == 0, again.stderr
    asked_before = Counter(_asked(exchange.received) for exchange in ground.server.log[:first])
    asked_after = Counter(_asked(exchange.received) for exchange in ground.server.log[first:])
    repeated = asked_before.keys() & asked_after.keys()
    assert not repeated & acknowledged.keys(), "asked again although its answer had been kept"
    assert all(count == 1 for count in asked_after.values())
    _complete(ground)


def _kill_at(process: subprocess.Popen[str], due: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not due():
        assert time.monotonic() < limit
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.0005)
            pytest.fail(f"it ended before the moment came: {process.communicate()[1]}")
    process.kill()
    process.communicate()


def _any(folder: Path, pattern: str) -> bool:
    return folder.exists() and any(folder.rglob(pattern))


def _kept(store: Path) -> Counter[Asked]:
    """The requests whose whole exchange stood in a WARC when the process died."""
    kept: Counter[Asked] = Counter()
    for path in (store / "warc").rglob("*.warc.gz*"):
        if path.name.endswith((".gz", ".part", ".open")):
            copy = store.parent / f"{path.name}.copy"
            copy.write_bytes(path.read_bytes()[: whole(path)[1]])
            kept.update(_asked(found.request.block) for found in exchanges(copy) if _is_whole(found) and found.request)
    return kept


def _is_whole(found: StoredExchange) -> bool:
    return found.response is not None and found.request is not None and bool(found.metadata)


def _asked(request: bytes) -> Asked:
    head, _, body = request.partition(b"\r\n\r\n")
    host = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"host:"))
    return head.split(b"\r\n")[0].decode(), host.decode(), body


def _complete(ground: Any) -> None:
    articles = ground.rows("SELECT url FROM readings")
    assert len(articles) == len({row["url"] for row in articles}) == len(ground.site.texts) == 42
    captures = ground.rows("SELECT record_id FROM captures")
    assert len(captures) == len({row["record_id"] for row in captures})
    images = ground.rows("SELECT * FROM images")
    assert len(images) == sum(len(text.captions) for text in ground.site.texts)
    assert all(row["content_digest"] for row in images)
    assert len(ground.rows("SELECT * FROM crawls")) == 1
    store = open_store(ground.store)
    stored = [
        record.id
        for path in store.warcs.rglob("*.warc.gz")
        for record in records(path)
        if record.type in ("response", "revisit")
    ]
    assert set(stored) == {row["record_id"] for row in captures}
    assert not list(store.warcs.rglob("*.open"))
