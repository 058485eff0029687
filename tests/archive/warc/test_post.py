"""Requests that are not GET: their keys are pywb's, or their answers are never found again.

pywb (in `.envs/replay`) is the reference.  cdxj-indexer (in `.envs/peers`) has the same keys but for: JSON's `null`,
`true`, `false` and whole or endless floats (`None`, `True`, `2.0`, `inf` there), JSON by lines (read there, nothing in
pywb), methods in lower case and bodies of no type and no length (`__wb_post_data=` there), and `WB_wombat_` (kept
there).  It fails on multipart whose boundary is quoted, not in the body or not at its end, and on fields that are no
UTF-8; its command leaves DELETE, OPTIONS and HEAD under the page's own key.
"""

from __future__ import annotations

import base64
import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request as Asking
from urllib.request import urlopen

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from archive import http1
from archive.capture import Exchange
from archive.warc import post
from archive.warc.surt import surt
from archive.warc.writer import WarcWriter

ENVIRONMENTS = Path(__file__).parents[3] / ".envs"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=----WebKitFormBoundaryAb1"
URL = "http://h.vn/list"

Request = tuple[str, str, str | None, bytes]
Answer = tuple[str | None, str]
Ask = Callable[[Request], Answer]


def peer(name: str, environment: str) -> Iterator[Ask]:
    python = ENVIRONMENTS / environment / "bin" / "python"
    assert python.exists(), f"make {environment}"
    script = str(Path(__file__).with_name("peer_keys.py"))
    process = subprocess.Popen(
        [str(python), "-W", "ignore", script, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def ask(request: Request) -> Answer:
        url, method, kind, body = request
        line = json.dumps([url, method, kind, str(len(body)), base64.b64encode(body).decode()])
        process.stdin.write(line + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        assert answer, f"{name} ended"
        key, query = json.loads(answer)
        return key, query

    yield ask
    process.stdin.close()
    try:
        process.wait(timeout=20)
    finally:
        process.kill()
        process.stdout.close()


@pytest.fixture(scope="module")
def pywb() -> Iterator[Ask]:
    yield from peer("pywb", "replay")


@pytest.fixture(scope="module")
def cdxj_indexer() -> Iterator[Ask]:
    yield from peer("cdxj-indexer", "peers")


def part(name: str, value: bytes, *more: str) -> bytes:
    head = "\r\n".join([f'Content-Disposition: form-data; name="{name}"' + "".join(more[:1]), *more[1:]])
    return b"------WebKitFormBoundaryAb1\r\n" + head.encode() + b"\r\n\r\n" + value + b"\r\n"


END = b"------WebKitFormBoundaryAb1--\r\n"
STATE = base64.b64encode(bytes(range(256)) * 90)  # 30 kB with + / and =
POSTBACK = b"__EVENTTARGET=ctl00%24pager&__EVENTARGUMENT=2&__VIEWSTATE=" + STATE.replace(b"+", b"%2B").replace(
    b"=", b"%3D"
)

REQUESTS: dict[str, Request] = {
    "a postback": (URL, "POST", FORM, POSTBACK),
    "a view state that nothing escaped": (URL, "POST", FORM, b"__VIEWSTATE=" + STATE),
    "a form with a charset": (URL, "POST", FORM + "; charset=UTF-8", b"a=%2B%2F%3D&b=+/="),
    "Vietnamese, escaped, composed": (URL, "POST", FORM, b"q=H%C3%A0%20N%E1%BB%99i"),
    "Vietnamese, escaped, decomposed": (URL, "POST", FORM, b"q=Ha%CC%80"),
    "Vietnamese, raw": (URL, "POST", FORM, "q=Hà Nội".encode()),
    "keys without value": (URL, "POST", FORM, b"b&a=&c"),
    "repeated keys": (URL, "POST", FORM, b"a=2&a=1&A=3"),
    "empty pairs": (URL, "POST", FORM, b"&&a=1&"),
    "5,000 characters": (URL, "POST", FORM, b"b=" + b"x" * 4990 + b"&a=1"),
    "100,000 characters": (URL, "POST", FORM, b"b=" + b"%C3%A0" * 17_000),
    "a form that is no UTF-8": (URL, "POST", FORM, b"a=\xff\xfe"),
    "escapes that are no UTF-8": (URL, "POST", FORM, b"a=%FF%FE"),
    "an empty form": (URL, "POST", FORM, b""),
    "nothing at all": (URL, "POST", None, b""),
    "upper case": (URL, "POST", FORM, b"Page=ABC&ID=X"),
    "entities": (URL, "POST", FORM, b"a=1&amp;b=2&lt;"),
    "control characters": (URL, "POST", FORM, b"a=\x00\x01\x1f\x7f&b=\r\n\t&c=%00%0A%0D%09"),
    "a blank at the end": (URL, "POST", FORM, b"a=b+"),
    "no-break spaces at the end": (URL, "POST", FORM, "a=b\xa0\u2028".encode()),
    "a fragment in the body": (URL, "POST", FORM, b"a=1%23x&b=2"),
    "a question in the body": (URL, "POST", FORM, b"a=what?&b=?"),
    "a percent sign escaped three times": (URL, "POST", FORM, b"a=%25252541&b=100%25"),
    "a session id": (URL, "POST", FORM, b"a=1&sid=" + b"0a" * 16 + b"&b=2"),
    "two session ids": (URL, "POST", FORM, b"jsessionid=" + b"0a" * 16 + b"&phpsessid=" + b"0b" * 16),
    "ColdFusion's ids": (URL, "POST", FORM, b"a=1&cfid=12&cftoken=34&b=2"),
    "ADF's counters": ("http://h.vn/faces/x?_afrLoop=12", "POST", FORM, b"_adf.ctrl-state=ab_4&x=1"),
    "what pywb's script puts before names": (URL, "POST", FORM, b"a=WB_wombat_location"),
    "a url with a query": ("http://h.vn/list?z=1&B=2", "POST", FORM, b"a=1"),
    "a url with an empty query": ("http://h.vn/list?", "POST", FORM, b"a=1"),
    "a url with empty pairs": ("http://h.vn/list?a&&", "POST", FORM, b"a=1"),
    "a url with www. and upper case": ("https://www.hanam.gov.vn/Pages/Tin.aspx?ID=%C3%A0", "POST", FORM, b"a=1"),
    "a url without a path": ("http://h.vn", "POST", FORM, b"a=1"),
    "JSON": (URL, "POST", "application/json", b'{"page": 1, "q": "H\xc3\xa0 N\xe1\xbb\x99i", "x": "a+b&c=d"}'),
    "JSON nested": (URL, "POST", "application/json; charset=utf-8", b'{"a": {"b": [1, {"a": 2}, 3]}, "b": {"": 4}}'),
    "JSON's array": (URL, "POST", "application/json", b'[{"a": 1}, {"a": 2}, {"a": 3}, 4]'),
    "JSON's constants": (URL, "POST", "application/json", b'{"a": null, "b": true, "c": false, "d": 2.0, "e": 1e-7}'),
    "JSON's odd numbers": (URL, "POST", "application/json", b'{"a": NaN, "b": 12345678901234567890, "c": 1e300}'),
    "JSON with Infinity": (URL, "POST", "application/json", b'{"a": Infinity}'),
    "JSON with half a surrogate pair": (URL, "POST", "application/json", b'{"a": "\\ud800"}'),
    "JSON that does not parse": (URL, "POST", "application/json", b'{"a": '),
    "JSON by lines": (URL, "POST", "application/json", b'{"a": 1}\n{"a": 2}'),
    "JSON that is a number": (URL, "POST", "application/json", b"1"),
    "JSON in UTF-16": (URL, "POST", "application/json", '{"a": "à"}'.encode("utf-16")),
    "JSON of another name": (URL, "POST", "Application/JSON", b'{"a": 1}'),
    "plain text": (URL, "POST", "text/plain", b"xin ch\xc3\xa0o"),
    "plain text that is JSON": (URL, "POST", "text/plain;charset=UTF-8", b'{"a": 1}'),
    "plain text that is no UTF-8": (URL, "POST", "text/plain", b"\xff"),
    "XML": (URL, "POST", "text/xml; charset=utf-8", b"<soap:Envelope/>"),
    "bytes": (URL, "POST", "application/octet-stream", bytes(range(256))),
    "bytes, 5,000": (URL, "POST", None, b"\xfb" * 5000),
    "multipart": (URL, "POST", MULTIPART, part("a", b"1") + part("b", "Hà Nội".encode()) + part("a", b"") + END),
    "multipart with a file": (URL, "POST", MULTIPART, part("f", b"\xff\r\n\0", '; filename="a.pdf"') + END),
    "multipart with text that is no UTF-8": (URL, "POST", MULTIPART, part("a", b"\xff\xe1\xba") + END),
    "multipart with lines": (URL, "POST", MULTIPART, part("a", b"1\r\n2\n\n--3--\r\n") + END),
    "multipart with headers": (URL, "POST", MULTIPART, part("a", b"x", "", "Content-Type: text/plain") + END),
    "multipart with a view state": (URL, "POST", MULTIPART, part("__VIEWSTATE", STATE) + END),
    "multipart torn": (URL, "POST", MULTIPART, part("a", b"1") + part("b", b"2")),
    "multipart behind a preamble": (URL, "POST", MULTIPART, b"hello\r\n" + part("a", b"1") + END + b"bye"),
    "multipart quoted": (
        URL,
        "POST",
        'multipart/form-data; boundary="----WebKitFormBoundaryAb1"',
        part("a", b"1") + END,
    ),
    "multipart without boundary": (URL, "POST", "multipart/form-data", part("a", b"1") + END),
    "multipart with another boundary": (URL, "POST", "multipart/form-data; boundary=x", part("a", b"1") + END),
    "a PUT": (URL, "PUT", FORM, b"a=1"),
    "a PUT of JSON": (URL, "PUT", "application/json", b'{"a": 1}'),
    "a DELETE": (URL, "DELETE", None, b""),
    "a DELETE with a body": (URL, "DELETE", FORM, b"a=1"),
    "OPTIONS": (URL, "OPTIONS", None, b""),
    "a HEAD": (URL, "HEAD", None, b""),
    "a GET": (URL, "GET", None, b""),
    "a method in lower case": (URL, "post", FORM, b"a=1"),
}
OTHER_IN_CDXJ_INDEXER = {
    "nothing at all",
    "what pywb's script puts before names",
    "JSON's constants",
    "JSON's odd numbers",
    "JSON with Infinity",
    "JSON by lines",
    "multipart with text that is no UTF-8",
    "multipart torn",
    "multipart quoted",
    "multipart with another boundary",
    "a GET",
    "a method in lower case",
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_key_and_a_query_are_those_of_pywb(name: str, pywb: Ask) -> None:
    request = REQUESTS[name]
    key, query = pywb(request)
    assert (post.key(*request), post.body_query(*request[1:])) == (key, query)


@pytest.mark.parametrize("name", REQUESTS)
def test_a_key_is_that_of_cdxj_indexer_where_that_agrees_with_pywb(name: str, cdxj_indexer: Ask) -> None:
    key, _ = cdxj_indexer(REQUESTS[name])
    assert (key != post.key(*REQUESTS[name])) == (name in OTHER_IN_CDXJ_INDEXER), key


SIGNS = (
    "a B = & + % %2B %2b %26 %23 # ? / %2F %20 %E1%BA%BF %FF %25 %2525 41 %3 ; &amp; WB_wombat_ sid= phpsessid= cfid=1 "
    "&cftoken=2 _afrLoop=1 __VIEWSTATE=/wEP+== \\ ^ ' \" < [ ] ~"
)
WORDS = st.lists(
    st.sampled_from(SIGNS.split())
    | st.sampled_from(
        ["0" * 32, " ", "\n", "\r", "\t", "\0", "\x0b", "\x1c", "\x85", "\xa0", "e\u0302\u0301", "\u2028"]
    )
    | st.characters(codec="utf-8"),
    max_size=30,
).map("".join)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "b", "", "a.2_", "ế"]), inner),
    max_leaves=12,
).map(lambda value: json.dumps(value).encode())
FIELDS = st.tuples(
    st.sampled_from(["a", "ế", "a b", "__VIEWSTATE", ""]), WORDS.map(str.encode) | st.binary(max_size=20)
)
FILES = FIELDS.map(lambda field: part(*field, '; filename="à;b.pdf"', "Content-Type: application/pdf"))
PARTS = st.lists(FIELDS.map(lambda field: part(*field)) | FILES, max_size=4).map(lambda parts: b"".join(parts) + END)
BODIES = st.one_of(
    st.tuples(st.just(FORM), WORDS.map(str.encode) | st.binary(max_size=40) | WORDS.map(lambda w: w.encode() * 400)),
    st.tuples(
        st.sampled_from(["application/json", "text/plain"]), JSON | WORDS.map(str.encode) | st.binary(max_size=20)
    ),
    st.tuples(st.just(MULTIPART), PARTS),
    st.tuples(st.sampled_from([None, "", "text/xml", "multipart/form-data"]), st.binary(max_size=40)),
)
URLS = st.sampled_from([URL, "http://h.vn", "http://h.vn/?", "https://www.hanam.gov.vn/Pages/Tin.aspx?ID=7&b=%c3%a0&&"])


