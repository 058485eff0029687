"""`luutru audit` on stores that are in order, and on stores that someone changed: everything is found and named."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import util
from pathlib import Path
from typing import Any

import pytest

from archive.custody import manifest
from archive.custody.signing import new_key
from crawler.demo.server import DemoServer
from crawler.demo.site import Site
from crawler.demo.story import configuration


def _tampering() -> Any:
    path = Path(__file__).parents[1] / "archive/audit/tampering.py"
    spec = util.spec_from_file_location("tampering", path)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tampering = _tampering()


@dataclass
class Signed:
    """A signed store of the demo portal's two nights."""

    store: Path
    folder: Path
    public: str

    def audit(self, *words: str | Path, store: Path | None = None) -> dict[str, Any]:
        """What `luutru audit --json` tells."""
        command = [
            sys.executable,
            "-m",
            "crawler.cli",
            "audit",
            "--store",
            str(store or self.store),
            "--json",
            "--jobs",
            "1",
        ]
        done = subprocess.run([*command, *map(str, words)], capture_output=True, text=True, timeout=120, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        assert done.returncode == (1 if told["findings"] else 0), done.stderr
        return told


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Signed:
    folder = tmp_path_factory.mktemp("signed")
    key = new_key(folder / "key.pem")
    site = Site(night=1)
    store = folder / "store"
    with DemoServer(site) as server:
        config = folder / "luutru.toml"
        config.write_text(f'signing_key = "{folder / "key.pem"}"\n{configuration(server.port)}', "utf-8")
        for number, night in enumerate(("2026-11-23", "2026-11-24"), 1):
            site.night = number
            words = ["crawl", "hanam-demo", "--night", night, "--store", str(store), "--config", str(config)]
            done = subprocess.run(
                [sys.executable, "-m", "crawler.cli", *words], capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
    return Signed(store, folder, key.public)


@pytest.fixture
def copy(signed: Signed, tmp_path: Path) -> Path:
    """A copy of the store, to be changed."""
    return Path(shutil.copytree(signed.store, tmp_path / "store"))


def test_a_store_in_order_has_no_finding(signed: Signed) -> None:
    told = signed.audit("--trust", signed.public)
    assert told["findings"] == []
    assert told["level"] == "signed (own clock)"
    assert told["checked"]["articles_read"] == 85
    assert told["checked"]["not_rerun"] == 0
    assert told["checked"]["captures_read"] > 200


def test_the_store_is_not_written_to(signed: Signed) -> None:
    before = {path: tampering.digest(path) for path in signed.store.rglob("*") if path.is_file()}
    signed.audit()
    assert before == {path: tampering.digest(path) for path in signed.store.rglob("*") if path.is_file()}


@pytest.mark.parametrize("what", tampering.RECORDS)
def test_what_was_done_to_a_record_is_found_and_named(signed: Signed, copy: Path, what: str) -> None:
    change, kind = tampering.RECORDS[what]
    path = tampering.first_warc(copy)
    offset = change(path)
    told = signed.audit("--no-reading", store=copy)
    name = path.relative_to(copy).as_posix()
    assert (kind, name, offset) in _places(told)
    others = {one["kind"] for one in told["findings"] if one["file"] == name}
    assert others <= {kind, "capture", "digest", "revisit", "order"} - ({"lost"} if kind != "lost" else set()), told[
        "findings"
    ]


def test_a_ledger_rebuilt_for_a_changed_record_is_not_the_manifests(signed: Signed, copy: Path) -> None:
    path = tampering.first_warc(copy)
    tampering.change_payload(path)
    tampering.rebuild_ledger(path)
    assert ("ledger", path.relative_to(copy).as_posix()) in _kinds(signed.audit("--no-reading", store=copy))


def test_a_changed_line_of_an_index_is_found(signed: Signed, copy: Path) -> None:
    path = min((copy / "warc").rglob("*.cdxj"))
    lines = path.read_text("utf-8").splitlines(keepends=True)
    offset = len("".join(lines[:3]).encode())
    lines[3] = lines[3].replace('"status":"200"', '"status":"404"')
    path.write_text("".join(lines), "utf-8")
    told = signed.audit("--no-reading", store=copy)
    assert ("index", path.relative_to(copy).as_posix(), offset) in _places(told)


def test_a_changed_value_in_a_parquet_file_is_found_and_the_field_named(signed: Signed, copy: Path) -> None:
    tampering.rewrite_parquet(copy, "articles", "title", "Một nhan đề khác")
    told = signed.audit(store=copy)
    assert ("table", "tables/articles") in _kinds(told)
    (reading,) = [one for one in told["findings"] if one["kind"] == "reading"]
    assert reading["message"].endswith("title")
    assert reading["file"].endswith(".warc.gz")
    assert reading["offset"] is not None


@pytest.mark.parametrize("name", ["captures", "articles", "events"])
def test_a_deleted_row_is_found(signed: Signed, copy: Path, name: str) -> None:
    tampering.delete_row(copy, name)
    told = signed.audit("--no-reading", store=copy)
    assert ("table", f"tables/{name}") in _kinds(told)


def test_an_edited_manifest_is_found(signed: Signed, copy: Path) -> None:
    path = copy / "manifests/00000001.json"
    path.write_text(path.read_text("utf-8").replace("hanam-demo", "hanam-dem0", 1), "utf-8")
    kinds = _kinds(signed.audit("--no-reading", store=copy))
    assert {("signature", "manifests/00000001.json"), ("chain", "manifests/00000002.json")} <= kinds


def test_everything_rebuilt_under_another_key_is_found_by_who_trusts_the_first(
    signed: Signed, copy: Path, tmp_path: Path
) -> None:
    path = tampering.first_warc(copy)
    tampering.change_date(path)
    tampering.rebuild_ledger(path)
    tampering.rebuild_chain(copy, tmp_path / "other.pem")
    told = signed.audit("--no-reading", "--trust", signed.public, store=copy)
    assert ("trust", "manifests") in _kinds(told)
    assert told["level"] == "unsigned"
    without = signed.audit("--no-reading", store=copy)
    assert any("whose the signing key is" in line for line in without["cannot_prove"])


def test_a_crawl_removed_from_the_middle_is_found(signed: Signed, copy: Path) -> None:
    tampering.remove_crawl(copy, 1)
    for path in (copy / "manifests").glob("00000001.*"):
        path.unlink()
    assert ("chain", "manifests/00000002.json") in _kinds(signed.audit("--no-reading", store=copy))


def test_the_newest_crawl_removed_is_found_by_who_knows_the_head(signed: Signed, copy: Path) -> None:
    """The key's holder drops it and signs what is left: without an anchor nothing shows it, and the audit says so."""
    head = signed.audit("--no-reading")["head"]
    removed = tampering.remove_crawl(copy, 2)
    tampering.rebuild_chain(copy, signed.folder / "key.pem", removed)
    (copy / "logs").exists()
    without = signed.audit("--no-reading", "--trust", signed.public, store=copy)
    assert without["findings"] == []
    assert any("did not drop the newest crawls" in line for line in without["cannot_prove"])
    told = signed.audit("--no-reading", "--head", head, store=copy)
    assert ("head", "manifests") in _kinds(told)


def test_a_head_that_was_published_earlier_anchors_what_came_before(signed: Signed) -> None:
    first = manifest.read(signed.store / "manifests", 1).hash
    told = signed.audit("--no-reading", "--head", first, "--trust", signed.public)
    assert told["level"] == "anchored"
    assert any("manifest 1; 1 manifests came after it" in note for note in told["notes"])


def test_a_crawl_removed_from_the_tables_alone_is_found(signed: Signed, copy: Path) -> None:
    from deltalake import DeltaTable

    rows = DeltaTable(str(copy / "tables/crawls")).to_pyarrow_table()
    tampering.overwrite(copy, "crawls", rows.slice(0, 1))
    kinds = {kind for kind, _ in _kinds(signed.audit("--no-reading", store=copy))}
    assert "crawl" in kinds


def test_links_and_names_that_lead_out_are_found_and_not_followed(signed: Signed, copy: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.warc.gz"
    secret.write_bytes(b"\x1f\x8bnot ours")
    (copy / "warc/hanam-demo/x.warc.gz").symlink_to(secret)
    told = signed.audit("--no-reading", store=copy)
    assert ("link", "warc/hanam-demo/x.warc.gz") in _kinds(told)
    path = copy / "manifests/00000001.json"
    path.write_text(path.read_text("utf-8").replace('"name": "hanam-demo/', '"name": "../../etc/', 1), "utf-8")
    assert ("name", "manifests/00000001.json") in _kinds(signed.audit("--no-reading", store=copy))


def test_nested_json_and_a_bomb_are_findings(signed: Signed, copy: Path) -> None:
    import zlib

    (copy / "manifests/00000002.json").write_bytes(b"[" * 200_000)
    path = tampering.first_warc(copy)
    machine = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 10\r\n\r\n"
    bomb = machine.compress(head) + b"".join(machine.compress(bytes(1 << 20)) for _ in range(300)) + machine.flush()
    with path.open("ab") as file:
        file.write(bomb)
    told = signed.audit("--no-reading", store=copy)
    assert ("manifest", "manifests/00000002.json") in _kinds(told)
    assert ("damaged", path.relative_to(copy).as_posix()) in _kinds(told)


@pytest.mark.parametrize(
    "words", [("--crawl", "none"), ("--file", "none.warc.gz"), ("--head", "abc"), ("--article", "none")]
)
def test_what_the_store_does_not_have_is_misuse(
    signed: Signed, luutru: Callable[..., Any], words: tuple[str, str]
) -> None:
    done = luutru("audit", "--store", str(signed.store), *words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_sample_is_drawn_again_by_its_seed(signed: Signed) -> None:
    told = signed.audit("--sample", "20", "--seed", "7")
    assert told["findings"] == []
    assert (told["checked"]["records"], told["checked"]["seed"]) == (20, 7)


def test_one_article_one_file_and_one_crawl_can_be_audited(signed: Signed) -> None:
    from archive.store import open_store
    from archive.tables.views import ask

    row = ask(open_store(signed.store), "SELECT article_id, url, crawl, warc_filename FROM readings LIMIT 1")[0]
    for words in (
        ("--article", row["url"]),
        ("--file", row["warc_filename"]),
        ("--crawl", row["crawl"]),
        ("--portal", "hanam-demo"),
    ):
        told = signed.audit(*words)
        assert told["findings"] == [], words
        assert told["checked"]["articles_read"] >= 1


def test_the_report_says_it_in_words_and_escapes_the_store(signed: Signed, copy: Path, tmp_path: Path) -> None:
    path = copy / "manifests/00000001.json"
    path.write_text(
        path.read_text("utf-8").replace('"name": "hanam-demo/', '"name": "<script>alert(1)</script>/', 1), "utf-8"
    )
    (copy / "warc/hanam-demo/<b>x.warc.gz").write_bytes(b"")
    signed.audit("--no-reading", "--report", tmp_path / "report.html", store=copy)
    text = (tmp_path / "report.html").read_text("utf-8")
    assert "<script" not in text
    assert "<b>x" not in text
    assert "&lt;b&gt;x.warc.gz" in text
    assert "Những gì không chứng minh được" in text
    assert "src=" not in text
    assert "href=" not in text


@pytest.mark.soak
@pytest.mark.parametrize("round_", range(100))
def test_a_store_in_order_has_no_finding_in_a_hundred_rounds(signed: Signed, round_: int) -> None:
    assert signed.audit("--trust", signed.public)["findings"] == [], round_


def _kinds(told: dict[str, Any]) -> set[tuple[str, str]]:
    return {(one["kind"], one["file"]) for one in told["findings"]}


def _places(told: dict[str, Any]) -> set[tuple[str, str, int | None]]:
    return {(one["kind"], one["file"], one["offset"]) for one in told["findings"]}


def test_the_document_has_every_kind() -> None:
    from archive.audit.finding import KINDS
    from archive.audit.words import CHECKS, KINDS_VI

    text = (Path(__file__).parents[2] / "docs/audit.md").read_text("utf-8")
    for kind, meaning in KINDS.items():
        assert f"| `{kind}` | {meaning} |" in text
    assert KINDS.keys() == KINDS_VI.keys() == {kind for kinds, *_ in CHECKS for kind in kinds}
