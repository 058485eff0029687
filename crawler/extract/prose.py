"""Where the text of a page of unknown make stands, and what stands inside it and is none of it."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement

from crawler.extract.letters import Letters, letters
from crawler.extract.page import Page

_LEAST_TEXT = 150
_NEARLY_ALL = 0.9
_ALL_BUT_A_WORD = 0.95
_MOSTLY_LINKS = 0.5
_TEXTUAL = {"p", "h2", "h3", "h4", "li", "ul", "ol", "div", "table", "blockquote", "pre"}
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
    """The element that holds the text, what is to be left out of it, and the page's letters with the text marked."""

    element: HtmlElement
    dropped: frozenset[HtmlElement]
    letters: Letters


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
            return Prose(node, frozenset(_strangers(told, node)), told)
        node = narrower


def names(node: HtmlElement) -> str:
    """An element's class and id, by which sites tell what it is."""
    return f"{node.get('class') or ''} {node.get('id') or ''}"


def is_beside(node: HtmlElement) -> bool:
    """Whether an element is what sites put beside an article: by its kind or by the names that they give it."""
    return node.tag in ("nav", "footer", "aside") or bool(_ASIDE.search(names(node)))


def _main_text(page: Page) -> list[str]:
    import trafilatura  # half a second of imports, for pages of unknown make alone

    tree = copy.deepcopy(page.root)
    etree.strip_tags(tree, etree.Comment, etree.ProcessingInstruction)  # they part words for it
    try:
        found = trafilatura.extract(tree, include_comments=False, include_tables=True, fast=True)
    except Exception:  # noqa: BLE001 - it is no code of ours, and a page that trips it is one without a body
        return []
    return (found or "").splitlines()


def _strangers(told: Letters, root: HtmlElement) -> Iterator[HtmlElement]:
    """What stands between the marked lines and is not of their make."""
    stack = list(root)
    while stack:
        node = stack.pop()
        if not isinstance(node.tag, str):
            continue
        marked, size = told.marked(node), told.size(node)
        if marked == 0:
            if not _belongs(told, node, size):
                yield node
        elif marked < _ALL_BUT_A_WORD * size:
            stack.extend(node)


def _belongs(told: Letters, node: HtmlElement, size: int) -> bool:
    """Whether an element without marked text belongs to it all the same: a picture, a file, a line like its neighbours."""
    if node.tag == "form" or is_beside(node):
        return False
    if node.tag in ("figure", "img", "picture", "br", "figcaption") or size == 0:
        return True
    if any(_FILE.search(anchor.get("href") or "") for anchor in node.iter("a")):
        return True
    linked = sum(told.size(anchor) for anchor in node.iter("a"))
    if linked >= _MOSTLY_LINKS * size:
        return False
    if size <= 600 and node.xpath("boolean(.//img | .//picture)"):
        return True
    parent = node.getparent()
    return node.tag in _TEXTUAL and parent is not None and any(
        other.tag == node.tag and other.get("class") == node.get("class") and told.marked(other) for other in parent
    )
