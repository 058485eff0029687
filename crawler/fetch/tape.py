"""The tap on the connection: every byte of an exchange as it crosses the wire, kept beside what Twisted makes of it.

One HTTP/1.1 connection carries one exchange at a time, so the bytes between a request and the end of its response belong
to that exchange without doubt.  Over TLS these are the plaintext bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from time import monotonic
from typing import Any, BinaryIO

from cryptography.hazmat.primitives.serialization import Encoding
from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IAddress, IHandshakeListener
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS, ParseError
from twisted.web.http import _ChunkedTransferDecoder
from twisted.web.http_headers import InvalidHeaderName
from twisted.web.iweb import IResponse
from zope.interface import implementer

from archive.block import SPOOL_AT, Spool, spooled
from archive.capture import Exchange, Tls
from archive.errors import LuutruError, unwritable
from crawler.fetch.certificates import accepted_on

HEAD_LIMIT = 1024 * 1024
"""Bytes before a response's body, at most; one line of them may be as long as LINE_LIMIT, a browser's limit."""
LINE_LIMIT = 256 * 1024


class Tape:
    """What one exchange has put on the wire so far.  `reused` is true where the connection had served before.

    `fresh` asks for a connection that has served nothing yet.  `cut` is what ended the exchange from outside:
    "disconnect" where the server left before Twisted had its response, "length" where a limit did it.  `broken` is
    true where the server left without a farewell.  `held` is true while a handshake keeps the request from the wire.
    """

    __slots__ = (
        "_ended",
        "_folder",
        "_sent",
        "_spool",
        "_started",
        "_taken",
        "broken",
        "connection",
        "cut",
        "fresh",
        "held",
        "ip",
        "on_bytes",
        "received",
        "reused",
        "secure",
        "tls",
        "trouble",
    )

    def __init__(self, fresh: bool = False, spool: Path | None = None) -> None:
        """`spool` is the folder for a response that is too long to hold (None: the system's)."""
        self.fresh = fresh
        self._folder = spool or Path(gettempdir())
        self._spool: BinaryIO | None = None
        self.on_bytes: Callable[[], None] | None = None
        self.tls: Tls | None = None
        self.trouble: LuutruError | None = None
        self._sent: list[bytes] = []
        self._taken: list[bytes] = []
        self._started: datetime | None = None
        self._ended = 0.0
        self.connection = 0.0
        self.ip: str | None = None
        self.reused = False
        self.received = 0
        self.cut: str | None = None
        self.broken = False
        self.secure = False
        self.held = False

    def begin(self, ip: str | None, reused: bool, secure: bool, held: bool) -> None:
        """The request is about to be written."""
        self._started = datetime.now(UTC)
        self.connection = self._ended = monotonic()
        self.ip = ip
        self.reused = reused
        self.secure = secure
        self.held = held

    def sent(self, data: bytes) -> None:
        """Bytes handed to the connection."""
        self._sent.append(data)

    def taken(self, data: bytes) -> None:
        """Bytes that the connection delivered."""
        self.received += len(data)
        self._ended = monotonic()
        try:
            if self._spool is None and self.received <= SPOOL_AT:
                self._taken.append(data)
            else:
                self._spill(data)
        except OSError as error:
            self.trouble = unwritable(error, self._folder)
        if self.on_bytes is not None:
            self.on_bytes()

    def _spill(self, data: bytes) -> None:
        if self._spool is None:
            self._spool = TemporaryFile(dir=self._folder)  # noqa: SIM115 - the exchange holds it
            self._spool.write(b"".join(self._taken))
            self._taken.clear()
        self._spool.write(data)

    def left(self, reason: Failure) -> None:
        """The connection was lost while the exchange was under way.

        Many servers end TLS without its farewell; only a plain connection tells a reset from an end.
        """
        self.cut = "disconnect"
        self.broken = not self.secure and not reason.check(ConnectionDone)  # type: ignore[no-untyped-call]

    def exchange(self, url: str, method: str, truncated: str | None, failure: str | None) -> Exchange:
        """The exchange as it stands now."""
        return Exchange(
            url=url,
            method=method,
            request=b"" if self.held else b"".join(self._sent),
            response=b"".join(self._taken) if self._spool is None else self._spooled(self._spool),
            started=self._started or datetime.now(UTC),
            elapsed_ms=round((self._ended - self.connection) * 1000),
            ip=self.ip,
            truncated=truncated,
            failure=failure,
            tls=self.tls,
        )

    def _spooled(self, file: BinaryIO) -> Spool:
        file.flush()
        return spooled(file, self.received)


class _TapedTransport:
    """The connection's transport, with what is written to it noted; all else is the transport's own."""

    def __init__(self, transport: Any, protocol: TapedProtocol) -> None:
        self._transport = transport
        self._protocol = protocol

    def write(self, data: bytes) -> None:
        self._protocol.note_sent(data)
        self._transport.write(data)

    def writeSequence(self, data: Iterable[bytes]) -> None:  # noqa: N802 - Twisted's name
        parts = list(data)
        for part in parts:
            self._protocol.note_sent(part)
        self._transport.writeSequence(parts)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _LenientChunks(_ChunkedTransferDecoder):
    """Twisted's decoder that reads a chunk's size by the size alone: blanks pad it, and extensions may say anything."""

    def _dataReceived_CHUNK_LENGTH(self) -> bool:  # noqa: N802 - Twisted's name
        end = self._buffer.find(b"\r\n", self._start)
        if end >= 0:
            size = bytes(self._buffer[:end]).partition(b";")[0].strip(b" \t")
            if len(size) < end:
                self._buffer[:end] = size
                self._start = 0
        return super()._dataReceived_CHUNK_LENGTH()


class _TapedParser(_LenientHTTPClientParser):
    """Scrapy's parser, as lenient with a head as `archive.http1` is: a line that does not read costs no response."""

    MAX_LENGTH = LINE_LIMIT
    _transferDecoders = {b"chunked": _LenientChunks}  # noqa: N815, RUF012 - Twisted's name

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 - Twisted's name
        bare = line.removesuffix(b"\r")
        early = self.state == STATUS and not bare  # RFC 9112 section 2.2: empty lines before the status line
        orphan = self.state == HEADER and self._partialHeader is None and bare.startswith((b" ", b"\t"))
        if not (early or orphan):
            super().lineReceived(line)

    def headerReceived(self, name: bytes, value: bytes) -> None:  # noqa: N802 - Twisted's name
        with suppress(InvalidHeaderName):
            super().headerReceived(name.strip(), value)  # type: ignore[no-untyped-call]

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802 - Twisted's name
        raise _HeadTooLong(f"a line of more than {LINE_LIMIT} bytes", line[:60])  # type: ignore[no-untyped-call]

    @property
    def last(self) -> bool:
        """Whether the server ends the connection after this response, by what it said or by its version."""
        said = b",".join(self.connHeaders.getRawHeaders(b"connection", ())).lower()
        tokens = {token.strip() for token in said.split(b",")}
        return b"close" in tokens or (self.response.version[1:] < (1, 1) and b"keep-alive" not in tokens)


class _HeadTooLong(ParseError):
    """The head of a response goes over a limit."""


@implementer(IHandshakeListener)
class TapedProtocol(_LenientHTTP11ClientProtocol):
    """Scrapy's HTTP/1.1 client protocol with a tape running while an exchange is under way."""

    _tape: Tape | None = None
    _next: Tape | None = None
    _tls: Tls | None = None
    _exchanges = 0
    _shaken = False

    def expect(self, tape: Tape) -> None:
        """The next request on this connection is recorded on `tape`."""
        self._next = tape

    def note_sent(self, data: bytes) -> None:
        """Called by the transport's wrapper."""
        if self._tape is not None:
            self._tape.sent(data)

    def connectionMade(self) -> None:  # noqa: N802 - Twisted's name
        super().connectionMade()
        self.transport = _TapedTransport(self.transport, self)  # type: ignore[assignment]

    def handshakeCompleted(self) -> None:  # noqa: N802 - Twisted's name
        """What was written so far goes on the wire; before, the server had not shown who it is."""
        self._shaken = True
        if self._tape is not None:
            self._tape.held = False

    def request(self, request: Any) -> Deferred[IResponse]:
        self._tape, self._next = self._next, None
        if self._tape is not None:
            assert self.transport is not None
            peer = self.transport.getPeer()  # type: ignore[misc]
            secure = hasattr(self.transport, "getPeerCertificate")
            self._tape.begin(getattr(peer, "host", None), self._exchanges > 0, secure, secure and not self._shaken)
        self._exchanges += 1
        response = super().request(request)
        if self._parser is not None:
            self._parser.__class__ = _TapedParser  # as Scrapy does, and as safe: it has no state of its own
        return response

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        if self._state == "QUIESCENT":  # nothing was asked: what comes must not be there when something is
            assert self.transport is not None
            self.abort()  # type: ignore[no-untyped-call]
            self.transport.abortConnection()  # a farewell over TLS would wait for another
            return
        if self._tape is not None:
            if self._tape.secure and self._tape.tls is None:  # the handshake is over when the first bytes come
                self._tls = self._tape.tls = self._tls or tls_of(self.transport)
            self._tape.taken(data)
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        tape, parser = self._tape, self._parser
        if tape is not None and tape.trouble is not None:
            self._giveUp(Failure(tape.trouble))  # type: ignore[no-untyped-call]
            return
        if tape is not None and parser is not None and parser.state in (STATUS, HEADER) and tape.received > HEAD_LIMIT:
            self._giveUp(Failure(_HeadTooLong(f"a head of more than {HEAD_LIMIT} bytes", b"")))  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]  # noqa: N802 - Twisted's name
        if self._tape is not None:
            self._tape.left(reason)
        super().connectionLost(reason)  # type: ignore[no-untyped-call]

    def _giveUp(self, reason: Failure) -> None:  # noqa: N802 - Twisted's name
        if self._tape is not None and reason.check(_HeadTooLong):  # type: ignore[no-untyped-call]
            self._tape.cut = "length"
        self._tape = None
        super()._giveUp(reason)  # type: ignore[no-untyped-call]

    def _finishResponse_WAITING(self, rest: bytes) -> None:  # noqa: N802 - Twisted's name
        """The response is whole: the tape ends, and a connection that has more to say serves no other exchange.

        What a server sends beyond the end would be taken for the answer to the next request.
        """
        self._tape = None
        parser = self._parser
        if self._currentRequest is not None and (rest or (isinstance(parser, _TapedParser) and parser.last)):
            self._currentRequest.persistent = False
        super()._finishResponse_WAITING(rest)

    _finishResponse_TRANSMITTING = _finishResponse_WAITING  # noqa: N815 - Twisted's name


