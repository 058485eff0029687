"""The demo portal's master page: everything around the content, as SharePoint 2013 publishing sites have it."""

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from crawler.demo import viewstate
from crawler.demo.addresses import CATEGORIES, DISTRICT, HOST_TITLES, MAIN, SECTION, article_path, guid
from crawler.demo.texts import Text

NOTICE = "Cổng thông tin điện tử tỉnh Hà Nam (bản dựng lại để trình diễn luutru, không phải cổng thật)"
"""Stands at the foot of every page of both hosts: this is a rebuild, not the real portal."""

EOL = "\r\n"


@dataclass(frozen=True)
class Load:
    """One load of one page: what of the page differs from load to load.

    `number` counts the server's page loads from 1, `visits` is the counter in the footer, `page` the listing page
    shown (1 elsewhere), `item` the page's number in its library, `now` the server's time. `target` is path and
    query as the client asked for them.
    """

    number: int
    night: int
    visits: int
    host: str
    path: str
    target: str
    now: datetime
    page: int = 1
    item: int = 1


def attribute(value: str) -> str:
    """A value for a double-quoted HTML attribute, single quotes escaped too, as ASP.NET does."""
    return html.escape(value).replace("&#x27;", "&#39;")


def grouped(number: int) -> str:
    """12345 -> 12.345, the Vietnamese way."""
    return f"{number:,}".replace(",", ".")


def _script(value: str) -> str:
    """A double-quoted JavaScript string as SharePoint writes it: ASCII only, slashes as \\u002f."""
    return json.dumps(value).replace("/", "\\u002f")


def _site_of(path: str) -> str:
    site, found, _ = path.lower().partition("/pages/")
    return (site if found else "") or "/"


def _context(load: Load, title: str) -> str:
    site = _site_of(load.path)
    root = f"http://{load.host}"
    fields = {
        "webServerRelativeUrl": _script(site),
        "webAbsoluteUrl": _script(root + site.rstrip("/")),
        "siteAbsoluteUrl": _script(root),
        "serverRequestPath": _script(load.path),
        "layoutsUrl": _script("_layouts/15"),
        "webTitle": _script(title),
        "webTemplate": '"39"',
        "isAppWeb": "false",
        "webLanguage": "1066",
        "currentLanguage": "1066",
        "currentUICultureName": '"vi-VN"',
        "currentCultureName": '"vi-VN"',
        "clientServerTimeDelta": f'new Date("{load.now.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z") - new Date()',
        "siteClientTag": _script(f"{load.number}$$15.0.4569.1000"),
        "webUIVersion": "15",
        "webPermMasks": "{High:16,Low:200769}",
        "pagePersonalizationScope": "1",
        "userId": "0",
        "systemUserKey": "null",
        "alertsEnabled": "false",
        "siteServerRelativeUrl": _script("/"),
        "allowSilverlightPrompt": "'True'",
        "pageListId": f'"{{{guid(f"list {load.host}{site}")}}}"',
        "pageItemId": str(load.item),
        "webId": f'"{{{guid(f"web {load.host}{site}")}}}"',
        "siteId": f'"{{{guid(f"site {load.host}")}}}"',
    }
    return "var _spPageContextInfo={" + ", ".join(f"{name}: {value}" for name, value in fields.items()) + "};"


def _hidden(load: Load) -> str:
    seed = f"{load.night} {load.number} {load.host}{load.path}"
    digest = f"0x{viewstate.token(seed, 60).encode().hex().upper()},{load.now.astimezone(UTC):%d %b %Y %H:%M:%S} -0000"
    state = viewstate.ViewState(load.number, load.host, load.path.lower(), load.page)
    fields = {
        "__EVENTTARGET": "",
        "__EVENTARGUMENT": "",
        "__REQUESTDIGEST": digest,
        "__VIEWSTATE": viewstate.write(state, load.night),
        "__VIEWSTATEGENERATOR": f"{int(guid(load.path)[:8], 16):08X}",
        "__EVENTVALIDATION": viewstate.token(f"validation {seed}", 240),
    }
    return EOL.join(
        f'<input type="hidden" name="{name}" id="{name}" value="{attribute(value)}" />'
        for name, value in fields.items()
    )


_DO_POST_BACK = """<script type="text/javascript">
//<![CDATA[
var theForm = document.forms['aspnetForm'];
if (!theForm) {
    theForm = document.aspnetForm;
}
function __doPostBack(eventTarget, eventArgument) {
    if (!theForm.onsubmit || (theForm.onsubmit() != false)) {
        theForm.__EVENTTARGET.value = eventTarget;
        theForm.__EVENTARGUMENT.value = eventArgument;
        theForm.submit();
    }
}
//]]>
</script>"""

