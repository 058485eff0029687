"""What all of the country would take: `python -m benchmarks.scale` prints the tables of docs/scale.md.

Nothing is measured but a crawl's processor time and memory (two cores, the demo portal of 200 requests); everything else is
an assumption, said in the document beside what follows from it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

PROVINCES = 34
COMMUNES = 3_321


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of portal: how many there are, and what one of them asks for and gains in a night.

    `again` are older articles and listing pages further down that are asked again; `images` and `files` are to an article.
    """

    name: str
    count: int
    articles: int
    listings: int
    again: int
    images: float = 2.0
    files: float = 0.3

    @property
    def requests(self) -> int:
        """Requests a portal and night, robots.txt among them."""
        return 1 + self.listings + self.again + round(self.articles * (1 + self.images + self.files))

    @property
    def received(self) -> float:
        """MB a portal and night."""
        pages = 1 + self.listings + self.again + self.articles
        return (pages * PAGE + self.articles * (self.images * IMAGE + self.files * FILE)) / 1000

    @property
    def stored(self) -> float:
        """MB of WARC, with index and ledger, a portal and night."""
        pages = 1 + self.listings + self.again + self.articles
        media = self.articles * (self.images * IMAGE + self.files * FILE)
        return (pages * PAGE * SHRUNK + media + self.requests * BESIDE) / 1000

    @property
    def seconds(self) -> float:
        """Seconds that a portal's crawl takes: one request each DELAY, and the start."""
        return START + self.requests * DELAY


PAGE, IMAGE, FILE = 60, 200, 800
"""KB of a page as it crosses the wire, of an image, and of an attached file."""
SHRUNK = 0.4
"""What gzip leaves of a page; media are not made smaller."""
BESIDE = 2.5
"""KB of a request's other records, and of its lines in index and ledger."""
DELAY = 2.0
"""Seconds between two requests to a host."""
WINDOW = 7.5 * 3600
"""Seconds of a night, 22:00 to 05:30."""
NIGHTS = 365
ROW = 8
"""KB of an article's rows in all tables (benchmarks/tables.md comes to 1.4 for short articles of a made-up language)."""

START = 1.5
"""Seconds until a crawl's first request."""
CPU_START, CPU_REQUEST = 1.0, 0.010
"""Seconds of processor that a crawl takes to begin and to end, and for each request; measured."""
MEMORY = 275
"""MB that a crawl takes at most; measured."""
CORES, RAM, SHARE = 4, 16_000, 0.6
"""A machine, and what of it crawls may take."""
ROTATE = 1_000
"""MB of a full WARC file."""

KINDS = (
    Kind("province", PROVINCES, articles=40, listings=35, again=100),
    Kind("commune", COMMUNES, articles=3, listings=8, again=15),
    Kind("ministry or agency", 22, articles=50, listings=40, again=150),
)


@dataclass(frozen=True, slots=True)
class Need:
    """What all portals take together: requests, GB received and stored a night, seconds of crawls and of processor."""

    portals: int
    requests: int
    received: float
    stored: float
    articles: int
    seconds: float
    processor: float

    @property
    def bandwidth(self) -> float:
        """Mbit/s on average over the night's window."""
        return self.received * 8000 / WINDOW

    @property
    def at_once(self) -> int:
        """Crawls at once that end within the window."""
        return math.ceil(self.seconds / WINDOW)

    @property
    def machines(self) -> int:
        """Machines that end within the window: by memory or by processor, whichever is scarcer."""
        by_memory = self.at_once * MEMORY / (RAM * SHARE)
        by_processor = self.processor / (WINDOW * CORES * SHARE)
        return math.ceil(max(by_memory, by_processor))

    @property
    def files(self) -> int:
        """WARC files a year: one at least for each portal and night."""
        return self.portals * NIGHTS

    @property
    def full_files(self) -> int:
        """WARC files a year if all were full."""
        return math.ceil(self.stored * 1000 * NIGHTS / ROTATE)


def need(kinds: tuple[Kind, ...] = KINDS) -> Need:
    """What portals of these kinds take."""
    return Need(
        sum(kind.count for kind in kinds),
        sum(kind.count * kind.requests for kind in kinds),
        sum(kind.count * kind.received for kind in kinds) / 1000,
        sum(kind.count * kind.stored for kind in kinds) / 1000,
        sum(kind.count * kind.articles for kind in kinds),
        sum(kind.count * kind.seconds for kind in kinds),
        sum(kind.count * (CPU_START + kind.requests * CPU_REQUEST) for kind in kinds),
    )


def tables() -> str:
    """The tables of docs/scale.md."""
    whole = need()
    commune = KINDS[1]
    shared = COMMUNES / PROVINCES * commune.seconds / 3600
    lines = ["| | portals | articles | listings | asked again | requests | MB received | MB stored | minutes |"]
    lines += ["|---|--:|--:|--:|--:|--:|--:|--:|--:|"]
    lines += [
        f"| {k.name} | {k.count:,} | {k.articles} | {k.listings} | {k.again} | {k.requests} | {k.received:.1f} | "
        f"{k.stored:.1f} | {k.seconds / 60:.1f} |"
        for k in KINDS
    ]
    lines += ["", "| all of them | |", "|---|--:|"]
    lines += [
        f"| portals | {whole.portals:,} |",
        f"| requests a night | {whole.requests:,} |",
        f"| received a night | {whole.received:.0f} GB, {whole.bandwidth:.0f} Mbit/s over {WINDOW / 3600:g} hours |",
        f"| WARCs a night, a year | {whole.stored:.0f} GB, {whole.stored * NIGHTS / 1000:.1f} TB |",
        f"| articles a year | {whole.articles * NIGHTS / 1e6:.1f} million |",
        f"| their rows a year | {whole.articles * NIGHTS * ROW / 1e6:.0f} GB |",
        f"| crawls at once | {whole.at_once} |",
        f"| processor a night | {whole.processor / 3600:.1f} hours of a core |",
        f"| machines ({CORES} cores, {RAM / 1000:.0f} GB, {SHARE:.0%} of it for crawls) | {whole.machines} |",
        f"| WARC files a year as they are | {whole.files:,}, {whole.stored * 1e3 / whole.portals:.1f} MB each |",
        f"| WARC files a year if they were joined across portals to {ROTATE / 1000:.0f} GB | {whole.full_files:,} |",
        f"| hours of the communes of one province ({COMMUNES / PROVINCES:.0f}) one after the other | {shared:.1f} |",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(tables())
