"""The command line: `luutru …`.  Everything heavy is imported by the command that needs it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from archive.errors import LuutruError, UnknownPortal
from crawler.audit_command import audit
from crawler.cite_command import cite
from crawler.history_commands import diff, gaps, history, snapshots
from crawler.keys_commands import keys as keys_app
from crawler.nightly_command import nightly, status
from crawler.options import (
    DEFAULT_STORE,
    AsOfOption,
    ClusterOption,
    ConfigOption,
    JsonOption,
    PortalsOption,
    SnapshotOption,
    StoreOption,
    day,
    opened,
    portal_called,
    print_json,
    root_of,
    say,
)
from crawler.portals_commands import portals_app
from crawler.prove_command import prove
from crawler.query_commands import query, sql
from crawler.release_commands import compact, export
from crawler.replay_command import replay
from crawler.schedule_commands import schedule_app
from crawler.search_command import search
from crawler.wacz_command import wacz

if TYPE_CHECKING:
    from crawler.portals import Portal

app = typer.Typer(
    name="luutru",
    help="Archives the news of Vietnamese government portals, and can prove what it says.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(portals_app, name="portals")
app.add_typer(schedule_app, name="schedule")
app.add_typer(keys_app, name="keys")
_COMMANDS = (
    audit,
    cite,
    compact,
    diff,
    export,
    gaps,
    history,
    nightly,
    prove,
    query,
    replay,
    search,
    snapshots,
    sql,
    status,
    wacz,
)
for _command in _COMMANDS:
    app.command()(_command)


@app.command()
def crawl(
    portal: Annotated[str, typer.Argument(help="Name of the portal.")],
    store: StoreOption = DEFAULT_STORE,
    folders: PortalsOption = None,
    config: ConfigOption = None,
    budget: Annotated[
        int | None, typer.Option(min=1, help="A trial: ask a host for so many pages at most; else as the portal says.")
    ] = None,
    night: Annotated[str | None, typer.Option(help="The night it counts for, YYYY-MM-DD; default today.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Crawl one portal and commit what it says as one snapshot.  A crawl that was cut off is taken up where it stood."""
    from archive.store import create_store
    from crawler import config as configuration
    from crawler.custody import stamped
    from crawler.fetch.run import crawl as run

    found = portal_called(portal, folders)
    if budget is not None:
        found = found.model_copy(update={"walk": found.walk.model_copy(update={"budget": budget})})
    settings = configuration.read(config)
    store_ = create_store(root_of(store))
    done = run(store_, found, settings, day(night, "--night"))
    if done.snapshot is None:
        say(done.said)
        if as_json:
            print_json({"crawl": done.crawl, "snapshot_id": None, "said": done.said})
        return
    row = done.snapshot.row
    if as_json:
        print_json({"snapshot_id": done.snapshot.id, **row})
    from crawler.fetch.progress import size

    say(
        f"{portal}: {row['colour']}, {row['articles']} articles, {row['images']} images, {row['attachments']} files in "
        f"{row['requests']} requests, {size(int(str(row['bytes'])))}; snapshot {done.snapshot.id}"
    )
    say(f"  chain head {row['manifest_hash']}")
    if trouble := stamped(settings, store_):
        say(f"  no timestamp: {trouble}")
    for reason in _list(row["reasons"]):
        say(f"  {reason}")
    _last.append(done.leave)
    if row["colour"] == "red":
        raise typer.Exit(1)


@app.command()
def extract(
    file: Annotated[Path, typer.Argument(help="A file of HTML.")],
    url: Annotated[str, typer.Option(help="The URL that the page was captured from.")],
    portal: Annotated[str | None, typer.Option(help="The portal; default: the one whose host the URL names.")] = None,
    at: Annotated[str | None, typer.Option(help="When it was captured, RFC 3339; default now.")] = None,
    folders: PortalsOption = None,
    _store: StoreOption = DEFAULT_STORE,
    _as_json: JsonOption = True,
) -> None:
    """Read one page as a crawl would, without network and store; the answer is JSON.  Exit 1 where it is no article."""
    from crawler.page import read_file

    answer = read_file(file, url, portal_called(portal, folders) if portal else _portal_of(url, folders), at)
    print_json(answer)
    if answer["verdict"] != "article":
        raise typer.Exit(1)


