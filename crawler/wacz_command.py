"""`luutru wacz`: a crawl, a portal or an article as one file for viewers of web archives."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.errors import Misuse
from crawler.options import DEFAULT_STORE, JsonOption, PortalsOption, StoreOption, opened, print_json, say

if TYPE_CHECKING:
    from archive.capture import Capture
    from archive.store import Store
    from archive.wacz.scope import Scope
    from archive.wacz.wacz import Done

_NAMED = 5


def wacz(
    to: Annotated[Path | None, typer.Option("--to", help="The file to be made, NAME.wacz.")] = None,
    store: StoreOption = DEFAULT_STORE,
    crawl: Annotated[str | None, typer.Option(help="All that this crawl captured.")] = None,
    portal: Annotated[str | None, typer.Option(help="All that was captured of this portal.")] = None,
    article: Annotated[
        str | None, typer.Option(help="This article (id or URL) in all its captures, with what its page is shown with.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="Sign it with the key in this file (PEM, ECDSA on P-384).")] = None,
    new_key: Annotated[
        Path | None, typer.Option("--new-key", help="Only make a key, in this new file, and print its public half.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
    _folders: PortalsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a WACZ of a crawl, a portal or an article, which ReplayWeb.page shows without the store.

    Its records are those of the store, byte for byte, the cookies of their requests too.
    """
    named = [name for name in (crawl, portal, article) if name is not None]
    if new_key is not None:
        if named or to is not None or key is not None:
            raise Misuse("--new-key makes a key and nothing else", "Give it alone, and then the key with --key")
        _make_key(new_key, as_json)
        return
    if len(named) != 1 or to is None:
        raise Misuse(
            "a WACZ is made of one crawl, portal or article", "Give one of --crawl, --portal and --article, and --to"
        )
    from archive.wacz.signature import read_key
    from archive.wacz.wacz import Manner, write
    from archive.warc.writer import utc_now

    found = opened(store)
    secret = read_key(key) if key is not None else None
    scope = _scope(found, crawl, portal, article)
    software = f"luutru/{metadata.version('luutru')}"
    done = write(found, scope, to, shown_with, Manner(software, utc_now().replace(microsecond=0), secret, force))
    _tell(done, scope, as_json)


def shown_with(capture: Capture) -> Iterator[str]:
    """What a page or a stylesheet asks for, as a crawl reads it; nothing of what is neither."""
    from crawler.extract.page import Page, is_html
    from crawler.extract.requisites import captured_stylesheet_requisites, page_requisites

    if capture.status != 200:
        return
    if capture.mime == "text/css":
        yield from (found.url for found in captured_stylesheet_requisites(capture))
    elif is_html(capture) and (page := Page(capture)).readable:
        yield from (found.url for found in page_requisites(page))


def _scope(store: Store, crawl: str | None, portal: str | None, article: str | None) -> Scope:
    from archive.wacz import scope

    if crawl is not None:
        return scope.crawl(store, crawl)
    if portal is not None:
        return scope.portal(store, portal)
    assert article is not None
    return scope.article(store, article)


def _make_key(path: Path, as_json: bool) -> None:
    from archive.wacz.signature import new_key

    public = new_key(path)
    if as_json:
        print_json({"file": str(path), "public_key": public})
    else:
        print(public)
    say(f"{path}: a new key; keep it to yourself, and tell its public half to those who are to verify your signatures")


def _tell(done: Done, scope: Scope, as_json: bool) -> None:
    from crawler.fetch.progress import size

    if as_json:
        print_json(
            {
                "file": str(done.path),
                **scope.facts,
                "pages": done.pages,
                "listings": done.listings,
                "captures": done.captures,
                "warcs": done.files,
                "bytes": done.bytes,
                "lost": list(done.lost),
                "public_key": done.public_key,
            }
        )
    by = ", signed" if done.public_key else ""
    say(f"{done.path}: {done.pages} pages, {done.captures} captures in {done.files} WARC files, {size(done.bytes)}{by}")
    if done.posted:
        say(
            f"  {done.posted} captures answer forms that were sent back; ReplayWeb.page may show another page of the listing "
            "for them, pywb shows the right one"
        )
    if done.lost:
        say(f"  {len(done.lost)} records that captures repeat are not in the store any more, and cannot be shown:")
        for record_id in done.lost[:_NAMED]:
            say(f"    {record_id}")
