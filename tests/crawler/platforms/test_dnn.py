"""DNN: an article of a module that is known, one of another, and pagers that send the form back."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs

import pytest

from archive.article import Turn
from crawler.platforms.dnn import full_image

from .pages import article, titles, walk

SITE = "https://xasuoi.example"
LIST = f"{SITE}/tin-tuc.aspx"

ARTICLE = """
<html lang="vi-VN"><head><meta content="DotNetNuke - http://www.dotnetnuke.com" name="GENERATOR"></head><body id="Body">
<form method="post" action="/chi-tiet/nid/77" id="Form"><input type="hidden" name="__VIEWSTATE" value="a1">
<span id="dnn_dnnBREADCRUMB_lblBreadCrumb"><a href="/">Trang chủ</a> <a href="/tin-tuc">Tin tức</a></span>
<div id="dnn_ContentPane"><div class="DnnModule" id="dnn_ctr512_ContentPane">
<span id="dnn_ctr512_View_lblTitle">Chợ phiên mở lại sau mùa mưa</span>
<span id="dnn_ctr512_View_lblDate">05/11/2026 09:10</span>
<span id="dnn_ctr512_View_lblModifiedDate">06/11/2026 10:00</span>
<div id="dnn_ctr512_View_lblSummary">Phiên chợ đầu tháng đón hơn năm trăm lượt khách.</div>
<div id="dnn_ctr512_View_lblContent"><p>Từ tờ mờ sáng, bà con các nóc đã gùi hàng xuống núi.</p>
<div class="anh"><img src="/DnnImageHandler.ashx?mode=file&amp;file=/Portals/0/anh/cho.jpg&amp;w=400">
<p class="caption">Gian hàng măng khô</p></div>
<p>Phiên sau họp vào ngày mồng một.</p><div class="tin-lien-quan">Tin cũ hơn</div></div>
<span id="dnn_ctr512_View_lblAuthor">A Lăng Như</span><span id="dnn_ctr512_View_lblSource">Ban Văn hóa xã</span>
<a href="/LinkClick.aspx?fileticket=Zk3%3d&amp;tabid=61">Lịch chợ phiên</a>
<div id="dnn_ctr512_View_pnlTags"><a href="/t/1">chợ phiên</a></div></div></div></form></body></html>
"""
OTHER = """
<html><head><title>Trồng rừng đầu nguồn</title><meta property="article:published_time" content="2026-11-02T08:00:00+07:00">
</head><body>
<div id="dnn_ctr600_ModuleContent" class="DNNModuleContent"><h1>Trồng rừng đầu nguồn</h1><div class="x">{}</div></div>
</body></html>
""".format(
    "".join(
        f"<p>Đợt {n}, các hộ nhận cây giống từ trạm khuyến nông và trồng trên những quả đồi trọc phía bắc xã.</p>"
        for n in range(1, 6)
    )
)


def shown(number: int, pager: str) -> str:
    rows = "".join(
        f"""<tr class="{kind}"><td><h3><a href="/chi-tiet/nid/{n}">Tin số {n}</a></h3><span class="ngay">{n}/11/2026</span>
</td></tr>"""
        for n, kind in ((number * 2, "rgRow"), (number * 2 + 1, "rgAltRow"))
    )
    state = "".join(
        f'<input type="hidden" name="{name}" value="{sign}{number}">'
        for name, sign in (("__VIEWSTATE", "s"), ("__EVENTVALIDATION", "v"))
    )
    return f"""<html><body>
<form method="post" action="/tin-tuc.aspx" id="Form">{state}<input type="hidden" name="__EVENTTARGET" value="">
<div id="dnn_ctr700_List_RadGrid1"><table>{rows}</table>{pager}</div></form></body></html>"""


def numbers(current: int, last: int, kind: str) -> str:
    links = "".join(
        f"""<a class="{kind if n == current else "-"}"
