"""`luutru schedule check`: every mistake of every file, with its line and cure."""

from __future__ import annotations

import json
from pathlib import Path

from crawler import portals
from crawler.schedule.check import check

from .luutru import ROOT, luutru, written

GOOD = 'cron = "0 22 * * *"\nportals = ["hanam"]\n'

WRONG = {
    # name: the file, and of each of its mistakes the line, what is said of it, and of the cure
    "unknown-portal": (
        'cron = "0 22 * * *"\nportals = [\n  "hanam",\n  "hanham",\n]\n',
        [(4, "portals: no portal is called 'hanham'", "Did you mean hanam?")],
    ),
    "empty-glob": (
        'cron = "0 22 * * *"\nportals = ["hanoi*"]\n',
        [(2, "'hanoi*' matches no portal", "There are: canhsatpccc")],
    ),
    "unknown-level": (
        'cron = "0 22 * * *"\nportals = ["level:state"]\n',
        [(2, "'state' is no level", "government, ministry, province")],
    ),
    "unknown-province": (
        'cron = "0 22 * * *"\nportals = ["province:Hanoi"]\n',
        [(2, "no portal has the province 'Hanoi'", "Ninh Bình")],
    ),
    "unknown-kind": (
        'cron = "0 22 * * *"\nportals = ["lvel:province"]\n',
        [(2, "nothing of a portal is called 'lvel'", "Write level:, tag: or province:")],
    ),
    "all-left-out": (
        'cron = "0 22 * * *"\nportals = ["hanam"]\nleave_out = ["*"]\n',
        [(3, "leaves out every portal", "Take a word out")],
    ),
    "never-fires": (
        '# never\ncron = "0 22 31 2 *"\nportals = ["hanam"]\n',
        [(2, "cron: '0 22 31 2 *' never fires", "Name a day that the month has")],
    ),
    "bad-hour": (
        'cron = "0 25 * * *"\nportals = ["hanam"]\n',
        [(1, "cron: '25' is no hour", "Write numbers (0-23)")],
    ),
    "too-often": (
        'cron = "* * * * *"\nportals = ["hanam"]\n',
        [(1, "cron: starts every 1m", "five minutes")],
    ),
    "outside-the-window": (
        'window = "22:00-05:30"\ncron = "0 6,23 * * *"\nportals = ["hanam"]\n',
        [(2, "cron: starts at 06:00, when the window 22:00-05:30 is closed", "Let it start within 22:00-05:30")],
    ),
    "jitter-past-the-window": (
        'cron = "0 5 * * *"\nwindow = "22:00-05:30"\nportals = ["hanam"]\njitter = "30m"\n',
        [(4, "jitter: may put the start of 05:00 off until the window", "less than 30m")],
    ),
    "jitter-past-the-next": (
        'cron = "0 * * * *"\njitter = "2h"\nportals = ["hanam"]\n',
        [(2, "jitter: may put a start off past the next one", "less than 1h")],
    ),
    "unknown-keys": (
        GOOD + 'windows = "1"\n[limits]\npages = 5\nbyte = 3\n',
        [
            (3, "windows: is no field that is known", "Known here: after, catch_up, cron"),
            (6, "limits.byte: is no field that is known", "Known here: bytes, pages, time"),
        ],
    ),
    "many": (
        'cron = "0 22 * *"\nzone = "Asia/Hanoi"\nportals = []\nwindow = "night"\noverlap = "queue"\n[limits]\ntime = "long"\n',
        [
            (1, "has 4 fields", "minute, hour, day of month, month and weekday"),
            (2, "'Asia/Hanoi' is no time zone", "Asia/Ho_Chi_Minh"),
            (3, "portals:", ""),
            (4, "'night' is no window", '"22:00-05:30"'),
            (5, "'skip'", ""),
            (7, "limits.time: 'long' is no duration", '"6h"'),
        ],
    ),
    "no-cron": ('portals = ["hanam"]\n', [(1, "cron: is missing", "Add a line cron = …")]),
    "no-toml": (GOOD + "catch_up = yes\n", [(3, "not TOML", "Correct that line")]),
    "names-itself": (GOOD + 'name = "other"\n', [(3, "name: is no field", "Take the line out")]),
    "Nightly": (GOOD, [(1, "'Nightly' is no name", "lower-case")]),
}


def test_every_mistake_is_told_with_its_line_and_cure(tmp_path: Path) -> None:
    for name, (text, _) in WRONG.items():
        written(tmp_path, name, text)
    written(tmp_path, "good", GOOD)
    done = luutru("schedule", "check", "--schedules", tmp_path)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    for name, (_, mistakes) in WRONG.items():
        told = [line for line in done.stdout.splitlines() if line.startswith(f"{tmp_path / name}.toml")]
        assert len(told) == len(mistakes), (name, told)
        for line, what, cure in mistakes:
            (one,) = [each for each in told if f".toml, line {line}: " in each]
            assert what in one
            assert cure in one
    assert f"{tmp_path / 'good.toml'}: good; 1 portal\n" in done.stdout


def test_as_json(tmp_path: Path) -> None:
    path = written(tmp_path, "bad-hour", WRONG["bad-hour"][0])
    done = luutru("schedule", "check", path, "--json")
    assert done.returncode == 2
    (one,) = json.loads(done.stdout)
    assert one["file"] == str(path)
    assert [mistake["what"] for mistake in one["mistakes"]] == [f"{path}, line 1: cron: '25' is no hour"]


def test_the_schedules_that_come_with_it_are_good() -> None:
    done = luutru("schedule", "check")
    assert done.returncode == 0, done.stdout
    assert len(done.stdout.splitlines()) == len(list((ROOT / "schedules").glob("*.toml"))) == 3


def test_they_leave_the_demo_portal_out() -> None:
    known = {name: portals.read(path) for name, path in portals.paths().items()}
    from crawler.schedule import selected

    for path in (ROOT / "schedules").glob("*.toml"):
        schedule, mistakes = check(path, known)
        assert schedule is not None
        assert not mistakes
        meant = selected(schedule, known)
        assert "hanam-demo" not in meant
        assert ("hanam" in meant) == (schedule.name != "hourly-government")


def test_a_folder_without_schedules_and_a_schedule_that_is_not_there_are_told(tmp_path: Path) -> None:
    nowhere = luutru("schedule", "list", "--schedules", tmp_path / "nowhere")
    assert (nowhere.returncode, nowhere.stderr.count("\n")) == (2, 1)
    assert "Name one with --schedules" in nowhere.stderr
    unknown = luutru("schedule", "next", "nigthly")
    assert unknown.returncode == 2
    assert "Did you mean nightly?" in unknown.stderr
