"""SharePoint with the "chuyên mục" web parts (Bộ Khoa học và Công nghệ, Bộ Xây dựng): /vn/chuyen-muc/<id>/<slug>.aspx."""

from __future__ import annotations

from crawler.extract.layout import Layout
from crawler.platforms.platform import Variant, of_class
from crawler.platforms.renditions import full_image

_LIST = "//*[contains(@id, '_pnListNews')]"
_PAGER = f"//*[contains(@id, 'PhanTrang_') or {of_class('Paging')}]"
_SHOWN = f"{of_class('current')} or {of_class('active')} or {of_class('selected')}"

VARIANT = Variant(
    where=("//*[@id='divArticleDescription2']", _LIST, "//*[contains(@id, 'PhanTrang_D')]"),
    layout=Layout(
        name="sharepoint/chuyen-muc",
        title=(f"//h1[{of_class('News_Detail_Title')}]", "//*[@id='divArticleDescription3']//h1"),
        lead=("//*[@id='divArticleDescription1']",),
        body=("//*[@id='divArticleDescription2']",),
        drop=(
            f"//*[@id='divArticleDescription2']//*[{of_class('Author_Write_TG')} or contains(@id, '_pnNguontin')"
            f" or contains(@id, '_pnTinLienQuan')]",
        ),
        date=(f"//*[{of_class('News_Time_Post')}]", "//*[contains(@id, '_pnHide')]//span"),
        category=(f"//*[{of_class('breadcrumb')}]//a", "//*[contains(@id, '_pnDuongDan')]//a"),
        author=(f"//*[{of_class('Author_Write_TG')}]",),
        source=("//*[contains(@id, '_pnNguontin')]//p", "//*[contains(@id, '_pnNguontin')]"),
        tags=("//*[@id='Tags']//a", "//*[contains(@id, '_pnTags')]//a"),
        attachments=("//*[contains(@id, '_pnFileDinhKem')]//a[@href]",),
        entries=(
            f"{_LIST}//*[{of_class('listnews_item')}]",
            f"{_LIST}/div/ul/li",
            f"{_LIST}/div[h3/a]",
            f"{_LIST}/div/div[a]",
            f"//*[{of_class('listnews_item')}]",
        ),
        entry_link=(
            f".//*[{of_class('listnews_item_title')}]//a",
            f".//*[{of_class('H3_iTem_ListNews')}]//a",
            ".//h3//a",
            ".//a[normalize-space(.)]",
        ),
        entry_date=(".//*[contains(@class, 'Time') or contains(@class, 'time') or contains(@class, 'date')]",),
        next=(
            f"{_PAGER}//span[{_SHOWN} or not(a)][number(.) > 0]/following-sibling::*[1]/descendant-or-self::a",
            f"{_PAGER}//a[{_SHOWN}]/following-sibling::a[1]",
            f"{_PAGER}//a[{of_class('next')}]",
        ),
        full_image=full_image,
    ),
)
