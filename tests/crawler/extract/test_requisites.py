"""What a browser asks for to show a page: references in markup and in stylesheets, as absolute URLs."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.article import Requisite
from archive.capture import Capture
from crawler.extract.address import address
from crawler.extract.page import Page
from crawler.extract.requisites import page_requisites, stylesheet_requisites

URL = "http://hanam.example/tin/Pages/bai.aspx?id=7"
CSS = "http://hanam.example/theme/css/main.css"
KINDS = {"style", "script", "font", "image", "other"}


def of_page(markup: str | bytes, url: str = URL) -> list[tuple[str, str]]:
    body = markup if isinstance(markup, bytes) else markup.encode("utf-8", "surrogatepass")
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    found = page_requisites(Page(Capture(url, datetime(2026, 11, 24, tzinfo=UTC), 200, headers, body)))
    return [(one.url.removeprefix("http://hanam.example"), one.kind) for one in found]


def of_css(text: str | bytes, charset: str | None = None, url: str = CSS) -> list[tuple[str, str]]:
    found = stylesheet_requisites(text if isinstance(text, bytes) else text.encode(), url, charset)
    return [(one.url.removeprefix("http://hanam.example/theme/"), one.kind) for one in found]


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ('<link rel=stylesheet href="/a.css">', ("/a.css", "style")),
        ('<link REL="Alternate StyleSheet" href="/a.css" title=x>', ("/a.css", "style")),
        ('<link rel="shortcut icon" href="/favicon.ico">', ("/favicon.ico", "image")),
        ('<link rel=icon href="/a.png">', ("/a.png", "image")),
        ('<link rel=apple-touch-icon href="/a.png">', ("/a.png", "image")),
        ('<link rel=manifest href="/a.json">', ("/a.json", "other")),
        ('<link rel=preload as=style href="/a.css">', ("/a.css", "style")),
        ('<link rel=preload as=font crossorigin href="/a.woff2">', ("/a.woff2", "font")),
        ('<link rel=preload as=script href="/a.js">', ("/a.js", "script")),
        ('<link rel=preload as=image href="/a.png">', ("/a.png", "image")),
        ('<link rel=preload as=fetch href="/a.json">', ("/a.json", "other")),
        ('<link rel=preload as=image imagesrcset="/a.png 2x">', ("/a.png", "image")),
        ('<link rel=modulepreload href="/a.js">', ("/a.js", "script")),
        ("<script src=/a.js></script>", ("/a.js", "script")),
        ("<img src=/a.jpg>", ("/a.jpg", "image")),
        ("<noscript><img src=/a.jpg></noscript>", ("/a.jpg", "image")),
        ("<input type=IMAGE src=/a.gif>", ("/a.gif", "image")),
        ("<video poster=/a.jpg src=/a.mp4><source src=/b.mp4><track src=/c.vtt></video>", ("/a.jpg", "image")),
        ("<body background=/a.gif>", ("/a.gif", "image")),
        ("<table background=/a.gif>", ("/a.gif", "image")),
        ("<table><tr><td background=/a.gif>", ("/a.gif", "image")),
        ('<svg><image href="/a.png"/></svg>', ("/a.png", "image")),
        ('<svg><image xlink:href="/a.png"/></svg>', ("/a.png", "image")),
        ('<svg><use xlink:href="/icons.svg#home"/></svg>', ("/icons.svg", "image")),
        ('<object data="/a.svg" type="image/svg+xml">', ("/a.svg", "image")),
        ('<embed src="/a.svg?v=2">', ("/a.svg?v=2", "image")),
        ('<div style="background: url(/a.jpg) no-repeat">', ("/a.jpg", "image")),
        ("<div style=\"background: url('/a.jpg')\">", ("/a.jpg", "image")),
        ('<div style="background: url(&quot;/a.jpg&quot;)">', ("/a.jpg", "image")),
        ("<style>@import '/a.css';</style>", ("/a.css", "style")),
        ("<style>@font-face { src: url(/a.woff) }</style>", ("/a.woff", "font")),
        ("<style><!-- body { background: url(/a.gif) } --></style>", ("/a.gif", "image")),
    ],
)
def test_browser_asks_for(markup: str, found: tuple[str, str]) -> None:
    assert of_page(markup) == [found]


@pytest.mark.parametrize(
    "markup",
    [
        "<a href=/a.jpg><iframe src=/a.html></iframe><frameset><frame src=/b.html></frameset>",
        "<iframe data-src=/a.html></iframe><a data-src=/a.jpg>",
        "<link rel=canonical href=/a><link rel=dns-prefetch href=//b.example><link rel=next href=/c><link href=/d>",
        "<input type=text src=/a.gif><input src=/b.gif>",
        "<object data=/a.pdf type=application/pdf></object><embed src=/a.swf>",
        "<audio src=/a.mp3></audio>",
        "<meta property=og:image content=/a.jpg>",
        "<!-- <img src=/a.jpg> --><!--[if lt IE 9]><script src=/html5.js></script><![endif]-->",
        "<template><img src=/a.jpg></template>",
        "<textarea><img src=/a.jpg></textarea>",
        "<script>document.write('<img src=/a.jpg>')</script>",
        "<style>@media print { @import 'a.css'; }</style>",
        "<p style=\"color: red; quotes: 'url(/a.jpg)'\">",
        '<div data-src="/van-ban/tep.pdf" data-toggle="collapsefile">',
    ],
)
def test_browser_does_not_ask_for(markup: str) -> None:
    assert of_page(markup) == []


@pytest.mark.parametrize(
    "reference",
    [
        *(
            "",
            " ",
            "#",
            "#icon",
            "data:image/gif;base64,R0lGOD",
            "javascript:void(0)",
            "about:blank",
            "blob:http://x/y",
        ),
        *(
            "mailto:a@b.vn",
            "ftp://a.example/x.png",
            "C:\\anh\\a.png",
            "file:///a.png",
            "JaVaScRiPt:x",
            "java\nscript:x",
        ),
        *("http://", "http://[", "http://[::g]/", "http://a b/", "http://a.example:99999/", "http://a.example:0/"),
        *("http://a.example:1e3/", "http://a.example:" + "9" * 9000, "//", "///", "http://a..example/", "http://%zz/"),
        *("http://" + "a" * 64 + ".vn/", "http://ten:mat-khau@a.example/x.png", "http://a<b>/", "/" + "a" * 5000),
    ],
)
def test_reference_that_leads_nowhere_is_left_out(reference: str) -> None:
    quoted = reference.replace("&", "&amp;").replace('"', "&quot;")
    assert of_page(f'<img src="{quoted}"><img src="/sau.png">') == [("/sau.png", "image")]


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        ("a.png", "http://hanam.example/tin/Pages/a.png"),
        (" \n../../a.png\t", "http://hanam.example/a.png"),
        ("../../../../a.png", "http://hanam.example/a.png"),
        ("/x/%2e%2E/./a.png", "http://hanam.example/a.png"),
        ("..", "http://hanam.example/tin/"),
        ("?anh=1", "http://hanam.example/tin/Pages/bai.aspx?anh=1"),
        ("//cdn.example/a.png", "http://cdn.example/a.png"),
        ("\\\\cdn.example\\a.png", "http://cdn.example/a.png"),
        ("https:\\\\cdn.example/a.png", "https://cdn.example/a.png"),
        ("http:///cdn.example/a.png", "http://cdn.example/a.png"),
        ("https:cdn.example/a.png", "https://cdn.example/a.png"),
        ("http:a.png", "http://hanam.example/tin/Pages/a.png"),
        ("anh\\thang 5\\a.png", "http://hanam.example/tin/Pages/anh/thang%205/a.png"),
        ("/ảnh.png", "http://hanam.example/%E1%BA%A3nh.png"),
        ("/a\u0309nh.png", "http://hanam.example/a%CC%89nh.png"),
        ("/%e1%ba%a3nh 100%.png", "http://hanam.example/%e1%ba%a3nh%20100%.png"),
        ("/a//b.png", "http://hanam.example/a//b.png"),
        ("b//c.png", "http://hanam.example/tin/Pages/b//c.png"),
        ("/a\r\n.p\x0bng", "http://hanam.example/a.png"),
        ("/a.png?v=à b'#c", "http://hanam.example/a.png?v=%C3%A0%20b%27"),
        ("/a.png?u=x\\y&b", "http://hanam.example/a.png?u=x\\y&b"),
        ("/f.eot?#iefix", "http://hanam.example/f.eot?"),
        ("HTTP://HÀNAM.example:80/A.png", "http://xn--hnam-0na.example/A.png"),
        ("https://a.example:0443/", "https://a.example/"),
        ("http://a.example:8080", "http://a.example:8080/"),
        ("http://[::1]:81/a", "http://[::1]:81/a"),
        ("/a;jsessionid=1?b", "http://hanam.example/a;jsessionid=1?b"),
        ("/{a}<b>|c", "http://hanam.example/%7Ba%7D%3Cb%3E|c"),
    ],
)
def test_url_is_as_a_browser_asks_for_it(reference: str, url: str) -> None:
    assert address(reference, URL) == url


def test_half_a_surrogate_pair_is_no_url() -> None:
    assert address("/\ud800.png", URL) is None
    assert address("http://\ud800/", URL) is None
    assert address("/?\ud800", URL) is None


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/theme/", "http://hanam.example/theme/a.png"),
        ("https://cdn.example/x/y.html", "https://cdn.example/x/a.png"),
        ("../", "http://hanam.example/tin/a.png"),
        ("http://[", "http://hanam.example/tin/Pages/a.png"),
        ("javascript:1", "http://hanam.example/tin/Pages/a.png"),
        ("", "http://hanam.example/tin/Pages/a.png"),
    ],
)
def test_base_element_is_what_references_are_relative_to(href: str, url: str) -> None:
    markup = f'<base href="{href}"><img src=a.png><p style="background:url(a.png)">'
    assert of_page(markup) == [(url.removeprefix("http://hanam.example"), "image")]


def test_page_without_an_http_address_gives_what_is_absolute() -> None:
    assert of_page("<img src=a.png><img src=http://a.example/b.png>", url="urn:x") == [
        ("http://a.example/b.png", "image")
    ]


@pytest.mark.parametrize(
    ("srcset", "names"),
    [
        ("a.jpg, b.jpg 2x", ["a.jpg", "b.jpg"]),
        ("a.jpg 320w,b.jpg 640w , c.jpg", ["a.jpg", "b.jpg", "c.jpg"]),
        ("/w_100,h_50/a.jpg 1x, b.jpg", ["/w_100,h_50/a.jpg", "b.jpg"]),
        (" ,, a.jpg,, b.jpg", ["a.jpg", "b.jpg"]),
        ("a.jpg (x, y) 1x, b.jpg (", ["a.jpg", "b.jpg"]),
        ("data:image/gif;base64,AA== 1x, b.jpg", ["b.jpg"]),
        ("\n  a.jpg\t1x\n, b b.jpg", ["a.jpg", "b"]),
        ("", []),
    ],
)
@pytest.mark.parametrize("tag", ["img", "picture><source"])
def test_every_candidate_of_a_srcset(tag: str, srcset: str, names: list[str]) -> None:
    found = of_page(f'<{tag} srcset="{srcset}">')
    assert found == [(name if name.startswith("/") else f"/tin/Pages/{name}", "image") for name in names]


@pytest.mark.parametrize("name", ["data-src", "data-original", "data-lazy-src", "data-srcset", "data-lazy-srcset"])
def test_images_that_scripts_load_late(name: str) -> None:
    placeholder = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
    assert of_page(f'<img class="lazy" src="{placeholder}" {name}="/anh/view?id=1">') == [("/anh/view?id=1", "image")]
    assert of_page(f'<div class="lazy" {name}="/anh/nen.JPG?v=1">') == [("/anh/nen.JPG?v=1", "image")]


def test_order_of_appearance_and_first_kind_wins() -> None:
    markup = """<html><head><link rel=preload as=style href=/a.css><link rel=stylesheet href=/a.css>
        <style>@import "/b.css"; p { background: url(/c.png) }</style><script src=/d.js></script></head>
        <body background=/e.gif style="cursor: url(/f.cur)"><img srcset="/g.png 2x" src=/h.png><img src="/c.png#x"></html>"""
    assert [url for url, _ in of_page(markup)] == [
        *("/a.css", "/b.css", "/c.png", "/d.js", "/e.gif", "/f.cur", "/g.png", "/h.png")
    ]


def test_sharepoint_page() -> None:
    markup = """<html><head><link rel="shortcut icon" href="/_layouts/15/images/favicon.ico?rev=23" type="image/vnd.icon" />
        <link rel="stylesheet" type="text/css" href="/_layouts/15/1066/styles/Themable/corev15.css?rev=a%3D%3D"/>
        <script type="text/javascript" src="/WebResource.axd?d=x1&amp;t=635"></script></head>
        <body><form><img src='/PublishingImages/Hội nghị 1.jpg?RenditionID=6' /><div style="background-image:url(
        '/SiteAssets/nen.png')"></div><input type="image" src="/Style%20Library/tim.gif" /></form></body></html>"""
    assert of_page(markup) == [
        ("/_layouts/15/images/favicon.ico?rev=23", "image"),
        ("/_layouts/15/1066/styles/Themable/corev15.css?rev=a%3D%3D", "style"),
        ("/WebResource.axd?d=x1&t=635", "script"),
        ("/PublishingImages/H%E1%BB%99i%20ngh%E1%BB%8B%201.jpg?RenditionID=6", "image"),
        ("/SiteAssets/nen.png", "image"),
        ("/Style%20Library/tim.gif", "image"),
    ]


