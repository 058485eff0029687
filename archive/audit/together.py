"""What all files, manifests and tables say together: every question is one of SQL over the scratch."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

from archive.audit.files import Files, plain
from archive.audit.finding import Checked, Findings
from archive.audit.scratch import record_id
from archive.audit.warc import Examined
from archive.tables.rowsum import sum_of

Staged = Callable[[str], str | None]
"""The crawl that stands in a portal's staging; None where none does."""


def files_named(
    db: sqlite3.Connection,
    there: Files,
    staged: Staged,
    findings: Findings,
    wanted: Callable[[str], bool],
    manifests: frozenset[int] | None,
) -> None:
    """Every file that a manifest names is there, as long and with the root that it says; every file is named by one.

    `wanted` says which files are examined, and `manifests` of which manifests (None: of all).
    """
    unsealed = {name.rsplit(".", 1)[0] for name in there.open}
    rows = db.execute(
        "SELECT n.manifest, n.name, n.length, n.records, n.root, f.length, f.records, f.root FROM named n "
        "LEFT JOIN files f ON f.name = n.name ORDER BY n.manifest"
    )
    for number, name, length, records, root, own_length, own_records, own_root in rows.fetchall():
        if manifests is not None and number not in manifests:
            continue
        where = f"manifests/{number:08d}.json"
        if not _named_well(name):
            findings.add("name", where, "it names a file of captures whose name is none, or leads out of the store")
        elif name not in there.sealed:
            if name not in unsealed:
                findings.add("missing", f"warc/{name}", f"manifest {number} names the file, and it is not there")
        elif own_root is None:
            pass  # not examined, or without a ledger, which is told
        elif (length, records, root) != (own_length, own_records, own_root):
            what = f"its ledger is not the one that manifest {number} names: length, records or root differ"
            findings.add("ledger", f"warc/{name}", what)
    for name in filter(wanted, there.sealed):
        if db.execute("SELECT 1 FROM named WHERE name = ?", (name,)).fetchone():
            continue
        crawl = _of_file(db, name)
        if crawl is not None and staged(name.split("/")[0]) == crawl:
            findings.note(f"warc/{name} is of crawl {crawl}, which is not yet committed")
        else:
            findings.add("unnamed", f"warc/{name}", "no manifest names the file, and its crawl is not under way")
    for name in filter(wanted, sorted(there.open)):
        findings.note(f"warc/{name} is not yet committed and was not examined")
    if manifests is not None:
        return
    for name in sorted(there.ledgers - there.sealed.keys() - unsealed):
        if db.execute("SELECT 1 FROM named WHERE name = ?", (name,)).fetchone():
            continue  # told above
        if staged(name.split("/")[0]) is not None:
            findings.note(f"warc/{name}.ledger is of a file that was joined to another, in a crawl that is under way")
        else:
            findings.add("missing", f"warc/{name}", "its ledger is there, and the file is not")


def repairs_signed(examined: Examined, known: frozenset[str], findings: Findings) -> None:
    """A repair that is signed is signed by a key that the chain knows."""
    for key in sorted(examined.keys - known):
        what = f"a repair is signed by {key}, which signed no manifest and was not introduced"
        findings.add("key", f"warc/{examined.name}.ledger", what)


def records_once(db: sqlite3.Connection, findings: Findings) -> None:
    """No two records of the store have one id."""
    rows = db.execute(
        "SELECT r.id, r.file, r.offset FROM records r JOIN "
        "(SELECT id, min(rowid) AS first FROM records WHERE NOT again GROUP BY id HAVING count(*) > 1) d ON d.id = r.id "
        "WHERE NOT r.again AND r.rowid <> d.first"
    )
    for id_, file, offset in rows:
        what = f"the record at {offset} has the id {record_id(id_)}, which another record has"
        findings.add("id", f"warc/{file}", what, offset)


def revisits(db: sqlite3.Connection, findings: Findings, whole: bool) -> None:
    """What a revisit repeats is there: the record that it names, with that payload, address and date."""
    rows = db.execute(
        "SELECT r.id, r.file, r.offset, r.refers, r.payload, r.refers_url, r.refers_date, t.type, t.payload, t.url, t.date "
        "FROM records r LEFT JOIN records t ON t.id = r.refers AND NOT t.again WHERE r.type = 'revisit'"
    )
    elsewhere = 0
    for id_, file, offset, refers, payload, url, date, kind, own, own_url, own_date in rows:
        what = ""
        if refers is None:
            what = "names no record that it repeats"
        elif kind is None:
            elsewhere += 1
            what = f"repeats record {record_id(refers)}, which is in no file" if whole else ""
        elif kind != "response":
            what = f"repeats record {record_id(refers)}, which is no response"
        elif own != payload:
            what = f"repeats record {record_id(refers)}, which has another payload ({own}) than it names ({payload})"
        elif (url, date) != (own_url, own_date):
            what = f"repeats record {record_id(refers)}, which has another address or date than it names"
        if what:
            findings.add("revisit", f"warc/{file}", f"revisit {record_id(id_)} at {offset} {what}", offset)
    if elsewhere and not whole:
        findings.note(f"{elsewhere} revisits repeat records in files that were not examined")


