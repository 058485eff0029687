"""From captured bytes to a record: pure functions of a capture and a layout, the same for crawl, re-extraction and audit."""

from crawler.extract.reading import extract

__all__ = ["extract"]
