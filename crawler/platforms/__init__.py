"""The platforms that Vietnamese government portals run on: how each makes its pages, and their recognition by the markup."""

from __future__ import annotations

from crawler.extract.page import Page
from crawler.platforms import dnn, generic, kentico, liferay, nukeviet, sharepoint, vccorp, vnpt
from crawler.platforms.platform import Mark, Platform, Variant

_ALL = (sharepoint, vnpt, liferay, vccorp, nukeviet, dnn, kentico, generic)
PLATFORMS: dict[str, Platform] = {module.PLATFORM.name: module.PLATFORM for module in _ALL}

_CERTAIN = 3


def recognise(page: Page) -> tuple[Platform, tuple[Mark, ...]]:
    """The platform whose marks weigh most on the page, with those marks; generic where none weigh enough."""
    found = [(platform, platform.signs(page)) for platform in PLATFORMS.values()]
    best, signs = max(found, key=lambda pair: sum(mark.weight for mark in pair[1]))
    if sum(mark.weight for mark in signs) < _CERTAIN:
        return generic.PLATFORM, ()
    return best, signs


__all__ = ["PLATFORMS", "Mark", "Platform", "Variant", "recognise"]
