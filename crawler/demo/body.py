"""The body field of an article page, with markup as messy as editors' markup is.

Which mess an article gets depends on its slug alone, so that its page is the same text in the same markup each night.
"""

import html
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.entities import codepoint2name
from itertools import groupby
from typing import Literal

from crawler.demo.addresses import BARE_RENDITIONS, LINKED_RENDITIONS, digest, image_path, rendition_path
from crawler.demo.texts import SEED, Items, Paragraph, Picture, Rows, Text

Wrapper = Literal["justified", "div", "breaks", "nested", "plain"]
_WRAPPERS: tuple[Wrapper, ...] = ("justified", "div", "breaks", "nested", "plain")

NFD = "lien-hoan-dan-ca-kim-bang-2016"
"""The article typed on a machine that parts letters from their marks."""

LAYOUT_TABLE = "ha-giai-tu-bo-dinh-vinh-lac"
"""The article whose whole body stands in one cell of a table."""

TITLE_AS_ALT = frozenset(
    {
        "hop-tac-xa-rau-an-toan-ven-song-chau",
        "soi-noi-hoi-vat-lang-dong-thuong",
        "hoi-khoe-phu-dong-duy-tien-2015",
        "thap-nen-tri-an-nghia-trang-duy-tien",
    }
)
"""Their images' alt text is the article's title; everywhere else it is the file name."""

_BLANK = "<p>&nbsp;</p>"
_EOL = "\r\n"


@dataclass(frozen=True)
class Style:
    """How one article is marked up."""

    wrapper: Wrapper
    entities: bool = False  # letters as &aacute; and &#7879;
    zero_width: bool = False  # U+200B here and there, as SharePoint's editor leaves them
    blanks: bool = False  # paragraphs of nothing but &nbsp;
    broken_lines: bool = False  # the source breaks its lines within sentences
    nfd: bool = False
    layout_table: bool = False


def style_of(slug: str) -> Style:
    """The article's markup; the seed and the two special articles have theirs given, the others by their slug."""
    if slug == SEED:
        return Style("justified")
    if slug == NFD:
        return Style("plain", nfd=True, blanks=True)
    if slug == LAYOUT_TABLE:
        return Style("div", layout_table=True)
    picks = digest(slug)
    return Style(
        wrapper=_WRAPPERS[picks[0] % len(_WRAPPERS)],
        entities=picks[1] % 3 == 0,
        zero_width=picks[2] % 3 == 0,
        blanks=picks[3] % 2 == 0,
        broken_lines=picks[4] % 3 == 0,
    )


def encode(text: str, style: Style) -> str:
    """Running text as the page's source writes it; two spaces in a row survive as SharePoint keeps them."""
    text = text.replace("  ", "\u00a0 ")
    if style.nfd:
        text = unicodedata.normalize("NFD", text)
    if style.zero_width:
        text = "\u200b" + text.replace(", ", ", \u200b", 1)
    written = html.escape(text, quote=False).replace("\u00a0", "&#160;")
    if style.broken_lines:
        written = _broken(written)
    return "".join(map(_entity, written)) if style.entities else written


def _entity(character: str) -> str:
    if ord(character) < 128 or character == "\u200b":
        return character
    name = codepoint2name.get(ord(character))
    return f"&{name};" if name else f"&#{ord(character)};"


def _broken(text: str, width: int = 110) -> str:
    lines: list[str] = []
    while len(text) > width and (cut := text.rfind(" ", 0, width)) > 0:
        lines.append(text[:cut])
        text = text[cut + 1 :]
    return _EOL.join([*lines, text])


def _runs(text: str) -> Iterator[str]:
    """A text in pieces, as pasting from a word processor cuts it: the first letter, then every seventh word."""
    yield text[:1]
    words = text[1:].split(" ")
    for start in range(0, len(words), 7):
        piece = " ".join(words[start : start + 7])
        yield piece + (" " if start + 7 < len(words) else "")


def _inline(text: str, style: Style) -> str:
    if style.wrapper == "justified":
        return f'<span style="font-size:14pt">{encode(text, style)}</span>'
    if style.wrapper == "nested":
        later = replace(style, zero_width=False)
        runs = (encode(run, later if number else style) for number, run in enumerate(_runs(text)))
        pieces = "".join(f'<span style="color:#000000">{run}</span>' for run in runs)
        font = "font-family:&quot;times new roman&quot;,serif"
        return f'<span style="{font}"><span style="font-size:14pt"><span lang="VI">{pieces}</span></span></span>'
    return encode(text, style)


def _paragraph(text: str, style: Style) -> str:
    match style.wrapper:
        case "justified" | "breaks":
            opening, tag = '<p style="text-align:justify">', "p"
        case "nested":
            opening, tag = '<p class="MsoNormal" style="margin:6pt 0cm;text-align:justify">', "p"
        case "div":
            opening, tag = '<div style="text-align:justify">', "div"
        case "plain":
            opening, tag = "<p>", "p"
    return f"{opening}{_inline(text, style)}</{tag}>"


