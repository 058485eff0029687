"""The embedded scheduler, as real processes that are killed: no run is lost, none is made twice."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from .luutru import written

SCHEDULING = Path(__file__).with_name("scheduling.py")
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))

DONE = 'echo "$LUUTRU_PLANNED $$ $1 $2" >>"$0"'
LONG = f'{DONE}; trap "kill \\$!; echo clean >>$0; exit 3" TERM; sleep "$3" & wait; echo ended >>"$0"'


@dataclass
class Watch:
    """A store, a schedule that begins at 22:00, and schedulers over them."""

    folder: Path
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def log(self) -> Path:
        """What the programs wrote that were started."""
        return self.folder / "log"

    def schedule(self, text: str = "") -> None:
        """Writes the schedule; `text` goes before its portals."""
        cron = "" if "cron" in text else 'cron = "0 22 * * *"\n'
        written(self.folder / "schedules", "night", f'{cron}{text}\nportals = ["hanam"]\n')

    def start(self, now: str, *before: str, script: str = DONE, speed: float = 1, seconds: float = 0) -> Process:
        """A scheduler whose clock shows `now` (in Vietnam, 24 November 2026) when it begins."""
        day, _, clock = now.rpartition(" ")
        begin = f"{day or '2026-11-24'}T{clock}+07:00"
        program = [*before, "/bin/sh", "-c", script.replace("$3", str(seconds)), str(self.log)]
        words = [self.folder / "store", self.folder / "schedules", begin, speed, *program]
        process = subprocess.Popen(
            [sys.executable, str(SCHEDULING), *map(str, words)], stderr=subprocess.PIPE, text=True
        )
        self.processes.append(process)
        return Process(process)

    def lines(self) -> list[str]:
        """What was started, a line each: the planned time, the process, the schedule, the night."""
        return self.log.read_text("utf-8").splitlines() if self.log.exists() else []

    def noted(self) -> bool:
        """Whether a scheduler has written down since when it knows the schedule: a run that is missed from then on is known."""
        path = self.folder / "store/staging/.schedule.sqlite"
        if not path.exists():
            return False
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db, suppress(sqlite3.OperationalError):
            return bool(db.execute("SELECT count(*) FROM schedules").fetchone()[0])
        return False

    def wait(self, holds: Callable[[], bool]) -> None:
        """Waits until something holds; fails the test where it does not in time."""
        end = time.monotonic() + 20
        while not holds():
            assert time.monotonic() < end, self.lines()
            time.sleep(0.01)


@dataclass
class Process:
    """A scheduler's process; what it said is read to the line that is waited for."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    def hear(self, text: str) -> str:
        """The next line that holds the text."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line)
            if text in line:
                return line
        raise AssertionError(f"{text!r} was not said: {''.join(self.said)}")

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM, and the exit code that it ends with."""
        self.process.terminate()
        assert self.process.stderr is not None
        self.said += self.process.stderr.readlines()
        return self.process.wait(20)


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    found = Watch(tmp_path)
    found.schedule()
    yield found
    for process in found.processes:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()
    for line in found.lines():  # what a killed scheduler leaves running
        if line[:2] == "20":
            with suppress(ProcessLookupError):
                os.kill(int(line.split()[1]), signal.SIGKILL)


def test_a_scheduler_killed_over_the_hour_of_a_run_catches_it_up_once(watch: Watch) -> None:
    first = watch.start("21:58:00")
    watch.wait(watch.noted)
    first.kill()
    second = watch.start("23:10:00")
    assert "caught up, 1 h 10 min late" in second.hear("caught up")
    second.hear("ended with exit code 0")
    second.kill()
    third = watch.start("23:15:00", speed=60)
    third.hear("ready")
    fourth = watch.start("2026-11-25 21:59:50", speed=60)
    fourth.hear("begins")
    fourth.hear("ended")
    starts = [(line.split()[0], line.split()[3]) for line in watch.lines()]
    assert starts == [
        ("2026-11-24T15:00:00.000000Z", "2026-11-24"),
        ("2026-11-25T15:00:00.000000Z", "2026-11-25"),
    ], "once, under the date of the night that was missed; and the next night is a night as ever"


def test_of_many_missed_nights_the_newest_alone_is_caught_up(watch: Watch) -> None:
    first = watch.start("2026-11-20 21:00:00")
    first.hear("ready")
    watch.wait(watch.noted)
    first.kill()
    second = watch.start("23:10:00")
    assert "4 earlier ones are let go" in second.hear("caught up")
    second.hear("ended")
    assert second.stop() == 0
    assert [line.split()[3] for line in watch.lines()] == ["2026-11-24"]


