"""A timestamp authority on loopback: OpenSSL's own, with a root, a certificate for stamping, and a serial."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_SETTINGS = """
[ ca ]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[ stamping ]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[ tsa ]
default_tsa = here
[ here ]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
certs = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
ordering = yes
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True)
class Authority:
    """A running authority: its address, and the file of its root."""

    address: str
    roots: Path
    folder: Path


def _run(folder: Path, *words: str) -> None:
    done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


@contextmanager
def authority(folder: Path, name: str = "Test authority") -> Iterator[Authority]:
    """An authority of its own making; it answers until the block ends."""
    folder.mkdir(parents=True)
    (folder / "settings").write_text(_SETTINGS)
    (folder / "serial").write_text("01\n")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650")
    _run(folder, "req", "-x509", *key, "-keyout", "root.key", "-out", "root.pem", "-subj", f"/CN={name} root",
         "-config", "settings", "-extensions", "ca", "-section", "none")  # fmt: skip
    _run(folder, "req", *key[:5], "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", f"/CN={name}", "-config", "settings",
         "-section", "none")  # fmt: skip
    _run(folder, "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days",
         "3650", "-extfile", "settings", "-extensions", "stamping", "-out", "tsa.pem")  # fmt: skip

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (folder / "query").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            _run(
                folder,
                "ts",
                "-reply",
                "-config",
                "settings",
                "-section",
                "here",
                "-queryfile",
                "query",
                "-out",
                "reply",
            )
            told = (folder / "reply").read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield Authority(f"http://127.0.0.1:{server.server_port}/", folder / "root.pem", folder)
        finally:
            server.shutdown()
            thread.join()
