"""Which portals a schedule means: names, globs, and what the portals' files say of them."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import get_args

from crawler.portals import Portal
from crawler.schedule.schedule import Schedule

KINDS = ("level", "tag", "province")
LEVELS = get_args(Portal.model_fields["level"].annotation)


def selected(schedule: Schedule, portals: Mapping[str, Portal]) -> tuple[str, ...]:
    """The names of the portals that a schedule means, sorted, out of all that are known."""
    meant = {name for word in schedule.portals for name in found(word, portals)}
    return tuple(sorted(meant - {name for word in schedule.leave_out for name in found(word, portals)}))


def found(word: str, portals: Mapping[str, Portal]) -> set[str]:
    """The names of the portals that one word of a schedule means."""
    kind, colon, value = word.partition(":")
    if not colon:
        return {name for name in portals if fnmatchcase(name, word)}
    wanted = _plain(value)
    return {name for name, portal in portals.items() if wanted in map(_plain, _said(kind, portal))}


def why_none(word: str, portals: Mapping[str, Portal]) -> tuple[str, str]:
    """Of a word that means no portal: what is wrong with it, and the cure."""
    kind, colon, value = word.partition(":")
    if not colon and any(char in word for char in "*?["):
        return f"{word!r} matches no portal", f"There are: {_list(portals)}"
    if not colon:
        near = difflib.get_close_matches(word, portals, 1)
        hint = f"Did you mean {near[0]}? " if near else ""
        return f"no portal is called {word!r}", f"{hint}There are: {_list(portals)}"
    if kind not in KINDS:
        return (
            f"{word!r}: nothing of a portal is called {kind!r}",
            "Write level:, tag: or province:, or a portal's name",
        )
    values = sorted({said for portal in portals.values() for said in _said(kind, portal)})
    if kind == "level" and value not in LEVELS:
        return f"{value!r} is no level", f"There are: {', '.join(LEVELS)}"
    return f"no portal has the {kind} {value!r}", f"There are: {', '.join(values) or 'none'}"


def _said(kind: str, portal: Portal) -> tuple[str, ...]:
    if kind == "level":
        return (portal.level,)
    if kind == "tag":
        return portal.tags
    if kind == "province" and portal.province is not None:
        return (portal.province.then, portal.province.now)
    return ()


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().casefold()


def _list(portals: Mapping[str, Portal]) -> str:
    return ", ".join(sorted(portals)) or "none"
