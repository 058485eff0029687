"""The merged index: right with many files, and blind to whatever an index in a store should not say."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.capture import Exchange
from archive.replay import index
from archive.store import Store, create_store
from archive.warc import cdxj
from archive.warc.writer import WarcWriter

WHEN = datetime(2026, 11, 24, 1, 15, 2, tzinfo=UTC)
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nxin"
URL = "http://hanam.gov.vn/Pages/a.aspx"


def keep(store: Store, portal: str, *wanted: tuple[str, int]) -> Path:
    """A closed WARC with a page for each URL and second; its path."""
    keeper = WarcWriter(store.portal_warcs(portal), portal, {"software": "test"}, host="h")
    for url, after in wanted:
        request = b"GET / HTTP/1.1\r\n\r\n"
        keeper.write(Exchange(url, "GET", request, PAGE, WHEN + timedelta(seconds=after), 1, None), {"verdict": "ok"})
    keeper.close()
    (path,) = keeper.closed
    return path


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return create_store(tmp_path / "store")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "merged").mkdir()
    return tmp_path / "merged"


def beside(warc: Path) -> Path:
    return warc.with_name(warc.name + ".cdxj")


def change(warc: Path, **fields: Any) -> None:
    """Says something else in the only line of the index beside a WARC; None takes a field away."""
    key, when, data = beside(warc).read_text("utf-8").rstrip("\n").split(" ", 2)
    told = {name: value for name, value in (json.loads(data) | fields).items() if value is not None}
    beside(warc).write_text(f"{key} {when} {json.dumps(told)}\n", "utf-8")


def merged(store: Store, folder: Path) -> tuple[list[str], list[str]]:
    """The lines of the index over all, and the warnings."""
    warnings: list[str] = []
    index.merge(store, folder, warnings.append)
    return (folder / "all.cdxj").read_text("utf-8").splitlines(), warnings


def test_each_portal_has_an_index_and_all_have_one(store: Store, folder: Path) -> None:
    keep(store, "hanam", (URL, 0), (URL, 3))
    keep(store, "moet", ("http://moet.gov.vn/", 1))
    lines, warnings = merged(store, folder)
    assert warnings == []
    assert lines == sorted(lines)
    assert [json.loads(line.split(" ", 2)[2])["filename"].split("/")[0] for line in lines] == ["hanam", "hanam", "moet"]
    assert [one.at for one in index.captures(folder / "hanam.cdxj", URL)] == [WHEN, WHEN + timedelta(seconds=3)]
    assert index.captures(folder / "moet.cdxj", URL) == []
    assert index.captures(folder / "none.cdxj", URL) == []


def test_more_files_than_may_be_open_are_merged_right(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "_OPEN_AT_ONCE", 3)
    expected = []
    for number in range(20):
        path = keep(store, "hanam", (f"http://hanam.gov.vn/{number % 7}", number))
        expected += [(line.split(" ")[0], line.split(" ")[1]) for line in beside(path).read_text("utf-8").splitlines()]
    lines, _ = merged(store, folder)
    assert [(line.split(" ")[0], line.split(" ")[1]) for line in lines] == sorted(expected)
    assert sorted(path.name for path in folder.iterdir()) == ["all.cdxj", "hanam.cdxj"]


def test_every_url_of_a_large_index_is_found(folder: Path) -> None:
    """Lookups jump into the file; lines that lie across the jumps, first and last lines are found too."""
    chance = random.Random(5)
    urls = sorted({f"http://hanam.gov.vn/{chance.randrange(10**9)}{'x' * chance.randrange(300)}" for _ in range(3000)})
    lines = sorted(
        f"{cdxj.surt(url)} 20261124011502 " + json.dumps({"url": url, "status": "200", "mime": "text/html"})
        for url in urls
    )
    path = folder / "large.cdxj"
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    assert path.stat().st_size > 10 * 65536
    assert all([one.url for one in index.captures(path, url)] == [url] for url in urls)
    assert index.captures(path, "http://hanam.gov.vn/none") == []
    assert index.captures(path, "http://a.vn/") == []
    assert index.captures(path, "http://zzz.zz/") == []


@pytest.mark.parametrize(
    "filename",
    [
        "../../../etc/passwd",
        "/etc/passwd",
        "../moet/other.warc.gz",
        "http://evil.example/x.warc.gz",
        "other.warc.gz",
        "",
        5,
    ],
)
def test_a_line_that_names_another_file_is_left_out(store: Store, folder: Path, filename: Any) -> None:
    warc = keep(store, "hanam", (URL, 0))
    change(warc, filename=filename)
    lines, warnings = merged(store, folder)
    assert lines == []
    assert len(warnings) == 1
    assert f"warc/hanam/{warc.name}.cdxj, line 1" in warnings[0]


@pytest.mark.parametrize(
    "fields",
    [
        {"offset": "-1"},
        {"offset": "999999999"},
        {"length": "1e9"},
        {"offset": None},
        {"offset": "9" * 5000},
        {"url": "file:///etc/passwd"},
        {"url": None},
        {"url": ["http://hanam.gov.vn/"]},
        {"url": "http://hanam.gov.vn/\ud800"},
    ],
)
def test_a_line_that_points_to_no_record_or_page_is_left_out(
    store: Store, folder: Path, fields: dict[str, Any]
) -> None:
    change(keep(store, "hanam", (URL, 0)), **fields)
    lines, warnings = merged(store, folder)
    assert (lines, len(warnings)) == ([], 1)


@pytest.mark.parametrize(
    "line", ["", "nothing", "key 20261124011502 {", "key 2026 {}", "key 20261124011502 []", "\x00\xff"]
)
def test_a_line_that_is_none_is_left_out(store: Store, folder: Path, line: str) -> None:
    warc = keep(store, "hanam", (URL, 0))
    good = beside(warc).read_text("utf-8")
    beside(warc).write_bytes(line.encode("latin-1") + b"\n" + good.encode())
    lines, warnings = merged(store, folder)
    assert (len(lines), len(warnings)) == (1, 1)


def test_fields_that_pywb_would_follow_are_not_taken_over(store: Store, folder: Path) -> None:
    """`load_url` would have it ask a live server, `orig.filename` open another file."""
    change(
        keep(store, "hanam", (URL, 0)),
        load_url="http://evil.example/",
        **{"orig.filename": "/etc/passwd"},
        is_live=True,
    )
    (line,), _ = merged(store, folder)
    assert set(json.loads(line.split(" ", 2)[2])) == {"url", "mime", "status", "digest", "length", "offset", "filename"}


def test_lines_out_of_order_are_left_out(store: Store, folder: Path) -> None:
    """A search in an index that is not sorted would find other pages' captures missing."""
    warc = keep(
        store, "hanam", ("http://hanam.gov.vn/a", 0), ("http://hanam.gov.vn/b", 1), ("http://hanam.gov.vn/c", 2)
    )
    first, second, third = beside(warc).read_text("utf-8").splitlines()
    beside(warc).write_text(f"{second}\n{first}\n{third}\n", "utf-8")
    lines, warnings = merged(store, folder)
    assert [line.split(" ")[0] for line in lines] == [second.split(" ")[0], third.split(" ")[0]]
    assert len(warnings) == 1


