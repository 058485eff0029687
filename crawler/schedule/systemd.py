"""A schedule as a timer and a service of systemd."""

from __future__ import annotations

from archive.errors import Misuse
from crawler.schedule.cron import Cron, parse
from crawler.schedule.installed import Installed
from crawler.schedule.schedule import Schedule

_WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
_SLACK = 15 * 60

_SERVICE = """\
# Written by luutru schedule render systemd; write it anew rather than change it.
[Unit]
Description=luutru: {title}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
{user}WorkingDirectory={folder}
ExecStart={command}
TimeoutStartSec={lasts}
KillSignal=SIGTERM
TimeoutStopSec=10min
Nice=10
IOSchedulingClass=best-effort
IOSchedulingPriority=7
UMask=0022
ReadWritePaths={writable}
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
LockPersonality=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
"""

_TIMER = """\
# Written by luutru schedule render systemd; write it anew rather than change it.
[Unit]
Description=luutru: {title}

[Timer]
{calendar}
Persistent={persistent}
AccuracySec=1s
RandomizedDelaySec={jitter}
Unit={unit}.service

[Install]
WantedBy=timers.target
"""


def units(schedule: Schedule, installed: Installed) -> dict[str, str]:
    """The files of a schedule, by name: `luutru-NAME.service` and `luutru-NAME.timer`."""
    unit = f"luutru-{schedule.name}"
    title = _line(_percent(schedule.title or schedule.name))
    writable = [installed.store, *([installed.folder / schedule.after.export] if schedule.after.export else [])]
    service = _SERVICE.format(
        title=title,
        user=f"User={installed.user}\n" if installed.user else "",
        folder=_line(_percent(str(installed.folder))),
        command=" ".join(_word(word, command=True) for word in installed.words(schedule)),
        lasts=f"{schedule.lasts + schedule.jitter + _SLACK}s" if schedule.lasts else "infinity",
        writable=" ".join(_word(str(path)) for path in writable),
    )
    timer = _TIMER.format(
        title=title,
        calendar="\n".join(f"OnCalendar={line}" for line in calendar(parse(schedule.cron), schedule.zone)),
        persistent="true" if schedule.catch_up else "false",
        jitter=f"{schedule.jitter}s",
        unit=unit,
    )
    return {f"{unit}.service": service, f"{unit}.timer": timer}


def calendar(cron: Cron, zone: str) -> list[str]:
    """The cron line as calendar events of systemd: one, or two where a day of the month or a weekday is enough."""
    minutes, hours, days, months, weekdays = cron.numbers
    clock = f"{_numbers(hours, 24)}:{_numbers(minutes, 60)}:00 {zone}"
    month = _numbers(months, 12)
    on_days = f"*-{month}-{_numbers(days, 31)} {clock}"
    on_weekdays = f"{','.join(_WEEKDAYS[number] for number in sorted(weekdays))} *-{month}-* {clock}"
    if cron.every(4) or len(weekdays) == len(_WEEKDAYS):
        return [on_days]
    return [on_weekdays] if cron.every(2) else [on_days, on_weekdays]


def _numbers(numbers: frozenset[int], of: int) -> str:
    return "*" if len(numbers) == of else ",".join(f"{number:02}" for number in sorted(numbers))


def _word(word: str, *, command: bool = False) -> str:
    """One word as systemd reads it: quoted, specifiers and variables kept from being replaced."""
    quoted = _line(_percent(word)).replace("\\", "\\\\").replace('"', '\\"')
    if command:
        quoted = quoted.replace("$", "$$")
    return f'"{quoted}"' if any(char in word for char in " \t\\\"'") else quoted


def _percent(text: str) -> str:
    return text.replace("%", "%%")


def _line(text: str) -> str:
    if any(ord(char) < 32 for char in text):
        raise Misuse(f"{text!r} has a line break or a control character", "Give the folder or the title another name")
    return text