@app.command()
def reextract(
    store: StoreOption = DEFAULT_STORE,
    folders: PortalsOption = None,
    portal: Annotated[str | None, typer.Option(help="Only this portal's crawls.")] = None,
    crawl: Annotated[str | None, typer.Option(help="Only this crawl.")] = None,
    to: Annotated[
        Path | None, typer.Option(help="Commit nothing; write each crawl's rows to TO/CRAWL/*.parquet.")
    ] = None,
    cluster: ClusterOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the archive's own captures again.  Rows of a newer version are added; rows of this version must be equal."""
    from dataclasses import asdict

    from crawler import config as configuration
    from crawler.custody import signer
    from crawler.reextract import reextract as run

    archive = opened(store)
    key = signer(configuration.read(config), archive)
    with ExitStack() as held:
        shared = None
        if cluster is not None:
            from crawler.shares import shares

            shared = held.enter_context(shares(archive, cluster))
        found = run(
            archive,
            lambda name: portal_called(name, folders),
            shared=shared,
            portal=portal,
            crawl=crawl,
            to=to,
            signer=key,
        )
        done = list(found)
    if as_json:
        print_json([asdict(one) for one in done])
    for one in done:
        say(
            f"{one.crawl}: {one.articles} articles read again"
            + (
                f", {one.equal} equal to what stands, {len(one.different)} different, {one.added} added"
                if to is None
                else ""
            )
        )
        for line in one.different:
            say(f"  different: {line}")
    if any(one.different for one in done):
        raise typer.Exit(1)


@app.command()
def show(
    article: Annotated[str, typer.Argument(help="An article's id or URL.")],
    store: StoreOption = DEFAULT_STORE,
    snapshot: SnapshotOption = None,
    as_of: AsOfOption = None,
    _folders: PortalsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print one record as a person would like to read it, with where its bytes are."""
    from archive.tables.at import at
    from archive.tables.history import find
    from crawler.answer import plain
    from crawler.show import lines

    found = opened(store)
    row = find(found, article, at(found, snapshot, as_of))
    if as_json:
        print_json(plain(row))
        return
    for line in lines(row):
        print(line)


@app.command()
def repair(store: StoreOption = DEFAULT_STORE, _folders: PortalsOption = None, config: ConfigOption = None) -> None:
    """Close what a crash left open: torn ends are cut, whole records kept, the files indexed.  Good files are not touched."""
    from archive.warc.names import left_open, parts_in
    from archive.warc.repair import repair as mend
    from crawler import config as configuration
    from crawler.custody import adopt, signer, signs

    found = opened(store)
    key = signer(configuration.read(config), found)
    count = 0
    for folder in sorted(path for path in found.warcs.glob("*") if path.is_dir()):
        with found.lock(folder.name):
            for path in left_open(folder):
                done = mend(path, join_below=sys.maxsize, sign=signs(key))
                count += 1
                say(f"{path.name}: {done.records} records kept, {done.cut} bytes cut")
            if not found.staging(folder.name).exists():  # a crawl that goes on will join its parts itself
                for path in adopt(found, folder.name, parts_in(folder), key):
                    count += 1
                    say(f"{path.name}: closed and indexed")
    say(f"{count} files repaired" if count else "nothing to repair")


@app.command()
def cdxj(
    store: StoreOption = DEFAULT_STORE,
    portal: Annotated[str | None, typer.Option(help="One portal's captures; else all.")] = None,
    _folders: PortalsOption = None,
) -> None:
    """Print one index of all captures, for replay: a pywb collection of the WARCs with it shows each page as it looked."""
    from archive.warc.cdxj import merge

    found = opened(store)
    indexes = [path for path in sorted(found.warcs.glob("*/*.cdxj")) if portal in (None, path.parent.name)]
    if portal is not None and not indexes:
        raise UnknownPortal(f"no captures of {portal} in {found.root}", "luutru snapshots tells whose there are")
    for line in merge(indexes):
        sys.stdout.write(line + "\n")


@app.command()
def demo(
    store: Annotated[
        Path | None,
        typer.Option("--store", help="Leave the demo's store in this folder; default ./demo-store, made anew."),
    ] = None,
    serve: Annotated[bool, typer.Option("--serve", help="Only serve the demo portal until Ctrl-C.")] = False,
    night: Annotated[int, typer.Option(min=1, max=2, help="With --serve: the portal as it is on this night.")] = 1,
    port: Annotated[int, typer.Option(help="With --serve: the port; 0 for any.")] = 0,
) -> None:
    """Archive a small portal on the loopback address twice, as two nights, and tell what happened."""
    from crawler.demo import story

    if serve:
        story.serve(night, port)
    else:
        story.tell(store)


_last: list[Callable[[], None]] = []
"""What a crawl does when it has told its result: it clears its staging, and with that is over."""


def main() -> None:
    """The console script: errors of ours become one line and the exit code of the contract."""
    try:
        app()
    except LuutruError as error:
        say(f"luutru: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except SystemExit as end:
        if _last:
            _end(end.code if isinstance(end.code, int) else 0)
        raise


def _end(code: int) -> NoReturn:
    """Ends a finished crawl at once: Python takes 0.14 s to take itself down, and a process killed in that time would
    leave a crawl that is over and looks, to the next command, as if it had to be made anew."""
    sys.stdout.flush()
    sys.stderr.flush()
    for leave in _last:
        leave()
    os._exit(code)


def _portal_of(url: str, folders: list[Path] | None) -> Portal | None:
    from crawler import portals

    for path in portals.paths(list(folders or ())).values():
        portal = portals.read(path)
        if portal.owns(url):
            return portal
    return None


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


if __name__ == "__main__":
    main()
