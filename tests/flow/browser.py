"""Chromium without a window, on loopback alone."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from pathlib import Path

PAGE = (1200, 5200)
"""A window that the whole of the article fits into."""

_COMPARE = """<canvas></canvas><pre></pre><script>
const load = (source) => new Promise((done) => {
  const image = new Image(); image.onload = () => done(image); image.src = source });
const pixels = (image) => {
  const canvas = document.querySelector("canvas");
  canvas.width = image.width; canvas.height = image.height;
  const paint = canvas.getContext("2d"); paint.drawImage(image, 0, 0);
  return paint.getImageData(0, 0, image.width, image.height).data };
Promise.all([load("data:image/png;base64,FIRST"), load("data:image/png;base64,SECOND")]).then(([first, second]) => {
  const a = pixels(first), b = pixels(second);
  let differ = 0;
  for (let i = 0; i < a.length; i += 4)
    if (Math.max(...[0, 1, 2].map((at) => Math.abs(a[i + at] - b[i + at]))) > 8) differ++;
  document.querySelector("pre").textContent =
    [first.width, first.height, second.width, second.height, differ].join(" ") });
</script>"""


def chromium(profile: Path, address: str, *words: str, rules: str = "") -> subprocess.CompletedProcess[str]:
    """Opens a page; `rules` says where hosts are, every other name but the loopback address's is unknown."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "make system installs chromium"
    width, height = PAGE
    command = [
        found,
        "--headless",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
        *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
        *(
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={profile}",
            f"--window-size={width},{height}",
        ),
        f"--host-resolver-rules={rules}{', ' if rules else ''}MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        *words,
        address,
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def differing(first: Path, second: Path, folder: Path) -> tuple[tuple[int, int], tuple[int, int], int]:
    """The sizes of two pictures, and the number of pixels that a person could tell apart."""
    page = folder / "compare.html"
    one, other = (base64.b64encode(path.read_bytes()).decode() for path in (first, second))
    page.write_text(_COMPARE.replace("FIRST", one).replace("SECOND", other), "utf-8")
    done = chromium(folder / "compare", page.as_uri(), "--virtual-time-budget=20000", "--dump-dom")
    told = done.stdout.partition("<pre>")[2].partition("</pre>")[0].split()
    assert len(told) == 5, done.stderr[-2000:]
    width, height, other_width, other_height, differ = map(int, told)
    return (width, height), (other_width, other_height), differ
