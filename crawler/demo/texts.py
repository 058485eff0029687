"""The demo portal's 44 articles as their authors wrote them, and which of them are online on which night.

The texts are the ground truth a crawl of the portal is compared with: `Text.paragraphs` and `Text.captions` are
what a right reading of the article's page yields, whatever its markup.
"""

import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

VIETNAM = timezone(timedelta(hours=7))
"""The time of the portal's pages: UTC+7 the whole year."""

Form = Literal["after", "plain", "gap", "same", "table", "figure", "credit", "none"]
"""How a picture's caption stands in the markup; `none` is a picture without one."""

SEED = "hoi-nghi-doi-thoai-nam-2021"
"""The one article whose text is that of a real page; it is the same on both nights."""

EDITED = "nganh-thue-thu-ngan-sach-chin-thang"
"""On night 2 one figure in one sentence of this article is another; nothing else of it changes."""

VANISHED = "giam-sat-nuoc-sach-truong-hoc-2021"
"""Online on night 1; on night 2 its page is 404 and its listing no longer names it."""

APPEARED = ("cau-lac-bo-lap-trinh-tre-ly-nhan", "trien-khai-quan-ly-le-hoi-xuan-2024")
"""Not there on night 1, online on night 2; each is then the newest of its listing."""

EDIT = ("vẫn ở mức 412 tỷ đồng", "vẫn ở mức 421 tỷ đồng")
"""What `EDITED` said on night 1 and what it says on night 2."""

_PLACED = {
    SEED: "18/11/2021 | 07:42 AM",
    "lop-boi-mien-phi-cho-tre-em-nong-thon": "28/06/2018 | 04:40 PM",
    "hop-tac-xa-rau-an-toan-ven-song-chau": "09/09/2020 | 10:15 AM",
    "thong-xe-duong-noi-ha-nam-ninh-binh": "20/12/2014 | 05:05 PM",
    "ha-giai-tu-bo-dinh-vinh-lac": "14/03/2020 | 09:26 AM",
    "hoi-thi-co-nuoi-gioi-mam-non": "08/12/2017 | 02:12 PM",
    "trao-hoc-bong-chap-canh-uoc-mo": "07/09/2021 | 11:31 AM",
}
"""When the articles that show no date were put into their list: it orders the listings and is never shown."""


def fold(text: str) -> str:
    """The text with each run of white space (no-break spaces too) as one space, and none at the ends."""
    return " ".join(text.split())


def moment_of(published: str) -> datetime:
    """`18/03/2019 | 04:01 PM` or `18/03/2019` as a time of Vietnam; midnight if it names no hour."""
    form = "%d/%m/%Y | %I:%M %p" if "|" in published else "%d/%m/%Y"
    return datetime.strptime(published, form).replace(tzinfo=VIETNAM)


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of running text, with the author's own white space."""

    text: str


@dataclass(frozen=True)
class Picture:
    """One image of an article; `file` is its name on the portal, unique over all articles."""

    file: str
    caption: str | None
    credit: str | None
    form: Form


@dataclass(frozen=True)
class Items:
    """A bulleted list; each item reads as a paragraph of its own."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Rows:
    """A table of data: rows of cells, the first row its heading."""

    rows: tuple[tuple[str, ...], ...]

    @property
    def text(self) -> str:
        """The table as one paragraph: a line a row, cells parted by ` | `."""
        return "\n".join(" | ".join(map(fold, row)) for row in self.rows)


Block = Paragraph | Picture | Items | Rows


@dataclass(frozen=True)
class Attachment:
    """A document offered below an article: its file name under /Documents/ and the words of its link."""

    file: str
    name: str


@dataclass(frozen=True)
class Text:
    """One article; what is None is not on its page. `published` is as the page shows it (local time)."""

    slug: str
    title: str
    category: str
    blocks: tuple[Block, ...]
    published: str | None = None
    lead: str | None = None
    author: str | None = None
    source: str | None = None
    attachment: Attachment | None = None

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The body a right reading yields: no title, lead, caption, author, source or attachment line."""
        found: list[str] = []
        for block in self.blocks:
            match block:
                case Paragraph(text):
                    found.append(fold(text))
                case Items(items):
                    found.extend(map(fold, items))
                case Rows():
                    found.append(block.text)
                case Picture():
                    pass
        return tuple(found)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The article's images in reading order."""
        return tuple(block for block in self.blocks if isinstance(block, Picture))

    @property
    def captions(self) -> tuple[tuple[str, str | None, str | None], ...]:
        """(image file, caption, credit) of each image in reading order."""
        return tuple((picture.file, picture.caption, picture.credit) for picture in self.pictures)

    @property
    def placed(self) -> datetime:
        """The time that orders the article in its listing; only shown where `published` is."""
        return moment_of(self.published or _PLACED[self.slug])


def _block(entry: Mapping[str, Any]) -> Block:
    if "text" in entry:
        return Paragraph(entry["text"])
    if "list" in entry:
        return Items(tuple(entry["list"]))
    if "rows" in entry:
        return Rows(tuple(tuple(row) for row in entry["rows"]))
    form: Form = entry["form"]
    if form not in get_args(Form) or (form == "none") != ("caption" not in entry):
        raise ValueError(f"image {entry['image']}: form {form!r} does not fit its caption")
    return Picture(entry["image"], entry.get("caption"), entry.get("credit"), form)


def read(toml: str) -> Text:
    """One article from the text of its TOML file, in NFC."""
    entry = tomllib.loads(unicodedata.normalize("NFC", toml))
    attachment = entry.get("attachment")
    return Text(
        slug=entry["slug"],
        title=entry["title"],
        category=entry["category"],
        blocks=tuple(map(_block, entry["blocks"])),
        published=entry.get("published"),
        lead=entry.get("lead"),
        author=entry.get("author"),
        source=entry.get("source"),
        attachment=attachment and Attachment(attachment["file"], attachment["name"]),
    )


@cache
def load() -> tuple[Text, ...]:
    """All 44 articles as of night 1's wording, by slug."""
    folder = files(__package__).joinpath("texts")
    found = (read(file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".toml"))
    return tuple(sorted(found, key=lambda text: text.slug))


def _edited(text: Text) -> Text:
    old, new = EDIT
    blocks = tuple(
        replace(block, text=block.text.replace(old, new)) if isinstance(block, Paragraph) else block
        for block in text.blocks
    )
    if blocks == text.blocks:
        raise ValueError(f"{text.slug} does not say {old!r}")
    return replace(text, blocks=blocks)


def on_night(texts: Iterable[Text], night: int) -> tuple[Text, ...]:
    """The articles online on night 1 (42 of the 44) or night 2 (43), worded as they are that night."""
    if night == 1:
        return tuple(text for text in texts if text.slug not in APPEARED)
    if night == 2:
        return tuple(_edited(text) if text.slug == EDITED else text for text in texts if text.slug != VANISHED)
    raise ValueError(f"the demo portal has nights 1 and 2, not {night}")


def in_listing_order(texts: Iterable[Text]) -> tuple[Text, ...]:
    """Newest first, as the listings show them."""
    return tuple(sorted(texts, key=lambda text: (text.placed, text.slug), reverse=True))
