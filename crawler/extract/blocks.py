"""A body's markup as a row of blocks: the lines a person sees and the pictures between them, in order."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from archive.article import Attachment, Link
from crawler.extract import files, sources
from crawler.extract.cells import Cell, grid
from crawler.extract.layout import unchanged
from crawler.extract.page import Page, elements_at
from crawler.extract.text import clean, is_file_label

_IMAGES = re.compile(r"\.(jpe?g|png|gif|webp|bmp|tiff?)$", re.IGNORECASE)
_SKIPPED = {
    "script", "style", "noscript", "noframes", "template", "head", "input", "select", "textarea", "button", "datalist",
    "svg", "canvas",
}  # fmt: skip
_BLOCKS = {
    "body", "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "dl", "dt", "dd", "table", "tbody", "thead",
    "tfoot", "tr", "td", "th", "caption", "blockquote", "figure", "figcaption", "section", "article", "header", "footer",
    "center", "pre", "address", "main", "aside", "nav", "form", "fieldset", "legend", "details", "summary", "menu",
}  # fmt: skip
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_STRANGERS = {"hr", "iframe", "embed", "object", "video", "audio"}
_OWN_ROWS = "tr | tbody/tr | thead/tr | tfoot/tr"
_CAPTION_CLASS = re.compile(r"caption|chu-?thich|img-?note|photo-?note", re.IGNORECASE)
_DISPLAYED = re.compile(r"(?<![\w-])display\s*:\s*(?:block|flex|grid|table|list-item)\b", re.IGNORECASE)
_RULED = re.compile(r"(?<![\w-])(?:MsoTableGrid|table|table-bordered|ms-rteTable-[\w-]+)(?![\w-])")
_CREDIT_CLASS = re.compile(
    r"credit|copyright|photographer|fotograf|urheber|(?:^|[\s_-])(?:authors?|agency|rights|byline|quelle|source|tac-?gia)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"(?<![\w-])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_ALIGN = re.compile(r"(?<![\w-])text-align\s*:\s*(center|right|end|left|justify|start)", re.IGNORECASE)
_ALIGN_CLASS = re.compile(r"(?:^|\s)(?:text-|rte)(center|right|left|justify)(?:\s|$)", re.IGNORECASE)
_ITALIC = re.compile(r"font-style\s*:\s*(?:(italic)|normal)", re.IGNORECASE)
_BOLD = re.compile(r"font-weight\s*:\s*(?:(bold|[6-9]00)|normal|[1-5]00)", re.IGNORECASE)
_LONGEST_CELL, _LONGEST_RULED = 400, 4000
Elements = frozenset[HtmlElement]


class Place(NamedTuple):
    """Where a block stands: its block element and its line on the screen by number; its cell, figure and list item."""

    paragraph: int
    row: int
    cell: Cell | None = None
    figure: int | None = None
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text.

    `kind` is text, heading, item or rows.  `caption` numbers the element around it that is marked as a caption.  Styles
    are true where all of its words have them; `bold` is underlined too.  `credit` where the markup says that it names who
    made a picture.  `files` where it does no more than name those, as it names them.  `linked` where links have most of it.
    """

    text: str
    kind: str
    place: Place
    caption: int | None = None
    italic: bool = False
    bold: bool = False
    centred: bool = False
    right: bool = False
    credit: bool = False
    files: tuple[Attachment, ...] = ()
    linked: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as it stands in the body; `url` is canonical and leads to the full size."""

    url: str
    alt: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Gap:
    """Something to look at that is not kept here: a film, a frame, a rule, an image without an address."""


Block = Line | Picture | Gap


@dataclass(frozen=True, slots=True)
class Blocks:
    """What a body holds."""

    row: tuple[Block, ...]
    links: tuple[Link, ...]
    attachments: tuple[Attachment, ...]


def read(
    page: Page,
    bodies: Sequence[HtmlElement],
    dropped: Elements,
    full_image: Callable[[str], str] = unchanged,
    named: Elements = frozenset(),
    frames: Elements = frozenset(),
) -> Blocks:
    """The blocks of `bodies` in order, without what `dropped` holds; a body inside another is read once.

    `named` are links that are known to lead to files, though their addresses do not say so; `frames` are elements that
    are figures though no tag says it.
    """
    reader = _Reader(page, dropped, full_image, named, frames)
    for body in bodies:
        if not any(outer in bodies for outer in body.iterancestors()):
            reader.walk(body, _Style(paragraph=reader.number()))
            reader.end_line()
    return Blocks(tuple(reader.out), tuple(dict.fromkeys(reader.links())), tuple(reader.attachments()))


class _Style(NamedTuple):
    """What holds for the text at one point of the walk; `target` is the index of the link around it."""

    paragraph: int
    kind: str = "text"
    cell: Cell | None = None
    figure: int | None = None
    item: int | None = None
    caption: int | None = None
    target: int | None = None
    italic: bool = False
    bold: bool = False
    centred: bool = False
    right: bool = False
    data: bool = False
    typed: bool = False
    credit: bool = False


@dataclass(slots=True)
class _Target:
    """What a link or a frame leads to, and the words that are shown for it."""

    url: str
    file: bool
    words: list[str] = field(default_factory=list)
    row: int = 0
    pictured: bool = False


class _Reader:
    """The walk over the markup: the line being gathered, and what is finished."""

    def __init__(
        self, page: Page, dropped: Elements, full_image: Callable[[str], str], named: Elements, frames: Elements
    ) -> None:
        self.named = named
        self.page = page
        self.frames = frames
        self.dropped = dropped
        self.full_image = full_image
        self.out: list[Block] = []
        self.targets: list[_Target] = []
        self.runs: list[tuple[str, _Style]] = []
        self.rows: list[list[str]] = []
        self.cells: dict[HtmlElement, Cell] = {}
        self.number = itertools.count(1).__next__
        self.row = 0

    def walk(self, root: HtmlElement, style: _Style) -> None:
        # an explicit stack: pages nest deeper than Python does
        stack = [("open", root, style)]
        while stack:
            step, node, outer = stack.pop()
            if step == "tail":
                self.say(node.tail, outer)
            elif step == "close":
                self.close(node, outer)
            elif self.is_seen(node) and (inner := self.enter(node, outer)):
                if inner.paragraph != outer.paragraph:
                    stack.append(("close", node, inner))
                for child in reversed(node):
                    stack += (("tail", child, inner), ("open", child, inner))
                self.say(node.text, inner)

    def is_seen(self, node: HtmlElement) -> bool:
        if not isinstance(node.tag, str) or node in self.dropped:
            return False
        if node.tag in _SKIPPED and not (node.tag == "noscript" and sources.holds_picture(node, self.page.absolute)):
            return False
        return node.get("hidden") is None and not _HIDDEN.search(node.get("style") or "")

    def enter(self, node: HtmlElement, outer: _Style) -> _Style | None:
        """The style inside an element; None where there is nothing to read inside it, or it is read."""
        if node.tag == "br":
            self.end_line()
        elif node.tag == "img":
            self.picture(node, outer)
        elif node.tag in _STRANGERS:
            file = self.stranger(node)  # libxml2 takes what follows an <embed> for its content
            return outer if node.tag == "embed" or (node.tag == "object" and not file) else None
        elif node.tag in ("td", "th") and outer.data:
            self.data_cell(node, outer)
        else:
            return self.styled(node, node.tag, outer)
        return None

    def styled(self, node: HtmlElement, tag: str, style: _Style) -> _Style:
        css, names = node.get("style") or "", node.get("class") or ""
        said = (style.figure is not None or style.caption is not None) and not style.credit
        credited = said and self.is_credit(node, names)
        if _is_block(node) or credited or (self.frames and node in self.frames):
            self.end_line()
            style = self.placed(node, tag, _aligned(node, tag, css, names, style))
        if tag == "a":
            style = self.linked(node, style)
        if credited:
            style = style._replace(credit=True)
        marked = tag == "figcaption" or _CAPTION_CLASS.search(names)
        if marked and style.caption is None and node.find(".//img") is None:
            style = style._replace(caption=self.number())
        italic = bool(told[1]) if (told := _ITALIC.search(css)) else style.italic or tag in ("i", "em", "cite")
        bold = bool(told[1]) if (told := _BOLD.search(css)) else style.bold or tag in ("b", "strong", "th", "u")
        return style if (italic, bold) == (style.italic, style.bold) else style._replace(italic=italic, bold=bold)

    def is_credit(self, node: HtmlElement, names: str) -> bool:
        """Whether the markup names who made the picture."""
        told = f"{names} {node.get('itemprop') or ''}"
        return bool(_CREDIT_CLASS.search(told)) and node.tag != "figcaption" and node.find(".//img") is None

    def placed(self, node: HtmlElement, tag: str, style: _Style) -> _Style:
        if tag == "table":
            style = style._replace(data=self.is_data(node))
        if style.data:
            self.rows.append([])
        return style._replace(
            paragraph=self.number(),
            kind="heading" if tag in _HEADINGS else "item" if tag == "li" else style.kind,
            cell=self.cells.get(node, style.cell),
            figure=self.number() if tag == "figure" or node in self.frames else style.figure,
            item=self.number() if tag == "li" else style.item,
            typed=style.typed or tag == "pre",
        )

    def is_data(self, table: HtmlElement) -> bool:
        """Whether a table is one of figures: rows of short cells.  Of any other, made for the layout, cells are noted."""
        shown = filter(self.is_seen, elements_at(table, _OWN_ROWS))
        rows = [[cell for cell in row if cell.tag in ("td", "th") and self.is_seen(cell)] for row in shown]
        longest = _LONGEST_RULED if _is_ruled(table) else _LONGEST_CELL
        if table.find(".//table") is None and table.find(".//img") is None:
            lengths = [[len("".join(cell.itertext()).strip()) for cell in row] for row in rows]
            told = [row for row in lengths if any(row)]
            if len(told) >= 2 and max(map(len, told)) >= 2 and max(map(max, told)) <= longest:
                return True
        self.cells |= grid(self.number(), rows)
        return False

    def linked(self, node: HtmlElement, style: _Style) -> _Style:
        if (url := self.page.absolute(node.get("href") or "")) is None:
            return style
        file = files.behind(self.page, url) or (url if node in self.named else None)
        self.targets.append(_Target(file or url, file is not None))
        return style._replace(target=len(self.targets) - 1)

    def stranger(self, node: HtmlElement) -> bool:
        """Whether a frame shows a file."""
        self.emit()
        if not sources.is_dot(node):
            self.out.append(Gap())
        told = [node.get(name) or "" for name in ("src", "data-src", "data")]
        urls = [self.page.absolute(value) for value in (*told, *map(files.told_behind_a_fragment, told))]
        file = next((file for url in urls if url and (file := files.behind(self.page, url))), None)
        if file:
            self.targets.append(_Target(file, True))
        return file is not None

    def picture(self, node: HtmlElement, style: _Style) -> None:
        if sources.is_dot(node):
            return
        self.emit()
        url = next((url for source in sources.of(node) if (url := self.page.absolute(source))), None)
        if style.target is not None:
            target = self.targets[style.target]
            target.pictured = True
            if _IMAGES.search(urlsplit(target.url).path):
                url = target.url
        alt = clean(node.get("alt") or "") or None
        self.out.append(Picture(self.full_image(url), alt, self.place(style)) if url else Gap())

    def place(self, style: _Style) -> Place:
        return Place(style.paragraph, self.row, style.cell, style.figure, style.item)

    def data_cell(self, cell: HtmlElement, style: _Style) -> None:
        self.end_line()
        kept, self.out = self.out, []
        self.walk(cell, style._replace(data=False))
        lines, self.out = self.out, kept
        self.rows[-1].append(" ".join(line.text for line in lines if isinstance(line, Line)))

    def close(self, node: HtmlElement, style: _Style) -> None:
        self.end_line()
        if node.tag == "table" and (rows := [clean(" | ".join(row)) for row in self.rows if any(row)]):
            self.rows.clear()
            self.out.append(Line("\n".join(rows), "rows", self.place(style)))

    def say(self, text: str | None, style: _Style) -> None:
        for number, piece in enumerate((text or "").split("\n") if style.typed else [text] if text else []):
            if number:
                self.end_line()
            self.runs.append((piece, style))
            if style.target is not None:
                target = self.targets[style.target]
                target.words.extend([piece] if target.row == self.row else [" ", piece])
                target.row = self.row

    def end_line(self) -> None:
        self.emit()
        self.row += 1

    def emit(self) -> None:
        runs, self.runs = self.runs, []
        text = clean("".join(run for run, _ in runs)) if runs else ""
        if not text:
            return
        # a full stop outside the italics takes no dress from a caption
        told = [style for run, style in runs if any(map(str.isalnum, run))] or [style for _, style in runs]
        first = told[0]
        caption = first.caption if all(style.caption for style in told) else None
        italic, bold = all(style.italic for style in told), all(style.bold for style in told)
        files, place = self.files_of(runs), self.place(first)
        linked = 2 * sum(len(run) for run, style in runs if style.target is not None) > len(text)
        dress = (italic, bold, first.centred, first.right, first.credit)
        self.out.append(Line(text, first.kind, place, caption, *dress, files, linked))

    def files_of(self, runs: Sequence[tuple[str, _Style]]) -> tuple[Attachment, ...]:
        rest, words = "", dict[str, str]()
        for run, style in runs:
            if style.target is not None and (target := self.targets[style.target]).file:
                words[target.url] = words.get(target.url, "") + run
            else:
                rest += run
        named = (Attachment(url, clean(name)) for url, name in words.items())
        return tuple(named) if is_file_label(rest) else ()

    def links(self) -> Iterator[Link]:
        for target in self.targets:
            words = clean("".join(target.words))
            if words and not target.file and not (target.pictured and _IMAGES.search(urlsplit(target.url).path)):
                yield Link(target.url, words)

    def attachments(self) -> Iterator[Attachment]:
        names: dict[str, str] = {}
        for target in filter(lambda target: target.file, self.targets):
            words = clean("".join(target.words))
            told = not is_file_label(words) or any(map(str.isdigit, words))
            names[target.url] = names.get(target.url) or (words if told else "")
        for url, name in names.items():
            yield Attachment(url, name or files.name(url))


def _is_ruled(table: HtmlElement) -> bool:
    """Whether a table shows its rules, or heads its columns: it is then there for what its cells say."""
    border = (table.get("border") or "0").strip()
    return border not in ("", "0") or bool(_RULED.search(table.get("class") or "")) or table.find(".//th") is not None


def _is_block(node: HtmlElement) -> bool:
    return node.tag in _BLOCKS or bool(_DISPLAYED.search(node.get("style") or ""))


def _aligned(node: HtmlElement, tag: str, css: str, names: str, style: _Style) -> _Style:
    told = _ALIGN.search(css) or _ALIGN_CLASS.search(names)
    side = (told[1] if told else node.get("align") or ("center" if tag == "center" else "")).lower()
    return style._replace(centred=side in ("center", "middle"), right=side in ("right", "end")) if side else style
