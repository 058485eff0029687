"""`luutru demo`: two nights of a small portal, archived by the same commands that a real one is, and what they tell."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from archive.errors import LuutruError, Misuse, NotAStore
from archive.moment import local, local_date
from archive.store import MARKER, Store, create_store, open_store
from archive.tables.views import ask
from archive.warc.reader import records
from archive.warc.writer import utc_now
from crawler.demo.addresses import text_of
from crawler.demo.server import DemoServer
from crawler.demo.site import Site, article_url, hosts
from crawler.demo.texts import SEED

PORTAL = "hanam-demo"
DEFAULT_STORE = Path("demo-store")


def tell(store: Path | None) -> None:
    """Archives the demo portal on two nights into `store` and prints what happened."""
    root = store or DEFAULT_STORE
    _make_room(root)
    archive = create_store(root, demo=True)
    today = local_date(utc_now())
    site = Site(night=1)
    print("A small portal on the loopback address, a rebuild of a SharePoint site, archived on two nights.\n")
    with serving(site) as config:
        for number, night in enumerate((today - timedelta(days=1), today), 1):
            site.night = number
            _crawl(root, night, config)
            print(_night(archive, number, night))
    print(_record(archive))
    print(_beside(archive))
    print(_files(archive))
    print(_next(archive, root))


def serve(night: int, port: int) -> None:
    """Serves the demo portal until Ctrl-C and says how to crawl it by hand."""
    with serving(Site(night=night), port) as config:
        print(f"The demo portal as it is on night {night}; Ctrl-C ends it. In another terminal:")
        print(f"  {_command()} crawl {PORTAL} --config {config} --store DIR", flush=True)
        try:
            while True:
                sys.stdin.read() if sys.stdin.isatty() else _wait()
        except KeyboardInterrupt:
            print()


@contextmanager
def serving(site: Site, port: int = 0) -> Iterator[Path]:
    """Serves `site` on the loopback address; gives a luutru.toml whose connect map leads there."""
    with DemoServer(site, port=port) as server, tempfile.TemporaryDirectory(prefix="luutru-demo-") as folder:
        config = Path(folder) / "luutru.toml"
        config.write_text(configuration(server.port), "utf-8")
        yield config


def configuration(port: int) -> str:
    """A luutru.toml for a crawl of the demo portal that is served on `port`."""
    lines = ['operator = "luutru demo"', 'contact = "mailto:demo@hanam.example"', "", "[connect]"]
    lines += [f'"{host}:80" = "127.0.0.1:{port}"' for host in hosts()]
    return "\n".join(lines) + "\n"


def _wait() -> None:
    signal.pause()


def _make_room(root: Path) -> None:
    if not root.exists() or (root.is_dir() and not any(root.iterdir())):
        return
    try:
        demo = open_store(root).demo
    except NotAStore:
        demo = False
    if not demo:
        raise Misuse(f"{root} is not empty and holds no demo", "Name another folder with --store")
    # the marker goes first: a removal that is cut off leaves no folder that looks like a store
    (root / MARKER).rename(root / (MARKER + ".gone"))
    shutil.rmtree(root)


def _crawl(root: Path, night: date, config: Path) -> None:
    command = [sys.executable, "-P", "-m", "crawler.cli", "crawl", PORTAL]
    command += ["--store", str(root), "--night", night.isoformat(), "--config", str(config)]
    done = subprocess.run(command, check=False, capture_output=not sys.stderr.isatty(), text=True)  # noqa: S603 - our own
    if done.returncode != 0:
        raise LuutruError(f"the crawl ended with {done.returncode}: {(done.stderr or '').strip()}", "Look into logs/")


def _night(store: Store, number: int, night: date) -> str:
    crawl = ask(store, "SELECT * FROM crawls WHERE night = ? ORDER BY committed_at DESC LIMIT 1", night)[0]
    captions = ask(
        store,
        "SELECT count(*) AS images, count(i.caption) AS captions FROM "
        "(SELECT unnest(images) AS i FROM readings WHERE crawl = ?)",
        crawl["crawl"],
    )[0]
    lines = [
        f"Night {number} ({night:%d/%m/%Y}): {crawl['articles']} articles with {captions['images']} images "
        f"({captions['captions']} captions), in {crawl['listing_pages']} listing pages",
        f"  {crawl['requests']} requests, {crawl['bytes'] / 1e6:.1f} MB; fetched {crawl['images']} images, "
        f"{crawl['attachments']} attached files",
    ]
    lines += [f"  {crawl['colour']}: {reason}" for reason in crawl["reasons"]]
    if number > 1:
        first = ask(store, "SELECT requests FROM crawls ORDER BY committed_at LIMIT 1")[0]["requests"]
        lines.append(f"  it needed {crawl['requests'] / first:.0%} of the first night's requests, and found:")
        lines += [f"    {line}" for line in _events(store, crawl["crawl"])]
    return "\n".join(lines) + "\n"


def _events(store: Store, crawl: str) -> Iterator[str]:
    rows = ask(
        store,
        "SELECT e.*, a.title FROM events e JOIN articles a USING (article_id) WHERE e.crawl = ? ORDER BY event, a.title",
        crawl,
    )
    for row in rows:
        between = f"between {local(row['not_before'])} and {local(row['not_after'])}"
        what = {
            "edited": f"{', '.join(row['fields_changed'])}",
            "vanished": f"{row['confidence']}: {row['reason']}",
        }.get(row["event"], "")
        yield f"{row['event']:<9} {row['title'][:70]}{f' ({what})' if what else ''}, {between}"


def _record(store: Store) -> str:
    row = ask(store, "SELECT * FROM articles WHERE url = ?", article_url(text_of(SEED)))[0]
    paragraphs = row["body"].split("\n\n")
    published = row["published_raw"] or "not on the page: null"
    lines = [
        "One record, the article that the project began with:",
        f"  title     {row['title']}",
        f"  category  {' › '.join(row['category'])}",
        f"  published {published}",
        f"  lead      {row['lead'] or 'the page marks none: null'}",
        *(f"  image {i['position']}   {i['url'].rsplit('/', 1)[1]}: {i['caption']}" for i in row["images"]),
        f"  body      {len(paragraphs)} paragraphs, “{paragraphs[0][:40]}…” to “…{paragraphs[-1][-32:]}”",
        f"  bytes     {row['warc_filename']}, offset {row['warc_record_offset']}, length {row['warc_record_length']}",
    ]
    return "\n".join(lines) + "\n"


def _beside(store: Store) -> str:
    rows = ask(
        store,
        "SELECT coalesce(nullif(reading_verdict, 'article'), wire_verdict) AS verdict, count(*) AS n FROM captures "
        "WHERE kind = 'article' AND coalesce(reading_verdict, '') <> 'article' GROUP BY 1 ORDER BY 1",
    )
    told = ", ".join(f"{row['n']} {row['verdict']}" for row in rows)
    return f"Kept as bytes and taken for no article: {told}.\n"


def _files(store: Store) -> str:
    lines = ["Captures (request and response of every exchange, byte for byte):"]
    for path in sorted(store.warcs.rglob("*.warc.gz")):
        count = sum(1 for _ in records(path))
        lines.append(f"  {path.relative_to(store.root)}  {path.stat().st_size / 1e6:.1f} MB, {count} records")
    return "\n".join(lines) + "\n"


def _next(store: Store, root: Path) -> str:
    seed = ask(store, "SELECT article_id FROM articles WHERE url = ?", article_url(text_of(SEED)))[0]["article_id"]
    question = "SELECT category[-1] AS category, count(*) AS articles, count(lead) AS leads FROM articles GROUP BY 1 ORDER BY 1"
    command = _command()
    return "\n".join(
        [
            "Try next:",
            f"  {command} show {seed} --store {root}",
            f'  {command} query "{question}" --store {root}',
            f"  {command} audit --store {root}",
        ]
    )


def _command() -> str:
    called = Path(sys.argv[0])
    if shutil.which("luutru") or called.name != "luutru":
        return "luutru"
    return os.path.relpath(called) if called.is_relative_to(Path.cwd()) else str(called)
