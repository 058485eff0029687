"""How well pages of unknown make are read: `python -m benchmarks.extraction` measures and writes extraction.md."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import mean, median

from benchmarks import gold, scores
from benchmarks.gold import News, Sample, Shown, Text
from benchmarks.readers import Found, Picture, Reader, luutru, trafilatura_default, trafilatura_precise

READERS: dict[str, Reader] = {
    "luutru": luutru,
    "trafilatura": trafilatura_default,
    "trafilatura, precision": trafilatura_precise,
}
HALVES: tuple[tuple[str, Callable[[Sample], bool]], ...] = (
    ("tuned on", lambda sample: sample.first),
    ("held back", lambda sample: not sample.first),
    ("all", lambda sample: sample.name != ""),
)
_ALIKE = 0.8
_TOP = """# Pages of unknown make

`make bench-extraction` measures this anew.  The pages are other people's, in English, German and twenty other languages:
they anchor the generic layer and prove nothing about Vietnamese portals.  They are no part of this repository:
`LUUTRU_EXTRACTION_DEV` names their folder.  Errors were looked at on one half of the pages, chosen by a hash of their file
names ("tuned on"); the other half ("held back") shows what is left on pages of which no more was looked at than whether
they were read as articles at all.

luutru is `crawler.portals.extract(capture, None)`: no portal named, the platform recognised by the markup.
"""
_TEXTS = """## Text (article-extraction-benchmark)

Shingles of four words, precision and recall a page, their means, and F1 of these; luutru's text is lead and body.
"""
_FIELDS = """## Fields (fundus)

- images: F1 over all pages together.  Two URLs are one image where they carry the same name: the last part of the path
  that is no size, without its ending and without what tells a size; any version of a wanted image counts.
- captions: share of wanted captions for which a caption of ours for that image, alone or with its credit, has a token F1
  of .8 or more.  Of trafilatura's images: their title or alt, for it gives no captions.
- title: the same but for white space.  lead: token F1 of .8 or more, where one is wanted; trafilatura's description.
- date: the same day.  authors: share of wanted names that stand in what was found.
"""
_SPEED = """## Speed

Medians of processor time in ms a page, both sets together.  luutru's time is for everything it reads, from the bytes;
trafilatura's for its text alone, from the decoded page.
"""


def main() -> int:
    """Measures, prints and writes the report beside this file."""
    data = gold.folder()
    if not data.is_dir():
        print(f"no pages at {data}: name their folder in LUUTRU_EXTRACTION_DEV", file=sys.stderr)
        return 2
    report = measure(list(gold.texts(data)), list(gold.news(data)))
    Path(__file__).with_suffix(".md").write_text(report, "utf-8")
    print(report)
    return 0


def measure(texts: Sequence[Text], news: Sequence[News]) -> str:
    """The report."""
    luutru(texts[0].sample)  # what is imported on the first page is no page's time
    told = {name: [read(page.sample) for page in texts] for name, read in READERS.items()}
    fields = {name: [read(page.sample) for page in news] for name, read in READERS.items()}
    return (
        "\n".join(
            (
                _TOP,
                f"{_machine()}\n",
                _TEXTS,
                _table(("", "half", "pages", "F1", "precision", "recall"), _text_rows(texts, told)),
                _FIELDS,
                _table(
                    (
                        "",
                        "half",
                        "pages",
                        "images F1",
                        "precision",
                        "recall",
                        "captions",
                        "title",
                        "lead",
                        "date",
                        "authors",
                    ),
                    _field_rows(news, fields),
                ),
                _SPEED,
                _table(
                    ("", "ms a page"),
                    ((name, f"{median(found.ms for found in told[name] + fields[name]):.1f}") for name in READERS),
                ),
            )
        ).rstrip("\n")
        + "\n"
    )


def _text_rows(texts: Sequence[Text], told: dict[str, list[Found]]) -> Iterable[tuple[str, ...]]:
    for half, inside in HALVES:
        for name in READERS:
            pairs = [(page, found) for page, found in zip(texts, told[name], strict=True) if inside(page.sample)]
            score = scores.score(scores.overlap(page.text, found.text) for page, found in pairs)
            yield name, half, str(len(pairs)), *map(_share, (score.f1, score.precision, score.recall))


def _field_rows(news: Sequence[News], fields: dict[str, list[Found]]) -> Iterable[tuple[str, ...]]:
    for half, inside in HALVES:
        for name in READERS:
            pairs = [(page, found) for page, found in zip(news, fields[name], strict=True) if inside(page.sample)]
            pictures = scores.images(
                [
                    ([image.names for image in page.images], [scores.name_of(image.url) for image in found.pictures])
                    for page, found in pairs
                ]
            )
            yield (
                name,
                half,
                str(len(pairs)),
                *map(_share, (pictures.f1, pictures.precision, pictures.recall)),
                _share(_mean(hit for page, found in pairs for hit in captions(page.images, found.pictures))),
                _share(_mean(_plain(page.title) == _plain(found.title) for page, found in pairs)),
                _share(_mean(scores.alike(page.lead, found.lead) >= _ALIKE for page, found in pairs if page.lead)),
                _share(_mean(_same_day(page.published, found.published) for page, found in pairs)),
                _share(_mean(_plain(who) in _plain(found.authors) for page, found in pairs for who in page.authors)),
            )


def captions(wanted: Sequence[Shown], found: Sequence[Picture]) -> Iterable[bool]:
    """Of each wanted caption, whether it was found for its image."""
    for image in wanted:
        if image.caption:
            told = (text for shown in found if scores.name_of(shown.url) in image.names for text in shown.captions)
            yield max((scores.alike(image.caption, text) for text in told), default=0.0) >= _ALIKE


def _plain(text: str) -> str:
    return re.sub(r"[\s\u200b\u00ad]+", " ", text).strip()


def _same_day(wanted: datetime, found: date | datetime | None) -> bool:
    if isinstance(found, datetime):
        return found.astimezone(wanted.tzinfo).date() == wanted.date()
    return found == wanted.date()


def _mean(hits: Iterable[bool]) -> float:
    every = list(hits)
    return mean(every) if every else 0.0


def _share(value: float) -> str:
    return f"{value:.3f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _machine() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("trafilatura", "lxml"))
    return f"{platform.machine()}, {os.cpu_count()} cores; Python {platform.python_version()}, {packages}."


if __name__ == "__main__":
    sys.exit(main())
