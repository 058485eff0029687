"""An origin of raw sockets: it sends the bytes it is told to, in the pieces it is told to, and notes what crossed."""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal

End = Literal["keep", "close", "reset"]


@dataclass(frozen=True)
class Played:
    """A response as it is played: the bytes in pieces, and what becomes of the connection after them.

    Between two pieces the origin waits `pause` seconds, or until the client leaves.
    """

    pieces: tuple[bytes, ...]
    end: End = "keep"
    pause: float = 0.0


@dataclass(frozen=True)
class Crossed:
    """One exchange as the origin saw it."""

    connection: int
    target: str
    received: bytes
    sent: bytes


NOT_FOUND = Played((b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",))


@dataclass
class Origin:
    """Answers each target with what `script` plays; 404 for any other.  A context manager; `port` is any free one.

    With `once`, a connection that is kept open closes at its second request, without a word.
    """

    script: Mapping[str, Played]
    once: bool = False
    log: list[Crossed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Origin:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()

    def _accept(self) -> None:
        number = 0
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            number += 1
            threading.Thread(target=self._serve, args=(client, number), daemon=True).start()

    def _serve(self, client: socket.socket, number: int) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting = b""
        served = 0
        with client:
            while True:
                while b"\r\n\r\n" not in waiting:
                    try:
                        data = client.recv(65536)
                    except OSError:
                        return
                    if not data:
                        return
                    waiting += data
                request, _, waiting = waiting.partition(b"\r\n\r\n")
                target = request.split(b" ", 2)[1].decode()
                played = self.script.get(target, NOT_FOUND) if not (self.once and served) else Played((), "close")
                served += 1
                self.log.append(Crossed(number, target, request + b"\r\n\r\n", b"".join(played.pieces)))
                if not self._send(client, played):
                    return
                if played.end == "reset":
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                if played.end != "keep":
                    return

    @staticmethod
    def _send(client: socket.socket, played: Played) -> bool:
        try:
            for number, piece in enumerate(played.pieces):
                if played.pause and number:
                    select.select([client], [], [], played.pause)
                client.sendall(piece)
        except OSError:  # the client has left: it does not read what it cannot use
            return False
        return True
