"""`luutru portals …`: the portals that are known, and the way to a new one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.errors import Misuse, unwritable
from crawler.options import (
    DEFAULT_STORE,
    ConfigOption,
    JsonOption,
    PortalsOption,
    StoreOption,
    portal_called,
    print_json,
    root_of,
    say,
)

if TYPE_CHECKING:
    from crawler.golden import Checked

portals_app = typer.Typer(help="The portals that are known.", no_args_is_help=True)
OWN_PORTALS = Path("my-portals")


@portals_app.command("list")
def portals_list(
    folders: PortalsOption = None, store: StoreOption = DEFAULT_STORE, as_json: JsonOption = False
) -> None:
    """List the portals: name, platform, categories, what its file rests on, and how full the last night's records are."""
    from crawler.listed import lines, rows

    found = rows(list(folders or ()), root_of(store))
    if as_json:
        print_json(found)
        return
    for line in lines(found):
        print(line)


@portals_app.command("check")
def portals_check(
    target: Annotated[str, typer.Argument(help="A portal file, a portal's name, a URL, or a file of HTML.")],
    folders: PortalsOption = None,
    _store: StoreOption = DEFAULT_STORE,
    config: ConfigOption = None,
) -> None:
    """Check a portal file; or say which platform a page is of, and why.  A URL is asked for, and kept nowhere."""
    from crawler import portals
    from crawler.page import recognised, recognised_at

    if target.startswith(("http://", "https://")):
        from crawler import config as configuration

        told = recognised_at(target, configuration.read(config))
    else:
        path = Path(target)
        if path.suffix == ".toml" and not path.exists():
            raise Misuse(f"no file at {path}", "Name a portal file")
        if path.suffix == ".toml" or not path.exists():
            portal = portals.read(path) if path.exists() else portals.find(target, folders or ())
            print(f"{portal.name}: good; {len(portal.categories)} categories on {', '.join(portal.hosts)}")
            return
        told = recognised(path)
    for line in told:
        print(line)


@portals_app.command("new")
def portals_new(
    target: Annotated[
        str, typer.Argument(help="The URL of the portal's home page, or of a listing; or a file of HTML.")
    ],
    folders: Annotated[Path | None, typer.Option("--portals", help="The folder for the portal file.")] = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="The portal file to write; its name names the portal.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="With a file of HTML: the URL that it was saved from.")] = None,
    delay: Annotated[float, typer.Option(min=0, help="Seconds between two requests, now and in the file.")] = 2.0,
    config: ConfigOption = None,
    _store: StoreOption = DEFAULT_STORE,
) -> None:
    """Look at a portal (its page, one listing, one article) and write a portal file for a person to look over."""
    from crawler import config as configuration
    from crawler import portals, survey
    from crawler.page import page_of

    address = url or target
    if not address.startswith(("http://", "https://")):
        raise Misuse(f"{address!r} is no web address", "Give the portal's URL, or a file with --url")
    file = to or (folders or OWN_PORTALS) / f"{survey.name_of(address)}.toml"
    if file.suffix != ".toml":
        raise Misuse(f"{file} is no portal file", "Its name ends with .toml: --to my-portals/NAME.toml")
    if file.exists():
        raise Misuse(f"{file} is there already", "Name another with --to, or move it away; it is never overwritten")
    if url is not None:
        seen = survey.look_at(page_of(Path(target), url, None), delay)
        seen.tried = False
    else:
        seen = survey.visit(target, configuration.read(config), delay)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as out:
            out.write(survey.portal_file(seen, survey.today()))
    except OSError as error:
        raise unwritable(error, file) from error
    portals.read(file)
    for line in survey.report(seen):
        print(line)
    print(f"written: {file}")
    print("next:")
    beside = f"--portals {file.parent}"
    print(f"  luutru portals check {file.stem} {beside}")
    print(f"  luutru crawl {file.stem} {beside} --budget 20 --store trial")
    print(f"  luutru portals golden {file.stem} {beside} --to goldens")


@portals_app.command("golden")
def portals_golden(
    portal: Annotated[str | None, typer.Argument(help="Name of the portal; with --check all that have one.")] = None,
    urls: Annotated[list[str] | None, typer.Argument(help="The articles; else the first of the listing.")] = None,
    folders: PortalsOption = None,
    to: Annotated[Path | None, typer.Option("--to", help="Folder of the goldens; default tests/golden.")] = None,
    articles: Annotated[int, typer.Option(min=1, max=20, help="How many articles, where none is named.")] = 2,
    pages: Annotated[str | None, typer.Option(help="What the pages are, where they are not the portal's own.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Compare the record with what is read today.")] = False,
    looked: Annotated[str | None, typer.Option(help="Who has looked at the record beside the pages.")] = None,
    renew: Annotated[bool, typer.Option("--renew", help="Write what is read today; to be looked at again.")] = False,
    config: ConfigOption = None,
    _store: StoreOption = DEFAULT_STORE,
    as_json: JsonOption = False,
) -> None:
    """Capture a listing and some articles and record what they say; check the record; mark it as looked at."""
    from crawler import golden

    folder = to or golden.FOLDER
    if sum((check, renew, looked is not None)) > 1:
        raise Misuse("--check, --renew and --looked are three things to do", "Give one of them")
    if portal is None:
        if not check:
            raise Misuse("no portal is named", "luutru portals golden PORTAL; or --check for all")
        names = golden.names(folder)
        if not names:
            raise Misuse(
                f"no golden in {folder}", "Name the folder with --to, or make one: luutru portals golden PORTAL"
            )
    else:
        names = [portal]
    found = [portal_called(name, folders) for name in names]
    if check or renew or looked is not None:
        do = golden.check if check else golden.renew
        done = [golden.looked(each, folder, looked) if looked is not None else do(each, folder) for each in found]
        _tell_checked(done, as_json, renew)
        return
    from crawler import config as configuration

    record = golden.capture(found[0], urls or [], folder, configuration.read(config), articles, pages)
    if as_json:
        print_json(record)
    say(f"{folder / found[0].name}: {len(record['readings'])} pages, {record['pages']}")
    if not as_json:
        for one in record["readings"]:
            print(f"{one['verdict']:<8} {one['url']}  {one.get('title') or ''}")
    beside = "".join(f" --portals {each}" for each in folders or ()) + (f" --to {to}" if to else "")
    say(f"Look at {golden.RECORD} beside the pages, then: luutru portals golden {found[0].name}{beside} --looked NAME")


def _tell_checked(checked: list[Checked], as_json: bool, renew: bool) -> None:
    if as_json:
        print_json([{"portal": c.portal, "looked_at": c.looked_at, "differences": c.differences} for c in checked])
    for one in checked if not as_json else ():
        seen = f"looked at ({one.looked_at['by']}, {one.looked_at['on']})" if one.looked_at else "not looked at yet"
        print(f"{one.portal}: {one.pages} pages, {'read otherwise' if one.differences else 'read the same'}, {seen}")
        for line in one.differences:
            print(f"  {line}")
    if not renew and not all(one.good for one in checked):
        raise typer.Exit(1)
