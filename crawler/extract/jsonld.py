"""What a page declares of itself as linked data (JSON-LD)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from lxml.html import HtmlElement

Node = dict[str, object]

_ARTICLES = ("article", "posting", "report")


def read(root: HtmlElement) -> tuple[Node, ...]:
    """Every node of the page's linked data, outer ones first; what is no JSON is passed over."""
    found: list[Node] = []
    for script in root.xpath("//script[contains(@type, 'ld+json')]/text()"):
        try:
            data = json.loads(str(script), strict=False)
        except (ValueError, RecursionError):
            continue
        found.extend(_nodes(data))
    return tuple(found)


def articles(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """The nodes that are articles of some kind."""
    for node in nodes:
        told = node.get("@type")
        kinds = told if isinstance(told, list) else [told]
        if any(isinstance(kind, str) and kind.lower().endswith(_ARTICLES) for kind in kinds):
            yield node


def texts(value: object) -> Iterator[str]:
    """The strings of a value that may be one, a list of them, or nodes that have a name or a URL."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            yield from (told for key in ("name", "url", "contentUrl") if isinstance(told := item.get(key), str))


def _nodes(data: object) -> Iterator[Node]:
    level = [data]
    while level:
        below: list[object] = []
        for node in level:
            if isinstance(node, dict):
                yield node
                below.extend(node.values())
            elif isinstance(node, list):
                below.extend(node)
        level = below
