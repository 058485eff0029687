"""The demo portal in a real browser: what the crawler is shown is what a person is shown, and what is replayed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from archive.moment import stamp
from crawler.demo.addresses import text_of
from crawler.demo.server import DemoServer
from crawler.demo.site import Site, article_url, hosts
from crawler.demo.texts import SEED

from .browser import PAGE, chromium, differing
from .wayback import OURS, wayback

SHOWN = ("IMG_7698.jpg", "bt.jpg", "IMG_7703.jpg", "DSC08916.jpg", "banner.jpg", "portal.css")
"""What the seed article is shown with."""


def rules(port: int) -> str:
    return ", ".join(f"MAP {host} 127.0.0.1:{port}" for host in hosts())


def test_the_seed_article_shows_its_text_images_and_stylesheet(tmp_path: Path) -> None:
    shot = tmp_path / "seed.png"
    with DemoServer(Site(night=1)) as server:
        words = (f"--screenshot={shot}", "--dump-dom")
        done = chromium(tmp_path / "profile", article_url(text_of(SEED)), *words, rules=rules(server.port))
        asked = {exchange.target for exchange in server.log if b" 200 " in exchange.sent[:20]}
    assert "Skip Ribbon Commands" in done.stdout
    assert "bản dựng lại" in done.stdout
    for name in SHOWN:
        assert any(target.endswith(name) for target in asked), f"{name} was not loaded: {done.stderr[-500:]}"
    assert shot.stat().st_size > 50_000


def test_the_second_night_replays_as_it_looked(nights: Any, tmp_path: Path) -> None:
    """Live and replayed, the page is the same picture, but for what counts its visitors."""
    url = article_url(text_of(SEED))
    live, replayed = tmp_path / "live.png", tmp_path / "replayed.png"
    (capture,) = nights.rows(
        f"SELECT fetch_time, night FROM captures JOIN crawls USING (crawl) WHERE url_original = '{url}' "
        "AND night = DATE '2026-11-24'"
    )
    chromium(tmp_path / "one", url, f"--screenshot={live}", rules=rules(nights.server.port))
    warcs = sorted((nights.store / "warc").rglob("*.warc.gz"))
    root = tmp_path / "pywb"
    root.mkdir()
    before = len(nights.server.log)
    with wayback(root, warcs) as running:
        address = running.address(OURS, stamp(capture["fetch_time"]) + "mp_", url)
        done = chromium(tmp_path / "two", address, f"--screenshot={replayed}", "--virtual-time-budget=20000")
        log = running.log
    assert len(nights.server.log) == before, "nothing of the replay comes from the portal"
    answers = re.findall(rf'"GET /{OURS}/\d+\w*/(\S+) HTTP/1.1" (\d+)', log)
    for name in SHOWN:
        assert {status for target, status in answers if target.endswith(name)} == {"200"}, (name, done.stderr[-500:])
    # the browser asks for this by itself, of whatever site; the portal has none, and no page of it names one
    assert {target for target, status in answers if status != "200"} <= {f"http://{hosts()[0]}/favicon.ico"}
    size, other, differ = differing(live, replayed, tmp_path)
    assert size == other == PAGE
    assert differ < 800, "of six million; the counters of views and visits differ by some digits"
