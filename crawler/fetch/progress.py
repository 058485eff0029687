"""How far a crawl is: one line that moves on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass, field
from time import monotonic
from typing import TextIO

from archive.capture import Exchange

_LINE_EVERY = 10.0


@dataclass
class Progress:
    """Counts what has been kept and read since this process began."""

    portal: str
    stream: TextIO = field(default_factory=lambda: sys.stderr)
    requests: int = 0
    articles: int = 0
    received: int = 0
    _began: float = field(default_factory=monotonic)
    _said: float = field(default_factory=monotonic)
    _shown: bool = False

    def kept(self, exchange: Exchange) -> None:
        """An exchange is in the WARC."""
        self.requests += 1
        self.received += len(exchange.response)

    def read(self) -> None:
        """An article was read."""
        self.articles += 1

    def show(self, left: int) -> None:
        """Says how far the crawl is; called every second or so."""
        if self.stream.isatty():
            self.stream.write(f"\r\x1b[K{self.line(left)}")
            self.stream.flush()
            self._shown = True
        elif monotonic() - self._said >= _LINE_EVERY:
            self._said = monotonic()
            print(self.line(left), file=self.stream, flush=True)
        logging.getLogger(__name__).debug("%s", self.line(left))

    def end(self) -> None:
        """Clears the moving line."""
        if self._shown:
            self.stream.write("\r\x1b[K")
            self.stream.flush()

    def line(self, left: int) -> str:
        """`hanam: 131 pages, 42 articles, 3.1 MB, 21.4 pages/s, 12 left`."""
        seconds = max(monotonic() - self._began, 0.001)
        return (
            f"{self.portal}: {self.requests} pages, {self.articles} articles, {size(self.received)}, "
            f"{self.requests / seconds:.1f} pages/s, {left} left"
        )


def size(count: int) -> str:
    """Bytes for people: `812 B`, `3.1 MB`."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"
