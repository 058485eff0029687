"""Certificates with a fault that the portal's file accepts: by default none is, and of no other host any is."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from OpenSSL import SSL
from twisted.internet._sslverify import ClientTLSOptions, _verifyCB
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

from crawler.portals import Portal

FAULTS: dict[str, frozenset[int]] = {"expired": frozenset({10}), "incomplete": frozenset({2, 20, 21})}
"""OpenSSL's codes (X509_V_ERR_…) for each fault that a portal's file may accept: a certificate whose time is over; a chain
whose issuer the server did not send, and nobody here knows.  One that is its own issuer, or another's, is neither."""

_NAMES = {code: name for name, codes in FAULTS.items() for code in codes}
_accepted: WeakKeyDictionary[SSL.Connection, set[str]] = WeakKeyDictionary()


def accepted_on(connection: SSL.Connection) -> tuple[str, ...]:
    """The faults that were found on a connection, and accepted, in the order of their names."""
    return tuple(sorted(_accepted.get(connection, ())))


@implementer(IPolicyForHTTPS)
class Policy:
    """A policy that is `strict`, but for the faults that a portal's file accepts on the portal's own hosts."""

    def __init__(self, strict: Any, portal: Portal) -> None:
        self._strict = strict
        self._portal = portal

    def creatorForNetloc(self, hostname: bytes, port: int) -> ClientTLSOptions:  # noqa: N802 - Twisted's name
        creator: ClientTLSOptions = self._strict.creatorForNetloc(hostname, port)
        name = hostname.decode("ascii")
        if self._portal.tls.accept and self._portal.owns(f"https://{name}/"):
            codes = frozenset[int]().union(*(FAULTS[fault] for fault in self._portal.tls.accept))
            return _Accepting(creator._createConnection, name, codes)
        return creator


class _Accepting(ClientTLSOptions):
    """Twisted's verification, name and all, for which some faults of the chain are none."""

    def __init__(self, create: Any, hostname: str, codes: frozenset[int]) -> None:
        super().__init__(create, hostname)
        self._codes = codes

    def clientConnectionForTLS(self, tlsProtocol: Any) -> SSL.Connection:  # noqa: N802, N803 - Twisted's names
        connection = super().clientConnectionForTLS(tlsProtocol)
        strict = _verifyCB(tlsProtocol, self._hostnameIsDnsName, self._hostnameASCII)
        found = _accepted.setdefault(connection, set())

        def verify(conn: SSL.Connection, certificate: Any, code: int, depth: int, ok: int) -> bool:
            fine = bool(ok)
            if not fine and code in self._codes:
                found.add(_NAMES[code])
                fine = True
            return strict(conn, certificate, code, depth, fine)

        connection.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, verify)
        return connection
