"""What robots.txt refuses is asked for only by somebody's word, and that word is on record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive.errors import BrokenConfiguration, BrokenPortal
from crawler import config, portals

from .hostile_crawl import PORTAL, article, crawl, listing
from .wild import Wild, page, says

RULES = says(
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 33\r\n\r\nUser-agent: *\nDisallow: /Pages/\n\n"
)
SCRIPT = {"/robots.txt": RULES, "/tin": listing(["/Pages/1.aspx"]), "/Pages/1.aspx": says(page(article("một")))}
WORD = "Quyết định 12/QĐ-LTNN"


@pytest.mark.parametrize("overrides", [False, True])
def test_an_override_asks_and_says_by_whose_word(tmp_path: Path, overrides: bool) -> None:
    told = f'robots = "override"\nauthority = "{WORD}"\n' if overrides else ""
    with Wild(SCRIPT) as server:
        left = crawl(tmp_path, {"thu.example:80": server.port}, told)
    policy = f"override: {WORD}" if overrides else "obey"
    assert len(server.of("/robots.txt")) == 1, "its rules are on record all the same"
    assert len(server.of("/Pages/1.aspx")) == overrides
    assert left.row["robots_policy"] == policy
    manifests = sorted((left.store / "manifests").glob("*.json"))
    assert json.loads(manifests[-1].read_text("utf-8"))["robots_policy"] == policy


def test_an_override_that_nobody_answers_for_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "luutru.toml"
    file.write_text('operator = "Kho"\nrobots = "override"\n', "utf-8")
    with pytest.raises(BrokenConfiguration, match=r"line 2: robots: .*authority"):
        config.read(file)
    told = PORTAL.format(hosts="", scheme="http", concurrency=1, timeout=3, delay=0.0) + 'robots = "override"\n'
    (tmp_path / "thu.toml").write_text(told, "utf-8")
    line = told.splitlines().index('robots = "override"') + 1
    with pytest.raises(BrokenPortal, match=f"line {line}: politeness.robots: .*authority"):
        portals.read(tmp_path / "thu.toml")
