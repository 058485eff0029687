"""One WARC's records, one after another: each held against its own header, and noted for what is asked of all together."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from archive import http1
from archive.audit.facts import Facts, payload_as
from archive.audit.finding import Checked, Findings
from archive.audit.scratch import Batch, key
from archive.errors import BrokenHttp
from archive.warc import cdxj
from archive.warc.reader import exchange_at
from archive.warc.record import as_json
from archive.warc.surt import surt

_EXCHANGE = ("response", "revisit", "request", "metadata")
_TYPE = re.compile(rb"\ncontent-type[ \t]*:[ \t]*([^\r\n]*)", re.IGNORECASE)
_SHA256 = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(slots=True)
class _Exchange:
    """An exchange under way: its first record, its response, and whether its request is a plain GET."""

    first: Facts
    response: Facts | None = None
    get: bool = True
    head: bool = False
    pending: bool = False


class Gatherer:
    """Takes the records of the file `name` in order, and at the end tells its index lines.

    What is wrong goes into `findings`; records and lines go into the scratch `db`.
    """

    def __init__(self, path: str, name: str, db: sqlite3.Connection, findings: Findings, checked: Checked) -> None:
        self._path = path
        self._name = name
        self._file = f"warc/{name}"
        self._base = name.rsplit("/", 1)[-1]
        self._findings = findings
        self._checked = checked
        self._records = Batch(db, "records", 15)
        self._lines = Batch(db, "lines", 2)
        self._current: _Exchange | None = None
        self._dates: dict[str, str] = {}

    def take(self, facts: Facts, *, again: bool = False) -> None:
        """A record that reads.  `again` marks one that is known to stand twice."""
        self._checked.records += 1
        self._checked.inflated += facts.inflated
        kind = facts.type
        self._digests(facts, kind)
        belongs = False
        if kind in _EXCHANGE:
            current, named = self._current, facts.text("warc-concurrent-to")
            belongs = bool(named) and current is not None and named == current.first.text("warc-record-id")
            if not belongs:
                self._finish()
                current = self._current = _Exchange(facts)
            assert current is not None
            if kind in ("response", "revisit"):
                current.response = facts
            elif kind == "request":
                current.get = facts.block.startswith(b"GET ")
                current.head = facts.block.startswith(b"HEAD ")
            self._settle(current)
        elif kind == "resource":
            self._line(facts, surt(facts.text("warc-target-uri").strip("<> ")), facts.text("content-type") or "unk", "")
        self._note(facts, kind, head=kind in _EXCHANGE and not belongs, again=again)

    def end(self) -> None:
        """The file is over."""
        self._finish()
        self._records.flush()
        self._lines.flush()

    def _wrong(self, facts: Facts, what: str) -> None:
        self._findings.add("digest", self._file, f"record {facts.id} at {facts.offset}: {what}", facts.offset)

    def _digests(self, facts: Facts, kind: str) -> None:
        told = facts.text("warc-block-digest")
        if told != f"sha256:{facts.block_digest}":
            self._wrong(facts, f"its block digest is {_short(told)}, and its block has sha256:{facts.block_digest}")
        if facts.date is None:
            self._wrong(facts, "its WARC-Date is no time")
        payload = facts.text("warc-payload-digest")
        if kind == "resource" and payload != f"sha256:{facts.block_digest}":
            self._wrong(facts, f"its payload digest is {_short(payload)}, and it has sha256:{facts.block_digest}")
        elif kind == "revisit" and not _SHA256.fullmatch(payload):
            self._wrong(facts, f"the payload that it repeats is named {_short(payload)}, which is no sha256")

    def _settle(self, current: _Exchange) -> None:
        """Holds a response's payload digest against its payload: which that is, is known when its request is."""
        facts = current.response
        if facts is None or facts.type != "response":
            return
        told = facts.text("warc-payload-digest")
        right = told == (f"sha256:{facts.payload}" if facts.payload else "")
        if not right and current.head and facts.whole():
            right = told == f"sha256:{payload_as(facts.block, 'HEAD')}"
        current.pending = not right

    def _finish(self) -> None:
        current, self._current = self._current, None
        if current is None or current.response is None:
            return
        facts = current.response
        if current.pending:
            told = facts.text("warc-payload-digest")
            self._wrong(facts, f"its payload digest is {_short(told)}, and its payload has sha256:{facts.payload}")
        if facts.date is None:
            return
        block = facts.block
        start = facts.top
        if not (start and current.get):
            self._odd(current)
            return
        kind = _TYPE.search(block, 0, start)
        mime = kind[1].decode("latin-1").split(";", 1)[0].strip().lower() if kind else ""
        url = facts.text("warc-target-uri").strip("<> ")
        shown = "warc/revisit" if facts.type == "revisit" else mime or "unk"
        self._line(facts, surt(url), shown, block[9:12].decode())

    def _line(self, facts: Facts, place: str, mime: str, status: str) -> None:
        if facts.date is None:
            return
        own = {
            "url": facts.text("warc-target-uri").strip("<> "),
            "mime": mime,
            **({"status": status} if status else {}),
            "digest": facts.text("warc-payload-digest"),
            "length": str(facts.length),
            "offset": str(facts.offset),
            "filename": self._base,
            "recordDigest": facts.text("warc-block-digest"),
        }
        if sha1 := facts.text("warc-payload-digest-sha1"):
            own["sha1"] = sha1.removeprefix("sha1:")
        date = facts.date
        when = date[:4] + date[5:7] + date[8:10] + date[11:13] + date[14:16] + date[17:19]
        self._lines.add(self._file, f"{place} {when} {as_json(own)}")

    def _odd(self, current: _Exchange) -> None:
        """The line of an exchange that is out of the ordinary, by the slower way."""
        from pathlib import Path

        from archive.errors import BrokenWarc

        try:
            found = exchange_at(Path(self._path), current.first.offset, self._base)
            if found.response is not None:
                self._lines.add(self._file, cdxj.line(found) or "")
        except BrokenWarc:  # told already, by whoever read it first
            pass

    def _note(self, facts: Facts, kind: str, *, head: bool, again: bool) -> None:
        response = kind in ("response", "revisit")
        refers = facts.text("warc-refers-to").strip("<> ") if kind == "revisit" else ""
        date = facts.date
        referred = facts.text("warc-refers-to-date") if refers else ""
        self._records.add(
            key(facts.id),
            self._name,
            facts.offset,
            facts.length,
            kind,
            head,
            again,
            facts.text("warc-target-uri").strip("<> ") if head else None,
            date if head else None,
            _status(facts) if response else None,
            (facts.text("warc-payload-digest") or None) if response else None,
            (facts.text("warc-truncated") or None) if kind == "response" else None,
            key(refers) if refers else None,
            facts.text("warc-refers-to-target-uri") if refers else None,
            referred or None,
        )


def _status(facts: Facts) -> int | None:
    if facts.top:
        return int(facts.block[9:12])
    try:
        return http1.parse_head(facts.block).status or None
    except BrokenHttp:
        return None


def _short(text: str) -> str:
    return repr(text[:90]) if text else "not there"
