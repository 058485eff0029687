"""Name resolution that gives public addresses only: no page can lead the crawler into the operator's own network."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any

from scrapy.resolver import CachingHostnameResolver
from twisted.internet.interfaces import IAddress, IHostResolution, IResolutionReceiver
from zope.interface import implementer

_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that is assigned of the open IPv6 internet; Python calls more global: site-local, IPv4 in its older wrappings."""
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""What a gateway to IPv4 makes of an address (RFC 6052)."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet's; IPv4 inside IPv6 is looked at as IPv4."""
    try:
        ip = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _TRANSLATED else ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip not in _UNICAST:
            return False
        ip = inner or ip
    return ip.is_global and not ip.is_multicast


def is_address(host: str) -> bool:
    """Whether a host is written as an IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Passes on the public addresses of a resolution and notes the others."""

    def __init__(self, receiver: Any, name: str, refused: dict[str, str], answers: dict[str, list[str]]) -> None:
        self._receiver = receiver
        self._name = name
        self._refused = refused
        self._answers = answers

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802 - Twisted's name
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802 - Twisted's name
        answer = self._answers.setdefault(self._name, [])
        if address.host not in answer:
            answer.append(address.host)
        if is_public(address.host):
            self._receiver.addressResolved(address)
        else:
            self._refused[self._name] = address.host

    def resolutionComplete(self) -> None:  # noqa: N802 - Twisted's name
        self._answers.setdefault(self._name, [])
        self._receiver.resolutionComplete()


class GuardedResolver(CachingHostnameResolver):
    """Scrapy's caching resolver without private, loopback, link-local and other special addresses.

    `refused` holds the last such address of a name.  The connect map's entries do not pass here.
    """

    def __init__(self, reactor: Any, cache_size: int) -> None:
        super().__init__(reactor, cache_size)
        self.refused: dict[str, str] = {}
        self._answers: dict[str, list[str]] = {}
        self._told: set[str] = set()

    def told(self, host: str) -> list[str]:
        """What a host's name resolved to, as lines of a zone file, the first time that it is asked for; empty after that,
        and where it was never resolved (an address, or an entry of the connect map).

        The system's resolver tells addresses alone: no TTL, and not by which further names it came to them.
        """
        if host in self._told or host not in self._answers or is_address(host):
            return []
        self._told.add(host)
        lines = [f"{host}. IN {'AAAA' if ':' in address else 'A'} {address}" for address in self._answers[host]]
        return ["; by the system's resolver, which tells no TTL", *(lines or [f"; {host}. has no address"])]

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803 - Twisted's name
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        receiver: Any = _PublicOnly(resolutionReceiver, hostName, self.refused, self._answers)
        return super().resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)
