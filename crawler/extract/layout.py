"""A layout: where a page of one make keeps its fields.  XPath 1.0 throughout; the first path that finds anything counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from archive.article import Turn
from crawler.extract.page import Page

Paths = tuple[str, ...]


def unchanged(url: str) -> str:
    """The full image of a URL on a platform without renditions: the URL itself."""
    return url


@dataclass(frozen=True, slots=True)
class Layout:
    """`name` is `platform/layout`.  Paths of fields lead to elements or attributes; an empty tuple: not to be found here.

    `drop` names parts of the body that are no article (share bars, related news).  `entries` are a listing's items and
    `entry_*` are relative to one; `next` leads to the link of the next page.  `full_image` makes the URL of the full size
    from that of a rendition.  `generic` where metadata and trafilatura may fill what no path finds, `guess_next` where a
    pager that no path of `next` finds may be recognised by its words.  `attachments` are links to files, whatever their
    addresses, or elements that hold such links.

    Where a script asks for the next page, no link leads to it: `turn` makes it of the page and the number of its entries.
    What comes is a piece of a page; `pieces` tells the addresses of those.  A piece is a listing, an empty one at the end.
    `url_date` tells the date in a page's address, as its first group.
    """

    name: str
    title: Paths = ()
    lead: Paths = ()
    body: Paths = ()
    drop: Paths = ()
    date: Paths = ()
    modified: Paths = ()
    category: Paths = ()
    author: Paths = ()
    source: Paths = ()
    tags: Paths = ()
    cms_id: Paths = ()
    attachments: Paths = ()
    entries: Paths = ()
    entry_link: Paths = ()
    entry_title: Paths = ()
    entry_date: Paths = ()
    next: Paths = ()
    full_image: Callable[[str], str] = field(default=unchanged, compare=False)
    generic: bool = False
    guess_next: bool = True
    turn: Callable[[Page, int], Turn | None] | None = field(default=None, compare=False)
    pieces: re.Pattern[str] | None = None
    url_date: re.Pattern[str] | None = None

    def is_piece(self, url: str) -> bool:
        """Whether the address is that of a piece of a listing."""
        return self.pieces is not None and self.pieces.search(url) is not None
