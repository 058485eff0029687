"""A manifest counts every row of its snapshot: those of older captures, too, that were read again for a comparison."""

from __future__ import annotations

from pathlib import Path

from archive.custody import manifest
from archive.store import create_store
from archive.tables.delta import dataset
from archive.tables.rowsum import Sums
from archive.tables.schema import ARTICLES

from .nights import Nights, article, pages


def test_readings_made_again_for_a_comparison_were_in_no_manifest(tmp_path: Path) -> None:
    told = Nights(create_store(tmp_path / "store"))
    told.night(pages())
    second = told.night(pages(a2=article("2", "Đã sửa.")), version="v2", reread=told.reader("v2"))
    rows = [row for row in dataset(told.store, ARTICLES).to_table().to_pylist() if row["snapshot_id"] == second.id]
    assert len({row["crawl"] for row in rows}) == 2, "some are of the first night's captures"
    sums = Sums()
    sums.add(dataset(told.store, ARTICLES).to_table().filter(_of(told, second.id)))
    assert manifest.read(told.store.manifests, 2).told["tables"]["articles"] == sums.of("thu").told()
    assert sums.of("thu").rows == len(rows)


def _of(told: Nights, snapshot: str) -> object:
    import pyarrow.compute as pc

    return pc.field("snapshot_id") == snapshot
