"""How the tables grow and answer: `python -m benchmarks.tables` measures and writes tables.md."""

from __future__ import annotations

import os
import platform
import resource
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import pyarrow.parquet as pq

from archive.search.finding import open_search
from archive.store import Store, create_store
from archive.tables.delta import dataset
from archive.tables.schema import ARTICLES
from archive.tables.views import ask, connect
from benchmarks.nights import article, commit_night, editions_of, staged

NIGHTS = 20
SHARE = 0.01
_ROUNDS = 5
_SEARCHES = (
    "4711",
    f'"{article(4711, 0).title}"',
    "quy hoạch 4711",
    "hội nghị",
    "hoi nghi",
    '"hội nghị đối thoại"',
    "da nang",
    "Đà Nẵng",
)
_QUESTIONS = {
    "`SELECT count(*) FROM articles`": "SELECT count(*) AS n FROM articles",
    "one month by portal": (
        "SELECT portal, split_part(url, '/', 3) AS host, count(*) AS n FROM articles "
        "WHERE published_date >= DATE '2025-06-01' AND published_date < DATE '2025-07-01' GROUP BY ALL ORDER BY ALL"
    ),
    "articles edited after publishing": "SELECT count(*) AS n FROM versions WHERE version > 1",
}


@dataclass(frozen=True, slots=True)
class Night:
    """One night's commit: rows of articles, seconds on the clock and of processor, bytes of all tables after it, peak MB."""

    articles: int
    seconds: float
    processor: float
    size: int
    peak: int


def main() -> int:
    """Measures, prints and writes tables.md."""
    new = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory(prefix="luutru-tables-") as folder:
        store = create_store(Path(folder) / "store")
        nights = [_night(store, Path(folder) / "staged.sqlite", number, new) for number in range(1, NIGHTS + 1)]
        text = "\n".join([_top(new), _growth(nights), _size(store, Path(folder)), _answers(store)])
    Path(__file__).with_suffix(".md").write_text(text, "utf-8")
    print(text)
    return 0


def _night(store: Store, path: Path, number: int, new: int) -> Night:
    with staged(path, number, editions := editions_of(number, new, SHARE)) as db:
        started, worked = perf_counter(), process_time()
        commit_night(store, db, number)
        seconds, processor = perf_counter() - started, process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Night(len(editions), seconds, processor, _bytes(store.root / "tables"), peak)


def _top(new: int) -> str:
    return f"""# Tables

`make bench-tables` measures this anew: {NIGHTS} nights, each with {new:,} new articles (some 450 words and an image) and
an edition of {SHARE:.0%} of all before, committed as a crawl commits: joined, compared with what was known, written, synced.
Seconds are this machine's, ratios are the result.  Python {platform.python_version()}, deltalake {version("deltalake")},
duckdb {version("duckdb")}, pyarrow {version("pyarrow")}, tantivy {version("tantivy")}, {os.cpu_count()} cores.
"""


def _growth(nights: list[Night]) -> str:
    second, last = nights[1], nights[-1]
    rows = [
        f"| {number} | {night.articles:,} | {night.seconds:.2f} | {night.processor:.2f} | "
        f"{1000 * night.processor / night.articles:.2f} | {night.size / 1e6:.0f} | {night.peak} |"
        for number, night in enumerate(nights, 1)
        if number in (1, 2, 5, 10, 15, 20)
    ]
    return "\n".join(
        [
            "## A night's commit\n",
            f"Night {len(nights)} takes {last.seconds / second.seconds:.2f} x the time of night 2 "
            f"({last.processor / second.processor:.2f} x its processor time) with {last.articles / second.articles:.2f} x "
            "its articles.\n",
            "| night | articles | s | s of processor | ms of processor an article | MB of all tables | peak MB |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _size(store: Store, folder: Path) -> str:
    rows = dataset(store, ARTICLES)
    plain = folder / "plain.parquet"
    with pq.ParquetWriter(
        plain, ARTICLES.schema, compression="zstd", compression_level=3, write_page_index=True
    ) as out:
        for batch in rows.to_batches(batch_size=20_000):
            out.write_batch(batch)
    delta, one = _bytes(store.table(ARTICLES.name)), plain.stat().st_size
    return (
        f"## Size\n\nThe table of articles takes {delta / 1e6:.1f} MB in {len(list(rows.files))} files, {delta / one:.2f} x "
        f"the same {rows.count_rows():,} rows as one plain Parquet file ({one / 1e6:.1f} MB, zstd 3, page index).\n"
    )


def _answers(store: Store) -> str:
    lines = [
        "## Answers\n",
        f"Medians of {_ROUNDS} rounds; a question's time includes opening the tables, as `luutru query` does.\n",
        "| question | ms | with the tables open, ms |",
        "|---|---|---|",
    ]
    for name, sql in _QUESTIONS.items():
        whole = _timed(lambda sql=sql: ask(store, sql))  # type: ignore[misc]
        with connect(store) as opened:
            bare = _timed(lambda sql=sql, opened=opened: opened.sql(sql).to_arrow_table())  # type: ignore[misc]
        lines.append(f"| {name} | {whole:.0f} | {bare:.0f} |")
    return "\n".join([*lines, "", *_searches(store)])


def _searches(store: Store) -> list[str]:
    started = perf_counter()
    with open_search(store) as search:
        built = perf_counter() - started
        size = _bytes(store.search)
        lines = [
            "## Search\n",
            f"The index of all articles is made in {built:.0f} s and takes {size / 1e6:.0f} MB.  Medians of {_ROUNDS} rounds, "
            "twenty answers with their snippets, the index open.  The made-up language has some 1,100 syllables, a seventh of "
            "what Vietnamese has, so that each stands in more articles than a real one would.\n",
            "| search | found | ms |",
            "|---|---|---|",
        ]
        for text in _SEARCHES:
            found = search.find(text)
            lines.append(f"| {text} | {len(found)} | {_timed(lambda text=text: search.find(text)):.1f} |")  # type: ignore[misc]
    return [*lines, ""]


def _timed(work: Callable[[], object]) -> float:
    times = []
    for _ in range(_ROUNDS):
        started = perf_counter()
        work()
        times.append(1000 * (perf_counter() - started))
    return median(times)


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    sys.exit(main())
