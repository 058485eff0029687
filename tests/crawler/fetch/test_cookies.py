"""A cookie that names a domain costs no request past the tap."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import socket
def refuse(*words):
    raise SystemExit(f"a name was to be resolved: {words[0]}")
socket.getaddrinfo = refuse
from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.utils.test import get_crawler
from crawler.fetch.cookies import Cookies
jar = Cookies.from_crawler(get_crawler(Spider, {"COOKIES_ENABLED": True}))
asked = Request("http://www.hanam.gov.vn/")
headers = {"Set-Cookie": ["a=1; Domain=hanam.gov.vn", "b=2; Domain=gov.vn"]}
jar.process_response(asked, Response(asked.url, headers=headers))
again = Request("http://tin.hanam.gov.vn/")
jar.process_request(again)
print(again.headers.get("Cookie"))
"""


def test_domains_of_cookies_are_judged_by_the_installed_list() -> None:
    """gov.vn is a public suffix: nobody sets a cookie for all of it."""
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "b'a=1'"), done.stderr
