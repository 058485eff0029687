"""Chromium, driven as a person would drive it: over its debugging pipe, without any library, on loopback alone.

    with chrome(tmp_path / "profile") as browser:
        page = browser.open("http://127.0.0.1:8000/")
        frame = page.frame("/bai-viet")            # a frame by a piece of its address; page itself is the top one
        frame.evaluate("document.title")
        frame.click("a.next")
        page.screenshot(tmp_path / "page.png")
        [(one.url, one.status) for one in page.requests]

Frames in processes of their own (sandboxed ones are) are attached to as they come, so that no request of theirs is missed.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PATIENCE = 60.0
"""Seconds that a page or an answer is waited for."""


@dataclass
class Request:
    """One request of a page or of a frame in it; `status` 0 until it is answered, `failed` says why it never will be."""

    url: str
    method: str
    kind: str
    status: int = 0
    failed: str = ""
    mime: str = ""


class ChromeError(AssertionError):
    """What Chromium answered instead of doing what it was asked."""


@dataclass
class Frame:
    """A document in the page: the page's own, or one within it."""

    page: Page
    id: str

    @property
    def url(self) -> str:
        return self.page.addresses.get(self.id, "")

    def evaluate(self, expression: str, *, wait: bool = True) -> Any:
        """The value of a JavaScript expression in the frame; a promise is waited for.  ChromeError where it throws."""
        answer: dict[str, Any] = {}
        for _ in range(20):
            session, context = self.page.context(self.id)
            words = {"expression": expression, "contextId": context, "userGesture": True}
            try:
                # the answer of a document that is left meanwhile may never come
                answer = self.page.browser.ask(
                    "Runtime.evaluate",
                    session,
                    gone=lambda: self.page.contexts.get(self.id) != (session, context),  # noqa: B023 - of this round
                    **words,
                    returnByValue=True,
                    awaitPromise=wait,
                )
                break
            except ChromeError as error:  # the document went away between the look at its context and the question
                if "context" not in str(error):
                    raise
                time.sleep(0.05)
        if "exceptionDetails" in answer:
            told = answer["exceptionDetails"]
            raise ChromeError(told.get("exception", {}).get("description") or told["text"])
        return answer.get("result", {}).get("value")

    def click(self, selector: str) -> None:
        """Clicks with the mouse on the first element that the selector finds, in the page or in a frame that lies in it."""
        at = self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); if (!e) return null;"
            " e.scrollIntoView({block: 'center', behavior: 'instant'}); const r = e.getClientRects()[0];"
            " return [r.x + r.width / 2, r.y + r.height / 2] })()"
        )
        assert at, f"nothing is {selector} in {self.url}"
        browser, session = self.page.browser, self.page.session
        left, top = 0.0, 0.0
        if self.id != self.page.id:
            node = browser.ask("DOM.getFrameOwner", session, frameId=self.id)["backendNodeId"]
            left, top = browser.ask("DOM.getBoxModel", session, backendNodeId=node)["model"]["content"][:2]
        where = {"x": left + at[0], "y": top + at[1], "button": "left", "clickCount": 1}
        for kind in ("mousePressed", "mouseReleased"):
            browser.ask("Input.dispatchMouseEvent", session, type=kind, **where)

    def wait(self, expression: str) -> Any:
        """The first true value of an expression."""
        return self.page.browser.until(lambda: self._quietly(expression), f"{expression} in {self.url}")

    def _quietly(self, expression: str) -> Any:
        try:
            return self.evaluate(expression)
        except ChromeError:
            return None


