"""robots.txt as RFC 9309 reads it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler.fetch.robots import Robots, address, origin, rules_of
from crawler.fetch.scheduler import robots_visit


def robots(text: str) -> Robots:
    known = Robots("luutru")
    known.learn("http://x.example", text)
    return known


def test_rules_are_by_scheme_host_and_port() -> None:
    assert origin("HTTP://X.example:8080/a?b") == "http://x.example:8080"
    assert address("https://x.example/a/b.aspx?c=d") == "https://x.example/robots.txt"
    known = robots("User-agent: *\nDisallow: /")
    assert known.knows("http://x.example/a")
    assert not known.knows("https://x.example/a")


def test_our_own_group_goes_before_the_general_one() -> None:
    known = robots("User-agent: *\nDisallow: /\n\nUser-agent: luutru\nDisallow: /private/\nCrawl-delay: 7")
    assert known.allows("http://x.example/Pages/a.aspx")
    assert not known.allows("http://x.example/private/a.aspx")
    assert known.delay("http://x.example/") == 7.0
    assert known.delay("http://y.example/") is None


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        (200, True),
        (301, False),
        (401, True),
        (403, True),
        (404, True),
        (410, True),
        (429, False),
        (500, False),
        (503, False),
    ],
)
def test_a_missing_file_allows_all_and_a_failing_server_nothing(status: int, allowed: bool) -> None:
    """RFC 9309, 2.3.1.3 and 2.3.1.4; 429 is no missing file but a wish to be left alone."""
    text = rules_of(status, b"User-agent: *\nDisallow: /_layouts/\n")
    assert robots(text).allows("http://x.example/Pages/a.aspx") is allowed


def test_no_answer_at_all_allows_nothing() -> None:
    assert not robots(rules_of(0, b"")).allows("http://x.example/")


def test_bytes_that_are_no_text_and_files_without_end_are_read_all_the_same() -> None:
    text = rules_of(200, b"\xff\xfe\x00User-agent: *\nDisallow: /a\n" + b"Disallow: /b\n" * 100_000)
    assert len(text) <= 512 * 1024
    assert robots(text).allows("http://x.example/c")


def test_rules_of_yesterday_were_kept_to_in_a_crawl_that_goes_on() -> None:
    rules = Robots("luutru")
    now = datetime.now(UTC)
    rules.learn("http://a.example", "", now - timedelta(hours=23, minutes=59))
    rules.learn("http://b.example", "", now - timedelta(hours=24))
    assert [rules.knows(f"http://{name}.example/x") for name in "ab"] == [True, False]
    again = robots_visit("http://b.example/x", rules.since("http://b.example/x"))
    assert again.key != robots_visit("http://b.example/x").key, "a frontier asks for a key once"
    rules.learn("http://b.example", "User-agent: *\nDisallow: /\n")
    assert rules.knows("http://b.example/x")
    assert not rules.allows("http://b.example/x")


def test_a_crawl_delay_has_a_bound_and_is_told_then() -> None:
    rules = Robots("luutru")
    for name, delay in (("a", "5"), ("b", "3600"), ("c", "-1"), ("d", "nan")):
        rules.learn(f"http://{name}.example", f"User-agent: *\nCrawl-delay: {delay}\n")
    assert [rules.delay(f"http://{name}.example/x") for name in "abcd"] == [5.0, 60.0, None, None]
    assert rules.remarks == (
        "http://b.example wants 3600 seconds between two requests (Crawl-delay), and was given 60",
    )
