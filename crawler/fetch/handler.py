"""The download handler: every exchange goes through it, and its bytes are in the WARC before anyone sees the response."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _BindAddressAgent, _ScrapyAgent
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError
from scrapy.http import Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP6ClientEndpoint, wrapClientTLS

from archive.capture import Capture, Exchange, Place
from archive.tables.rows import capture_of, exchange_of, verdict_of
from archive.warc.reader import StoredExchange
from crawler.config import Configuration
from crawler.fetch.resolver import GuardedResolver
from crawler.fetch.tape import Tape, TapedFactory, TapedPool, reason_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.web.client import URI


@dataclass(frozen=True, slots=True)
class Kept:
    """An exchange that is in the WARC: its bytes, its place, and its response as it is read (None without one)."""

    exchange: Exchange
    place: Place
    capture: Capture | None

    @property
    def verdict(self) -> str:
        """The wire verdict."""
        return verdict_of(self.exchange, self.capture)


class KeepingHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler with a tape on its connections and the WARC between it and the engine.

    `request.meta["kept"]` holds a Kept for each exchange that the request took: one, or two where a connection that had
    been kept open turned out to be closed.
    """

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = TapedFactory
        # Twisted would repeat a request on a fresh connection unseen; an exchange that fails is told, and repeated here
        self._pool.retryAutomatically = False

    async def download_request(self, request: Request) -> Response:
        session = self._crawler.spider.session  # type: ignore[union-attr]
        kept: list[Kept] = []
        request.meta["kept"] = kept
        if (stored := session.recovered(request.meta.get("visit"))) is not None:
            kept.append(_again(stored))
            capture = kept[0].capture
            return Response(request.url, status=capture.status if capture else 0, request=request)
        while True:
            tape = Tape(fresh=bool(kept))  # what was kept open beside a closed connection may be closed as well
            response, error = await self._exchange(request, tape, session.configuration)
            exchange = tape.exchange(request.url, request.method, *_troubles(tape, response, error, request))
            kept.append(await self._keep(exchange, request, session))
            if error is None:
                assert response is not None
                return response
            if not (tape.reused and tape.received == 0 and len(kept) == 1 and request.method == "GET"):
                raise error

    async def _exchange(
        self, request: Request, tape: Tape, configuration: Configuration
    ) -> tuple[Response | None, Exception | None]:
        agent = _TapedAgent(
            tape=tape,
            configuration=configuration,
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )
        try:
            with wrap_twisted_exceptions():
                return await maybe_deferred_to_future(agent.download_request(request)), None
        except Exception as error:  # noqa: BLE001 - whatever ended the exchange, its bytes are kept before it is raised
            return None, error

    async def _keep(self, exchange: Exchange, request: Request, session: Any) -> Kept:
        capture = capture_of(exchange, None)
        context = session.context(request.meta.get("visit"), verdict_of(exchange, capture))
        place = await session.recorder.write(exchange, context)
        session.progress.kept(exchange)
        return Kept(exchange, place, replace(capture, place=place) if capture else None)


def _again(stored: StoredExchange) -> Kept:
    exchange = exchange_of(stored)
    return Kept(exchange, stored.place, capture_of(exchange, stored.place))


def _troubles(
    tape: Tape, response: Response | None, error: Exception | None, request: Request
) -> tuple[str | None, str | None]:
    """What WARC-Truncated says of the exchange, and why it has no response."""
    if error is None:
        lost = response is not None and ("dataloss" in response.flags or ("partial" in response.flags and tape.broken))
        return ((tape.cut or "unspecified") if lost else None), None
    if tape.received == 0:
        return None, _refusal(request) or reason_of(error)
    if isinstance(error, DownloadTimeoutError):
        return "time", None
    if isinstance(error, DownloadCancelledError):
        return "length", None
    return tape.cut or "unspecified", None


def _refusal(request: Request) -> str | None:
    from twisted.internet import reactor

    resolver = getattr(reactor, "nameResolver", None)
    host = request.url.split("/", 3)[2].rpartition("@")[2].partition(":")[0]
    if isinstance(resolver, GuardedResolver) and (address := resolver.refused.get(host)):
        return f"refused: {host} leads to {address}, which is no public address"
    return None


class _TapedAgent(_ScrapyAgent):
    """Scrapy's agent for one request, recording on one tape and connecting by the connect map."""

    def __init__(self, *, tape: Tape, configuration: Configuration, **rest: Any) -> None:
        super().__init__(**rest)
        self._tape = tape
        self._configuration = configuration

    def _get_agent(self, request: Request, timeout: float) -> _MappedAgent:  # noqa: ARG002 - Scrapy's signature
        from twisted.internet import reactor

        agent = _MappedAgent(
            reactor=reactor,
            contextFactory=self._contextFactory,
            connectTimeout=timeout,
            bindAddress=None,
            pool=TapedPool(self._pool, self._tape),  # type: ignore[arg-type]
        )
        agent.configuration = self._configuration
        agent.timeout = timeout
        return agent


class _MappedAgent(_BindAddressAgent):
    """An agent that connects where the connect map says; URL, Host header and TLS name stay those of the request."""

    configuration: Configuration
    timeout: float

    def _getEndpoint(self, uri: URI) -> Any:  # noqa: N802 - Twisted's name
        host = uri.host.decode("ascii", "replace").strip("[]")
        target = self.configuration.target(host, uri.port)
        if target is None:
            return super()._getEndpoint(uri)  # type: ignore[no-untyped-call]
        address, port = target
        kind = TCP6ClientEndpoint if ":" in address else TCP4ClientEndpoint
        endpoint: Any = kind(self._reactor, address, port, self.timeout)
        if uri.scheme != b"https":
            return endpoint
        policy = self._endpointFactory._policyForHTTPS
        return wrapClientTLS(policy.creatorForNetloc(uri.host, uri.port), endpoint)
