"""What each WARC says of the crawl that it is of."""

from __future__ import annotations

from archive.moment import iso
from crawler.config import Configuration
from crawler.custody import SOFTWARE
from crawler.fetch.identity import Identity
from crawler.portals import Portal


def user_agent(configuration: Configuration) -> str:
    """Who we say we are: software, and how to reach the operator."""
    return f"{SOFTWARE} (+{configuration.contact})" if configuration.contact else SOFTWARE


def warcinfo(configuration: Configuration, portal: Portal, identity: Identity, robots_policy: str) -> dict[str, str]:
    """The fields of a warcinfo record; none that has nothing to say."""
    info = {
        "software": SOFTWARE,
        "format": "WARC File Format 1.1",
        "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "operator": configuration.operator,
        "http-header-from": configuration.contact,
        "http-header-user-agent": user_agent(configuration),
        "robots": robots_policy,
        "isPartOf": portal.title,
        "description": f"crawl of {portal.name}",
        "crawl": identity.crawl,
        "portal": portal.name,
        "night": identity.night.isoformat(),
        "started": iso(identity.started),
    }
    return {key: value for key, value in info.items() if value}
