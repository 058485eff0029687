"""How fast a store is audited: `python -m benchmarks.audit` measures beside other people's checkers and writes audit.md.

The store is made of pages of some 75 kB, which pack, and of images, which do not, as a portal's crawl leaves them.  Every
checker runs in processes of its own on one core, over the same files; what counts is the least processor time of some rounds.
"""

from __future__ import annotations

import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

from archive.audit.audit import Plan, audit
from archive.capture import Exchange
from archive.custody import manifest
from archive.store import Store, create_store, open_store
from archive.tables.attempt import warc_told
from archive.warc.writer import WarcWriter

_ROUNDS = 3
_PAGE = 75_000
_START = datetime(2026, 11, 24, tzinfo=UTC)
_WORDS = """
ủy ban nhân dân tỉnh hội nghị triển khai nhiệm vụ phát triển kinh tế xã hội quý bốn năm kế hoạch đầu tư công giải ngân vốn
xây dựng nông thôn mới nâng cao chất lượng giáo dục y tế văn hóa thể thao du lịch cải cách hành chính chuyển đổi số
""".split()  # noqa: SIM905 - a text


@dataclass(frozen=True, slots=True)
class Mix:
    """What a store is made of: bytes of it, and images for each page, with their bytes (from, to)."""

    name: str
    size: int
    images: int
    image: tuple[int, int] = (40_000, 160_000)


MIXES = (
    Mix("pages and images, two for each page", 320_000_000, 2),
    Mix("pages alone", 100_000_000, 0),
)


def main() -> int:
    """Measures, prints and writes audit.md; with `audit STORE`, is the process that is measured."""
    if sys.argv[1:2] == ["audit"]:
        done = audit(open_store(Path(sys.argv[2])), Plan(jobs=int(sys.argv[3])))
        wrong = [one for one in done.findings if one.kind != "crawl"]
        print(
            done.checked.inflated, done.checked.records, len(wrong), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        )
        return 0
    with tempfile.TemporaryDirectory(prefix="luutru-audit-bench-") as folder:
        parts = [_measured(mix, Path(folder) / str(number)) for number, mix in enumerate(MIXES)]
    text = "\n".join([_top(), *parts])
    Path(__file__).with_suffix(".md").write_text(text, "utf-8")
    print(text)
    return 0


def _top() -> str:
    return f"""# Audit

`make bench-audit` measures this anew: stores written by luutru's own writer, pages of {_PAGE // 1000} kB gzipped record
by record and images that do not pack, each exchange with request and metadata.  The least of {_ROUNDS} rounds, files in the
page cache.  Seconds are of processor time on one core, the program's start included; of several processes, of the clock.
`luutru audit --no-reading` recomputes member, block and payload digests, and holds ledgers, manifests, indexes (CDXJ), ids and
revisits against one another; the others verify block and payload digests.  MB are 10^6 bytes; seconds are this machine's,
ratios are the result.  Python {platform.python_version()}, isal {version("isal")}, {os.cpu_count()} cores.
"""


def _measured(mix: Mix, root: Path) -> str:
    store = create_store(root)
    _fill(store, mix)
    files = sorted(store.warcs.rglob("*.warc.gz"))
    size = sum(path.stat().st_size for path in files)
    here = [sys.executable, "-m", "benchmarks.audit", "audit", str(root)]
    own, _, told = _least([["taskset", "-c", "0", *here, "1"]])
    inflated, records, wrong, peak = map(int, told.split())
    assert not wrong, "the store is in order"
    _, clock, _ = _least([[*here, str(os.cpu_count())]])
    rows = [("luutru audit", own), (f"luutru audit, {os.cpu_count()} processes", clock)]
    peers = Path(__file__).parents[1] / ".envs" / "peers" / "bin"
    for name in ("fastwarc", "warcio"):
        if (peers / name).exists():
            words = ["taskset", "-c", "0", str(peers / name), "check"]
            each = [[*words, str(path)] for path in files]  # fastwarc takes one file, warcio takes many
            took, _, _ = _least(each if name == "fastwarc" else [[*words, *map(str, files)]])
            rows.append((f"{name} check", took))
    lines = [
        f"## {mix.name[0].upper()}{mix.name[1:]}",
        "",
        f"{records:,} records, {size / 1e6:.0f} MB compressed, {inflated / 1e6:.0f} MB uncompressed, {len(files)} files; the "
        f"audit's memory is {peak / 1024:.0f} MB at most.",
        "",
        "| | s | compressed MB/s | uncompressed MB/s | time, of luutru's |",
        "|---|---|---|---|---|",
    ]
    for name, took in rows:
        speed = f"{size / 1e6 / took:.0f} | {inflated / 1e6 / took:.0f}"
        lines.append(f"| {name} | {took:.2f} | {speed} | {took / own:.2f} |")
    return "\n".join([*lines, ""])


