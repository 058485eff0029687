"""docs/commands.md, from the commands themselves: `python -m crawler.reference`."""

from __future__ import annotations

import typer.main

from crawler.cli import app


def reference() -> str:
    """Every command with its help, arguments and options."""
    out = [
        "# Commands",
        "",
        "Written by `python -m crawler.reference` from the code; a test holds it to it.",
        "Exit 0: good (an amber night too). 1: the thing asked about is bad. 2: wrong use.",
    ]
    out += _group(typer.main.get_command(app), "luutru")
    return "\n".join(out) + "\n"


def _group(group: object, name: str) -> list[str]:
    out: list[str] = []
    for word, command in sorted(getattr(group, "commands", {}).items()):
        if getattr(command, "commands", None):
            out += _group(command, f"{name} {word}")
        else:
            out += _command(command, f"{name} {word}")
    return out


def _command(command: object, name: str) -> list[str]:
    parameters = [p for p in getattr(command, "params", []) if p.name != "help"]
    arguments = [p for p in parameters if p.param_type_name == "argument"]
    options = [p for p in parameters if p.param_type_name == "option"]
    words = " ".join(str(p.name).upper() for p in arguments)
    out = ["", f"## {name} {words}".rstrip(), "", str(getattr(command, "help", "")).strip()]
    rows = [(str(p.name).upper(), p.help) for p in arguments] + [(", ".join(p.opts), p.help) for p in options]
    if rows:
        out += ["", "| | |", "|---|---|", *(f"| `{left}` | {right or ''} |" for left, right in rows)]
    return out


if __name__ == "__main__":
    print(reference(), end="")
