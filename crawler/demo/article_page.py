"""The page of one article."""

import html
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from crawler.demo.addresses import SECTION_PATH, article_path, category_of, digest, item_number
from crawler.demo.body import body, style_of
from crawler.demo.page import EOL, Load, breadcrumb, grouped, master
from crawler.demo.texts import Text, in_listing_order

_SHARE = """<div class="tinbai-chiase"><span>Chia sẻ</span>
<a href="javascript:window.print()">In trang</a>
<a href="javascript:history.back()">Quay lại</a></div>"""


def related(text: Text, linkable: Sequence[Text]) -> tuple[Text, ...]:
    """The three articles of the same category that follow this one in its listing, around the end if need be."""
    others = [other for other in linkable if other.category == text.category]
    older = [other for other in others if (other.placed, other.slug) < (text.placed, text.slug)]
    newer = [other for other in others if (other.placed, other.slug) > (text.placed, text.slug)]
    return (*in_listing_order(older), *in_listing_order(newer))[:3]


def _rating(text: Text) -> str:
    votes = digest(text.slug)[7] % 40
    stars = "".join(f'<span class="sao">{"★" if star < 4 else "☆"}</span>' for star in range(5))
    return f'<div class="tinbai-danhgia"><span>Đánh giá bài viết</span> {stars} <span>({votes} lượt)</span></div>'


def article_page(load: Load, text: Text, views: int, linkable: Sequence[Text]) -> str:
    """The article's page at one load: `views` is its own counter, `linkable` are the articles it may link to."""
    category = category_of(text)
    nfd = style_of(text.slug).nfd
    title, lead = (unicodedata.normalize("NFD" if nfd else "NFC", part) for part in (text.title, text.lead or ""))
    counted = f"Lượt xem: {grouped(views)}"
    links = related(text, linkable)
    parts = [
        breadcrumb(load.host, SECTION_PATH, [(category.path, html.escape(category.name))]),
        f'<div class="tinbai-tieude">{html.escape(title)}</div>',
        f'<div class="tinbai-ngay">{text.published} | {counted}</div>'
        if text.published
        else f'<div class="tinbai-ngay">{counted}</div>',
    ]
    if lead:
        parts.append(f'<div class="tinbai-trichdan"><strong>{html.escape(lead)}</strong></div>')
    parts += [
        '<div class="tinbai-noidung" id="noidung"><div id="ctl00_PlaceHolderMain_ctl02__ControlWrapper_RichHtmlField" '
        f'class="ms-rtestate-field" style="display:inline">{body(text)}</div></div>',
        _SHARE,
        _rating(text),
        f'<div class="tinbai-tukhoa">Từ khóa: <span>{html.escape(category.name)}</span>, <span>Hà Nam</span></div>',
        '<div class="tinbai-lienquan"><h2>Tin liên quan</h2><ul>',
        *(
            f'<li><a href="{article_path(other)}">{html.escape(other.title)}</a>'
            + (f" <span>({other.published[:10]})</span>" if other.published else "")
            + "</li>"
            for other in links
        ),
        "</ul></div>",
    ]
    latest = [other for other in linkable if category_of(other).host == load.host][:5]
    return master(replace(load, item=item_number(text)), title, EOL.join(parts), latest)
