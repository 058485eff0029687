"""TOML that people write: read, checked against a model, and refused with file, line and cure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from archive.errors import Misuse

Model = TypeVar("Model", bound=BaseModel)
_HEADER = re.compile(r"\s*\[\[?\s*([\w.-]+)\s*\]\]?\s*(?:#.*)?$")


def load(path: Path, model: type[Model], error: type[Misuse]) -> Model:
    """The model that the file at `path` describes, or `error` with the line to look at and what to write there."""
    text, data = written(path, error)
    try:
        return model.model_validate(data)
    except ValidationError as problem:
        raise _told(problem, path, text, model, error)[0] from problem


def examine(path: Path, model: type[Model], error: type[Misuse]) -> tuple[Model | None, list[Misuse]]:
    """As `load`, with every mistake of the file instead of the first, in the order of the model's fields."""
    try:
        text, data = written(path, error)
        return model.model_validate(data), []
    except ValidationError as problem:
        return None, _told(problem, path, text, model, error)
    except error as problem:
        return None, [problem]


def written(path: Path, error: type[Misuse]) -> tuple[str, dict[str, object]]:
    """The text of a TOML file and what it says, or `error`."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as problem:
        raise error(f"{path}: not UTF-8 (byte {problem.start})", "Save the file as UTF-8") from problem
    except OSError as problem:
        raise error(f"{path} cannot be read: {problem.strerror}", "Check its name and permissions") from problem
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        message = str(problem)
        found = re.search(r"\(at line (\d+), column (\d+)\)|\(at end of document\)", message)
        line = int(found[1]) if found and found[1] else len(text.splitlines())
        what = message[: found.start()].strip() if found else message
        raise error(f"{path}, line {line}: not TOML: {what}", "Correct that line") from problem


def named_authority(robots: str, authority: str, place: tuple[str, ...]) -> None:
    """Refuses an override of robots.txt that nobody answers for; `place` is where it is written."""
    if robots == "override" and not authority.strip():
        raise PydanticCustomError(
            "no_authority",
            'robots = "override" needs authority = "…": the law, decision or agreement that allows it',
            {"place": place},
        )


def line_of(text: str, place: Sequence[str | int]) -> int:
    """The line (from 1) of the key at `place`, or of the nearest table above it that is written down."""
    lines = text.splitlines()
    start, end = 0, len(lines)
    best = 1
    keys = list(place)
    while keys:
        key = keys.pop(0)
        index = keys.pop(0) if keys and isinstance(keys[0], int) else None
        tables = [(i, match[1]) for i in range(start, end) if (match := _HEADER.match(lines[i]))]
        headers = [i for i, name in tables if name.split(".")[-1] == key]
        if headers:
            wanted = headers[int(index)] if index is not None and int(index) < len(headers) else headers[0]
            start = wanted + 1
            end = next((i for i in range(start, end) if _HEADER.match(lines[i])), end)
            best = wanted + 1
            continue
        pattern = re.compile(rf"\s*[\"']?{re.escape(str(key))}[\"']?\s*=|.*[{{,]\s*{re.escape(str(key))}\s*=")
        own = min([i for i, _ in tables], default=end)  # a key of this table stands above the next one's header
        hit = next((i for i in range(start, own) if pattern.match(lines[i])), None)
        if hit is not None:
            return hit + 1
    return best


def _told(problem: ValidationError, path: Path, text: str, model: type[BaseModel], error: type[Misuse]) -> list[Misuse]:
    told = []
    for each in problem.errors():
        place = each.get("ctx", {}).get("place") or each["loc"]
        name = ".".join(str(part) for part in place) or "the file"
        told.append(error(f"{path}, line {line_of(text, place)}: {name}: {_words(each['msg'])}", _cure(each, model)))
    return told


def _words(message: str) -> str:
    known = {"Field required": "is missing", "Extra inputs are not permitted": "is no field that is known"}
    return known.get(message, message.removeprefix("Value error, "))


def _cure(problem: object, model: type[BaseModel]) -> str:
    assert isinstance(problem, dict)
    if cure := problem.get("ctx", {}).get("cure"):
        return str(cure)
    if problem["type"] == "extra_forbidden":
        return f"Known here: {', '.join(sorted(_fields_at(model, problem['loc'][:-1])))}"
    if problem["type"] == "missing" and problem["loc"][-1] == "categories":
        return 'Add [[categories]] with path = ["…"] and url = "…"'
    if problem["type"] == "missing":
        return f"Add a line {problem['loc'][-1]} = …"
    return "Correct the value"


def _fields_at(model: type[BaseModel], place: Sequence[str | int]) -> list[str]:
    """The names of the fields of the model that stands at `place` inside `model`."""
    current: type[BaseModel] = model
    for part in place:
        if isinstance(part, int) or part not in current.model_fields:
            continue
        inner = _inner_model(current.model_fields[part].annotation)
        if inner is None:
            return []
        current = inner
    return [name for name, field in current.model_fields.items() if not field.exclude]


def _inner_model(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        if (found := _inner_model(argument)) is not None:
            return found
    return None
