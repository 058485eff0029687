"""`luutru nightly` and `luutru status`: a night of many portals, and how far it is."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.errors import LuutruError, Misuse
from crawler.options import (
    DEFAULT_STORE,
    ClusterOption,
    ConfigOption,
    JsonOption,
    PortalsOption,
    StoreOption,
    day,
    opened,
    print_json,
    root_of,
    say,
)

if TYPE_CHECKING:
    from archive.store import Store
    from crawler.config import Configuration
    from crawler.night.night import Plan
    from crawler.night.report import Report
    from crawler.schedule.schedule import Schedule

_JOBS = 4
_NOTIFY = {"never": (), "red": ("red",), "amber": ("amber", "red"), "always": ("green", "amber", "red")}


def nightly(
    portals: Annotated[list[str] | None, typer.Argument(help="Portals by name or glob.")] = None,
    night: Annotated[str | None, typer.Option(help="The night, YYYY-MM-DD; default today in Vietnam.")] = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, max=4096, help="Portals that are crawled at once; default 4, or what the cluster can do."),
    ] = None,
    hours: Annotated[float | None, typer.Option(min=0, help="End fetching after so many hours.")] = None,
    budget: Annotated[int | None, typer.Option(min=1, help="Pages of one host at most.")] = None,
    sweep: Annotated[bool, typer.Option("--sweep", help="Walk all listings to their ends.")] = False,
    notify: Annotated[
        str | None, typer.Option(help="Which nights send mail: never, red (default), amber (and red), always.")
    ] = None,
    schedule: Annotated[
        str | None, typer.Option(help="Make the night of this schedule: its portals, window, limits.")
    ] = None,
    schedules: Annotated[
        Path, typer.Option("--schedules", envvar="LUUTRU_SCHEDULES", help="The folder of schedules.", show_default=True)
    ] = Path("schedules"),
    cluster: ClusterOption = None,
    store: StoreOption = DEFAULT_STORE,
    folders: PortalsOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Crawl many portals as one night, commit them as one snapshot, and report.

    Run again for the same night, it does what is missing and repeats nothing.  Exit 1 where the night is red.
    """
    from archive.store import create_store
    from crawler import config as configuration
    from crawler.custody import stamped
    from crawler.night.afterwards import carry_out
    from crawler.night.night import run
    from crawler.night.report import gather
    from crawler.schedule import find

    if notify is not None and notify not in _NOTIFY:
        raise Misuse(f"no --notify {notify!r}", f"There are {', '.join(_NOTIFY)}")
    if bool(portals) == bool(schedule):
        raise Misuse(
            "a night is of portals or of a schedule", "Name portals (luutru nightly '*'), or one with --schedule"
        )
    settings = configuration.read(config)
    named = find(schedule, schedules) if schedule else None
    own = _Own(
        tuple(portals or ()), day(night, "--night"), jobs or _JOBS, hours, budget, sweep, tuple(folders or ()), config
    )
    plan = _plan(own, named)
    if plan is None:
        say(f"schedule {schedule}: its window {named.window if named else ''} is closed now; nothing is crawled")
        return
    archive = create_store(root_of(store))
    if cluster is None:
        done = run(archive, plan, settings, say)
    else:
        from crawler.cluster import LOCAL
        from crawler.night.cluster import hands

        with hands(archive, cluster, plan.jobs if cluster == LOCAL else jobs) as crew:
            done = run(archive, plan, settings, say, crew)
    trouble = stamped(settings, archive) if done.snapshots else None
    report = gather(archive, plan.night, plan.portals, done.failed, datetime.now(UTC))
    if named is not None:
        ids = [snapshot.id for snapshot in done.snapshots]
        after = carry_out(named.after, archive, ids, plan.night.isoformat(), config)
        report = replace(report, afterwards=tuple(after))
    wanted = notify or (named.after.notify if named else "red")
    _publish(archive, replace(report, stamp_trouble=trouble), settings, wanted, as_json)
    if report.colour == "red":
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class _Own:
    """What the command line says of a night."""

    portals: tuple[str, ...]
    night: date | None
    jobs: int
    hours: float | None
    budget: int | None
    sweep: bool
    folders: tuple[Path, ...]
    config: Path | None


def _plan(own: _Own, schedule: Schedule | None) -> Plan | None:
    """The night's plan, by the command line or by a schedule; None where the schedule's window is closed."""
    from archive.moment import local_date
    from crawler.night.night import Plan, chosen
    from crawler.night.scheduled import planned

    now = datetime.now(UTC)
    if schedule is not None:
        return planned(schedule, now, own.night, own.jobs, own.folders, own.config)
    return Plan(
        night=own.night or local_date(now),
        portals=chosen(own.portals, own.folders),
        jobs=own.jobs,
        deadline=now + timedelta(hours=own.hours) if own.hours is not None else None,
        budget=own.budget,
        sweep=own.sweep,
        folders=own.folders,
        configuration=own.config,
    )


def _publish(store: Store, report: Report, settings: Configuration, notify: str, as_json: bool) -> None:
    from archive.custody.manifest import put
    from archive.errors import unwritable
    from crawler.night import mail, metrics
    from crawler.night.page import page

    path = store.report(report.night)
    html = page(report)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        put(path, html.encode())
        put(path.with_suffix(".json"), (json.dumps(report.told(), ensure_ascii=False, indent=1) + "\n").encode())
    except OSError as error:
        raise unwritable(error, path) from error
    if settings.metrics:
        metrics.write(report, Path(settings.metrics).expanduser())
    if settings.notify is not None and report.colour in _NOTIFY[notify]:
        try:
            mail.send(mail.message(report, html, settings.notify.sender, settings.notify.to), settings.notify.smtp)
        except (
            LuutruError
        ) as error:  # the night is made: that nobody was told is said, and is no reason to make it again
            say(str(error))
    if as_json:
        print_json(report.told())
    for one in report.portals:
        why = f": {'; '.join(one.reasons)}" if one.reasons else ""
        say(f"{one.portal}: {one.colour}{why}")
    say(report.line())
    say(f"report: {path}")


def status(store: StoreOption = DEFAULT_STORE, _folders: PortalsOption = None, as_json: JsonOption = False) -> None:
    """Say which crawls are under way, and how far they are; and which were cut off and wait for the next run."""
    from crawler.fetch.standing import standing

    rows = standing(opened(store))
    if as_json:
        print_json(rows)
        return
    for row in rows:
        state = {"running": "under way", "waiting": "waits for its commit", "cut off": "was cut off"}[row["state"]]
        say(
            f"{row['portal']}: night {row['night']}, {state}; {row['done']} asked, {row['left']} left, "
            f"{row['articles']} articles"
        )
    if not rows:
        say("no crawl is under way")
