"""The demo portal over real sockets: its listings, its pages, its files and its traps."""

import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest

from crawler.demo.addresses import (
    CHALLENGED,
    DISALLOWED,
    GONE,
    MAIN,
    OLD_ADDRESS,
    article_path,
    category_of,
    old_path,
    text_of,
)
from crawler.demo.body import NFD
from crawler.demo.listing import PAGER
from crawler.demo.page import NOTICE
from crawler.demo.server import DemoServer
from crawler.demo.site import Site, article_url, hosts, listing_urls
from crawler.demo.texts import APPEARED, EDIT, EDITED, SEED, VANISHED, Paragraph, Text, load
from crawler.demo.viewstate import read

from .demo_client import Reply, entries, fetch, fields, listing_pages, pages_by_postback, words

BODY_ID = "ctl00_PlaceHolderMain_ctl02__ControlWrapper_RichHtmlField"
BODY = f"//div[@id='{BODY_ID}']"
ODD = {GONE.title, CHALLENGED.title, DISALLOWED.title}


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def server(site: Site) -> Iterator[DemoServer]:
    with DemoServer(site) as running:
        yield running


def canonical(url: str) -> str:
    """The address without port and fragment, its path in lower case, an old address as the new one."""
    parts = urlsplit(urldefrag(url).url)
    path = parts.path.lower().replace("/pages/cu/", "/pages/")
    return f"http://{parts.hostname}{path}"


def listed(server: DemoServer, category: str) -> list[tuple[str, str]]:
    return [entry for page in listing_pages(server, listing_urls()[category]) for entry in entries(page)]


@pytest.mark.parametrize("night", [1, 2])
@pytest.mark.parametrize("category", list(listing_urls()))
def test_each_listing_leads_to_every_article_of_its_category_once(
    server: DemoServer, site: Site, night: int, category: str
) -> None:
    site.night = night
    found = listed(server, category)
    assert len({title for title, _ in found}) == len(found)
    wanted = {(text.title, article_url(text).lower()) for text in site.texts if text.category == category}
    assert {(title, canonical(url)) for title, url in found if title not in ODD} == wanted


def test_listings_show_five_entries_a_page_newest_first(server: DemoServer) -> None:
    pages = listing_pages(server, listing_urls()["Đoàn thanh niên"])
    assert [len(entries(page)) for page in pages] == [5, 5, 2]
    assert entries(pages[0])[0][0] == text_of(SEED).title
    assert pages[0].strings("//div[@class='tin-item'][1]/span[@class='ngay']") == []
    days = [page.strings("//span[@class='ngay']/text()") for page in pages]
    years = [day[6:] for page in days for day in page]
    assert years == sorted(years, reverse=True)
    assert [words(page.find("//td[@class='ms-paging']")[0]) for page in pages] == [
        "1 - 5 Tiếp",
        "6 - 10 Tiếp",
        "11 - 12",
    ]


def test_listings_write_the_same_address_in_several_ways(server: DemoServer) -> None:
    urls = [url for category in listing_urls() for _, url in listed(server, category)]
    assert any(urlsplit(url).port == 80 for url in urls)
    assert any(urlsplit(url).fragment for url in urls)
    assert any(urlsplit(url).path.startswith("/pages/") for url in urls)
    for url in urls:
        if canonical(url) in {article_url(text).lower() for text in load()} and "/cu/" not in url:
            assert fetch(server, url).status == 200


def test_postback_paging_is_a_chain_of_view_states(server: DemoServer, site: Site) -> None:
    for night in (1, 2):
        site.night = night
        pages = list(pages_by_postback(server, listing_urls()["Kinh tế"]))
        assert [words(page.find("//span[@class='current']")[0]) for page in pages] == ["1", "2", "3"]
        states = [read(fields(page)["__VIEWSTATE"]) for page in pages]
        assert [state.page for state in states] == [1, 2, 3]
        assert len({state.load for state in states}) == 3
        assert sum(len(entries(page)) for page in pages) == 11


