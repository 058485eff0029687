"""What a schedule wants done when its portals are crawled: a sample audited, a release written."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.store import Store
from crawler.schedule.schedule import After


@dataclass(frozen=True, slots=True)
class Afterwards:
    """One thing that was done: what, whether it went well, and the last line that it said."""

    what: str
    good: bool
    said: str


def carry_out(
    after: After, store: Store, snapshots: Sequence[str], night: str, config: Path | None
) -> list[Afterwards]:
    """Does what the schedule says, one thing after the other; a thing that goes wrong does not keep the next from it."""
    if not snapshots:
        return []
    done = []
    own = ["--config", str(config)] if config else []
    if after.audit_sample:
        done.append(
            _run(f"audit of {after.audit_sample} rows", "audit", "--sample", str(after.audit_sample), store, own)
        )
    if after.export:
        target = str(Path(after.export) / night)
        done.append(_run(f"release in {target}", "export", "--to", target, store, own))
    return done


def _run(what: str, command: str, option: str, value: str, store: Store, more: Sequence[str]) -> Afterwards:
    words = [sys.executable, "-m", "crawler.cli", command, option, value, "--store", str(store.root), *more]
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    return Afterwards(what, done.returncode == 0, lines[-1] if lines else f"exit {done.returncode}")
