"""A store that an earlier version wrote, whose tables lack columns of today: it is read, and written on."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from archive.store import Store, create_store
from archive.tables.schema import ARTICLES, LISTINGS, TABLES
from archive.tables.views import VIEWS, ask, query

from .nights import Nights, article, dump, pages

YOUNGER = {
    "captures": ("restriction", "width", "height", "revisit_of", "reading_verdict"),
    "articles": ("text_hash", "field_hashes", "categories", "published_ambiguous", "links", "attachments"),
    "listings": ("extractor_version",),
    "events": ("moved_to", "reason", "confirmations", "fields_changed"),
    "crawls": ("categories", "overdue", "mass_vanishing", "cut_short", "action", "missing"),
}
INNER = {ARTICLES: ("images", ("width", "height", "fetch_time")), LISTINGS: ("entries", ("date_raw", "date"))}


def old_store(folder: Path, told: Nights, *, inner: bool = False, version: str = "v0") -> Store:
    """What a night of `told` would be had an earlier version written it: no table of gaps, and no younger columns."""
    old = create_store(folder)
    for name, gone in YOUNGER.items():
        rows = DeltaTable(str(told.store.table(name))).to_pyarrow_table().drop(list(gone))
        if "extractor_version" in rows.column_names:
            rows = _labelled(rows, version)
        if inner and TABLES[name] in INNER:
            rows = _narrowed(rows, *INNER[TABLES[name]])
        old.table(name).mkdir(parents=True)
        write_deltalake(str(old.table(name)), rows, partition_by=["month"])
    return old


@pytest.fixture
def told(tmp_path: Path) -> Nights:
    """A night with images, told to a store of today."""
    made = Nights(create_store(tmp_path / "today"))
    made.night(_pages(), images={"/anh.jpg": (200, "bytes")})
    return made


def test_every_view_of_an_older_store_answers(tmp_path: Path, told: Nights) -> None:
    old = old_store(tmp_path / "old", told)
    for view in VIEWS:
        query(old, f"SELECT * FROM {view}")
    assert len(query(old, "FROM articles")) == 6
    assert len(query(old, "FROM events")) == 6
    assert len(query(old, "FROM versions")) == 6
    for name, gone in YOUNGER.items():
        view = "readings" if name == "articles" else name
        columns = ", ".join(f"count({column})" for column in gone)
        (row,) = ask(old, f"SELECT {columns} FROM {view}")
        assert set(row.values()) == {0}, "what was not known then is null"


def test_fields_of_a_struct_that_are_younger_than_a_table_are_null(tmp_path: Path, told: Nights) -> None:
    old = old_store(tmp_path / "old", told, inner=True)
    (row,) = ask(old, "SELECT url, content_digest, width, fetch_time FROM images")
    assert row["url"]
    assert row["content_digest"]
    assert row["width"] is row["fetch_time"] is None
    (row,) = ask(old, "SELECT entries FROM listings")
    assert [entry["date"] for entry in row["entries"]] == [None] * 6
    assert len(ask(old, "FROM versions")) == 6


@pytest.mark.parametrize("inner", [False, True], ids=["columns", "fields of structs"])
def test_a_commit_into_an_older_store_adds_what_it_lacks(tmp_path: Path, told: Nights, inner: bool) -> None:
    old = old_store(tmp_path / "old", told, inner=inner)
    before = dump(old)
    former = {row["article_id"]: row for row in ask(old, "FROM articles")}
    told.store = old
    answers = _pages() | {"2": article("2", "Hội nghị bàn về vụ lúa mùa năm nay."), "new": article("new")}
    night = told.night(answers, images={"/anh.jpg": (200, "bytes")})
    assert ("appeared", "new", "confirmed") in told.events(night)
    for table in TABLES.values():
        if table.name != "gaps":
            fields = {field.name: field.type for field in DeltaTable(str(old.table(table.name))).schema().to_arrow()}
            assert set(table.schema.names) <= fields.keys()
    assert len(ask(old, "FROM articles WHERE text_hash IS NOT NULL")) == 7
    assert len(ask(old, "FROM readings WHERE text_hash IS NULL")) == 6
    (row,) = ask(old, "SELECT width, fetch_time FROM images")
    assert row["fetch_time"] is not None
    (row,) = ask(old, "SELECT entries, captured FROM completeness")
    assert (row["entries"], row["captured"]) == (7, 7)
    assert {r["article_id"] for r in ask(old, "FROM readings WHERE snapshot_id <> ?", night.id)} == former.keys()
    assert len(before["readings"]) == 6


def test_a_former_reading_without_hashes_is_read_again_for_a_comparison(tmp_path: Path, told: Nights) -> None:
    told.store = old_store(tmp_path / "old", told)
    night = told.night(_pages() | {"2": article("2", "Đã sửa.")}, reread=told.reader("v1"))
    assert told.events(night) == [("edited", "2", "confirmed")]
    (row,) = told.told(night)
    assert row["fields_changed"] == ["body"]
    assert len(ask(told.store, "FROM readings")) == 6 + 6 + 1
    assert len(ask(told.store, "FROM versions")) == 7


@pytest.mark.parametrize("version", ["v0", "v1"])
def test_a_former_reading_without_hashes_that_cannot_be_read_again_is_not_compared(
    tmp_path: Path, told: Nights, version: str
) -> None:
    told.store = old_store(tmp_path / "old", told, version=version)
    night = told.night(_pages() | {"2": article("2", "Đã sửa.")})
    assert told.events(night) == []
    assert night.row["colour"] == "amber"
    assert any("were not compared" in reason for reason in night.row["reasons"])
    again = told.night(_pages() | {"2": article("2", "Lại sửa.")})
    assert told.events(again) == [("edited", "2", "confirmed")]
    assert len(ask(told.store, "FROM versions")) == 7


def _pages() -> dict[str, tuple[int, str]]:
    return pages(a1=article("1", more="<p><img src='/anh.jpg'></p>"))


def _labelled(rows: pa.Table, version: str) -> pa.Table:
    place = rows.schema.get_field_index("extractor_version")
    return rows.set_column(place, "extractor_version", pa.array([version] * len(rows)))


def _narrowed(rows: pa.Table, column: str, gone: tuple[str, ...]) -> pa.Table:
    """A table whose structs in a list column lack fields."""
    place = rows.schema.get_field_index(column)
    kept = [field for field in rows.schema.field(column).type.value_type if field.name not in gone]
    names = [field.name for field in kept]
    listed = [[{name: item[name] for name in names} for item in items] for items in rows.column(column).to_pylist()]
    return rows.set_column(place, column, pa.array(listed, pa.list_(pa.struct(kept))))
