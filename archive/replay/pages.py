"""The pages around replayed ones, in Vietnamese and English: collections, a calendar of captures, the frame and its banner.

All that is not ours is escaped here: URLs and titles come from the web and from portal files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from importlib import resources
from itertools import groupby
from typing import Any

from archive.moment import VIETNAM, local, stamp
from archive.replay.index import ALL, Capture
from archive.replay.views import Summary

_LISTED = 50


def two(vietnamese: str, english: str) -> str:
    """One sentence in both languages, as HTML; both are HTML already."""
    return f'<span lang="vi">{vietnamese}</span> <span lang="en" class="en">{english}</span>'


def home(portals: Iterable[str], titles: Mapping[str, str]) -> str:
    """The collections, by the portals' titles, and a way to ask for a URL."""
    rows = [_collection(name, titles.get(name, name)) for name in portals]
    every = two("Tất cả các cổng", "All portals")
    rows.append(f'<li><a href="/{ALL}/">{every}</a> <span class="name">{ALL}</span></li>')
    kept = two(
        "Các trang được hiện lại như lúc chụp; không gì được tải từ mạng.",
        "Pages are shown as they were captured; nothing is loaded from the live web.",
    )
    body = (
        f"<h1>{two('Kho lưu trữ', 'The archive')}</h1>"
        f"<p>{kept}</p>"
        f"{_find(ALL)}<h2>{two('Các cổng', 'Portals')}</h2><ul class=collections>{''.join(rows)}</ul>"
    )
    return _page("luutru replay", body)


def collection(name: str, title: str, beginnings: Sequence[tuple[str, str]]) -> str:
    """One collection: asks for a URL, and leads to the captures of the listings, given by their names and URLs."""
    asks = two(
        "Dán địa chỉ của một trang để xem những lần nó được chụp.", "Paste a page's address to see its captures."
    )
    rows = [f'<li><a href="/{name}/*/{escape(url)}">{escape(category)}</a></li>' for category, url in beginnings]
    listed = f"<h2>{two('Chuyên mục', 'Categories')}</h2><ul class=collections>{''.join(rows)}</ul>" if rows else ""
    return _page(title, f"<h1>{escape(title)}</h1><p>{asks}</p>{_find(name)}{listed}")


def calendar(name: str, title: str, url: str, captures: Sequence[Capture]) -> str:
    """The captures of a URL by day, newest year first, each with its time in Vietnam."""
    newest = captures[-1].url if captures else url
    count = two(f"{len(captures)} lần chụp", f"{len(captures)} captures" if len(captures) != 1 else "1 capture")
    body = [
        f"<h1>{escape(newest)}</h1><p>{escape(title)}: {count}. {two('Giờ Việt Nam.', 'Times are Vietnam time.')}</p>"
    ]
    if not captures:
        said = two("Kho này không có bản chụp nào của địa chỉ ấy.", "The archive has no capture of this address.")
        body.append(f"<p class=status>{said}</p>")
    for year, of_year in groupby(reversed(captures), lambda one: _day(one).year):
        body.append(f"<h2>{year}</h2>")
        for month, of_month in groupby(of_year, lambda one: _day(one).month):
            body.append(f"<h3>{two(f'Tháng {month} năm {year}', f'{year}-{month:02}')}</h3><ul class=captures>")
            body += [_capture(name, one) for one in sorted(of_month, key=lambda one: one.at)]
            body.append("</ul>")
    return _page(newest, f"{''.join(body)}<h2>{two('Địa chỉ khác', 'Another address')}</h2>{_find(name)}")


def frame(name: str, title: str, view: str, source: str, url: str) -> str:
    """The page around a replayed one; what the banner says is filled in by banner.js."""
    waiting = two("Đang mở trang…", "Opening the page…")
    unknown = two(
        "Không thể nói chắc trang đang hiện là bản chụp nào; hãy mở nó từ danh sách các lần chụp.",
        "Which capture is shown cannot be told for certain; open it from the list of captures.",
    )
    captured = two("chụp lúc <b></b> giờ Việt Nam", "captured <b></b>, Vietnam time")
    banner = (
        f"<p id=waiting>{waiting}</p><p id=unknown class=warn hidden>{unknown}</p>"
        f"<p id=page hidden><span id=url></span><span id=captured>{captured}</span></p>"
        f'<p class=ways><a id=calendar href="/{name}/*/{escape(url)}">{two("Mọi lần chụp", "All captures")}</a>'
        f'<a href="/{name}/">{escape(title)}</a></p><div id=notes></div>'
    )
    # the gate's policy takes the same origin away; taken away here too, Chromium follows no link to javascript:__doPostBack()
    inner = (
        f'<iframe id=replay src="{escape(source)}" data-view="{view}" data-collection="{escape(name)}" '
        'sandbox="allow-scripts allow-forms allow-same-origin" allow="" title="replay"></iframe>'
    )
    return (
        f"<!DOCTYPE html><html lang=vi><head><meta charset=utf-8><title>{escape(title)}: {escape(url)}</title>{_HEAD}"
        '<script src="/-/banner.js" defer></script></head><body class=replay>'
        f"<header id=banner data-state=waiting>{banner}</header>{inner}</body></html>"
    )


