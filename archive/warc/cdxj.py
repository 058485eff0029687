"""The CDXJ index of a WARC file: `surt timestamp {json}`, a line a response, revisit or resource, in byte order."""

from __future__ import annotations

import heapq
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from archive import http1
from archive.block import head, whole
from archive.errors import BrokenHttp
from archive.moment import stamp
from archive.warc import post
from archive.warc.member import StoredRecord
from archive.warc.reader import StoredExchange, exchanges
from archive.warc.record import as_json
from archive.warc.surt import surt

_UNMODIFIED = '"status":"304"'


def lines(path: Path, filename: str) -> list[str]:
    """The sorted lines for the file at `path`, which will be called `filename`."""
    return sorted(_lines(path, filename))


def write(path: Path, final: Path) -> Path:
    """Indexes the file at `path` under its final name, atomically and synced, as `final` with `.cdxj` added."""
    target = final.with_name(final.name + ".cdxj")
    temporary = target.with_name(target.name + ".tmp")
    with temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in lines(path, final.name))
        file.flush()
        os.fsync(file.fileno())
    os.rename(temporary, target)
    return target


def merge(paths: Sequence[Path]) -> Iterator[str]:
    """The lines of several sorted indexes in one order, without line ends, for replay; those of one key are held.

    "Not modified" gets the place of the capture before it that has its payload, and no line where there is none: pywb
    would replay the 304 itself, a page without a body and a stylesheet without rules.
    """
    with ExitStack() as held:
        files = [held.enter_context(path.open(encoding="utf-8", newline="\n")) for path in paths]
        page, shown = "", list[str]()
        for line in heapq.merge(*files):
            key, when, data = line.removesuffix("\n").split(" ", 2)
            if key != page:
                page, shown = key, []
            if _UNMODIFIED in data and (told := json.loads(data))["mime"] == "warc/revisit":
                digest = f'"digest":{as_json(told["digest"])}'
                data = next((former for former in reversed(shown) if digest in former), "")
            else:
                shown.append(data)
            if data:
                yield f"{key} {when} {data}"


def _lines(path: Path, filename: str) -> Iterator[str]:
    for found in exchanges(path, filename, resources=True):
        if found.response is not None:
            yield line(found, found.response)
        elif found.first.type == "resource":
            yield _entry(found.first, surt(found.first.url), {"mime": found.first.header("Content-Type") or "unk"})


def line(found: StoredExchange, record: StoredRecord) -> str:
    """The line of an exchange, whose response is `record`."""
    try:
        top = http1.parse_head(head(record.block), found.method)
        status, headers = str(top.status), top.headers
    except BrokenHttp:
        status, headers = "0", ()
    mime = (http1.first(headers, "content-type") or "").split(";", 1)[0].strip().lower()
    fields = {"mime": "warc/revisit" if record.is_revisit else mime or "unk", "status": status}
    key = surt(record.url)
    if found.request is not None and found.method.upper() != "GET":  # a HEAD too: its response has no body to replay
        request = http1.parse_request(whole(found.request.block))
        asked = (request.method, http1.first(request.headers, "content-type"), post.sent_body(request))
        fields |= {"method": request.method.upper(), "requestBody": post.request_body(*asked)}
        key = post.key(record.url, *asked)
    return _entry(record, key, fields)


def _entry(record: StoredRecord, key: str, fields: Mapping[str, str]) -> str:
    own = {
        "url": record.url,
        "mime": fields["mime"],
        **{name: fields[name] for name in ("status",) if name in fields},
        "digest": record.header("WARC-Payload-Digest") or "",
        "length": str(record.length),
        "offset": str(record.offset),
        "filename": record.filename,
        "recordDigest": record.header("WARC-Block-Digest") or "",
        **{name: fields[name] for name in ("method", "requestBody") if name in fields},
    }
    if sha1 := record.header("WARC-Payload-Digest-SHA1"):
        own["sha1"] = sha1.removeprefix("sha1:")
    return f"{key} {stamp(record.date)} {as_json(own)}"
