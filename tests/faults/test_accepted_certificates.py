"""A portal's file may accept a fault of its certificates: that fault, on its own hosts, and every capture says so."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from .certificates import Signed, context, signed
from .hostile_crawl import Left, article, crawl, listing
from .wild import Wild, page, says

HOST = "thu.example"
Made = Callable[[Signed, Signed], Signed]

EXPIRED: Made = lambda authority, _between: signed(HOST, authority, days=-1)  # noqa: E731
INCOMPLETE: Made = lambda _authority, between: signed(HOST, between)  # noqa: E731
BOTH: Made = lambda _authority, between: signed(HOST, between, days=-1)  # noqa: E731
ITS_OWN: Made = lambda _authority, _between: signed(HOST)  # noqa: E731
ANOTHERS: Made = lambda authority, _between: signed("khac.example", authority, days=-1)  # noqa: E731
GOOD: Made = lambda authority, _between: signed(HOST, authority)  # noqa: E731


def crawled(folder: Path, made: Made, accept: str, picture: str = "") -> tuple[Left, Wild]:
    """A portal whose server sends its own certificate alone; the authority is trusted, one below it nowhere to be had."""
    authority = signed("authority", authority=True)
    between = signed("between", authority, authority=True)
    (folder / "authority.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    served: ssl.SSLContext = context(folder / "own.pem", made(authority, between))
    script = {"/tin": listing(["/Pages/1.aspx"]), "/Pages/1.aspx": says(page(article("một", picture)))}
    other = context(folder / "other.pem", signed("anh.example", authority, days=-1))
    more = f"[tls]\naccept = [{accept}]\n" if accept else ""
    with Wild(script, tls=served) as server, Wild({}, tls=other) as pictures:
        ports = {f"{HOST}:443": server.port, "anh.example:443": pictures.port}
        trusted = {"SSL_CERT_FILE": str(folder / "authority.pem")}
        return crawl(folder, ports, scheme="https", timeout=2, more=more, environment=trusted), server


@pytest.mark.parametrize(
    ("made", "accept", "told"),
    [
        (EXPIRED, '"expired"', "expired"),
        (INCOMPLETE, '"incomplete"', "incomplete"),
        (BOTH, '"incomplete", "expired"', "expired incomplete"),
        (GOOD, '"incomplete", "expired"', ""),
    ],
    ids=["expired", "incomplete", "both", "neither"],
)
def test_an_accepted_fault_is_told_on_every_capture(tmp_path: Path, made: Made, accept: str, told: str) -> None:
    left, _ = crawled(tmp_path, made, accept)
    assert (left.code, left.row["articles"]) == (0, 1)
    for target in ("/robots.txt", "/tin", "/Pages/1.aspx"):
        (row,) = left.rows(f"https://{HOST}{target}")
        assert row["tls_verified"] is (told == "")
        (stored,) = left.kept(f"https://{HOST}{target}")
        assert stored.metadata.get("tlsAccepted", "") == told


@pytest.mark.parametrize(
    ("made", "accept"),
    [
        (EXPIRED, ""),
        (INCOMPLETE, ""),
        (EXPIRED, '"incomplete"'),
        (INCOMPLETE, '"expired"'),
        (BOTH, '"expired"'),
        (ITS_OWN, '"incomplete", "expired"'),
        (ANOTHERS, '"incomplete", "expired"'),
    ],
    ids=["expired", "incomplete", "the other", "the one", "one of two", "its own word", "another's name"],
)
def test_what_is_not_accepted_gets_no_request(tmp_path: Path, made: Made, accept: str) -> None:
    left, server = crawled(tmp_path, made, accept)
    assert left.code == 1
    assert not server.log
    assert {row["wire_verdict"] for row in left.rows(f"https://{HOST}/robots.txt")} == {"failed"}


def test_what_is_accepted_of_a_portal_is_not_accepted_of_others(tmp_path: Path) -> None:
    left, _ = crawled(tmp_path, EXPIRED, '"expired"', "<img src='https://anh.example/a.png'>")
    assert left.row["articles"] == 1
    (row,) = left.rows("https://anh.example/robots.txt")
    assert (row["wire_verdict"], row["tls_verified"]) == ("failed", None)