def race(watch: Watch, schedulers: int, day: int) -> None:
    """Schedulers that begin at once when a run is due, one of them perhaps killed; the run is made once."""
    night = f"2026-12-{day:02}"
    running = [watch.start(f"{night} 21:59:{59 - number % 2}.9", speed=3) for number in range(schedulers)]
    watch.wait(lambda: any(line.endswith(night) for line in watch.lines()))
    for each in running:
        each.hear("ready")
    time.sleep(0.3)  # six looks of each at what is due: whoever would begin it once more has had the time
    for each in running:
        assert each.stop() == 0
    assert sum(line.endswith(night) for line in watch.lines()) == 1, watch.lines()


def test_two_schedulers_on_one_store_do_not_make_a_run_twice(watch: Watch) -> None:
    for day in (1, 2):
        race(watch, 2, day)


@pytest.mark.soak
def test_twenty_rounds_of_four_schedulers(watch: Watch) -> None:
    for day in range(1, 21):
        race(watch, 4, day)
    assert len(watch.lines()) == 20


@pytest.mark.soak
def test_twenty_nights_with_schedulers_that_are_killed_at_any_moment(watch: Watch) -> None:
    chance = random.Random(7)
    watch.start("2026-12-01 12:00:00").hear("ready")
    time.sleep(0.3)
    for day in range(1, 21):
        night = f"2026-12-{day:02}"
        for _ in range(3):
            each = watch.start(f"{night} 21:59:59.8", speed=2)
            time.sleep(chance.uniform(0.1, 0.7))
            each.kill()
        last = [watch.start(f"{night} 22:30:00") for _ in range(2)]
        watch.wait(lambda night=night: any(line.endswith(night) for line in watch.lines()))  # type: ignore[misc]
        for each in last:
            each.hear("ready")
        time.sleep(0.5)
        for each in last:
            assert each.stop() == 0
        running = [line for line in watch.lines() if line.endswith(night)]
        # who kills a scheduler after its program began and before it wrote down the end has the program begun once more
        assert 1 <= len(running) <= 4
        again = watch.start(f"{night} 22:45:00")
        again.hear("ready")
        time.sleep(0.3)
        assert again.stop() == 0
        assert [line for line in watch.lines() if line.endswith(night)] == running, (
            "a run that ended is not begun again"
        )


def test_a_claim_whose_holder_was_killed_before_the_start_is_taken_over(watch: Watch) -> None:
    first = watch.start("21:59:59", "die-once", str(watch.folder / "died"))
    assert first.process.wait(20) == -signal.SIGKILL
    assert watch.lines() == [], "it was claimed, and not started"
    second = watch.start("22:01:00", "die-once", str(watch.folder / "died"))
    second.hear("taken over: who began it is gone")
    second.hear("ended with exit code 0")
    assert [line.split()[3] for line in watch.lines()] == ["2026-11-24"]


def test_what_a_killed_scheduler_started_goes_on_and_is_not_begun_beside_it(watch: Watch) -> None:
    first = watch.start("21:59:59", script=LONG, seconds=1.5)
    first.hear("begins")
    watch.wait(lambda: len(watch.lines()) == 1)
    first.kill()
    second = watch.start("22:01:00", script=LONG, seconds=0)
    second.hear("taken over")
    second.hear("ended")
    kinds = [line if line == "ended" else "begun" for line in watch.lines()]
    assert kinds == ["begun", "ended", "begun", "ended"], "one after the other, never both at once"


def test_a_run_is_skipped_while_the_former_one_is_under_way(watch: Watch) -> None:
    watch.schedule('cron = "*/5 * * * *"')
    only = watch.start("21:54:58", script=LONG, seconds=3, speed=150)
    only.hear("2026-11-24 21:55 +07: begins")
    said = only.hear("22:00 +07: skipped")
    assert "the run planned for 2026-11-24 21:55 +07 is still under way" in said
    only.hear("ended with exit code 0")
    only.hear("begins")
    assert len([line for line in watch.lines() if line.startswith("20")]) <= 2


def test_sigterm_lets_the_running_program_end_and_the_next_start_goes_on_with_it(watch: Watch) -> None:
    first = watch.start("21:59:59", script=LONG, seconds=30)
    first.hear("begins")
    watch.wait(lambda: len(watch.lines()) == 1)
    assert first.stop() == 0
    assert watch.lines()[-1] == "clean"
    assert "told to end" in "".join(first.said)
    second = watch.start("22:05:00")
    second.hear("goes on: it was stopped")
    second.hear("ended with exit code 0")
    assert [line.split()[3] for line in watch.lines() if line.startswith("20")] == ["2026-11-24"] * 2


