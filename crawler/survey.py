"""A first look at a portal: its platform, the categories its menu leads to, one listing and one article tried."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from archive.article import Article, Listing, Reading, Turn
from archive.capture import Capture, wire_verdict
from archive.errors import Misuse, Unreachable
from archive.moment import local_date
from archive.store import create_store
from archive.url import canonical, host_of
from crawler.config import Configuration
from crawler.extract.page import Page, is_html
from crawler.menu import Candidate, candidates
from crawler.platforms import Mark, recognise
from crawler.portals import Category, Portal, extract
from crawler.portals.portal import LayoutValues, Politeness
from crawler.repeated import entries_path

if TYPE_CHECKING:
    from crawler.fetch.sample import Follow, Sampled, Taken, Wanted

_TRIES = 4
_FEWEST = 2
_HOMES = re.compile(r"/?(?:(?:vi|vn|web/guest)/?)?(?:(?:index|default|home|trang-chu)[\w.-]*)?", re.IGNORECASE)
_PARTS = re.compile(r"\s+[-–|]\s+")
_REFUSALS = {
    "not-html": "no page of HTML",
    "unreadable": "a page with too many tags to read",
    "challenge": "a script that sets a cookie and asks again",
    "login": "a login",
    "soft-404": "a page that says it is not there",
}
_DOUBTED = "it was tried, and no listing was found on it"


@dataclass
class Survey:
    """What was seen.  `listing` and `article` are what the tried pages say, `more` whether the listing's way on led on,
    `entries` an XPath that was guessed where the platform's layout found no listing."""

    url: str
    title: str
    platform: str
    signs: tuple[Mark, ...]
    found: list[Candidate]
    delay: float
    tried: bool = True
    category: Candidate | None = None
    listing: Listing | None = None
    more: bool | None = None
    article: Article | None = None
    article_url: str | None = None
    entries: str | None = None

    @property
    def host(self) -> str:
        """The portal's host, without www."""
        return host_of(self.url).removeprefix("www.")


def name_of(url: str) -> str:
    """A name for the portal at a URL: its host without what all of them share."""
    host = host_of(url).removeprefix("www.")
    return re.sub(r"\.(?:gov\.vn|vn|example|com|org|net)$", "", host).replace(".", "-") or "portal"


def look_at(capture: Capture, delay: float) -> Survey:
    """What the page alone tells.  Misuse where it is no page of HTML."""
    if not is_html(capture):
        raise Misuse(f"{capture.url} is no page of HTML", "Give the portal's home page, or the page of a listing")
    page = Page(capture)
    platform, signs = recognise(page)
    survey = Survey(page.url, _title(page), platform.name, signs, candidates(page), delay)
    if not _HOMES.fullmatch(urlsplit(page.url).path):
        reading = extract(capture, _portal(survey))
        reading = _guessed(survey, capture, reading)
        if reading.listing is not None and len(reading.listing.entries) >= _FEWEST:
            layout = platform.layout_of(page)
            path = (page.some(layout.category) or (_PARTS.split(page.maybe(("//h1", "//title")) or "Tin tức")[0],))[-2:]
            survey.category, survey.listing = Candidate(path, page.url), reading.listing
            survey.found = [survey.category, *(each for each in survey.found if each.url != page.url)]
    return survey


def visit(url: str, configuration: Configuration, delay: float) -> Survey:
    """Asks for the page, for the first listing and for one article, as a crawl would, into no store."""
    surveys: list[Survey] = []

    def follow(taken: Taken) -> Sequence[Wanted]:
        if taken.capture is None or taken.verdict != "ok":
            return _try_next(surveys[0], taken) if surveys and taken.wanted.kind == "listing" else []
        if surveys:
            return _note(surveys[0], taken, taken.capture)
        if _refusal(taken.capture):
            return []
        surveys.append(look_at(taken.capture, delay))
        return _behind(surveys[0]) if surveys[0].listing is not None else _untried(surveys[0])

    sampled = _sampled(url, configuration, delay, follow)
    if not surveys:
        raise _unreachable(url, sampled)
    return surveys[0]


def fetched(url: str, configuration: Configuration) -> Capture:
    """The page at a URL, asked for as a crawl asks; Unreachable where it cannot be had."""
    sampled = _sampled(url, configuration, Politeness().delay, lambda _: [])
    found = next((one.capture for one in sampled.taken if one.verdict == "ok" and one.capture is not None), None)
    if found is None:
        raise _unreachable(url, sampled)
    return found


def _sampled(url: str, configuration: Configuration, delay: float, follow: Follow) -> Sampled:
    from crawler.fetch.sample import Wanted, sample

    with tempfile.TemporaryDirectory(prefix="luutru-new-") as room:
        store = create_store(Path(room) / "store")
        return sample(store, _provisional(url, delay), configuration, [Wanted(Turn(url))], follow)