@pytest.mark.parametrize(
    ("css", "found"),
    [
        ("@import 'a.css';", ("css/a.css", "style")),
        ('@import "a.css" screen and (min-width: 1px);', ("css/a.css", "style")),
        ("@import url(a.css) layer(x) supports(display: grid) print;", ("css/a.css", "style")),
        ("@IMPORT URL( 'a.css' )", ("css/a.css", "style")),
        ("@\\69mport 'a.css';", ("css/a.css", "style")),
        ("/* x */ @charset 'utf-8'; @layer a, b; <!-- @import/**/'a.css'; -->", ("css/a.css", "style")),
        ("p { background: #fff URL( ../a.png ) }", ("a.png", "image")),
        ("p { background: url('../a b.png') }", ("a%20b.png", "image")),
        ("p { background: url(a\\ b.png) }", ("css/a%20b.png", "image")),
        ("p { background: \\75 rl(a.png) }", ("css/a.png", "image")),
        ("p { background: url('a\\\nb\\2e png') }", ("css/ab.png", "image")),
        ("p { background: linear-gradient(red, blue), url(a.png", ("css/a.png", "image")),
        ("p { background: image-set('a.png' 1x) }", ("css/a.png", "image")),
        ("p { background: -webkit-image-set(url(a.png) 1x) }", ("css/a.png", "image")),
        ("p { --nen: url(a.png) }", ("css/a.png", "image")),
        ("@media print { p { background: url(a.png) } }", ("css/a.png", "image")),
        ("p { @media print { background: url(a.png) } }", ("css/a.png", "image")),
        ("@supports (x: y) { @Font-Face { src: url(a.woff2) format('woff2') } }", ("css/a.woff2", "font")),
        ("@font-face { font-family: x } p { background: url(a.png) }", ("css/a.png", "image")),
        ("p { @x } p { background: url(a.png) }", ("css/a.png", "image")),
    ],
)
def test_stylesheet_asks_for(css: str, found: tuple[str, str]) -> None:
    assert of_css(css) == [found]