def test_postback_needs_a_view_state_that_the_server_made(server: DemoServer) -> None:
    url = listing_urls()["Kinh tế"]
    good = fields(fetch(server, url)) | {"__EVENTTARGET": PAGER, "__EVENTARGUMENT": "2"}
    assert fetch(server, url, "POST", form=good).status == 200
    other = fields(fetch(server, article_url(text_of(SEED))))["__VIEWSTATE"]
    state = good["__VIEWSTATE"]
    swapped = state[:40] + ("A" if state[40] != "A" else "B") + state[41:]
    missing = {name: value for name, value in good.items() if name != "__VIEWSTATE"}
    bad = [missing, *(good | {"__VIEWSTATE": value} for value in ("", "dDwtMTA4MzE0MjEwNTs7Pg==", "!", swapped, other))]
    bad += [good | {"__EVENTARGUMENT": value} for value in ("9", "0", "x", "")]
    for form in bad:
        reply = fetch(server, url, "POST", form=form)
        assert reply.status == 500
        assert "Server Error" in reply.text
        assert NOTICE in reply.text
    stays = fetch(server, url, "POST", form=good | {"__EVENTTARGET": "", "__EVENTARGUMENT": ""})
    assert words(stays.find("//span[@class='current']")[0]) == "1"


def test_a_page_behind_the_last_is_empty(server: DemoServer) -> None:
    reply = fetch(server, listing_urls()["Văn hóa - Thể thao"] + "?Paged=TRUE&PageFirstRow=31")
    assert reply.status == 200
    assert entries(reply) == []


def squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).replace("\u200b", "").split())


def without(body: str, text: Text) -> str:
    """What is left of a squeezed body once all that its text and its pictures say is taken out."""
    pieces = [paragraph.replace(" | ", "") for paragraph in text.paragraphs]
    for _, caption, credit in text.captions:
        pieces += [caption or "", f"Ảnh: {credit}" if credit else ""]
    if text.source:
        pieces.append(next(s for s in (f"Nguồn: {text.source}", f"(Theo {text.source})") if squeezed(s) in body))
    if text.attachment:
        pieces.append(text.attachment.name)
        pieces.append(next(label for label in ("Tệp đính kèm:", "Tài liệu kèm theo:") if squeezed(label) in body))
    pieces.append(text.author or "")
    for piece in sorted(map(squeezed, pieces), key=len, reverse=True):
        assert piece in body
        body = body.replace(piece, "", 1)
    return body


@pytest.mark.parametrize("night", [1, 2])
def test_every_article_page_holds_its_text(server: DemoServer, site: Site, night: int) -> None:
    site.night = night
    for text in site.texts:
        reply = fetch(server, article_url(text), headers={"Accept-Encoding": "gzip"})
        assert reply.status == 200
        assert NOTICE in reply.text
        body = squeezed("".join(str(part) for part in reply.find(BODY)[0].itertext()))
        at = 0
        for paragraph in text.paragraphs:
            at = body.index(squeezed(paragraph.replace(" | ", "")), at)
        assert without(body, text) == ""
        for file, _, _ in text.captions:
            assert reply.find(f"{BODY}//img[contains(@src, '{file.replace('.', '_')}') or contains(@src, '{file}')]")
        assert [squeezed(words(node)) for node in reply.find("//h1|//div[@class='tinbai-tieude']")] == [
            squeezed(text.title)
        ] * 2
        assert (reply.strings("//div[@class='tinbai-trichdan']/strong/text()") == []) == (text.lead is None)
        day = words(reply.find("//div[@class='tinbai-ngay']")[0])
        assert re.fullmatch(re.escape(f"{text.published} | " if text.published else "") + r"Lượt xem: [\d.]+", day)
        crumbs = [words(node) for node in reply.find("//div[@class='tinbai-duongdan']/a")]
        assert crumbs == ["Tin theo lĩnh vực", text.category]


def test_the_seed_page_is_laid_out_as_the_real_one(server: DemoServer) -> None:
    reply = fetch(server, article_url(text_of(SEED)))
    lines = [words(node) for node in reply.find(f"{BODY}/div/p")]
    captions = [caption for _, caption, _ in text_of(SEED).captions]
    assert [line for line in lines if line and line not in captions] == list(text_of(SEED).paragraphs)
    alts = reply.strings(f"{BODY}//img/@alt")
    assert alts == ["IMG_7698.jpg", "bt.jpg", "IMG_7703.jpg", "DSC08916.jpg"]
    raw = [block.text for block in text_of(SEED).blocks if isinstance(block, Paragraph)]
    source = html.unescape(reply.text)
    assert all(text in source for text in raw)


