"""A portal of unknown make: metadata and trafilatura, with what its portal file says laid over it."""

from __future__ import annotations

from crawler.extract.layout import Layout
from crawler.platforms.platform import Platform

PLATFORM = Platform(name="generic", layout=Layout(name="generic/page", generic=True))
