"""What a crawl that was cut short did not come to ask: the portal's next crawl asks for it first.

One file a portal, `staging/PORTAL.rest`: a visit a line, as JSON.  It is written before the crawl is committed and stays
until the next crawl's end replaces or removes it, so that no crash on the way loses it.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from archive.errors import unwritable
from archive.store import Store
from archive.warc.writer import sync_folder
from crawler.fetch.frontier import Frontier, Visit, load_visit
from crawler.fetch.pace import LEFT
from crawler.portals import Portal

logger = logging.getLogger(__name__)

_NOT_MADE = ("over budget", LEFT)
_KINDS = ("listing", "article", "image", "attachment", "requisite")


def leave(store: Store, portal: str, frontier: Frontier) -> None:
    """Writes what the crawl's frontier still holds; removes the file where it holds nothing.  StoreFull and its kin."""
    path = _path(store, portal)
    waiting = (v for v in frontier.waiting(*_NOT_MADE) if v.kind in _KINDS and not v.context.get("again"))
    lines = (json.dumps([visit.key, visit.dump()], ensure_ascii=False) + "\n" for visit in waiting)
    first = next(lines, None)
    try:
        if first is None:
            path.unlink(missing_ok=True)
            return
        new = path.with_name(f"{path.name}.new")
        with new.open("w", encoding="utf-8") as file:
            file.write(first)
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise unwritable(error, path) from error


def left(store: Store, portal: Portal) -> Iterator[Visit]:
    """What the portal's last crawl left, to be asked first; a line that does not read is passed over.

    What is on none of the portal's hosts any more is left, but for what pages are shown with.
    """
    path = _path(store, portal.name)
    with suppress(FileNotFoundError), path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                key, told = json.loads(line)
                visit = load_visit(0, str(key), 0, told)
            except (ValueError, TypeError):
                logger.warning("A line of %s does not read, and is passed over: %.100s", path.name, line)
                continue
            if visit.kind in ("listing", "article") and not portal.owns(visit.url):
                continue
            yield replace(visit, context={**visit.context, "rest": True})


def _path(store: Store, portal: str) -> Path:
    return store.staging(portal).with_suffix(".rest")