@pytest.mark.parametrize(
    "css",
    [
        "/* @import 'a.css'; p { background: url(a.png) } */",
        "p::before { content: 'url(a.png)' }",
        "p { background: image-set(type('image/png')) }",
        "p { background: url(a.png b.png) } q { x: url(a'b.png) }",
        "p { background: url() } q { background: url('') }",
        "p { background: url(data:image/png;base64,AA==) } q { filter: url(#mo) }",
        "@namespace svg url(http://www.w3.org/2000/svg); @namespace 'http://www.w3.org/1999/xhtml';",
        "@supports (background: url(a.png)) { p { color: red } }",
        "p { color: red } @import 'a.css';",
        "@font-face { src: local('a.woff') }",
        "@import;",
    ],
)
def test_stylesheet_does_not_ask_for(css: str) -> None:
    assert of_css(css) == []


def test_font_of_four_formats() -> None:
    css = """@font-face { font-family: "Roboto"; src: url('../fonts/r.eot');
        src: local("Roboto"), url('../fonts/r.eot?#iefix') format('embedded-opentype'),
        url(../fonts/r.woff2)format("woff2"),url("../fonts/r.svg#r") format('svg') }"""
    assert of_css(css) == [(f"fonts/r.{end}", "font") for end in ("eot", "eot?", "woff2", "svg")]


