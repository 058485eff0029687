"""Bad input answers with one clear line and the contract's exit code, and harms nothing that is kept."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Run = Callable[..., subprocess.CompletedProcess[str]]

PORTAL = """\
title = "Cổng thử"
hosts = ["thu.example"]
platform = "sharepoint"

[[categories]]
path = ["Tin"]
url = "http://thu.example/Pages/default.aspx"

[politeness]
delay = 0.0
"""


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """The one line that was said; no traceback, nothing on stdout."""
    assert done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("luutru: ")
    return line


def test_unknown_portal(luutru: Run, tmp_path: Path) -> None:
    done = luutru("crawl", "hanam-dem", "--store", str(tmp_path / "store"))
    assert done.returncode == 2
    assert "no portal is called 'hanam-dem'" in one_line(done)
    assert "Did you mean hanam-demo?" in done.stderr
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    ("line", "instead", "number", "said"),
    [
        ('title = "Cổng thử"', "title = Cổng thử", 1, "not TOML"),
        ('title = "Cổng thử"', "", 1, "title: is missing"),
        ('platform = "sharepoint"', 'platform = "sharepiont"', 3, "no platform 'sharepiont'"),
        ('url = "http://thu.example/Pages/default.aspx"', 'url = "thu.example"', 7, "no web address"),
        ("delay = 0.0", 'delay = "fast"', 10, "politeness.delay"),
        ('platform = "sharepoint"', 'name = "other"', 3, "name: is no field that is known"),
        ("delay = 0.0", "dealy = 0.0", 10, "politeness.dealy: is no field that is known"),
    ],
)
def test_broken_portal_file(luutru: Run, tmp_path: Path, line: str, instead: str, number: int, said: str) -> None:
    file = tmp_path / "thu.toml"
    file.write_text(PORTAL.replace(line, instead), "utf-8")
    done = luutru("crawl", "thu", "--portals", str(tmp_path), "--store", str(tmp_path / "store"))
    assert done.returncode == 2
    told = one_line(done)
    assert f"{file}, line {number}:" in told
    assert said in told
    assert not told.endswith(said), "the cure stands behind it"


def test_unreachable_host(luutru: Run, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]  # closed again below: nobody answers there
    (tmp_path / "thu.toml").write_text(PORTAL, "utf-8")
    config = tmp_path / "luutru.toml"
    config.write_text(f'[connect]\n"thu.example:80" = "127.0.0.1:{port}"\n', "utf-8")
    store = tmp_path / "store"
    done = luutru("crawl", "thu", "--portals", str(tmp_path), "--store", str(store), "--config", str(config))
    assert done.returncode == 1
    told = one_line(done)
    assert "no host of thu gave an answer" in told
    assert "ConnectionRefusedError" in told
    rows = luutru("query", "SELECT colour, requests, articles FROM crawls", "--store", str(store), "--format", "csv")
    assert rows.stdout.splitlines()[1].startswith("red,")


def test_a_server_that_speaks_no_http(luutru: Run, tmp_path: Path) -> None:
    (tmp_path / "thu.toml").write_text(PORTAL, "utf-8")
    config = tmp_path / "luutru.toml"
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_greet, args=(server,), daemon=True).start()
        config.write_text(f'[connect]\n"thu.example:80" = "127.0.0.1:{server.getsockname()[1]}"\n', "utf-8")
        words = ("--portals", str(tmp_path), "--store", str(tmp_path / "store"), "--config", str(config))
        done = luutru("crawl", "thu", *words)
    assert done.returncode == 1
    assert "no host of thu gave an answer (what answered speaks no HTTP)" in one_line(done)


def _greet(server: socket.socket) -> None:
    while True:
        try:
            client, _ = server.accept()
        except OSError:
            return
        with client:
            client.recv(65536)
            client.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")


def test_host_that_does_not_resolve(luutru: Run, tmp_path: Path) -> None:
    (tmp_path / "thu.toml").write_text(PORTAL.replace("thu.example", "thu.invalid"), "utf-8")
    done = luutru("crawl", "thu", "--portals", str(tmp_path), "--store", str(tmp_path / "store"))
    assert done.returncode == 1
    assert "no host of thu gave an answer (DNSLookupError: DNS lookup failed" in one_line(done)


def test_a_certificate_that_nobody_vouches_for_is_refused(luutru: Run, tmp_path: Path) -> None:
    """No byte of a request goes to a server that cannot show who it is; trusted, the same server is asked."""
    key, certificate = _self_signed("thu.example")
    for name, data in (("key.pem", key), ("cert.pem", certificate)):
        (tmp_path / name).write_bytes(data)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    (tmp_path / "thu.toml").write_text(PORTAL.replace("http://", "https://"), "utf-8")
    config = tmp_path / "luutru.toml"
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as plain, context.wrap_socket(plain, server_side=True) as server:
        threading.Thread(target=_answer_404, args=(server, asked), daemon=True).start()
        config.write_text(f'[connect]\n"thu.example:443" = "127.0.0.1:{server.getsockname()[1]}"\n', "utf-8")
        words = ("crawl", "thu", "--portals", str(tmp_path), "--config", str(config), "--store")
        refused = luutru(*words, str(tmp_path / "refused"))
        assert not asked
        trusted = luutru(*words, str(tmp_path / "trusted"), SSL_CERT_FILE=str(tmp_path / "cert.pem"))
    assert refused.returncode == 1
    assert "certificate verify failed" in one_line(refused)
    assert asked[0].startswith(b"GET /robots.txt HTTP/1.1\r\n")
    assert "certificate" not in trusted.stderr


def _answer_404(server: ssl.SSLSocket, asked: list[bytes]) -> None:
    while True:
        try:
            client, _ = server.accept()
        except ssl.SSLError:
            continue  # the client did not like the certificate
        except OSError:
            return
        with client:
            asked.append(client.recv(65536))
            client.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def _self_signed(host: str) -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    kept = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return kept, certificate.public_bytes(encoding)


def test_a_private_address_is_refused(luutru: Run, tmp_path: Path) -> None:
    """A name that leads into the operator's own network is not asked, although something listens there."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        portal = PORTAL.replace("thu.example/", f"localhost:{port}/").replace("thu.example", "localhost")
        (tmp_path / "thu.toml").write_text(portal, "utf-8")
        done = luutru("crawl", "thu", "--portals", str(tmp_path), "--store", str(tmp_path / "store"))
        listening.settimeout(0.1)
        with pytest.raises(TimeoutError):
            listening.accept()
    assert done.returncode == 1
    assert "no public address" in one_line(done)


