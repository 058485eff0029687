"""Scrapy's tests of HTTP/1.1 download handlers, asked of ours.  Run by test_scrapy_suite.py, with Scrapy's tests beside.

The classes are those of Scrapy's own tests/test_downloader_handler_twisted_http11.py.  Every exchange of the run goes
to WARC files in the folder that WARCS names; `seen.json` beside them lists the URLs that the handler was asked for, and
which of Scrapy's base classes are not here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import tests.test_downloader_handler_twisted_http11 as scrapys
import tests.utils.bases.download_handlers_http as bases
from pytest_twisted import blockon
from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.utils.defer import deferred_from_coro

from archive.warc.writer import WarcWriter
from crawler import portals
from crawler.config import Configuration
from crawler.fetch.handler import KeepingHandler
from crawler.fetch.recorder import Kept, Recorder

NAME = "crawler.fetch.handler.KeepingHandler"


class SuiteSession:
    """What the handler asks of a session."""

    def __init__(self, folder: Path) -> None:
        self.configuration = Configuration.model_validate({})
        self.portal = portals.find("hanam-demo")
        self.recorder = Recorder(WarcWriter(folder, "suite", {"software": "suite"}))
        self.spool = folder

    async def recovered(self, visit: object) -> None:
        return None

    def context(self, visit: object) -> Mapping[str, str]:
        return {}

    def count(self, kept: Kept) -> None:
        """Counts nothing."""


@pytest.fixture(scope="session", autouse=True)
def session() -> Iterator[None]:
    """One session for the spiders of all tests."""
    folder = Path(os.environ["WARCS"])
    download = KeepingHandler.download_request
    asked: list[str] = []

    async def noted(handler: KeepingHandler, request: Request) -> Response:
        asked.append(request.url)
        return await download(handler, request)

    kept = SuiteSession(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Spider, "session", kept, raising=False)
        patch.setattr(KeepingHandler, "download_request", noted)
        yield
    blockon(deferred_from_coro(kept.recorder.close()))
    (folder / "seen.json").write_text(json.dumps({"asked": asked, "not_taken": _not_taken()}), "utf-8")


def _not_taken() -> list[str]:
    """Scrapy's base classes for tests of HTTP handlers that no class here is made from."""
    classes = [thing for thing in globals().values() if isinstance(thing, type)]
    return sorted(
        name
        for name, base in vars(bases).items()
        if name.startswith("Test") and name.endswith("Base") and not any(issubclass(each, base) for each in classes)
    )


class Ours:
    """Which handler is tested, and the settings that choose it for a crawler."""

    @property
    def download_handler_cls(self) -> type[KeepingHandler]:
        return KeepingHandler

    @property
    def settings_dict(self) -> dict[str, Any]:
        return {"DOWNLOAD_HANDLERS": {"http": NAME, "https": NAME}}


class TestHttp(Ours, bases.TestHttpBase):
    pass


class TestHttps(Ours, bases.TestHttpsBase):
    pass


class TestSimpleHttps(Ours, bases.TestSimpleHttpsBase):
    pass


class TestHttpsWrongHostname(Ours, bases.TestHttpsWrongHostnameBase):
    pass


class TestHttpsInvalidDNSId(Ours, bases.TestHttpsInvalidDNSIdBase):
    pass


class TestHttpsInvalidDNSPattern(Ours, bases.TestHttpsInvalidDNSPatternBase):
    pass


class TestHttpsCustomCiphers(Ours, bases.TestHttpsCustomCiphersBase):
    pass


class TestHttpsDefaultCiphers(Ours, bases.TestHttpsDefaultCiphersBase):
    pass


class TestHttpsTLSVersion(Ours, bases.TestHttpsTLSVersionBase):
    pass


class TestHttpWithCrawler(Ours, bases.TestHttpWithCrawlerBase):
    pass


class TestHttpsWithCrawler(TestHttpWithCrawler):
    is_secure = True


class TestHttpProxy(Ours, bases.TestHttpProxyBase):
    pass


class TestHttpsProxy(Ours, bases.TestHttpProxyBase):
    is_secure = True
    handler_supports_tls_in_tls = False  # nor does Scrapy's own handler


@pytest.mark.requires_mitmproxy
class TestMitmProxy(Ours, bases.TestMitmProxyBase):
    handler_supports_tls_in_tls = False


class TestTunnelingErrors(scrapys.TestTunnelingErrors):
    @pytest.fixture(autouse=True)
    def ours(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """These tests name the handler's class in their module."""
        monkeypatch.setattr(scrapys, "HTTP11DownloadHandler", KeepingHandler)


def test_not_configured_without_reactor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scrapys, "HTTP11DownloadHandler", KeepingHandler)
    scrapys.test_not_configured_without_reactor()