def test_image_set_of_two() -> None:
    assert of_css('p { background: image-set("a.avif" type("image/avif"), url(b.png) 2x) }') == [
        ("css/a.avif", "image"),
        ("css/b.png", "image"),
    ]


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("p{background:url(ảnh.png)}".encode(), None),
        ("p{background:url(ảnh.png)}".encode(), "khong-co"),
        ("p{background:url(ảnh.png)}".encode(), "\ud800"),
        ("p{background:url(ảnh.png)}".encode("utf-8-sig"), "windows-1252"),
        ("p{background:url(ảnh.png)}".encode("utf-16"), None),
        ('@charset "utf-16";p{background:url(ảnh.png)}'.encode(), None),
        ('@charset "windows-1252";p{background:url(ảnh.png)}'.encode(), "UTF-8"),
    ],
)
def test_stylesheet_is_decoded_as_a_browser_decodes_it(text: bytes, charset: str | None) -> None:
    assert of_css(text, charset) == [("css/%E1%BA%A3nh.png", "image")]


def test_charset_rule_of_an_old_stylesheet() -> None:
    text = '@charset "windows-1258";p{background:url(à.png)}'.encode("cp1258")
    assert of_css(text) == [("css/%C3%A0.png", "image")]


def test_no_more_than_two_thousand() -> None:
    markup = "".join(f"<img src=/{number}.png>" for number in range(2_500))
    assert of_page(markup) == [(f"/{number}.png", "image") for number in range(2_000)]
    css = "p{background:url(/x.png)}" + "".join(f"p{{background:url({number}.png)}}" for number in range(2_500))
    assert len(of_css(css)) == 2_000


