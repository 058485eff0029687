"""Nights of a large archive, made from a seed: staged rows as a crawl leaves them, without a crawl."""

from __future__ import annotations

import hashlib
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from uuid import UUID

from archive.article import Article, Image, Link, Moment
from archive.capture import Capture, Exchange, Place, capture_of
from archive.moment import iso
from archive.store import Store
from archive.tables import stage
from archive.tables.commit import CrawlFacts, Snapshot, commit
from archive.tables.rows import Asked, Origin, article_row, capture_row

FIRST = datetime(2026, 1, 1, 18, 30, tzinfo=UTC)
PORTALS = tuple(f"tinh-{number:02d}" for number in range(10))
_WORDS = (
    "hội nghị đối thoại thanh niên tỉnh ủy chính quyền kinh tế xã hội phát triển nông thôn mới xây dựng cơ sở hạ tầng giáo "
    "dục y tế văn hóa thể thao du lịch môi trường đất đai quy hoạch đầu tư doanh nghiệp lao động việc làm an sinh dân sinh "
    "cải cách hành chính công nghệ thông tin chuyển đổi số quốc phòng an ninh trật tự giao thông thủy lợi mùa vụ lúa xuân "
    "chăn nuôi dịch bệnh phòng chống thiên tai bão lũ hạn hán người có công chính sách tuyên truyền bầu cử đại biểu cử tri "
    "giám sát kiểm tra thanh tra khiếu nại tố cáo kỷ niệm ngày thành lập truyền thống cách mạng Đà Nẵng Hà Nam Phủ Lý Duy "
    "Tiên Kim Bảng Thanh Liêm "
)
_ONSETS = "b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x "
_RIMES = (
    "a an ang anh ao au ay ăc ăn ăng âm ân âu e em en eo ê ên êu i ia iên iêu im in inh o oa oan oi ong ô ôi ôn ông "
    "ơ ơi "
)
# those of real words first and commonest, then some nine hundred others: a language's long tail
_SYLLABLES = (*_WORDS.split(), *(onset + rime for rime in _RIMES.split() for onset in _ONSETS.split()))
_WEIGHTS = tuple(accumulate(1 / (rank + 8) for rank in range(len(_SYLLABLES))))


def text(chance: random.Random, count: int) -> str:
    """So many syllables, common ones more often than rare ones."""
    return " ".join(chance.choices(_SYLLABLES, cum_weights=_WEIGHTS, k=count))


def article(number: int, edition: int) -> Article:
    """The article of a number, in one of its editions: some ten paragraphs, an image with its caption, a date."""
    chance = random.Random(number)
    title = text(chance, 14).capitalize()
    body = [text(chance, chance.randint(20, 70)).capitalize() + "." for _ in range(10)]
    if edition:
        body[3] += f" Sửa lần {edition}."
    day = (FIRST - timedelta(days=number % 900)).date()
    host = f"http://{PORTALS[number % len(PORTALS)]}.example"
    return Article(
        url=f"{host}/Pages/{number}.aspx",
        title=f"{title} {number}",
        lead=text(chance, 30),
        body=tuple(body),
        category=("Tin theo lĩnh vực", f"Lĩnh vực {number % 8}"),
        published=Moment(day, None, "day", "page", f"{day:%d/%m/%Y}"),
        modified=None,
        author=None,
        source=None,
        tags=(),
        images=(Image(f"{host}/anh/{number}.jpg", text(chance, 8), None, None),),
        attachments=(),
        links=(Link(f"{host}/tin.aspx", "Xem thêm"),),
        language="vi",
        cms_id=str(number),
        layout="sharepoint/publishing",
    )


@contextmanager
def staged(path: Path, night: int, editions: dict[int, int]) -> Iterator[sqlite3.Connection]:
    """A staging database with a capture and a reading of each article in `editions` (number to edition)."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as db:
        db.execute("PRAGMA journal_mode = OFF")
        stage.create_stage(db)
        db.execute("BEGIN")
        for place, (number, edition) in enumerate(editions.items()):
            stage.add_rows(db, _rows(night, place, number, edition))
        db.execute("COMMIT")
        yield db


def _rows(night: int, place: int, number: int, edition: int) -> Iterator[stage.Row]:
    said = article(number, edition)
    origin = Origin(crawl_of(night), "tinh", "1.0-benchmark")
    started = FIRST + timedelta(days=night, milliseconds=place * 200)
    head = b'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nETag: "%d"\r\n\r\n' % number
    body = b"<html>%d %d</html>" % (number, edition)
    exchange = Exchange(said.url, "GET", b"GET / HTTP/1.1\r\n\r\n", head + body, started, 40, "192.0.2.1")
    record = UUID(bytes=hashlib.sha256(b"%d %d" % (night, number)).digest()[:16])
    at = Place(f"tinh/{crawl_of(night)}.warc.gz", place * 20_000, 19_000, f"urn:uuid:{record}")
    capture = capture_of(exchange, at)
    assert isinstance(capture, Capture)
    yield stage.capture(capture_row(exchange, capture, at, Asked("article"), origin, "article"))
    yield stage.article(article_row(said, capture, origin))
    if edition == 0:
        image = said.images[0].url
        yield stage.capture(_image(image, started, night, number, at, origin))


def _image(url: str, started: datetime, night: int, number: int, at: Place, origin: Origin) -> dict[str, object]:
    record = UUID(bytes=hashlib.sha256(b"image %d %d" % (night, number)).digest()[:16])
    exchange = Exchange(
        url, "GET", b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n%d" % number, started, 40, "192.0.2.1"
    )
    place = Place(at.warc_filename, at.offset + 1, 900, f"urn:uuid:{record}")
    return capture_row(exchange, capture_of(exchange, place), place, Asked("image"), origin, None)


def crawl_of(night: int) -> str:
    """The name of a night's crawl."""
    return f"tinh-{night:03d}"


def commit_night(store: Store, db: sqlite3.Connection, night: int) -> Snapshot:
    """Commits what is staged."""
    started = FIRST + timedelta(days=night)
    own = {"night": started.date().isoformat(), "action": "crawl", "failed": 0, "started_at": iso(started)}
    return commit(store, db, CrawlFacts(crawl_of(night), "tinh", None, own))


def editions_of(night: int, new: int, share: float) -> dict[int, int]:
    """What a night brings: `new` articles, and an edition of a `share` of all before, chosen by the night."""
    known = new * (night - 1)
    chance = random.Random(-night)
    edited = dict.fromkeys(chance.sample(range(known), int(known * share)), night) if known else {}
    return edited | {known + number: 0 for number in range(new)}


__all__ = ["FIRST", "PORTALS", "article", "commit_night", "crawl_of", "editions_of", "staged", "text"]
