"""The platforms that Vietnamese government portals run on: a layout each, and the recognition of a page by its markup."""

from __future__ import annotations

from crawler.extract.page import Page
from crawler.platforms import generic, sharepoint
from crawler.platforms.platform import Mark, Platform

PLATFORMS: dict[str, Platform] = {platform.name: platform for platform in (sharepoint.PLATFORM, generic.PLATFORM)}

_CERTAIN = 3


def recognise(page: Page) -> tuple[Platform, tuple[Mark, ...]]:
    """The platform whose marks weigh most on the page, with those marks; generic where none weigh enough."""
    found = [(platform, platform.signs(page)) for platform in PLATFORMS.values()]
    best, signs = max(found, key=lambda pair: sum(mark.weight for mark in pair[1]))
    if sum(mark.weight for mark in signs) < _CERTAIN:
        return generic.PLATFORM, ()
    return best, signs


__all__ = ["PLATFORMS", "Mark", "Platform", "recognise"]
