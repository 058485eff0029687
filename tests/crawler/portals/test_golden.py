"""Every portal file has a golden, a person has looked at it, and it is read today as it was then."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

from archive.errors import BrokenGolden
from archive.warc.reader import exchanges
from crawler import golden, portals
from crawler.extract.page import Page, is_html
from crawler.platforms import recognise

GOLDENS = Path(__file__).parents[2] / "golden"
NAMES = sorted(portals.paths())


@pytest.mark.parametrize("name", NAMES)
def test_portal_is_read_as_a_person_has_seen_it(name: str) -> None:
    found = golden.check(portals.find(name), GOLDENS)
    assert found.differences == (), "\n".join(found.differences)
    assert found.looked_at is not None, f"look at the record, then: luutru portals golden {name} --looked NAME"
    assert (GOLDENS / name / golden.PAGES).stat().st_size < 60_000
    readings = golden.read(name, GOLDENS)["readings"]
    assert {one["verdict"] for one in readings} == {"article", "listing"}


def test_there_is_no_golden_without_a_portal_file() -> None:
    assert golden.names(GOLDENS) == NAMES


@pytest.fixture(scope="module")
def own() -> ModuleType:
    sys.path.insert(0, str(GOLDENS))
    try:
        import own_pages
    finally:
        sys.path.remove(str(GOLDENS))
    return own_pages


@pytest.mark.parametrize("name", [each for each in NAMES if each != "hanam-demo"])
def test_record_of_pages_of_our_own_says_what_was_written_and_no_more(own: ModuleType, name: str) -> None:
    record = golden.read(name, GOLDENS)
    assert record["pages"] == "our own, in the platform's markup"
    said = {one["title"]: one for one in record["readings"] if one["verdict"] == "article"}
    written = own._FAMILIES[name][0]
    assert said.keys() == {text.title for text in written}
    for text in written:
        one = said[text.title]
        pictures = [part for part in text.body if isinstance(part, own.Picture)]
        assert one["lead"] == (text.lead or None)
        assert one["body"] == [part for part in text.body if isinstance(part, str)]
        assert [image["caption"] for image in one["images"]] == [picture.caption for picture in pictures]
        assert (one["author"] or "", one["source"] or "") == (text.author, text.source)
        assert one["tags"] == list(text.tags)
        assert len(one["attachments"]) == len(text.files)
        assert (one["published"] is not None) == (bool(text.date) or name == "namdinh")


def copied(folder: Path, name: str = "vpcp") -> Path:
    shutil.copytree(GOLDENS / name, folder / name)
    return folder / name / golden.RECORD


def test_golden_that_nobody_has_looked_at_is_not_good(tmp_path: Path) -> None:
    record = copied(tmp_path)
    record.write_text(json.dumps(json.loads(record.read_text("utf-8")) | {"looked_at": None}), "utf-8")
    found = golden.check(portals.find("vpcp"), tmp_path)
    assert (found.good, found.differences) == (False, ())
    assert golden.looked(portals.find("vpcp"), tmp_path, "Lê Thị Tư").good
    assert golden.read("vpcp", tmp_path)["looked_at"]["by"] == "Lê Thị Tư"


def test_difference_is_told_by_page_and_field_and_not_marked_as_looked_at(tmp_path: Path) -> None:
    record = copied(tmp_path)
    text = record.read_text("utf-8")
    assert text.count('"Bờ sông Lau cuối tháng 11"') == 1
    record.write_text(text.replace("Bờ sông Lau cuối tháng 11", "Bờ sông khác"), "utf-8")
    found = golden.looked(portals.find("vpcp"), tmp_path, "Lê Thị Tư")
    assert not found.good
    page, *lines = found.differences
    assert page.endswith("-115261121080500123.htm: images")
    assert [line[0] for line in lines] == ["-", "+"]
    assert "Bờ sông khác" in lines[0]
    assert "Bờ sông Lau cuối tháng 11" in lines[1]
    assert golden.read("vpcp", tmp_path)["looked_at"]["by"] != "Lê Thị Tư"


def test_renewed_record_has_to_be_looked_at_again(tmp_path: Path) -> None:
    record = copied(tmp_path)
    record.write_text(record.read_text("utf-8").replace("Bờ sông Lau cuối tháng 11", "Bờ sông khác"), "utf-8")
    golden.renew(portals.find("vpcp"), tmp_path)
    found = golden.check(portals.find("vpcp"), tmp_path)
    assert (found.differences, found.looked_at) == ((), None)


def test_golden_that_is_not_there_or_does_not_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(BrokenGolden, match="no golden of vpcp"):
        golden.check(portals.find("vpcp"), tmp_path)
    copied(tmp_path).write_text("{", "utf-8")
    with pytest.raises(BrokenGolden, match="does not read"):
        golden.check(portals.find("vpcp"), tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_platform_is_recognised_by_the_pages_alone(name: str) -> None:
    found = portals.find(name)
    captures = [stored.capture() for stored in exchanges(GOLDENS / name / golden.PAGES)]
    pages = [Page(capture) for capture in captures if capture is not None and is_html(capture)]
    told = [recognise(page)[0].name for page in pages]
    assert len(told) >= 2
    assert set(told) == {found.platform}
