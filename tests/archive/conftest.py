"""Real parts for the tests of the record-keeping room: other processes, a disk that gets full, another reader."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

import archive

HERE = Path(__file__).parent
ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(archive.__file__).parents[1])}

Answers = list[dict[str, Any]]
Seen = tuple[str, str, int, int, bytes]


@pytest.fixture(scope="session")
def start() -> Callable[..., subprocess.Popen[str]]:
    """Begins work of child.py in another process: `start(WORK, FOLDER)`."""

    def begin(work: str, folder: Path) -> subprocess.Popen[str]:
        command = [sys.executable, str(HERE / "child.py"), work, str(folder), str(folder)]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)

    return begin


@pytest.fixture(scope="session")
def finish() -> Callable[..., Answers]:
    """Waits for what `start` began, and gives its answers."""

    def wait(process: subprocess.Popen[str]) -> Answers:
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        return [json.loads(line) for line in out.splitlines()]

    return wait


@pytest.fixture
def on_a_small_disk(tmp_path: Path) -> Callable[[str], tuple[Answers, Path]]:
    """Does work of child.py on a disk of 600 KB that only it sees; gives its answers and what it left outside."""

    def work(name: str) -> tuple[Answers, Path]:
        disk, out = tmp_path / "disk", tmp_path / "out"
        disk.mkdir()
        out.mkdir()
        alone = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
        try:
            subprocess.run([*alone, "mount", "-t", "tmpfs", "none", str(disk)], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            pytest.fail(f"a disk of one's own cannot be mounted: run as root, or allow user namespaces ({error})")
        script = 'mount -t tmpfs -o size=600k none "$1" && exec "$2" "$3" "$4" "$1" "$5"'
        arguments = [str(disk), sys.executable, str(HERE / "child.py"), name, str(out)]
        command = [*alone, "sh", "-c", script, "sh", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, timeout=60)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()], out

    return work


@pytest.fixture(scope="session")
def as_warcio_reads() -> Callable[[Path], list[Seen]]:
    """The records of a file as warcio reads them: type, id, offset and length of the member, block."""

    def read(path: Path) -> list[Seen]:
        seen: list[Seen] = []
        with path.open("rb") as file:
            walk = ArchiveIterator(file, no_record_parse=True)
            for record in walk:
                block = record.raw_stream.read()
                name = record.rec_headers.get_header("WARC-Record-ID").strip("<>")
                seen.append((record.rec_type, name, walk.get_record_offset(), walk.get_record_length(), block))
            assert walk.err_count == 0
        return seen

    return read
