"""A body's markup as a row of blocks: the lines a person sees and the pictures between them, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from archive.article import Attachment, Link
from crawler.extract.page import Page
from crawler.extract.text import clean

FILES = re.compile(r"\.(pdf|docx?|xlsx?|pptx?|zip|rar|7z|odt|ods)$", re.IGNORECASE)
_IMAGES = re.compile(r"\.(jpe?g|png|gif|webp|bmp|tiff?)$", re.IGNORECASE)

_SKIPPED = {"script", "style", "noscript", "template", "head", "input", "select", "textarea", "button", "svg", "audio"}
_BLOCKS = {
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "dl", "dt", "dd", "table", "tbody", "thead", "tfoot",
    "tr", "td", "th", "blockquote", "figure", "figcaption", "section", "article", "header", "footer", "center", "pre",
    "address", "main", "aside", "nav", "form", "fieldset", "hr", "caption", "details", "summary",
}  # fmt: skip
_CAPTION_CLASS = re.compile(r"caption|chu-?thich|chuthich|img-?note|photo-?note", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ALIGN = re.compile(r"text-align\s*:\s*(center|right)", re.IGNORECASE)
_ITALIC = re.compile(r"font-style\s*:\s*italic", re.IGNORECASE)
_BOLD = re.compile(r"font-weight\s*:\s*(bold|[6-9]00)", re.IGNORECASE)
_NOT_BOLD = re.compile(r"font-weight\s*:\s*(normal|[1-4]00)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text.

    `kind` is text, heading, item or rows.  `paragraph` numbers the innermost block it stands in, `table` the layout table
    (None outside one), `figure` the figure.  Styles are true where all of the line has them.  `file_only` where the line
    is nothing but the name of an attached file.
    """

    text: str
    kind: str
    paragraph: int
    table: int | None
    figure: int | None
    italic: bool
    bold: bool
    centred: bool
    right: bool
    marked_caption: bool
    file_only: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as it stands in the body; `url` is canonical and leads to the full size."""

    url: str
    alt: str | None
    paragraph: int
    table: int | None
    figure: int | None


Block = Line | Picture


@dataclass(frozen=True, slots=True)
class Blocks:
    """What a body holds; `leads` are the lines of the elements that were named as the lead."""

    row: tuple[Block, ...]
    links: tuple[Link, ...]
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class _Style:
    kind: str = "text"
    paragraph: int = 0
    table: int | None = None
    figure: int | None = None
    italic: bool = False
    bold: bool = False
    centred: bool = False
    right: bool = False
    marked_caption: bool = False
    link: str | None = None
    file: bool = False


@dataclass
class _Flow:
    """The walk's running state: the line being gathered, and what is finished."""

    out: list[Block] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    runs: list[tuple[str, _Style]] = field(default_factory=list)
    count: int = 0

    def flush(self) -> None:
        runs = [(text, style) for text, style in self.runs if clean(text)]
        text = clean("".join(text for text, _ in self.runs))
        self.runs = []
        if not runs:
            return
        first = runs[0][1]
        outside = clean("".join(text for text, style in runs if not style.file))
        self.out.append(
            Line(
                text=text,
                kind=first.kind,
                paragraph=first.paragraph,
                table=first.table,
                figure=first.figure,
                italic=all(style.italic for _, style in runs),
                bold=all(style.bold for _, style in runs),
                centred=first.centred,
                right=first.right,
                marked_caption=all(style.marked_caption for _, style in runs),
                file_only=any(style.file for _, style in runs) and bool(_FILE_LABEL.fullmatch(outside)),
            )
        )

    def number(self) -> int:
        self.count += 1
        return self.count


_FILE_LABEL = re.compile(
    r"[\s.,;:()\[\]*•+-]*(?:(?:xem |tải |các |download )*(?:tệp|tập tin|file|văn bản|tài liệu|chi tiết|nội dung)?[\w\s]{0,24}"
    r"(?:đính kèm|kèm theo|tại đây|về|xem|download|gửi kèm)?)[\s.,;:()\[\]*•+-]*",
    re.IGNORECASE,
)


def read(page: Page, bodies: list[HtmlElement], dropped: frozenset[HtmlElement], full_image: object = None) -> Blocks:
    """The blocks of `bodies` in order, without what `dropped` holds."""
    flow = _Flow()
    make_full = full_image if callable(full_image) else lambda url: url
    for body in bodies:
        _walk(page, body, _Style(paragraph=flow.number()), flow, dropped, make_full)
        flow.flush()
    return Blocks(tuple(flow.out), tuple(dict.fromkeys(flow.links)), _by_url(flow.files))


def _by_url(files: list[Attachment]) -> tuple[Attachment, ...]:
    seen: dict[str, Attachment] = {}
    for file in files:
        known = seen.get(file.url)
        if known is None or not known.name:
            seen[file.url] = file
    return tuple(seen.values())