def test_stores_that_are_none(luutru: Run, tmp_path: Path) -> None:
    full = tmp_path / "photos"
    full.mkdir()
    (full / "cat.jpg").write_bytes(b"meow")
    file = tmp_path / "file"
    file.write_text("no folder")
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "luutru.json").write_text("{")
    for store in (full, file, broken, tmp_path / "nothing"):
        done = luutru("query", "SELECT 1", "--store", str(store))
        assert done.returncode == 2
        assert str(store) in one_line(done)
    done = luutru("crawl", "hanam-demo", "--store", str(full))
    assert done.returncode == 2
    assert "not empty" in one_line(done)
    assert [path.name for path in full.iterdir()] == ["cat.jpg"]
    done = luutru("demo", "--store", str(full))
    assert done.returncode == 2
    assert (full / "cat.jpg").read_bytes() == b"meow"


def test_broken_configuration(luutru: Run, tmp_path: Path) -> None:
    config = tmp_path / "luutru.toml"
    config.write_text('operator = "x"\n\n[connect]\n"hanam.example:80" = "somewhere"\n', "utf-8")
    done = luutru("crawl", "hanam-demo", "--store", str(tmp_path / "store"), LUUTRU_CONFIG=str(config))
    assert done.returncode == 2
    assert f"{config}, line 3: connect: 'somewhere' is not host:port" in one_line(done)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELEC 1", "syntax error"),
        ("SELECT 1; DROP VIEW articles", "one statement is asked for, not 2"),
        ("", "one statement is asked for, not 0"),
        ("DELETE FROM articles", "DELETE is refused: queries only read"),
        ("SELECT * FROM article", "article"),
        ("COPY (SELECT 1) TO 'stolen.csv'", "COPY is refused"),
        ("SELECT * FROM read_csv('/etc/passwd')", "disabled"),
        ("SET enable_external_access = true", "SET is refused"),
    ],
)
def test_queries_that_may_not_run(luutru: Run, nights: Any, sql: str, said: str) -> None:
    done = luutru("query", sql, "--store", str(nights.store))
    assert done.returncode == 2
    assert said in one_line(done)