def test_bodies_are_messy_in_the_declared_ways(server: DemoServer) -> None:
    sources = {text.slug: fetch(server, article_url(text)).text for text in Site().texts}
    assert not unicodedata.is_normalized("NFC", sources[NFD])
    for mark in ("&aacute;", "&#7879;", "\u200b", "<p>&nbsp;</p>", "<br /><br />", "/_w/", "<figcaption>", "<ul>"):
        assert sum(mark in source for source in sources.values()) >= 2, mark


@pytest.mark.parametrize("night", [1, 2])
def test_every_image_document_and_link_of_every_page_works(server: DemoServer, site: Site, night: int) -> None:
    site.night = night
    pages = [fetch(server, article_url(text)) for text in site.texts]
    pages += [page for url in listing_urls().values() for page in listing_pages(server, url)]
    pages += [fetch(server, f"http://{host}/") for host in hosts()]
    files = {urljoin(page.url, src) for page in pages for src in page.strings("//img/@src | //link/@href")}
    hrefs = {
        urldefrag(urljoin(page.url, href)).url
        for page in pages
        for href in page.strings("//a/@href")
        if not href.startswith(("javascript:", "#"))
    }
    kinds = {"jpg": b"\xff\xd8\xff", "pdf": b"%PDF-", "css": b"/*"}
    for url in files | {href for href in hrefs if href.endswith((".jpg", ".pdf"))}:
        reply = fetch(server, url)
        assert (reply.status, reply.body[: len(kinds[url[-3:]])]) == (200, kinds[url[-3:]]), url
    statuses = {href: fetch(server, href).status for href in hrefs}
    odd = {href: status for href, status in statuses.items() if status != 200}
    old = f"http://{MAIN}{old_path(text_of(OLD_ADDRESS))}"
    assert odd == {old: 302, f"http://{MAIN}{GONE.path}": 404}


def test_night_two_differs_exactly_as_declared(server: DemoServer, site: Site) -> None:
    def bodies() -> dict[str, str]:
        replies = {text.slug: fetch(server, article_url(text)) for text in load()}
        return {
            slug: reply.text.split(BODY_ID)[1].split("tinbai-chiase")[0]
            for slug, reply in replies.items()
            if reply.status == 200
        }

    one = bodies()
    site.night = 2
    two = bodies()
    assert one.keys() - two.keys() == {VANISHED}
    assert two.keys() - one.keys() == set(APPEARED)
    assert [slug for slug in one.keys() & two.keys() if one[slug] != two[slug]] == [EDITED]
    letters = [re.sub(r"<[^>]*>|&#?\w+;", "", body) for body in (one[EDITED], two[EDITED])]
    assert len(letters[0]) == len(letters[1])
    assert sum(a != b for a, b in zip(*letters, strict=True)) == sum(a != b for a, b in zip(*EDIT, strict=True)) == 2
    gone = fetch(server, article_url(text_of(VANISHED)))
    assert gone.status == 404
    assert "Không tìm thấy trang" in gone.text
    assert NOTICE in gone.text


def test_what_changes_at_each_load(server: DemoServer) -> None:
    url = article_url(text_of(SEED))
    first, second = fetch(server, url), fetch(server, url)
    for name in ("__VIEWSTATE", "__REQUESTDIGEST", "__EVENTVALIDATION"):
        assert fields(first)[name] != fields(second)[name]
    assert 2_000 <= len(fields(first)["__VIEWSTATE"]) <= 6_200
    assert first.headers["sprequestguid"] != second.headers["sprequestguid"]

    def counted(reply: Reply, what: str) -> int:
        found = re.search(rf"{what}: ([\d.]+)", reply.text)
        assert found
        return int(found[1].replace(".", ""))

    for what in ("Lượt xem", "Lượt truy cập"):
        assert counted(second, what) == counted(first, what) + 1
    assert first.strings(f"{BODY}//text()") == second.strings(f"{BODY}//text()")


def test_headers_are_those_of_sharepoint(server: DemoServer) -> None:
    reply = fetch(server, article_url(text_of(SEED)))
    assert reply.headers["cache-control"] == "private, max-age=0"
    assert reply.headers["microsoftsharepointteamservices"] == "15.0.0.4569"
    assert "set-cookie" in reply.headers
    assert "etag" not in reply.headers
    cookie = reply.headers["set-cookie"].partition(";")[0]
    assert "set-cookie" not in fetch(server, article_url(text_of(SEED)), headers={"Cookie": cookie}).headers
    assert "var _spPageContextInfo={webServerRelativeUrl: " in reply.text


