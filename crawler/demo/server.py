"""An HTTP/1.1 server on loopback that keeps the exact bytes of every exchange.

It works on raw sockets so that what it records is what `recv` and `send` moved: the tests of the archive compare
the records on disk with these bytes, not with anything a library has parsed and written anew.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from types import TracebackType

from crawler.demo.answer import Answer, Answering

_CHUNK = 3000
_LIMIT = 16 * 1024 * 1024  # bytes of one request; no client of a test sends that much
_PATIENCE = 2.0  # seconds that closing and reading the log wait for threads at most


@dataclass(frozen=True)
class WireExchange:
    """One request and its answer: `received` and `sent` are the bytes on the socket, heads and framing included.

    `connection` counts the server's connections from 1, `number` the exchanges of one connection from 1; `host` is
    without port, in lower case; `at` is when the request was complete, in seconds since the epoch.
    """

    connection: int
    number: int
    host: str
    method: str
    target: str
    received: bytes
    sent: bytes
    at: float


@dataclass(frozen=True)
class _Asked:
    received: bytes
    method: str
    target: str
    version: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def host(self) -> str:
        netloc = self.headers.get("host", "")
        if self.target.lower().startswith("http://"):
            netloc = self.target[len("http://") :].partition("/")[0]
        return netloc.lower().partition(":")[0]

    @property
    def keeps_alive(self) -> bool:
        wish = self.headers.get("connection", "").lower()
        return wish == "keep-alive" if self.version == "HTTP/1.0" else wish != "close"


class _UnreadableError(Exception):
    """The bytes that came are no request this server reads."""

    def __init__(self, received: bytes) -> None:
        super().__init__("not a request")
        self.received = received


def _parsed(head: bytes) -> tuple[str, str, str, dict[str, str]]:
    lines = head.decode("latin-1").lstrip("\r\n").split("\r\n")
    method, target, version = lines[0].split(" ")
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return method, target, version, headers


class _Reader:
    """Cuts the requests out of what a client sends; the bytes behind one request are the start of the next."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._ahead = b""

    def _more(self) -> bool:
        data = self._client.recv(65536)
        self._ahead += data
        if len(self._ahead) > _LIMIT:
            raise _UnreadableError(self._ahead)
        return bool(data)

    def next(self) -> _Asked | None:
        """The next request, None once the client has closed (half a request is then dropped)."""
        while b"\r\n\r\n" not in self._ahead.lstrip(b"\r\n"):
            if not self._more():
                return None
        blank = len(self._ahead) - len(self._ahead.lstrip(b"\r\n"))
        end = self._ahead.index(b"\r\n\r\n", blank) + 4
        try:
            method, target, version, headers = _parsed(self._ahead[: end - 4])
            length = int(headers.get("content-length", "0"))
        except ValueError:
            raise _UnreadableError(self._ahead) from None
        if length < 0 or "transfer-encoding" in headers:
            raise _UnreadableError(self._ahead)
        while len(self._ahead) < end + length:
            if not self._more():
                return None
        received, self._ahead = self._ahead[: end + length], self._ahead[end + length :]
        return _Asked(received, method, target, version, headers, received[end:])


def _framed(answer: Answer, asked: _Asked, closes: bool) -> Iterator[bytes]:
    """The answer as the pieces that go on the wire, one `send` each."""
    chunked = (answer.header("Transfer-Encoding") or "").lower() == "chunked"
    headers = list(answer.headers)
    bodiless = asked.method == "HEAD" or answer.status in (204, 304)
    if chunked and asked.version == "HTTP/1.0":
        headers = [header for header in headers if header[0].lower() != "transfer-encoding"]
        chunked = False
    if not chunked and answer.header("Content-Length") is None and answer.status not in (204, 304):
        headers.append(("Content-Length", str(len(answer.body))))
    if answer.header("Date") is None:
        headers.append(("Date", formatdate(usegmt=True)))
    if answer.header("Connection") is None and (closes or asked.version == "HTTP/1.0"):
        headers.append(("Connection", "close" if closes else "keep-alive"))
    lines = [f"HTTP/1.1 {answer.status} {answer.reason}", *(f"{name}: {value}" for name, value in headers)]
    yield ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    if bodiless:
        return
    for start in range(0, len(answer.body), _CHUNK):
        piece = answer.body[start : start + _CHUNK]
        yield b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece
    if chunked:
        yield b"0\r\n\r\n"


