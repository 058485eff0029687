"""The pictures of a page of unknown make: those that stand above its text, and what is no picture of the article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from archive.url import host_of
from crawler.extract import jsonld
from crawler.extract.page import Page
from crawler.extract.prose import Prose, is_beside, names

_ICON = re.compile(
    r"(?:^|[\s_.-])(?:logo|icon|avatar|sprite|spacer|blank|pixel|emoji|badge|button|gravatar|author|1x1|tracking|favicon"
    r"|transparent)s?(?:$|[\s_.-])",
    re.IGNORECASE,
)
_HERO = re.compile(
    r"hero|feature|lead|main|cover|image|img|media|photo|picture|figure|topper|opener|teaser|aufmacher|thumb|anh|hinh",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)$", re.IGNORECASE)
_FRAMES = ("div", "span", "section")
_SMALLEST = 90
_FRAME_TEXT = 300
_DEEPEST_FRAME = 4


@dataclass(frozen=True, slots=True)
class Pictures:
    """The frames of pictures above the text, in order; those inside it; and the images in it that are none of its own."""

    above: tuple[HtmlElement, ...]
    inside: tuple[HtmlElement, ...]
    strange: tuple[HtmlElement, ...]


def find(page: Page, prose: Prose, head: HtmlElement | None, root: HtmlElement) -> Pictures:
    """The pictures of an article: `root` holds its headline and its text, `head` is the headline."""
    strange: list[HtmlElement] = []
    inside: list[HtmlElement] = []
    for image in prose.element.iter("img"):
        frame = _frame(prose, image, head, prose.element)
        if is_icon(image) or _is_beside(image, prose.element) or _leads_away(page, prose, image, frame):
            strange.append(image)  # an icon, the portrait of an author, the teaser of another article
        elif frame.tag in _FRAMES and prose.letters.size(frame) and _is_called_picture(image, frame):
            inside.append(frame)
    return Pictures(tuple(_above(page, prose, head, root)), tuple(inside), tuple(strange))


def _above(page: Page, prose: Prose, head: HtmlElement | None, root: HtmlElement) -> list[HtmlElement]:
    told = prose.letters
    text = told.order[prose.element]
    own = frozenset(_own(page))
    frames: dict[HtmlElement, None] = {}
    for image in root.iter("img"):
        shown = next(image.iterancestors("noscript"), image)
        order = told.order.get(shown)
        if order is None or order >= text:
            continue
        frame = _frame(prose, image, head, root)
        if is_icon(image) or _is_beside(image, root) or _leads_away(page, prose, image, frame):
            continue
        if _is_called_picture(image, frame) or own & set(_names_of(image)):
            frames[frame] = None
    return [frame for frame in frames if not any(outer in frames for outer in frame.iterancestors())]


def _is_called_picture(image: HtmlElement, frame: HtmlElement) -> bool:
    around = [*takewhile(lambda outer: outer is not frame, image.iterancestors()), frame]
    return any(node.tag in ("figure", "picture") or _HERO.search(names(node)) for node in around)


def is_icon(image: HtmlElement) -> bool:
    """Whether an image is too small for a picture, or called by a name of page furniture."""
    sizes = [_number(image.get(side)) for side in ("width", "height")]
    if any(size is not None and size < _SMALLEST for size in sizes):
        return True
    path = urlsplit_path(image.get("src") or "")
    return path.endswith(".svg") or bool(
        _ICON.search(f"{names(image)} {' '.join(path.split('/')[-2:])}") and not _lazy(image)
    )


def urlsplit_path(url: str) -> str:
    """A URL's path, empty where it is no URL."""
    try:
        return urlsplit(url.strip()).path
    except ValueError:
        return ""


def _lazy(image: HtmlElement) -> bool:
    return any(name.startswith("data-") and "src" in name for name in image.attrib)


def _number(text: str | None) -> int | None:
    told = (text or "").strip().removesuffix("px")
    return int(told) if re.fullmatch(r"[0-9]{1,5}", told) else None


def _is_beside(image: HtmlElement, root: HtmlElement) -> bool:
    for outer in image.iterancestors():
        if outer is root:
            return False
        if is_beside(outer):
            return True
    return False


def _leads_away(page: Page, prose: Prose, image: HtmlElement, frame: HtmlElement) -> bool:
    """Whether a picture is a link to another page of the site: a teaser.  What has words of its own beside is none."""
    anchor = next(image.iterancestors("a"), None)
    href = anchor.get("href") if anchor is not None else None
    url = page.absolute(href) if href else None
    if url is None or host_of(url) != host_of(page.url) or url.split("?")[0] == page.url.split("?")[0]:
        return False
    if _IMAGE.search(urlsplit_path(url)):
        return False
    captioned = frame.find(".//figcaption") is not None and not frame.xpath("boolean(.//h2 | .//h3 | .//h4)")
    linked = sum(prose.letters.size(inner) for inner in frame.iter("a"))
    return not captioned and linked * 2 >= prose.letters.size(frame)


def _frame(prose: Prose, image: HtmlElement, head: HtmlElement | None, root: HtmlElement) -> HtmlElement:
    """The figure around an image, else the largest element around it that holds little more than it and its caption."""
    told = prose.letters
    frame, depth = image, 0
    for outer in image.iterancestors():
        if outer is root or outer in (prose.element, head) or (head is not None and outer in head.iterancestors()):
            break
        if outer.tag == "figure" and told.size(outer):
            return outer
        if depth >= _DEEPEST_FRAME or told.size(outer) > _FRAME_TEXT or not _is_alone(image, outer):
            break
        frame = outer
        depth += outer.tag not in ("source", "picture")
    return frame


def _is_alone(image: HtmlElement, outer: HtmlElement) -> bool:
    """Whether an element shows no other picture; the same one for browsers without scripts is none."""
    plain = next(image.iterancestors("noscript"), None) is not None
    others = (other for other in outer.iter("img") if other is not image)
    return all((next(other.iterancestors("noscript"), None) is not None) != plain for other in islice(others, 2))


def _own(page: Page) -> Iterator[str]:
    """The names of the images that the page calls its own."""
    for url in page.declared(("property", "og:image"), ("name", "twitter:image")):
        yield _name(url)
    for node in jsonld.articles(page.linked_data):
        yield from map(_name, jsonld.texts(node.get("image")))


def _names_of(image: HtmlElement) -> Iterator[str]:
    for name, value in image.attrib.items():
        if "src" in str(name):
            yield _name(str(value).strip().split(" ")[0])


def _name(url: str) -> str:
    return urlsplit_path(url).rsplit("/", 1)[-1].rsplit(".", 1)[0]
