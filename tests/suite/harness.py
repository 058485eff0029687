"""A pytest plugin for a run of Scrapy's tests: no open network, and a file that says how each test ended.

Given as `-p harness` before all other plugins, with that file as `--told`.
"""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from importlib.metadata import version
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

_getaddrinfo = socket.getaddrinfo


def _resolve(host: str | bytes | None, *rest: Any, **more: Any) -> Any:
    """As socket.getaddrinfo on a machine that knows no names but its own."""
    name = host.decode("ascii") if isinstance(host, bytes) else host or ""
    local = name == "localhost"
    with suppress(ValueError):
        local = local or ip_address(name).is_loopback
    if not local:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return _getaddrinfo(host, *rest, **more)


# at import, before Twisted is imported: its resolver takes the function once
socket.getaddrinfo = _resolve


class Run:
    """How each test ended."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tests: dict[str, str] = {}
        self._deselected: list[str] = []

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self._deselected += [item.nodeid for item in items]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            self._tests[report.nodeid.partition("::")[2]] = report.outcome

    def pytest_sessionfinish(self) -> None:
        versions = {name: version(name) for name in ("scrapy", "twisted", "pyopenssl", "cryptography")}
        told = {"tests": self._tests, "deselected": self._deselected, "versions": versions}
        self._path.write_text(json.dumps(told), "utf-8")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--told", type=Path, required=True)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Run(config.getoption("--told")))
