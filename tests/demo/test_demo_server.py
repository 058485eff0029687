"""What the server records is what was on the wire, byte for byte, whatever the client does."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

import pytest

from crawler.demo.answer import Answer
from crawler.demo.listing import PAGER
from crawler.demo.server import DemoServer
from crawler.demo.site import Site, listing_urls

from .demo_client import fetch, fields


class Fixed:
    """A site that answers everything the same."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def answer(self, method: str, host: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        return self._answer


@pytest.fixture
def server() -> Iterator[DemoServer]:
    with DemoServer(Site()) as running:
        yield running


class Wire:
    """A raw client that keeps what it sends and gets."""

    def __init__(self, server: DemoServer) -> None:
        self.socket = socket.create_connection(server.address, timeout=10)
        self.sent: list[bytes] = []
        self.got: list[bytes] = []

    def exchange(self, request: bytes) -> bytes:
        self.socket.sendall(request)
        self.sent.append(request)
        data = b""
        while not self._whole(data):
            more = self.socket.recv(1000)
            assert more
            data += more
        self.got.append(data)
        return data

    @staticmethod
    def _whole(data: bytes) -> bool:
        head, end, body = data.partition(b"\r\n\r\n")
        if not end:
            return False
        if b"Transfer-Encoding: chunked" in head:
            return body.endswith(b"\r\n0\r\n\r\n")
        length = next((line for line in head.split(b"\r\n") if line.startswith(b"Content-Length: ")), None)
        return len(body) == int(length.partition(b": ")[2]) if length else True


def get(target: str, *more: str, host: str = "hanam.example") -> bytes:
    return "\r\n".join([f"GET {target} HTTP/1.1", f"Host: {host}", *more, "", ""]).encode()


def test_the_record_equals_what_a_raw_client_saw(server: DemoServer) -> None:
    url = "/tin-theo-linh-vuc/kinh-te/Pages/default.aspx"
    form = fields(fetch(server, listing_urls()["Kinh tế"])) | {"__EVENTTARGET": PAGER, "__EVENTARGUMENT": "2"}
    server.forget()
    wire = Wire(server)
    wire.exchange(get("/Pages/hoi-nghi-doi-thoai-nam-2021.aspx", "Accept-Encoding: gzip"))
    wire.exchange(get("/PublishingImages/2021/IMG_7698.jpg"))
    tag = next(line for line in wire.got[1].split(b"\r\n") if line.startswith(b"ETag: "))[6:].decode()
    not_modified = wire.exchange(get("/PublishingImages/2021/IMG_7698.jpg", f"If-None-Match: {tag}"))
    assert not_modified.startswith(b"HTTP/1.1 304 ")
    assert not_modified.endswith(b"\r\n\r\n")
    body = urlencode(form).encode()
    head = f"POST {url} HTTP/1.1\r\nHost: hanam.example:80\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    assert wire.exchange(head + body).startswith(b"HTTP/1.1 200 OK\r\n")
    for target in ("/Pages/lop-boi-mien-phi-cho-tre-em-nong-thon.aspx", "/", "/x"):
        wire.exchange(get(target))
    log = server.log
    assert [exchange.received for exchange in log] == wire.sent
    assert [exchange.sent for exchange in log] == wire.got
    assert {exchange.connection for exchange in log} == {2}
    assert [exchange.number for exchange in log] == list(range(1, 8))
    assert log[3].method == "POST"
    assert log[3].host == "hanam.example"
    assert log[3].target == url
    assert any(b"Transfer-Encoding: chunked" in data for data in wire.got)
    assert all(abs(exchange.at - time.time()) < 30 for exchange in log)


def test_chunked_answers_come_in_several_chunks(server: DemoServer) -> None:
    for text in server.site.texts if isinstance(server.site, Site) else ():
        data = Wire(server).exchange(get(f"/Pages/{text.slug}.aspx", "Accept-Encoding: gzip"))
        head, _, body = data.partition(b"\r\n\r\n")
        if b"Transfer-Encoding: chunked" in head:
            assert body.startswith(b"bb8\r\n")
            assert body.count(b"\r\nbb8\r\n") >= 1
            return
    raise AssertionError("no page was chunked")


def test_a_request_may_come_in_pieces_or_two_at_once(server: DemoServer) -> None:
    one, two = get("/robots.txt"), get("/robots.txt", host="duytien.hanam.example")
    client = socket.create_connection(server.address, timeout=10)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for start in range(0, len(one), 7):
        client.sendall(one[start : start + 7])
    got = b""
    while got.count(b"_vti_bin/\r\n") < 1:
        got += client.recv(65536)
    client.sendall(one + two)
    while got.count(b"_vti_bin/\r\n") < 3:
        got += client.recv(65536)
    log = server.log
    assert [exchange.received for exchange in log] == [one, one, two]
    assert b"".join(exchange.sent for exchange in log) == got
    assert [exchange.host for exchange in log] == ["hanam.example", "hanam.example", "duytien.hanam.example"]


