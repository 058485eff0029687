"""SharePoint with a custom web part of news (Bộ Giáo dục và Đào tạo and its like): articles at ?ItemID=N.

The web part's id holds a GUID, ctl00_ctl24_g_<guid>, which is another on each page: only what stands around it is matched.
"""

from __future__ import annotations

from crawler.extract.layout import Layout
from crawler.platforms.platform import Variant, of_class
from crawler.platforms.renditions import full_image

_PART = "//*[starts-with(@id, 'ctl00_ctl') and contains(@id, '_g_')]"
_BODY = "//*[@id='news-detail' or @id='contenttin']"

VARIANT = Variant(
    where=(_BODY, f"{_PART}//ul/li[.//h2/a]"),
    layout=Layout(
        name="sharepoint/webpart",
        title=("//*[@id='news-title']", f"{_PART}//h1"),
        lead=("//*[@id='news-des']",),
        body=(_BODY,),
        drop=(f"{_BODY}//*[{of_class('news-relate')} or {of_class('social')} or {of_class('tags')}]",),
        date=(
            f"//*[@id='news-date' or {of_class('news-date')}]",
            f"{_PART}//*[contains(@class, 'date') or contains(@class, 'time')]",
            # no class: a line of its own above the title's lead, its first span the date
            f"{_PART}//div[*[@id='news-title'] or .//*[@id='news-title']]//p/span[1]",
        ),
        category=(f"//*[{of_class('breadcrumb')}]//a",),
        author=(f"//*[@id='news-author' or {of_class('news-author')}]",),
        source=(f"//*[@id='news-source' or {of_class('news-source')}]",),
        tags=(f"//*[{of_class('tags')} or @id='Tags']//a",),
        attachments=(f"//*[@id='news-file' or {of_class('news-file')}]//a[@href]",),
        entries=(f"{_PART}//ul/li[.//h2/a]", f"{_PART}//div[h2/a or h3/a]"),
        entry_link=(".//h2/a", ".//h3/a"),
        entry_date=(
            ".//*[contains(@class, 'date') or contains(@class, 'time') or contains(@class, 'ngay')]",
            ".//span",
        ),
        next=(
            f"{_PART}//*[self::a or self::span or self::b][{of_class('active')} or {of_class('current')}]"
            "[number(.) > 0]/following-sibling::a[1]",
            f"{_PART}//li[{of_class('active')} or {of_class('current')}][number(.) > 0]/following-sibling::li[1]/a",
        ),
        full_image=full_image,
    ),
)
