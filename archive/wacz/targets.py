"""Where the records lie that others repeat: as the tables say, and where they do not, as the index beside the WARCs does."""

from __future__ import annotations

from collections.abc import Iterable

from archive.store import Store
from archive.warc.revisit import Target
from archive.warc.seen import Seen


class Targets:
    """The targets that were noted, and those of the portal's index, which is opened only where it is needed.

    The tables do not know a crawl that was never committed, and what it fetched may be repeated all the same.
    """

    def __init__(self, store: Store, portal: str) -> None:
        self._store = store
        self._portal = portal
        self._noted: dict[str, Target] = {}
        self._seen: Seen | None = None

    def note(self, targets: Iterable[Target]) -> None:
        """Knows these, in place of those that were noted before."""
        self._noted = {target.record_id: target for target in targets}

    def target(self, record_id: str) -> Target | None:
        """The record of this id; None where nothing knows it."""
        if (noted := self._noted.get(record_id)) is not None:
            return noted
        if self._seen is None:
            self._seen = Seen(self._store.portal_warcs(self._portal), self._store.warcs)
        return self._seen.target(record_id)

    def close(self) -> None:
        """Closes what was opened."""
        if self._seen is not None:
            self._seen.close()
