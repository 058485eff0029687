"""The report of an audit: one page of HTML without scripts or anything from outside, that a lawyer can read and print."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from html import escape

from archive.audit.audit import Audit, Plan
from archive.audit.level import anchor
from archive.audit.words import CANNOT, CHECKS, KINDS_VI, LEVELS, REPORT, said
from archive.moment import local, parse_iso

_MOST = 500
"""Crawls that are listed at most: the newest."""

_STYLE = """
body { font: 11pt/1.5 "Noto Serif", "DejaVu Serif", Georgia, serif; color: #1a1a1a; max-width: 52rem; margin: 2rem auto;
  padding: 0 1.5rem; }
h1 { font-size: 1.7rem; margin: 0 0 .2rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid #999; }
table { border-collapse: collapse; width: 100%; font-size: .92em; } th, td { text-align: left; vertical-align: top;
  padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #ddd; overflow-wrap: anywhere; }
td:first-child { overflow-wrap: normal; }
th { font-weight: 600; } thead th { border-bottom: 1px solid #555; white-space: nowrap; } tbody th { width: 14rem; }
code { font: .86em "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.verdict { font-size: 1.15rem; padding: .6rem .9rem; border-left: .4rem solid; margin: 1rem 0; }
.good { border-color: #2e7d32; background: #eef6ee; } .bad { border-color: #b00020; background: #fbecee; }
.wrong { color: #b00020; font-weight: 600; } .number { white-space: nowrap; } .quiet { color: #555; }
li { margin: .3rem 0; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
"""


def html(done: Audit, plan: Plan, store: str, software: str, language: str) -> str:
    """The report in `vi` or `en`; everything that comes from the store is escaped."""
    page = _Page(language)
    page.add(f"<h1>{page.word('title')}</h1>")
    verdict = page.word("bad", count=len(done.findings)) if done.findings else page.word("good")
    page.add(f'<p class="verdict {"bad" if done.findings else "good"}">{verdict}</p>')
    _examined(page, done, plan, store, software)
    _results(page, done, plan)
    _level(page, done)
    if done.findings:
        page.head("findings")
        rows = (
            (_kind(page, f.kind), _code(f.file), str(f.offset) if f.offset is not None else "", escape(f.message))
            for f in done.findings
        )
        page.table(("kind", "file", "offset", "message"), rows)
    _keys(page, done)
    _crawls(page, done)
    if done.notes:
        page.head("notes")
        page.add("<ul>" + "".join(f"<li>{escape(note)}</li>" for note in done.notes) + "</ul>")
    title = f"{page.word('title')}: {escape(store)}"
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f'<meta name="viewport" content="width=device-width">\n<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n'
        f"<body>\n{page.text()}\n</body>\n</html>\n"
    )


class _Page:
    """The body as it grows."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._parts: list[str] = []

    def add(self, part: str) -> None:
        """Adds markup."""
        self._parts.append(part)

    def word(self, key: str, **values: object) -> str:
        """A text of the report, escaped."""
        return escape(said(REPORT[key], self.language, **values))

    def head(self, key: str) -> None:
        """Adds a heading."""
        self.add(f"<h2>{self.word(key)}</h2>")

    def facts(self, rows: Iterable[tuple[str, str]]) -> None:
        """Adds a table of names (escaped here) and facts (markup)."""
        lines = "".join(f"<tr><th>{name}</th><td>{fact}</td></tr>" for name, fact in rows)
        self.add(f"<table><tbody>{lines}</tbody></table>")

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Adds a table; cells are markup."""
        top = "".join(f"<th>{self.word(head)}</th>" for head in heads)
        lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        self.add(f"<table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table>")

    def text(self) -> str:
        """All of it."""
        return "\n".join(self._parts)


def _examined(page: _Page, done: Audit, plan: Plan, store: str, software: str) -> None:
    scope = plan.scope
    what = next((one for one in (scope.portal, scope.crawl, scope.file, scope.article) if one), None)
    parts = [escape(what) if what else page.word("whole")]
    if plan.sample is not None:
        parts.append(page.word("sampled", count=plan.sample, seed=plan.seed))
    elif plan.reader is None:
        parts.append(page.word("no_reading"))
    page.head("what")
    page.facts(
        [
            (page.word("store"), _code(store)),
            (page.word("scope"), "; ".join(parts)),
            (page.word("software"), escape(software)),
            (page.word("when"), f"{local(done.begun)} {page.word('until')} {local(done.ended)}"),
        ]
    )


def _results(page: _Page, done: Audit, plan: Plan) -> None:
    page.head("result")
    kinds = [one.kind for one in done.findings]
    rows = []
    for names, vietnamese, english, counted in CHECKS:
        count = sum(kinds.count(name) for name in names)
        if count:
            outcome = f'<span class="wrong">{page.word("wrong", count=count)}</span>'
        elif _undone(names, plan, done):
            outcome = f'<span class="quiet">{page.word("not_done")}</span>'
        else:
            outcome = page.word("right")
        rows.append((escape(said((vietnamese, english), page.language)), _count(page, done, counted), outcome))
    page.table(("check", "examined", "outcome"), rows)


_COUNTED = {
    "records": ("{0:,} bản ghi; {1:.1f} MB", "{0:,} records, {1:.1f} MB"),
    "files": ("{0:,} tệp", "{0:,} files"),
    "manifests": ("{0:,} bản kê", "{0:,} manifests"),
    "signatures": ("{0:,} chữ ký", "{0:,} signatures"),
    "timestamps": ("{0:,} dấu thời gian", "{0:,} timestamps"),
    "rows": ("{0:,} hàng", "{0:,} rows"),
    "captures": ("{0:,} bản ghi", "{0:,} records"),
    "articles_read": ("{0:,} bài", "{0:,} articles"),
}


def _count(page: _Page, done: Audit, counted: str) -> str:
    amount = (
        done.checked.captures_read or done.checked.records if counted == "captures" else getattr(done.checked, counted)
    )
    text = _COUNTED[counted][0 if page.language == "vi" else 1].format(amount, done.checked.bytes / 1e6)
    if page.language == "vi":  # a point between thousands, a comma before tenths
        text = text.translate(str.maketrans(",.", ".,"))
    return f'<span class="number">{escape(text)}</span>'


def _undone(names: Sequence[str], plan: Plan, done: Audit) -> bool:
    if plan.sample is not None and names[0] in ("index", "table", "capture", "reading"):
        return True
    if names[0] == "reading":
        return plan.reader is None or not done.checked.articles_read
    if names[0] == "timestamp":
        return plan.anchors.roots is None or not done.checked.timestamps
    return names[0] == "signature" and not done.checked.signatures


def _level(page: _Page, done: Audit) -> None:
    page.head("level")
    page.add(f"<p><strong>{escape(said(LEVELS[done.level], page.language))}</strong></p>")
    page.head("cannot")
    texts = (said(CANNOT[key], page.language, anchor=anchor(done.chain)) for key in done.cannot_prove)
    page.add("<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>")


def _kind(page: _Page, kind: str) -> str:
    return escape(f"{KINDS_VI[kind]} ({kind})" if page.language == "vi" else kind)


def _keys(page: _Page, done: Audit) -> None:
    page.head("keys")
    chain = done.chain
    head = _code(chain.head) if chain.head else page.word("no_head")
    page.facts([(page.word("head", number=chain.number), head)])
    if chain.keys:
        rows = ((_code(key), _code(_fingerprint(key)), f"{first}–{last}") for key, (first, last) in chain.keys.items())
        page.table(("key", "fingerprint", "signed"), rows)
    else:
        page.add(f"<p>{page.word('unsigned')}</p>")
    page.head("time")
    if chain.stamp_time is not None:
        page.add(f"<p>{page.word('stamped', number=chain.stamped, time=local(chain.stamp_time))}</p>")
    else:
        page.add(f"<p>{page.word('own_clock')}</p>")


def _crawls(page: _Page, done: Audit) -> None:
    if not done.crawls:
        return
    page.head("crawls")
    page.add(f'<p class="quiet">{page.word("vietnam")}</p>')
    shown = done.crawls[-_MOST:]
    rows = (
        (
            _code(str(one.crawl)),
            escape(str(one.portal)),
            _local(one.started),
            _local(one.finished),
            _local(one.committed),
            _number(one.articles),
            _number(one.requests),
        )
        for one in shown
    )
    page.table(("crawl", "portal", "begun", "ended", "committed", "articles", "requests"), rows)
    if len(shown) < len(done.crawls):
        page.add(f"<p>{page.word('more', count=len(done.crawls) - len(shown))}</p>")


def _fingerprint(key: str) -> str:
    digest = hashlib.sha256(base64.b64decode(key)).hexdigest()
    return ":".join(digest[place : place + 4] for place in range(0, 64, 4))


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _local(text: str | None) -> str:
    return local(parse_iso(text)) if text else ""


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
