"""Amounts that people write: durations (`90s`, `20m`, `6h`, `2d`) and sizes (`500MB`, `20GB`)."""

from __future__ import annotations

import re

from pydantic_core import PydanticCustomError

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_BYTES = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


def seconds(value: object) -> object:
    """A duration in seconds; what is no text stays as it is."""
    return _amount(value, _SECONDS, "duration", 'Write seconds, or "90s", "20m", "6h", "2d"')


def octets(value: object) -> object:
    """A size in bytes; what is no text stays as it is."""
    return _amount(value, _BYTES, "size", 'Write bytes, or "500MB", "20GB"')


def written_duration(amount: int) -> str:
    """Seconds as a person would write them: `6h`, `90m`, `45s`."""
    for unit in ("d", "h", "m"):
        if amount and amount % _SECONDS[unit] == 0:
            return f"{amount // _SECONDS[unit]}{unit}"
    return f"{amount}s"


def _amount(value: object, units: dict[str, int], kind: str, cure: str) -> object:
    if not isinstance(value, str):
        return value
    found = re.fullmatch(rf"(\d{{1,12}})\s*({'|'.join(units)})", value.strip(), re.ASCII)
    if found is None:
        raise PydanticCustomError("amount", "{what}", {"what": f"{value!r} is no {kind}", "cure": cure})
    return int(found[1]) * units[found[2]]
