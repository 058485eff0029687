"""Captures the goldens of pages of our own, by the command that everybody captures goldens with.

`python tests/golden/make.py [PORTAL…]`, from the project's folder; a golden that is there already stays as it is.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from own_pages import NAMES, Made, made

from archive.url import canonical, host_of
from crawler.demo.answer import Answer
from crawler.demo.server import DemoServer
from crawler.demo.site import Site
from crawler.demo.story import PORTAL, serving

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "faults"))
from certificates import context, signed  # noqa: E402 - a module of the tests, which are no package

OWN = "our own, in the platform's markup"


class OwnSite:
    """Serves the pages of one portal, over http whatever their scheme; the connect map leads here."""

    def __init__(self, pages: Mapping[str, tuple[str, str]]) -> None:
        self.pages = {canonical(url).partition("://")[2]: page for url, page in pages.items()}

    def answer(self, method: str, host: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The page at an address, or 404."""
        kind, markup = self.pages.get(
            canonical(f"http://{host}{target}").partition("://")[2], ("text/plain", "Không tìm thấy trang")
        )
        status = (404, "Not Found") if kind == "text/plain" else (200, "OK")
        return Answer(*status, (("Content-Type", kind),), markup.encode())


def main() -> None:
    """Makes those that are named, else all."""
    for name in sys.argv[1:] or [*NAMES, PORTAL]:
        if not (HERE / name).exists():
            capture(name, made(name)) if name != PORTAL else capture_demo()


def capture_demo() -> None:
    """The demo portal is a site of our own already."""
    with serving(Site(night=1)) as config:
        _golden(PORTAL, config, {})


def _golden(name: str, config: Path, environment: Mapping[str, str], urls: Sequence[str] = ()) -> None:
    command = [sys.executable, "-m", "crawler.cli", "portals", "golden", name, *urls, "--to", str(HERE)]
    subprocess.run([*command, "--pages", OWN, "--config", str(config)], check=True, env={**os.environ, **environment})


def capture(name: str, pages: Made) -> None:
    """Captures one golden: over TLS where the portal is, with certificates of an authority that is made for it."""
    hosts = sorted({host_of(url) for url in pages.pages})
    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:
        room, lines = Path(folder), []
        authority = signed("authority", authority=True)
        (room / "authority.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
        for host in hosts:
            for port in (80, 443):
                server = DemoServer(OwnSite(pages.pages))
                if port == 443:
                    tls = context(room / f"{host}.pem", signed(host, authority), authority)
                    server._listener = tls.wrap_socket(server._listener, server_side=True)
                servers.enter_context(server)
                lines.append(f'"{host}:{port}" = "127.0.0.1:{server.port}"')
        config = room / "luutru.toml"
        config.write_text("[connect]\n" + "\n".join(lines) + "\n", "utf-8")
        _golden(name, config, {"SSL_CERT_FILE": str(room / "authority.pem")}, pages.named)


if __name__ == "__main__":
    main()