def test_ctrl_c_in_a_terminal_ends_it_as_sigterm_does(watch: Watch) -> None:
    first = watch.start("21:59:59", script=LONG, seconds=30)
    watch.wait(lambda: len(watch.lines()) == 1)
    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(20) == 0
    assert watch.lines()[-1] == "clean"


def test_a_program_that_goes_on_past_its_limit_is_told_to_end(watch: Watch) -> None:
    written(watch.folder / "schedules", "night", 'cron = "0 22 * * *"\nportals = ["hanam"]\n[limits]\ntime = "10m"\n')
    only = watch.start("21:59:00", script=LONG, seconds=30, speed=1500)
    only.hear("should have ended, and is told to")
    only.hear("ended with exit code 3")
    assert watch.lines()[-1] == "clean"


FULL = """
mount -t tmpfs -o size=2m none "$0" || exit 9
(until [ -e "$1-fill" ]; do sleep 0.02; done; head -c 4m /dev/zero >"$0/filler" 2>/dev/null; touch "$1-full"
 until [ -e "$1-free" ]; do sleep 0.02; done; rm "$0/filler") &
shift; exec "$@"
"""


def test_a_full_disk_is_told_and_the_run_begins_when_there_is_room(watch: Watch) -> None:
    alone = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    disk, mark = watch.folder / "disk", watch.folder / "mark"
    disk.mkdir()
    begin = "2026-11-24T21:58:00+07:00"
    words = [disk / "store", watch.folder / "schedules", begin, 40, "/bin/sh", "-c", DONE, watch.log]
    command = [*alone, "sh", "-c", FULL, str(disk), str(mark), sys.executable, str(SCHEDULING), *map(str, words)]
    only = Process(subprocess.Popen(command, stderr=subprocess.PIPE, text=True))
    watch.processes.append(only.process)
    only.hear("ready")
    time.sleep(0.5)
    Path(f"{mark}-fill").touch()
    watch.wait(Path(f"{mark}-full").exists)
    assert "Free some space" in only.hear("no space left")
    Path(f"{mark}-free").touch()
    only.hear("begins")
    only.hear("ended with exit code 0")
    assert only.stop() == 0
    assert [line.split()[3] for line in watch.lines()] == ["2026-11-24"]


def test_a_program_that_is_not_there_is_told_and_stops_no_other_schedule(watch: Watch) -> None:
    written(watch.folder / "schedules", "other", 'cron = "1 22 * * *"\nportals = ["hanam"]\n')
    words = [watch.folder / "store", watch.folder / "schedules", "2026-11-24T21:59:50+07:00", 60, "/nowhere/luutru"]
    only = Process(
        subprocess.Popen([sys.executable, str(SCHEDULING), *map(str, words)], stderr=subprocess.PIPE, text=True)
    )
    watch.processes.append(only.process)
    only.hear("night: /nowhere/luutru cannot be started: No such file or directory. Check the installation")
    only.hear("other: /nowhere/luutru cannot be started")
    assert only.stop() == 0


def test_luutru_schedule_run_starts_luutru_nightly(tmp_path: Path) -> None:
    """The command itself, its clock moved from outside."""
    written(tmp_path / "schedules", "night", 'cron = "0 22 * * *"\nportals = ["hanam-demo"]\n')
    config = tmp_path / "luutru.toml"
    config.write_text('[connect]\n"*:80" = "127.0.0.1:9"\n"*:443" = "127.0.0.1:9"\n', "utf-8")
    words = ("schedule", "run", "--schedules", "schedules", "--store", "store", "--config", str(config))
    said = []
    for begin in ("2026-11-24 14:58:00", "2026-11-24 16:10:00"):
        moved = {**os.environ, "LD_PRELOAD": str(FAKETIME), "FAKETIME": f"@{begin}", "TZ": "UTC"}
        with subprocess.Popen(
            [sys.executable, "-m", "crawler.cli", *words],
            env={**moved, "FAKETIME_DONT_FAKE_MONOTONIC": "1"},
            cwd=tmp_path,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            if begin.endswith("14:58:00"):
                said.append(process.stderr.readline())
                time.sleep(0.5)
                process.kill()
            else:
                said += [process.stderr.readline() for _ in range(2)]
                process.terminate()
                said += process.stderr.readlines()
                assert process.wait(30) == 0
    assert said[0] == "Schedules: night\n"
    assert said[2] == "night, planned for 2026-11-24 22:00 +07: caught up, 1 h 10 min late\n"
    assert "Traceback" not in "".join(said)
