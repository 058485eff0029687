"""A layout: where a page of one make keeps its fields.  XPath 1.0 throughout; the first path that finds anything counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

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
    pager that no path of `next` finds may be recognised by its words.
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
