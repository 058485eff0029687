"""SharePoint with articles at /portal/Pages/<year>-<month>-<day>/<slug>.aspx (Nam Định, Điện Biên, Bộ Kế hoạch và Đầu tư).

Month and day have a nought before them on some of these portals and none on others.  The date in the address is read
where the page shows none.
"""

from __future__ import annotations

import re

from crawler.extract.layout import Layout
from crawler.platforms.platform import Variant, of_class
from crawler.platforms.renditions import full_image

_BODY = f"//div[{of_class('article-content')}] | //*[@id='art-content']"
_LINK = "a[contains(@href, '/portal/Pages/2') or contains(@href, '/portal/pages/2')]"
_NO_FIELD = "not(//*[contains(@class, 'ms-rtestate-field')])"

VARIANT = Variant(
    # a page of the publishing kind may have an element of that class, and link to an article of another portal
    where=("//*[@id='art-content']", f"//div[{of_class('article-content')}][{_NO_FIELD}]", f"//{_LINK}[{_NO_FIELD}]"),
    layout=Layout(
        name="sharepoint/dated-pages",
        title=(f"//h1[{of_class('article-title')}]", "//h1"),
        lead=(f"//*[{of_class('article-summary')} or {of_class('article-sapo')}]",),
        body=(_BODY,),
        drop=(
            f"//*[{of_class('article-content')} or @id='art-content']"
            f"//*[{of_class('article-related')} or {of_class('social')}]",
        ),
        date=(f"//*[{of_class('article-date')} or {of_class('article-time')}]",),
        category=(f"//*[{of_class('breadcrumb')}]//a",),
        author=(f"//*[{of_class('article-author')}]",),
        source=(f"//*[{of_class('article-source')}]",),
        tags=(f"//*[{of_class('article-tags')}]//a",),
        attachments=(f"//*[{of_class('article-files')}]//a[@href]",),
        entries=(
            f"//main//{_LINK}",
            f"//*[contains(@id, 'WebPartWPQ') or contains(@id, '_g_')]//{_LINK}",
            f"//{_LINK}",
        ),
        entry_date=("ancestor::li[1]//*[contains(@class, 'date') or contains(@class, 'time')]",),
        full_image=full_image,
        url_date=re.compile(r"/portal/pages/(\d{4}-\d{1,2}-\d{1,2})/", re.IGNORECASE),
    ),
)
