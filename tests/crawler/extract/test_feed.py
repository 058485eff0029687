"""Feeds and sitemaps as listings."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest

from archive.article import Listing, Reading, Turn
from archive.capture import Capture
from crawler import portals
from crawler.extract import feed

URL = "https://xa.example/rss/12/tin.rss"
RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Tin tức</title><link>https://xa.example/</link>
<atom:link href="https://xa.example/rss/12/tin.rss" rel="self"/>
<item><title><![CDATA[Đắp đê bối &amp; nạo kênh]]></title><link> https://xa.example:443/bai-1.html </link>
<pubDate>Mon, 23 Nov 2026 20:30:00 GMT</pubDate></item>
<item><title>Gặt lúa</title><link>/bai-2.html</link><pubDate>20/11/2026 08:00</pubDate></item>
<item><title>Chợ phiên</title><guid>https://xa.example/bai-3.html</guid></item>
<item><title>Lặp lại</title><link>https://xa.example/bai-1.html</link></item>
<item><title>Không địa chỉ</title><guid isPermaLink="false">77</guid></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Tin</title><link rel="next" href="?page=2"/>
<entry><title type="html">Mưa &lt;b&gt;lớn&lt;/b&gt;</title><link rel="edit" href="/sua/1"/><link href="/bai-1"/>
<published>2026-11-23T23:30:00Z</published><updated>2026-11-25T00:00:00Z</updated></entry></feed>"""
SITEMAP = """<?xml version="1.0"?><!-- ngày 24 --><?xml-stylesheet href="s.xsl"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://xa.example/bai-1</loc><lastmod>2026-11-24</lastmod></url>
<url><loc>https://xa.example/bai-2</loc><news:news><news:publication_date>2026-11-23T07:00:00+07:00</news:publication_date>
<news:title>Mở trường</news:title></news:news></url></urlset>"""


def read(body: str | bytes, mime: str = "application/xml", url: str = URL) -> Reading | None:
    data = body if isinstance(body, bytes) else body.encode()
    return feed.read(Capture(url, datetime(2026, 11, 24, tzinfo=UTC), 200, (("Content-Type", mime),), data))


def listed(body: str | bytes) -> Listing:
    found = read(body)
    assert found is not None
    assert found.verdict == "listing"
    assert found.listing is not None
    return found.listing


def test_rss_is_a_listing_with_titles_and_days_in_vietnam() -> None:
    found = listed(RSS)
    assert [(e.position, e.url, e.title, e.day) for e in found.entries] == [
        (1, "https://xa.example/bai-1.html", "Đắp đê bối & nạo kênh", date(2026, 11, 24)),
        (2, "https://xa.example/bai-2.html", "Gặt lúa", date(2026, 11, 20)),
        (3, "https://xa.example/bai-3.html", "Chợ phiên", None),
    ]
    assert found.entries[0].date_raw == "Mon, 23 Nov 2026 20:30:00 GMT"
    assert (found.url, found.next) == (URL, None)


def test_atom_is_a_listing_and_its_next_page_is_told() -> None:
    found = listed(ATOM)
    assert [(e.url, e.title, e.day) for e in found.entries] == [
        ("https://xa.example/bai-1", "Mưa <b>lớn</b>", date(2026, 11, 24))
    ]
    assert found.next == Turn(f"{URL}?page=2")


def test_sitemap_is_a_listing_whose_titles_only_the_news_extension_tells() -> None:
    assert [(e.url, e.title, e.day) for e in listed(SITEMAP).entries] == [
        ("https://xa.example/bai-1", "", date(2026, 11, 24)),
        ("https://xa.example/bai-2", "Mở trường", date(2026, 11, 23)),
    ]


def test_feed_is_told_by_its_root_whatever_type_the_server_declares() -> None:
    for mime in ("text/html", "text/xml; charset=utf-8", "application/rss+xml", ""):
        found = read("\ufeff" + RSS, mime)
        assert found is not None
        assert found.layout == "feed/rss"
    capture = Capture(URL, datetime(2026, 11, 24, tzinfo=UTC), 200, (("Content-Type", "text/xml"),), RSS.encode())
    assert portals.extract(capture, portals.find("most")).verdict == "listing"
    assert portals.extract(capture, None, requisites=True).requisites == ()


@pytest.mark.parametrize(
    "body",
    ["", "<html><body><rss></rss></body></html>", "<?xml version='1.0'?><html></html>", "<p>rss</p>", "%PDF-1.4", "{}"],
)
def test_anything_else_is_no_feed(body: str) -> None:
    assert read(body) is None


def test_index_of_sitemaps_lists_no_articles() -> None:
    found = read(
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>/a</loc></sitemap></sitemapindex>'
    )
    assert found == Reading("other", "feed/sitemapindex")


def test_empty_feed_is_a_listing_of_nothing() -> None:
    assert listed("<rss><channel></channel></rss>").entries == ()


def test_entities_are_left_out_and_no_file_is_read() -> None:
    wild = '<!DOCTYPE rss [<!ENTITY own "của ta"><!ENTITY file SYSTEM "file:///etc/passwd">]>'
    title = "<title>Tin &own; &file; &nbsp; mới</title>"
    found = listed(f"{wild}<rss><channel><item>{title}<link>/b</link></item></channel></rss>").entries
    assert [entry.title for entry in found] == ["Tin mới"]


def test_feed_that_makes_gigabytes_of_entities_is_read_at_once() -> None:
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    title = "<title>Tin &e11;</title>"
    wild = (
        f'<!DOCTYPE rss [<!ENTITY e0 "aaaa">{bomb}]><rss><channel><item>{title}<link>/b</link></item></channel></rss>'
    )
    started = time.monotonic()
    assert all(len(entry.title) < 100 for entry in listed(wild).entries)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "body",
    [
        RSS[: RSS.index("</item>") + 9],
        RSS.replace("</title>", "", 2),
        RSS.replace("Gặt lúa", "Gặt & lúa <b"),
        RSS.encode("utf-16"),
        b"<rss\xff><item><link>/a</link></item></rss>",
        "<rss>" + "<item>" * 400,
        "<urlset><url><loc>http://[</loc></url></urlset>",
        ATOM.replace("2026-11-23T23:30:00Z", "Mon, 01 Jan 0001 00:00:00 +2300"),
        "<rss><channel><item><link>/a</link><pubDate>Mon, 99 Foo 0000</pubDate></item></channel></rss>",
    ],
)
def test_broken_feed_gives_what_can_be_read_and_never_raises(body: str | bytes) -> None:
    found = read(body)
    assert found is None or found.verdict in ("listing", "other")


@pytest.mark.parametrize(
    "piece", ["<??>", "<? ?>", "<!---->", "<!-- -->-->", "<!DOCTYPE a[]>", "<!DOCTYPE[", "<?", " "]
)
def test_page_that_begins_like_a_feed_over_and_over_is_told_at_once(piece: str) -> None:
    started = time.monotonic()
    assert read(piece * 3000 + "<html>") is None
    assert time.monotonic() - started < 1