@settings(max_examples=400, deadline=None)
@given(URLS, st.sampled_from(["POST", "POST", "POST", "PUT", "DELETE"]), BODIES)
def test_no_request_has_another_key_than_pywb_s(
    pywb: Ask, url: str, method: str, sent: tuple[str | None, bytes]
) -> None:
    key, _ = pywb((url, method, *sent))
    ours = post.key(url, method, *sent)
    assert len(ours.split()) == 1
    assume(key is not None)  # JSON that is no UTF-8 stops pywb
    assert ours == key


@settings(max_examples=200, deadline=None)
@given(URLS, WORDS.map(str.encode))
def test_no_form_has_another_key_than_cdxj_indexer_s(cdxj_indexer: Ask, url: str, body: bytes) -> None:
    assume(b"WB_wombat_" not in body)
    key, _ = cdxj_indexer((url, "POST", FORM, body))
    assert post.key(url, "POST", FORM, body) == key


@pytest.mark.parametrize(
    ("url", "method", "kind", "body", "asked"),
    [
        ("http://h.vn/", "POST", FORM, b"a=1%2B2", "http://h.vn/?__wb_method=POST&a=1+2"),
        (
            "http://h.vn/?b#c",
            "POST",
            "application/json",
            b'{"a": [1, 2]}',
            "http://h.vn/?b&__wb_method=POST&a=1&a.2_=2",
        ),
        ("http://h.vn/?b", "delete", FORM, b"a=1", "http://h.vn/?b&__wb_method=DELETE"),
        ("http://h.vn/?b#c", "GET", None, b"", "http://h.vn/?b#c"),
    ],
)
def test_the_url_that_a_key_is_made_of(url: str, method: str, kind: str | None, body: bytes, asked: str) -> None:
    assert post.key_url(url, method, kind, body) == asked
    assert post.key(url, method, kind, body) == surt(asked)