class Page(Frame):
    """A tab."""

    def __init__(self, browser: Chrome, target: str, session: str) -> None:
        super().__init__(self, target)
        self.browser, self.session = browser, session
        self.sessions = {session}
        self.requests: list[Request] = []
        self.addresses: dict[str, str] = {}
        self.console: list[str] = []
        self.asked: dict[tuple[str, str], Request] = {}
        self.contexts: dict[str, tuple[str, int]] = {}
        self.busy: dict[str, bool] = {}
        self.first = ""

    def context(self, frame: str) -> tuple[str, int]:
        """Session and context that a frame's expressions are evaluated in."""
        found: tuple[str, int] = self.browser.until(lambda: self.contexts.get(frame), f"a document in frame {frame}")
        return found

    def go(self, url: str) -> None:
        """Leads the tab to an address, and waits until it is loaded."""
        self.busy[self.id] = True
        done = self.browser.ask("Page.navigate", self.session, url=url)
        if not done.get("errorText"):
            self.loaded()

    def loaded(self) -> None:
        """Waits until no frame loads, and no request is without an answer."""
        quiet = 0

        def still() -> bool:
            nonlocal quiet
            waits = any(self.busy.values()) or any(not one.status and not one.failed for one in self.requests)
            quiet = 0 if waits else quiet + 1
            return quiet >= 10

        self.browser.until(still, f"{self.url} to be loaded; {[r.url for r in self.requests if not r.status]}")

    def frame(self, part: str) -> Frame:
        """The frame with this in its address; waits for it."""

        def found() -> Frame | None:
            for identity, url in list(self.addresses.items()):
                if part in url and identity != self.id and identity in self.contexts:
                    return Frame(self, identity)
            return None

        frame: Frame = self.browser.until(found, f"a frame with {part} in its address, of {self.addresses}")
        return frame

    def screenshot(self, path: Path, *, whole: bool = False) -> None:
        """A PNG of what the tab shows, or with `whole` of all that it could be scrolled to."""
        path.parent.mkdir(parents=True, exist_ok=True)
        words = {"format": "png", "captureBeyondViewport": whole}
        if whole:
            size = self.browser.ask("Page.getLayoutMetrics", self.session)["cssContentSize"]
            words["clip"] = {**size, "scale": 1}
        path.write_bytes(base64.b64decode(self.browser.ask("Page.captureScreenshot", self.session, **words)["data"]))

    def heard(self, session: str, name: str, told: dict[str, Any]) -> None:
        """Takes note of what Chromium reports of this tab."""
        match name:
            case "Network.requestWillBeSent":
                if (former := self.asked.get((session, told["requestId"]))) and "redirectResponse" in told:
                    former.status = told["redirectResponse"]["status"]
                made = Request(told["request"]["url"], told["request"]["method"], told.get("type", ""))
                self.asked[session, told["requestId"]] = made
                if not made.url.startswith(("data:", "blob:")):
                    self.requests.append(made)
            case "Network.responseReceived":
                if one := self._asked(session, told["requestId"]):
                    one.status, one.mime = told["response"]["status"], told["response"]["mimeType"]
            case "Network.responseReceivedExtraInfo":  # what is not handed to the page was answered all the same
                if (one := self._asked(session, told["requestId"])) and not one.status:
                    one.status = told["statusCode"]
            case "Network.loadingFailed":
                if one := self._asked(session, told["requestId"]):
                    one.failed = told.get("blockedReason") or told["errorText"]
            case "Page.frameNavigated":
                self.addresses[told["frame"]["id"]] = told["frame"]["url"]
            case "Page.frameDetached":
                if told.get("reason") != "swap":
                    for known in (self.addresses, self.contexts, self.busy):
                        known.pop(told["frameId"], None)
            case "Page.frameStartedLoading" | "Page.frameStoppedLoading":
                self.busy[told["frameId"]] = name.endswith("StartedLoading")
            case "Runtime.executionContextCreated":
                one = told["context"]
                if one.get("auxData", {}).get("isDefault"):  # a worker has no such data
                    self.contexts[one["auxData"]["frameId"]] = (session, one["id"])
            case "Runtime.executionContextDestroyed":
                gone = (session, told["executionContextId"])
                self.contexts = {frame: at for frame, at in self.contexts.items() if at != gone}
            case "Runtime.executionContextsCleared":
                self.contexts = {frame: at for frame, at in self.contexts.items() if at[0] != session}
            case "Runtime.consoleAPICalled":
                self.console.append(" ".join(str(a.get("value", a.get("description", ""))) for a in told["args"]))
            case "Log.entryAdded":
                self.console.append(told["entry"]["text"])
            case "Runtime.exceptionThrown":
                detail = told["exceptionDetails"]
                self.console.append("thrown: " + str(detail.get("exception", {}).get("description") or detail["text"]))

    def _asked(self, session: str, request: str) -> Request | None:
        # a frame's own document is asked for by its parent's process and answered to its own
        return self.asked.get((session, request)) or next(
            (one for (_, name), one in self.asked.items() if name == request), None
        )


