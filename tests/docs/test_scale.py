"""What the document on many machines says can be done: its sums, its container, its manifests."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.scale import KINDS, need, tables
from crawler.schedule import cronjob

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/scale.md").read_text("utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")


def steps(word: str) -> list[str]:
    return re.findall(rf"^{word} (.*)$", DOCKERFILE, re.MULTILINE)


def manifests() -> list[dict[str, Any]]:
    (block,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    return list(yaml.safe_load_all(block))


def test_the_sums_are_recomputed() -> None:
    assert tables() in TEXT, "python -m benchmarks.scale"


def test_the_sums_add_up() -> None:
    """By hand: a commune asks for robots.txt, 8 listings, 15 pages again, 3 articles with 6 images and 1 file."""
    commune = next(kind for kind in KINDS if kind.name == "commune")
    assert commune.requests == 1 + 8 + 15 + 3 + 6 + 1
    assert commune.received == pytest.approx(((1 + 8 + 15 + 3) * 60 + 6 * 200 + 0.9 * 800) / 1000)
    assert sum(kind.count for kind in KINDS) == 34 + 3321 + 22 == need().portals
    assert need((commune,)).requests == 3321 * 34
    assert need().files == 3377 * 365
    assert need().at_once * 7.5 * 3600 >= need().seconds


def test_the_container_copies_what_is_there() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split("\n")
    kept = {line[1:] for line in ignored if line.startswith("!")}
    copied = [word for step in steps("COPY") if not step.startswith("--from") for word in step.split()[:-1]]
    assert {"archive", "crawler", "pyproject.toml", "schedules"} <= set(copied)
    for word in copied:
        assert (ROOT / word).exists(), word
        assert word.split("/")[0] in kept, f"{word} is in .dockerignore"


def test_the_container_has_what_the_package_is_built_of() -> None:
    """What pyproject.toml names must be there when pip builds, and everything that is installed must be locked."""
    copied = " ".join(steps("COPY")).split()
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    for named in ["README.md", "LICENSE", *re.findall(r'^"(locks/[^"]+)" =', project, re.MULTILINE)]:
        assert named in copied
    for step in steps("RUN"):
        for install in re.findall(r"pip install ([^&]*)", step):
            assert "--require-hashes -r locks/" in install or "--no-deps --no-build-isolation" in install
    lock = (ROOT / "locks/cluster.txt").read_text("utf-8")
    application = (ROOT / "locks/app.txt").read_text("utf-8")
    assert set(re.findall(r"^\S+==\S+", application, re.MULTILINE)) <= set(re.findall(r"^\S+==\S+", lock, re.MULTILINE))
    assert {"dask", "distributed"} <= set(re.findall(r"^([a-z-]+)==", lock, re.MULTILINE))


def test_the_container_runs_as_the_user_of_the_cronjobs_and_writes_to_its_volume() -> None:
    nobody = cronjob._NOBODY
    assert steps("USER") == [f"{nobody}:{nobody}"]
    assert DOCKERFILE.index("USER ") > DOCKERFILE.rindex("\nRUN ")  # nothing is done as root after
    (store,) = re.findall(r"LUUTRU_STORE=(\S+)", DOCKERFILE)
    assert store == cronjob._STORE
    (volume,) = steps("VOLUME")
    assert store.startswith(f"{volume}/")
    assert f"install -d -o {nobody} -g {nobody} {volume}" in DOCKERFILE
    assert steps("ENTRYPOINT") == ['["luutru"]']


def test_the_manifests_of_the_cluster_fit_the_cronjobs_and_each_other() -> None:
    found = {(one["kind"], one["metadata"]["name"]): one for one in manifests()}
    pods = {name: one["spec"]["template"] for (kind, name), one in found.items() if kind == "Deployment"}
    for name, pod in pods.items():
        labels = pod["metadata"]["labels"]
        assert found["Deployment", name]["spec"]["selector"]["matchLabels"].items() <= labels.items()
        assert pod["spec"]["securityContext"]["runAsUser"] == cronjob._NOBODY
    service = found["Service", "luutru-scheduler"]["spec"]
    assert service["selector"].items() <= pods["luutru-scheduler"]["metadata"]["labels"].items()
    (worker,) = pods["luutru-worker"]["spec"]["containers"]
    assert f"tcp://luutru-scheduler:{service['ports'][0]['port']}" in worker["command"]
    mounts = {mount["name"]: mount["mountPath"] for mount in worker["volumeMounts"]}
    assert cronjob._STORE.startswith(mounts["data"] + "/")
    assert mounts["files"] == cronjob._FILES
    volumes = {volume["name"]: volume for volume in pods["luutru-worker"]["spec"]["volumes"]}
    assert volumes["files"]["configMap"]["name"] == cronjob._CONFIGMAP
    (item,) = volumes["files"]["configMap"]["items"]
    assert item == {"key": cronjob._key("config", "luutru.toml"), "path": "config/luutru.toml"}
    claim = found["PersistentVolumeClaim", volumes["data"]["persistentVolumeClaim"]["claimName"]]
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]


def test_options_that_the_document_gives_to_dask_are_dasks() -> None:
    from distributed.cli import dask_scheduler, dask_worker

    for command, word in ((dask_scheduler.main, "scheduler"), (dask_worker.main, "worker")):
        known = {option for parameter in command.params for option in [*parameter.opts, *parameter.secondary_opts]}
        lines = [line for line in TEXT.splitlines() if re.search(rf"\bdask {word} ", line)]
        assert lines
        for option in re.findall(r"--[a-z-]+", " ".join(lines)):
            assert option in known, option
    import dask

    assert dask.config.get("distributed.scheduler.allowed-failures") is not None