def test_stylesheet_is_cut_between_rules() -> None:
    rule = "p{background:url(/a.png)}"
    css = rule + " " * (2 * 1024 * 1024 - len(rule) - 20) + "p{background:url(/nua/duong/dan.png)}"
    assert stylesheet_requisites(css.encode(), CSS) == (Requisite("http://hanam.example/a.png", "image"),)


@pytest.mark.parametrize(
    "opening", ["{", "(", "[", "a(", "a{", "@media{", "image-set(", "url(", "\\", "'", "@import ", "}"]
)
def test_hostile_stylesheet_is_read_in_time(opening: str) -> None:
    css = "p{background:url(a.png)}" + opening * 100_000 + "url(z.png)"
    began = time.perf_counter()
    assert of_css(css)[0] == ("css/a.png", "image")
    assert of_page(f"<style>{css}</style><p style='{opening * 1000} url'>")[0] == ("/tin/Pages/a.png", "image")
    assert time.perf_counter() - began < 20


def test_what_lies_deep_is_found() -> None:
    assert of_css("{" * 100_000 + "x:url(a.png)") == [("css/a.png", "image")]


def test_millions_of_blocks_are_not_waited_for() -> None:
    began = time.perf_counter()
    css = "p{background:url(a.png)}" + "{" * 2_000_000 + "x:url(b.png)"
    assert of_css(css) == [("css/a.png", "image")]
    assert time.perf_counter() - began < 5


def test_number_that_python_refuses_does_not_end_the_reading() -> None:
    assert of_css("p{width:" + "9" * 100_000 + ";background:url(a.png)}") == [("css/a.png", "image")]


_MARKUP = ("<img src='", '<p style="', "<style>", "</style>", "<base href='", "' srcset='", "'>", '">', "&#xD800;")
_STYLE = ("url(", ")", "@import ", "@font-face{src:", "}", "{", '"', "/*", "*/", "image-set(", "\x00", "\ud800")
_ADDRESS = ("http:", "https:", "//", "\\", "[", "]", ":", "@", "?", "#", "%", "..", "/", "hà.vn", "a.png", "65536")
_PIECES = st.sampled_from((*_MARKUP, *_STYLE, *_ADDRESS, ",", " ", "\n", "1e9", "data:", "xn--"))
_SOUP = st.one_of(st.lists(_PIECES, max_size=30).map("".join), st.text(max_size=60))


def _holds(found: tuple[Requisite, ...]) -> None:
    assert len({one.url for one in found}) == len(found) <= 2_000
    for one in found:
        parts = urlsplit(one.url)
        assert one.kind in KINDS
        assert parts.scheme in ("http", "https")
        assert parts.hostname
        assert parts.port is None or 0 < parts.port < 65_536
        assert one.url.isascii()
        assert one.url.isprintable()
        assert not set(one.url) & set(' #"<>')
        assert address(one.url) == one.url


@given(soup=_SOUP, url=st.one_of(st.just(URL), _SOUP))
@example(soup="<img src='http://[::1]:1/'><img src='http://xn--/'>", url=URL)
def test_any_page(soup: str, url: str) -> None:
    body = soup.encode("utf-8", "surrogatepass")
    _holds(page_requisites(Page(Capture(url, datetime(2026, 11, 24, tzinfo=UTC), 200, (), body))))


@given(
    text=st.one_of(st.binary(max_size=80), _SOUP.map(lambda soup: soup.encode("utf-8", "surrogatepass"))),
    url=st.one_of(st.just(CSS), _SOUP),
    charset=st.one_of(
        st.none(), st.sampled_from(["utf-16", "iso-2022-jp", "replacement", "x-user-defined"]), st.text()
    ),
)
def test_any_stylesheet(text: bytes, url: str, charset: str | None) -> None:
    _holds(stylesheet_requisites(text, url, charset))


@given(reference=_SOUP, base=st.one_of(st.none(), st.just(URL)))
def test_any_reference(reference: str, base: str | None) -> None:
    url = address(reference, base)
    _holds((Requisite(url, "other"),) if url is not None else ())
