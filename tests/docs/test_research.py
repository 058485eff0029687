"""The researcher's page: its SQL and Python run on the demo's two nights, and answer what the demo's texts say."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.store import Store, create_store
from archive.tables.views import connect, query
from crawler.demo.site import article_url
from crawler.demo.story import tell
from crawler.demo.texts import APPEARED, EDITED, SEED, VANISHED, Text, load, on_night

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/research.md").read_text("utf-8")
QUESTIONS = dict(re.findall(r"^### (\d+)\. .*?```sql\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL))
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)

Rows = list[dict[str, Any]]
TEXTS = {text.slug: text for text in on_night(load(), 2)} | {
    text.slug: text for text in load() if text.slug == VANISHED
}
"""What the archive knows after two nights: the second night's articles, and the one that went before it."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("research") / "store"
    tell(folder)
    return create_store(folder)


@pytest.fixture
def answer(store: Store) -> Any:
    def ask(number: int) -> Rows:
        rows: Rows = query(store, QUESTIONS[str(number)]).to_pylist()
        return rows

    return ask


def words(text: Text) -> str:
    """All that a person reads as the article's text."""
    return " ".join(
        [text.title, text.lead or "", *text.paragraphs, *(caption or "" for _, caption, _ in text.captions)]
    )


def test_there_are_ten_questions_and_more() -> None:
    assert list(QUESTIONS) == [str(number) for number in range(1, 12)]


def test_who_was_named(answer: Any) -> None:
    expected = Counter(
        (name, text.category, month(text))
        for text in TEXTS.values()
        for name in ("Trương Quốc Huy", "Lê Thị Thủy", "Đinh Trọng Khải", "Tạ Hải Long")
        if name in words(text)
    )
    found = {(row["name"], row["category"], row["month"]): row["articles"] for row in answer(1)}
    assert found == expected
    assert found["Tạ Hải Long", "Văn hóa - Thể thao", "2019-08"] == 1
    assert found["Trương Quốc Huy", "Đoàn thanh niên", None] == 1


def month(text: Text) -> str | None:
    return text.placed.strftime("%Y-%m") if text.published else None


def test_captions_by_person(answer: Any) -> None:
    rows = answer(2)
    assert [(row["name"], row["caption"]) for row in rows] == [
        ("Lê Thị Thủy", "Bí thư Tỉnh ủy Lê Thị Thủy phát biểu khai mạc hội nghị"),
        ("Trương Quốc Huy", "Chủ tịch UBND tỉnh Trương Quốc Huy tiếp thu ý kiến tại hội nghị"),
        ("Trần Ngọc Nam", "Bí thư Tỉnh đoàn Trần Ngọc Nam phát biểu tiếp thu ý kiến tại hội nghị"),
    ]
    assert {row["title"] for row in rows} == {TEXTS[SEED].title}


def test_edits(answer: Any) -> None:
    (row,) = answer(3)
    assert (row["title"], row["words_gone"], row["words_new"]) == (TEXTS[EDITED].title, ["412"], ["421"])
    assert row["former_time"] < row["fetch_time"]


def test_vanished_with_evidence(answer: Any, store: Store) -> None:
    before, after = answer(4)
    assert before["title"] == after["title"] == TEXTS[VANISHED].title
    assert (before["fetch_status"], after["fetch_status"]) == (200, 404)
    assert before["confidence"] == "suspected"
    for row in (before, after):
        assert store.warc(row["warc_filename"]).read_bytes()[row["warc_record_offset"] :].startswith(b"\x1f\x8b")


def test_images_reused(answer: Any) -> None:
    pictures = [path.read_bytes() for path in (ROOT / "crawler/demo/images").iterdir() if path.is_file()]
    assert len(set(pictures)) == len(pictures), "no picture of the demo is another one"
    assert answer(5) == []


def test_credits(answer: Any) -> None:
    expected = Counter(credit for text in TEXTS.values() for _, _, credit in text.captions if credit)
    assert {row["credit"]: row["images"] for row in answer(6)} == expected
    assert len(expected) == 10


def test_without_a_date(answer: Any) -> None:
    expected = Counter(text.category for text in TEXTS.values() if text.published is None)
    rows = answer(7)
    assert {row["category"]: row["articles"] for row in rows} == expected
    assert (sum(expected.values()), len(expected)) == (7, 4)
    assert {row["with_text_in_its_place"] for row in rows} == {0}


def test_time_to_the_first_capture(answer: Any) -> None:
    rows = {row["title"]: row for row in answer(8)}
    timed = {text.title: text for text in TEXTS.values() if text.published and "|" in text.published}
    assert rows.keys() == timed.keys()
    for title, row in rows.items():
        assert row["published_at"] == timed[title].placed
        assert abs(row["hours"] - (datetime.now(UTC) - timed[title].placed).total_seconds() / 3600) < 3


def test_links_that_lead_out(answer: Any, store: Store) -> None:
    assert answer(9) == []
    links = "[{'url': 'https://vanban.chinhphu.vn/x', 'text': 'a'}, {'url': 'http://hanam.example/y', 'text': 'b'}]"
    made = f"(SELECT 'i' AS article_id, 'http://hanam.example/Pages/x.aspx' AS url, {links} AS links)"
    (row,) = query(store, QUESTIONS["9"].replace("FROM articles", f"FROM {made}")).to_pylist()
    assert row == {"host": "vanban.chinhphu.vn", "links": 1, "articles": 1}


def test_completeness(answer: Any) -> None:
    rows = answer(10)
    assert [(row["portal"], row["entries"], row["captured"]) for row in rows] == [
        ("hanam-demo", 45, len(on_night(load(), 1))),
        ("hanam-demo", 46, len(on_night(load(), 2))),
    ]
    assert [(row["failed"], row["robots"]) for row in rows] == [(2, 1)] * 2
    assert len(APPEARED) == 2


def test_attachments(answer: Any) -> None:
    documents = list((ROOT / "crawler/demo/documents").iterdir())
    size = sum(path.stat().st_size for path in documents)
    assert answer(11) == [{"mime": "application/pdf", "files": 2, "fetched": 2, "bytes": size}]


def test_the_python_runs(store: Store) -> None:
    (code,) = PYTHON
    script = code.replace('"data"', repr(str(store.root)))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    captions = sum(1 for text in TEXTS.values() for _, caption, _ in text.captions if caption)
    snapshot, articles, height = done.stdout.split()
    assert (int(articles), int(height)) == (len(TEXTS), captions)
    with connect(store) as sql:
        assert sql.sql("SELECT count(*) FROM crawls WHERE snapshot_id = ?", params=[snapshot]).fetchall() == [(1,)]


def test_the_article_that_went_is_still_told(store: Store) -> None:
    (row,) = query(store, f"SELECT state FROM articles WHERE url = '{article_url(TEXTS[VANISHED])}'").to_pylist()
    assert row["state"] == "suspected"
