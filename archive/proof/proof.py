"""Writes the proof of one article: a folder that is a small store by itself, or the same as a zip.

::

    PROOF/
      statement.vi.html, statement.en.html   what was done, how, and with what limits; blanks for who signs
      screenshot.png                         the capture as a browser shows it today, where one was made
      article.json                           the record, as the tables have it
      warc/PORTAL/proof-ARTICLE.warc.gz      the captures: request, response, what the page is shown with, what they repeat
      proof.json                             each record, its ledger line, and the way from that to a manifest
      chain/NNNNNNNN.json .sig .tsr          the manifests that vouch for them
      verify.py                              checks all of it, without this software
      SHA256SUMS, SHA256SUMS.sig             every file's hash
      luutru.json                            so that luutru replay --store PROOF shows it
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.custody import manifest
from archive.custody.signing import Signer, signed_by
from archive.errors import BrokenWarc
from archive.moment import iso
from archive.proof import bundle, statement, verify
from archive.proof.attestation import vouching
from archive.proof.records import take
from archive.release.contents import quoted
from archive.release.folder import spill
from archive.store import FORMAT, MARKER, Store
from archive.tables.at import NOW, At
from archive.tables.history import find
from archive.tables.past import plain
from archive.tables.views import ask, connect
from archive.wacz.scope import Scope
from archive.wacz.selection import Selection, Single
from archive.wacz.surroundings import ShownWith
from archive.wacz.wacz import complete

PROOF_FORMAT = 1

Picture = Callable[[Store, str, datetime, Path], None]
"""Renders a capture (URL, time) of a store into a PNG file."""


@dataclass(frozen=True, slots=True)
class Manner:
    """Who makes a proof, with what, when; the key that signs its sums; how pages are read and pictured."""

    software: str
    operator: str
    made_at: datetime
    signer: Signer | None
    shown_with: ShownWith
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Proven:
    """A proof that is written: its article, how many records and manifests, the keys that signed, whether it is stamped."""

    path: Path
    article: dict[str, Any]
    records: int
    manifests: int
    keys: tuple[str, ...]
    stamped: bool
    pictured: bool


def write(store: Store, name: str, to: Path, manner: Manner, at: At = NOW) -> Proven:
    """Writes the proof of an article (by id or URL) as it was last read, or as `at` says, to a folder or a NAME.zip.

    UnknownArticle where there is none, BrokenWarc and BrokenLedger where the store does not hold together, and what
    `bundle.unfinished` raises.
    """
    row = find(store, name, at)
    with bundle.unfinished(to) as folder:
        warc = f"warc/{row['portal']}/proof-{row['article_id']}.warc.gz"
        taken = take(store, _singles(store, row, manner.shown_with, folder), folder / warc)
        naming, chain = vouching(store.manifests, {one.record.filename for one in taken})
        for one in chain:
            _put_manifest(store, folder, one)
        keys = tuple(dict.fromkeys(key for one in chain if (key := _key(one)) is not None))
        told = {
            "proof": PROOF_FORMAT,
            "made_at": iso(manner.made_at),
            "software": manner.software,
            "article_id": row["article_id"],
            "url": row["url"],
            "warc": warc,
            "manifests": [one.number for one in chain],
            "records": [one.told(naming) for one in taken],
        }
        bundle.put(folder, "proof.json", bundle.as_bytes(told))
        bundle.put(folder, "article.json", bundle.as_bytes(plain(row)))
        bundle.put(folder, "verify.py", Path(verify.__file__).read_bytes())
        head = {"format": FORMAT, "created": iso(manner.made_at), "demo": store.demo}
        bundle.put(folder, MARKER, bundle.as_bytes(head))
        pictured = _pictured(folder, row, manner.picture)
        facts = statement.Facts(
            plain(row), tuple(taken), tuple(chain), keys, _crawl(store, row), manner.software, manner.operator,
            manner.made_at, manifest.head(store.manifests), pictured,
        )  # fmt: skip
        for language in statement.LANGUAGES:
            bundle.put(folder, f"statement.{language}.html", statement.page(facts, language).encode())
        bundle.seal(folder, manner.signer)
        stamped = any(one.stamp for one in chain)
    return Proven(to, row, len(taken), len(chain), keys, stamped, pictured)


def _singles(store: Store, row: dict[str, Any], shown_with: ShownWith, folder: Path) -> list[Single]:
    its = f"record_id = {quoted(str(row['record_id']))}"
    key = "article_id, record_id, snapshot_id, fetch_time"
    scope = Scope(
        portal=str(row["portal"]),
        title=str(row["title"]),
        what=f"one article of the portal {row['portal']}",
        captures=its,
        pages=f"SELECT {key} FROM readings WHERE {its} AND snapshot_id = {quoted(str(row['snapshot_id']))}",  # noqa: S608
        listings=None,
        whole=False,
        alone=True,
        facts={"portal": str(row["portal"]), "article_id": str(row["article_id"])},
    )
    with connect(store, spill=spill(folder)) as sql:
        selection = Selection(sql, scope)
        complete(selection, store, scope, shown_with)
        if lost := selection.lost():
            raise BrokenWarc(f"record {lost[0]}, which a capture repeats, is not in the store", "Put its file back")
        return list(selection.singles())


def _put_manifest(store: Store, folder: Path, one: manifest.Manifest) -> None:
    name = f"chain/{one.number:08d}"
    bundle.put(folder, f"{name}.json", one.data)
    if one.signature is not None:
        bundle.put(folder, f"{name}.sig", (store.manifests / f"{one.number:08d}.sig").read_bytes())
    if one.stamp is not None:
        bundle.put(folder, f"{name}.tsr", one.stamp)


def _key(one: manifest.Manifest) -> str | None:
    return signed_by(one.signature, one.data) if one.signature is not None else None


def _crawl(store: Store, row: dict[str, Any]) -> dict[str, Any]:
    """The row of the crawl that made the capture; empty where there is none."""
    sql = "SELECT * FROM crawls WHERE crawl = ? AND action = 'crawl' ORDER BY committed_at LIMIT 1"
    rows = ask(store, sql, row["crawl"])
    return plain(rows[0]) if rows else {}


def _pictured(folder: Path, row: dict[str, Any], picture: Picture | None) -> bool:
    """Pictures the capture out of the proof alone, so that nothing else can be in it."""
    if picture is None:
        return False
    target = folder / statement.PICTURE
    picture(Store(folder), str(row["url_original"] or row["url"]), row["fetch_time"], target)
    return target.exists()