def captures(
    db: sqlite3.Connection, findings: Findings, wanted: Callable[[str], bool], known: Callable[[str], bool]
) -> None:
    """Every row of captures has its record, in its place and with its facts; every exchange of a committed crawl has its row.

    `wanted` says which files were examined, `known` which there are.
    """
    rows = db.execute(
        "SELECT c.id, c.file, c.offset, c.length, c.url, c.date, c.status, c.payload, c.truncated, c.revisit, "
        "r.file, r.offset, r.length, r.url, r.date, r.status, r.payload, r.truncated, r.refers, r.head "
        "FROM captures c LEFT JOIN records r ON r.id = c.id AND NOT r.again WHERE c.snapshot IN (SELECT snapshot FROM crawls)"
    )
    moved: dict[str, int] = {}
    names = ("file", "offset", "length", "address", "date", "status", "payload digest", "truncation", "record repeated")
    for row in rows:
        id_, theirs, ours, head = record_id(row[0]), row[1:10], row[10:19], row[19]
        file = theirs[0]
        if not (isinstance(file, str) and _named_well(file)):
            findings.add("name", "tables/captures", f"the row of record {id_} names a file whose name is none")
        elif ours[0] is None:
            if wanted(file) or not known(file):
                what = f"the row of record {id_} is of a record that is not in the file"
                findings.add("capture", f"warc/{file}", what, theirs[1])
        elif not head:
            what = f"the row of record {id_} is of a record that begins no exchange"
            findings.add("capture", f"warc/{file}", what, theirs[1])
        elif theirs[1] != ours[1] and theirs[:1] + theirs[2:] == ours[:1] + ours[2:]:
            moved[ours[0]] = moved.get(ours[0], 0) + 1
        elif differs := [name for name, a, b in zip(names, theirs, ours, strict=True) if a != b]:
            what = f"the row of record {id_} says otherwise than the record: {', '.join(differs)}"
            findings.add("capture", f"warc/{ours[0]}", what, ours[1])
    for file, count in sorted(moved.items()):
        what = f"{count} rows name the offset of their record, and it stands elsewhere: what is before it has another length"
        findings.add("capture", f"warc/{file}", what)
    lacking = db.execute(
        "SELECT r.id, r.file, r.offset, r.url FROM records r WHERE r.head AND NOT r.again AND r.file IN ("
        "SELECT n.name FROM named n JOIN manifests m ON m.number = n.manifest JOIN crawls k ON k.manifest = m.hash "
        "WHERE m.kind = 'crawl') AND NOT EXISTS (SELECT 1 FROM captures c WHERE c.id = r.id "
        "AND c.snapshot IN (SELECT snapshot FROM crawls))"
    )
    for id_, file, offset, url in lacking:
        what = (
            f"the exchange {record_id(id_)} ({(url or '')[:200]}) has no row in captures, though its crawl is committed"
        )
        findings.add("capture", f"warc/{file}", what, offset)


def crawls(
    db: sqlite3.Connection, staged: Staged, findings: Findings, checked: Checked, wanted: Callable[[str, str], bool]
) -> None:
    """Every manifest of a crawl has its row in crawls or a reason why not, and every row its manifest, with its hash.

    `wanted` says of crawl and portal whether they are examined.
    """
    rows = db.execute(
        "SELECT k.crawl, k.portal, k.snapshot, k.manifest, m.number, m.crawl, m.snapshot FROM crawls k "
        "LEFT JOIN manifests m ON m.hash = k.manifest"
    )
    for crawl, portal, snapshot, hash_, number, of, at in rows:
        if not wanted(crawl or "", portal or ""):
            continue
        checked.crawls += 1
        if number is None:
            why = "names no manifest" if hash_ is None else f"names the manifest {hash_}, which is not in the chain"
            findings.add("crawl", "tables/crawls", f"the row of crawl {crawl} (snapshot {snapshot}) {why}")
        elif (of, at) != (crawl, snapshot):
            findings.add(
                "crawl", "tables/crawls", f"the row of crawl {crawl} names manifest {number}, which is of {of}"
            )
    rows = db.execute(
        "SELECT m.number, m.kind, m.crawl, m.portal, m.snapshot, m.version FROM manifests m "
        "WHERE m.kind IN ('crawl', 'reading') AND NOT EXISTS (SELECT 1 FROM crawls k WHERE k.manifest = m.hash)"
    )
    for number, kind, crawl, portal, snapshot, version in rows.fetchall():
        if not wanted(crawl or "", portal or ""):
            continue
        later = db.execute(
            "SELECT 1 FROM manifests WHERE crawl = ? AND kind = ? AND number > ? AND (kind = 'crawl' OR version IS ?)",
            (crawl, kind, number, version),
        ).fetchone()
        if later:
            findings.note(f"manifest {number} is of an attempt that was cut off; a later one of crawl {crawl} stands")
        elif kind == "crawl" and crawl is not None and staged(portal or "") == crawl:
            findings.note(f"crawl {crawl} (manifest {number}) was cut off in its commit and is still in staging")
        else:
            cure = "; if luutru reextract was cut off, it finishes when it is run again" if kind == "reading" else ""
            what = (
                f"crawl {crawl} (snapshot {snapshot}) has this manifest and is not in the tables: it was removed{cure}"
            )
            findings.add("crawl", f"manifests/{number:08d}.json", what)


