"""Dask's workers, on this machine or on many: how they are reached, and what they must have in common with who asks them.

A unit of work is a portal's night or a WARC file, never a URL: a host is asked by one process at a time.  Dask keeps
nothing: which units are done, the archive itself says.
"""

from __future__ import annotations

import logging
import math
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.errors import MissingPackage, NoCluster
from archive.store import Store
from crawler.extract.version import extractor_version

LOCAL = "local"
_DEATHS = 5
"""How many workers of a local cluster may die of a unit, one after the other, before it is given up."""

_PATIENCE = 30
_ANSWER = 10


@dataclass(frozen=True, slots=True)
class Ground:
    """What who asks and who works must have in common: a folder of the store that only this command has, and the code."""

    scratch: str
    code: str

    def check(self) -> None:
        """Called by a worker before its unit; NoCluster where it sees another store, or is another version."""
        host = socket.gethostname()
        if not Path(self.scratch).is_dir():
            what = (
                f"a worker on {host} does not see {Path(self.scratch).parents[1]} as it is here, or the night is over"
            )
            raise NoCluster(what, "Mount the store on every host, at the same path")
        if (own := code()) != self.code:
            what = f"a worker on {host} reads pages by another version ({own}, here {self.code})"
            raise NoCluster(what, "Install one version of luutru and of its packages on every host")


def code() -> str:
    """The version of what reads pages here; the same wherever rows may stand beside one another."""
    return extractor_version("")


@contextmanager
def ground(store: Store) -> Iterator[Ground]:
    """The common ground of one command on a store, for as long as it runs."""
    with store.scratch() as folder:
        yield Ground(str(folder.absolute()), code())


@contextmanager
def connected(address: str, jobs: int | None = None) -> Iterator[Any]:
    """A Client of the scheduler at `address` (`tcp://host:8786`), or of workers of this machine for `local`.

    `jobs` is how many units a local cluster does at once; without it, as many as there are processors.  MissingPackage
    where Dask is not installed, NoCluster where no scheduler answers there or no worker comes to it within half a minute.
    """
    try:
        import dask
        import distributed
    except ImportError as error:
        raise MissingPackage(
            "Dask, which shares work out, is not installed", "pip install 'luutru[cluster]'"
        ) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters to a night is told by the night
    if address == LOCAL:
        at_once = jobs or os.cpu_count() or 1
        workers = min(at_once, max(2, os.cpu_count() or 1))
        with (
            dask.config.set({"distributed.scheduler.allowed-failures": _DEATHS}),
            distributed.LocalCluster(
                n_workers=workers,
                threads_per_worker=math.ceil(at_once / workers),
                processes=True,
                memory_limit=0,  # what a unit takes, its own process takes
                dashboard_address="127.0.0.1:0",
                silence_logs=logging.CRITICAL,
                preload=["crawler.apart"],
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = distributed.Client(address, timeout=_ANSWER)
    except (OSError, TimeoutError, ValueError) as error:
        why = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise NoCluster(f"no Dask scheduler answers at {address} ({why})", "Start one: dask scheduler") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError as error:
            raise NoCluster(
                f"the scheduler at {address} has no workers", f"Start some: dask worker {address}"
            ) from error
        yield client


def threads(client: Any) -> int:
    """How many units the cluster does at once now; 0 where it has no workers, or cannot be asked."""
    try:
        return sum(client.nthreads().values())
    except (OSError, TimeoutError):
        return 0


def trouble(error: BaseException) -> str:
    """Why a unit has no result, in a line."""
    from distributed import KilledWorker

    if isinstance(error, KilledWorker):
        return "the workers that did it died, one after the other"
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
