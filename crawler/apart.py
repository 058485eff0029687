"""What a worker of a local cluster does first: it leaves the terminal, whose Ctrl-C is for the command that began it."""

from __future__ import annotations

import os


def dask_setup(_worker: object) -> None:
    """Called by Dask in the worker's process as it begins."""
    os.setsid()