def _walk(page: Page, element: HtmlElement, style: _Style, flow: _Flow, dropped: frozenset[HtmlElement], full) -> None:  # type: ignore[no-untyped-def]
    # an explicit stack: pages nest deeper than Python does
    stack: list[tuple[str, HtmlElement, _Style]] = [("open", element, style)]
    while stack:
        step, node, outer = stack.pop()
        if step == "tail":
            if node.tail:
                flow.runs.append((node.tail, outer))
            continue
        if step == "close":
            flow.flush()
            continue
        if not isinstance(node.tag, str) or node.tag in _SKIPPED or node in dropped or _is_hidden(node):
            continue
        tag = node.tag
        if tag == "br":
            flow.flush()
            continue
        if tag == "img":
            _picture(page, node, outer, flow, full)
            continue
        if tag in ("iframe", "embed", "object"):
            _embedded(page, node, flow)
            if tag != "object":
                continue
        inner = _styled(node, tag, outer, flow)
        if tag == "a":
            inner = _linked(page, node, inner, flow)
        if tag == "table":
            if _is_data(node):
                flow.flush()
                _rows(page, node, inner, flow)
                continue
            inner = replace(inner, table=flow.number())
        block = tag in _BLOCKS
        if block:
            flow.flush()
            stack.append(("close", node, inner))
        following: list[tuple[str, HtmlElement, _Style]] = []
        for child in node:
            following.append(("open", child, inner))
            following.append(("tail", child, inner))
        if node.text:
            flow.runs.append((node.text, inner))
        stack.extend(reversed(following))


def _is_hidden(node: HtmlElement) -> bool:
    return bool(_HIDDEN.search(node.get("style") or "")) or node.get("hidden") is not None


def _styled(node: HtmlElement, tag: str, outer: _Style, flow: _Flow) -> _Style:
    css = node.get("style") or ""
    align = _ALIGN.search(css)
    side = (align[1] if align else node.get("align") or ("center" if tag == "center" else "")).lower()
    style = outer
    if tag in _BLOCKS:
        style = replace(style, paragraph=flow.number())
    if side in ("center", "right", "left", "justify"):
        style = replace(style, centred=side == "center", right=side == "right")
    if tag in ("i", "em", "cite") or _ITALIC.search(css):
        style = replace(style, italic=True)
    if tag in ("b", "strong", "th") or _BOLD.search(css):
        style = replace(style, bold=True)
    elif _NOT_BOLD.search(css):
        style = replace(style, bold=False)
    if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
        style = replace(style, kind="heading")
    elif tag == "li":
        style = replace(style, kind="item")
    elif tag == "figure":
        style = replace(style, figure=flow.number())
    if tag in ("figcaption", "caption") or (_CAPTION_CLASS.search(node.get("class") or "") and not _holds_picture(node)):
        style = replace(style, marked_caption=True)
    return style


def _holds_picture(node: HtmlElement) -> bool:
    return node.find(".//img") is not None


def _linked(page: Page, node: HtmlElement, style: _Style, flow: _Flow) -> _Style:
    url = page.absolute(node.get("href") or "")
    if url is None:
        return style
    words = clean("".join(node.itertext()))
    if FILES.search(urlsplit(url).path):
        flow.files.append(Attachment(url, words or _file_name(url)))
        return replace(style, link=url, file=True)
    if words and not _IMAGES.search(urlsplit(url).path):
        flow.links.append(Link(url, words))
    return replace(style, link=url)


def _picture(page: Page, node: HtmlElement, style: _Style, flow: _Flow, full) -> None:  # type: ignore[no-untyped-def]
    sources = (node.get("data-src"), node.get("data-original"), _widest(node.get("srcset") or node.get("data-srcset")))
    url = next((u for s in (*sources, node.get("src")) if s and (u := page.absolute(s))), None)
    if url is None or _is_dot(node):
        return
    if style.link and _IMAGES.search(urlsplit(style.link).path):
        url = style.link
    flow.flush()
    alt = clean(node.get("alt") or "") or None
    flow.out.append(Picture(full(url), alt, style.paragraph, style.table, style.figure))


def _widest(srcset: str | None) -> str | None:
    best, width = None, -1.0
    for part in re.split(r",\s+", srcset or ""):
        words = part.split()
        size = float(words[1][:-1]) if len(words) > 1 and re.fullmatch(r"\d+(\.\d+)?[wx]", words[1]) else 0.0
        if words and size > width:
            best, width = words[0], size
    return best


def _is_dot(node: HtmlElement) -> bool:
    """A spacer or a counter's pixel."""
    sizes = [node.get("width") or "", node.get("height") or ""]
    return any(size.removesuffix("px") in ("0", "1", "2") for size in sizes)


def _embedded(page: Page, node: HtmlElement, flow: _Flow) -> None:
    for name in ("src", "data"):
        url = page.absolute(node.get(name) or "")
        if url is None:
            continue
        inner = re.search(r"[?&](?:url|file)=([^&]+)", url)  # a viewer's address carries the file's
        wrapped = page.absolute(unquote(inner[1])) if inner else None
        for candidate in (url, wrapped):
            if candidate and FILES.search(urlsplit(candidate).path):
                flow.files.append(Attachment(candidate, _file_name(candidate)))


def _file_name(url: str) -> str:
    return clean(unquote(urlsplit(url).path.rsplit("/", 1)[-1]))


def _is_data(table: HtmlElement) -> bool:
    """A table of figures rather than of layout: two rows and columns at least, short cells, no picture, no table inside."""
    if table.find(".//table") is not None or _holds_picture(table):
        return False
    rows = list(_table_rows(table))
    if len(rows) < 2 or max((len(row) for row in rows), default=0) < 2:
        return False
    return all(len(cell) <= 400 for row in rows for cell in row)


def _table_rows(table: HtmlElement) -> Iterator[list[str]]:
    for row in table.iter("tr"):
        cells = [clean(" ".join(cell.itertext())) for cell in row if cell.tag in ("td", "th")]
        if any(cells):
            yield cells


def _rows(page: Page, table: HtmlElement, style: _Style, flow: _Flow) -> None:
    for anchor in table.iter("a"):
        _linked(page, anchor, style, flow)
    text = "\n".join(" | ".join(row) for row in _table_rows(table))
    flow.out.append(
        Line(text, "rows", flow.number(), None, None, False, False, style.centred, style.right, False, False)
    )
