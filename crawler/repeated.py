"""What repeats on a page: where no platform's layout finds a listing's entries, the elements of one class that hold one
article's link each, for a person to look at."""

from __future__ import annotations

from collections import defaultdict

from archive.url import host_of
from crawler.extract import dates
from crawler.extract.page import Page, text_of
from crawler.platforms.platform import of_class

_LEAST = 3
_TITLE = 15
_HEIGHT = 4
_TEXT = 400


def entries_path(page: Page) -> str | None:
    """An XPath to what looks like the entries of a listing, those with the most text; None where nothing repeats."""
    rows: dict[tuple[str, str], dict[object, set[str]]] = defaultdict(lambda: defaultdict(set))
    here = host_of(page.url)
    for anchor in page.root.iter("a"):
        url = page.absolute(anchor.get("href") or "")
        if url is None or host_of(url) != here or len(text_of(anchor)) < _TITLE:
            continue
        for node in [anchor, *anchor.iterancestors()][:_HEIGHT]:
            for name in (node.get("class") or "").split():
                rows[(str(node.tag), name)][node].add(url)
    best, most = None, 0
    for (tag, name), nodes in rows.items():
        if len(nodes) < _LEAST or any(len(urls) != 1 for urls in nodes.values()):
            continue
        texts = [text_of(node) for node in nodes]
        weight = sum(min(len(text), _TEXT) + (100 if dates.find(text, "listing") else 0) for text in texts)
        if weight > most:
            best, most = f"//{tag}[{of_class(name)}]", weight
    return best