def _unreachable(url: str, sampled: Sampled) -> Unreachable:
    said = next((one for one in sampled.taken if canonical(one.wanted.turn.url) == canonical(url)), None)
    if said is not None and said.capture is not None and (refusal := _refusal(said.capture)):
        return Unreachable(f"{url} is {refusal}", "Save the page with a browser, and name the file with --url")
    why = sampled.why if said is None or said.verdict == "failed" else said.verdict
    led = said.capture.header("location") if said is not None and said.capture is not None else None
    if led:
        return Unreachable(f"{url} leads to {led}, another host", "Give that address, if it is the portal's")
    return Unreachable(f"{url} could not be had ({why})", "Check the address, the network and the connect map")


def _refusal(capture: Capture) -> str | None:
    """What an answer is that is no page to look at."""
    verdict = extract(capture, None).verdict
    return _REFUSALS.get(verdict) if wire_verdict(capture) == "ok" else None


def _untried(survey: Survey) -> list[Wanted]:
    """The first listing that has not been tried, while there are tries left."""
    from crawler.fetch.sample import Wanted

    untried = [each for each in survey.found if each.doubt != _DOUBTED]
    tries = _TRIES - (len(survey.found) - len(untried))
    return [Wanted(Turn(each.url), "listing") for each in untried[: min(1, tries)]]


def _behind(survey: Survey) -> list[Wanted]:
    """What the listing leads to: its first article, and its next page."""
    from crawler.fetch.sample import Wanted

    assert survey.listing is not None
    own = [entry.url for entry in survey.listing.entries if host_of(entry.url).removeprefix("www.") == survey.host]
    turn = [Wanted(survey.listing.next, "listing")] if survey.listing.next else []
    return [*(Wanted(Turn(each)) for each in own[:1]), *turn]


def _note(survey: Survey, taken: Taken, capture: Capture) -> list[Wanted]:
    """Notes what a page behind the first says, and tells what to ask for next."""
    if survey.platform == "generic" and is_html(capture):  # a home page made by hand, in front of a platform
        platform, survey.signs = recognise(Page(capture))
        survey.platform = platform.name
    reading = extract(capture, _portal(survey))
    if taken.wanted.kind == "article":
        survey.article, survey.article_url = reading.article, capture.url
        return []
    if survey.listing is not None:
        survey.more = reading.listing is not None and bool(reading.listing.entries)
        return []
    reading = _guessed(survey, capture, reading)
    if reading.listing is None or len(reading.listing.entries) < _FEWEST:
        return _try_next(survey, taken)
    at = _place(survey, taken)
    survey.listing = reading.listing
    survey.category = survey.found[at] = replace(survey.found[at], doubt="")
    return _behind(survey)


def _guessed(survey: Survey, capture: Capture, reading: Reading) -> Reading:
    """The page read by what repeats on it, where the platform's layout finds neither listing nor article."""
    if reading.verdict != "other" or not is_html(capture):
        return reading
    survey.entries = entries_path(Page(capture))
    again = extract(capture, _portal(survey)) if survey.entries else reading
    if again.listing is None:
        survey.entries = None
    return again


def _try_next(survey: Survey, taken: Taken) -> list[Wanted]:
    if survey.listing is not None:
        survey.more = False
        return []
    at = _place(survey, taken)
    survey.found[at] = replace(survey.found[at], doubt=_DOUBTED)
    return _untried(survey)


def _place(survey: Survey, taken: Taken) -> int:
    """Which candidate was tried: that of the address, or the first untried, where a redirect has led elsewhere."""
    places = [i for i, each in enumerate(survey.found) if each.url == canonical(taken.wanted.turn.url)]
    untried = [i for i, each in enumerate(survey.found) if each.doubt != _DOUBTED]
    return (places or untried)[0]


def portal_file(survey: Survey, today: str) -> str:
    """The portal file, for a person to look over."""
    out = [
        f"# Written by luutru portals new from {survey.url}; what a person has not looked at may be wrong.",
        f"title = {_text(survey.title)}",
        f"hosts = [{_text(survey.host)}]",
        f"platform = {_text(survey.platform)}",
        f'evidence = "recognised on {today}, not yet looked at"',
        "",
    ]
    sure = [each for each in survey.found if not each.doubt] or survey.found[:1]
    if not sure:
        out += [
            "# No category was found: this is the page itself.",
            *_category(Candidate(("Tin tức",), survey.url)),
            "",
        ]
    for each in sure:
        out += [*_category(each), ""]
    for each in survey.found:
        if each not in sure:
            out += [f"# Not sure: {each.doubt}.", *(f"# {line}" for line in _category(each)), ""]
    if survey.entries:
        out += ["# A guess: the platform's layout finds no listing, and these repeat on it.", "[[layouts]]"]
        out += [f"entries = {_text(survey.entries)}", ""]
    out += ["[politeness]", f"delay = {survey.delay}", "", "[expect]", *_expectations(survey)]
    return "\n".join(out) + "\n"


