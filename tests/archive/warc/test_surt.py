"""Keys of the index: the host turned round, and whatever the URL is, one word."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.warc.surt import surt


@pytest.mark.parametrize(
    ("url", "key"),
    [
        # as in the tests of the Internet Archive's surt package and in pywb's documentation
        ("http://archive.org", "org,archive)/"),
        ("http://www.archive.org/", "org,archive)/"),
        ("http://www34.archive.org/goo/?a=2&b&a=1", "org,archive)/goo?a=1&a=2&b"),
        ("http://www2foo.com/", "com,www2foo)/"),
        ("http://archive.org/goo/?", "org,archive)/goo"),
        ("http://archive.org/goo/?b&a", "org,archive)/goo?a&b"),
        ("http://archive.org:8080/goo/", "org,archive:8080)/goo"),
        ("https://archive.org:443/", "org,archive)/"),
        ("https://archive.org:80/", "org,archive:80)/"),
        ("http://archive.org/a#frag", "org,archive)/a"),
        # ours
        ("https://www.hanam.gov.vn/Pages/Tin.aspx?ID=7&B=x", "vn,gov,hanam)/pages/tin.aspx?b=x&id=7"),
        ("https://hanam.gov.vn/a/b/", "vn,gov,hanam)/a/b"),
        ("https://đồngnai.vn/Tin Tức/", "vn,xn--ngnai-4ya0444c)/tin%20t%e1%bb%a9c"),
        ("http://10.1.2.3/x", "3,2,1,10)/x"),
        ("http://user:secret@hanam.gov.vn/", "vn,gov,hanam)/"),
        ("http://hanam.gov.vn/a;jsessionid=12", "vn,gov,hanam)/a"),
    ],
)
def test_the_key_of_a_url(url: str, key: str) -> None:
    assert surt(url) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.hanam.gov.vn/a", "https://hanam.gov.vn/A/"),
        ("http://h.vn/?a=1&b=2", "http://h.vn/?B=2&A=1"),
        ("http://h.vn/%C3%A0", "http://h.vn/à"),
    ],
)
def test_forms_of_one_page_have_one_key(one: str, other: str) -> None:
    assert surt(one) == surt(other)


def test_a_query_was_sorted_by_whole_pairs_and_not_by_name() -> None:
    """The surt package sorts name, then value: other tools look a URL up by that."""
    assert surt("http://h.vn/?a-b=1&a=1") == "vn,h)/?a=1&a-b=1"
    assert surt("http://h.vn/?a=&a") == "vn,h)/?a&a="


@pytest.mark.parametrize(
    "url", ["http://[bad host/ x", "ftp://h/a b", "a\nb 20260101 {}", "http://a b/", "x\u2028y", "\ud800"]
)
def test_a_url_with_a_blank_or_a_line_break_broke_the_index_line(url: str) -> None:
    assert re.fullmatch(r"\S+", surt(url))
    surt(url).encode()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=20) | st.text(max_size=20).map(lambda rest: f"http://{rest}"))
def test_a_key_is_one_word_that_can_be_written(url: str) -> None:
    key = surt(url)
    assert key.encode().decode() == key
    assert len(key.split()) == (1 if url else 0)
    assert len(key.splitlines()) <= 1