def _least(commands: Sequence[Sequence[str]]) -> tuple[float, float, str]:
    """Runs the commands one after another, some times: the least processor time and time of the clock, and what was printed."""
    processor, clock, told = [], [], ""
    for _ in range(_ROUNDS):
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
        for command in commands:
            told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        clock.append(perf_counter() - started)
        processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(processor), min(clock), told


def _fill(store: Store, mix: Mix) -> None:
    """Writes captures until there are enough, and a manifest that names their files."""
    draw = random.Random(20261124)
    writer = WarcWriter(
        store.portal_warcs("thu"),
        "thu",
        {"software": "bench", "crawl": "thu-1"},
        root=store.warcs,
        rotate_at=100_000_000,
    )
    number = written = 0
    while written < mix.size:
        page = _page(draw, number)
        written += writer.write(_exchange(number, 0, "text/html; charset=utf-8", page), {"kind": "article"}).length
        for image in range(1, mix.images + 1):
            data = draw.randbytes(draw.randint(*mix.image))
            written += writer.write(_exchange(number, image, "image/jpeg", data), {"kind": "image"}).length
        number += 1
    writer.close()
    names = [path.relative_to(store.warcs).as_posix() for path in writer.closed]
    told = {"kind": "repair", "made_at": "2026-11-24T00:00:00Z", "portal": "thu"}
    manifest.add(store.manifests, {**told, "warcs": [warc_told(store, name) for name in names]}, None)


def _page(draw: random.Random, number: int) -> bytes:
    """A page as a portal's CMS writes it: much markup that every page has, and words of its own."""
    parts = [f"<!DOCTYPE html><html><head><title>Tin số {number}</title></head><body>"]
    size = 0
    while size < _PAGE:
        words = " ".join(draw.choices(_WORDS, k=40))
        number = draw.randrange(10**6)
        item = f'<div class="ms-webpart-zone ms-fullWidth" id="ctl00_{number}"><p class="vb">{words}.</p></div>\r\n'
        parts.append(item)
        size += len(item.encode())
    return "".join([*parts, "</body></html>"]).encode()


def _exchange(number: int, part: int, kind: str, body: bytes) -> Exchange:
    path = f"/Pages/tin-{number}.aspx" if not part else f"/PublishingImages/anh-{number}-{part}.jpg"
    head = (
        f"HTTP/1.1 200 OK\r\nCache-Control: private, max-age=0\r\nContent-Type: {kind}\r\nServer: Microsoft-IIS/8.5\r\n"
        f"X-Powered-By: ASP.NET\r\nDate: Tue, 24 Nov 2026 01:15:02 GMT\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    request = f"GET {path} HTTP/1.1\r\nHost: hanam.gov.vn\r\nUser-Agent: luutru\r\nAccept-Encoding: gzip\r\n\r\n"
    started = _START + timedelta(milliseconds=400 * number + 100 * part)
    return Exchange(
        f"http://hanam.gov.vn{path}", "GET", request.encode(), head.encode() + body, started, 90, "192.0.2.1"
    )


if __name__ == "__main__":
    raise SystemExit(main())