class TapedFactory(_LenientHTTP11ClientFactory):
    """Builds TapedProtocols for the connection pool."""

    def buildProtocol(self, addr: IAddress | None) -> TapedProtocol:  # noqa: ARG002, N802 - Twisted's name
        return TapedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class TapedPool:
    """A connection pool as one exchange sees it: whichever connection it is given runs that exchange's tape."""

    def __init__(self, pool: Any, tape: Tape) -> None:
        self._pool = pool
        self._tape = tape
        self.persistent = pool.persistent

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[TapedProtocol]:  # noqa: N802 - Twisted's name
        get = self._pool._newConnection if self._tape.fresh else self._pool.getConnection
        connected: Deferred[TapedProtocol] = get(key, endpoint)
        return connected.addCallback(self._bind)

    def _bind(self, protocol: TapedProtocol) -> TapedProtocol:
        protocol.expect(self._tape)
        return protocol


def tls_of(transport: Any) -> Tls | None:
    """What secures a connection whose handshake is over; None where its transport does not tell."""
    connection = transport.getHandle()
    protocol, cipher = connection.get_protocol_version_name(), connection.get_cipher_name()
    chain = connection.get_peer_cert_chain() or ()
    encoded = tuple(each.to_cryptography().public_bytes(Encoding.DER) for each in chain)
    return Tls(protocol, cipher or "", encoded, accepted_on(connection))


def reason_of(failure: BaseException | Failure) -> str:
    """A failure in one line, for the record and for people: its kind and its words."""
    error = failure.value if isinstance(failure, Failure) else failure
    for _ in range(8):  # Scrapy's and Twisted's wrappers around what happened
        inner = getattr(error, "reasons", None)
        further = inner[0].value if inner else (error.__cause__ if error else None)
        if not isinstance(further, BaseException):
            break
        error = further
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