def test_two_crawls_of_one_portal_at_once(ground: Any) -> None:
    ground.server.delay = 0.05
    first = ground.start("crawl", "hanam-demo")
    try:
        while not ground.server.log:
            assert first.poll() is None
        second = ground.run("crawl", "hanam-demo")
    finally:
        first.kill()
        first.communicate()
    assert second.returncode == 1
    assert "is being crawled" in one_line(second)


FULL_DISK = """\
set -eu
mount -t tmpfs -o size=60m tmpfs "$DISK"
$LUUTRU crawl hanam-demo --night 2026-11-23 --store "$DISK/store" --config "$CONFIG" 2>/dev/null
cp -r "$DISK/store" "$OUT/before"
used=$(df --output=used -k "$DISK" | tail -1)
mount -o remount,size=$((used + SPARE))k "$DISK"
code=0
$LUUTRU crawl hanam-demo --night 2026-11-24 --store "$DISK/store" --config "$CONFIG" 2>"$OUT/said" || code=$?
echo $code >"$OUT/code"
mount -o remount,size=60m "$DISK"
cp -r "$DISK/store" "$OUT/full"
$LUUTRU crawl hanam-demo --night 2026-11-24 --store "$DISK/store" --config "$CONFIG" 2>"$OUT/said-again"
cp -r "$DISK/store" "$OUT/after"
"""


@pytest.mark.parametrize("spare", [16, 200, 600])
def test_a_full_disk_harms_nothing(ground: Any, luutru: Run, tmp_path: Path, spare: int) -> None:
    """A disk that fills at the start, among the captures, and towards the commit: exit 1, all kept, the next run ends it."""
    for name in ("disk", "out"):
        (tmp_path / name).mkdir()
    namespace = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    done = subprocess.run(
        [*namespace, "sh", "-c", FULL_DISK],
        env={
            **os.environ,
            "DISK": str(tmp_path / "disk"),
            "OUT": str(tmp_path / "out"),
            "CONFIG": str(ground.config),
            "LUUTRU": f"{sys.executable} -m crawler.cli",
            "SPARE": str(spare),
        },
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr + _read(tmp_path / "out" / "said-again")
    said = _read(tmp_path / "out" / "said")
    assert _read(tmp_path / "out" / "code").strip() == "1", said
    (line,) = said.strip().splitlines()
    assert "no space left" in line
    assert "run the same command again" in line
    before, full, after = (tmp_path / "out" / name for name in ("before", "full", "after"))
    for path in [*before.rglob("*.warc.gz"), *before.rglob("*.cdxj"), *before.rglob("*.parquet")]:
        assert (full / path.relative_to(before)).read_bytes() == path.read_bytes()
    question = "SELECT count(*) AS articles, count(DISTINCT record_id) AS records FROM readings"
    for store, expected in ((before, "42,42"), (full, "42,42"), (after, "84,84")):
        answer = luutru("query", question, "--store", str(store), "--format", "csv")
        assert answer.stdout.split()[1] == expected


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""
