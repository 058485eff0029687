"""A portal of unknown make: metadata and trafilatura, with what its portal file says laid over it."""

from __future__ import annotations

from crawler.extract.layout import Layout
from crawler.platforms.platform import Platform

# from the attribute to its element: elements without a class are most of a page
_TRAIL = "//@class[contains(., 'breadcrumb')]/parent::*[self::ul or self::ol or self::nav or self::div]"

PLATFORM = Platform(
    name="generic",
    # the trail above the title; where several stand on the page, the first is the page's own
    layout=Layout(name="generic/page", generic=True, category=(f"({_TRAIL}[.//a])[1]//a",)),
)
