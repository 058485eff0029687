"""A replayed page reaches nothing but itself: not our pages, not another page's, not the live web.

The hostile article is crawled like any other.  What it tries by its own script runs through wombat, pywb's rewriting in the
page; what a script could do that got round wombat is tried with the browser's own functions, kept aside before any script ran.
"""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from archive.moment import stamp
from crawler.demo.answer import Answer
from crawler.demo.server import DemoServer

from .chrome import Chrome, Frame, Page, chrome
from .conftest import luutru
from .replayed import PICTURES, Replaying, banner, parts, replaying, text
from .still_portal import HOST, SITE, Still, StillPortal, article, plain

LIVE = "song.example"
EVIL = "/Pages/2.aspx"
NIGHT = "2026-11-23"
OWN = "const own = { fetch: window.fetch.bind(window), open: window.open.bind(window), parent: window.parent, top: window.top,"
OWN += " ancestor: location.ancestorOrigins[0], beacon: navigator.sendBeacon.bind(navigator), Socket: window.WebSocket,"
OWN += " make: document.createElement.bind(document), here: location.href, go: (to) => { location.href = to } };"

_TRIES = """
window.tried = {};
const attempt = async (name, work) => {
  try { window.tried[name] = "done: " + String(await work()) } catch (error) { window.tried[name] = "refused: " + error.name }
};
attempt("calendar", async () => (await fetch("http://127.0.0.1:8686/")).text());
attempt("parent", () => window.parent.document.title);
attempt("storage", () => { localStorage.setItem("a", "b"); return localStorage.getItem("a") + localStorage.length });
attempt("cookie", () => { document.cookie = "a=b; path=/"; return document.cookie });
attempt("live", async () => (await fetch("http://song.example/fetched")).text());
const picture = document.createElement("img"); picture.src = "http://song.example/picture.png"; document.body.append(picture);
"""
_MARKUP = (
    '<img id="live" src="http://song.example/in-markup.png"><link rel="preload" as="image" href="http://song.example/pre.png">'
    '<link rel="stylesheet" href="http://song.example/style.css"><script src="http://song.example/script.js"></script>'
    '<iframe src="http://song.example/frame.html"></iframe><a id="away" href="http://song.example/away" target="_top">đi</a>'
    '<form id="form" method="post" action="http://song.example/form"><input name="a" value="b"></form>'
    f"<script>{_TRIES}</script>"
)


