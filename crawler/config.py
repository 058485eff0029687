"""luutru.toml: who crawls, how to reach them, and how hosts are connected to."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator, model_validator

from archive.errors import BrokenConfiguration
from crawler.portals.locate import load, named_authority

ENVIRONMENT = "LUUTRU_CONFIG"
DEFAULT = Path("luutru.toml")

_PAIR = re.compile(r"(?P<host>\[[^\]]+\]|[^:\s]+):(?P<port>\d{1,5})")


class Notify(BaseModel):
    """Where word of a night goes: `smtp` is `smtp://[user@]host[:port]` or `smtps://…` (its password is in
    $LUUTRU_SMTP_PASSWORD), `sender` and `to` are addresses."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    smtp: Annotated[str, Field(pattern=r"^smtps?://")]
    sender: Annotated[str, Field(min_length=3)]
    to: Annotated[str, Field(min_length=3)]


class Configuration(BaseModel):
    """What luutru.toml may say.

    `archive` is what citations call this archive (its domain, `archive.example.org`); `rights` under what terms a release of
    it may be used, an SPDX identifier or a sentence.

    `connect` maps `host:port` to `address:port`, as curl's --connect-to does: URL and Host header stay as they are, only
    the connection goes elsewhere; `*:port` stands for every host that is not named.  Every other address passes the check
    that refuses private ones.  `sync_interval` is the time between two fsyncs, and `exchange_limit` what one exchange may
    take, however slowly it comes (seconds); `largest` is how long a response may be (bytes).  `sha1` writes base32 sha1
    digests beside sha256.

    `robots = "override"` asks for what robots.txt refuses too; `authority` then says by whose word, and is on record.

    `signing_key` is the file of the key that signs manifests, made by `luutru keys new`; it lies outside of the store.
    `timestamp_authority` is the address of an RFC 3161 authority that each night's manifest is sent to as a hash, and
    `timestamp_roots` the file of the certificates (PEM) that its answers are checked against.

    `notify` says where word of a night goes, `metrics` the file (`….prom`) that is written after each for Prometheus'
    node_exporter.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    operator: str = ""
    archive: Annotated[str, Field(pattern=r"^[A-Za-z0-9._~-]*$")] = ""
    contact: str = ""
    rights: str = ""
    vantage: str = ""
    connect: Annotated[
        dict[str, str],
        Field(default_factory=dict, validation_alias=AliasChoices("connect", "connect_map", "connect_to")),
    ]
    sync_interval: Annotated[float, Field(gt=0, le=60)] = 1.0
    exchange_limit: Annotated[float, Field(gt=0, le=86400)] = 3600.0
    largest: Annotated[int, Field(gt=0)] = 4_000_000_000
    sha1: bool = False
    robots: Literal["obey", "override"] = "obey"
    authority: str = ""
    signing_key: str = ""
    timestamp_authority: str = ""
    timestamp_roots: str = ""
    notify: Notify | None = None
    metrics: str = ""

    @model_validator(mode="after")
    def _by_authority(self) -> Configuration:
        named_authority(self.robots, self.authority, ("robots",))
        return self

    @field_validator("connect", mode="before")
    @classmethod
    def _lines(cls, value: object) -> object:
        """Curl's own notation, `["host:port:address:port"]`, is taken too."""
        if not isinstance(value, list):
            return value
        pairs: dict[str, str] = {}
        for line in value:
            found = re.fullmatch(
                rf"({_PAIR.pattern}):({_PAIR.pattern.replace('host', 'to').replace('port', 'at')})", str(line)
            )
            if not found:
                raise ValueError(f"{line!r} is not host:port:address:port")
            pairs[f"{found['host']}:{found['port']}"] = f"{found['to']}:{found['at']}"
        return pairs

    @field_validator("connect")
    @classmethod
    def _pairs(cls, value: dict[str, str]) -> dict[str, str]:
        for side in (*value, *value.values()):
            if not _PAIR.fullmatch(side):
                raise ValueError(f"{side!r} is not host:port")
        return {key.lower(): target for key, target in value.items()}

    def target(self, host: str, port: int) -> tuple[str, int] | None:
        """Where a connection to host and port goes by the connect map; None where the map says nothing of it."""
        to = self.connect.get(f"{host.lower()}:{port}") or self.connect.get(f"*:{port}")
        if to is None:
            return None
        address, _, at = to.rpartition(":")
        return address.strip("[]"), int(at)

    def digest(self) -> str:
        """sha256 of what the configuration says."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def path(named: Path | None = None) -> Path | None:
    """The file that `read` reads: the one named, else $LUUTRU_CONFIG, else ./luutru.toml where there is one, else none."""
    if named is None and os.environ.get(ENVIRONMENT):
        named = Path(os.environ[ENVIRONMENT])
    return named or (DEFAULT if DEFAULT.exists() else None)


def read(path: Path | None = None) -> Configuration:
    """The configuration at `path`, else at $LUUTRU_CONFIG, else at ./luutru.toml, else the empty one.

    BrokenConfiguration, with line and cure, where a file is named and cannot be used.
    """
    named = path or (Path(os.environ[ENVIRONMENT]) if os.environ.get(ENVIRONMENT) else None)
    if named is None:
        return (
            load(DEFAULT, Configuration, BrokenConfiguration) if DEFAULT.exists() else Configuration.model_validate({})
        )
    return load(named, Configuration, BrokenConfiguration)
