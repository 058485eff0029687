"""`luutru schedule …`: when which portals are crawled, and by whom."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
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
    print_json,
    root_of,
    say,
)

if TYPE_CHECKING:
    from crawler.portals import Portal
    from crawler.schedule import Schedule
    from crawler.schedule.installed import Installed

schedule_app = typer.Typer(help="When which portals are crawled.", no_args_is_help=True)
render_app = typer.Typer(help="Write the schedules for systemd, cron or Kubernetes.", no_args_is_help=True)
schedule_app.add_typer(render_app, name="render")

FolderOption = Annotated[
    Path, typer.Option("--schedules", envvar="LUUTRU_SCHEDULES", help="The folder of schedules.", show_default=True)
]
NamesArgument = Annotated[list[str] | None, typer.Argument(help="Names of schedules; default all.")]
DEFAULT_FOLDER = Path("schedules")


@schedule_app.command("list")
def schedule_list(
    folder: FolderOption = DEFAULT_FOLDER, folders: PortalsOption = None, as_json: JsonOption = False
) -> None:
    """List the schedules: when they start, in which zone and window, and how many portals they mean."""
    from crawler.schedule import listed

    found = listed.rows(_schedules(folder, None), _portals(folders))
    if as_json:
        print_json(found)
        return
    for line in listed.lines(found):
        print(line)


@schedule_app.command("next")
def schedule_next(
    names: NamesArgument = None,
    count: Annotated[int, typer.Option(min=1, max=1000, help="How many runs of each schedule.")] = 1,
    after: Annotated[str | None, typer.Option("--from", help="After this time (RFC 3339); default now.")] = None,
    folder: FolderOption = DEFAULT_FOLDER,
    folders: PortalsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print what runs next, and why then: the cron line, the zone, the jitter, the window; and of which portals."""
    from archive.moment import parse_iso
    from crawler.schedule import listed

    try:
        moment = parse_iso(after) if after else datetime.now(UTC)
    except ValueError as error:
        raise Misuse(f"--from: {error}", "Write it as 2026-11-24T22:00:00+07:00") from error
    found = listed.next_rows(_schedules(folder, names), _portals(folders), moment, count)
    if as_json:
        print_json(found)
        return
    for line in listed.next_lines(found):
        print(line)


@schedule_app.command("check")
def schedule_check(
    files: Annotated[list[Path] | None, typer.Argument(help="Schedule files; default all of the folder.")] = None,
    folder: FolderOption = DEFAULT_FOLDER,
    folders: PortalsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check schedule files: every mistake with its line and cure.  Exit 2 where there is one."""
    from crawler.schedule import paths
    from crawler.schedule.check import check
    from crawler.schedule.listed import counted
    from crawler.schedule.selection import selected

    portals = _portals(folders)
    told = []
    for path in files or paths(folder).values():
        schedule, mistakes = check(path, portals)
        told.append({"file": str(path), "mistakes": [{"what": each.what, "cure": each.cure} for each in mistakes]})
        if not as_json:
            for each in mistakes:
                print(each)
            if schedule is not None and not mistakes:
                print(f"{path}: good; {counted(len(selected(schedule, portals)))}")
    if as_json:
        print_json(told)
    if not told:
        raise Misuse(f"no schedules in {folder}", "Name a folder with --schedules")
    if any(each["mistakes"] for each in told):
        raise typer.Exit(2)


@render_app.command("systemd")
def render_systemd(
    to: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder for the units: /etc/systemd/system, or another.")
    ],
    names: NamesArgument = None,
    folder: FolderOption = DEFAULT_FOLDER,
    store: StoreOption = DEFAULT_STORE,
    folders: PortalsOption = None,
    config: ConfigOption = None,
    user: Annotated[str, typer.Option(help="The user whom the store belongs to; default you.")] = "",
) -> None:
    """Write a timer and a service for each schedule, with the paths of this machine."""
    import getpass

    from crawler.schedule.systemd import units

    installed = _installed(folder, store, folders, config, user or getpass.getuser())
    schedules = _good(folder, names, folders)
    try:
        to.mkdir(parents=True, exist_ok=True)
        for schedule in schedules:
            for name, text in units(schedule, installed).items():
                (to / name).write_text(text, "utf-8")
                print(to / name)
    except OSError as error:
        raise unwritable(error, to) from error
    exports = [str(installed.folder / each.after.export) for each in schedules if each.after.export]
    say(f"These folders must be there, and belong to {installed.user}: {', '.join([str(installed.store), *exports])}")
    timers = " ".join(f"luutru-{each.name}.timer" for each in schedules)
    say(f"Then: systemctl daemon-reload && systemctl enable --now {timers}")


@render_app.command("cron")
def render_cron(
    names: NamesArgument = None,
    folder: FolderOption = DEFAULT_FOLDER,
    store: StoreOption = DEFAULT_STORE,
    folders: PortalsOption = None,
    config: ConfigOption = None,
) -> None:
    """Print a crontab of the schedules, with the paths of this machine."""
    from crawler.schedule.crontab import crontab

    schedules = _good(folder, names, folders)
    print(crontab(schedules, _installed(folder, store, folders, config)), end="")
    here = datetime.now().astimezone()
    if others := [each.name for each in schedules if here.astimezone(each.tz).utcoffset() != here.utcoffset()]:
        say(
            f"This machine's clock is not that of {', '.join(others)}: only a cron that reads CRON_TZ starts them when it "
            "should; Debian's goes by its own time zone"
        )


@render_app.command("k8s")
def render_k8s(
    image: Annotated[str, typer.Option(help="The container image with luutru in it.")],
    names: NamesArgument = None,
    claim: Annotated[str, typer.Option(help="Name of the claim on the store's volume.")] = "luutru-data",
    size: Annotated[str, typer.Option(help="Size of that volume.")] = "500Gi",
    folder: FolderOption = DEFAULT_FOLDER,
    folders: PortalsOption = None,
    config: ConfigOption = None,
) -> None:
    """Print a CronJob for each schedule, with the store's volume and a ConfigMap of the files: kubectl apply -f -."""
    from crawler.schedule import paths
    from crawler.schedule.cronjob import documents

    schedules = _good(folder, names, folders)
    files = {"schedules": {f"{each.name}.toml": paths(folder)[each.name] for each in schedules}}
    files["portals"] = {path.name: path for each in folders or () for path in sorted(each.glob("*.toml"))}
    files["config"] = {"luutru.toml": named} if (named := _named(config)) else {}
    try:
        texts = {kind: {name: path.read_text("utf-8") for name, path in found.items()} for kind, found in files.items()}
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"a file cannot be read: {error}", "Check its name and permissions") from error
    print(documents(schedules, texts, image, claim, size), end="")


