"""The main job, end to end: what the portal says is what the tables say."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyarrow.parquet as pq

from archive.article import CONTENT_HASH_VERSION
from archive.http1 import parse_response
from archive.store import open_store
from archive.url import canonical
from archive.warc.reader import record_at
from archive.warc.record import sha256
from crawler.demo.site import article_url
from crawler.demo.texts import APPEARED, EDITED, SEED, VANISHED

SEED_TITLE = (
    "Hội nghị đối thoại giữa người đứng đầu cấp ủy, chính quyền với cán bộ đoàn, hội và đoàn viên, hội viên, "
    "thanh niên năm 2021"
)


def test_the_seed_article_is_right_in_every_field(nights: Any) -> None:
    (row,) = nights.rows(f"SELECT * FROM articles WHERE url LIKE '%/{SEED}.aspx'")
    assert row["title"] == SEED_TITLE
    assert row["category"] == ["Tin theo lĩnh vực", "Đoàn thanh niên"]
    assert row["categories"] == [["Tin theo lĩnh vực", "Đoàn thanh niên"]]
    assert (row["published_date"], row["published_at"], row["published_raw"]) == (None, None, None)
    assert row["lead"] is None
    assert [(i["url"].rsplit("/", 1)[1], i["caption"], i["credit"]) for i in row["images"]] == [
        ("IMG_7698.jpg", "Toàn cảnh hội nghị", None),
        ("bt.jpg", "Bí thư Tỉnh ủy Lê Thị Thủy phát biểu khai mạc hội nghị", None),
        ("IMG_7703.jpg", "Chủ tịch UBND tỉnh Trương Quốc Huy tiếp thu ý kiến tại hội nghị", None),
        ("DSC08916.jpg", "Bí thư Tỉnh đoàn Trần Ngọc Nam phát biểu tiếp thu ý kiến tại hội nghị", None),
    ]
    paragraphs = row["body"].split("\n\n")
    assert len(paragraphs) == 9
    assert paragraphs[0].startswith("Sáng ngày 17/11/2021, Tỉnh ủy Hà Nam tổ chức hội nghị đối thoại")
    assert paragraphs[-1].endswith("tổ chức và hành động./.")
    for foreign in ("Skip Ribbon", "Skip to main", ".jpg", "Toàn cảnh hội nghị", "  ", SEED_TITLE + "\n"):
        assert foreign not in row["body"]
    assert row["language"] == "vi"
    assert row["layout"] == "sharepoint/publishing"
    assert row["content_hash_version"] == CONTENT_HASH_VERSION


def test_every_article_says_what_the_portal_was_given_to_say(nights: Any) -> None:
    rows = {row["url"]: row for row in nights.rows("SELECT * FROM articles WHERE state = 'online'")}
    assert len(rows) == len(nights.site.texts) == 43
    for text in nights.site.texts:
        row = rows[canonical(article_url(text))]
        assert row["body"].split("\n\n") == list(text.paragraphs), text.slug
        captions = [(i["url"].rsplit("/", 1)[1], i["caption"], i["credit"]) for i in row["images"]]
        assert captions == [tuple(caption) for caption in text.captions], text.slug
        told = (row["title"], row["lead"], row["author"], row["source"], row["published_raw"])
        assert told == (text.title, text.lead, text.author, text.source, text.published), text.slug
        assert row["category"] == ["Tin theo lĩnh vực", text.category]
        assert (row["published_precision"] is None) == (text.published is None)


def test_images_and_files_are_there_in_full_and_bound_to_their_bytes(nights: Any) -> None:
    for row in nights.rows("SELECT * FROM images WHERE portal = 'hanam-demo'"):
        assert row["mime"] == "image/jpeg"
        assert row["width"] > 200, row["url"]  # a thumbnail has 160 pixels
        _same_digest(nights, row)
    files = nights.rows("SELECT * FROM attachments")
    assert len(files) == 2
    for row in files:
        assert row["mime"] == "application/pdf"
        assert row["size"] > 200
        assert row["name"].endswith("(PDF)")
        _same_digest(nights, row)


def _same_digest(nights: Any, row: dict[str, Any]) -> None:
    (capture,) = nights.rows(f"SELECT * FROM captures WHERE record_id = '{row['record_id']}'")
    store = open_store(nights.store)
    record = record_at(store.warc(capture["warc_filename"]), capture["warc_record_offset"])
    assert record.id == row["record_id"]
    assert sha256(parse_response(record.block).entity) == row["content_digest"] == capture["content_digest"]


def test_each_row_names_the_record_that_it_was_read_from(nights: Any) -> None:
    store = open_store(nights.store)
    for row in nights.rows("SELECT * FROM readings"):
        record = record_at(store.warc(row["warc_filename"]), row["warc_record_offset"])
        assert (record.id, record.length) == (row["record_id"], row["warc_record_length"])
        assert canonical(record.url) == row["url"]
        assert record.date == row["fetch_time"]


def test_night_two_finds_what_changed_and_nothing_else(nights: Any) -> None:
    events = nights.rows("SELECT * FROM events WHERE NOT baseline ORDER BY event")
    told = Counter((row["event"], row["url"].rsplit("/", 1)[1].removesuffix(".aspx")) for row in events)
    assert told == Counter([*(("appeared", slug) for slug in APPEARED), ("edited", EDITED), ("vanished", VANISHED)])
    for row in events:
        assert row["not_before"] < row["not_after"]
        assert len(row["evidence"]) == 2
    (edited,) = [row for row in events if row["event"] == "edited"]
    assert edited["fields_changed"] == ["body"]
    (vanished,) = [row for row in events if row["event"] == "vanished"]
    assert (vanished["confidence"], vanished["reason"]) == ("suspected", "missing")
    first, second = nights.rows("SELECT * FROM crawls ORDER BY night")
    assert second["requests"] < first["requests"] / 2
    assert second["images"] == sum(len(text.captions) for text in nights.site.texts if text.slug in APPEARED)


def test_what_is_no_article_is_kept_as_bytes(nights: Any) -> None:
    rows = nights.rows(
        "SELECT url, wire_verdict, reading_verdict FROM captures WHERE kind = 'article' AND crawl IN "
        "(SELECT crawl FROM crawls WHERE night = DATE '2026-11-23')"
    )
    told = Counter((row["wire_verdict"], row["reading_verdict"]) for row in rows)
    assert told == Counter({("ok", "article"): 42, ("ok", "challenge"): 1, ("missing", None): 1, ("redirect", None): 1})
    asked = [exchange.target for exchange in nights.server.log]
    assert not [target for target in asked if target.startswith("/_layouts/")], "robots.txt refuses these"
    assert Counter(asked)["/robots.txt"] == 4, "two hosts, two nights"


def test_the_listings_rows_tell_what_each_page_showed(nights: Any) -> None:
    rows = nights.rows(
        "SELECT l.* FROM listings l JOIN crawls c USING (crawl) WHERE c.night = DATE '2026-11-24' "
        "ORDER BY category, page"
    )
    by_category: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_category.setdefault(row["category"][-1], []).append(row)
    assert set(by_category) == {"Đoàn thanh niên", "Kinh tế", "Văn hóa - Thể thao", "Giáo dục - Y tế"}
    for category, pages in by_category.items():
        assert [page["page"] for page in pages] == list(range(1, len(pages) + 1))
        assert [page["next"] is None for page in pages] == [False] * (len(pages) - 1) + [True]
        shown = [entry["title"] for page in pages for entry in page["entries"]]
        assert len(shown) == len(set(shown))
        expected = {text.title for text in nights.site.texts if text.category == category}
        assert expected <= set(shown), category
    assert by_category["Kinh tế"][0]["next"].startswith("postback")


def test_every_exchange_of_the_portal_equals_its_warc_blocks(nights: Any, stored_exchanges: Any) -> None:
    store = open_store(nights.store)
    kept = [
        (found.request.block, found.response.block)
        for found in stored_exchanges(store.warcs)
        if found.request is not None and found.response is not None
    ]
    wire = [(exchange.received, exchange.sent) for exchange in nights.server.log]
    assert Counter(kept) == Counter(wire)
    assert len(kept) > 200
    assert any(b"\r\n0\r\n\r\n" in sent[-9:] for _, sent in wire), "some answers are chunked"


def test_rows_of_crawl_and_reextraction_are_equal_column_by_column(nights: Any) -> None:
    folder = nights.folder / "again"
    done = nights.run("reextract", "--to", str(folder))
    assert done.returncode == 0, done.stderr
    views = {"captures": "captures", "articles": "readings", "listings": "listings"}
    for crawl in nights.rows("SELECT crawl FROM crawls"):
        for table, view in views.items():
            again = pq.read_table(folder / crawl["crawl"] / f"{table}.parquet").to_pylist()
            stood = nights.rows(f"SELECT * FROM {view} WHERE crawl = '{crawl['crawl']}'")
            assert len(again) == len(stood) > 0
            key = "record_id"
            assert sorted(again, key=lambda row: row[key]) == sorted(stood, key=lambda row: row[key])


def test_reextraction_by_the_same_version_adds_nothing(nights: Any) -> None:
    before = nights.rows("SELECT count(*) AS n FROM readings")
    done = nights.run("reextract")
    assert done.returncode == 0, done.stderr
    assert "42 equal to what stands, 0 different, 0 added" in done.stderr
    assert nights.rows("SELECT count(*) AS n FROM readings") == before