def test_about_half_of_the_pages_are_chunked_and_all_can_be_gzipped(server: DemoServer, site: Site) -> None:
    replies = [fetch(server, article_url(text), headers={"Accept-Encoding": "gzip, br"}) for text in site.texts]
    assert all(reply.headers["content-encoding"] == "gzip" for reply in replies)
    chunked = [reply.headers.get("transfer-encoding") == "chunked" for reply in replies]
    assert 10 < sum(chunked) < 32
    assert all(("content-length" in reply.headers) != c for reply, c in zip(replies, chunked, strict=True))
    assert "content-encoding" not in fetch(server, replies[0].url).headers


def test_files_have_validators_and_answer_304(server: DemoServer) -> None:
    for path in ("/PublishingImages/2021/IMG_7698.jpg", "/Style%20Library/hanam/portal.css"):
        url = f"http://{MAIN}{path}"
        full = fetch(server, url)
        assert full.status == 200
        assert re.fullmatch(r'"\{[0-9A-F-]{36}\},2"', full.headers["etag"])
        for conditions in (
            {"If-None-Match": full.headers["etag"]},
            {"If-None-Match": f'"other,1", {full.headers["etag"]}'},
            {"If-Modified-Since": full.headers["last-modified"]},
        ):
            reply = fetch(server, url, headers=conditions)
            assert (reply.status, reply.body) == (304, b"")
            assert reply.headers["etag"] == full.headers["etag"]
        for conditions in (
            {"If-None-Match": '"{00000000-0000-0000-0000-000000000000},2"'},
            {"If-Modified-Since": "Thu, 01 Jan 2004 00:00:00 GMT"},
            {"If-Modified-Since": "yesterday"},
        ):
            assert fetch(server, url, headers=conditions).body == full.body


def test_traps(server: DemoServer) -> None:
    old = text_of(OLD_ADDRESS)
    moved = fetch(server, f"http://{category_of(old).host}{old_path(old)}")
    assert (moved.status, moved.headers["location"]) == (302, article_path(old))
    gone = fetch(server, f"http://{MAIN}{GONE.path}")
    assert gone.status == 404
    assert NOTICE in gone.text
    url = f"http://{MAIN}{CHALLENGED.path}"
    first = fetch(server, url)
    assert (first.status, len(first.body)) == (200, 177)
    found = re.search(r"D1N=\w+", first.text)
    assert found
    assert "window.location.reload(true)" in first.text
    assert fetch(server, url, headers={"Cookie": found[0]}).body == first.body
    for host in hosts():
        robots = fetch(server, f"http://{host}/robots.txt").text.splitlines()
        assert robots == ["User-agent: *", "Disallow: /_layouts/", "Disallow: /_vti_bin/"]
    titles = {title for category in listing_urls() for title, _ in listed(server, category)}
    assert titles >= ODD


def test_hosts_paths_and_methods(server: DemoServer, site: Site) -> None:
    seed, district = text_of(SEED), next(text for text in load() if text.category == "Giáo dục - Y tế")
    assert fetch(server, f"http://{hosts()[1]}{article_path(seed)}").status == 404
    assert fetch(server, f"http://{hosts()[0]}{article_path(district)}").status == 404
    assert fetch(server, f"http://{hosts()[0]}:80{article_path(seed).upper()}").status == 200
    assert fetch(server, "http://other.example/").status == 400
    assert fetch(server, article_url(seed), "DELETE").status == 405
    head = fetch(server, article_url(seed), "HEAD")
    assert (head.status, head.body) == (200, b"")
    proxied = site.answer("GET", "127.0.0.1", article_url(seed), {}, b"")
    assert proxied.status == 200
    with pytest.raises(ValueError, match="nights 1 and 2"):
        site.night = 3


def test_related_links_never_name_what_is_not_online(server: DemoServer, site: Site) -> None:
    def linked(text: Text) -> list[str]:
        return fetch(server, article_url(text)).strings("//div[@class='tinbai-lienquan']//a/@href")

    for night in (1, 2):
        site.night = night
        online = {article_path(text) for text in site.texts} - {article_path(text_of(OLD_ADDRESS))}
        for text in site.texts:
            assert len(linked(text)) == 3
            assert set(linked(text)) <= online - {article_path(text)}
