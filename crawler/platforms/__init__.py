"""The platforms that Vietnamese government portals run on: how each makes its pages, and their recognition by the markup."""

from __future__ import annotations

from crawler.extract.page import Page
from crawler.platforms import dnn, generic, kentico, liferay, nukeviet, sharepoint, vccorp, vnpt
from crawler.platforms.needles import needles
from crawler.platforms.platform import Mark, Platform, Variant

_ALL = (sharepoint, vnpt, liferay, vccorp, nukeviet, dnn, kentico, generic)
PLATFORMS: dict[str, Platform] = {module.PLATFORM.name: module.PLATFORM for module in _ALL}

_CERTAIN = 3
_HEAVY = {name: [mark for mark in each.marks if mark.weight > 1] for name, each in PLATFORMS.items()}
_ANYWHERE = {
    name
    for name, marks in _HEAVY.items()
    if not all(mark.needles for mark in marks)
    or sum(mark.weight for mark in PLATFORMS[name].marks if mark not in marks) >= _CERTAIN
}
_NEEDLES = needles(needle for marks in _HEAVY.values() for mark in marks for needle in mark.needles)


def recognise(page: Page) -> tuple[Platform, tuple[Mark, ...]]:
    """The platform whose marks weigh most on the page, with those marks; generic where none weigh enough."""
    found = [(platform, platform.signs(page)) for platform in _possible(page)] or [(generic.PLATFORM, ())]
    best, signs = max(found, key=lambda pair: sum(mark.weight for mark in pair[1]))
    if sum(mark.weight for mark in signs) < _CERTAIN:
        return generic.PLATFORM, ()
    return best, signs


def _possible(page: Page) -> list[Platform]:
    """The platforms of which a sign that weighs more than 1 may stand on the page: the light ones together weigh too little."""
    if page.is_wide:
        return list(PLATFORMS.values())
    found = _NEEDLES.found(page.lowered)
    return [
        PLATFORMS[name]
        for name, marks in _HEAVY.items()
        if name in _ANYWHERE or any(needle in found for mark in marks for needle in mark.needles)
    ]


__all__ = ["PLATFORMS", "Mark", "Platform", "Variant", "recognise"]
