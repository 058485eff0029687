"""Citations: what TeX reads, what CSL knows, and the URN as its registration has it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from archive.cite import Held, article, holder, snapshot, tex

HELD = Held("archive.example.org", "Thư viện tỉnh")
ROW: dict[str, Any] = {
    "portal": "hanam",
    "article_id": "e0b7d58f6408d010",
    "title": "Tỷ lệ 50% & {khoảng} $100_000 #1 ~ ^ \\",
    "author": None,
    "url": "https://hanam.gov.vn/tin?id=7",
    "url_original": "https://hanam.gov.vn/tin?id=7&t=Đoàn[1]#dau",
    "published_date": date(2026, 11, 3),
    "fetch_time": datetime(2026, 11, 23, 18, 30, 1, 250000, tzinfo=UTC),
    "record_id": "urn:uuid:32bf538a-21e1-4262-bba7-3df07cdd2ec9",
    "language": "vi",
}

# variables of csl-data.json (citation-style-language/schema, 1.0.2) that an archived page or a data set may have
CSL = {"id", "type", "title", "author", "container-title", "issued", "accessed", "URL", "archive", "archive_location"}
CSL |= {"language", "note", "version"}


def test_an_article_in_bibtex() -> None:
    assert article(ROW, "Cổng thông tin Hà Nam", HELD).bibtex == (
        "@misc{hanam-e0b7d58f6408,\n"
        r"  title = {{Tỷ lệ 50\% \& \{khoảng\} \$100\_000 \#1 \textasciitilde{} \textasciicircum{} \textbackslash{}}},"
        "\n"
        r"  howpublished = {Cổng thông tin Hà Nam, \url{https://hanam.gov.vn/tin?id=7}},"
        "\n"
        "  year = {2026},\n"
        "  month = nov,\n"
        "  date = {2026-11-03},\n"
        "  url = {https://hanam.gov.vn/tin?id=7},\n"
        "  urldate = {2026-11-24},\n"
        "  note = {Captured 2026-11-23T18:30:01.250000Z, WARC record urn:uuid:32bf538a-21e1-4262-bba7-3df07cdd2ec9, "
        "archived by Thư viện tỉnh, urn:pwid:archive.example.org:2026-11-23T18:30:01Z:page:https://hanam.gov.vn/tin"
        r"\%3Fid=7\&t=\%C4\%90o\%C3\%A0n\%5B1\%5D\%23dau},"
        "\n}\n"
    )


def test_an_article_in_csl() -> None:
    csl = article(ROW | {"author": "Nguyễn Văn A"}, "Cổng thông tin Hà Nam", HELD).csl
    assert csl == {
        "id": "hanam-e0b7d58f6408d010",
        "type": "webpage",
        "title": ROW["title"],
        "author": [{"literal": "Nguyễn Văn A"}],
        "container-title": "Cổng thông tin Hà Nam",
        "issued": {"date-parts": [[2026, 11, 3]]},
        "accessed": {"date-parts": [[2026, 11, 24]]},  # the day in Vietnam
        "URL": ROW["url"],
        "archive": "Thư viện tỉnh",
        "archive_location": "urn:pwid:archive.example.org:2026-11-23T18:30:01Z:page:"
        "https://hanam.gov.vn/tin%3Fid=7&t=%C4%90o%C3%A0n%5B1%5D%23dau",
        "language": "vi",
        "note": "Captured 2026-11-23T18:30:01.250000Z, WARC record urn:uuid:32bf538a-21e1-4262-bba7-3df07cdd2ec9",
    }
    assert set(csl) <= CSL
    assert "issued" not in article(ROW | {"published_date": None}, "Cổng", HELD).csl


def test_a_pwid_is_a_urn_and_keeps_what_a_url_has_encoded() -> None:
    url = "http://x.gov.vn/a%20b/%C4%90o%C3%A0n.aspx?x=1"
    urn = article(ROW | {"url_original": url}, "", HELD).pwid
    assert urn.endswith(":page:http://x.gov.vn/a%20b/%C4%90o%C3%A0n.aspx%3Fx=1")
    # RFC 8141: NSS = pchar *(pchar / "/")
    assert re.fullmatch(r"urn:pwid:[A-Za-z0-9._~-]+:(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})+", urn)


def test_a_snapshot_is_a_data_set_of_who_crawled_it() -> None:
    row = {
        "snapshot_id": "20261124T163000Z-0bf8ea",
        "committed_at": datetime(2026, 11, 24, 16, 30, tzinfo=UTC),
        "portals": ["hanam", "moc"],
    }
    cited = snapshot(row, ["Thư viện tỉnh", "R&D"], HELD)
    assert cited.pwid == "urn:pwid:archive.example.org:2026-11-24T16:30:00Z:collection:20261124T163000Z-0bf8ea"
    assert "  author = {{Thư viện tỉnh} and {R\\&D}},\n" in cited.bibtex
    assert (cited.csl["type"], cited.csl["version"]) == ("dataset", "20261124T163000Z-0bf8ea")
    assert cited.csl["issued"] == {"date-parts": [[2026, 11, 24]]}
    assert set(cited.csl) <= CSL


@pytest.mark.parametrize(
    ("named", "operator", "identifier", "name"),
    [
        ("archive.example.org", "Thư viện", "archive.example.org", "Thư viện"),
        ("", "luutru demo", "luutru-demo", "luutru demo"),
        ("", "", "luutru", "luutru"),
        ("", "Đ", "luutru", "Đ"),
    ],
)
def test_the_archives_identifier_is_unreserved(named: str, operator: str, identifier: str, name: str) -> None:
    assert holder(named, operator) == Held(identifier, name)


def test_tex_folds_white_space() -> None:
    assert tex("a\n  b\tc") == "a b c"