def test_json_that_stops_pywb_is_kept_as_bytes(pywb: Ask) -> None:
    request = (URL, "POST", "application/json", b'{"a": "\xff"}')
    assert pywb(request)[0] is None
    assert post.key(*request) == "vn,h)/list?__wb_method=post&__wb_post_data=eyjhijogiv8ifq=="


def test_a_fragment_swallowed_method_and_body(pywb: Ask) -> None:
    """pywb's indexer loses them to it; a browser asks without, so without is what pywb looks up."""
    request = (URL + "#tin", "POST", FORM, b"a=1")
    assert pywb(request)[0] == "vn,h)/list"
    assert post.key(*request) == pywb((URL, *request[1:]))[0] == "vn,h)/list?__wb_method=post&a=1"


@pytest.mark.parametrize(
    ("length", "body"),
    [
        ("3", b"a=1"),
        (" 3 ", b"a=1"),
        ("999", b"a=1&b=2"),
        ("0", b""),
        ("-1", b""),
        ("x", b""),
        ("", b""),
        ("9" * 5000, b""),
    ],
)
def test_a_body_is_as_long_as_content_length_says(length: str, body: bytes) -> None:
    request = http1.parse_request(b"POST / HTTP/1.1\r\nContent-Length: " + length.encode() + b"\r\n\r\na=1&b=2")
    assert post.sent_body(request) == body


