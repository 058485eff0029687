"""How an extraction is scored against a known answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import mean
from urllib.parse import parse_qs, unquote, urlsplit

_WORD = re.compile(r"\w+")
_SHINGLE = 4
_INNER = re.compile(r"https?:/{1,2}", re.IGNORECASE)
_ENDING = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp|tiff?|html?|ashx)$", re.IGNORECASE)
_VARIANT = re.compile(
    r"^(?:thumbs?_(?:[a-z]_){0,3}|image-\d{2,4}-|\d{3,4}x\d{3,4}_|w\d{3,4}_)|[=~].*$|,+$"
    r"|[-_.](?:\d{2,4}x\d{0,4}|[wh]-?\d{2,4}|r\d[\d.]*|fp[xy]\d+|v?\d{1,2}[-_]\d{1,2}[-_]\d{3,4}|\d{1,2}-\d{1,2}(?=-)"
    r"|scaled|large|medium|small|thumb|original|master|\d{2,4}w)(?=$|[-_.~=])",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"\d{3,4}|[\d.,_:-]*x[\d.,_:-]*|@@\w*"
    r"|(?:image|images|img|photo|master|original|default|large|medium|small|thumb|thumbnail|crop|resize|file|raw|public)s?"
    r"|(?:webp|landscape|portrait)[\w-]*",
    re.IGNORECASE,
)
_SHORT = 6


@dataclass(frozen=True, slots=True)
class Overlap:
    """What was rightly found, wrongly found and missed, as shares of all."""

    right: float
    wrong: float
    missed: float


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and their harmonic mean."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean; 0 where both are."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def words(text: str) -> list[str]:
    """The words of a text in order, in lower case."""
    return [word.lower() for word in _WORD.findall(text)]


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Every run of four words; one shorter run where there are fewer.  Case counts, as in the published benchmark."""
    found = _WORD.findall(text)
    if not found:
        return Counter()
    return Counter(tuple(found[at : at + _SHINGLE]) for at in range(max(1, len(found) - _SHINGLE + 1)))


def overlap(wanted: str, found: str) -> Overlap:
    """How the shingles of two texts overlap; a long text weighs no more than a short one."""
    true, told = shingles(wanted), shingles(found)
    right, wrong, missed = (true & told).total(), (told - true).total(), (true - told).total()
    all_of_them = right + wrong + missed or 1
    return Overlap(right / all_of_them, wrong / all_of_them, missed / all_of_them)


def score(pages: Iterable[Overlap]) -> Score:
    """Means over the pages: precision of those where anything was found, recall of those where anything is."""
    every = list(pages)
    precise = [page.right / found for page in every if (found := page.right + page.wrong)]
    recalled = [page.right / there for page in every if (there := page.right + page.missed)]
    return Score(mean(precise) if precise else 0.0, mean(recalled) if recalled else 0.0)


def alike(wanted: str, found: str) -> float:
    """F1 of two texts' words, each counted as often as it stands."""
    true, told = Counter(words(wanted)), Counter(words(found))
    shared = (true & told).total()
    return 2 * shared / (true.total() + told.total()) if shared else 0.0


def name_of(url: str) -> str:
    """An image's own name in its URL, the same in each size that a server makes of it.

    The last part of the path that is no size, no word of an image server and not its host; without the ending and
    without what tells a size.  Of an address that carries another (`/resize/300/https://…`, `?url=…`), the inner one.
    """
    inner = [value for values in parse_qs(urlsplit(url).query).values() for value in values if _INNER.match(value)]
    whole = unquote(inner[-1] if inner else url)
    path = urlsplit(_INNER.split(whole)[-1].join(("http://", ""))).path
    stems = [_stem(part) for part in path.split("/") if part]
    named = [stem for stem in stems if stem and not _SIZE.fullmatch(stem)]
    if not named:
        return "/".join(stems)
    return named[-1] if len(named[-1]) >= _SHORT else "/".join(named[-2:])


def _stem(part: str) -> str:
    stem = _ENDING.sub("", _ENDING.sub("", part.lower()))
    while (shorter := _VARIANT.sub("", stem)) != stem:
        stem = shorter
    return stem


def images(pages: Sequence[tuple[Sequence[frozenset[str]], Sequence[str]]]) -> Score:
    """Over all pages together: wanted images, each the names of its versions, and found ones.  A name counts once."""
    matched = recalled = found = wanted = 0
    for true, told in pages:
        names = dict.fromkeys(told)
        distinct = dict.fromkeys(true)
        known = set().union(*distinct)
        found += len(names)
        wanted += len(distinct)
        matched += sum(name in known for name in names)
        recalled += sum(not versions.isdisjoint(names) for versions in distinct)
    return Score(matched / found if found else 0.0, recalled / wanted if wanted else 0.0)
