"""What is measured: luutru's own function and trafilatura, each asked for the same fields of a page."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import trafilatura
from lxml import etree

from benchmarks.gold import Sample
from crawler import portals


@dataclass(frozen=True, slots=True)
class Picture:
    """An image: its URL, and what may be meant for its caption."""

    url: str
    captions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a reader makes of a page, and the milliseconds of processor time that it took."""

    text: str
    title: str
    lead: str
    pictures: tuple[Picture, ...]
    authors: str
    published: date | datetime | None
    ms: float


Reader = Callable[[Sample], Found]


def luutru(sample: Sample) -> Found:
    """luutru's reading of a page of no portal that it knows."""
    capture = sample.capture()
    start = time.process_time()
    reading = portals.extract(capture, None)
    ms = (time.process_time() - start) * 1000
    article = reading.article
    if article is None:
        return Found("", "", "", (), "", None, ms)
    pictures = tuple(
        Picture(image.url, (image.caption or "", " ".join(filter(None, (image.caption, image.credit)))))
        for image in article.images
    )
    told = article.published
    text = "\n".join(filter(None, (article.lead, *article.body)))
    when = (told.at or told.day) if told else None
    return Found(text, article.title, article.lead or "", pictures, article.author or "", when, ms)


def trafilatura_default(sample: Sample) -> Found:
    """trafilatura as it comes."""
    return _trafilatura(sample, precise=False)


def trafilatura_precise(sample: Sample) -> Found:
    """trafilatura told to favour precision."""
    return _trafilatura(sample, precise=True)


def _trafilatura(sample: Sample, *, precise: bool) -> Found:
    page = sample.body.decode("utf-8", "replace")
    start = time.process_time()
    text = trafilatura.extract(page, url=sample.url, include_comments=False, favor_precision=precise)
    ms = (time.process_time() - start) * 1000
    told = trafilatura.bare_extraction(
        page, url=sample.url, include_comments=False, favor_precision=precise, include_images=True, with_metadata=True
    )
    if told is None or isinstance(told, dict):
        return Found(text or "", "", "", (), "", None, ms)
    body = told.body if isinstance(told.body, etree._Element) else etree.Element("body")
    pictures = tuple(
        Picture(str(image.get("src") or ""), (str(image.get("title") or ""), str(image.get("alt") or "")))
        for image in body.iter("graphic")
    )
    when = date.fromisoformat(told.date[:10]) if told.date else None
    return Found(text or "", told.title or "", told.description or "", pictures, told.author or "", when, ms)