def test_http_1_0_and_connection_close_end_the_connection(server: DemoServer) -> None:
    for request in (b"GET / HTTP/1.0\r\nHost: hanam.example\r\n\r\n", get("/", "Connection: close")):
        client = socket.create_connection(server.address, timeout=10)
        client.sendall(request)
        data = b""
        while more := client.recv(65536):
            data += more
        assert data.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"Connection: close\r\n" in data
        assert (b"Transfer-Encoding: chunked" in data) <= (b"HTTP/1.1" in request)
        assert server.log[-1].sent == data


def test_what_is_no_request_gets_400(server: DemoServer) -> None:
    for request in (b"nonsense\r\n\r\n", b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"):
        client = socket.create_connection(server.address, timeout=10)
        client.sendall(request)
        assert client.recv(65536).startswith(b"HTTP/1.1 400 ")
        assert server.log[-1].received == request


def test_head_has_no_body_and_the_connection_stays_open(server: DemoServer) -> None:
    connection = http.client.HTTPConnection(*server.address, timeout=10)
    for method in ("HEAD", "GET", "HEAD", "GET"):
        connection.request(method, "/Pages/hoi-nghi-doi-thoai-nam-2021.aspx", headers={"Host": "hanam.example"})
        assert (connection.getresponse().read() == b"") == (method == "HEAD")
    assert [exchange.number for exchange in server.log] == [1, 2, 3, 4]


def test_an_answer_that_breaks_off() -> None:
    broken = Answer(200, "OK", (("Content-Length", "100"),), b"only this")
    with DemoServer(Fixed(broken)) as server:
        connection = http.client.HTTPConnection(*server.address, timeout=10)
        connection.request("GET", "/")
        with pytest.raises(http.client.IncompleteRead):
            connection.getresponse().read()
        assert server.log[0].sent.endswith(b"only this")


def test_a_client_that_leaves_early_is_recorded_with_what_it_took() -> None:
    large = Answer(200, "OK", (), b"x" * 30_000_000)
    with DemoServer(Fixed(large)) as server:
        client = socket.create_connection(server.address, timeout=10)
        client.sendall(get("/"))
        client.recv(1000)
        client.close()
        end = time.monotonic() + 5
        while not server.log and time.monotonic() < end:
            time.sleep(0.01)
        assert 0 < len(server.log[0].sent) < 30_000_000


def test_many_connections_at_once(server: DemoServer) -> None:
    urls = [f"/Pages/{slug}.aspx" for slug in ("hoi-nghi-doi-thoai-nam-2021", "dem-hoi-den-long-pho-nui")]
    wires: list[Wire] = []

    def visit() -> None:
        wire = Wire(server)
        wires.append(wire)
        for _ in range(6):
            for url in urls:
                wire.exchange(get(url))

    threads = [threading.Thread(target=visit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen = sorted(data for wire in wires for data in wire.got)
    assert sorted(exchange.sent for exchange in server.log) == seen
    guids = {line for data in seen for line in data.split(b"\r\n") if line.startswith(b"SPRequestGuid")}
    assert len(guids) == len(seen) == 96


def test_delay_and_the_hook_before_each_answer() -> None:
    asked: list[tuple[str, str]] = []
    with DemoServer(Site(), delay=0.2, before=lambda method, target: asked.append((method, target))) as server:
        start = time.monotonic()
        fetch(server, "http://hanam.example/robots.txt")
        assert time.monotonic() - start >= 0.2
    assert asked == [("GET", "/robots.txt")]


def test_closing_does_not_wait_for_idle_half_sent_or_delayed_requests() -> None:
    asked = threading.Event()
    with DemoServer(Site(), delay=60, before=lambda _method, _target: asked.set()) as server:
        idle = socket.create_connection(server.address)
        half = socket.create_connection(server.address)
        half.sendall(b"GET / HT")
        delayed = socket.create_connection(server.address)
        delayed.sendall(get("/"))
        assert asked.wait(10)
        start = time.monotonic()
    assert time.monotonic() - start < 1
    assert [client.recv(10) for client in (idle, half, delayed)] == [b"", b"", b""]
    with pytest.raises(ConnectionError):
        socket.create_connection(server.address, timeout=1)


def test_closing_does_not_wait_for_a_held_answer() -> None:
    asked, release = threading.Event(), threading.Event()

    def hold(method: str, target: str) -> None:
        asked.set()
        release.wait(30)

    with DemoServer(Site(), before=hold) as server:
        client = socket.create_connection(server.address)
        client.sendall(get("/"))
        assert asked.wait(10)
        start = time.monotonic()
    assert time.monotonic() - start < 4
    release.set()