def test_a_body_without_content_length_is_none() -> None:
    assert post.sent_body(http1.parse_request(b"POST / HTTP/1.1\r\n\r\na=1")) == b""


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        (FORM, b"a=%2B%26%3D%23&b=+/=;x", "a=%2B%26%3D%23&b=+/=;x"),
        (FORM, 'q=Hà Nội#\r\n"<'.encode(), "q=H%C3%A0%20N%E1%BB%99i%23%0D%0A%22%3C"),
        (FORM, b"a=\xff", "a=%FF"),
        (FORM, b"x" * 5000, "x" * 4096),
        (FORM, b"", ""),
        ("application/json", b'{"a": "b&c+d"}', "a=b%26c%2Bd"),
        (None, b"\xfb\xff", "__wb_post_data=+/8="),
        (MULTIPART, part("a b", b"1&2") + END, "a+b=1%262"),
    ],
)
def test_the_field_request_body_is_a_query_that_can_stand_in_a_url(kind: str | None, body: bytes, field: str) -> None:
    assert post.request_body("POST", kind, body) == field
    assert post.request_body("DELETE", kind, body) == ""


def postback(argument: int) -> bytes:
    state = base64.b64encode(bytes(at * argument % 251 for at in range(22_528)))
    assert len(state) > 30_000
    assert all(sign in state for sign in (b"+", b"/", b"="))
    return urlencode({"__VIEWSTATE": state, "__EVENTTARGET": "ctl00$pager", "__EVENTARGUMENT": argument}).encode()


