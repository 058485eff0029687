"""What can go wrong, each with its cure.

Every error a user may meet is a :class:`LuutruError`: `what` says what happened and to which portal, URL or file;
`cure` says what to do.  `exit_code` is the command line's answer: 1, the thing asked about is bad; 2, wrong use.
"""

from __future__ import annotations

import errno
import shutil
import sqlite3
from pathlib import Path


class LuutruError(Exception):
    """The base of all our errors: one line of what happened, one of what to do."""

    exit_code = 1

    def __init__(self, what: str, cure: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.what}. {self.cure}" if self.cure else self.what


class Misuse(LuutruError):
    """The command was used wrongly: nothing was done."""

    exit_code = 2


class NotAStore(Misuse):
    """The folder named is no store of ours."""


class UnknownPortal(Misuse):
    """No portal file has this name."""


class BrokenPortal(Misuse):
    """A portal file that cannot be used: file, line and cure are in the message."""


class BrokenGolden(Misuse):
    """A portal's golden that is not there, or whose record does not read."""


class BrokenConfiguration(Misuse):
    """luutru.toml cannot be used: file, line and cure are in the message."""


class UnknownSchedule(Misuse):
    """No schedule file has this name."""


class BrokenSchedule(Misuse):
    """A schedule file that cannot be used: file, line and cure are in the message."""


class BrokenQuery(Misuse):
    """SQL that DuckDB refuses, or that asks for what queries may not do."""


class QueryTooLong(LuutruError):
    """A query that took longer than it may."""


class QueryTooLarge(LuutruError):
    """A query that wants more memory than it may have."""


class MissingPackage(Misuse):
    """A package that only some need, and that is not installed."""


class NoCluster(LuutruError):
    """A cluster that cannot be used: no scheduler answers, it has no workers, or they see another store or another code."""


class UnknownArticle(Misuse):
    """No article of the store answers to this name."""


class UnknownSnapshot(Misuse):
    """No snapshot of the store answers to this name or day."""


class UnknownCapture(LuutruError):
    """The store has no capture of this URL."""


class ReplayFailed(LuutruError):
    """Captures cannot be replayed: pywb does not start, its port is taken, or there is no browser to look with."""


class StoreBusy(LuutruError):
    """Another process is crawling this portal into this store."""


class StoreFull(LuutruError):
    """The disk (or the quota) under the store is full."""


class StoreUnwritable(LuutruError):
    """The store could not be written, for a reason other than a full disk."""


class BrokenWarc(LuutruError):
    """A WARC file that does not read: file and offset are in the message."""


class BrokenLedger(LuutruError):
    """A ledger or a manifest that does not read: the file is in the message."""


class BrokenKey(Misuse):
    """A signing key that is not there, does not read, or is open to others."""


class BrokenStamp(LuutruError):
    """A timestamp that was not given, or does not hold."""


class BrokenHttp(LuutruError):
    """Bytes that no reading makes an HTTP message of."""


class Unreachable(LuutruError):
    """A portal none of whose hosts gave an answer."""


class ReleaseFailed(LuutruError):
    """A release could not be written; nothing of it is left where it was to be."""


class ProofFailed(LuutruError):
    """A proof could not be written; nothing of it is left under its name."""


class WaczFailed(LuutruError):
    """A WACZ could not be written; nothing of it is left under its name."""


class UnknownCrawl(Misuse):
    """No crawl of the store that was committed answers to this name."""


class SearchFailed(LuutruError):
    """The search index could be made neither in the store nor in a temporary folder."""


class NotSent(LuutruError):
    """Word of a night that could not be sent."""


class CommitFailed(LuutruError):
    """A snapshot could not be committed; what was captured is kept and the next attempt goes on from there."""


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_LEAST_ROOM = 256 * 1024


def store_full(path: Path) -> StoreFull:
    """No room for `path`, a file of the store or a table."""
    return StoreFull(
        f"no space left for {path}",
        "Free some space and run the same command again: what was captured is kept, and the crawl goes on from it",
    )


def unwritable(error: OSError, path: Path) -> LuutruError:
    """The error of ours that says what `error` means for `path`, a file of the store."""
    if error.errno in _FULL:
        return store_full(path)
    return StoreUnwritable(f"cannot write {path}: {error.strerror or error}", "Check the disk and its permissions")


def database_error(path: Path, error: sqlite3.Error, cure: str) -> LuutruError:
    """What SQLite's error means for its file; on a full disk it may say no more than "disk I/O error"."""
    room = shutil.disk_usage(path.parent).free
    if "full" in str(error) or ("I/O" in str(error) and room < _LEAST_ROOM):
        return store_full(path)
    return StoreUnwritable(f"{path} does not read or write: {error}", cure)