@pytest.mark.parametrize("what", ["warc", "index", "folder"])
def test_a_link_out_of_the_store_is_not_followed(store: Store, folder: Path, tmp_path: Path, what: str) -> None:
    outside = create_store(tmp_path / "outside")
    warc = keep(outside, "hanam", (URL, 0))
    inside = store.portal_warcs("hanam")
    inside.parent.mkdir(exist_ok=True)
    if what == "folder":
        inside.symlink_to(warc.parent)
    else:
        inside.mkdir()
        for path in (warc, beside(warc)):
            if (path == warc) == (what == "warc"):
                (inside / path.name).symlink_to(path)
            else:
                (inside / path.name).write_bytes(path.read_bytes())
    lines, warnings = merged(store, folder)
    assert lines == []
    assert len(warnings) == 1
    assert "leads out of the store" in warnings[0]


@pytest.mark.parametrize(
    "spoil", [lambda warc: beside(warc).unlink(), lambda warc: warc.rename(warc.with_name("a {x}*.warc.gz"))]
)
def test_what_is_left_out_is_said_and_the_rest_is_there(
    store: Store, folder: Path, spoil: Callable[[Path], Any]
) -> None:
    keep(store, "hanam", (URL, 0))
    spoil(keep(store, "moet", ("http://moet.gov.vn/", 1)))
    lines, warnings = merged(store, folder)
    assert len(lines) == 1
    assert len(warnings) == 1


def test_no_portal_takes_the_name_of_all(store: Store, folder: Path) -> None:
    keep(store, "all", (URL, 0))
    lines, warnings = merged(store, folder)
    assert (lines, len(warnings)) == ([], 1)
