"""Scrapy's settings.  What Scrapy would do by itself with an exchange (retry, redirect, decompress, obey robots.txt) is
left to the spider and the frontier, where it is kept, and survives kill -9."""

from __future__ import annotations

import os

BOT_NAME = "luutru"
SPIDER_MODULES = ["crawler.fetch.spider"]

LUUTRU_STORE = os.environ.get("LUUTRU_STORE", "data")
LUUTRU_PORTALS: list[str] = []

SCHEDULER = "crawler.fetch.scheduler.FrontierScheduler"
DOWNLOAD_HANDLERS = {
    "http": "crawler.fetch.handler.KeepingHandler",
    "https": "crawler.fetch.handler.KeepingHandler",
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
}
TWISTED_DNS_RESOLVER = "crawler.fetch.resolver.GuardedResolver"

ROBOTSTXT_OBEY = False  # the scheduler does, with rules that outlive a restart
DOWNLOADER_MIDDLEWARES_BASE = {
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "crawler.fetch.cookies.Cookies": 700,
}
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
EXTENSIONS_BASE = {"scrapy.extensions.corestats.CoreStats": 0}

# gzip alone: every reader of WARC files knows it
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "vi,en;q=0.5",
    "Accept-Encoding": "gzip",
}
DOWNLOAD_VERIFY_CERTIFICATES = True  # Scrapy's own default is not to look
DOWNLOAD_FAIL_ON_DATALOSS = False  # what came is kept, with WARC-Truncated
CONCURRENT_REQUESTS = 16
DOWNLOAD_DELAY = 0.001  # without any, Scrapy 2.19 starts all that is queued before it counts what runs
DOWNLOAD_DELAY_JITTER = 0.0  # a portal's delay is kept by crawler.fetch.pace, to the second that its file says
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 100_000_000  # callbacks wait for the group's fsync; that must not hold the downloads
DOWNLOAD_WARNSIZE = 0  # a long body is spooled, which is nothing to warn of
TELNETCONSOLE_ENABLED = False
LOG_LEVEL = "INFO"
LOG_FILE_APPEND = True
STATS_DUMP = False
