"""Ctrl-C while a query runs: Python hears it only when nothing keeps its main thread waiting, so the query has its own."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import TypeVar

import duckdb

T = TypeVar("T")


def interruptible(sql: duckdb.DuckDBPyConnection, work: Callable[[], T]) -> T:
    """What `work` on the connection gives or raises; KeyboardInterrupt where Ctrl-C came, and its query is then over.

    A second Ctrl-C ends the process, since a query may heed no interrupt for minutes.
    """
    found: list[T] = []
    failed: list[BaseException] = []
    over = threading.Event()  # Thread.join and is_alive are wrong about a thread once Ctrl-C has come into join

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is heard
            failed.append(error)
        finally:
            over.set()

    threading.Thread(target=run, daemon=True, name="query").start()
    interrupted = False
    while not over.is_set():
        try:
            over.wait(0.05)
            if interrupted:
                sql.interrupt()
        except KeyboardInterrupt:
            if interrupted:
                os._exit(130)
            interrupted = True
    if interrupted:
        raise KeyboardInterrupt
    if failed:
        raise failed[0]
    return found[0]
