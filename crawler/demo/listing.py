"""The four listings: what they list, and how they lead from page to page."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs

from crawler.demo.addresses import (
    ENTRIES_PER_PAGE,
    ODDITIES,
    SECTION,
    SECTION_PATH,
    Category,
    article_path,
    category_of,
    guid,
    item_number,
    listed_href,
    rendition_path,
)
from crawler.demo.page import EOL, Load, attribute, breadcrumb, master
from crawler.demo.texts import Paragraph, Text, fold

PAGER = "ctl00$ctl40$g_9c1d7a52_0e64_4b0f_a1c8_5d2f6b7e3a90$pager"
"""The name of the postback pager's control."""


@dataclass(frozen=True)
class Entry:
    """One line of a listing; `moment` orders it, `date` is what it shows, if anything."""

    title: str
    href: str
    moment: datetime
    date: str | None
    summary: str
    thumbnail: str | None
    number: int


def shortened(text: str, words: int = 32) -> str:
    """The first words of a text, with an ellipsis where there are more."""
    found = fold(text).split(" ")
    return " ".join(found[:words]).rstrip(".,;:") + "…" if len(found) > words else " ".join(found)


def _entry(text: Text) -> Entry:
    first = next(block.text for block in text.blocks if isinstance(block, Paragraph))
    thumbnail = rendition_path(text, text.pictures[0].file, "_t") if text.pictures else None
    return Entry(
        title=text.title,
        href=listed_href(text),
        moment=text.placed,
        date=text.published and text.published[:10],
        summary=shortened(text.lead or first),
        thumbnail=thumbnail,
        number=item_number(text),
    )


def entries(category: Category, texts: Sequence[Text]) -> tuple[Entry, ...]:
    """All that the category lists, newest first; a thing without a place to go to is listed like any other."""
    found = [_entry(text) for text in texts if text.category == category.name]
    found += [
        Entry(odd.title, odd.path, odd.moment, f"{odd.moment:%d/%m/%Y}", odd.summary, None, 70 + number)
        for number, odd in enumerate(ODDITIES)
        if odd.category == category.name
    ]
    return tuple(sorted(found, key=lambda entry: (entry.moment, entry.number), reverse=True))


def page_count(listed: Sequence[Entry]) -> int:
    """How many pages the entries fill."""
    return max(1, -(-len(listed) // ENTRIES_PER_PAGE))


def page_asked(query: str) -> int:
    """The page an address asks for by its PageFirstRow (1-based row); page 1 if it names none."""
    row = parse_qs(query).get("PageFirstRow", ["1"])[0]
    return (int(row) - 1) // ENTRIES_PER_PAGE + 1 if row.isdecimal() and int(row) else 1


def _item(entry: Entry) -> str:
    href = attribute(entry.href)
    image = ""
    if entry.thumbnail:
        alt = entry.thumbnail.rpartition("/")[2]
        image = f'<a class="anh" href="{href}"><img src="{entry.thumbnail}" alt="{alt}" /></a>'
    date = f'<span class="ngay">{entry.date}</span>' if entry.date else ""
    return (
        f'<div class="tin-item">{image}<h3><a href="{href}">{html.escape(entry.title)}</a></h3>{date}'
        f'<div class="tomtat">{html.escape(entry.summary)}</div></div>'
    )


def _next_link(category: Category, page: int, shown: Sequence[Entry], total: int) -> str:
    first = (page - 1) * ENTRIES_PER_PAGE + 1
    last = first + len(shown) - 1
    if last >= total:
        return f'<td class="ms-paging">{first} - {last}</td>'
    created = f"{shown[-1].moment.astimezone(UTC):%Y%m%d %H:%M:%S}".replace(" ", "%20").replace(":", "%3a")
    view = guid(f"view {category.folder}").upper()
    query = (
        f"Paged=TRUE&p_SortBehavior=0&p_Created={created}&p_ID={shown[-1].number}"
        f"&PageFirstRow={last + 1}&View=%7b{view}%7d"
    )
    href = attribute(f"{category.url}?{query}")
    return f'<td class="ms-paging">{first} - {last} <a href="{href}">Tiếp</a></td>'


def _pager(page: int, pages: int) -> str:
    def link(number: int, label: str) -> str:
        script = attribute(f"javascript:__doPostBack('{PAGER}','{number}')")
        return f'<a href="{script}">{html.escape(label)}</a>'

    parts = [
        f'<span class="current">{number}</span>' if number == page else link(number, str(number))
        for number in range(1, pages + 1)
    ]
    if page < pages:
        parts.append(link(page + 1, ">"))
    return f'<div class="phantrang" id="{PAGER.replace("$", "_")}">{" ".join(parts)}</div>'


def listing_page(load: Load, category: Category, listed: Sequence[Entry], linkable: Sequence[Text]) -> str:
    """Page `load.page` (from 1) of a listing; a page behind the last is an empty one, as SharePoint shows it."""
    start = (load.page - 1) * ENTRIES_PER_PAGE
    shown = listed[start : start + ENTRIES_PER_PAGE]
    if category.paging == "postback":
        paging = _pager(load.page, page_count(listed))
    elif shown:
        cell = _next_link(category, load.page, shown, len(listed))
        paging = f'<table class="ms-bottompaging"><tbody><tr>{cell}</tr></tbody></table>'
    else:
        paging = "<p>Không có mục nào để hiển thị.</p>"
    parts = [
        breadcrumb(load.host, SECTION_PATH, [(category.path, html.escape(category.name))]),
        '<div class="danh-sach">',
        *map(_item, shown),
        "</div>",
        paging,
    ]
    latest = [text for text in linkable if category_of(text).host == load.host][:5]
    return master(load, category.name, EOL.join(parts), latest)


def home_page(
    load: Load, title: str, categories: Sequence[Category], texts: Sequence[Text], linkable: Sequence[Text]
) -> str:
    """A page that leads to the listings, with the two newest articles of each."""
    parts = [f'<p class="loi-dau">{SECTION}: chọn một chuyên mục để xem các tin đã đăng.</p>']
    for category in categories:
        newest = [text for text in linkable if text.category == category.name][:2]
        count = sum(text.category == category.name for text in texts)
        address = category.path if category.host == load.host else category.url
        origin = "" if category.host == load.host else f"http://{category.host}"
        items = "".join(f'<li><a href="{origin}{article_path(t)}">{html.escape(t.title)}</a></li>' for t in newest)
        parts.append(
            f'<div class="hop chuyen-muc"><h2><a href="{address}">{html.escape(category.name)}</a></h2>'
            f"<ul>{items}</ul><p>{count} tin bài</p></div>"
        )
    latest = [text for text in linkable if category_of(text).host == load.host][:5]
    return master(load, title, EOL.join(parts), latest)
