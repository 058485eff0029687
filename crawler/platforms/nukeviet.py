"""NukeViet (open source; schools, departments of provinces): schema.org microdata, /vi/news/<category>/<slug>-<id>.html."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from crawler.extract.layout import Layout
from crawler.platforms.platform import Mark, Platform, of_class

# the small one of /uploads/news/2024_10/x.jpg; /assets/ holds scripts and signs of the theme, too
_ASSETS = re.compile(r"/(?:assets|files)/(?P<module>news(?=/[^/]+$)|[\w-]+(?=/\d{4}_\d{2}/[^/]+$))")


def full_image(url: str) -> str:
    """The upload that a thumbnail was made of: /assets/news/2024_10/x.jpg is made of /uploads/news/2024_10/x.jpg."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=_ASSETS.sub(r"/uploads/\g<module>", parts.path, count=1)))


_ARTICLE = "//*[contains(@itemtype, 'schema.org/NewsArticle')]"

PLATFORM = Platform(
    name="nukeviet",
    marks=(
        Mark(
            re.compile(r"<meta name=[\"']generator[\"'] content=[\"']NukeViet", re.I),
            "its generator meta",
            3,
            (b"nukeviet",),
        ),
        Mark(
            re.compile(r"\bnv_(?:base_siteurl|lang_data|name_variable|open_browse|fc_variable)\b"),
            "NukeViet's scripts",
            3,
            (b"nv_",),
        ),
        Mark(re.compile(r"\bid=[\"']news-bodyhtml[\"']"), "the element news-bodyhtml", 3, (b"news-bodyhtml",)),
        Mark(re.compile(r"class=[\"'][^\"']*\bnews_column\b"), "columns of class news_column", 2, (b"news_column",)),
        Mark(re.compile(r"class=[\"'][^\"']*\bimghome\b"), "images of class imghome", 1, (b"imghome",)),
        Mark(
            re.compile(r"/themes/[\w.-]+/(?:css|js|images)/|/assets/js/language/"),
            "a theme's files",
            1,
            (b"/themes/", b"/assets/js/language/"),
        ),
    ),
    layout=Layout(
        name="nukeviet/news",
        title=("//h1[@itemprop='headline']", f"//h1[{of_class('title')}]"),
        lead=(f"//*[{of_class('hometext')}]",),
        # the picture of the lead stands beside the body, in a figure of its own; small or large, it is one picture
        body=(f"(//figure[{of_class('article')}])[1] | //*[@id='news-bodyhtml']", f"//*[{of_class('bodytext')}]"),
        drop=("//*[@id='news-bodyhtml']//*[contains(@class, 'social') or contains(@class, 'related')]",),
        date=(
            "//*[@itemprop='datePublished']",
            "//*[@itemprop='datePublished']/@content",
            f"{_ARTICLE}//span[{of_class('h5')}]",  # what a person sees below the title
        ),
        # the template gives the day of publishing for both; only another one tells of a change
        modified=(
            "//*[@itemprop='dateModified'][normalize-space(.) != normalize-space((//*[@itemprop='datePublished'])[1])]",
        ),
        category=(
            f"//*[{of_class('breadcrumb')} or {of_class('breadcrumbs')}]//a//*[@itemprop='name' or @itemprop='title']",
            f"//*[{of_class('breadcrumb')}]//a",
        ),
        author=(
            "substring-after(normalize-space((//p[strong[starts-with(normalize-space(.), 'Tác giả')]])[1]), ':')",
            f"{_ARTICLE}//*[@itemprop='author']//*[@itemprop='name']",
        ),
        source=("substring-after(normalize-space((//p[strong[starts-with(normalize-space(.), 'Nguồn')]])[1]), ':')",),
        tags=(f"//*[em[{of_class('fa-tags')}]]/a",),
        attachments=(
            f"//*[{of_class('news-download-file')}]//a[@download]",
            f"//*[{of_class('news-download-file')}]//a[@title]",
        ),
        entries=(
            f"//*[{of_class('news_column')}]//*[{of_class('panel-body')}][h2/a or h3/a]",
            f"//*[{of_class('news_column')}][.//h2/a or .//h3/a]",
            f"//*[{of_class('viewlist')} or {of_class('news-list')}]//*[h2/a or h3/a]",
        ),
        entry_link=("./h2/a | ./h3/a", ".//h2/a | .//h3/a"),
        entry_date=(f".//li[em[{of_class('fa-clock-o')}]]", ".//time"),
        next=(
            f"//ul[{of_class('pagination')}]/li[{of_class('active')}]/following-sibling::li[1]/a[@href]",
            "//a[@rel='next']",
        ),
        full_image=full_image,
    ),
)
