"""The lead of a page of unknown make: what stands between its headline and its text and sums it up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from crawler.extract import headline, jsonld
from crawler.extract.letters import Letters, letters
from crawler.extract.page import Page, text_of
from crawler.extract.prose import Prose, is_beside, names

_NAMES = re.compile(
    r"stand-?first|stand_first|\bsapo|(?:^|[\s_-])(?:lead|lede|leadtext|leadin|teaser(?:[\s_-]?text)?|summary|deck|dek|intro"
    r"|introduction|introtext|preface|excerpt|sub-?(?:title|headline|heading|head|line)|abstract|chapeau|chapo|bajada"
    r"|entradilla|subtitulo|vorspann|einleitung|anrisstext|description|desc|hometext|tom-?tat|trich-?dan|mo-?ta|gioi-?thieu"
    r"|ingress|perex|synopsis|sommario|catenaccio|strapline|strap|speakable(?:-summary)?)(?:$|[\s_-])",
    re.IGNORECASE,
)
_NO_LEAD = {"a", "h1", "figcaption", "time"}
_SHORTEST, _LONGEST = 25, 700
_MARGIN = 500
_MOST = 300
_SHORTEST_SAID = 40
_LEAST_ALIKE = 0.75
_FEWEST_WORDS = 7


def find(
    page: Page, prose: Prose, head: HtmlElement | None, root: HtmlElement, frames: frozenset[HtmlElement]
) -> HtmlElement | None:
    """The element that holds the lead, or None.  What stands in the `frames` of pictures is their captions."""
    told = prose.letters
    start = told.spans[head][1] if head is not None else told.spans[root][0]
    first = max(told.marked_from(start), start)
    near = list(islice(_near(told, root, start, first + _MARGIN), _MOST))
    heads = {letters(title) for title in headline.told(page)}
    captions = {inner for frame in frames for inner in frame.iter()}
    near = [node for node in near if node not in captions and told.of(node) not in heads]
    marked = [node for node in (_described(page, prose, near), _named(told, near, root)) if node is not None]
    return min(marked, key=told.order.__getitem__) if marked else _alone(prose, near, head, root)


def _near(told: Letters, root: HtmlElement, start: int, end: int) -> Iterator[HtmlElement]:
    """What begins between two letters and may be a lead by its length and its kind."""
    for node in root.iter():
        first, last = told.spans.get(node, (start, start))
        if first > end:
            return
        if start <= first and _SHORTEST <= last - first <= _LONGEST and node.tag not in _NO_LEAD:
            yield node


def _described(page: Page, prose: Prose, near: list[HtmlElement]) -> HtmlElement | None:
    """What says the same as the page's description of itself, and is set apart from the text."""
    for description in dict.fromkeys(letters(text) for text in _descriptions(page)):
        if len(description) < _SHORTEST:
            continue
        for node in reversed(near):
            said = prose.letters.of(node)
            if _is_alike(said, description) and not _is_plain(node, prose):
                return node
    return None


def _descriptions(page: Page) -> Iterator[str]:
    yield from page.declared(("property", "og:description"))
    yield from page.declared(("name", "description"))
    for node in jsonld.articles(page.linked_data):
        yield from jsonld.texts(node.get("description"))


def _is_alike(said: str, description: str) -> bool:
    shorter, longer = sorted((said, description), key=len)
    return len(shorter) >= _LEAST_ALIKE * len(longer) and (shorter in longer or said[:40] == description[:40])


def _is_plain(node: HtmlElement, prose: Prose) -> bool:
    """Whether it is a paragraph like those after it: the description was made of the text's beginning."""
    if node.tag != "p" or _NAMES.search(names(node)) or node.find("strong") is not None or node.find("b") is not None:
        return False
    parent = node.getparent()
    after = [other for other in node.itersiblings("p") if prose.letters.marked(other)]
    return (
        parent is not None and len(after) >= 2 and all(other.get("class") == node.get("class") for other in after[:2])
    )


def _named(told: Letters, near: list[HtmlElement], root: HtmlElement) -> HtmlElement | None:
    """What the site calls its lead; of several the innermost, and the longest of those."""
    named = [node for node in near if _is_named(node) and not _is_beside(node, root) and not _is_linked(told, node)]
    outer = {parent for node in named for parent in node.iterancestors()}
    return next((node for node in named if node not in outer), None)


def _is_named(node: HtmlElement) -> bool:
    said = f"{names(node)} {node.get('itemprop') or ''} {node.get('data-role') or ''}"
    return bool(_NAMES.search(said)) and node.tag not in ("span", "figure", "img", "ul", "li", "button")


def _is_beside(node: HtmlElement, root: HtmlElement) -> bool:
    for outer in (node, *node.iterancestors()):
        if outer is root:
            return False
        if outer.tag == "figure" or is_beside(outer):
            return True
    return False


def _is_linked(told: Letters, node: HtmlElement) -> bool:
    return sum(told.size(anchor) for anchor in node.iter("a")) > told.size(node) / 2


def _says(told: Letters, node: HtmlElement) -> bool:
    """Whether an element of no meaning of its own says a sentence that no element inside it says."""
    own = sum(len(letters(text)) for text in (node.text, *(child.tail for child in node)) if text)
    return node.tag in ("div", "span") and own >= _SHORTEST_SAID and own >= told.size(node) / 2


def _alone(prose: Prose, near: list[HtmlElement], head: HtmlElement | None, root: HtmlElement) -> HtmlElement | None:
    """The one paragraph of a sentence that stands between the headline and the element of the text."""
    if head is None:
        return None
    told, text = prose.letters, prose.element
    between = [
        node
        for node in near
        if (node.tag in ("p", "h2", "h3", "strong") or _says(told, node))
        and told.spans[node][1] <= told.spans[text][0]
        and len(text_of(node).split()) >= _FEWEST_WORDS
        and not _is_beside(node, root)
        and not _is_linked(told, node)
    ]
    outermost = [node for node in between if not any(outer in between for outer in node.iterancestors())]
    return outermost[0] if len(outermost) == 1 else None