def _texts(texts: list[str], style: Style) -> Iterator[str]:
    """Paragraphs that follow one another: one element each, or all in one element parted by line breaks."""
    if style.wrapper == "breaks":
        parted = "<br /><br />".join(encode(text, style) for text in texts)
        yield f'<p style="text-align:justify">{parted}</p>'
        return
    for number, text in enumerate(texts):
        if style.blanks and number % 2:
            yield _BLANK
        yield _paragraph(text, style)


def _image(picture: Picture, text: Text) -> str:
    alt = html.escape(text.title if text.slug in TITLE_AS_ALT else picture.file)
    full, small = image_path(text, picture.file), rendition_path(text, picture.file, "_w")
    shown = small if text.slug in LINKED_RENDITIONS | BARE_RENDITIONS else full
    tag = f'<img alt="{alt}" src="{shown}" style="margin:5px;width:560px" />'
    return f'<a href="{full}">{tag}</a>' if text.slug in LINKED_RENDITIONS else tag


def _picture(picture: Picture, text: Text, style: Style) -> Iterator[str]:
    tag = "div" if style.wrapper == "div" else "p"
    image = _image(picture, text)
    caption = encode(picture.caption or "", style)

    def centred(content: str) -> str:
        return f'<{tag} style="text-align:center">{content}</{tag}>'

    match picture.form:
        case "same":
            yield centred(f"{image}{'&#160;' if style.wrapper == 'justified' else ' '}{caption}")
        case "table":
            yield '<table align="center" border="0" cellpadding="1" cellspacing="1" style="width:560px"><tbody>'
            yield f"<tr><td>{image}</td></tr>"
            yield f'<tr><td style="text-align:center">{caption}</td></tr></tbody></table>'
        case "figure":
            yield f'<figure class="anh-bai">{image}<figcaption>{caption}</figcaption></figure>'
        case "plain":
            yield centred(image)
            yield _paragraph(picture.caption or "", style)
        case "gap":
            yield centred(f"{image}&#160;")
            yield _BLANK
            yield centred(caption)
        case "after" | "credit":
            yield centred(image)
            yield centred(f"<em>{caption}</em>")
            if picture.credit:
                yield centred(encode(f"Ảnh: {picture.credit}", style))
        case "none":
            yield centred(image)


def _rows(rows: Rows, style: Style) -> Iterator[str]:
    yield '<table class="ms-rteTable-default" cellspacing="0" style="width:100%"><tbody>'
    for number, row in enumerate(rows.rows):
        tag = "td" if number or style.wrapper in ("div", "nested") else "th"
        bold = tag == "td" and not number
        cells = (f"<strong>{encode(cell, style)}</strong>" if bold else encode(cell, style) for cell in row)
        written = "".join(f'<{tag} class="ms-rteTableEvenCol-default">{cell}</{tag}>' for cell in cells)
        yield f'<tr class="ms-rteTableOddRow-default">{written}</tr>'
    yield "</tbody></table>"


def _tail(text: Text, style: Style) -> Iterator[str]:
    if text.author:
        yield f'<p style="text-align:right"><strong>{encode(text.author, style)}</strong></p>'
    if text.source and digest(text.slug)[5] % 2:
        yield f'<p style="text-align:right"><em>{encode(f"Nguồn: {text.source}", style)}</em></p>'
    elif text.source:
        yield f'<p style="text-align:right">{encode(f"(Theo {text.source})", style)}</p>'
    if text.attachment:
        link = f'<a href="/Documents/{text.attachment.file}">{encode(text.attachment.name, style)}</a>'
        label = "Tệp đính kèm:" if digest(text.slug)[6] % 2 else "Tài liệu kèm theo:"
        yield f"<p>{encode(label, style)} {link}</p>"


def body(text: Text) -> str:
    """The content of the page's RichHtmlField."""
    style = style_of(text.slug)
    lines: list[str] = []
    for kind, blocks in groupby(text.blocks, type):
        group = list(blocks)
        if kind is Paragraph:
            lines.extend(_texts([block.text for block in group if isinstance(block, Paragraph)], style))
        for block in group:
            match block:
                case Picture():
                    lines.extend(_picture(block, text, style))
                case Items(items):
                    lines.extend(["<ul>", *(f"<li>{_inline(item, style)}</li>" for item in items), "</ul>"])
                case Rows():
                    lines.extend(_rows(block, style))
                case Paragraph():
                    pass
    lines.extend(_tail(text, style))
    written = _EOL.join(lines)
    if style.layout_table:
        opening = '<table border="0" cellpadding="0" cellspacing="0" style="width:100%"><tbody><tr><td>'
        written = f"{opening}{_EOL}{written}{_EOL}</td></tr></tbody></table>"
    outer = f"ExternalClass{digest(text.slug).hex()[:32].upper()}"
    return f'<div class="{outer}">{written}</div>'
