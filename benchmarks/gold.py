"""Pages with known answers, read from a folder that is no part of the project."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive.capture import Capture
from benchmarks.scores import name_of

_ROOT = Path(__file__).parent.parent
_SEEN = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sample:
    """A page, and which half of the data it is in: errors of the first are looked at, those of the second never."""

    name: str
    url: str
    body: bytes
    first: bool

    def capture(self) -> Capture:
        """The page as the crawler would have it."""
        return Capture(self.url, _SEEN, 200, (("Content-Type", "text/html; charset=utf-8"),), self.body)


@dataclass(frozen=True, slots=True)
class Text:
    """A page whose text is known."""

    sample: Sample
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An image: the names of its versions, its caption."""

    names: frozenset[str]
    caption: str | None


@dataclass(frozen=True, slots=True)
class News:
    """A page whose fields are known."""

    sample: Sample
    title: str
    lead: str
    images: tuple[Shown, ...]
    authors: tuple[str, ...]
    published: datetime


def folder() -> Path:
    """`$LUUTRU_EXTRACTION_DEV`, else `../shared/extraction-dev`."""
    return Path(os.environ.get("LUUTRU_EXTRACTION_DEV") or _ROOT.parent / "shared" / "extraction-dev")


def texts(data: Path) -> Iterator[Text]:
    """The pages of the article-extraction-benchmark."""
    truth = json.loads((data / "scrapinghub" / "ground-truth.json").read_text("utf-8"))
    for name, told in sorted(truth.items()):
        page = _sample(data / "scrapinghub" / "html" / f"{name}.html.gz", told["url"])
        yield Text(page, told["articleBody"])


def news(data: Path) -> Iterator[News]:
    """The pages of fundus' own tests."""
    for line in (data / "fundus" / "gold.jsonl").read_text("utf-8").splitlines():
        told = json.loads(line)
        yield News(
            _sample(data / "fundus" / told["path"], told["url"]),
            told["title"],
            "\n".join((told["body"] or {}).get("summary") or ()),
            tuple(
                Shown(names, image["caption"]) for image in told["images"] or () if (names := _names(image["versions"]))
            ),
            tuple(told["authors"] or ()),
            datetime.fromisoformat(told["date"]),
        )


def _names(versions: list[dict[str, str]]) -> frozenset[str]:
    # what stands in for an image until a script loads it is no version of it
    names = (name_of(version["url"]) for version in versions)
    return frozenset(name for name in names if "placeholder" not in name)


def _sample(path: Path, url: str) -> Sample:
    first = hashlib.sha256(path.name.encode()).digest()[0] % 2 == 0
    return Sample(path.name, url, gzip.decompress(path.read_bytes()), first)
