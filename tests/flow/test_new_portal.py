"""A new portal: looked at, written, and refused in one line where it cannot be."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from crawler import portals
from crawler.demo.answer import Answer
from crawler.demo.server import DemoServer

Run = Callable[..., subprocess.CompletedProcess[str]]
HOST = "phuong.example"

MENU = """<ul class="nav-menu"><li><a href="/">Trang chủ</a></li><li><a href="/vi/about/">Giới thiệu</a></li>
<li><a href="/vi/news/tin-tuc/">Tin tức</a><ul><li><a href="/vi/news/tin-trong-phuong/">Tin trong phường</a></li>
<li><a href="http://khac.example/tin-tuc/">Tin tỉnh</a></li></ul></li>
<li><a href="/vi/kinh-te/">Kinh tế</a></li><li><a href="/vi/contact/">Liên hệ</a></li></ul>"""
HEAD = '<meta name="generator" content="NukeViet v4.5"><title>Trang chủ - Trang thông tin phường "Đông"</title>'


def page(inner: str) -> Answer:
    text = f"<!DOCTYPE html><html lang='vi'><head>{HEAD}</head><body>{MENU}{inner}</body></html>"
    return Answer(200, "OK", (("Content-Type", "text/html; charset=utf-8"),), text.encode())


def rows(*numbers: int) -> str:
    items = "".join(
        f'<div class="panel"><div class="panel-body"><h3><a href="/vi/news/tin-trong-phuong/bai-{n}.html">Bài số {n}</a></h3>'
        f'<ul><li><em class="fa fa-clock-o"></em> {n}/10/2026 07:45</li></ul></div></div>'
        for n in numbers
    )
    return f'<div class="news_column">{items}</div>'


PAGER = """<ul class="pagination"><li class="active"><a href="#">1</a></li>
<li><a href="/vi/news/tin-trong-phuong/page-2/">2</a></li></ul>"""
ARTICLE = """<div itemtype="http://schema.org/NewsArticle"><h1 class="title" itemprop="headline">Bài số 14</h1>
<span itemprop="datePublished">2026-10-14T07:45:00+07:00</span><div class="hometext">Tóm tắt của bài.</div>
<div id="news-bodyhtml"><p>Đoạn thứ nhất của bài nói về con đường mới mở trong phường.</p></div></div>"""
PAGES = {
    "/": page("<p>Chào mừng.</p>"),
    "/robots.txt": Answer(200, "OK", (("Content-Type", "text/plain"),), b"User-agent: *\nDisallow: /kin/\n"),
    "/vi/news/tin-trong-phuong/": page(rows(14, 13, 12) + PAGER),
    "/vi/news/tin-trong-phuong/page-2/": page(rows(11, 10)),
    "/vi/news/tin-trong-phuong/bai-14.html": page(ARTICLE),
    "/kin/": page(""),
    "/tep.pdf": Answer(200, "OK", (("Content-Type", "application/pdf"),), b"%PDF-1.4"),
    "/di": Answer(302, "Found", (("Location", "http://khac.example/"), ("Content-Length", "0"))),
}


class Site:
    """The portal of a ward."""

    def answer(self, method: str, host: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        return PAGES.get(target, Answer(404, "Not Found", (("Content-Type", "text/html"),), b"<h1>404</h1>"))


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with DemoServer(Site()) as server:
        file = tmp_path_factory.mktemp("config") / "luutru.toml"
        file.write_text(f'[connect]\n"{HOST}:80" = "127.0.0.1:{server.port}"\n', "utf-8")
        yield file


def new(luutru: Run, config: Path, url: str, *words: str) -> subprocess.CompletedProcess[str]:
    return luutru("portals", "new", url, *words, "--delay", "0", "--config", str(config))


def test_portal_is_looked_at_and_its_file_written(luutru: Run, config: Path, tmp_path: Path) -> None:
    done = new(luutru, config, f"http://{HOST}/", "--portals", str(tmp_path))
    assert done.returncode == 0, done.stderr
    file = tmp_path / "phuong.toml"
    found = portals.read(file)
    assert (found.title, found.hosts, found.platform) == ('Trang thông tin phường "Đông"', (HOST,), "nukeviet")
    assert found.evidence.startswith("recognised on 20")
    assert found.evidence.endswith(", not yet looked at")
    assert [category.path for category in found.categories] == [("Tin tức", "Tin trong phường")]
    text = file.read_text("utf-8")
    assert '# path = ["Tin tức"]' in text  # its parts are named
    assert '# path = ["Kinh tế"]' in text  # by its topic alone
    assert "Giới thiệu" not in text
    assert "khac.example" not in text
    assert found.expect.listing_links == (1, 6)
    assert found.expect.filled == {"title": 1.0, "body": 0.9, "published_date": 0.9}
    assert "platform: nukeviet\n  it has its generator meta" in done.stdout
    assert "listing tried: Tin tức › Tin trong phường: 3 entries, the way on leads on" in done.stdout
    assert "article tried: Bài số 14" in done.stdout
    assert "published 2026-10-14T07:45:00+07:00" in done.stdout
    assert f"luutru portals golden phuong --portals {tmp_path} --to goldens" in done.stdout


def test_page_of_a_listing_is_a_category_itself(luutru: Run, config: Path, tmp_path: Path) -> None:
    url = f"http://{HOST}/vi/news/tin-trong-phuong/"
    done = new(luutru, config, url, "--to", str(tmp_path / "tin.toml"))
    assert done.returncode == 0, done.stderr
    assert portals.read(tmp_path / "tin.toml").categories[0].url == url
    assert "article tried: Bài số 14" in done.stdout


def test_file_is_never_overwritten(luutru: Run, config: Path, tmp_path: Path) -> None:
    file = tmp_path / "phuong.toml"
    file.write_text("mine", "utf-8")
    done = new(luutru, config, f"http://{HOST}/", "--to", str(file))
    assert (done.returncode, done.stdout, file.read_text("utf-8")) == (2, "", "mine")
    assert (
        done.stderr
        == f"luutru: {file} is there already. Name another with --to, or move it away; it is never overwritten\n"
    )


@pytest.mark.parametrize(
    ("url", "word"),
    [
        (f"http://{HOST}/mat", "could not be had (missing)"),
        (f"http://{HOST}/kin/", "could not be had (robots.txt refuses it)"),
        (f"http://{HOST}/tep.pdf", "is no page of HTML"),
        (f"http://{HOST}/di", "leads to http://khac.example/, another host"),
        ("http://127.0.0.1:9/", "could not be had ("),
    ],
)
def test_page_that_cannot_be_had_is_told_in_one_line(
    luutru: Run, config: Path, tmp_path: Path, url: str, word: str
) -> None:
    done = new(luutru, config, url, "--to", str(tmp_path / "mot.toml"))
    assert done.returncode == 1, done.stderr
    last = [line for line in done.stderr.splitlines() if line.startswith("luutru: ")]
    assert len(last) == 1
    assert word in last[0]
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "mot.toml").exists()


def test_file_of_html_is_looked_at_without_network(luutru: Run, tmp_path: Path) -> None:
    saved = tmp_path / "trang.html"
    saved.write_bytes(PAGES["/"].body)
    done = luutru("portals", "new", str(saved), "--url", f"http://{HOST}/", "--portals", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "no listing and no article was tried" in done.stdout
    assert portals.read(tmp_path / "phuong.toml").platform == "nukeviet"
    assert luutru("portals", "new", str(saved)).returncode == 2


def test_check_tells_the_platform_of_a_url(luutru: Run, config: Path) -> None:
    done = luutru("portals", "check", f"http://{HOST}/vi/news/tin-trong-phuong/bai-14.html", "--config", str(config))
    assert done.returncode == 0, done.stderr
    assert ": nukeviet\n" in done.stdout
    assert "it has its generator meta" in done.stdout
    assert luutru("portals", "check", f"http://{HOST}/mat", "--config", str(config)).returncode == 1


def test_golden_is_captured_looked_at_and_checked(luutru: Run, config: Path, tmp_path: Path) -> None:
    category = f'categories = [{{ path = ["Tin"], url = "http://{HOST}/vi/news/tin-trong-phuong/" }}]'
    text = f'title = "Phường"\nhosts = ["{HOST}"]\nplatform = "nukeviet"\n{category}\npoliteness = {{ delay = 0.0 }}\n'
    (tmp_path / "phuong.toml").write_text(text, "utf-8")
    words = ("portals", "golden", "phuong", "--portals", str(tmp_path), "--to", str(tmp_path / "vang"))
    article = f"http://{HOST}/vi/news/tin-trong-phuong/bai-14.html"
    gone = luutru(*words, f"http://{HOST}/mat", "--config", str(config))
    assert (gone.returncode, (tmp_path / "vang" / "phuong").exists()) == (1, False)
    assert f"luutru: http://{HOST}/mat could not be had (missing)" in gone.stderr
    assert luutru(*words, "http://khac.example/a").returncode == 2
    made = luutru(*words, article, "--config", str(config), "--json")
    assert made.returncode == 0, made.stderr
    record = json.loads(made.stdout)
    assert record["pages"] == "not the portal's own: the connect map led to another server"
    assert [one["verdict"] for one in record["readings"]] == ["listing", "article"]
    assert record["readings"][1]["body"] == ["Đoạn thứ nhất của bài nói về con đường mới mở trong phường."]
    again = luutru(*words, article, "--config", str(config))
    assert (again.returncode, "is there already" in again.stderr) == (2, True)
    unseen = luutru(*words, "--check")
    assert (unseen.returncode, unseen.stdout) == (1, "phuong: 2 pages, read the same, not looked at yet\n")
    assert luutru(*words, "--looked", "Lê Thị Tư").returncode == 0
    assert luutru(*words, "--check").returncode == 0
    (tmp_path / "phuong.toml").write_text(f'{text}[[layouts]]\ntitle = "//title"\n', "utf-8")
    changed = luutru(*words, "--check")
    assert changed.returncode == 1
    assert f"  {article}: title\n  - Bài số 14\n  + Trang chủ - Trang thông tin" in changed.stdout
