"""A server that keeps to no rule: each connection is played by a function, and all that crosses it is noted."""

from __future__ import annotations

import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType


class Left(Exception):
    """The client is not there any more."""


@dataclass
class Heard:
    """A request, and what was sent since: `sent` is noted before it is handed to the kernel."""

    connection: int
    target: str
    received: bytes
    sent: bytearray = field(default_factory=bytearray)


class Talk:
    """One connection from the server's side."""

    def __init__(self, wild: Wild, client: socket.socket, number: int) -> None:
        self.client = client
        self.number = number
        self._wild = wild
        self._waiting = b""
        self.heard: Heard | None = None

    def hear(self) -> Heard:
        """The next request's head."""
        while b"\r\n\r\n" not in self._waiting:
            try:
                data = self.client.recv(65536)
            except OSError as error:
                raise Left from error
            if not data:
                raise Left
            self._waiting += data
        head, _, self._waiting = self._waiting.partition(b"\r\n\r\n")
        self.heard = Heard(self.number, head.split(b" ", 2)[1].decode("latin-1"), head + b"\r\n\r\n")
        self._wild.log.append(self.heard)
        return self.heard

    def say(self, data: bytes) -> None:
        """Sends `data`."""
        if self.heard is not None:
            self.heard.sent += data
        try:
            self.client.sendall(data)
        except OSError as error:
            raise Left from error

    def wait(self, seconds: float | None = None) -> None:
        """Waits until the client leaves or says more, or for `seconds`; Left if it has left."""
        ready, _, _ = select.select([self.client], [], [], seconds)
        if ready and isinstance(self.client, ssl.SSLSocket):
            raise Left  # a client that waits for its answer says nothing but farewell
        try:
            left = bool(ready) and not self.client.recv(1, socket.MSG_PEEK)
        except OSError as error:
            raise Left from error
        if left:
            raise Left

    def reset(self) -> None:
        """Ends the connection without a farewell."""
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Left


Play = Callable[[Talk], None]
"""What becomes of one request; the connection goes on when it returns, and ends when it raises Left."""


def says(*pieces: bytes, close: bool = False) -> Play:
    """Sends the pieces, and closes the connection where it is told to."""

    def play(talk: Talk) -> None:
        for piece in pieces:
            talk.say(piece)
        if close:
            raise Left

    return play


def floods(start: bytes, piece: bytes) -> Play:
    """Sends `start`, and then `piece` for as long as the client takes it."""

    def play(talk: Talk) -> None:
        talk.say(start)
        while True:
            talk.say(piece)

    return play


def drips(start: bytes, piece: bytes, every: float) -> Play:
    """Sends `start`, and then `piece` each `every` seconds until the client leaves."""

    def play(talk: Talk) -> None:
        talk.say(start)
        while True:
            talk.wait(every)
            talk.say(piece)

    return play


def never(talk: Talk) -> None:
    """Says nothing until the client leaves, whatever it says."""
    while True:
        talk.wait()
        talk.client.recv(65536)


def page(body: bytes, *lines: bytes, status: bytes = b"200 OK", length: int | None = None) -> bytes:
    """A response of HTML with a length, and with these header lines before it."""
    said = b"".join(line + b"\r\n" for line in lines)
    size = b"Content-Length: %d\r\n\r\n" % (len(body) if length is None else length)
    return b"HTTP/1.1 " + status + b"\r\n" + said + b"Content-Type: text/html; charset=utf-8\r\n" + size + body


NOT_FOUND = says(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


@dataclass
class Wild:
    """Listens on a free `port` and plays what `script` has for a target; 404 where it has nothing.

    `greet` has each connection before anything is read from it; `tls` secures connections first.
    """

    script: Mapping[str, Play] = field(default_factory=dict)
    greet: Play | None = None
    tls: ssl.SSLContext | None = None
    log: list[Heard] = field(default_factory=list)
    connections: int = 0
    refused: list[str] = field(default_factory=list)
    """Handshakes that failed, in the server's words."""

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Wild:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()

    def of(self, target: str) -> list[Heard]:
        """What was heard for a target."""
        return [heard for heard in self.log if heard.target == target]

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(client, self.connections), daemon=True).start()

    def _serve(self, client: socket.socket, number: int) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(Left), client:
            if self.tls is None:
                self._play(Talk(self, client, number))
                return
            try:
                secured = self.tls.wrap_socket(client, server_side=True)
            except OSError as error:
                self.refused.append(str(error))
                return
            with secured:
                self._play(Talk(self, secured, number))

    def _play(self, talk: Talk) -> None:
        if self.greet is not None:
            self.greet(talk)
        while True:
            self.script.get(talk.hear().target, NOT_FOUND)(talk)
