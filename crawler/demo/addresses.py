"""Where things stand on the demo portal: its hosts, categories, articles, images, and the odd addresses among them."""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from crawler.demo.texts import VIETNAM, Text, in_listing_order, load

MAIN = "hanam.example"
DISTRICT = "duytien.hanam.example"
HOST_TITLES = {MAIN: "Cổng thông tin điện tử tỉnh Hà Nam", DISTRICT: "Trang thông tin điện tử Duy Tiên"}
SECTION = "Tin theo lĩnh vực"
SECTION_PATH = "/tin-theo-linh-vuc/Pages/default.aspx"

ENTRIES_PER_PAGE = 5

OLD_ADDRESS = "lop-cheo-he-o-ben-song-chau"
"""Its listing names this article only by its old address, which answers 302 to the right one."""

WITH_PORT = frozenset({"chang-trai-tre-lam-giau-tu-nam-rom", "ly-nhan-thu-hoach-lua-xuan-2018"})
"""Listed by an absolute address that spells out the port, as SharePoint does: `http://hanam.example:80/…`."""

WITH_FRAGMENT = frozenset({"dem-hoi-den-long-pho-nui", "tiem-bo-sung-vac-xin-soi-rubella"})
"""Listed with a fragment behind the address."""

LOWER_CASE = "thu-vien-xanh-truong-chuyen-ngoai"
"""Listed under `/pages/`: IIS does not tell upper from lower case."""

LINKED_RENDITIONS = frozenset({"chung-ket-bong-da-u13-tinh-2019", "ly-nhan-thu-hoach-lua-xuan-2018"})
"""Their pages show SharePoint's web-size renditions (`_w/`), each a link to the full image."""

BARE_RENDITIONS = frozenset({"khanh-thanh-don-vi-than-nhan-tao"})
"""Their pages show only the renditions; nothing names the full image."""

Paging = Literal["next", "postback"]


@dataclass(frozen=True)
class Category:
    """One listing: `folder` is its SharePoint sub-site below /tin-theo-linh-vuc/ on `host`."""

    name: str
    host: str
    folder: str
    paging: Paging

    @property
    def site(self) -> str:
        """The server-relative address of the sub-site."""
        return f"/tin-theo-linh-vuc/{self.folder}"

    @property
    def path(self) -> str:
        """The path of the listing page."""
        return f"{self.site}/Pages/default.aspx"

    @property
    def url(self) -> str:
        """The absolute address of the listing page."""
        return f"http://{self.host}{self.path}"


CATEGORIES = (
    Category("Đoàn thanh niên", MAIN, "doan-thanh-nien", "next"),
    Category("Kinh tế", MAIN, "kinh-te", "postback"),
    Category("Văn hóa - Thể thao", MAIN, "van-hoa-the-thao", "next"),
    Category("Giáo dục - Y tế", DISTRICT, "giao-duc-y-te", "next"),
)


@dataclass(frozen=True)
class Oddity:
    """A listing entry with no article behind it that a crawl could keep."""

    category: str
    title: str
    path: str
    moment: datetime
    summary: str


GONE = Oddity(
    "Văn hóa - Thể thao",
    "Lịch thi đấu vòng loại giải bóng chuyền nữ nông dân toàn tỉnh",
    "/Pages/tin-da-go.aspx",
    datetime(2021, 6, 2, 8, 20, tzinfo=VIETNAM),
    "Ban tổ chức thông báo lịch thi đấu vòng loại tại bốn cụm sân.",
)
"""Listed, but its page is 404 on both nights."""

CHALLENGED = Oddity(
    "Kinh tế",
    "Công bố giá vật liệu xây dựng quý III năm 2021",
    "/Pages/gia-vat-lieu-xay-dung-quy-iii-2021.aspx",
    datetime(2021, 10, 5, 15, 48, tzinfo=VIETNAM),
    "Liên sở công bố giá cát, đá, xi măng, thép và gạch nung tại chân công trình.",
)
"""Listed, but its page is a browser challenge at every load, with its cookie or without."""

DISALLOWED = Oddity(
    "Đoàn thanh niên",
    "Bản in: Đại hội Đoàn Thanh niên huyện Bình Lục nhiệm kỳ 2017 - 2022",
    "/_layouts/15/hanam/inbai.aspx?id=29",
    datetime(2017, 5, 20, 7, 30, tzinfo=VIETNAM),
    "Bản để in của tin đã đăng.",
)
"""Listed, but robots.txt disallows its path."""

ODDITIES = (GONE, CHALLENGED, DISALLOWED)


def digest(name: str) -> bytes:
    """32 bytes that depend on the name only: what varies from page to page is picked by them."""
    return hashlib.sha256(name.encode()).digest()


def guid(name: str) -> str:
    """A GUID that belongs to the name, lower case, without braces."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"http://{MAIN}/{name}"))


def category_of(text: Text) -> Category:
    """The listing an article belongs to."""
    return next(category for category in CATEGORIES if category.name == text.category)


def article_path(text: Text) -> str:
    """The path of an article's page."""
    return f"/Pages/{text.slug}.aspx"


def old_path(text: Text) -> str:
    """The address an article had before the portal was rearranged."""
    return f"/Pages/cu/{text.slug}.aspx"


def listed_href(text: Text) -> str:
    """The article's address as its listing writes it."""
    if text.slug == OLD_ADDRESS:
        return old_path(text)
    if text.slug == LOWER_CASE:
        return article_path(text).replace("/Pages/", "/pages/")
    if text.slug in WITH_PORT:
        return f"http://{category_of(text).host}:80{article_path(text)}"
    if text.slug in WITH_FRAGMENT:
        return f"{article_path(text)}#noidung"
    return article_path(text)


def item_number(text: Text) -> int:
    """The article's number in the portal's page library, as in `p_ID=37`; the same on both nights."""
    return 12 + len(load()) - in_listing_order(load()).index(text_of(text.slug))


def text_of(slug: str) -> Text:
    """The article of that slug, in night 1's wording."""
    return next(text for text in load() if text.slug == slug)


def image_path(text: Text, file: str) -> str:
    """The path of a full-size image."""
    return f"/PublishingImages/{text.placed.year}/{file}"


def rendition_path(text: Text, file: str, kind: Literal["_t", "_w"]) -> str:
    """The path of SharePoint's own smaller copy: `_t` a thumbnail, `_w` the web size."""
    return f"/PublishingImages/{text.placed.year}/{kind}/{rendition_name(file)}"


def rendition_name(file: str) -> str:
    """`x.jpg` -> `x_jpg.jpg`, as SharePoint names its renditions."""
    return file.replace(".", "_") + ".jpg"


def for_side_boxes(texts: Iterable[Text]) -> tuple[Text, ...]:
    """The articles that other pages may link to, newest first: the one with the old address is not among them."""
    return tuple(text for text in in_listing_order(texts) if text.slug != OLD_ADDRESS)
