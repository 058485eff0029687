"""When what is known is asked for again: an article by its own history, a file by its address.

Days are nights, as `crawls.night` has them.  No night has all: how long something may wait is shortened by a share of its
own, the same on every night, so that what was first read together is asked again on different nights.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zlib import crc32

AT_LEAST = 20
"""Known articles that a night asks for where there are as many: a portal that refuses all is told by them from one that
took a few down."""

_PATIENCE = 6
_AGAIN = ("failed", "truncated", "throttled", "error")


@dataclass(frozen=True, slots=True)
class Revisits:
    """The portal file's numbers.

    An article is asked every night while its publishing, or its last change, is less than `fresh_days` ago; then seldomer
    with the time that it stands unchanged, at least every `article_days`.  A file is asked at least every `file_days`.
    """

    fresh_days: int = 30
    article_days: int = 60
    file_days: int = 30

    def interval(self, quiet: int) -> int:
        """How many days may pass between two visits to an article that has been unchanged for `quiet` days."""
        return 1 if quiet < self.fresh_days else max(1, min(self.article_days, quiet // _PATIENCE))

    def article_is_due(self, name: str, night: date, asked: date | None, changed: date | None) -> bool:
        """Whether an article is asked tonight.

        `asked` is the night of its last good answer and `changed` that of its last change, or the day of its publishing
        where it is later; None where nothing is known.
        """
        if asked is None or changed is None:
            return True
        interval = self.interval((night - changed).days)
        return interval == 1 or (night - asked).days >= share(name) * interval

    def file_is_due(self, url: str, night: date, first: date, asked: date, verdict: str) -> bool:
        """Whether an image or a file is asked tonight; one that failed is tried again soon, and seldomer each time."""
        since = (night - asked).days
        if verdict in _AGAIN:
            return since >= min(self.file_days, max(1, (asked - first).days))
        return since >= share(url) * self.file_days


def share(name: str) -> float:
    """Between a half and one, by the name alone."""
    return 0.5 + (crc32(name.encode()) % 1024) / 2048
