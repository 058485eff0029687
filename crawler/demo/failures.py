"""The pages nobody wants: not found, moved, ASP.NET's error page, and the browser challenge."""

import html
from collections.abc import Sequence

from crawler.demo.addresses import digest
from crawler.demo.page import NOTICE, Load, master
from crawler.demo.texts import Text


def not_found_page(load: Load, latest: Sequence[Text]) -> str:
    """The portal's own page for an address where nothing is."""
    content = (
        '<div class="khong-thay"><p>Không tìm thấy trang bạn yêu cầu. Trang có thể đã được gỡ bỏ hoặc chuyển sang '
        'địa chỉ khác.</p><p><a href="/">Về trang chủ</a></p></div>'
    )
    return master(load, "Không tìm thấy trang", content, latest)


def moved_page(location: str) -> str:
    """The body ASP.NET sends along with a redirect."""
    return (
        "<html><head><title>Object moved</title></head><body>\r\n"
        f'<h2>Object moved to <a href="{html.escape(location)}">here</a>.</h2>\r\n</body></html>\r\n'
    )


def error_page(path: str) -> str:
    """ASP.NET's error page for a view state it did not make."""
    return (
        "<!DOCTYPE html>\r\n<html>\r\n<head><title>Validation of viewstate MAC failed.</title></head>\r\n"
        "<body bgcolor=\"white\">\r\n<span><H1>Server Error in '/' Application.<hr width=100% size=1 color=silver></H1>"
        "\r\n<h2> <i>Validation of viewstate MAC failed. If this application is hosted by a Web Farm or cluster, "
        "ensure that &lt;machineKey&gt; configuration specifies the same validationKey and validation algorithm. "
        "AutoGenerate cannot be used in a cluster.</i> </h2></span>\r\n"
        f"<b> Exception Details: </b>System.Web.HttpException<br><b> Requested path: </b>{html.escape(path)}<br>\r\n"
        "<hr width=100% size=1 color=silver>\r\n<b>Version Information:</b>&nbsp;Microsoft .NET Framework "
        f"Version:4.0.30319; ASP.NET Version:4.0.30319.34209\r\n<p>{NOTICE}</p>\r\n</body>\r\n</html>\r\n"
    )


def print_page(title: str) -> str:
    """What stands at the print address that robots.txt disallows."""
    return f"<html><head><title>{html.escape(title)}</title></head><body><p>{NOTICE}</p></body></html>\r\n"


def challenge() -> str:
    """The browser challenge: a script that sets a cookie and loads the page again; the same at every load."""
    cookie = digest("D1N").hex()[:32]
    return (
        f'<html><body><script>document.cookie="D1N={cookie}"+"; expires=Fri, 31-Dec-2099 23:59:59 GMT; path=/";'
        "window.location.reload(true);</script></body></html>"
    )
