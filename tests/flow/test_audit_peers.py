"""What other people's checkers say of files that someone changed: the table of docs/audit.md, made by running them.

`python tests/flow/test_audit_peers.py STORE` prints it anew for a store with a crawl of the demo portal.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from importlib import util
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_BY_CHANCE = "finds it, or ends without a word: by what the bit makes of the stream"


def tampering() -> Any:
    spec = util.spec_from_file_location("tampering", ROOT / "tests/archive/audit/tampering.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def said(name: str, path: Path) -> str:
    """`finds it` or `finds nothing`: by its exit code, or by a failure that it did not tell of the file as it was."""
    command = [str(ROOT / ".envs/peers/bin" / name), "check", *(["-v"] if name == "warcio" else []), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    told = [
        line for line in (done.stdout + done.stderr).splitlines() if "failed" in line and "payload digest" not in line
    ]
    if name == "warcio":  # of a chunked response it calls every payload digest wrong
        return (
            "finds it" if told or "Traceback" in done.stderr or "rror" in done.stdout + done.stderr else "finds nothing"
        )
    return "finds it" if done.returncode else "finds nothing"


def table(store: Path) -> list[str]:
    """The rows of the table."""
    module = tampering()
    rows = []
    for what, (change, kind) in module.RECORDS.items():
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(shutil.copytree(store, Path(folder) / "store"))
            path = module.first_warc(copy)
            change(path)
            warcio = said("warcio", path) if what != "flipped bit" else _BY_CHANCE
            rows.append(f"| {what} | `{kind}` | {warcio} | {said('fastwarc', path)} |")
    return rows


def test_the_documents_table_is_what_peers_say(nights: Any) -> None:
    text = (ROOT / "docs/audit.md").read_text("utf-8")
    for row in table(nights.store):
        assert row in text, row


if __name__ == "__main__":
    print("\n".join(table(Path(sys.argv[1]))))
