"""Schedules as lines of a crontab."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from archive.errors import Misuse
from crawler.schedule.cron import parse
from crawler.schedule.installed import Installed
from crawler.schedule.planned import steady_jitter
from crawler.schedule.schedule import Schedule

_LONGEST = 998
_HEAD = """\
# Written by luutru schedule render cron; write it anew rather than change it.
# CRON_TZ is read by cronie (Fedora, Arch, SUSE).  The cron of Debian and Ubuntu does not know it: there the lines are right
# only on a machine whose own time zone is theirs, and a timer of systemd is the better choice.
# Cron makes up for no missed run and has no jitter of its own; each schedule's share of it is a fixed sleep.
"""


def crontab(schedules: Sequence[Schedule], installed: Installed) -> str:
    """The crontab of some schedules, for `crontab -` of the user whose store it is."""
    parts = [_HEAD]
    for schedule in sorted(schedules, key=lambda each: (each.zone, each.name)):
        parts.append(f"\n# {schedule.title or schedule.name}\nCRON_TZ={schedule.zone}\n{_entry(schedule, installed)}\n")
    return "".join(parts)


def _entry(schedule: Schedule, installed: Installed) -> str:
    command = f"cd {shlex.quote(str(installed.folder))} && {shlex.join(installed.words(schedule))}"
    if wait := steady_jitter(schedule):
        command = f"sleep {wait} && {command}"
    if any(ord(char) < 32 for char in command + schedule.title):
        raise Misuse(f"{command!r} has a line break or a control character", "Give the folder another name")
    entry = f"{parse(schedule.cron).line} {command}".replace("%", "\\%")  # to cron a bare % is a line break
    if len(entry) > _LONGEST:
        raise Misuse(f"cron takes no command as long as that of {schedule.name}", "Put the folders at shorter paths")
    return entry
