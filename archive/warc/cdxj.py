"""The CDXJ index of a WARC file: `surt timestamp {json}`, a line a response, in byte order."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from archive.moment import stamp
from archive.warc.reader import StoredExchange, exchanges
from archive.warc.record import as_json
from archive.warc.surt import surt

_BODY_LIMIT = 4096
"""pywb caps the body in a POST key here."""


def lines(path: Path, filename: str) -> list[str]:
    """The sorted lines for the file at `path`, which will be called `filename`."""
    return sorted(line for found in exchanges(path, filename) if (line := _line(found)) is not None)


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


def _line(found: StoredExchange) -> str | None:
    if found.response is None or (capture := found.capture()) is None:
        return None
    url = found.response.url
    fields: dict[str, str] = {
        "url": url,
        "mime": capture.mime or "unk",
        "status": str(capture.status),
        "digest": found.response.header("WARC-Payload-Digest") or "",
        "length": str(found.response.length),
        "offset": str(found.response.offset),
        "filename": found.response.filename,
        "recordDigest": found.response.header("WARC-Block-Digest") or "",
    }
    key_url = url
    if capture.method != "GET":  # a HEAD too: its response has no body to replay for a GET
        body = quote(capture.request_body[:_BODY_LIMIT], safe="=&%+-_.~")
        fields |= {"method": capture.method, "requestBody": body}
        key_url += ("&" if "?" in url else "?") + f"__wb_method={capture.method}&{body}"
    return f"{surt(key_url)} {stamp(found.response.date)} {as_json(fields)}"