@schedule_app.command("run")
def schedule_run(
    names: NamesArgument = None,
    folder: FolderOption = DEFAULT_FOLDER,
    store: StoreOption = DEFAULT_STORE,
    folders: PortalsOption = None,
    config: ConfigOption = None,
) -> None:
    """Start the schedules' nights from here, until SIGTERM or Ctrl-C; for machines without systemd, cron and Kubernetes."""
    from archive.store import create_store
    from crawler.schedule.installed import nightly
    from crawler.schedule.known import Known
    from crawler.schedule.planned import Planned
    from crawler.schedule.scheduler import Scheduler

    root = root_of(store)
    known = Known(folder, tuple(names or ()), tuple(folders or ()))
    found = known.read()

    def command(schedule: Schedule, run: Planned) -> list[str]:
        words = nightly(schedule.name, root, folder, tuple(folders or ()), config)
        return [sys.executable, "-m", "crawler.cli", *words, "--night", run.night.isoformat()]

    say(f"Schedules: {', '.join(each.name for each in found)}")
    Scheduler(create_store(root), lambda: known.current(say), command, say).run()


def _schedules(folder: Path, names: list[str] | None) -> list[Schedule]:
    from crawler.schedule import all_of

    return all_of(folder, names or ())


def _good(folder: Path, names: list[str] | None, folders: list[Path] | None) -> list[Schedule]:
    """Schedules without a mistake; the first one that is found is raised."""
    from crawler.schedule.known import Known

    return Known(folder, tuple(names or ()), tuple(folders or ())).read()


def _portals(folders: list[Path] | None) -> dict[str, Portal]:
    from crawler import portals

    return {name: portals.read(path) for name, path in portals.paths(list(folders or ())).items()}


def _named(config: Path | None) -> Path | None:
    """The configuration that is named by option or environment: who starts a night later has not this environment."""
    from crawler.config import ENVIRONMENT

    return config or (Path(os.environ[ENVIRONMENT]) if os.environ.get(ENVIRONMENT) else None)


def _installed(folder: Path, store: str, folders: list[Path] | None, config: Path | None, user: str = "") -> Installed:
    from crawler.schedule.installed import Installed

    return Installed(
        program=Path(sys.executable).absolute().parent / "luutru",
        folder=Path.cwd(),
        store=root_of(store).absolute(),
        schedules=folder.absolute(),
        portals=tuple(each.absolute() for each in folders or ()),
        config=named.absolute() if (named := _named(config)) else None,
        user=user,
    )
