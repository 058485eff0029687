"""What a second night costs: a portal of 2,000 articles of three years is crawled whole, and again the night after.

`make bench-night` writes benchmarks/night.md.  The portal is served on the loopback address; nothing is asked of the network.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from archive.store import open_store
from archive.tables.views import ask
from crawler.demo.server import DemoServer

ARTICLES = 2000
YOUNG = 60
FIRST = date(2026, 11, 24)
_PORTAL = Path(__file__).parents[1] / "tests" / "flow" / "aging_portal.py"


def ages(count: int, young: int) -> list[int]:
    """The articles' ages in days, youngest first: some younger than thirty days, the others spread over three years."""
    chance = random.Random(count)
    return sorted(
        [chance.randrange(29) for _ in range(young)] + [chance.randrange(31, 1096) for _ in range(count - young)]
    )


def measure(folder: Path) -> list[dict[str, Any]]:
    """Crawls three nights (whole; nothing changed; one article in a hundred changed) and gives their rows.

    The last row has `young_changed` and `young_found`: changes of articles younger than thirty days, and edits found.
    """
    module = _module()
    portal = module.AgingPortal(ages(ARTICLES, YOUNG), FIRST)
    with DemoServer(portal) as server:
        (folder / "lau.toml").write_text(module.PORTAL + "sweep_days = 7\n", "utf-8")
        connect = f'[connect]\n"{module.HOST}:80" = "127.0.0.1:{server.port}"\n'
        (folder / "luutru.toml").write_text(connect, "utf-8")
        _crawl(folder, FIRST)
        _crawl(folder, FIRST + timedelta(days=1))
        # as many of the young as there are among all, and no fewer than three
        chance = random.Random(1)
        young = set(chance.sample(range(YOUNG), 3))
        portal.edited = young | set(chance.sample(range(YOUNG, ARTICLES), ARTICLES // 100 - 3))
        _crawl(folder, FIRST + timedelta(days=2))
    store = open_store(folder / "store")
    rows = ask(store, "SELECT * FROM crawls ORDER BY committed_at")
    edits = ask(store, "SELECT url FROM events WHERE event = 'edited' AND crawl = ?", rows[-1]["crawl"])
    found = {int(row["url"].rpartition("/")[2].partition(".")[0]) for row in edits}
    rows[-1] |= {"young_changed": len(young), "young_found": len(young & found)}
    return rows


def report(rows: list[dict[str, Any]]) -> str:
    """benchmarks/night.md."""
    lines = [
        "# What a night costs",
        "",
        f"Written by `make bench-night`. A portal of {ARTICLES:,} articles of three years, {YOUNG} of them younger than thirty",
        "days, served on the loopback address: pages without validators (what ASP.NET mostly gives), one picture of 20 kB an",
        "article, listings of fifty. Portal file and `[walk]` as they are without being told otherwise.",
        "",
        "| night | requests | of the first | bytes | of the first | articles read | colour |",
        "|---|---|---|---|---|---|---|",
    ]
    names = ("the first", "the second, nothing changed", "the third, one article in a hundred changed")
    for name, row in zip(names, rows, strict=True):
        asked, got = row["requests"] / rows[0]["requests"], row["bytes"] / rows[0]["bytes"]
        lines.append(
            f"| {name} | {row['requests']:,} | {asked:.2%} | {row['bytes']:,} | {got:.2%} | {row['articles']:,} | "
            f"{row['colour']} |"
        )
    last = rows[-1]
    lines += [
        "",
        f"Of {last['young_changed']} changed articles younger than thirty days, {last['young_found']} were found that night.",
        "Neither night was the seventh, which walks the listing to its end: that one asks for its forty pages as well.",
    ]
    return "\n".join(lines) + "\n"


def _module() -> Any:
    spec = spec_from_file_location("aging_portal", _PORTAL)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _crawl(folder: Path, night: date) -> None:
    command = [sys.executable, "-m", "crawler.cli", "crawl", "lau", "--night", night.isoformat()]
    command += ["--portals", str(folder), "--store", str(folder / "store"), "--config", str(folder / "luutru.toml")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)


def main() -> None:
    """Measures and writes the report."""
    with tempfile.TemporaryDirectory() as folder:
        told = report(measure(Path(folder)))
    (Path(__file__).parent / "night.md").write_text(told, "utf-8")
    print(told)


if __name__ == "__main__":
    main()
