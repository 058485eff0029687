"""Nobody's server is asked by a crawler that does not say whom to write to."""

from __future__ import annotations

from pathlib import Path

from .conftest import luutru


def test_the_open_web_is_not_crawled_without_a_contact(tmp_path: Path) -> None:
    config = tmp_path / "luutru.toml"
    config.write_text('operator = "Kho"\n[connect]\n"khac.example:80" = "127.0.0.1:9"\n', "utf-8")
    done = luutru("crawl", "hanam-demo", "--store", str(tmp_path / "store"), "--config", str(config))
    assert done.returncode == 2
    assert "no contact to give to hanam.example" in done.stderr
    assert "contact = " in done.stderr
    assert not [*tmp_path.rglob("*.warc.gz*")], "nothing was asked"


def test_where_only_the_connect_map_leads_no_contact_is_wanted(tmp_path: Path) -> None:
    config = tmp_path / "luutru.toml"
    config.write_text('[connect]\n"*:80" = "127.0.0.1:9"\n', "utf-8")
    done = luutru("crawl", "hanam-demo", "--store", str(tmp_path / "store"), "--config", str(config))
    assert "no host of hanam-demo gave an answer" in done.stderr, done.stderr