def _must_close(answer: Answer, asked: _Asked) -> bool:
    length = answer.header("Content-Length")
    bodiless = asked.method == "HEAD" or answer.status in (204, 304)
    broken_off = length is not None and not bodiless and length != str(len(answer.body))
    return broken_off or not asked.keeps_alive or (answer.header("Connection") or "").lower() == "close"


class DemoServer:
    """Serves a site on 127.0.0.1 while its `with` block runs; `port` 0 takes any free one.

    `delay` (seconds) passes before each answer; `before(method, target)` runs before it too and may block, to hold
    an answer back. Both may be changed while the server runs. Closing never waits for a held answer.
    """

    def __init__(
        self,
        site: Answering,
        port: int = 0,
        delay: float = 0.0,
        before: Callable[[str, str], None] | None = None,
    ) -> None:
        self.site = site
        self.delay = delay
        self.before = before
        self._listener = socket.create_server(("127.0.0.1", port), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._log: list[WireExchange] = []
        self._sending: set[tuple[int, int]] = set()
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._clients: dict[int, socket.socket] = {}
        self._threads: list[threading.Thread] = []

    @property
    def address(self) -> tuple[str, int]:
        """(host, port) to connect to."""
        return "127.0.0.1", self.port

    @property
    def log(self) -> list[WireExchange]:
        """A copy of the record so far, in order of completion.

        An exchange whose answer is on its way is waited for: a client that has read its answer finds it here.
        """
        with self._changed:
            self._wait_for_what_is_sent()
            return list(self._log)

    def forget(self) -> None:
        """Empties the record, of what is on its way too."""
        with self._changed:
            self._wait_for_what_is_sent()
            self._log.clear()

    def _wait_for_what_is_sent(self) -> None:
        under_way = set(self._sending)
        self._changed.wait_for(lambda: not under_way & self._sending, timeout=_PATIENCE)

    def __enter__(self) -> "DemoServer":
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stops listening, breaks every connection, and returns within about two seconds whatever hangs."""
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self._listener.close()
        with self._changed:
            clients = list(self._clients.values())
        for client in clients:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)  # wakes recv() and send()
        end = time.monotonic() + _PATIENCE
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, end - time.monotonic()))

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads = [known for known in self._threads if known.is_alive()] + [thread]
        thread.start()

    def _accept(self) -> None:
        connection = 0
        while not self._stopping.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            connection += 1
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._changed:
                self._clients[connection] = client
            if self._stopping.is_set():
                client.close()
                return
            self._start(self._serve, connection, client)

    def _serve(self, connection: int, client: socket.socket) -> None:
        reader = _Reader(client)
        number = 0
        try:
            while not self._stopping.is_set():
                number += 1
                try:
                    asked = reader.next()
                except _UnreadableError as unreadable:
                    asked = _Asked(unreadable.received, "", "", "HTTP/1.1", {"connection": "close"}, b"")
                if asked is None or not self._exchange(connection, number, client, asked):
                    return
        except OSError:
            pass  # the client is gone, or the server closes
        finally:
            with self._changed:
                self._clients.pop(connection, None)
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_WR)  # an orderly end, also where the client has sent more than was read
            client.close()

    def _exchange(self, connection: int, number: int, client: socket.socket, asked: _Asked) -> bool:
        """Answers one request and records it; whether the connection stays open."""
        at = time.time()
        if self.before and asked.method:
            self.before(asked.method, asked.target)
        if self.delay:
            self._stopping.wait(self.delay)
        if self._stopping.is_set():
            return False
        if asked.method:
            answer = self.site.answer(asked.method, asked.host, asked.target, asked.headers, asked.body)
        else:
            answer = Answer(400, "Bad Request", (("Content-Type", "text/plain"),), b"Bad Request")
        closes = _must_close(answer, asked)
        sent = bytearray()
        with self._changed:
            self._sending.add((connection, number))
        try:
            for piece in _framed(answer, asked, closes):
                _send(client, piece, sent)
        finally:
            exchange = WireExchange(
                connection, number, asked.host, asked.method, asked.target, asked.received, bytes(sent), at
            )
            with self._changed:
                self._log.append(exchange)
                self._sending.discard((connection, number))
                self._changed.notify_all()
        return not closes


def _send(client: socket.socket, piece: bytes, sent: bytearray) -> None:
    """Sends all of a piece and notes what the socket took: also where the client leaves halfway."""
    while piece:
        taken = client.send(piece)
        sent += piece[:taken]
        piece = piece[taken:]
