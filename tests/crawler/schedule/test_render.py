"""What is rendered is accepted by those who read it: systemd-analyze, cron's own reader, a reader of JSON."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crawler.schedule import cron, find
from crawler.schedule.systemd import calendar

from .luutru import ROOT, luutru, written

NAMES = ("hourly-government", "nightly", "weekly-sweep")


def verify(folder: Path) -> str:
    units = sorted(str(path) for path in folder.iterdir())
    command = ["systemd-analyze", "verify", *units]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return "\n".join(line for line in done.stderr.splitlines() if "luutru" in line)


def values(text: str, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", text, re.MULTILINE)


def test_systemd_accepts_the_units_and_they_say_what_the_schedules_say(tmp_path: Path) -> None:
    done = luutru(
        "schedule", "render", "systemd", tmp_path / "units", "--store", tmp_path / "store", "--user", "daemon"
    )
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "units").iterdir()} == {
        f"luutru-{name}.{kind}" for name in NAMES for kind in ("service", "timer")
    }
    assert verify(tmp_path / "units") == "", "not a warning"
    timer = (tmp_path / "units/luutru-nightly.timer").read_text("utf-8")
    assert values(timer, "OnCalendar") == ["*-*-* 22:00:00 Asia/Ho_Chi_Minh"]
    assert values(timer, "Persistent") == ["true"]
    assert values(timer, "RandomizedDelaySec") == ["1200s"]
    hourly = (tmp_path / "units/luutru-hourly-government.timer").read_text("utf-8")
    assert values(hourly, "Persistent") == ["false"], "what is not caught up is not made up for by systemd either"
    service = (tmp_path / "units/luutru-nightly.service").read_text("utf-8")
    (command,) = values(service, "ExecStart")
    program, *words = shlex.split(command)
    assert Path(program).is_file()
    assert words == [
        *("nightly", "--schedule", "nightly", "--schedules", str(ROOT / "schedules")),
        *("--store", str(tmp_path / "store")),
    ]
    assert values(service, "ReadWritePaths") == [str(tmp_path / "store")]
    assert values(service, "User") == ["daemon"]
    assert str(tmp_path / "store") in done.stderr, "it says which folder must be there"


def test_paths_and_titles_that_systemd_would_read_otherwise(tmp_path: Path) -> None:
    folder = tmp_path / 'Lưu trữ 100%h $HOME "x"'
    written(folder, "odd", 'title = "100%i"\ncron = "0 22 * * *"\nportals = ["hanam"]\n[after]\nexport = "ra ngoài"\n')
    words = ("--schedules", folder, "--store", folder / "kho")
    done = luutru("schedule", "render", "systemd", tmp_path / "units", *words)
    assert done.returncode == 0, done.stderr
    assert verify(tmp_path / "units") == ""
    service = (tmp_path / "units/luutru-odd.service").read_text("utf-8")
    (command,) = values(service, "ExecStart")
    read = [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(command)]
    assert str(folder) in read
    assert str(folder / "kho") in read
    assert "luutru: 100%%i" in service


@pytest.mark.parametrize(
    ("line", "zone"),
    [
        ("0 22 * * *", "Asia/Ho_Chi_Minh"),
        ("*/15 6-21 * * MON-FRI", "Asia/Ho_Chi_Minh"),
        ("30 1 31 * *", "Europe/Berlin"),
        ("0 0 1,15 * SUN", "UTC"),
        ("5 4 29 2 *", "Asia/Ho_Chi_Minh"),
        ("0 9 */10 3-5 *", "UTC"),
    ],
)
def test_systemd_fires_when_the_cron_line_does(line: str, zone: str) -> None:
    begin = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    found = set()
    for event in calendar(cron.parse(line), zone):
        command = ["systemd-analyze", "calendar", "--iterations=8", f"--base-time={begin:%Y-%m-%d %H:%M:%S UTC}", event]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=True, env={"TZ": "UTC", "PATH": "/usr/bin:/bin"}
        )
        for said in re.findall(r"(?:elapse|Iter[^:]*|\(in UTC\)): \w+ (\S+ \S+) UTC", done.stdout):
            found.add(datetime.fromisoformat(said).replace(tzinfo=UTC))
    expected = list(islice(cron.fires(line, ZoneInfo(zone), begin), 4))
    assert sorted(found)[: len(expected)] == expected


def test_cron_reads_the_crontab_and_it_says_what_the_schedules_say(tmp_path: Path) -> None:
    store = tmp_path / "kho 100%"
    done = luutru("schedule", "render", "cron", "--store", store)
    assert done.returncode == 0, done.stderr
    file = tmp_path / "crontab"
    file.write_text(done.stdout, "utf-8")
    dry = subprocess.run(["crontab", "-n", str(file)], capture_output=True, text=True, timeout=60, check=False)
    assert dry.returncode == 0, dry.stderr
    zone, entries = "", {}
    for line in done.stdout.splitlines():
        if line.startswith("CRON_TZ="):
            zone = line.partition("=")[2]
        elif line and not line.startswith("#"):
            *fields, command = line.split(" ", 5)
            assert "%" not in command.replace("\\%", ""), "a bare % would end the command"
            words = shlex.split(command.replace("\\%", "%"))
            entries[words[words.index("--schedule") + 1]] = (" ".join(fields), zone, words)
    assert set(entries) == set(NAMES)
    for name, (fields, its_zone, words) in entries.items():
        schedule = find(name, ROOT / "schedules")
        assert its_zone == schedule.zone
        assert cron.parse(fields).numbers == cron.parse(schedule.cron).numbers
        assert words[words.index("--store") + 1] == str(store)
        assert words[0] == "sleep"
        assert 0 < int(words[1]) <= schedule.jitter
        assert "flock" not in words


def test_a_machine_of_another_zone_is_told_that_debians_cron_does_not_know_the_schedules(tmp_path: Path) -> None:
    there = luutru("schedule", "render", "cron", TZ="UTC")
    assert "nightly" in there.stderr
    assert "its own time zone" in there.stderr
    assert luutru("schedule", "render", "cron", TZ="Asia/Ho_Chi_Minh").stderr == ""


def test_kubernetes_gets_a_cron_job_for_each_schedule(tmp_path: Path) -> None:
    config = tmp_path / "luutru.toml"
    config.write_text('contact = "mailto:archive@example.org"\n', "utf-8")
    done = luutru("schedule", "render", "k8s", "--image", "example/luutru:1", "--config", config, "--size", "1Ti")
    assert done.returncode == 0, done.stderr
    documents: list[dict[str, Any]] = [json.loads(part) for part in done.stdout.split("---\n")[1:]]
    volume, files, *jobs = documents
    assert (volume["kind"], files["kind"]) == ("PersistentVolumeClaim", "ConfigMap")
    assert volume["spec"]["resources"]["requests"]["storage"] == "1Ti"
    assert files["data"]["config.luutru.toml"] == config.read_text("utf-8")
    assert files["data"]["schedules.nightly.toml"] == (ROOT / "schedules/nightly.toml").read_text("utf-8")
    assert [job["metadata"]["name"] for job in jobs] == [f"luutru-{name}" for name in NAMES]
    for job, name in zip(jobs, NAMES, strict=True):
        schedule = find(name, ROOT / "schedules")
        spec = job["spec"]
        assert (job["apiVersion"], job["kind"]) == ("batch/v1", "CronJob")
        assert len(job["metadata"]["name"]) <= 52
        assert spec["timeZone"] == "Asia/Ho_Chi_Minh"
        assert spec["concurrencyPolicy"] == "Forbid"
        assert cron.parse(spec["schedule"]).numbers == cron.parse(schedule.cron).numbers
        assert not re.search("[A-Z7]", spec["schedule"].split()[4]), "weekdays are 0 to 6 there"
        assert spec["startingDeadlineSeconds"] == (schedule.lasts if schedule.catch_up else 300)
        inner = spec["jobTemplate"]["spec"]
        assert inner["activeDeadlineSeconds"] > (schedule.limits.time or 0)
        pod = inner["template"]["spec"]
        (container,) = pod["containers"]
        mounted = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
        assert {each["name"] for each in pod["volumes"]} == set(mounted)
        command = container["command"]
        assert command[command.index("--store") + 1].startswith(mounted["data"] + "/")
        assert command[command.index("--config") + 1] == mounted["files"] + "/config/luutru.toml"
        (held,) = [each for each in pod["volumes"] if each["name"] == "data"]
        assert held["persistentVolumeClaim"]["claimName"] == volume["metadata"]["name"]
        (shown,) = [each for each in pod["volumes"] if each["name"] == "files"]
        assert all(item["key"] in files["data"] for item in shown["configMap"]["items"])
        assert pod["restartPolicy"] == "Never"


def test_a_configuration_that_the_environment_names_is_named_in_what_is_rendered(tmp_path: Path) -> None:
    config = tmp_path / "luutru.toml"
    config.write_text("", "utf-8")
    assert f"--config {config}" in luutru("schedule", "render", "cron", LUUTRU_CONFIG=str(config)).stdout


def test_a_schedule_with_a_mistake_is_not_rendered(tmp_path: Path) -> None:
    written(tmp_path / "s", "wrong", 'cron = "0 22 * * *"\nportals = ["hanham"]\n')
    done = luutru("schedule", "render", "systemd", tmp_path / "units", "--schedules", tmp_path / "s")
    assert done.returncode == 2
    assert "line 2" in done.stderr
    assert not (tmp_path / "units").exists()


def test_units_are_given_time_for_their_jitter_and_limit() -> None:
    nightly = find("nightly", ROOT / "schedules")
    assert timedelta(seconds=nightly.lasts or 0) == timedelta(hours=7), "the shorter of limit and window"
