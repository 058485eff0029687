"""Where the text of a page of unknown make stands, and what stands inside it and is none of it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement

from crawler.extract.letters import Letters, letters
from crawler.extract.page import Page

_DOCUMENT = re.compile(r"\s{0,9}<(?:html|!doctype\s+html)", re.IGNORECASE)
_DEEP = etree.XPath(f"boolean({'/*' * 250})")
_LARGE = 2 << 20
_LEAST_TEXT = 150
_NEARLY_ALL = 0.9
_ALL_BUT_A_WORD = 0.999
_MOSTLY_LINKS = 0.5
_TEXTUAL = {"p", "h2", "h3", "h4", "li", "table", "blockquote", "pre"}
_FRAMES = {"figure", "img", "picture", "br", "figcaption", "noscript"}
_CAPTION = re.compile(r"caption|chu-?thich|legend|img-?note", re.IGNORECASE)
_TEASER = 600
_SENTENCE = 60
_SHORTEST_LINKS = 20
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z|odt|ods)(?:$|[?#])", re.IGNORECASE)
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:related|share|sharing|social|newsletter|promo|promotion|comments?|authors?|byline|tags?|taglist|adverts?"
    r"|advertisement|ads?|banner|sponsor|sponsored|subscribe|subscription|signup|recommend\w*|read-?(?:more|also|next)"
    r"|breadcrumbs?|sidebar|footer|nav|navbar|navigation|toolbar|popular|most-?read|trending|login|paywall|lien-?quan"
    r"|tin-?(?:khac|moi|lienquan)|binh-?luan|chia-?se|avatar|logo|outbrain|taboola|rating)(?:$|[\s_-])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Prose:
    """The element that holds the text, and the page's letters with the text marked."""

    element: HtmlElement
    letters: Letters

    def strangers(self, frames: frozenset[HtmlElement]) -> frozenset[HtmlElement]:
        """What stands inside the element and is none of the text, nor of the `frames` of its pictures."""
        return frozenset(_strangers(self.letters, self.element, frames))


def find(page: Page) -> Prose | None:
    """The smallest element that holds (nearly) all that trafilatura takes for the article; None where it finds none."""
    found = _main_text(page)
    if sum(len(letters(line)) for line in found) < _LEAST_TEXT:
        return None
    body = page.root.find("body")
    node = body if body is not None else page.root
    told = Letters(node)
    told.mark(found)
    total = told.marked(node)
    if total < _LEAST_TEXT:
        return None
    while True:
        narrower = next((child for child in node if told.marked(child) >= _NEARLY_ALL * total), None)
        if narrower is None or narrower.tag in ("p", "span", "font"):
            return Prose(node, told)
        node = narrower


def names(node: HtmlElement) -> str:
    """An element's class and id, by which sites tell what it is."""
    return f"{node.get('class') or ''} {node.get('id') or ''}"


def is_beside(node: HtmlElement) -> bool:
    """Whether an element is what sites put beside an article: by its kind or by the names that they give it."""
    return node.tag in ("nav", "footer", "aside") or bool(_ASIDE.search(names(node)))


def _main_text(page: Page) -> list[str]:
    import trafilatura  # half a second of imports, for pages of unknown make alone

    source = page.root if _is_whole(page) else page.text  # it works on a copy of a tree
    try:
        found = trafilatura.extract(source, include_comments=False, include_tables=True, fast=True)
        if found is None or len(found) < 2 * _LEAST_TEXT or _is_menu(found):
            found = trafilatura.extract(source, include_comments=False, include_tables=True, favor_precision=True)
    except Exception:  # noqa: BLE001 - it is no code of ours, and a page that trips it is one without a body
        return []
    return (found or "").splitlines()


def _is_whole(page: Page) -> bool:
    """Whether trafilatura would parse the page as it is parsed here: its own parser stops where markup nests without end."""
    odd = len(page.text) > _LARGE or "\ufffe" in page.text or "\uffff" in page.text
    return not odd and bool(_DOCUMENT.match(page.text)) and not _DEEP(page.root)


def _is_menu(found: str) -> bool:
    """Whether it is rather what a whole page says: mostly lines too short for sentences."""
    return 2 * sum(len(line) for line in found.splitlines() if len(line) >= _SENTENCE) < len(found)


def _strangers(told: Letters, root: HtmlElement, frames: frozenset[HtmlElement]) -> Iterator[HtmlElement]:
    """What stands between the marked lines and is not of their make."""
    stack, total = list(root), told.marked(root)
    pictured = _around(itertools.chain(root.iter("figure"), frames), root)
    makes: dict[HtmlElement, set[tuple[str, str | None]]] = {}
    while stack:
        node = stack.pop()
        if not isinstance(node.tag, str):
            continue
        marked, size = told.marked(node), told.size(node)
        if marked and 3 * marked < total and (is_beside(node) or _is_list_of_links(told, node, size)):
            yield node
        elif marked == 0:
            if node in frames or _belongs(told, node, size, makes):
                continue
            if node in pictured and not is_beside(node):
                stack.extend(node)
            else:
                yield node
        elif marked < _ALL_BUT_A_WORD * size:
            stack.extend(node)


def _around(nodes: Iterable[HtmlElement], root: HtmlElement) -> set[HtmlElement]:
    """The nodes and all that holds one of them, up to `root`."""
    found: set[HtmlElement] = set()
    for node in nodes:
        for outer in (node, *node.iterancestors()):
            if outer in found or outer is root:
                break
            found.add(outer)
    return found


def _is_list_of_links(told: Letters, node: HtmlElement, size: int) -> bool:
    """Whether an element says hardly anything but where else to go; files are no pages."""
    if node.tag in ("a", "span", "strong", "b", "em", "i", "font") or size < _SHORTEST_LINKS:
        return False
    anchors = list(node.iter("a"))
    linked = sum(map(told.size, anchors))
    return linked >= 0.8 * size and not any(_FILE.search(anchor.get("href") or "") for anchor in anchors)


def _belongs(
    told: Letters, node: HtmlElement, size: int, makes: dict[HtmlElement, set[tuple[str, str | None]]]
) -> bool:
    """Whether an element without marked text belongs to it all the same: a picture, a file, a line like its neighbours."""
    if node.tag == "form" or is_beside(node):
        return False
    linked = sum(told.size(anchor) for anchor in node.iter("a"))
    if node.tag in _FRAMES or size == 0 or _CAPTION.search(names(node)):
        return not linked or linked < _MOSTLY_LINKS * size
    if any(_FILE.search(anchor.get("href") or "") for anchor in node.iter("a")):
        return size <= _TEASER
    parent = node.getparent()
    if node.tag not in _TEXTUAL or parent is None:
        return False
    if parent not in makes:
        makes[parent] = {(other.tag, other.get("class")) for other in parent if told.marked(other)}
    return linked < _MOSTLY_LINKS * size and (node.tag, node.get("class")) in makes[parent]
