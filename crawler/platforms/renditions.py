"""SharePoint's renditions of an image: which address is that of the original."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

_RENDITION = re.compile(r"(?P<folder>.*/)_[tw]/(?P<stem>[^/]+)_(?P<ending>jpe?g|png|gif|bmp)\.jpg$", re.IGNORECASE)
_SIZE = re.compile(r"(?:^|&)(?:RenditionID|width|height)=[^&]*", re.IGNORECASE)


def full_image(url: str) -> str:
    """The original behind a thumbnail: picture libraries keep `x.jpg` as `_t/x_jpg.jpg` and `_w/x_jpg.jpg`, and image
    renditions are the original with `RenditionID`, `width` or `height` in its query."""
    parts = urlsplit(url)
    if match := _RENDITION.fullmatch(parts.path):
        return urlunsplit((parts.scheme, parts.netloc, f"{match['folder']}{match['stem']}.{match['ending']}", "", ""))
    return urlunsplit(parts._replace(query=_SIZE.sub("", parts.query).lstrip("&")))