def sums(db: sqlite3.Connection, findings: Findings, wanted: Callable[[str, str], bool]) -> None:
    """The rows of each committed crawl are those that its manifest counted, table by table."""
    rows = db.execute(
        "SELECT m.number, m.crawl, m.portal, m.snapshot FROM manifests m JOIN crawls k ON k.manifest = m.hash "
        "WHERE m.kind IN ('crawl', 'reading')"
    )
    for number, crawl, portal, snapshot in rows.fetchall():
        if not wanted(crawl or "", portal or ""):
            continue
        told = {
            tab: (count, digest)
            for tab, count, digest in db.execute("SELECT tab, rows, digest FROM told WHERE manifest = ?", (number,))
        }
        there = {
            tab
            for (tab,) in db.execute(
                "SELECT DISTINCT tab FROM hashes WHERE snapshot = ? AND portal = ?", (snapshot, portal)
            )
        }
        for tab in sorted(told.keys() | there):
            found = sum_of(_hashes(db, tab, snapshot, portal))
            count, digest = told.get(tab, (0, None))
            if found.rows == (count or 0) and (digest == found.digest or not found.rows):
                continue
            if found.rows == count:
                how = f"{found.rows} rows, as many as it had, and one or more were changed"
            else:
                how = f"{found.rows} rows, and it had {count or 0}"
            what = f"crawl {crawl} (snapshot {snapshot}, manifest {number}) has {how} when it was committed"
            findings.add("table", f"tables/{tab}", what)
    strays = db.execute(
        "SELECT tab, snapshot, portal, count(*) FROM hashes h WHERE NOT EXISTS (SELECT 1 FROM crawls k WHERE "
        "k.snapshot IS h.snapshot AND k.portal IS h.portal) GROUP BY 1, 2, 3"
    )
    for tab, snapshot, portal, count in strays.fetchall():
        if db.execute("SELECT 1 FROM crawls WHERE snapshot = ?", (snapshot,)).fetchone():
            what = f"snapshot {snapshot} has {count} rows of portal {portal}, of which no crawl is in it"
            findings.add("table", f"tables/{tab}", what)
        else:
            findings.note(f"{count} rows of {tab} are of an attempt that was cut off ({snapshot}): no view shows them")


def only_repaired(db: sqlite3.Connection, findings: Findings) -> None:
    """Notes files that only a repair's manifest names: they have no rows, for their crawl never came to its end."""
    rows = db.execute(
        "SELECT DISTINCT n.name FROM named n JOIN manifests m ON m.number = n.manifest AND m.kind = 'repair' "
        "WHERE NOT EXISTS (SELECT 1 FROM named o JOIN manifests p ON p.number = o.manifest "
        "WHERE o.name = n.name AND p.kind = 'crawl')"
    )
    for (name,) in rows:
        findings.note(f"warc/{name} is of a crawl that never came to its end: kept, and in no table")


def _hashes(db: sqlite3.Connection, tab: str, snapshot: str, portal: str) -> Iterator[bytes]:
    rows = db.execute(
        "SELECT hash FROM hashes WHERE snapshot = ? AND portal = ? AND tab = ? ORDER BY hash", (snapshot, portal, tab)
    )
    yield from (hash_ for (hash_,) in rows)


def _named_well(name: object) -> bool:
    if not isinstance(name, str):
        return False
    parts = name.split("/")
    return len(parts) == 2 and all(plain(part) for part in parts) and name.endswith(".warc.gz")


def _of_file(db: sqlite3.Connection, name: str) -> str | None:
    row = db.execute("SELECT crawl FROM files WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None
