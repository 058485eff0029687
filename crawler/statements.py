"""Where statements of SQL end: at a semicolon that stands in no string, name or comment."""

from __future__ import annotations

import re

_PARTS = re.compile(
    r"""
    (?P<string> '(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]*(?:\n|$) | /\*.*?\*/ | \$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$ )
    | (?P<open> ' | " | /\* | \$[A-Za-z_]*\$ )
    | (?P<end> ; )
    """,
    re.VERBOSE | re.DOTALL,
)


def split(text: str) -> tuple[list[str], str]:
    """The statements that end in the text, without their semicolons, and what is left: the beginning of the next one."""
    done: list[str] = []
    begin = 0
    for part in _PARTS.finditer(text):
        if part["open"]:  # a string or comment that later lines will end
            break
        if part["end"]:
            if not blank(text[begin : part.start()]):
                done.append(text[begin : part.start()].strip())
            begin = part.end()
    rest = text[begin:]
    return done, "" if not rest.strip() else rest.lstrip()


def blank(text: str) -> bool:
    """Whether there is nothing in the text but comments."""
    return not re.sub(r"--[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL).strip()
