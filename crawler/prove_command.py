"""`luutru prove`: one article with all that shows it was so, for people who doubt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.errors import LuutruError
from crawler.options import (
    DEFAULT_STORE,
    AsOfOption,
    ConfigOption,
    JsonOption,
    PortalsOption,
    SnapshotOption,
    StoreOption,
    opened,
    print_json,
    say,
)

if TYPE_CHECKING:
    from datetime import datetime

    from archive.proof.proof import Picture
    from archive.store import Store

_WINDOW = (1280, 4000)
"""Pixels of the picture: articles with their images are longer than a screen, and what lies below is not in it."""


def prove(
    article: Annotated[str, typer.Argument(help="The article's id or URL.")],
    to: Annotated[Path | None, typer.Option("--to", help="Folder or NAME.zip; default proof-ARTICLE here.")] = None,
    store: StoreOption = DEFAULT_STORE,
    snapshot: SnapshotOption = None,
    as_of: AsOfOption = None,
    picture: Annotated[bool, typer.Option(help="Render a screenshot, where pywb and Chromium are there.")] = True,
    config: ConfigOption = None,
    _folders: PortalsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write one article's proof: its captures byte for byte, what vouches for them, statements to sign, and a script that
    checks it without this software."""
    from archive.proof.proof import Manner, write
    from archive.tables.at import at
    from archive.tables.history import find
    from archive.warc.writer import utc_now
    from crawler import config as configuration
    from crawler.custody import SOFTWARE, signer
    from crawler.wacz_command import shown_with

    found, settings = opened(store), configuration.read(config)
    place = at(found, snapshot, as_of)
    target = to or Path(f"proof-{find(found, article, place)['article_id']}")
    manner = Manner(SOFTWARE, settings.operator, utc_now(), signer(settings, found), shown_with, _picture(picture))
    done = write(found, article, target, manner, place)
    if as_json:
        print_json(
            {
                "proof": str(done.path),
                "article_id": done.article["article_id"],
                "records": done.records,
                "manifests": done.manifests,
                "keys": list(done.keys),
                "stamped": done.stamped,
                "pictured": done.pictured,
            }
        )
    by = f"signed by {', '.join(done.keys)}" if done.keys else "not signed: luutru keys new makes a key for what comes"
    say(f"{done.path}: {done.records} records under {done.manifests} manifests, {by}")
    say(
        f"  check it: python3 {done.path if done.path.suffix != '.zip' else 'verify.py'}"
        + ("/verify.py" if done.path.suffix != ".zip" else f" {done.path} (the script is in the zip)")
    )


def _picture(wanted: bool) -> Picture | None:
    """How a capture is pictured; where it cannot be, that is said, and the proof does without."""
    if not wanted:
        return None

    def take(store: Store, url: str, at: datetime, target: Path) -> None:
        from archive.replay.chromium import screenshot

        try:
            screenshot(store, url, at, target, size=_WINDOW, warn=say)
        except LuutruError as error:
            say(f"no screenshot: {error}")

    return take