def said(told: Summary | None) -> dict[str, Any]:
    """What the banner says, as banner.js wants it: plain text, times as people in Vietnam read them."""
    if told is None:
        return {"known": False}
    captured = local(told.at) if told.at else None
    return {"known": True, "url": told.url, "captured": captured, "notes": [*_notes(told)]}


def _notes(told: Summary) -> Iterator[dict[str, Any]]:
    if told.at is None:
        vi = "Kho lưu trữ không có trang này; nó không được tải từ mạng."
        yield _note("absent", "bad", vi, "The archive does not have this page; it is not loaded from the live web.")
    elif told.status >= 400:
        vi = f"Lúc ấy máy chủ trả lời bằng lỗi HTTP {told.status}."
        yield _note("status", "warn", vi, f"The server answered with the error HTTP {told.status} then.")
    if told.asked is not None:
        vi = f"Thời điểm được hỏi là {local(told.asked)}; đây là bản chụp gần nhất, của một lần thu thập khác."
        en = f"{local(told.asked)} was asked for; this is the nearest capture, made by another crawl."
        yield _note("asked", "warn", vi, en)
    if others := told.others:
        first, last, count = local(others[0][1]), local(others[-1][1]), len(others)
        between = (
            (f"lúc {first}", f"at {first}")
            if first == last
            else (f"từ {first} đến {last}", f"between {first} and {last}")
        )
        vi = f"{count} phần của trang được chụp ở lần thu thập khác, {between[0]}: khi ấy trang có thể đã khác."
        en = f"{_parts(count)} captured by another crawl, {between[1]}: the page may have looked different."
        yield _note("others", "warn", vi, en, [f"{local(at)}  {url}" for url, at in others[:_LISTED]])
    if told.missing:
        count = len(told.missing)
        vi = f"{count} phần của trang không có trong kho lưu trữ."
        yield _note("missing", "bad", vi, f"{_parts(count)} not found in the archive.", told.missing[:_LISTED])


def _parts(count: int) -> str:
    return "1 part of this page was" if count == 1 else f"{count} parts of this page were"


def _note(name: str, kind: str, vi: str, en: str, lines: Sequence[str] = ()) -> dict[str, Any]:
    return {"name": name, "kind": kind, "vi": vi, "en": en, "lines": list(lines)}


def speak(origin: str) -> str:
    """The script by which a document tells `origin` which it is; NONCE is replaced for each."""
    return resources.files("archive.replay").joinpath("speak.js").read_text("utf-8").replace("PAGES", origin)


def refused(origin: str) -> str:
    """What stands in the frame where the archive has no answer; NONCE is replaced for each."""
    said = two(
        "Kho lưu trữ không có trang này, hoặc không mở được bản chụp của nó.",
        "The archive does not have this page, or its capture cannot be opened.",
    )
    note = two("Trang không được tải từ mạng.", "It is not loaded from the live web.")
    return (
        f"<!DOCTYPE html><html lang=vi><head><meta charset=utf-8><title>404</title>"
        f"<script>{speak(origin)}</script></head>"
        '<body style="font: 16px/1.5 sans-serif; margin: 3rem; color: #1d2530">'
        f"<h1>404</h1><p>{said}</p><p>{note}</p></body></html>"
    )


_HEAD = (
    '<meta name=viewport content="width=device-width"><link rel=icon href="data:,">'
    '<link rel=stylesheet href="/-/replay.css">'
)


def _page(title: str, body: str) -> str:
    return (
        f"<!DOCTYPE html><html lang=vi><head><meta charset=utf-8><title>{escape(title)}</title>{_HEAD}</head><body>"
        f'<header class=top><a href="/">luutru replay</a></header><main>{body}</main></body></html>'
    )


def _find(name: str) -> str:
    return (
        f'<form class=find action="/-/go"><input type=hidden name=collection value="{escape(name)}">'
        '<input type=text name=url required placeholder="https://…" aria-label="URL">'
        f"<button>{two_plain('Xem các lần chụp', 'Show captures')}</button></form>"
    )


def two_plain(vietnamese: str, english: str) -> str:
    """Both languages where markup has no place."""
    return f"{vietnamese} / {english}"


def _collection(name: str, title: str) -> str:
    return f'<li><a href="/{escape(name)}/">{escape(title)}</a> <span class=name>{escape(name)}</span></li>'


def _capture(name: str, one: Capture) -> str:
    status = "" if one.status in ("", "200") else f" <span class=status>HTTP {escape(one.status)}</span>"
    day, time = local(one.at).split(" ")
    address = f"/{name}/{stamp(one.at)}/{one.url}"
    return f'<li><a href="{escape(address)}">{day} <b>{time}</b>{status}</a></li>'


def _day(one: Capture) -> datetime:
    return one.at.astimezone(VIETNAM)