@dataclass
class Chrome:
    """A running Chromium."""

    process: subprocess.Popen[bytes]
    _to: int
    _from: int
    _count: int = 0
    _answers: dict[int, dict[str, Any]] = field(default_factory=dict)
    _pages: dict[str, Page] = field(default_factory=dict)
    _early: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    _turn: threading.Condition = field(default_factory=threading.Condition)

    def open(self, url: str, size: tuple[int, int] = (1280, 900), first: str = "") -> Page:
        """A new tab at this address, loaded; `first` is a script that runs in each of its documents before any other."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, target, session)
        page.first = first
        self._pages[session] = page
        self._listen(session)
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.ask("Emulation.setDeviceMetricsOverride", session, **metrics)
        page.go(url)
        return page

    def ask(
        self, method: str, session: str | None = None, *, gone: Callable[[], bool] = lambda: False, **words: Any
    ) -> dict[str, Any]:
        """Chromium's answer to one command; ChromeError where it is a refusal, or where who is asked is `gone`."""
        number = self.send(method, session, **words)
        nobody = {"error": {"message": "the context is gone"}}
        answer = self.until(
            lambda: self._answers.pop(number, None) or (nobody if gone() else None), f"the answer to {method}"
        )
        if "error" in answer:
            raise ChromeError(f"{method}: {answer['error']['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    def send(self, method: str, session: str | None = None, **words: Any) -> int:
        """Sends a command, and waits for nothing."""
        with self._turn:
            self._count += 1
            number = self._count
            said = {"id": number, "method": method, "params": words} | ({"sessionId": session} if session else {})
            data = json.dumps(said).encode() + b"\0"
            while data:
                data = data[os.write(self._to, data) :]
        return number

    def until(self, found: Callable[[], Any], what: str) -> Any:
        """The first true answer of `found`, asked again whenever Chromium has said something, and ten times a second."""
        end = time.monotonic() + PATIENCE
        while True:
            with self._turn:
                if answer := found():
                    return answer
                self._turn.wait(0.05)
            assert time.monotonic() < end, f"waited in vain for {what}"
            assert self.process.poll() is None, f"Chromium has ended; it was to give {what}"

    def _listen(self, session: str) -> None:
        for method in ("Page.enable", "Network.enable", "Runtime.enable", "Log.enable", "DOM.enable"):
            self.send(method, session)
        if first := self._pages[session].first:
            self.send("Page.addScriptToEvaluateOnNewDocument", session, source=first)
        self.send("Target.setAutoAttach", session, autoAttach=True, waitForDebuggerOnStart=True, flatten=True)
        self.send("Runtime.runIfWaitingForDebugger", session)

    def read(self) -> None:
        """Hears what Chromium says, until it ends; the work of a thread of its own."""
        ahead = b""
        with contextlib.suppress(OSError):
            while data := os.read(self._from, 1 << 20):
                *whole, ahead = (ahead + data).split(b"\0")
                for message in whole:
                    with self._turn:
                        self._hear(json.loads(message))
                        self._turn.notify_all()

    def _hear(self, said: dict[str, Any]) -> None:
        if "id" in said:
            self._answers[said["id"]] = said
            return
        session, name, told = said.get("sessionId", ""), said["method"], said["params"]
        page = self._pages.get(session)
        if page is None:
            return
        if name == "Target.attachedToTarget":
            self._pages[told["sessionId"]] = page
            if told["targetInfo"]["type"] == "iframe":
                page.addresses[told["targetInfo"]["targetId"]] = told["targetInfo"]["url"]
            self._listen(told["sessionId"])
            return
        page.heard(session, name, told)


def found() -> str:
    """Chromium's path."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "make system installs chromium"
    return path


@contextmanager
def chrome(profile: Path, *words: str, rules: str = "") -> Iterator[Chrome]:
    """Chromium until the block ends.  `rules` says where hosts are; every other name but the loopback address's is unknown."""
    command = [found(), "--headless", "--remote-debugging-pipe", f"--user-data-dir={profile}"]
    command += ["--no-sandbox"] if os.geteuid() == 0 else []
    command += ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    command += ["--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-dev-shm-usage"]
    command += [f"--host-resolver-rules={rules}{', ' if rules else ''}MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", *words]
    theirs, ours = os.pipe()
    heard, said = os.pipe()
    # Chromium hears on 3 and speaks on 4; high numbers first, so that neither is closed by the other's move
    ends = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 50) for end in (theirs, said)]
    os.close(theirs)
    os.close(said)

    def place() -> None:
        os.dup2(ends[0], 3)
        os.dup2(ends[1], 4)

    profile.mkdir(parents=True, exist_ok=True)
    with (profile / "chromium.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, preexec_fn=place, pass_fds=(3, 4))
    for end in ends:
        os.close(end)
    browser = Chrome(process, ours, heard)
    threading.Thread(target=browser.read, daemon=True).start()
    try:
        yield browser
    finally:
        with contextlib.suppress(OSError):
            browser.send("Browser.close")
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=10)
        os.close(ours)
        os.close(heard)
