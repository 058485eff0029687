"""docs/add-a-portal.md, walked: every command in its order, on a portal that is served as it says."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from pathlib import Path

GUIDE = Path(__file__).parents[2] / "docs" / "add-a-portal.md"
FENCED = re.compile(r"```(sh|toml)\n(.*?)```", re.DOTALL)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def argv(line: str) -> list[str]:
    word, *words = shlex.split(line)
    assert word == "luutru"
    return [sys.executable, "-P", "-m", "crawler.cli", *words]


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_every_command_of_the_guide_does_what_it_says(tmp_path: Path) -> None:
    port = free_port()
    text = GUIDE.read_text("utf-8").replace("8080", str(port))
    blocks = FENCED.findall(text)
    served = subprocess.Popen(argv(blocks[0][1].strip()), cwd=tmp_path, stdout=subprocess.DEVNULL)
    said: list[tuple[str, str]] = []
    try:
        while not answers(port):
            assert served.poll() is None
            time.sleep(0.05)
        portal = tmp_path / "my-portals" / "tap-su.toml"
        environment = {key: value for key, value in os.environ.items() if not key.startswith("LUUTRU_")}
        for kind, block in blocks[1:]:
            if kind == "toml":
                edit(block, portal)
                continue
            for line in block.strip().splitlines():
                done = subprocess.run(
                    argv(line), cwd=tmp_path, capture_output=True, text=True, timeout=200, check=False, env=environment
                )
                assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
                said.append((line, done.stdout + done.stderr))
    finally:
        served.terminate()
        served.wait(10)
    told = [out for line, out in said if " list " in line]
    before, after = (next(row for row in out.splitlines() if row.startswith("tap-su ")) for out in told)
    assert " 0% " in before  # leads and dates, before the file says where they are
    assert before != after
    crawled = [out for line, out in said if line.startswith("luutru crawl")]
    assert "cut short: page budget" in crawled[0]
    assert "tap-su: amber, " in crawled[1]  # the demo portal has pages that are gone or refused
    record = json.loads((tmp_path / "goldens" / "tap-su" / "record.json").read_text("utf-8"))
    assert record["looked_at"]["by"] == "Nguyễn Thị Lành"
    assert "sharepoint" in said[0][1]
    assert said[0][1].count("\nlisting tried: ") == 1


def edit(block: str, portal: Path) -> None:
    """Writes what a block of TOML says where the guide says: luutru.toml, or under a table of the portal file."""
    if "[connect]" in block:
        (portal.parents[1] / "luutru.toml").write_text(block, "utf-8")
        return
    text = portal.read_text("utf-8")
    if "listing_links" in block:
        text = text[: text.index("[expect]")] + "[expect]\n" + block
    else:
        text = text.replace("[[layouts]]\n", f"[[layouts]]\n{block}")
    portal.write_text(text, "utf-8")
