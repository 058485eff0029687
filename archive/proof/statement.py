"""`statement.vi.html` and `statement.en.html`: what a person signs.  Pure: facts in, a page out; everything is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any

from archive.custody.manifest import Manifest
from archive.moment import iso, local, parse_iso
from archive.proof.records import Taken
from archive.proof.words import EN, VI

LANGUAGES: Mapping[str, Mapping[str, Any]] = {"vi": VI, "en": EN}
PICTURE = "screenshot.png"

_STYLE = """
body{font:15px/1.5 Georgia,"Times New Roman",serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#111}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem;border-bottom:1px solid #999}
table{border-collapse:collapse;width:100%;font-size:.85rem}td,th{border:1px solid #bbb;padding:.25rem .4rem;text-align:left;
vertical-align:top;overflow-wrap:anywhere}code{font:.8rem monospace;overflow-wrap:anywhere}dt{font-weight:bold;margin-top:.4rem}
dd{margin:0;overflow-wrap:anywhere}img{max-width:100%;border:1px solid #999}.blank{border-bottom:1px dotted #000;height:2.2rem}
@media print{h2,table,figure{break-inside:avoid}}
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a statement is made of: the article's row and its crawl's (plain), the records and manifests of the proof."""

    row: Mapping[str, Any]
    taken: tuple[Taken, ...]
    chain: tuple[Manifest, ...]
    keys: tuple[str, ...]
    crawl: Mapping[str, Any]
    software: str
    operator: str
    made_at: datetime
    head: tuple[int, str | None]
    pictured: bool


def page(facts: Facts, language: str) -> str:
    """The statement as a page of HTML in a language of LANGUAGES; no script, nothing from elsewhere but its picture."""
    words = LANGUAGES[language]
    title = str(words["title"])
    body = "\n".join(
        [
            f"<h1>{escape(title)}</h1>",
            _section(words, "what", _list(_subject(facts, words))),
            _section(words, "process", _text(words["process_text"])),
            _section(words, "resources", _text(words["resources_text"]) + _records(facts, words)),
            _section(words, "time", "".join(map(_text, _time(facts, words)))),
            _section(words, "chain", _chain(facts, words)),
            _section(words, "picture", _picture(facts, words)),
            _section(
                words, "limits", "<ul>" + "".join(f"<li>{escape(x)}</li>" for x in words["limits_items"]) + "</ul>"
            ),
            _section(words, "verify", _text(words["verify_text"])),
            _section(words, "sign", _text(words["sign_text"]) + _list((one, "") for one in words["sign_items"])),
        ]
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        "img-src 'self' file:\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _subject(facts: Facts, words: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    row = facts.row
    when = parse_iso(str(row["fetch_time"]))
    yield words["article"], str(row["title"])
    yield words["address"], str(row["url_original"] or row["url"])
    yield words["portal"], str(row["portal"])
    yield words["captured"], local(when)
    yield words["captured_utc"], iso(when)
    yield words["record"], str(row["record_id"])
    yield words["crawl"], str(row["crawl"])
    yield words["operator"], str(facts.crawl.get("operator") or facts.operator or words["unknown"])
    yield words["software"], str(facts.crawl.get("software") or words["unknown"])


def _records(facts: Facts, words: Mapping[str, Any]) -> str:
    when = parse_iso(str(facts.row["fetch_time"]))
    head = "".join(f"<th>{escape(one)}</th>" for one in words["columns"])
    rows = "".join(
        f"<tr><td>{escape(one.record.url)}</td><td>{escape(words[one.record.type])}</td>"
        f"<td>{escape(local(one.record.date))}</td><td>{_apart(one.record.date - when)}</td>"
        f"<td><code>{escape(_sha(one))}</code></td></tr>"
        for one in facts.taken
        if one.record.type in ("response", "revisit")
    )
    return f"<table><tr>{head}</tr>{rows}</table>"


def _sha(one: Taken) -> str:
    return one.attested.line.partition('"sha256":"')[2][:64]


def _apart(span: timedelta) -> str:
    seconds = span.total_seconds()
    sign, size = ("−" if seconds < 0 else "+"), abs(seconds)
    days, rest = divmod(size, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [f"{int(days)} d"] if days else []
    parts += [f"{int(hours)} h"] if hours else []
    parts += [f"{int(minutes)} min"] if minutes and not days else []
    parts += [f"{rest:.1f} s"] if not days and not hours else []
    return sign + " ".join(parts) if size else "0"


def _time(facts: Facts, words: Mapping[str, Any]) -> Iterable[str]:
    yield words["synced"] if facts.crawl.get("clock_synced") else words["unsynced"]
    skew = facts.crawl.get("clock_skew_s")
    yield words["skew"].format(skew) if skew is not None else words["no_skew"]
    stamped = [one for one in facts.chain if one.stamp]
    for one in stamped:
        yield words["stamped"].format(one.number, f"chain/{one.number:08d}.tsr")
    if not stamped:
        yield words["unstamped"]


def _chain(facts: Facts, words: Mapping[str, Any]) -> str:
    head = "".join(f"<th>{escape(one)}</th>" for one in words["chain_columns"])
    rows = "".join(
        f"<tr><td>{one.number}</td><td>{escape(one.kind)}</td><td>{escape(str(one.told.get('made_at')))}</td>"
        f"<td><code>{one.hash}</code></td></tr>"
        for one in facts.chain
    )
    keys = "".join(f"<li><code>{escape(key)}</code></li>" for key in facts.keys)
    signed = f"{_text(words['keys'])}<ul>{keys}</ul>" if keys else _text(words["unsigned"])
    return f"<table><tr>{head}</tr>{rows}</table>{signed}{_text(words['head'].format(*facts.head))}"


def _picture(facts: Facts, words: Mapping[str, Any]) -> str:
    if not facts.pictured:
        return _text(words["no_picture"])
    return f'{_text(words["picture_text"])}<figure><img src="{PICTURE}" alt=""></figure>'


def _section(words: Mapping[str, Any], name: str, inside: str) -> str:
    return f"<h2>{escape(words[name])}</h2>\n{inside}"


def _text(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _list(pairs: Iterable[tuple[str, str]]) -> str:
    return (
        "<dl>"
        + "".join(
            f"<dt>{escape(name)}</dt><dd{'' if value else ' class=blank'}>{escape(value)}</dd>" for name, value in pairs
        )
        + "</dl>"
    )