_SKIP_LINKS = """<div id="TurnOnAccessibility" style="display:none" class="s4-notdlg noindex"></div>
<div class="s4-notdlg noindex">
<span class="ms-hide"><a href="javascript:;" accesskey="Y">Skip Ribbon Commands</a></span>
<span class="ms-hide"><a href="#s4-bodyContainer" accesskey="X">Skip to main content</a></span>
</div>
<div id="s4-ribbonrow" class="ms-dialogHidden" style="height:35px">
<div id="ribbonBox"><div id="RibbonContainer"><span class="ms-hide">Ribbon</span></div></div>
</div>"""


def _navigation(host: str) -> str:
    links = [("/" if host == MAIN else f"http://{MAIN}/", "Trang chủ")]
    links += [(c.path if c.host == host else c.url, c.name) for c in CATEGORIES]
    if host == MAIN:
        links.append((f"http://{DISTRICT}/", "Duy Tiên"))
    items = "".join(
        f'<li class="static"><a class="static menu-item" href="{href}"><span class="menu-item-text">{name}</span></a>'
        "</li>"
        for href, name in links
    )
    return f'<div id="DeltaTopNavigation" class="ms-core-navigation" role="navigation"><ul>{items}</ul></div>'


def _left_column(latest: Sequence[Text]) -> str:
    items = "".join(f'<li><a href="{article_path(text)}">{html.escape(text.title)}</a></li>' for text in latest)
    return f'<div class="cot-trai"><div class="hop"><h2>Tin mới</h2><ul class="tin-moi">{items}</ul></div></div>'


def master(load: Load, title: str, content: str, latest: Sequence[Text], heading: str | None = None) -> str:
    """A whole page; `content` and `heading` are HTML, `title` is text, `latest` fill the box of the left column."""
    portal = HOST_TITLES[load.host]
    action = attribute("./" + load.target.rpartition("/")[2])
    top = heading if heading is not None else html.escape(title)
    lines = [
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">',
        '<html dir="ltr" lang="vi-VN">',
        '<head><meta http-equiv="X-UA-Compatible" content="IE=10" /><meta name="GENERATOR" content="Microsoft '
        'SharePoint" /><meta http-equiv="Content-type" content="text/html; charset=utf-8" /><meta '
        'http-equiv="Expires" content="0" />',
        f"<title>{EOL}\t{html.escape(title)}{EOL}</title>",
        '<link rel="stylesheet" type="text/css" href="/Style%20Library/hanam/portal.css" />',
        '<script type="text/javascript">',
        f"//<![CDATA[{EOL}{_context(load, portal)}{EOL}//]]>",
        "</script>",
        "</head>",
        '<body class="ms-backgroundImage">',
        f'<form method="post" action="{action}" id="aspnetForm">',
        f'<div class="aspNetHidden">{EOL}{_hidden(load)}{EOL}</div>',
        _DO_POST_BACK,
        _SKIP_LINKS,
        '<div id="s4-workspace"><div id="s4-bodyContainer">',
        f'<div class="dau-trang"><a href="/"><img src="/PublishingImages/banner.jpg" alt="{portal}" /></a>'
        f'<div class="ten-cong"><span>Bản dựng lại để trình diễn</span><strong>{portal}</strong></div></div>',
        _navigation(load.host),
        '<div class="khung">',
        _left_column(latest),
        '<div id="contentBox" class="cot-phai" role="main"><div id="notificationArea" class="ms-notif-box"></div>',
        f'<div id="DeltaPlaceHolderPageTitleInTitleArea"><h1>{top}</h1></div>',
        f'<div id="DeltaPlaceHolderMain"><a name="mainContent"></a>{EOL}{content}{EOL}</div>',
        "</div></div>",
        f'<div class="chan-trang"><p>{NOTICE}</p>',
        f"<p>Lượt truy cập: {grouped(load.visits)}</p></div>",
        "</div></div>",
        "</form>",
        "</body>",
        "</html>",
    ]
    return EOL.join(lines).replace("\r\n", "\n").replace("\n", EOL)


def breadcrumb(host: str, section_path: str, names: Sequence[tuple[str, str]]) -> str:
    """The path line above a title: the section, then (path, name) of what is below it."""
    links = [(section_path if host == MAIN else f"http://{MAIN}{section_path}", SECTION), *names]
    return '<div class="tinbai-duongdan">' + "&#160;".join(f'<a href="{h}">{n}</a>' for h, n in links) + " &#160;</div>"
