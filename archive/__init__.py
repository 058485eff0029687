"""An archive of news: `archive.open("data")` reads one from Python (docs/research.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from os import PathLike

    from archive.opened import Archive

__all__ = ["open"]


def open(  # noqa: A001 - it is said as archive.open
    store: str | PathLike[str], snapshot: str | None = None, as_of: datetime | str | None = None
) -> Archive:
    """The archive in the folder `store`, read at its newest snapshot or at the one named.

    `snapshot` is what was known then: an id, the beginning of one, or a day (YYYY-MM-DD, in Vietnam).  `as_of` is what was
    online then: an aware time, RFC 3339 text, or a day.  NotAStore, UnknownSnapshot and Misuse say what is wrong with them.
    """
    from pathlib import Path

    from archive.opened import opened  # DuckDB and Arrow take half a second, and few who import archive need them

    return opened(Path(store), snapshot, as_of)
