"""What secures a connection is on record; a server that cannot show who it is gets no byte, and the record says why."""

from __future__ import annotations

import base64
import re
import ssl
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from archive.block import whole

from .certificates import Signed, context, signed
from .hostile_crawl import Left, article, block, crawl, listing
from .wild import Talk, Wild, never, page, says

PICTURE = says(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 3\r\n\r\nPNG")

REFUSED = {
    "hoten": "VerificationError: .*DNSMismatch.*hoten.example",
    "hethan": "Error: .*certificate verify failed",
    "tuky": "Error: .*certificate verify failed",
    "cu": "Error: .*SSL routines",
    "rac": "Error: .*SSL routines",
    "im": "DownloadTimeoutError: ",
    "tran": "DownloadTimeoutError: ",
    "ngat": "Connect|Connection",
}
"""Hosts that no byte of a request goes to, with the reason: another's name, an expired certificate, one by its own word,
TLS 1.0 alone, garbage, silence in the handshake, plain HTTP, a connection that is cut off."""


@dataclass(frozen=True)
class Secured:
    left: Left
    servers: dict[str, Wild]
    chain: tuple[Signed, ...]


def _garbage(talk: Talk) -> None:
    talk.say(b"SSH-2.0-OpenSSH_9.9\r\n")
    never(talk)


def _old(file: Path, own: Signed, authority: Signed) -> ssl.SSLContext:
    made = context(file, own, authority)
    with warnings.catch_warnings(action="ignore"):  # Python warns of TLS 1.0, which is meant here
        made.minimum_version = made.maximum_version = ssl.TLSVersion.TLSv1
    made.set_ciphers("ALL:@SECLEVEL=0")
    return made


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """A portal over TLS whose article shows images of hosts that are secured in every way."""
    folder = tmp_path_factory.mktemp("secured")
    authority = signed("authority", authority=True)
    (folder / "authority.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    own = signed("thu.example", authority)
    twelve = context(folder / "tls12.pem", signed("tls12.example", authority), authority)
    twelve.maximum_version = ssl.TLSVersion.TLSv1_2
    images = "".join(f"<p><img src='https://{host}.example/a.png'></p>" for host in ("tls12", *REFUSED))
    script = {"/tin": listing(["/Pages/1.aspx"]), "/Pages/1.aspx": says(page(article("một", images)))}
    pictures = {"/a.png": PICTURE}
    expired = signed("hethan.example", authority, days=-1)
    servers = {
        "thu": Wild(script, tls=context(folder / "thu.pem", own, authority)),
        "tls12": Wild(pictures, tls=twelve),
        "hoten": Wild(pictures, tls=context(folder / "hoten.pem", signed("khac.example", authority), authority)),
        "hethan": Wild(pictures, tls=context(folder / "hethan.pem", expired, authority)),
        "tuky": Wild(pictures, tls=context(folder / "tuky.pem", signed("tuky.example"))),
        "cu": Wild(pictures, tls=_old(folder / "cu.pem", signed("cu.example", authority), authority)),
        "rac": Wild(greet=_garbage),
        "im": Wild(greet=never),
        "tran": Wild(pictures),
        "ngat": Wild(greet=Talk.reset),
    }
    ports = {f"{name}.example:443": server.port for name, server in servers.items()}
    with ExitStack() as stack:
        for server in servers.values():
            stack.enter_context(server)
        trusted = {"SSL_CERT_FILE": str(folder / "authority.pem")}
        left = crawl(folder, ports, scheme="https", timeout=2, environment=trusted)
    return Secured(left, servers, (own, authority))


def test_a_trusted_portal_is_green(secured: Secured) -> None:
    assert (secured.left.code, secured.left.row["colour"], secured.left.row["articles"]) == (0, "green", 1)


@pytest.mark.parametrize("target", ["/robots.txt", "/tin", "/Pages/1.aspx"])
def test_a_secured_exchange_is_kept_with_what_secured_it(secured: Secured, target: str) -> None:
    url = f"https://thu.example{target}"
    (heard,) = secured.servers["thu"].of(target)
    (stored,) = secured.left.kept(url)
    assert block(stored) == heard.sent
    assert stored.request is not None
    assert stored.request.block == heard.received, "the plaintext, as the server had it"
    for record in (stored.response, stored.request):
        assert record is not None
        assert record.header("WARC-Protocol") == "tls/1.3"
        assert record.header("WARC-Cipher-Suite") in ("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256")
    (row,) = secured.left.rows(url)
    assert (row["tls"], row["tls_verified"]) == ("TLSv1.3", True)


def test_the_metadata_hold_the_servers_own_chain_once_a_file(secured: Secured) -> None:
    chains = []
    for record in secured.left.records("metadata"):
        if record.url.startswith("https://thu.example/"):
            lines = whole(record.block).decode().splitlines()
            certificates = [line.partition(": ")[2] for line in lines if line.startswith("tlsCertificate: ")]
            chains.append(tuple(base64.b64decode(each, validate=True) for each in certificates))
    assert [chain for chain in chains if chain] == [tuple(each.der for each in secured.chain)]
    assert len(chains) == 3


def test_tls_1_2_is_named_as_the_registry_names_it(secured: Secured) -> None:
    (stored,) = secured.left.kept("https://tls12.example/a.png")
    assert stored.response is not None
    assert stored.response.header("WARC-Protocol") == "tls/1.2"
    assert str(stored.response.header("WARC-Cipher-Suite")).startswith("TLS_ECDHE_ECDSA_WITH_")


@pytest.mark.parametrize("host", REFUSED)
def test_a_server_that_does_not_show_who_it_is_gets_no_request(secured: Secured, host: str) -> None:
    url = f"https://{host}.example/robots.txt"
    assert secured.servers[host].connections == 1
    assert not secured.servers[host].log
    (stored,) = secured.left.kept(url)
    assert stored.response is None
    assert stored.request is None, "what never went over the wire is no record"
    assert re.match(REFUSED[host], stored.metadata["failure"])
    (row,) = secured.left.rows(url)
    assert (row["wire_verdict"], row["tls"], row["tls_verified"]) == ("failed", None, None)
    assert row["failure"] == stored.metadata["failure"]
