"""What a dead process left in a portal's folder of captures: torn files, joinings that were cut off, other crawls' parts."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from archive.custody.signing import Signer
from archive.errors import BrokenWarc
from archive.store import Store
from archive.warc import joining
from archive.warc.names import left_open, parts_in
from archive.warc.reader import crawl_of
from archive.warc.repair import repair
from crawler.custody import adopt, signs
from crawler.fetch.frontier import Frontier

logger = logging.getLogger(__name__)


def mend(folder: Path, crawl: str, join_below: int, key: Signer | None) -> None:
    """Makes whole what was left open; what is not this crawl's stays a part, to be told before it is sealed."""
    for path in left_open(folder):
        done = repair(path, join_below=join_below if _named(path) == crawl else sys.maxsize, sign=signs(key))
        logger.warning("Repaired %s: %d records kept, %d bytes of a torn end cut", path.name, done.records, done.cut)


def tidy(store: Store, portal: str, frontier: Frontier, crawl: str, key: Signer | None) -> None:
    """Finishes a joining that was cut off, and seals the parts of a crawl that will not go on."""
    folder = store.portal_warcs(portal)
    for joined in frontier.joined(folder):
        joining.finish(joined)
    joining.undo(folder)
    adopt(store, portal, [path for path in parts_in(folder) if crawl_of(path) != crawl], key)


def _named(path: Path) -> str | None:
    try:
        return crawl_of(path)
    except BrokenWarc:  # torn before its first record was whole
        return None
