"""What an opened page has loaded, as the gate tells it, and what a person should know of that."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from archive.replay.crawls import Crawls, Stand

_VIEWS = 500
_LOADS = 5000
_DOCUMENTS = ("iframe", "frame", "document")


@dataclass(frozen=True, slots=True)
class Load:
    """One answer of the gate.  `stand` is None for what is not in the archive, and `asked` what was wished for."""

    target: str
    url: str
    asked: datetime
    status: int
    document: bool
    nonce: str
    stand: Stand | None


@dataclass(slots=True)
class View:
    """One opened page, or those that were come to from it; the lists only grow."""

    loads: list[Load] = field(default_factory=list)


class Views:
    """The views that are open; the newest five hundred are known.  Safe to use from several threads."""

    def __init__(self) -> None:
        self._views: OrderedDict[str, View] = OrderedDict()
        self._lock = threading.Lock()

    def new(self) -> str:
        """A name for a view that nobody can guess."""
        name = secrets.token_hex(16)
        with self._lock:
            self._views[name] = View()
            while len(self._views) > _VIEWS:
                self._views.popitem(last=False)
        return name

    def heard(self, told: Mapping[str, Any]) -> None:
        """Takes note of a line of the gate's; one about a view that was never given is nothing to anyone."""
        load = _load(told)
        with self._lock:
            view = self._views.get(str(told["view"]))
            if view is not None and len(view.loads) < _LOADS:
                view.loads.append(load)

    def loads(self, name: str) -> list[Load]:
        """What a view has loaded so far, in order."""
        with self._lock:
            view = self._views.get(name)
            return list(view.loads) if view else []


@dataclass(frozen=True, slots=True)
class Summary:
    """What a person should know of the page that is shown.

    `at` is None where the archive does not have it, and `asked` a time that was wished for where another crawl's capture is
    shown instead.  `others` are parts that another crawl saw, by URL with their times, oldest first; `missing` are URLs that
    were asked for and are not in the archive.
    """

    url: str
    status: int
    at: datetime | None
    asked: datetime | None
    others: list[tuple[str, datetime]]
    missing: list[str]


def summary(loads: list[Load], nonce: str, crawls: Callable[[], Crawls]) -> Summary | None:
    """What is to be said of a view; `nonce` is the word of the document that is shown, "" where it has not spoken.

    A document is known by the nonce that was put in it and in no other: a page can load another page within itself, and
    could else pass for it.  Without one the first document is meant.  None while it is not known.
    """
    documents = [place for place, load in enumerate(loads) if load.document and not 300 <= load.status < 400]
    spoken = [place for place in documents if nonce and loads[place].nonce == nonce]
    if not documents or (nonce and not spoken):
        return None
    place = spoken[0] if spoken else documents[0]
    page = loads[place]
    parts = [load for load in loads[place + 1 :] if not 300 <= load.status < 400]
    missing = sorted({load.target for load in parts if load.stand is None})
    if page.stand is None:
        return Summary(page.target, page.status, None, None, [], missing)
    known = crawls()
    wished = Stand(page.asked, page.stand.file, repeated=True)
    elsewhen = page.asked != page.stand.at and known.apart(page.stand, wished)
    others = {
        load.url: load.stand.at for load in parts if load.stand is not None and known.apart(page.stand, load.stand)
    }
    return Summary(
        page.url,
        page.status,
        page.stand.at,
        page.asked if elsewhen else None,
        sorted(others.items(), key=lambda pair: pair[1]),
        missing,
    )


def moment(text: str) -> datetime:
    """The UTC time of an index's or an address's digits, which may be fewer than fourteen: `2026` is its first second."""
    full = text[:14] + "19700101000000"[len(text) :]
    try:
        return datetime.strptime(full, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)


def _load(told: Mapping[str, Any]) -> Load:
    stand = None
    if "at" in told:
        at = moment(str(told["at"]))
        repeated = str(told["date"])[:19] != at.strftime("%Y-%m-%dT%H:%M:%S")
        stand = Stand(at, str(told["file"]), repeated)
    document = told["kind"] in _DOCUMENTS
    texts = (str(told["target"]), str(told.get("url", "")))
    return Load(*texts, moment(str(told["asked"])), int(told["status"]), document, str(told["nonce"]), stand)
