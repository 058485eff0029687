"""The documents say what the code does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from archive.tables.schema import dictionary
from archive.tables.views import VIEWS
from crawler.portals.portal import Portal
from crawler.reference import reference
from crawler.schedule.keys import keys
from crawler.schedule.schedule import Schedule

ROOT = Path(__file__).parents[2]


def test_schema_is_the_codes() -> None:
    assert (ROOT / "docs/schema.md").read_text("utf-8") == dictionary(), (
        "python -m archive.tables.schema > docs/schema.md"
    )


def test_commands_are_the_codes() -> None:
    assert (ROOT / "docs/commands.md").read_text("utf-8") == reference(), (
        "python -m crawler.reference > docs/commands.md"
    )


def test_the_keys_of_schedules_are_the_codes() -> None:
    text = (ROOT / "docs/schedules.md").read_text("utf-8")
    assert keys() in text, "python -m crawler.schedule.keys"
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert Schedule.model_validate(tomllib.loads(example)).cron == "0 22 * * *"


def test_every_view_is_described() -> None:
    text = (ROOT / "docs/research.md").read_text("utf-8")
    for view in VIEWS:
        assert f"`{view}`" in text


def test_every_direct_dependency_has_its_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    text = (ROOT / "docs/dependencies.md").read_text("utf-8")
    named = [*project["project"]["dependencies"], *project["dependency-groups"]["build"]]
    named += [line for line in project["dependency-groups"]["dev"] if isinstance(line, str)]
    for line in named:
        name = re.split(r"[<>=!~ ]", line)[0]
        assert re.search(rf"\b{re.escape(name)}\b", text), name


def test_the_readmes_portal_is_a_good_one() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    portal = Portal.model_validate(tomllib.loads(example))
    assert portal.owns(portal.categories[0].url)
    assert len(example.splitlines()) <= 10


def test_links_between_documents_lead_somewhere() -> None:
    for file in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", file.read_text("utf-8")):
            if not target.startswith("http"):
                assert (file.parent / target).exists(), f"{file.name}: {target}"


def test_locks_name_no_index() -> None:
    for lock in (ROOT / "locks").iterdir():
        text = lock.read_text("utf-8")
        assert "://" not in text, lock.name
        if lock.suffix == ".txt":
            packages = re.findall(r"^[a-z0-9._-]+==", text, re.MULTILINE)
            assert len(packages) > 5
            assert len(re.findall(r"^    --hash=sha256:", text, re.MULTILINE)) >= len(packages)
