"""Releases as their readers meet them: whole, checkable, the same everywhere, and read alike by other people's tools."""

from __future__ import annotations

import csv
import filecmp
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from archive.store import open_store
from archive.tables.delta import append
from archive.tables.rows import table
from archive.tables.schema import CAPTURES
from archive.tables.views import ask
from crawler.demo.texts import SEED

ROOT = Path(__file__).parents[2]
RIGHTS = 'Public information of state bodies: reuse with the source named – "nguồn": hanam.gov.vn'
TABLES = ["articles", "versions", "images", "attachments", "events", "captures", "listings", "gaps", "crawls"]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("config") / "luutru.toml"
    file.write_text(f"archive = 'archive.example.org'\nrights = '{RIGHTS}'\n", "utf-8")
    return file


def luutru(*words: str | Path, store: Path, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crawler.cli", *map(str, words), "--store", str(store)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=env, cwd=cwd)


def export(to: Path, store: Path, config: Path, *words: str | Path, **environment: str) -> dict[str, Any]:
    done = luutru("export", "--to", to, "--config", config, "--json", *words, store=store, **environment)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def assert_same(one: Path, other: Path) -> None:
    names = files_in(one)
    assert names == files_in(other)
    _, different, wrong = filecmp.cmpfiles(one, other, names, shallow=False)
    assert (different, wrong) == ([], [])


@pytest.fixture(scope="module")
def release(nights: Any, config: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The newest snapshot's, with files."""
    to: Path = tmp_path_factory.mktemp("releases") / "release"
    export(to, nights.store, config, "--with-files")
    return to


@pytest.fixture
def copy(nights: Any, tmp_path: Path) -> Path:
    """A store that a test may change."""
    return Path(shutil.copytree(nights.store, tmp_path / "copy"))


def test_the_tables_have_what_the_views_have(nights: Any, release: Path) -> None:
    for name in TABLES:
        (count,) = nights.rows(f"SELECT count(*) AS n FROM {name}")
        read = pq.read_table(release / f"data/{name}.parquet")
        assert read.num_rows == count["n"], name
        shown = nights.rows(f"SELECT * FROM {name} LIMIT 1")[0]
        assert set(read.column_names) == set(shown), name
    articles = pq.read_table(release / "data/articles.parquet")
    expected = nights.rows("SELECT * FROM articles ORDER BY fetch_time, article_id")
    assert articles.to_pylist() == expected
    assert articles.schema.field("fetch_time").type == pa.timestamp("us", tz="UTC")
    metadata = pq.ParquetFile(release / "data/articles.parquet").metadata
    assert re.fullmatch(rb"\d{8}T\d{6}Z-[0-9a-f]{6}", metadata.metadata[b"luutru.snapshot_id"])
    assert metadata.row_group(0).column(0).has_column_index


def test_sha256sum_accepts_it_and_names_every_file(release: Path) -> None:
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=release, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    lines = (release / "SHA256SUMS").read_text("utf-8").splitlines()
    assert sorted(line.split("  ")[1] for line in lines) == sorted(set(files_in(release)) - {"SHA256SUMS"})
    manifest = json.loads((release / "manifest.json").read_text("utf-8"))
    assert sorted(one["file"] for one in manifest["files"]) == sorted(
        set(files_in(release)) - {"SHA256SUMS", "manifest.json"}
    )
    for one in manifest["files"]:
        data = (release / one["file"]).read_bytes()
        assert (one["bytes"], one["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
        if one["file"].endswith(".parquet"):
            assert one["rows"] == pq.read_metadata(release / one["file"]).num_rows
    assert manifest["rights"] == RIGHTS


def test_files_lie_under_their_digests_revisited_ones_too(nights: Any, release: Path) -> None:
    wanted = nights.rows(
        "SELECT DISTINCT content_digest AS d FROM (SELECT content_digest FROM images UNION ALL "
        "SELECT content_digest FROM attachments) WHERE content_digest IS NOT NULL"
    )
    rows = pq.read_table(release / "data/files.parquet").to_pylist()
    assert [row["content_digest"] for row in rows] == sorted(row["d"] for row in wanted)
    assert {row["path"] for row in rows} == {name for name in files_in(release) if name.startswith("files/")}
    for row in rows:
        assert re.fullmatch(r"files/[0-9a-f]{2}/[0-9a-f]{64}\.(jpg|png|pdf)", row["path"])
        data = (release / row["path"]).read_bytes()
        assert (row["content_digest"], row["bytes"]) == ("sha256:" + hashlib.sha256(data).hexdigest(), len(data))
        assert data.startswith((b"\xff\xd8", b"\x89PNG", b"%PDF")), row["path"]


def test_the_dictionaries_are_the_columns(release: Path) -> None:
    package = json.loads((release / "datapackage.json").read_text("utf-8"))
    with (release / "dictionary.csv").open(encoding="utf-8", newline="") as file:
        told = list(csv.DictReader(file))
    text = (release / "DICTIONARY.md").read_text("utf-8")
    kinds = {"string": "string", "int64": "integer", "int32": "integer", "bool": "boolean", "double": "number"}
    kinds |= {"date32[day]": "date", "timestamp[us, tz=UTC]": "datetime"}
    assert [one["name"] for one in package["resources"]] == [*TABLES, "files"]
    for resource in package["resources"]:
        path = release / resource["path"]
        schema = pq.read_schema(path)
        fields = resource["schema"]["fields"]
        assert [one["name"] for one in fields] == schema.names
        nested = ["object" if pa.types.is_struct(field.type) else "array" for field in schema]
        told_types = [kinds.get(str(field.type), other) for field, other in zip(schema, nested, strict=True)]
        assert [one["type"] for one in fields] == told_types
        assert all(one["description"] for one in fields)
        own = [row for row in told if row["table"] == resource["name"]]
        assert [(row["column"], row["type"]) for row in own] == [
            (f.name, str(f.type).replace("<element:", "<item:")) for f in schema
        ]
        assert resource["bytes"] == path.stat().st_size
        assert resource["hash"] == "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
        assert f"## {resource['path']}" in text
    assert package["licenses"] == [{"path": "LICENSE", "title": RIGHTS}]
    assert {"title": "hanam-demo", "path": "http://hanam.example/"} in package["sources"]
    assert package["created"] == json.loads((release / "manifest.json").read_text("utf-8"))["committed_at"]


def test_the_cards_head_is_yaml_that_names_every_table(release: Path) -> None:
    text = (release / "README.md").read_text("utf-8")
    _, head, body = text.split("---\n", 2)
    card = yaml_of(head)
    assert card["language"] == ["vi"]
    assert (card["license"], card["license_name"], card["license_link"]) == ("other", "as-stated", "LICENSE")
    assert card["size_categories"] == ["n<1K"]
    assert card["pretty_name"].startswith("News of Vietnamese government portals, snapshot 2")
    paths = {one["config_name"]: one["data_files"][0]["path"] for one in card["configs"]}
    assert list(paths) == [*TABLES, "files"]
    assert all((release / path).is_file() for path in paths.values())
    assert RIGHTS in body
    assert (release / "LICENSE").read_text("utf-8") == RIGHTS + "\n"
    for target in re.findall(r"\]\(([^)]+)\)", body):
        assert (release / target).exists(), target


def yaml_of(text: str) -> Any:
    """What a YAML parser makes of it; pre-commit, which is among our tools, brings one."""
    code = "import sys, json, yaml; print(json.dumps(yaml.safe_load(sys.stdin.read())))"
    done = subprocess.run([sys.executable, "-c", code], input=text, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("zone", "seed", "locale"),
    [("UTC", "1", "C"), ("Asia/Ho_Chi_Minh", "2", "C.UTF-8"), ("America/St_Johns", "3", "C")],
)
def test_it_is_the_same_wherever_it_is_written(
    nights: Any, release: Path, config: Path, tmp_path: Path, zone: str, seed: str, locale: str
) -> None:
    again = tmp_path / "again"
    environment = {"TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": locale, "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "crawler.cli", "export", "--to", "again", "--config", str(config), "--with-files"]
    command += ["--store", os.path.relpath(nights.store, tmp_path)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert_same(release, again)


def test_a_snapshots_release_is_the_same_after_another_and_after_compaction(
    ground: Any, config: Path, tmp_path: Path
) -> None:
    ground.crawl("--night", "2026-11-23")
    (first,) = (row["snapshot_id"] for row in ground.rows("SELECT snapshot_id FROM snapshots"))
    one = tmp_path / "one"
    assert export(one, ground.store, config)["snapshot_id"] == first
    ground.site.night = 2
    ground.crawl("--night", "2026-11-24")
    export(tmp_path / "two", ground.store, config, "--snapshot", first)
    assert_same(one, tmp_path / "two")
    (pinned,) = json.loads((ground.store / "tables/releases.json").read_text("utf-8"))["releases"]
    assert (pinned["snapshot_id"], pinned["tables"]["captures"]) == (first, 0)
    done = ground.run("compact", "--older-than", "0")
    assert done.returncode == 0, done.stderr
    export(tmp_path / "three", ground.store, config, "--snapshot", first)
    assert_same(one, tmp_path / "three")
    (ground.store / "tables/releases.json").unlink()
    freed = ground.run("compact", "--older-than", "0")
    assert re.search(r"^\d+\.\d kB freed$", freed.stderr.splitlines()[-1]), freed.stderr
    export(tmp_path / "four", ground.store, config, "--snapshot", first)
    assert_same(one, tmp_path / "four")
    newest = export(tmp_path / "five", ground.store, config)
    assert newest["rows"]["crawls"] == 2


QUESTIONS = """
import json, os, sys, time
folder = sys.argv[1]
try:
    import archive
except ImportError:
    pass
else:
    sys.exit("ours can be imported")
import duckdb, pandas, polars
import pyarrow.parquet as pq
a, c = f"{folder}/data/articles.parquet", f"{folder}/data/captures.parquet"
frame = pandas.read_parquet(a)
days = frame.dropna(subset=["published_date"]).groupby(frame["published_date"].map(str)).size()
by = {"pandas": {k: int(v) for k, v in days.items()}}
caught = pandas.read_parquet(c)
utc = {"pandas": {k: int(v) for k, v in caught.groupby(caught["fetch_time"].dt.strftime("%Y-%m-%d")).size().items()}}
f = polars.read_parquet(a).drop_nulls("published_date").group_by("published_date").len()
by["polars"] = {str(k): v for k, v in f.iter_rows()}
f = polars.read_parquet(c).group_by(polars.col("fetch_time").dt.date()).len()
utc["polars"] = {str(k): v for k, v in f.iter_rows()}
rows = duckdb.sql(f"SELECT published_date::VARCHAR, count(*) FROM '{a}' WHERE published_date IS NOT NULL GROUP BY 1")
by["duckdb"] = dict(rows.fetchall())
rows = duckdb.sql(f"SELECT (fetch_time AT TIME ZONE 'UTC')::DATE::VARCHAR, count(*) FROM '{c}' GROUP BY 1")
utc["duckdb"] = dict(rows.fetchall())
table = pq.read_table(a)
nested = table["images"].combine_chunks().flatten()
print(json.dumps({"by": by, "utc": utc, "articles": table.num_rows, "images": len(nested), "zone": time.tzname[0]}))
"""


@pytest.mark.parametrize("zone", ["UTC", "Asia/Ho_Chi_Minh"])
def test_other_peoples_tools_count_the_same_days(nights: Any, release: Path, tmp_path: Path, zone: str) -> None:
    python = ROOT / ".envs/pandas/bin/python"
    assert python.exists(), "make pandas"
    moved = shutil.copytree(release, tmp_path / "moved")
    env = {"PATH": os.environ["PATH"], "TZ": zone}
    done = subprocess.run(
        [str(python), "-I", "-c", QUESTIONS, str(moved)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=env,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["zone"] == ("UTC" if zone == "UTC" else "+07")
    sql = "SELECT published_date AS day, count(*) AS n FROM articles WHERE published_date IS NOT NULL GROUP BY 1"
    days = {row["day"].isoformat(): row["n"] for row in nights.rows(sql)}
    assert len(days) > 5
    assert told["by"] == {"pandas": days, "polars": days, "duckdb": days}
    utc: dict[str, int] = {}
    for row in nights.rows("SELECT fetch_time FROM captures"):
        day = row["fetch_time"].date().isoformat()
        utc[day] = utc.get(day, 0) + 1
    assert told["utc"] == {"pandas": utc, "polars": utc, "duckdb": utc}
    assert (told["articles"], told["images"]) == tuple(
        nights.rows(f"SELECT count(*) AS n FROM {name}")[0]["n"] for name in ("articles", "images")
    )


def test_it_is_refused_without_rights_and_where_something_is(nights: Any, config: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.toml"
    bare.write_text("rights = '  '\n")
    done = luutru("export", "--to", tmp_path / "x", "--config", bare, store=nights.store)
    assert done.returncode == 2
    assert "states its rights, and none are told. Say in luutru.toml" in done.stderr
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine").write_text("mine")
    for words, said in (
        (("--to", full), "is not empty"),
        (("--to", tmp_path / "x", "--portal", "../hanam-demo"), "has nothing of ../hanam-demo"),
        (("--to", tmp_path / "x", "--since", "yesterday"), "'yesterday' is no day"),
        (("--to", tmp_path / "x", "--snapshot", "2020-01-01"), "no snapshot of 2020-01-01 or before"),
    ):
        wrong = luutru("export", *words, "--config", config, store=nights.store)
        assert (wrong.returncode, len(wrong.stderr.splitlines())) == (2, 1), wrong.stderr
        assert said in wrong.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bare.toml", "full"]


def test_portal_and_since_filter_every_table(nights: Any, config: Path, copy: Path, tmp_path: Path) -> None:
    store = open_store(copy)
    (crawl,) = ask(store, "SELECT * FROM crawls ORDER BY committed_at LIMIT 1")
    old = "2020-02-01T16:59:59.000000Z"  # the last second of a day in Vietnam
    new = "2020-02-01T17:00:00.000000Z"
    own = {"snapshot_id": crawl["snapshot_id"], "crawl": crawl["crawl"], "portal": "hanam-demo", "kind": "robots"}
    rows = [
        own | {"record_id": f"urn:{n}", "fetch_time": when, "month": "2020-02"} for n, when in enumerate((old, new))
    ]
    append(store, CAPTURES, table(rows, CAPTURES.schema), {})
    whole = export(tmp_path / "whole", copy, config, "--portal", "hanam-demo")["rows"]
    assert whole == export(tmp_path / "all", copy, config)["rows"]
    assert export(tmp_path / "from", copy, config, "--since", "2020-02-02")["rows"]["captures"] == whole["captures"] - 1
    assert export(tmp_path / "with", copy, config, "--since", "2020-02-01")["rows"] == whole
    none = export(tmp_path / "none", copy, config, "--since", "2090-01-01", "--with-files")["rows"]
    assert set(none.values()) == {0}
    text = (tmp_path / "from/README.md").read_text("utf-8")
    assert "Only captures from 2020-02-02 (Vietnam) on." in text


def test_what_is_withheld_is_not_in_it(config: Path, copy: Path, tmp_path: Path) -> None:
    store = open_store(copy)
    (image,) = ask(store, "SELECT * FROM images WHERE content_digest IS NOT NULL ORDER BY url LIMIT 1")
    (page,) = ask(store, "SELECT * FROM articles WHERE article_id <> ? ORDER BY url LIMIT 1", image["article_id"])
    keep = ["snapshot_id", "crawl", "portal", "kind", "url", "record_id", "content_digest", "fetch_time", "month"]
    withheld = []
    for record in (image["record_id"], page["record_id"]):
        (row,) = ask(store, f"SELECT {', '.join(keep)} FROM captures WHERE record_id = ?", record)
        row["fetch_time"] = row["fetch_time"].isoformat()
        withheld.append(row | {"restriction": "a court's order"})
    append(store, CAPTURES, table(withheld, CAPTURES.schema), {})
    before = ask(store, "SELECT count(*) AS n FROM articles")[0]["n"]
    to = tmp_path / "release"
    assert export(to, copy, config, "--with-files")["rows"]["articles"] == before - 1
    hexes = image["content_digest"].removeprefix("sha256:")
    assert not list(to.rglob(f"{hexes}*"))
    for name in TABLES:
        for row in pq.read_table(to / f"data/{name}.parquet").to_pylist():
            told = json.dumps(row, default=str)
            assert image["record_id"] not in told, name
            assert page["record_id"] not in told, name
    images = pq.read_table(to / "data/images.parquet").num_rows
    nested = pq.read_table(to / "data/articles.parquet")["images"].combine_chunks().flatten()
    assert images == len(nested)


def test_a_missing_or_broken_warc_is_named(config: Path, copy: Path, tmp_path: Path) -> None:
    warcs = sorted((copy / "warc").rglob("*.warc.gz"))
    first = warcs[0]
    data = first.read_bytes()
    to = tmp_path / "release"
    store = open_store(copy)
    (row,) = ask(
        store,
        "SELECT warc_filename, warc_record_offset AS o, warc_record_length AS l FROM captures WHERE kind = 'image' "
        "AND wire_verdict = 'ok' AND revisit_of IS NULL AND warc_filename = ? ORDER BY content_digest LIMIT 1",
        first.relative_to(copy / "warc").as_posix(),
    )
    pins = copy / "tables/releases.json"
    pinned = pins.read_text("utf-8") if pins.exists() else ""
    middle = row["o"] + row["l"] // 2
    first.write_bytes(data[:middle] + bytes(64) + data[middle + 64 :])
    broken = luutru("export", "--to", to, "--with-files", "--config", config, store=copy)
    assert broken.returncode == 1
    assert first.name in broken.stderr
    first.unlink()
    missing = luutru("export", "--to", to, "--with-files", "--config", config, store=copy)
    assert missing.returncode == 1
    assert first.name in missing.stderr
    assert len(missing.stderr.splitlines()) == 1
    assert "--with-files" in missing.stderr or "back from a copy" in missing.stderr
    assert not to.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy"]
    assert json.loads(pins.read_text("utf-8"))["releases"] == (json.loads(pinned)["releases"] if pinned else [])
    export(to, copy, config)


def test_a_kill_leaves_no_half_release(nights: Any, release: Path, config: Path, tmp_path: Path) -> None:
    to = tmp_path / "release"
    chance = random.Random(3)
    command = [sys.executable, "-m", "crawler.cli", "export", "--to", str(to), "--config", str(config), "--with-files"]
    for _ in range(6):
        process = subprocess.Popen([*command, "--store", str(nights.store)], stderr=subprocess.DEVNULL)
        time.sleep(0.4 + chance.uniform(0, 0.8))
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)
        if to.exists():
            assert_same(release, to)
            shutil.rmtree(to)
    export(to, nights.store, config, "--with-files")
    assert_same(release, to)
    assert [path.name for path in tmp_path.iterdir()] == ["release"]


def test_a_full_disk_leaves_no_half_release(nights: Any, config: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    alone = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    script = 'mount -t tmpfs -o size=200k none "$1"; shift; "$@"; echo "code $?"; ls -A "$OUT"'
    command = [sys.executable, "-m", "crawler.cli", "export", "--to", str(disk / "release"), "--config", str(config)]
    command += ["--store", str(nights.store)]
    done = subprocess.run(
        [*alone, "sh", "-c", script, "sh", str(disk), *command],
        env={**os.environ, "OUT": str(disk)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout == "code 1\n", done.stdout + done.stderr
    assert done.stderr.startswith(f"luutru: no space left for the release {disk}/release. Free some space"), done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_article_is_cited_as_it_stands_in_the_archive(nights: Any, config: Path) -> None:
    (row,) = nights.rows(f"SELECT * FROM articles WHERE url LIKE '%{SEED}%'")
    told = {
        form: luutru("cite", row["url"], "--format", form, "--config", config, store=nights.store).stdout
        for form in ("bibtex", "csl", "pwid", "all")
    }
    captured = row["fetch_time"].strftime("%Y-%m-%dT%H:%M:%SZ")
    assert told["pwid"] == f"urn:pwid:archive.example.org:{captured}:page:{row['url_original']}\n"
    (csl,) = json.loads(told["csl"])
    assert csl["title"] == row["title"]
    assert csl["title"].startswith("Hội nghị đối thoại giữa người đứng đầu cấp ủy")
    assert csl["container-title"] == "Cổng thông tin điện tử tỉnh Hà Nam (bản dựng lại để trình diễn)"
    assert csl["archive"] == "luutru demo"
    assert csl["archive_location"] == told["pwid"].strip()
    assert "issued" not in csl, "its page tells no day"
    assert told["bibtex"].startswith(
        f"@misc{{hanam-demo-{row['article_id'][:12]},\n  title = {{{{{row['title']}}}}},\n"
    )
    assert told["all"] == "\n".join(told[form] for form in ("bibtex", "csl", "pwid"))
    first = nights.rows("SELECT snapshot_id FROM snapshots ORDER BY committed_at")[0]["snapshot_id"]
    former = nights.rows(f"SELECT min(fetch_time) AS t FROM readings WHERE article_id = '{row['article_id']}'")[0]["t"]
    then = luutru("cite", row["url"], "--format", "pwid", "--snapshot", first, "--config", config, store=nights.store)
    assert f":{former:%Y-%m-%dT%H:%M:%SZ}:page:" in then.stdout
    (dated,) = nights.rows("SELECT * FROM articles WHERE published_date IS NOT NULL ORDER BY url LIMIT 1")
    answer = json.loads(luutru("cite", dated["article_id"], "--json", "--config", config, store=nights.store).stdout)
    day = dated["published_date"]
    assert answer["csl"]["issued"] == {"date-parts": [[day.year, day.month, day.day]]}
    assert f"  date = {{{day.isoformat()}}}," in answer["bibtex"]


def test_a_snapshot_is_cited_and_what_is_not_there_is_not(nights: Any, config: Path) -> None:
    (row,) = nights.rows("SELECT * FROM snapshots ORDER BY committed_at LIMIT 1")
    id_ = row["snapshot_id"]
    answer = json.loads(luutru("cite", id_, "--json", "--config", config, store=nights.store).stdout)
    committed = row["committed_at"].strftime("%Y-%m-%dT%H:%M:%SZ")
    assert answer["pwid"] == f"urn:pwid:archive.example.org:{committed}:collection:{id_}"
    assert (answer["csl"]["type"], answer["csl"]["version"]) == ("dataset", id_)
    for words in (("20200101T000000Z-abcdef",), ("http://hanam.example/khong-co",), (id_, "--format", "ris")):
        wrong = luutru("cite", *words, store=nights.store)
        assert (wrong.returncode, len(wrong.stderr.splitlines())) == (2, 1), wrong.stderr
