"""Schedules as CronJobs of Kubernetes, with the volume of the store and the files that are read.

The documents are JSON, which every reader of YAML takes: nothing in a title or path can be misread.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from crawler.schedule.cron import parse
from crawler.schedule.installed import nightly
from crawler.schedule.planned import steady_jitter
from crawler.schedule.schedule import Schedule

_STORE = "/data/store"
_FILES = "/etc/luutru"
_CONFIGMAP = "luutru-files"
_SLACK = 15 * 60
_IN_TIME = 300
_NOBODY = 65532
_GRACE = 600


def documents(
    schedules: Sequence[Schedule], files: Mapping[str, Mapping[str, str]], image: str, claim: str, size: str
) -> str:
    """A stream of YAML: the volume's claim, a ConfigMap of the files, and a CronJob for each schedule.

    `files` are texts by name, under `schedules`, `portals` and `config`; `claim` and `size` are of the store's volume.
    """
    found: list[dict[str, object]] = [_claim(claim, size), _config_map(files)]
    found += [_cron_job(schedule, files, image, claim) for schedule in sorted(schedules, key=lambda each: each.name)]
    head = "# Written by luutru schedule render k8s; write it anew rather than change it.\n"
    return head + "".join(f"---\n{json.dumps(each, ensure_ascii=False, indent=2)}\n" for each in found)


def _claim(name: str, size: str) -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}},
    }


def _config_map(files: Mapping[str, Mapping[str, str]]) -> dict[str, object]:
    data = {_key(folder, name): text for folder, texts in files.items() for name, text in texts.items()}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": _CONFIGMAP}, "data": data}


def _cron_job(schedule: Schedule, files: Mapping[str, Mapping[str, str]], image: str, claim: str) -> dict[str, object]:
    portals = (Path(_FILES) / "portals",) if files.get("portals") else ()
    config = Path(_FILES) / "config" / next(iter(files["config"])) if files.get("config") else None
    words = nightly(schedule.name, _STORE, Path(_FILES) / "schedules", portals, config)
    confined = {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    pod: dict[str, object] = {
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": _GRACE,
        "automountServiceAccountToken": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _NOBODY,
            "runAsGroup": _NOBODY,
            "fsGroup": _NOBODY,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": "luutru",
                "image": image,
                "command": ["luutru", *words],
                "workingDir": "/data",
                "securityContext": confined,
                "volumeMounts": [
                    {"name": "data", "mountPath": "/data"},
                    {"name": "files", "mountPath": _FILES, "readOnly": True},
                    {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - the container's own
                ],
            }
        ],
        "volumes": [
            {"name": "data", "persistentVolumeClaim": {"claimName": claim}},
            {"name": "files", "configMap": {"name": _CONFIGMAP, "items": _items(files)}},
            {"name": "tmp", "emptyDir": {}},
        ],
    }
    if wait := steady_jitter(schedule):
        pod["initContainers"] = [
            {"name": "jitter", "image": image, "command": ["sleep", str(wait)], "securityContext": confined}
        ]
    job: dict[str, object] = {"backoffLimit": 0, "template": {"metadata": {"labels": _labels(schedule)}, "spec": pod}}
    if schedule.lasts:
        job["activeDeadlineSeconds"] = schedule.lasts + schedule.jitter + _SLACK
    late = (schedule.lasts or 12 * 3600) if schedule.catch_up else _IN_TIME
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {
            "name": f"luutru-{schedule.name}",
            "labels": _labels(schedule),
            "annotations": {"luutru/title": schedule.title},
        },
        "spec": {
            "schedule": parse(schedule.cron).line,
            "timeZone": schedule.zone,
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": late,
            "successfulJobsHistoryLimit": 7,
            "failedJobsHistoryLimit": 7,
            "jobTemplate": {"metadata": {"labels": _labels(schedule)}, "spec": job},
        },
    }


def _labels(schedule: Schedule) -> dict[str, str]:
    return {"app.kubernetes.io/name": "luutru", "app.kubernetes.io/component": f"schedule-{schedule.name}"}


def _items(files: Mapping[str, Mapping[str, str]]) -> list[dict[str, str]]:
    return [
        {"key": _key(folder, name), "path": f"{folder}/{name}"} for folder, texts in files.items() for name in texts
    ]


def _key(folder: str, name: str) -> str:
    """A key of a ConfigMap may have no slash."""
    return f"{folder}.{name}"