href="javascript:__doPostBack(&#39;dnn$ctr700$ctl{n:02}&#39;,&#39;&#39;)"><span>{n}</span></a>"""
        for n in range(1, last + 1)
    )
    return f'<div class="rgWrap rgNumPart">{links}</div>'


def button(current: int, last: int) -> str:
    stop = ' onclick="return false;"' if current == last else ""
    return f'<input type="submit" name="dnn$ctr700$next" value=" " title="Trang sau" class="rgPageNext"{stop}>'


LISTING = shown(1, numbers(1, 3, "rgCurrentPage"))


def test_article_is_read_in_its_fields() -> None:
    found = article("dnn", ARTICLE, f"{SITE}/chi-tiet/nid/77")
    assert (found.title, found.layout) == ("Chợ phiên mở lại sau mùa mưa", "dnn/module")
    assert found.lead == "Phiên chợ đầu tháng đón hơn năm trăm lượt khách."
    assert found.body == ("Từ tờ mờ sáng, bà con các nóc đã gùi hàng xuống núi.", "Phiên sau họp vào ngày mồng một.")
    assert found.published is not None
    assert found.modified is not None
    assert found.published.text() == "2026-11-05T09:10:00+07:00"
    assert found.modified.text() == "2026-11-06T10:00:00+07:00"
    assert (found.category, found.author, found.source) == (("Tin tức",), "A Lăng Như", "Ban Văn hóa xã")
    assert found.tags == ("chợ phiên",)
    assert [(i.url, i.caption) for i in found.images] == [(f"{SITE}/Portals/0/anh/cho.jpg", "Gian hàng măng khô")]
    assert [f.name for f in found.attachments] == ["Lịch chợ phiên"]


def test_article_of_a_module_that_is_not_known_is_read_as_one_of_unknown_make() -> None:
    found = article("dnn", OTHER, f"{SITE}/rung")
    assert (found.title, found.layout, len(found.body)) == ("Trồng rừng đầu nguồn", "dnn/page", 5)
    assert found.published is not None
    assert found.published.day == date(2026, 11, 2)


@pytest.mark.parametrize("pager", [
    lambda n: numbers(n, 3, "rgCurrentPage"), lambda n: numbers(n, 3, "rdpCurrentPage"), lambda n: button(n, 3),
])  # fmt: skip
def test_telerik_pager_is_walked_by_sending_the_form_back(pager: object) -> None:
    assert callable(pager)
    sent: list[dict[str, list[str]]] = []

    def answer(turn: Turn) -> str:
        if turn.method == "POST":
            assert turn.url == LIST
            sent.append(parse_qs(turn.body, keep_blank_values=True))
        return shown(len(sent) + 1, pager(len(sent) + 1))

    found = walk("dnn", LIST, answer)
    assert titles(found) == [["Tin số 2", "Tin số 3"], ["Tin số 4", "Tin số 5"], ["Tin số 6", "Tin số 7"]]
    assert [form["__VIEWSTATE"] for form in sent] == [["s1"], ["s2"]]
    assert [form["__EVENTVALIDATION"] for form in sent] == [["v1"], ["v2"]]
    told = [(form["__EVENTTARGET"], form.get("dnn$ctr700$next")) for form in sent]
    assert told in ([(["dnn$ctr700$ctl02"], None), (["dnn$ctr700$ctl03"], None)], [([""], [" "])] * 2)


@pytest.mark.parametrize(
    ("url", "full"),
    [
        ("/DnnImageHandler.ashx?mode=file&file=/Portals/0/a.jpg&w=1", "/Portals/0/a.jpg"),
        (
            "/dnnimagehandler.ashx?mode=securefile&fileId=7&w=9&MaxHeight=25",
            "/dnnimagehandler.ashx?mode=securefile&fileId=7",
        ),
        ("/Portals/0/anh/a.jpg?w=1", "/Portals/0/anh/a.jpg?w=1"),
    ],
)
def test_resized_image_leads_to_its_original(url: str, full: str) -> None:
    assert full_image(SITE + url) == SITE + full
