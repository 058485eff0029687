"""`luutru search`: words found in the archive's articles."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.options import (
    DEFAULT_STORE,
    AsOfOption,
    JsonOption,
    PortalsOption,
    SnapshotOption,
    StoreOption,
    day,
    opened,
    print_json,
    printable,
)

if TYPE_CHECKING:
    from archive.search.finding import Hit

_WIDTH = 96


def search(
    text: Annotated[
        list[str],
        typer.Argument(help='Words that must all stand in the article, with or without marks; "a phrase"; -word: not.'),
    ],
    store: StoreOption = DEFAULT_STORE,
    portal: Annotated[list[str] | None, typer.Option(help="Only this portal; may be given again.")] = None,
    category: Annotated[
        str | None, typer.Option(help="Only this category: an element of the path, or all of it.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="Published on this day (YYYY-MM-DD, Vietnam) or later.")] = None,
    until: Annotated[str | None, typer.Option(help="Published on this day or earlier.")] = None,
    within: Annotated[
        str | None, typer.Option("--in", help="Only in this field: title, lead, body or captions.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="So many articles at most.")] = 20,
    snapshot: SnapshotOption = None,
    as_of: AsOfOption = None,
    _folders: PortalsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find articles by words of title, lead, captions and body: the exact spelling first, any spelling after it."""
    from archive.search.finding import open_search
    from archive.search.ranking import Filters
    from archive.search.terms import clean
    from archive.tables.at import at

    filters = Filters(
        portals=tuple(clean(name) for name in portal or ()),
        category=category,
        since=day(since, "--since"),
        until=day(until, "--until"),
        within=within,
    )
    found = opened(store)
    with open_search(found, at(found, snapshot, as_of)) as opened_search:
        hits = opened_search.find(" ".join(text), filters, limit + 1)
    more, hits = len(hits) > limit, hits[:limit]
    if as_json:
        print_json([hit.row() for hit in hits])
        return
    for line in _lines(hits, bold=sys.stdout.isatty() and "NO_COLOR" not in os.environ):
        print(line)
    if not hits:
        print("nothing found")
    elif more:
        print(f"({limit} articles; there are more: --limit N)")
    else:
        print(f"({len(hits)} {'article' if len(hits) == 1 else 'articles'})")


def _lines(hits: list[Hit], *, bold: bool) -> Iterator[str]:
    before, after = ("\x1b[1m", "\x1b[0m") if bold else ("«", "»")
    for hit in hits:
        yield from textwrap.wrap(printable(hit.title), _WIDTH)
        told = (
            hit.portal,
            " › ".join(hit.category),
            hit.published or "no date on the page",
            "" if hit.state == "online" else hit.state,
        )
        yield printable("  " + " · ".join(part for part in told if part))
        yield printable(f"  {hit.url}")
        text = "".join(
            f"{before}{printable(piece)}{after}" if marked else printable(piece) for piece, marked in hit.snippet.pieces
        )
        yield f"  {hit.snippet.field}: {text}"
        yield f"  luutru show {hit.article_id}"
        yield ""
