"""Pages that lead into the operator's own network: nothing connects there, and the record says why."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from archive.block import whole

from .hostile_crawl import Left, article, block, crawl, listing
from .wild import Play, Wild, page, says

REFUSED = {
    "private": ("10.0.0.1", "10.0.0.1"),
    "private, of a home": ("192.168.1.1", "192.168.1.1"),
    "loopback": ("127.0.0.1", "127.0.0.1"),
    "link-local, where clouds keep their secrets": ("169.254.169.254", "169.254.169.254"),
    "unspecified": ("0.0.0.0", "0.0.0.0"),
    "decimal": ("2130706433", "127.0.0.1"),
    "octal": ("0177.0.0.1", "127.0.0.1"),
    "hexadecimal": ("0x7f.1", "127.0.0.1"),
    "short": ("127.1", "127.0.0.1"),
    "IPv6 loopback": ("[::1]", "::1"),
    "IPv6 unspecified": ("[::]", "::"),
    "IPv6 link-local": ("[fe80::1]", "fe80::1"),
    "IPv6 site-local": ("[fec0::1]", "fec0::1"),
    "IPv6 private": ("[fd00::1]", "fd00::1"),
    "IPv4 mapped": ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1"),
    "IPv4 compatible": ("[::127.0.0.1]", "::127.0.0.1"),
    "IPv4 translated": ("[::ffff:0:7f00:1]", "::ffff:0:7f00:1"),
    "IPv4 behind a gateway": ("[64:ff9b::7f00:1]", "64:ff9b::7f00:1"),
    "6to4": ("[2002:7f00:1::]", "2002:7f00:1::"),
    "a name": ("localhost", ""),
}
DISGUISED = ["public@127.0.0.1", "thu.example:80@127.0.0.1", "①②⑦.0.0.1", "127。0。0。1", "LOCALHOST", "localhost."]
"""Ways to write hosts that stand in REFUSED by their plain names."""


@dataclass(frozen=True)
class Lured:
    left: Left
    thu: Wild
    other: Wild
    bell: socket.socket
    port: int


def _listen() -> socket.socket:
    """A server on every address of this machine that notices whoever connects."""
    if socket.has_dualstack_ipv6():
        return socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
    return socket.create_server(("", 0))


@pytest.fixture(scope="module")
def lured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lured]:
    """A portal whose pages lead to private addresses by every way that a crawl goes."""
    with _listen() as bell:
        port = bell.getsockname()[1]
        script: dict[str, Play] = {}
        other: dict[str, Play] = {
            "/robots.txt": says(page(b"", b"Location: http://127.0.0.1:%d/rules" % port, status=b"302 Found"))
        }
        pages: list[str] = []
        for number, host in enumerate([*(host for host, _ in REFUSED.values()), *DISGUISED]):
            to = f"http://{host}:{port}/{number}"
            moved = page(b"", b"Location: " + to.encode() + b"/moved", status=b"302 Found")
            script[f"/Pages/moved-{number}.aspx"] = script[f"/moved-{number}.png"] = says(moved)
            shown = (
                f"<p><img src='{to}.png'></p><p><img src='/moved-{number}.png'></p><p><a href='{to}.pdf'>Tệp</a></p>"
                f"<link rel='stylesheet' href='{to}.css'><script src='{to}.js'></script>"
                f"<link rel='stylesheet' href='/{number}.css'><style>p {{ background: url({to}-in.png) }}</style>"
            )
            script[f"/{number}.css"] = says(
                f"HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nContent-Length: {len(to) + 28}\r\n\r\n"
                f"p {{ background: url({to}-of.png) }}".encode()
            )
            script[f"/Pages/{number}.aspx"] = says(page(article(f"số {number}", shown)))
            pages += [f"/Pages/moved-{number}.aspx", f"/Pages/{number}.aspx"]
        more = "<p><img src='http://khac.example/a.png'></p><p><img src='http://10.9.9.9/a.png'></p>"
        more += "<p><img src='http://khong.invalid/a.png'></p><p><img src='http://khong.invalid/b.png'></p>"
        script["/Pages/more.aspx"] = says(page(article("thêm", more)))
        script["/tin"] = listing([*pages, "/Pages/more.aspx"])
        picture = says(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 3\r\n\r\nPNG")
        with Wild(script) as thu, Wild({"/a.png": picture} | other) as khac, Wild({"/a.png": picture}) as allowed:
            ports = {"thu.example:80": thu.port, "khac.example:80": khac.port, "10.9.9.9:80": allowed.port}
            hosts = [host for host, _ in REFUSED.values() if "[" not in host]
            left = crawl(tmp_path_factory.mktemp("lured"), ports, hosts=hosts, concurrency=8)
            yield Lured(left, thu, khac, bell, port)


def test_nothing_connects_to_a_private_address(lured: Lured) -> None:
    lured.bell.setblocking(False)
    with pytest.raises(BlockingIOError):
        lured.bell.accept()
    assert all(heard.target == "/robots.txt" for heard in lured.other.log)


def test_every_way_that_leads_there_is_gone_up_to_it(lured: Lured) -> None:
    asked = {heard.target for heard in lured.thu.log}
    for number in range(len(REFUSED) + len(DISGUISED)):
        assert {f"/Pages/moved-{number}.aspx", f"/moved-{number}.png", f"/{number}.css"} <= asked


@pytest.mark.parametrize("name", REFUSED)
def test_a_private_address_is_refused_and_the_record_says_why(lured: Lured, name: str) -> None:
    host, address = REFUSED[name]
    url = f"http://{host}:{lured.port}/robots.txt"
    stored = lured.left.kept(url)
    (why,) = {exchange.metadata["failure"] for exchange in stored}
    assert why.startswith(f"refused: {host.strip('[]')} leads to {address}")  # which one localhost is, the machine says
    assert why.endswith(", which is no public address")
    for exchange in stored:
        assert (exchange.response, exchange.request) == (None, None), "not a byte was sent"
    assert {(row["wire_verdict"], row["failure"], row["ip"]) for row in lured.left.rows(url)} == {("failed", why, None)}
    beyond = f"SELECT * FROM captures WHERE url_original LIKE 'http://{host}:%' AND kind != 'robots'"
    assert lured.left.ask(beyond) == [], "a host without its rules is not asked for anything else"


def test_a_robots_file_that_leads_to_a_private_address_is_refused_too(lured: Lured) -> None:
    (asked,) = lured.other.of("/robots.txt")
    (kept,) = lured.left.kept("http://khac.example/robots.txt")
    assert block(kept) == asked.sent
    told = {exchange.metadata["failure"] for exchange in lured.left.kept(f"http://127.0.0.1:{lured.port}/rules")}
    assert told == {"refused: 127.0.0.1 leads to 127.0.0.1, which is no public address"}


def test_a_private_address_that_the_operator_named_is_asked(lured: Lured) -> None:
    (exchange,) = lured.left.kept("http://10.9.9.9/a.png")
    assert block(exchange).endswith(b"\r\n\r\nPNG")


def test_what_names_resolved_to_is_kept_once_a_crawl(lured: Lured) -> None:
    kept = [(record.url, whole(record.block).decode().splitlines()[1:]) for record in lured.left.records("resource")]
    told = dict(kept)
    assert len(told) == len(kept), "once a crawl and host"
    assert {"localhost. IN A 127.0.0.1", "localhost. IN AAAA ::1"} & set(told["dns:localhost"])
    assert told["dns:khong.invalid"] == ["; khong.invalid. has no address"]
    assert told["dns:2130706433"] == ["2130706433. IN A 127.0.0.1"], "the resolver made an address of it"
    assert not {"dns:thu.example", "dns:10.9.9.9"} & set(told), "the connect map asks no resolver"
    assert not {"dns:127.0.0.1", "dns:::1"} & set(told), "an address is no name"
