"""Scrapy's cookies, by the list of public suffixes that is installed with us.

Left alone, tldextract fetches a newer list from the network at the first cookie that names a domain: requests past the
tap, to hosts that no portal named, and a cache that two crawls write at once.
"""

from __future__ import annotations

from scrapy.downloadermiddlewares import cookies
from tldextract import TLDExtract

cookies._split_domain = TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)


class Cookies(cookies.CookiesMiddleware):
    """Scrapy's middleware; what it asks of domains is answered from the installed list."""