class HostilePortal(StillPortal):
    """The still portal, one of whose articles is hostile."""

    def answer(self, method: str, host: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if target == EVIL:
            cookie, refresh = ("Set-Cookie", "spy=1; Path=/"), ("Refresh", "2; url=http://song.example/refresh")
            return article("2", _MARKUP, cookie, refresh, ("Access-Control-Allow-Origin", "*"))
        if target == "/Pages/4.aspx":
            return article("4", '<script>window.top.location = "http://song.example/top"</script>')
        if target == "/Pages/3.aspx":
            return article("3", '<iframe src="/Pages/1.aspx"></iframe>')
        if host == LIVE:
            return plain("text/plain", b"an answer of the web")
        return super().answer(method, host, target, headers, body)


@dataclass
class Live:
    """A server that stands for all the web: whatever is asked of it is noted."""

    port: int
    asked: list[str] = field(default_factory=list)
    connections: int = 0

    @property
    def noticed(self) -> tuple[int, int]:
        """Connections and requests so far."""
        return self.connections, len(self.asked)


@contextmanager
def live_web() -> Iterator[Live]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            live.asked.append(f"{self.headers['Host']}{self.path}")
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Length", "20")
            self.end_headers()
            self.wfile.write(b"an answer of the web")

        do_POST = do_GET  # noqa: N815 - its name in http.server

        def log_message(self, *_: Any) -> None: ...

    class Server(http.server.ThreadingHTTPServer):
        def process_request(self, request: Any, client: Any) -> None:
            live.connections += 1
            super().process_request(request, client)

    server = Server(("127.0.0.1", 0), Handler)
    live = Live(server.server_port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield live
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Still]:
    folder = tmp_path_factory.mktemp("hostile")
    with DemoServer(HostilePortal()) as server:
        still = Still(server, folder, luutru, folder / "store")
        still.crawl(NIGHT)
        yield still


@pytest.fixture(scope="module")
def replay(hostile: Still) -> Iterator[Replaying]:
    with replaying(hostile.store) as running:
        yield running


@pytest.fixture(scope="module")
def web() -> Iterator[Live]:
    with live_web() as live:
        yield live


@pytest.fixture(scope="module")
def browser(web: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Every host of a page's leads to the server that stands for the web; the others, which Chromium asks for its own ends,
    are unknown."""
    with chrome(tmp_path_factory.mktemp("chromium"), rules=f"MAP *.example 127.0.0.1:{web.port}") as running:
        yield running


def opened(
    browser: Chrome, replay: Replaying, hostile: Still, target: str = EVIL, shown: str = ""
) -> tuple[Page, Frame]:
    (found,) = [one for one in hostile.kept(NIGHT) if one.first.url == SITE + target and one.method == "GET"]
    page = browser.open(
        replay.page("tinh", stamp(found.first.date), SITE + target),
        first=f"window.kept = (() => {{ {OWN} return own }})()",
    )
    return page, page.frame(shown or f"{HOST}{target}")


def test_the_server_that_stands_for_the_web_hears_what_is_not_replayed(browser: Chrome, web: Live) -> None:
    """Without this the silence that the others find would prove nothing."""
    before = web.noticed
    browser.open(f"http://{LIVE}/heard")
    assert f"{LIVE}/heard" in web.asked[before[1] :]


def test_a_hostile_page_gets_no_answer_from_our_pages_its_parent_or_the_web(
    browser: Chrome, replay: Replaying, hostile: Still, web: Live
) -> None:
    before, portal = web.noticed, len(hostile.server.log)
    page, frame = opened(browser, replay, hostile)
    frame.wait("Object.keys(window.tried).length === 5")
    tried = frame.evaluate("window.tried")
    assert tried.pop("storage") == "done: b1"
    assert tried.pop("cookie") == "done: a=b"
    assert "an answer of the web" not in json.dumps(tried)
    assert "luutru replay" not in json.dumps(tried)
    page.loaded()
    frame.evaluate("document.getElementById('form').submit()", wait=False)
    said = banner(page)
    assert page.evaluate("location.href").startswith(replay.origin), "the window is where it was"
    assert web.noticed == before
    assert len(hostile.server.log) == portal
    assert {status for target, status in parts(page).items() if LIVE in target} <= {404}
    assert said["state"] == "known"
    page.screenshot(PICTURES / "hostile.png")


def test_a_page_that_leads_the_window_away_leads_its_frame_to_what_is_not_kept(
    browser: Chrome, replay: Replaying, hostile: Still, web: Live
) -> None:
    before = web.noticed
    page, _ = opened(browser, replay, hostile, "/Pages/4.aspx", shown=f"{LIVE}/top")
    said = banner(page)
    assert (said["state"], said["url"], set(said["notes"])) == ("known", f"http://{LIVE}/top", {"absent"})
    assert page.evaluate("location.href").startswith(replay.origin)
    assert web.noticed == before


def test_what_is_not_kept_is_404_and_counted_as_missing(browser: Chrome, replay: Replaying, hostile: Still) -> None:
    page, frame = opened(browser, replay, hostile)
    frame.wait("Object.keys(window.tried).length === 5")
    missing = banner(page)["notes"]["missing"]
    for name in ("in-markup.png", "style.css", "script.js", "frame.html", "picture.png"):
        assert f"http://{LIVE}/{name}" in missing["lines"], name
        assert parts(page)[f"http://{LIVE}/{name}"] == 404, name
    assert f"{len(missing['lines'])} phần" in missing["vi"]


@pytest.mark.parametrize(
    "work",
    [
        "own.fetch(own.ancestor + '/').then((a) => a.text())",
        "own.fetch(own.ancestor + '/', { mode: 'no-cors' }).then((a) => a.type)",
        "own.fetch(new URL('/all/20261124000000/http://khac.example/', own.here), { mode: 'no-cors' }).then((a) => a.type)",
        "own.fetch('http://song.example/native').then((a) => a.text())",
        "own.parent.document.title",
        "own.parent.location.href",
        "own.top.document.body.innerHTML",
        "(own.top.location = 'http://song.example/top', new Promise((_, no) => setTimeout(() => no(Error('not gone')), 500)))",
        "own.open('http://song.example/window').location",
        "new Promise((yes, no) => { const s = new own.Socket('ws://song.example/'); s.onopen = yes; s.onerror = no })",
        "new Promise((yes, no) => { const i = own.make('img'); i.onload = yes; i.onerror = no;"
        " Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, 'src').set.call(i, 'http://song.example/native.png') })",
        "new Promise((yes, no) => { const i = own.make('script'); i.onload = yes; i.onerror = no;"
        " i.setAttributeNS(null, 'src', 'http://song.example/native.js'); document.head.append(i) })",
        "import('http://song.example/module.js')",
        "own.fetch('http://127.0.0.1:WEB/local', { mode: 'no-cors' })",
        "new Promise((yes, no) => { const s = own.make('style'); s.textContent ="
        " '@import url(http://song.example/import.css); body { background: url(http://song.example/background.png) }';"
        " document.head.append(s); setTimeout(() => no(Error('nothing came')), 500) })",
    ],
)
def test_a_script_that_gets_round_wombat_gets_no_further(
    browser: Chrome, replay: Replaying, hostile: Still, web: Live, work: str
) -> None:
    page, frame = opened(browser, replay, hostile)
    before = web.noticed
    local = work.replace("WEB", str(web.port))
    outcome = frame.evaluate(
        f"(async () => {{ const own = window.kept; try {{ return 'got ' + String(await ({local})) }}"
        " catch (error) { return 'refused' } })()"
    )
    assert outcome == "refused"
    assert web.noticed == before
    assert page.evaluate("location.href").startswith(replay.origin)


def test_the_frame_cannot_be_led_to_the_live_web_nor_to_our_pages(
    browser: Chrome, replay: Replaying, hostile: Still, web: Live
) -> None:
    """Chromium opens a connection before it looks whether it may lead a frame there, and then says nothing on it."""
    for to in (f"http://{LIVE}/led", f"{replay.origin}/"):
        page, frame = opened(browser, replay, hostile)
        before = len(web.asked)
        frame.evaluate(f"window.kept.go({to!r})", wait=False)
        page.wait("document.getElementById('banner').dataset.state === 'unknown'")
        assert len(web.asked) == before
        led = [one for one in page.requests if one.url == to and one.kind == "Document"]
        assert all(one.failed for one in led), led
        assert "Không thể nói chắc" in text(page)


def test_a_page_within_a_page_does_not_pass_for_it(browser: Chrome, replay: Replaying, hostile: Still) -> None:
    """The banner speaks of the page that is shown, not of one that this has loaded within itself."""
    page, _ = opened(browser, replay, hostile, "/Pages/3.aspx")
    inner = page.frame(f"if_/{SITE}/Pages/1.aspx")
    assert "Tin số 1" in text(inner)
    inner.evaluate("window.kept.top.postMessage({ luutru: '0'.repeat(32) }, '*')")
    said = banner(page)
    assert (said["state"], said["url"]) == ("known", f"{SITE}/Pages/3.aspx")


def test_captured_headers_set_no_cookie_and_allow_nothing(browser: Chrome, replay: Replaying, hostile: Still) -> None:
    """They say what a body is, and nothing more: no cookie for 127.0.0.1, no refresh, no leave to read for everyone."""
    page, frame = opened(browser, replay, hostile)
    for modifier in ("", "id_"):
        with urlopen(frame.url.replace(f"/{SITE}", f"{modifier}/{SITE}")) as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
        assert "sandbox allow-scripts allow-forms" in headers["content-security-policy"]
        assert not {"set-cookie", "refresh", "link", "access-control-allow-origin"} & set(headers), headers
    assert page.browser.ask("Network.getCookies", page.session, urls=[replay.origin, frame.url])["cookies"] == []


def test_a_script_reads_what_is_of_its_portal_and_nothing_over_all_portals(
    browser: Chrome, replay: Replaying, hostile: Still
) -> None:
    (found,) = [one for one in hostile.kept(NIGHT) if one.first.url == SITE + EVIL]
    asked = f"fetch('{SITE}/Pages/1.aspx').then((a) => a.text(), () => 'refused')"
    outcomes = []
    for collection in ("tinh", "all"):
        page = browser.open(replay.page(collection, stamp(found.first.date), SITE + EVIL))
        outcomes.append(page.frame(f"{HOST}{EVIL}").evaluate(asked))
    assert "Tin số 1" in outcomes[0]
    assert outcomes[1] == "refused"


def test_our_pages_are_served_to_no_other_name_and_to_no_frame(replay: Replaying) -> None:
    """A name of somebody's that leads to 127.0.0.1 makes somebody's page of ours."""
    import http.client

    for host, status in ((replay.origin.removeprefix("http://"), 200), (f"{LIVE}:80", 421)):
        connection = http.client.HTTPConnection(replay.origin.removeprefix("http://"), timeout=30)
        connection.request("GET", "/", headers={"Host": host})
        answer = connection.getresponse()
        assert answer.status == status
        assert "frame-ancestors 'none'" in (answer.getheader("Content-Security-Policy") or "")
        connection.close()


def test_an_address_that_is_markup_is_shown_as_text(browser: Chrome, replay: Replaying, tmp_path: Path) -> None:
    url = "http://tinh.example/%22%3E%3Cscript%3Edocument.title='x'%3C/script%3E\"><script>document.title='x'</script>"
    for address in (replay.page("tinh", "*", url), replay.page("tinh", "20261123000000", url)):
        page = browser.open(address)
        assert page.evaluate("document.title") != "x"
        assert page.evaluate("document.scripts.length") <= 1
