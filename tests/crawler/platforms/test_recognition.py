"""Every platform's pages are recognised as its own, and as no other's."""

from __future__ import annotations

import pytest

from crawler.extract.page import Page
from crawler.platforms import PLATFORMS, Platform, recognise

from . import test_dnn, test_kentico, test_liferay, test_nukeviet, test_sharepoint_variants, test_vccorp, test_vnpt
from .pages import capture

PAGES = [
    *(("vnpt", page) for page in (test_vnpt.ARTICLE, test_vnpt.LISTING)),
    *(("liferay", page) for page in (test_liferay.ARTICLE, test_liferay.SEVEN, test_liferay.LISTING)),
    *(("vccorp", page) for page in (test_vccorp.ARTICLE, test_vccorp.LISTING)),
    *(("nukeviet", page) for page in (test_nukeviet.ARTICLE, test_nukeviet.LISTING)),
    *(("dnn", page) for page in (test_dnn.ARTICLE, test_dnn.OTHER, test_dnn.LISTING)),
    *(("kentico", page) for page in (test_kentico.ARTICLE, test_kentico.LISTING)),
    *(("sharepoint", page) for page in test_sharepoint_variants.ARTICLES.values()),
    *(("sharepoint", page) for page in test_sharepoint_variants.LISTINGS.values()),
]


@pytest.mark.parametrize(("name", "markup"), PAGES, ids=lambda value: value if value in PLATFORMS else "")
def test_page_is_recognised_as_its_platforms_and_as_no_others(name: str, markup: str) -> None:
    page = Page(capture(markup, "http://portal.gov.vn/x"))
    platform, signs = recognise(page)
    assert platform.name == name
    assert all(sign.words for sign in signs)
    others = [other for other in PLATFORMS.values() if other.name != name]
    assert all(sum(mark.weight for mark in other.signs(page)) < 3 for other in others)


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS.keys())
def test_layouts_of_a_platform_have_names_of_their_own_and_marks_have_words(platform: object) -> None:
    assert isinstance(platform, Platform)
    names = [platform.layout.name, *(variant.layout.name for variant in platform.variants)]
    assert len(set(names)) == len(names)
    assert all(name.startswith(f"{platform.name}/") for name in names)
    assert len({mark.words for mark in platform.marks}) == len(platform.marks)
