"""The texts are the ground truth of many tests: they must be whole, distinct and differ by night as declared."""

import struct
import tomllib
import unicodedata
from collections import Counter
from importlib.resources import files

from crawler.demo.addresses import CATEGORIES, text_of
from crawler.demo.site import listing_urls
from crawler.demo.static import static_files
from crawler.demo.texts import APPEARED, EDIT, EDITED, SEED, VANISHED, fold, load, on_night


def test_there_are_44_articles_42_and_43_of_them_online() -> None:
    texts = load()
    assert len(texts) == 44
    assert {text.category for text in texts} == {category.name for category in CATEGORIES}
    assert len(on_night(texts, 1)) == 42
    assert len(on_night(texts, 2)) == 43


def test_the_nights_differ_as_declared() -> None:
    one = {text.slug: text for text in on_night(load(), 1)}
    two = {text.slug: text for text in on_night(load(), 2)}
    assert one.keys() - two.keys() == {VANISHED}
    assert two.keys() - one.keys() == set(APPEARED)
    assert {slug for slug in one.keys() & two.keys() if one[slug] != two[slug]} == {EDITED}
    assert SEED not in {VANISHED, EDITED, *APPEARED}


def test_the_edit_changes_one_paragraph_and_nothing_else() -> None:
    before = text_of(EDITED)
    after = next(text for text in on_night(load(), 2) if text.slug == EDITED)
    changed = [pair for pair in zip(before.paragraphs, after.paragraphs, strict=True) if pair[0] != pair[1]]
    assert len(changed) == 1
    assert changed[0][0].replace(*EDIT) == changed[0][1]
    assert (before.title, before.lead, before.captions) == (after.title, after.lead, after.captions)


def test_no_two_articles_share_a_paragraph_a_title_or_an_image() -> None:
    paragraphs = Counter(paragraph for text in load() for paragraph in text.paragraphs)
    assert [paragraph for paragraph, count in paragraphs.items() if count > 1] == []
    assert len({text.title for text in load()}) == 44
    images = [picture.file.lower() for text in load() for picture in text.pictures]
    assert len(images) == len(set(images))


def test_the_seed_is_the_real_article() -> None:
    seed = text_of(SEED)
    assert (seed.published, seed.lead, seed.author, seed.source) == (None, None, None, None)
    assert seed.captions == (
        ("IMG_7698.jpg", "Toàn cảnh hội nghị", None),
        ("bt.jpg", "Bí thư Tỉnh ủy Lê Thị Thủy phát biểu khai mạc hội nghị", None),
        ("IMG_7703.jpg", "Chủ tịch UBND tỉnh Trương Quốc Huy tiếp thu ý kiến tại hội nghị", None),
        ("DSC08916.jpg", "Bí thư Tỉnh đoàn Trần Ngọc Nam phát biểu tiếp thu ý kiến tại hội nghị", None),
    )
    assert len(seed.paragraphs) == 9
    assert seed.paragraphs[0].startswith("Sáng ngày 17/11/2021, Tỉnh ủy Hà Nam tổ chức hội nghị đối thoại")
    assert seed.paragraphs[-1].endswith("vững mạnh cả về tư tưởng chính trị, tổ chức và hành động./.")


def test_paragraphs_are_folded_nfc_and_not_empty() -> None:
    for text in load():
        assert len(text.paragraphs) >= 4
        for paragraph in text.paragraphs:
            assert paragraph
            assert unicodedata.is_normalized("NFC", paragraph)
            assert "\n".join(map(fold, paragraph.split("\n"))) == paragraph


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """(width, height) from a JPEG's frame header."""
    at = 2
    while True:
        marker, length = struct.unpack(">HH", data[at : at + 4])
        if marker in (0xFFC0, 0xFFC2):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length


def test_every_file_is_there_and_is_what_its_name_says() -> None:
    total, seen = 0, set()
    for file in static_files().values():
        data = file.file.read_bytes()
        if file.path.endswith(".jpg"):
            total += len(data)
            assert data.startswith(b"\xff\xd8\xff")
            assert data.endswith(b"\xff\xd9")
            width, height = _jpeg_size(data)
            assert width >= 160
            assert height >= 100
            assert data not in seen
            seen.add(data)
        if file.path.endswith(".pdf"):
            assert data.startswith(b"%PDF-1.4")
            assert data.endswith(b"%%EOF\n")
    assert total < 1_300_000


def test_the_portal_file_names_the_listings() -> None:
    portal = tomllib.loads(files("crawler.portals").joinpath("hanam-demo.toml").read_text("utf-8"))
    assert {entry["path"][-1]: entry["url"] for entry in portal["categories"]} == dict(listing_urls())
