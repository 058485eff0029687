"""SharePoint's own view of a list, and the form that displays one of its items (DispForm.aspx?ID=N)."""

from __future__ import annotations

from crawler.extract.layout import Layout
from crawler.platforms.platform import Variant, of_class
from crawler.platforms.renditions import full_image

_FORM = f"//table[{of_class('ms-formtable')}]"


def _field(*names: str) -> str:
    """The cell of the form beside a field's bookmark; its id names a kind of field alone."""
    marks = " or ".join(f".//a[@name='SPBookmark_{name}']" for name in names)
    return f"{_FORM}//td[{of_class('ms-formlabel')}][{marks}]/following-sibling::td[{of_class('ms-formbody')}][1]"


_VIEW = f"//table[{of_class('ms-listviewtable')}]"

VARIANT = Variant(
    where=(_FORM, f"{_VIEW}[not(//*[contains(@id, 'RichHtmlField')])]"),
    layout=Layout(
        name="sharepoint/list",
        title=(_field("Title"), "//*[@id='DeltaPlaceHolderPageTitleInTitleArea']//h1"),
        lead=(_field("Summary", "Description", "TrichYeu"),),
        body=(_field("Body", "PublishingPageContent", "Content", "NoiDung"),),
        date=(_field("PublishedDate", "ArticleStartDate", "NgayDang", "Created"),),
        modified=(_field("Modified"),),
        category=(_field("Category", "PostCategory", "ChuyenMuc"), f"//*[{of_class('s4-breadcrumb')}]//a"),
        author=(_field("TacGia", "ArticleByLine"),),
        source=(_field("NguonTin", "Source"),),
        tags=(_field("Tags", "TuKhoa"),),
        attachments=("//*[@id='idAttachmentsTable']//a[@href]",),
        entries=(f"//tr[{of_class('ms-itmhover')}]", f"{_VIEW}//tr[td[{of_class('ms-vb-title')}]]"),
        entry_link=(
            f".//*[{of_class('ms-vb-title')} or {of_class('ms-listlink')}]//a",
            f".//a[{of_class('ms-listlink')}]",
            ".//a",
        ),
        entry_date=(".//nobr", f".//span[{of_class('ms-noWrap')}]"),
        next=(
            f"//td[{of_class('ms-paging')}]/following-sibling::td//a[contains(@href, 'Paged=TRUE')]",
            "//td[contains(@id, 'pagingWPQ')]//a[contains(@href, 'Paged=TRUE')]",
            "//a[contains(@href, 'Paged=TRUE') and not(contains(@href, 'PagedPrev'))]",
        ),
        full_image=full_image,
    ),
)
