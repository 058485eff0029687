"""Pages that are no article although a server gave them with 200."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.article import Reading
from archive.capture import Capture
from crawler.extract import extract, verdict
from crawler.extract.page import Page
from crawler.platforms import PLATFORMS

URL = "http://hanam.example/Pages/bai.aspx"
BODY = "<div class='ms-rtestate-field' id='ctl00_ControlWrapper_RichHtmlField'>{}</div>"
LONG = "Ủy ban nhân dân tỉnh ban hành kế hoạch triển khai nhiệm vụ trọng tâm trên địa bàn các huyện, thành phố. " * 6

D1N = (
    b'<html><body><script>document.cookie="D1N=0f7a3e5c9b1d2a4e6f8091a2b3c4d5e6"+"; expires=Fri, 31-Dec-2099 23:59:59 GMT; '
    b'path=/";window.location.reload(true);</script></body></html>'
)


def read(markup: str | bytes, url: str = URL, platform: str = "sharepoint") -> Reading:
    body = markup if isinstance(markup, bytes) else markup.encode()
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    capture = Capture(url, datetime(2026, 11, 24, 1, 0, tzinfo=UTC), 200, headers, body)
    return extract(capture, PLATFORMS[platform].layout)


def page(markup: str) -> Page:
    return Page(Capture(URL, datetime(2026, 11, 24, 1, 0, tzinfo=UTC), 200, (), markup.encode()))


def test_challenge_of_177_bytes_is_one() -> None:
    assert 170 <= len(D1N) <= 190
    assert read(D1N) == Reading("challenge", "sharepoint/publishing")
    assert read(D1N, platform="generic").verdict == "challenge"


def test_challenge_with_a_word_to_the_reader_is_one() -> None:
    stub = (
        "<script>document.cookie='a=1';location.href=location.href;</script><p>Đang kiểm tra trình duyệt của bạn…</p>"
    )
    assert read(stub).verdict == "challenge"


def test_page_with_text_is_no_challenge_though_a_script_sets_a_cookie() -> None:
    script = "<script>document.cookie='lang=vi';function go(u){location.href=u}</script>"
    assert not verdict.is_challenge(page(f"{script}<p>{LONG}"))
    assert read(f"<h1 class='title'>Kế hoạch</h1>{script}{BODY.format(f'<p>{LONG}</p>')}").verdict == "article"
    assert not verdict.is_challenge(page("<script>document.cookie='a=1'</script>"))  # nothing is loaded again


@pytest.mark.parametrize(
    "markup",
    [
        "<title>404 - Không tìm thấy trang</title><p>Trang chủ</p>",
        "<title>Cổng TTĐT</title><h1>Trang bạn yêu cầu không tồn tại</h1>",
        "<title>Cổng TTĐT</title><h2>Đường dẫn không hợp lệ</h2>",
        "<title>Cổng TTĐT</title><div>Không tìm thấy bài viết, hoặc bài viết đã bị xóa.</div>",
        "<title>Lỗi</title><p>Đã xảy ra lỗi trong quá trình xử lý</p>",
        "<title>Server Error in '/' Application.</title><h1>Runtime Error</h1>",
        "<title>Page not found</title>",
    ],
)
@pytest.mark.parametrize("platform", ["sharepoint", "generic"])
def test_error_told_in_words_under_200_is_a_soft_404(markup: str, platform: str) -> None:
    assert read(markup, platform=platform).verdict == "soft-404"


def test_long_error_page_of_a_portal_without_a_file_is_no_article() -> None:
    words = (
        "Trang bạn tìm có thể đã được chuyển đi, đổi tên hoặc không còn nữa. Mời bạn trở về trang chủ của cổng. " * 4
    )
    markup = f"<title>Lỗi 404</title><h1>Không tìm thấy trang</h1><div class='content'><p>{words}</p></div>"
    assert read(markup, platform="generic").verdict == "soft-404"


def test_article_about_what_was_not_found_is_an_article() -> None:
    title = "Vẫn không tìm thấy ngư dân mất tích"
    markup = f"<title>{title}</title><h1 class='title'>{title}</h1>" + BODY.format(f"<p>{LONG}</p>")
    reading = read(markup)
    assert reading.article is not None
    assert reading.article.title == title


def test_number_of_a_document_is_no_error() -> None:
    assert not verdict.is_soft_404(page("<title>Nghị quyết số 404/NQ-HĐND</title><p>Tải về</p>"))


def test_login_page_is_one() -> None:
    form = "<form><input name='u'><input type='password' name='p'><button>Đăng nhập</button></form>"
    assert read(f"<title>Đăng nhập hệ thống</title>{form}").verdict == "login"
    notice = (
        "Hệ thống dành cho cán bộ, công chức. Tài khoản do Văn phòng cấp; quên mật khẩu thì liên hệ quản trị viên. " * 4
    )
    assert read(f"<h1>Đăng nhập</h1><div><p>{notice}</p></div>{form}", platform="generic").verdict == "login"


def test_article_beside_a_login_box_is_an_article() -> None:
    form = "<form><input type='password' name='p'></form>"
    assert read(f"<h1 class='title'>Kế hoạch</h1>{form}{BODY.format(f'<p>{LONG}</p>')}").verdict == "article"


@pytest.mark.parametrize(
    "path",
    [
        "/vi/en/vi/en/vi/tin.html",
        "/vi/en/vi/en/tin.html",
        "/a/x/b/x/c/x/",
        "/TIN/tin/Tin/",
        "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p",
    ],
)
def test_path_that_nests_without_end_is_a_trap(path: str) -> None:
    assert verdict.is_trap(f"http://hanam.example{path}")
    markup = f"<h1 class='title'>Kế hoạch</h1>{BODY.format(f'<p>{LONG}</p>')}"
    assert read(markup, f"http://hanam.example{path}").verdict == "trap"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/vi-vn/Tin-tuc-Su-kien/Tin-tuc-su-kien/bai.aspx",
        "/vi/en/vi/tin.html",
        "/portal/Pages/2012-12-12/bai.aspx",
        "/tin/12/12/12/bai.html",
        "/2011/11/11/11/bai.html",
        "/documents/10197/10197/a.pdf",
    ],
)
def test_path_that_repeats_a_little_or_holds_a_date_is_none(path: str) -> None:
    assert not verdict.is_trap(f"http://hanam.example{path}")
