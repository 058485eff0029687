"""What pages are shown with and a selection does not have yet: pictures that were known already and not asked for again,
and all of it where one article is taken alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from hashlib import blake2b

from archive.capture import Capture
from archive.errors import BrokenWarc
from archive.store import Store
from archive.url import canonical
from archive.wacz.selection import Asked, Nearest, Selection, Sheet
from archive.wacz.targets import Targets
from archive.warc.reader import exchange_at
from archive.warc.resolve import resolved

ShownWith = Callable[[Capture], Iterable[str]]
"""Reads what a page or a stylesheet asks for: absolute URLs; nothing of any other capture."""

_AT_ONCE = 200
_ASKED_AT_ONCE = 5000
_STEPS = 8
"""Redirects and imports that are followed from a page at most."""


def add_surroundings(selection: Selection, store: Store, targets: Targets, shown_with: ShownWith) -> None:
    """Takes what each page is shown with, as it was captured nearest to it in time: once a crawl, or once a version of an
    article.

    A page that does not read asks for nothing: that is told where its file is copied.
    """
    around = _Surroundings(selection, store, targets, shown_with)
    for first in range(0, selection.number_sheets(), _AT_ONCE):
        around.add(selection.sheets(first, _AT_ONCE))


class _Surroundings:
    """What was asked for already, in eight bytes each."""

    def __init__(self, selection: Selection, store: Store, targets: Targets, shown_with: ShownWith) -> None:
        self._selection = selection
        self._store = store
        self._targets = targets
        self._shown_with = shown_with
        self._asked: set[int] = set()

    def add(self, sheets: list[Sheet]) -> None:
        for _ in range(_STEPS):
            self._targets.note(self._selection.targets(sheets))
            sheets = [
                found.sheet
                for found in self._found(asked for sheet in sheets for asked in self._of(sheet))
                if found.mime == "text/css"
            ]
            if not sheets:
                return

    def _found(self, asked: Iterator[Asked]) -> Iterator[Nearest]:
        """The captures that answer, redirects followed."""
        waiting = list[Asked]()
        for one in asked:
            waiting.append(one)
            if len(waiting) >= _ASKED_AT_ONCE:
                yield from self._nearest(waiting)
                waiting = []
        yield from self._nearest(waiting)

    def _nearest(self, asked: list[Asked]) -> Iterator[Nearest]:
        for _ in range(_STEPS):
            if not asked:
                return
            found = self._selection.add_nearest(asked)
            yield from (one for one in found if one.redirect_to is None)
            asked = [
                Asked(one.redirect_to, one.sheet.when)
                for one in found
                if one.redirect_to is not None and self._is_new(one.redirect_to, one.sheet.when)
            ]

    def _of(self, sheet: Sheet) -> Iterator[Asked]:
        try:
            capture = _read(sheet, self._store, self._targets)
        except BrokenWarc:
            return
        if capture is not None:
            for url in map(canonical, self._shown_with(capture.shown)):
                if self._is_new(url, sheet.when):
                    yield Asked(url, sheet.when)

    def _is_new(self, url: str, when: datetime) -> bool:
        moment = "" if self._selection.scope.whole else str(when)
        mark = int.from_bytes(blake2b(f"{moment} {url}".encode("utf-8", "replace"), digest_size=8).digest())
        if mark in self._asked:
            return False
        self._asked.add(mark)
        return True


def _read(sheet: Sheet, store: Store, targets: Targets) -> Capture | None:
    single = sheet.single
    stored = exchange_at(store.warc(single.warc_filename), single.offset, single.warc_filename)
    return resolved(stored, store.warcs, targets) if stored.first.id == single.record_id else None