def report(survey: Survey) -> Iterator[str]:
    """What was recognised and seen, and what a person has to check."""
    yield f"{survey.title} ({survey.host})"
    yield f"platform: {survey.platform}"
    for mark in survey.signs:
        yield f"  it has {mark.words}"
    if not survey.signs:
        yield "  no platform's marks are on it: pages are read by what they share"
    sure = [each for each in survey.found if not each.doubt]
    yield f"categories: {len(sure)} by the menu, {len(survey.found) - len(sure)} in doubt (commented out)"
    for each in survey.found:
        yield f"  {' › '.join(each.path)}  {each.url}{f'  [{each.doubt}]' if each.doubt else ''}"
    if survey.listing is not None and survey.category is not None:
        shown = f"{' › '.join(survey.category.path)}: {len(survey.listing.entries)} entries"
        yield f"listing tried: {shown}, the way on {_way_on(survey)}"
    if survey.article is not None:
        yield from _seen(survey.article)
    yield "to check:"
    yield from (f"  {line}" for line in _checks(survey))


def _checks(survey: Survey) -> Iterator[str]:
    yield "title, and agency, level and province, which the file does not name yet"
    yield "each category: its name and address; take # off those in doubt that are news"
    if not survey.tried:
        yield "everything else: a file was looked at, and no listing and no article was tried"
        return
    if survey.entries:
        yield f"the entries of a listing, which were guessed by what repeats on it: {survey.entries}"
    if survey.listing is None:
        yield "the listings: none was read; name the page of one (luutru portals new URL-OF-A-LISTING), or [[layouts]] entries"
    elif survey.listing.next is None:
        yield "the way to a listing's next page: none was found; where there is one, name it in [[layouts]] next"
    elif survey.more is False:
        yield "the way to a listing's next page: what was found gave no entries"
    if survey.listing is not None and survey.article is None:
        yield f"the articles: {survey.article_url or 'none'} was not read as one; name title and body in [[layouts]]"
    elif survey.article is not None:
        empty = [
            key for key in ("lead", "published", "author", "source", "category") if not getattr(survey.article, key)
        ]
        if empty:
            yield f"what was not found on the article: {', '.join(empty)}; the page may show it all the same"


def _way_on(survey: Survey) -> str:
    if survey.more is None:
        return "was not found" if survey.listing is None or survey.listing.next is None else "was not tried"
    return "leads on" if survey.more else "leads to no entries"


def _seen(article: Article) -> Iterator[str]:
    yield f"article tried: {article.title}"
    yield f"  {article.url}"
    yield f"  published {article.published.text() if article.published else 'not found'}"
    yield f"  lead {'found' if article.lead else 'not found'}, {len(article.body)} paragraphs"
    captions = sum(1 for image in article.images if image.caption)
    yield f"  {len(article.images)} images, {captions} captions, {len(article.attachments)} files"


def _expectations(survey: Survey) -> list[str]:
    """What a night should yield, by the one listing and the one article that were seen."""
    if survey.listing is None:
        return ["# Nothing was seen that could be expected.", "filled = { title = 1.0, body = 0.9 }"]
    article = survey.article
    filled = {"title": 1.0, "body": 0.9} | ({"published_date": 0.9} if article and article.published else {})
    told = ", ".join(f"{key} = {share}" for key, share in filled.items())
    shown = len(survey.listing.entries)
    return [f"# {shown} were seen.", f"listing_links = [1, {2 * shown}]", f"filled = {{ {told} }}"]


def _category(each: Candidate) -> list[str]:
    return ["[[categories]]", f"path = [{', '.join(map(_text, each.path))}]", f"url = {_text(each.url)}"]


def _text(value: str) -> str:
    """A string as TOML has it."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{"".join(c for c in escaped if c >= " " and c != chr(127))}"'


def _title(page: Page) -> str:
    told = page.maybe(("//meta[@property='og:site_name']/@content", "//title"))
    parts = [part for part in _PARTS.split(told or "") if not re.fullmatch(r"(?i)trang ch[uủ]|home|", part)]
    return next((part for part in parts if re.search(r"(?i)c[ổô]ng|trang|b[ộ]|s[ở]|ubnd", part)), "") or (
        parts[0] if parts else host_of(page.url)
    )


def _provisional(url: str, delay: float) -> Portal:
    host = host_of(url).removeprefix("www.")
    data = {"title": host, "hosts": [host], "categories": [{"path": ["Trang chủ"], "url": url}]}
    return Portal.model_validate(data | {"politeness": {"delay": delay}}).model_copy(update={"name": name_of(url)})


def _portal(survey: Survey) -> Portal:
    return Portal(
        title=survey.title,
        hosts=(survey.host,),
        platform=survey.platform,
        categories=(Category(path=("Tin",), url=survey.url),),
        layouts=(LayoutValues(entries=(survey.entries,)),) if survey.entries else (),
    )


def today() -> str:
    """The day in Vietnam, as a file tells it."""
    return local_date(datetime.now(UTC)).isoformat()
