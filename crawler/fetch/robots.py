"""robots.txt as RFC 9309 reads it: what a portal's hosts allow our user agent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from protego import Protego

ALLOW_ALL = ""
DISALLOW_ALL = "User-agent: *\nDisallow: /\n"
_SIZE = 512 * 1024
FRESH = timedelta(hours=24)
"""So long rules are kept to before they are asked for again."""

LONGEST = 60.0
"""Seconds of a Crawl-delay that are kept to: with more, a night asks too little to be one."""


def origin(url: str) -> str:
    """Scheme, host and port: what one robots.txt speaks for."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def address(url: str) -> str:
    """Where the robots.txt that speaks for `url` is."""
    return origin(url) + "/robots.txt"


def rules_of(status: int, body: bytes) -> str:
    """The rules that an answer stands for (RFC 9309, section 2.3.1): a file its own, 4xx none, anything else all refused."""
    if 200 <= status < 300:
        return body[:_SIZE].decode("utf-8", "replace")
    return ALLOW_ALL if 400 <= status < 500 and status != 429 else DISALLOW_ALL


@dataclass
class Robots:
    """The rules known so far, by origin; old ones are known no more (RFC 9309, section 2.4)."""

    agent: str
    _rules: dict[str, Protego] = field(default_factory=dict)
    _since: dict[str, datetime] = field(default_factory=dict)

    def learn(self, origin_: str, text: str, at: datetime | None = None) -> None:
        """Takes in an origin's rules as they were at a moment (aware; None: now)."""
        self._rules[origin_] = Protego.parse(text)
        self._since[origin_] = at or datetime.now(UTC)

    def knows(self, url: str) -> bool:
        """Whether the rules for `url` are known yet, and not too old."""
        since = self._since.get(origin(url))
        return since is not None and datetime.now(UTC) - since < FRESH

    def since(self, url: str) -> datetime | None:
        """When the rules for `url`, old or not, were learnt; None where none are known."""
        return self._since.get(origin(url))

    def allows(self, url: str) -> bool:
        """Whether our user agent may ask for `url`."""
        return bool(self._rules[origin(url)].can_fetch(url, self.agent))

    def delay(self, url: str) -> float | None:
        """Seconds between two requests that the host wants, and that are kept to; None where it does not say."""
        wanted = self._wanted(origin(url))
        return min(wanted, LONGEST) if wanted is not None else None

    @property
    def remarks(self) -> tuple[str, ...]:
        """Where less is kept to than was wanted, for the night's report."""
        wanted = ((name, self._wanted(name) or 0.0) for name in sorted(self._rules))
        return tuple(
            f"{name} wants {delay:g} seconds between two requests (Crawl-delay), and was given {LONGEST:g}"
            for name, delay in wanted
            if delay > LONGEST
        )

    def _wanted(self, name: str) -> float | None:
        rules = self._rules.get(name)
        wanted = rules.crawl_delay(self.agent) if rules else None
        return float(wanted) if wanted is not None and float(wanted) >= 0 else None


def policy(*sides: tuple[str, str]) -> str:
    """How robots.txt is taken, of (robots, authority) as the portal's file and luutru.toml say: `obey`, or `override: ` and
    by whose word."""
    return next((f"override: {authority}" for robots, authority in sides if robots == "override"), "obey")
