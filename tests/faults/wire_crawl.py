"""A crawl with nothing in it but the download handler and a WARC writer: `wire_crawl.py FOLDER PORT TARGETS PARALLEL`.

It asks `http://wire.example/0` and on.  For each answer, before anything else is done with it, the records are read back
from the file; what Scrapy made of it and whether the records were there goes to `seen.json`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from archive.warc.names import OPEN
from archive.warc.reader import exchange_at
from archive.warc.writer import WarcWriter
from crawler import portals
from crawler.config import Configuration
from crawler.fetch import settings as module
from crawler.fetch.recorder import Kept, Recorder

HOST = "wire.example"


class WireSession:
    """What the handler asks of a session."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = self.spool = folder
        self.configuration = Configuration.model_validate({"connect": {f"{HOST}:80": f"127.0.0.1:{port}"}})
        self.recorder = Recorder(WarcWriter(folder, "wire", {"software": "wire"}))
        self.portal = portals.find("hanam-demo")

    async def recovered(self, visit: object) -> None:
        return None

    def context(self, visit: object) -> Mapping[str, str]:
        return {}

    def count(self, kept: Kept) -> None:
        """Counts nothing."""


class WireSpider(Spider):
    """Asks every target once, and looks at once whether the answer is in the file."""

    name = "wire"

    def __init__(self, session: WireSession, targets: int, **rest: Any) -> None:
        super().__init__(**rest)
        self.session = session
        self._targets = targets
        self._seen: dict[str, dict[str, Any]] = {}

    async def start(self) -> AsyncIterator[Request]:
        for number in range(self._targets):
            url = f"http://{HOST}/{number}"
            yield Request(url, self._answered, errback=self._failed, meta={"handle_httpstatus_all": True})

    def _answered(self, response: Response) -> None:
        assert response.request is not None
        self._note(response.request, response.status)

    def _failed(self, failure: Failure) -> None:
        self._note(failure.request, None)  # type: ignore[attr-defined]

    def _note(self, request: Request, status: int | None) -> None:
        kept: list[Kept] = request.meta["kept"]
        there = all(self._is_there(each) for each in kept)
        assert request.url not in self._seen, f"{request.url} is answered twice"
        self._seen[request.url] = {"status": status, "kept": len(kept), "there": there}

    def _is_there(self, kept: Kept) -> bool:
        stored = exchange_at(self.session.folder / (kept.place.warc_filename + OPEN), kept.place.offset)
        response = stored.response.block if stored.response else b""
        request = stored.request.block if stored.request else b""
        return response == kept.exchange.response and request == kept.exchange.request

    async def closed(self, reason: str) -> None:
        await self.session.recorder.close()
        (self.session.folder / "seen.json").write_text(json.dumps(self._seen), "utf-8")


def main(folder: Path, port: int, targets: int, parallel: int) -> None:
    """Crawls, and leaves a sealed WARC file and `seen.json` in `folder`."""
    chosen = Settings()
    chosen.setmodule(module)
    own = {
        "SCHEDULER": "scrapy.core.scheduler.Scheduler",
        "CONCURRENT_REQUESTS_PER_DOMAIN": parallel,
        "DOWNLOAD_TIMEOUT": 20,
        "DOWNLOAD_MAXSIZE": 300_000,
        "LOG_LEVEL": "WARNING",
    }
    chosen.setdict(own, priority="cmdline")
    process = CrawlerProcess(chosen)
    process.crawl(WireSpider, session=WireSession(folder, port), targets=targets)
    process.start()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(argument) for argument in sys.argv[2:]))
