"""A small client for the demo portal's tests: real sockets to loopback, no name is ever looked up."""

import gzip
import http.client
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urljoin, urlsplit

from lxml import etree
from lxml import html as markup

from crawler.demo.server import DemoServer

Element = etree._Element


@dataclass(frozen=True)
class Reply:
    """What came back for one request, its body decoded from its content coding."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def tree(self) -> Element:
        return markup.document_fromstring(self.text)

    def find(self, xpath: str) -> list[Element]:
        found = self.tree.xpath(xpath)
        assert isinstance(found, list)
        return [node for node in found if isinstance(node, etree._Element)]

    def strings(self, xpath: str) -> list[str]:
        found = self.tree.xpath(xpath)
        assert isinstance(found, list)
        return [str(value) for value in found]


def fetch(
    server: DemoServer,
    url: str,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> Reply:
    """One request on a connection of its own; redirects are not followed."""
    parts = urlsplit(url)
    target = quote(parts.path or "/", safe="/%") + (f"?{parts.query}" if parts.query else "")
    body = urlencode(form) if form is not None else None
    sent = {"Host": parts.netloc, **(headers or {})}
    if body is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    connection = http.client.HTTPConnection(*server.address, timeout=10)
    try:
        connection.request(method, target, body, sent)
        response = connection.getresponse()
        data = response.read()
        names = {name.lower(): value for name, value in response.getheaders()}
    finally:
        connection.close()
    if names.get("content-encoding") == "gzip" and data:
        data = gzip.decompress(data)
    return Reply(url, response.status, names, data)


def words(node: Element) -> str:
    """The visible text of an element, white space folded, zero-width characters dropped."""
    return " ".join("".join(str(part) for part in node.itertext()).replace("\u200b", "").split())


def fields(reply: Reply) -> dict[str, str]:
    """The hidden fields of a page's form."""
    return {str(node.get("name")): str(node.get("value")) for node in reply.find("//form//input[@type='hidden']")}


def entries(reply: Reply) -> list[tuple[str, str]]:
    """(title, absolute address) of each entry of a listing page."""
    return [
        (words(node), urljoin(reply.url, str(node.get("href")))) for node in reply.find("//div[@class='tin-item']/h3/a")
    ]


def pages_by_link(server: DemoServer, url: str) -> Iterator[Reply]:
    """A listing's pages by SharePoint's own next link."""
    while url:
        reply = fetch(server, url)
        assert reply.status == 200
        yield reply
        url = next((urljoin(reply.url, href) for href in reply.strings("//td[@class='ms-paging']/a/@href")), "")


def pages_by_postback(server: DemoServer, url: str) -> Iterator[Reply]:
    """A listing's pages by its pager's postbacks, each with the fields of the page before it."""
    reply = fetch(server, url)
    yield reply
    while hrefs := reply.strings("//div[@class='phantrang']/a[.='>']/@href"):
        found = re.fullmatch(r"javascript:__doPostBack\('([^']+)','(\d+)'\)", hrefs[0])
        assert found
        form = {**fields(reply), "__EVENTTARGET": found[1], "__EVENTARGUMENT": found[2]}
        action = urljoin(reply.url, reply.strings("//form/@action")[0])
        reply = fetch(server, action, "POST", form=form)
        assert reply.status == 200
        yield reply


def listing_pages(server: DemoServer, url: str) -> list[Reply]:
    """All pages of a listing, in whichever way it is paged."""
    postback = fetch(server, url).find("//div[@class='phantrang']")
    return list((pages_by_postback if postback else pages_by_link)(server, url))
