"""A crawl that notes, before anything else is done with it, each response that reaches the spider: `noted_crawl.py NOTES …`.

The rest of the arguments are those of `luutru`.  A line of NOTES is method, URL and body, written with one write(2).
"""

from __future__ import annotations

import json
import os
import sys

from scrapy.http import Response

from crawler.cli import main
from crawler.fetch.spider import PortalSpider


def noted(path: str) -> None:
    """Puts a note before the spider's own callback."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    parse = PortalSpider.parse

    async def parse_and_note(self: PortalSpider, response: Response) -> None:
        request = response.request
        assert request is not None
        line = json.dumps([request.method, request.url, request.body.decode()])
        os.write(file, line.encode() + b"\n")
        await parse(self, response)

    PortalSpider.parse = parse_and_note  # type: ignore[method-assign]


if __name__ == "__main__":
    noted(sys.argv.pop(1))
    main()