SENT: dict[str, tuple[str, bytes]] = {
    "trang hai": (FORM, postback(2)),
    "trang ba": (FORM, postback(3)),
    "tin một": ("application/json", b'{"id": 1, "tags": ["a", "b"]}'),
    "tin hai": ("application/json", b'{"id": 2, "tags": ["a", "b"]}'),
    "tệp": (MULTIPART, part("q", "Hà Nội".encode()) + part("f", b"\xff\0", '; filename="a.pdf"') + END),
    "thô": ("application/octet-stream", b"\xfb\xff\0#?&"),
}
PAGE = "http://hanam.gov.vn/Pages/Tin.aspx?ID=1"


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A WARC by our writer with a GET and six POSTs to one URL, and its index, laid out as pywb wants a collection."""
    root = tmp_path_factory.mktemp("replay")
    folder = root / "collections" / "luutru" / "archive"
    keeper = WarcWriter(folder, "hanam", {"software": "test"}, host="h")
    asked = {"đầu": b"GET /Pages/Tin.aspx?ID=1 HTTP/1.1\r\nHost: hanam.gov.vn\r\n\r\n"}
    for name, (kind, body) in SENT.items():
        head = f"POST /Pages/Tin.aspx?ID=1 HTTP/1.1\r\nHost: hanam.gov.vn\r\nContent-Type: {kind}\r\n"
        asked[name] = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    for second, (name, request) in enumerate(asked.items()):
        page = f"<html><body><p>{name}</p></body></html>".encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(page)}\r\n\r\n"
        when = datetime(2026, 11, 24, 1, 15, second, tzinfo=UTC)
        method = request.split()[0].decode()
        keeper.write(Exchange(PAGE, method, request, head.encode() + page, when, 1, None), {"verdict": "ok"})
    keeper.close()
    (path,) = keeper.closed
    index = path.with_name(path.name + ".cdxj")
    indexes = root / "collections" / "luutru" / "indexes"
    indexes.mkdir()
    index.rename(indexes / "index.cdxj")
    return root


def taken_apart(text: str) -> list[tuple[str, str, dict[str, Any]]]:
    lines = [line.split(" ", 2) for line in text.splitlines()]
    return sorted((key, when, json.loads(data)) for key, when, data in lines)


def test_pywb_indexes_our_file_under_our_keys(collection: Path) -> None:
    (path,) = (collection / "collections/luutru/archive").glob("*.warc.gz")
    command = [str(ENVIRONMENTS / "replay/bin/cdx-indexer"), "-j", "-p", "-s", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    theirs = taken_apart(done.stdout)
    ours = taken_apart((collection / "collections/luutru/indexes/index.cdxj").read_text("utf-8"))
    assert len(ours) == len(SENT) + 1 == len({key for key, _, _ in ours})
    assert [(key, when, said["offset"]) for key, when, said in ours] == [
        (key, when, said["offset"]) for key, when, said in theirs
    ]


@pytest.fixture(scope="module")
def wayback(collection: Path) -> Iterator[str]:
    """pywb on the collection, with our index; the address that its URLs begin with."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(ENVIRONMENTS / "replay/bin/wayback"), "-b", "127.0.0.1", "-p", str(port), "-d", str(collection)]
    with (collection / "wayback.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        for _ in range(300):
            assert process.poll() is None, (collection / "wayback.log").read_text()
            try:
                urlopen(f"http://127.0.0.1:{port}/luutru/", timeout=30).close()
                break
            except URLError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/luutru/20261124011500id_/"
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        finally:
            process.kill()


@pytest.mark.parametrize("name", SENT)
def test_pywb_replays_each_post_with_its_own_answer(name: str, wayback: str) -> None:
    kind, body = SENT[name]
    with urlopen(Asking(wayback + PAGE, data=body, headers={"Content-Type": kind}), timeout=60) as answer:
        assert f"<p>{name}</p>" in answer.read().decode()


def test_pywb_replays_the_page_itself_to_a_get(wayback: str) -> None:
    with urlopen(wayback + PAGE, timeout=60) as answer:
        assert "<p>đầu</p>" in answer.read().decode()
