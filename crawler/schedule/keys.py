"""What a schedule file may say, as the table of docs/schedules.md: `python -m crawler.schedule.keys`."""

from __future__ import annotations

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from crawler.schedule.schedule import Schedule


def keys() -> str:
    """Every key with its default and what it means, as Markdown."""
    rows = [f"| `{key}` | {default} | {meaning} |" for key, default, meaning in _rows(Schedule, "")]
    return "\n".join(["| key | without it | what it says |", "|---|---|---|", *rows]) + "\n"


def _rows(model: type[BaseModel], before: str) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    for name, field in model.model_fields.items():
        if isinstance(field.default, BaseModel):
            found += _rows(type(field.default), f"{before}{name}.")
        elif not field.exclude:
            found.append((before + name, _default(field), field.description or ""))
    return found


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be there"
    value = field.default
    if value is None or value in ("", ()):
        return "none"
    return f"`{str(value).lower()}`" if isinstance(value, bool) else f"`{value}`"


if __name__ == "__main__":
    print(keys(), end="")
