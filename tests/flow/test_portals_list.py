"""`luutru portals list`: what each file rests on, and how full the records of the last night are."""

from __future__ import annotations

import json
from typing import Any

import pytest


def test_last_nights_shares_are_those_of_its_rows(nights: Any) -> None:
    done = nights.run("portals", "list", "--json")
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    night = rows["hanam-demo"]["last_night"]
    (told,) = nights.rows(
        "SELECT count(*) AS articles, count(title) AS title, count(lead) AS lead, count(published_date) AS date "
        "FROM readings WHERE crawl = (SELECT crawl FROM crawls WHERE night = DATE '2026-11-24')"
    )
    (images,) = nights.rows(
        "SELECT count(*) AS images, count(i.caption) AS captions FROM (SELECT unnest(images) AS i FROM readings "
        "WHERE crawl = (SELECT crawl FROM crawls WHERE night = DATE '2026-11-24'))"
    )
    assert (night["night"], night["articles"]) == ("2026-11-24", told["articles"])
    for field in ("title", "lead", "date"):
        assert night[field] == pytest.approx(told[field] / told["articles"])
    assert night["captions"] == pytest.approx(images["captions"] / images["images"])
    assert (rows["hanam-demo"]["categories"], rows["hanam-demo"]["evidence"]) == (4, "template")
    assert rows["vpcp"]["last_night"] is None


def test_table_has_a_line_for_each_portal(nights: Any) -> None:
    head, *lines = nights.run("portals", "list").stdout.splitlines()
    assert head.split()[:3] == ["portal", "platform", "cat."]
    (line,) = (line for line in lines if line.startswith("hanam-demo "))
    assert " 100% " in line
    assert "2026-11-24" in line
    assert len(lines) == len({line.split()[0] for line in lines}) >= 14
