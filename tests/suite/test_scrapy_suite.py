"""Scrapy's own tests of HTTP/1.1 download handlers, run against ours, and the WARC that such a run leaves.

The tests come out of the source of the Scrapy that we lock (`make scrapy-suite`); what is not asked of our handler stands
below with its reason.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from ipaddress import ip_address
from pathlib import Path

import pytest

from archive import http1
from archive.warc.reader import StoredExchange, exchanges

HERE = Path(__file__).parent
SUITE = HERE.parents[1] / ".envs" / "scrapy-suite"
MITMDUMP = HERE.parents[1] / ".envs" / "mitmproxy" / "bin" / "mitmdump"

PASSED = 260
"""Tests that pass, at least; a newer Python may know more HTTP statuses, each a test."""

NOT_TAKEN = {"TestRealWebsiteBase": "goes online"}
"""Scrapy's base classes that are not run."""

_HTTP2 = "about HTTP/2, which our handler does not speak"
_TLS_IN_TLS = "TLS within TLS to a proxy: not in Scrapy's handler, nor in ours, which takes Scrapy's agents for proxies"
_SOCKS = "a SOCKS proxy: not in Scrapy's handler, nor in ours"
SKIPPED = {
    **{
        f"{kind}::test_download_{name}": _HTTP2
        for kind in ("TestHttp", "TestHttps")
        for name in ("stream_reset", "stream_reset_after_data", "goaway", "large_h2_frame", "unknown_h2_frame")
    },
    "TestHttps::test_download_conn_lost": "Scrapy skips it for all handlers: its server hangs over TLS",
    "TestHttpWithCrawler::test_response_ssl_certificate": "there is no certificate; runs in TestHttpsWithCrawler",
    "TestHttpWithCrawler::test_response_ssl_certificate_empty_body": (
        "there is no certificate; runs in TestHttpsWithCrawler"
    ),
    "TestHttpsProxy::test_download_with_proxy_https_timeout": _TLS_IN_TLS,
    **{
        f"TestMitmProxy::test_proxy{what}[{case}]": why
        for what in ("", "_auth_error", "_dont_leak_auth_header", "_redirect")
        for case, why in (
            ("HTTP dest-socks5", _SOCKS),
            ("HTTPS dest-socks5", _SOCKS),
            ("HTTPS dest-https", _TLS_IN_TLS),
        )
    },
}
"""Tests that Scrapy skips for a handler such as ours."""


@dataclass(frozen=True)
class Ran:
    """What a run of Scrapy's tests came to: the tests by outcome, and the exchanges in its WARC."""

    said: str
    code: int
    tests: dict[str, str]
    deselected: list[str]
    versions: dict[str, str]
    asked: list[str]
    not_taken: list[str]
    kept: list[StoredExchange]

    def ended(self, outcome: str) -> set[str]:
        return {name for name, how in self.tests.items() if how == outcome}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Runs Scrapy's tests with Scrapy's options, in the environment that is made for them."""
    assert SUITE.exists(), "make scrapy-suite"
    assert MITMDUMP.exists(), "make scrapy-suite"
    folder = tmp_path_factory.mktemp("suite")
    # what our own run tells its workers would change theirs
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "SSLKEYLOGFILE"))}
    own = {"PYTHONPATH": str(HERE), "WARCS": str(folder), "MITMDUMP": str(MITMDUMP)}
    command: list[str | Path] = [SUITE / "bin" / "python", "-m", "pytest", "-c", "pyproject.toml", "--rootdir", "."]
    # pytest deprecates how Scrapy 2.19 writes a fixture, and Scrapy makes errors of warnings
    command += ["-W", "ignore:Session-scoped fixtures:pytest.PytestRemovedIn10Warning"]
    command += ["-p", "harness", "-p", "twisted", "-p", "conftest", "-p", "no:cacheprovider"]
    command += ["--timeout", "60", "--told", folder / "told.json", HERE / "handlers.py"]
    done = subprocess.run(
        command, cwd=SUITE / "source", env=inherited | own, capture_output=True, text=True, timeout=280, check=False
    )
    assert (folder / "told.json").exists(), done.stdout + done.stderr
    told = json.loads((folder / "told.json").read_text("utf-8"))
    seen = json.loads((folder / "seen.json").read_text("utf-8"))
    assert not list(folder.glob("*.open")), "a WARC was left open"
    kept = [exchange for path in folder.glob("*.warc.gz") for exchange in exchanges(path)]
    return Ran(done.stdout[-20_000:] + done.stderr, done.returncode, **told, **seen, kept=kept)


def test_scrapys_tests_pass_with_our_handler(ran: Ran) -> None:
    assert ran.code == 0, ran.said
    assert ran.ended("failed") == set()
    assert len(ran.ended("passed")) >= PASSED


def test_what_is_left_out_is_listed(ran: Ran) -> None:
    assert ran.ended("skipped") == set(SKIPPED)
    assert ran.deselected == []
    assert ran.ended("passed") | set(SKIPPED) == set(ran.tests)
    assert ran.not_taken == sorted(NOT_TAKEN)


def test_they_ran_with_the_applications_packages(ran: Ran) -> None:
    assert ran.versions == {name: version(name) for name in ran.versions}
    assert {"scrapy", "twisted"} <= set(ran.versions)


def test_every_request_of_the_run_is_in_the_warc(ran: Ran) -> None:
    asked, kept = Counter(ran.asked), Counter(exchange.first.url for exchange in ran.kept)
    assert asked.total() >= PASSED - 20, "few of the tests ask nothing"
    assert asked - kept == Counter()
    for exchange in ran.kept:
        assert exchange.metadata["verdict"]
        assert exchange.response is not None or exchange.metadata["failure"]


def test_what_was_stopped_or_lost_on_its_way_is_marked_in_the_warc(ran: Ran) -> None:
    """StopDownload(fail=False) left a record that stood for a whole response."""
    cut = 0
    for exchange in ran.kept:
        if exchange.response is None:
            continue
        response = http1.parse_response(exchange.response.block, exchange.method)
        if not response.complete:
            cut += 1
            assert exchange.response.header("WARC-Truncated"), exchange.first.url
            assert exchange.metadata["verdict"] == "truncated"
    assert cut >= 20, "Scrapy's tests break off many responses"


def test_no_exchange_of_the_run_left_this_machine(ran: Ran) -> None:
    for exchange in ran.kept:
        address = exchange.first.header("WARC-IP-Address")
        assert address is None or ip_address(address).is_loopback


def test_an_exchange_through_a_proxys_tunnel_is_kept_without_the_tunnel(ran: Ran) -> None:
    answered = [each for each in ran.kept if each.response and each.first.url.startswith("https:")]
    tunnelled = [each for each in answered if each.response and b"X-Via-Mitmproxy-TLS" in each.response.block]
    assert tunnelled
    for exchange in tunnelled:
        assert exchange.request is not None
        assert exchange.request.block.startswith(b"GET /")
        assert b"Proxy-Authorization" not in exchange.request.block
