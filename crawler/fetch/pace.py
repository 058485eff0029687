"""How fast a crawl asks each host: its delay, what the host says with 429 and 503, and when it is left for the night.

RFC 9110, section 10.2.3 (Retry-After) and RFC 6585, section 4.  A 403 is an answer, and slows nothing down.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from time import monotonic

from archive.url import host_of
from crawler.fetch.frontier import Visit
from crawler.fetch.recorder import Kept
from crawler.fetch.reservation import Reservations

LEFT = "host throttled"
"""The outcome of a visit that was not made since its host was left for the night."""

REFUSALS = 8
"""Refusals in a row after which a host is left for the night."""

LONGEST = 600.0
"""Seconds that a host is waited for at most; one that asks for more is left for the night at once."""

_SHORTEST = 0.05
_SHARE = 5


@dataclass(slots=True)
class _Host:
    """What a host has said: answers in all, refusals among them, refusals in a row, when the last one of these came."""

    answers: int = 0
    refused: int = 0
    row: int = 0
    since: datetime | None = None
    left: bool = False


class Pace:
    """One crawl's pace.  Hosts are told by their names; `folder` is where the store keeps their reservations."""

    def __init__(self, folder: Path) -> None:
        self._reservations = Reservations(folder)
        self._hosts: dict[str, _Host] = defaultdict(_Host)

    def turn(self, url: str, gap: float) -> float:
        """Seconds until `url` may be asked with `gap` seconds between two requests to its host; 0.0: now, by who asks."""
        return self._reservations.take(host_of(url), gap)

    def heard(self, kept: Kept, gap: float) -> None:
        """What came of a request.  A refusal closes the host, for everyone, as long as it says or twice as long as before."""
        exchange, name = kept.exchange, host_of(kept.exchange.url)
        ago = (datetime.now(UTC) - exchange.started).total_seconds()
        if exchange.request and ago >= 0:
            self._reservations.sent(name, monotonic() - ago)
        host = self._hosts[name]
        if kept.capture is None or not kept.capture.status:
            return
        host.answers += 1
        if kept.verdict != "throttled":
            host.row = 0
            return
        host.refused += 1
        if host.since is not None and exchange.started < host.since:
            return  # it was under way when the host refused another
        host.since = datetime.now(UTC)
        host.row += 1
        shortest = max(gap, _SHORTEST)
        wanted = retry_after(kept)
        pause = min(shortest * 2.0 ** (host.row - 1), LONGEST) if wanted is None else max(wanted, shortest)
        host.left = host.left or host.row >= REFUSALS or pause > LONGEST
        self._reservations.close(name, min(pause, LONGEST))

    def has_left(self, url: str) -> bool:
        """Whether the host of `url` is asked no more tonight."""
        return self._hosts[host_of(url)].left

    def is_to_blame(self, url: str) -> bool:
        """Whether the host refused a fifth of what it answered, so that a refusal says nothing of the page that was asked."""
        host = self._hosts[host_of(url)]
        return host.refused * _SHARE >= host.answers


def remarks_of(left: Iterable[Visit]) -> tuple[str, ...]:
    """What a night says of the visits that were not made since their hosts throttled."""
    hosts = Counter(host_of(visit.url) for visit in left)
    return tuple(f"{host} throttled: {count} requests left for the next night" for host, count in sorted(hosts.items()))


def retry_after(kept: Kept) -> float | None:
    """Seconds that an answer's Retry-After asks for; None where it has none that reads.

    A date is taken by the server's own clock, where it tells that.
    """
    told = (kept.capture.header("retry-after") or "").strip() if kept.capture else ""
    if told.isascii() and told.isdigit():
        return float(told[:9])
    until = _date(told)
    if until is None:
        return None
    assert kept.capture is not None
    now = _date(kept.capture.header("date") or "") or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def _date(told: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(told)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
