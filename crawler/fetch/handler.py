"""The download handler: every exchange goes through it, and its bytes are in the WARC before anyone sees the response."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _BindAddressAgent, _ScrapyAgent
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError, ResponseDataLossError, StopDownload
from scrapy.http import Response
from scrapy.utils._download_handlers import get_dataloss_msg, normalize_bind_address, wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP6ClientEndpoint, wrapClientTLS

from archive.block import SPOOL_AT
from archive.url import host_of
from crawler.config import Configuration
from crawler.fetch.certificates import Policy
from crawler.fetch.frontier import Visit
from crawler.fetch.recorder import Kept, Recorder
from crawler.fetch.resolver import GuardedResolver
from crawler.fetch.tape import Tape, TapedFactory, TapedPool, reason_of
from crawler.portals import Portal

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.web.client import URI, Agent


logger = logging.getLogger(__name__)


class Keeper(Protocol):
    """What the handler asks of the crawl that it keeps exchanges for.

    `spool` is the folder for responses that are too long to hold.
    """

    configuration: Configuration
    portal: Portal
    recorder: Recorder
    spool: Path

    async def recovered(self, visit: Visit | None) -> Kept | None:
        """What a killed process had kept of this visit already; None where it had not."""

    def context(self, visit: Visit | None) -> Mapping[str, str]:
        """What the metadata record says of the visit."""

    def count(self, kept: Kept) -> None:
        """An exchange is in the WARC.  StoreFull and its kin where its host's pace cannot be written."""


class KeepingHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler with a tape on its connections and the WARC between it and the engine.

    `request.meta["kept"]` holds a Kept for each exchange that the request took: one, or two where a connection that had
    been kept open turned out to be closed.  A page that is known is asked for only if it changed.
    """

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = TapedFactory
        # Twisted would repeat a request on a fresh connection unseen; an exchange that fails is told, and repeated here
        self._pool.retryAutomatically = False

    @property
    def keeper(self) -> Keeper:
        """The crawl that exchanges are kept for: the spider's session."""
        return self._crawler.spider.session  # type: ignore[union-attr,no-any-return]

    async def download_request(self, request: Request) -> Response:
        keeper = self.keeper
        kept: list[Kept] = []
        request.meta["kept"] = kept
        visit: Visit | None = request.meta.get("visit")
        if (stored := await keeper.recovered(visit)) is not None:
            kept.append(stored)
            return Response(request.url, status=stored.capture.status if stored.capture else 0, request=request)
        known = await keeper.recorder.validators(request.url) if visit and request.method == "GET" else None
        if known is not None:
            for name, value in known.headers().items():
                request.headers.setdefault(name, value)
        while True:
            tape = Tape(bool(kept), keeper.spool)  # what was kept open beside a closed connection may be closed as well
            response, error = await self._exchange(request, tape, keeper.configuration)
            exchange = tape.exchange(request.url, request.method, *_troubles(tape, response, error, request))
            if lines := _answer(request):
                await keeper.recorder.write_dns(*lines)
            kept.append(await keeper.recorder.keep(exchange, keeper.context(visit), known.target if known else None))
            keeper.count(kept[-1])
            if tape.trouble is not None:
                raise tape.trouble
            if error is None:
                assert response is not None
                return response
            if not (_was_closed(tape, error) and len(kept) == 1 and request.method == "GET"):
                if isinstance(error, ResponseDataLossError) and not self._fail_on_dataloss_warned:
                    logger.warning(get_dataloss_msg(request.url))
                    self._fail_on_dataloss_warned = True
                raise error

    async def _exchange(
        self, request: Request, tape: Tape, configuration: Configuration
    ) -> tuple[Response | None, Exception | None]:
        agent = _TapedAgent(
            tape=tape,
            configuration=configuration,
            contextFactory=Policy(self._contextFactory, self.keeper.portal),
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


def _was_closed(tape: Tape, error: Exception) -> bool:
    """Whether the connection had been kept open and turned out to be closed: the request was answered by nothing."""
    return tape.reused and tape.received == 0 and not isinstance(error, DownloadTimeoutError)


def _troubles(
    tape: Tape, response: Response | None, error: Exception | None, request: Request
) -> tuple[str | None, str | None]:
    """What WARC-Truncated says of the exchange, and why it has no response."""
    if isinstance(error, StopDownload) or (response is not None and "download_stopped" in response.flags):
        return "unspecified", None
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
    resolver, host = _resolver(), host_of(request.url).strip("[]")  # as the resolver is asked for an IPv6 address
    if resolver is not None and (address := resolver.refused.get(host)):
        return f"refused: {host} leads to {address}, which is no public address"
    return None


def _answer(request: Request) -> tuple[str, list[str]] | None:
    """The host and what its name resolved to, the first time that this process was told."""
    resolver, host = _resolver(), host_of(request.url)
    lines = resolver.told(host) if resolver is not None else None
    return (host, lines) if lines else None


def _resolver() -> GuardedResolver | None:
    from twisted.internet import reactor

    resolver = getattr(reactor, "nameResolver", None)
    return resolver if isinstance(resolver, GuardedResolver) else None


class _TapedAgent(_ScrapyAgent):
    """Scrapy's agent for one request, recording on one tape and connecting by the connect map."""

    def __init__(self, *, tape: Tape, configuration: Configuration, pool: Any, **rest: Any) -> None:
        super().__init__(pool=TapedPool(pool, tape), **rest)  # type: ignore[arg-type]
        self._tape = tape
        self._configuration = configuration

    def download_request(self, request: Request) -> Deferred[Response]:
        """The time limit is one of silence: it begins anew with each byte, until the limit of the whole exchange."""
        silence = request.meta.get("download_timeout") or self._connectTimeout
        ends = monotonic() + self._configuration.exchange_limit
        done = super().download_request(request)

        def again() -> None:
            limit: Any = self._timeout_cl
            if limit.active():
                limit.reset(max(0.0, min(silence, ends - monotonic())))

        self._tape.on_bytes = again
        return done

    def _cb_bodyready(self, txresponse: Any, request: Request) -> Any:
        deliver = txresponse.deliverBody

        def bounded(reader: Any) -> None:
            reader._bodybuf = _Bounded()
            deliver(reader)

        txresponse.deliverBody = bounded
        return super()._cb_bodyready(txresponse, request)

    def _get_agent(self, request: Request, timeout: float) -> Agent:
        from twisted.internet import reactor

        if request.meta.get("proxy"):  # Scrapy's own agents, with the tape on their connections; no connect map there
            return super()._get_agent(request, timeout)
        agent = _MappedAgent(
            reactor=reactor,
            contextFactory=self._contextFactory,
            connectTimeout=timeout,
            bindAddress=normalize_bind_address(request.meta.get("bindaddress") or self._bindAddress),
            pool=self._pool,
        )
        agent.configuration = self._configuration
        agent.timeout = timeout
        return agent


class _Bounded(BytesIO):
    """Scrapy's copy of a body as far as it is short: a long one is in the spool, and Scrapy gets none of it."""

    def write(self, data: Any) -> int:
        if self.closed or self.tell() + len(data) > SPOOL_AT:
            self.close()
            return len(data)
        return super().write(data)

    def getvalue(self) -> bytes:
        return b"" if self.closed else super().getvalue()

    def truncate(self, size: int | None = None) -> int:
        return 0 if self.closed else super().truncate(size)


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
        endpoint: Any = kind(self._reactor, address, port, self.timeout, self._endpointFactory._bindAddress)
        if uri.scheme != b"https":
            return endpoint
        policy = self._endpointFactory._policyForHTTPS
        return wrapClientTLS(policy.creatorForNetloc(uri.host, uri.port), endpoint)
