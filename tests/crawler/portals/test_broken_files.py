"""Portal files that cannot be used: the message has the file, the line to look at, and what to write there."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.errors import BrokenPortal, Misuse, UnknownPortal
from crawler import portals

GOOD = """\
title = "Cổng thông tin điện tử tỉnh"
hosts = ["tinh.example"]
platform = "sharepoint"

[[categories]]
path = ["Tin"]
url = "http://tinh.example/tin"

[[categories]]
path = ["Tin", "Y tế"]
url = "http://tinh.example/y-te"

[[layouts]]
until = 2025-07-01
body = "//div"

[[layouts]]
date = "//time"
title = "//h1"

[politeness]
delay = 2.0

[expect]
filled = { title = 1.0 }
"""


def refused(tmp_path: Path, text: str | bytes) -> str:
    """What is said of a portal file with this text; `FILE` stands for its path."""
    path = tmp_path / "tinh.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BrokenPortal) as caught:
        portals.read(path)
    assert caught.value.exit_code == 2
    return str(caught.value).replace(str(path), "FILE")


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


def test_the_file_that_these_are_made_of_is_good(tmp_path: Path) -> None:
    (tmp_path / "tinh.toml").write_text(GOOD, "utf-8")
    assert portals.read(tmp_path / "tinh.toml").name == "tinh"


_POLITE = "authority, concurrency, delay, hours, robots, timeout"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (changed('title = "Cổng', "title = Cổng"), 1),
        (changed("delay = 2.0", "delay = 2,0"), 22),
        (changed("[politeness]", "[politeness"), 21),
        (changed("[politeness]", "[expect]"), 24),  # the second [expect]
        (GOOD + "tags = [", 26),
        (GOOD + "\n[[layouts", 27),
    ],
)
def test_what_is_no_toml_is_refused_with_the_line(tmp_path: Path, text: str, line: int) -> None:
    said = refused(tmp_path, text)
    assert said.startswith(f"FILE, line {line}: not TOML: ")
    assert said.endswith("Correct that line")


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        (changed('hosts = ["tinh.example"]\n', ""), 1, "hosts"),
        (changed('title = "Cổng thông tin điện tử tỉnh"\n', ""), 1, "title"),  # not the title of a layout below
        (changed('url = "http://tinh.example/y-te"\n', ""), 9, "categories.1.url"),
        (changed('path = ["Tin"]\n', ""), 5, "categories.0.path"),
        (changed('platform = "sharepoint"', 'province = { then = "Hà Nam" }'), 3, "province.now"),
    ],
)
def test_missing_field_is_named_with_its_table_and_what_to_add(
    tmp_path: Path, text: str, line: int, field: str
) -> None:
    said = refused(tmp_path, text)
    name = field.split(".")[-1]
    assert said == f"FILE, line {line}: {field}: is missing. Add a line {name} = …"


@pytest.mark.parametrize(
    ("text", "line", "field", "known"),
    [
        (changed("platform =", "plattform ="), 3, "plattform", "platform"),
        (changed("[politeness]", "password = 'x'\n[politeness]"), 21, "layouts.1.password", "title"),
        (changed("y-te", 'y-te"\nlink = "x'), 12, "categories.1.link", "path, url"),
        (changed("until =", "before ="), 14, "layouts.0.before", "until"),
        (
            changed("delay = 2.0", "delay = 2.0\npause = 3"),
            23,
            "politeness.pause",
            _POLITE,
        ),
        (GOOD + "\n[login]\nuser = 'x'\n", 27, "login", "categories"),
    ],
)
def test_unknown_field_is_named_with_those_that_are_known(
    tmp_path: Path, text: str, line: int, field: str, known: str
) -> None:
    said = refused(tmp_path, text)
    assert said.startswith(f"FILE, line {line}: {field}: is no field that is known. Known here: ")
    assert known in said


@pytest.mark.parametrize(
    ("text", "line", "field", "word"),
    [
        (changed('"//h1"', '"//h1["'), 19, "layouts.1.title", "'//h1['"),
        (changed('"//div"', '["//p", "//div[@class=\'a]"]'), 15, "layouts.0.body", "//div[@class='a]"),
        (changed('"//h1"', '"tieu-de(//h1)"'), 19, "layouts.1.title", "tieu-de(//h1)"),
        (changed('"//h1"', '"//x:h1"'), 19, "layouts.1.title", "//x:h1"),
        (changed('"//h1"', '"div.tieu-de > h1"'), 19, "layouts.1.title", "as a CSS selector may"),
        (changed('["tinh.example"]', '["tinh example"]'), 2, "hosts", "no host name"),
        (changed('["tinh.example"]', '["http://tinh.example"]'), 2, "hosts", "without scheme, port and path"),
        (changed('["tinh.example"]', '["tinh.example:8080"]'), 2, "hosts", "without scheme, port and path"),
        (changed('["tinh.example"]', '["Tinh.example"]'), 2, "hosts", "lower case"),
        (changed('["tinh.example"]', '["tinh.example/vi"]'), 2, "hosts", "without scheme, port and path"),
        (changed('"sharepoint"', '"sharepiont"'), 3, "platform", "dnn, generic, kentico, liferay, "),
        (changed('"http://tinh.example/y-te"', '"tinh.example/y-te"'), 11, "categories.1.url", "begins with http://"),
        (changed('"http://tinh.example/y-te"', '"ftp://tinh.example/y-te"'), 11, "categories.1.url", "begins with http://"),
        (changed("[politeness]", "[tls]\naccept = ['any']\n[politeness]"), 22, "tls.accept.0", "'incomplete' or 'expired'"),
        (changed("delay = 2.0", "delay = -1.0"), 22, "politeness.delay", "greater than or equal to 0"),
        (changed("2025-07-01", '"bao giờ đó"'), 14, "layouts.0.until", "valid date"),
        (changed('platform =', 'level = "xã"\nplatform ='), 3, "level", "'commune'"),
        (changed("{ title = 1.0 }", "{ title = 1.5 }"), 25, "expect.filled.title", "less than or equal to 1"),
        (changed("{ title = 1.0 }", "{ published = 0.9 }"), 25, "expect.filled", "published_date"),
    ],
)  # fmt: skip
def test_value_that_cannot_be_is_refused_with_its_line_and_what_may_stand_there(
    tmp_path: Path, text: str, line: int, field: str, word: str
) -> None:
    said = refused(tmp_path, text)
    assert said.startswith(f"FILE, line {line}: {field}: ")
    assert word in said
    assert said.endswith("Correct the value")


def test_category_on_a_foreign_host_is_refused_with_both_named(tmp_path: Path) -> None:
    said = refused(tmp_path, changed("http://tinh.example/y-te", "http://khac.example/y-te"))
    assert said == (
        "FILE, line 11: categories.1.url: http://khac.example/y-te is on none of the portal's hosts: tinh.example. "
        "Correct the value"
    )


def test_file_that_is_no_utf8_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, GOOD.encode("utf-16")) == "FILE: not UTF-8 (byte 0). Save the file as UTF-8"


def test_file_whose_name_can_name_no_portal_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "Hà Nam.toml"
    path.write_text(GOOD, "utf-8")
    with pytest.raises(BrokenPortal, match=r"'Hà Nam' is no name\. Use lower-case letters"):
        portals.read(path)


def test_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenPortal, match=r"khong-co.toml cannot be read: .*Check its name"):
        portals.read(tmp_path / "khong-co.toml")


def test_unknown_portal_is_told_with_the_nearest_name_and_all_names() -> None:
    with pytest.raises(UnknownPortal, match=r"Did you mean dinhdoclap\? There are: .*dinhdoclap.*hanam"):
        portals.find("dinhdoclab")


def test_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="no folder of portal files"):
        portals.find("hanam", [tmp_path / "khong-co"])


@pytest.mark.parametrize(
    ("hours", "word"),
    [("22h", "is no window"), ("22:00-22:00", "opens and closes at once"), ("22:00-24:30", "is no window")],
)
def test_hours_that_are_none_are_refused_with_what_to_write(tmp_path: Path, hours: str, word: str) -> None:
    said = refused(tmp_path, changed("delay = 2.0", f'hours = "{hours}"'))
    assert said.startswith("FILE, line 22: politeness.hours: ")
    assert word in said
    assert 'Write the hours in which it may crawl, as "22:00-05:30"' in said
