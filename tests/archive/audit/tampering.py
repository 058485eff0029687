"""What a person with write access may do to a store: each function does one thing to a copy, and says what it did it to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable, write_deltalake

from archive.custody import manifest
from archive.custody.signing import new_key
from archive.warc import ledger
from archive.warc.ledger import ledger_of
from archive.warc.merkle import Tree
from archive.warc.record import member, sha256

Entry = dict[str, Any]


def first_warc(store: Path) -> Path:
    """The file of the first crawl."""
    return min((store / "warc").rglob("*.warc.gz"))


def entries(path: Path) -> list[Entry]:
    """The records that a file's ledger tells of; of our tests' files, none is joined."""
    return [told for line in ledger_of(path).read_bytes().splitlines() if "offset" in (told := json.loads(line))]


def raw(path: Path, entry: Entry) -> bytes:
    """A record's member."""
    return path.read_bytes()[entry["offset"] : entry["offset"] + entry["length"]]


def responses(path: Path) -> list[Entry]:
    """The ledger's entries of responses."""
    return [entry for entry in entries(path) if entry["type"] == "response"]


def flip_bit(path: Path) -> int:
    """One bit of a record's data; its offset."""
    entry = responses(path)[5]
    data = bytearray(path.read_bytes())
    data[entry["offset"] + entry["length"] // 2] ^= 0x10
    path.write_bytes(data)
    return int(entry["offset"])


def cut_tail(path: Path) -> int:
    """The last hundred bytes."""
    path.write_bytes(path.read_bytes()[:-100])
    return int(entries(path)[-1]["offset"])


def drop_last(path: Path) -> int:
    """The last record, whole."""
    entry = entries(path)[-1]
    path.write_bytes(path.read_bytes()[: entry["offset"]])
    return int(entry["offset"])


def drop_middle(path: Path) -> int:
    """A record in the middle, whole."""
    entry = responses(path)[7]
    data = path.read_bytes()
    path.write_bytes(data[: entry["offset"]] + data[entry["offset"] + entry["length"] :])
    return int(entry["offset"])


def double(path: Path) -> int:
    """A record twice, one behind the other; where the second stands."""
    entry = responses(path)[7]
    data, end = path.read_bytes(), entry["offset"] + entry["length"]
    path.write_bytes(data[:end] + raw(path, entry) + data[end:])
    return int(end)


def swap(path: Path) -> int:
    """Two neighbours in each other's place; where the first of them stands now."""
    every = entries(path)
    number = next(n for n, entry in enumerate(every) if entry["type"] == "response" and n > 10)
    one, two = every[number], every[number + 1]
    data, end = path.read_bytes(), two["offset"] + two["length"]
    path.write_bytes(data[: one["offset"]] + raw(path, two) + raw(path, one) + data[end:])
    return int(one["offset"] + two["length"])


def _packed_anew(path: Path, change: Callable[[bytes], bytes]) -> int:
    import zlib

    entry = responses(path)[9]
    record = zlib.decompress(raw(path, entry), 31)
    data, end = path.read_bytes(), entry["offset"] + entry["length"]
    path.write_bytes(data[: entry["offset"]] + member(change(record)) + data[end:])
    return int(entry["offset"])


def change_date(path: Path) -> int:
    """A record's date, and nothing else, the member packed anew."""

    def change(record: bytes) -> bytes:
        place = record.index(b"WARC-Date: ") + 11
        return record[:place] + b"2019" + record[place + 4 :]

    return _packed_anew(path, change)


def change_payload(path: Path) -> int:
    """A page's words, with block and payload digests and lengths as they should be then."""

    def change(record: bytes) -> bytes:
        head, _, block = record.partition(b"\r\n\r\n")
        block = block[:-4]
        top, _, body = block.partition(b"\r\n\r\n")
        old = {sha256(block): b"", sha256(body): b""}
        body = body.replace(b"</", b"<i></i></", 1) if b"</" in body else body + b"!"
        lines = [
            line for line in top.split(b"\r\n") if not line.lower().startswith((b"content-length", b"transfer-enc"))
        ]
        top = b"\r\n".join([*lines, b"Content-Length: %d" % len(body)])
        block = top + b"\r\n\r\n" + body
        kept = [
            line
            for line in head.split(b"\r\n")
            if not line.startswith((b"WARC-Block-Digest", b"WARC-Payload-Digest", b"Content-Length"))
        ]
        assert old
        kept += [b"WARC-Payload-Digest: " + sha256(body).encode(), b"WARC-Block-Digest: " + sha256(block).encode()]
        kept.append(b"Content-Length: %d" % len(block))
        return b"\r\n".join(kept) + b"\r\n\r\n" + block + b"\r\n\r\n"

    return _packed_anew(path, change)


RECORDS: dict[str, tuple[Callable[[Path], int], str]] = {
    "flipped bit": (flip_bit, "damaged"),
    "cut tail": (cut_tail, "lost"),
    "last record lost": (drop_last, "lost"),
    "middle record lost": (drop_middle, "lost"),
    "record doubled": (double, "doubled"),
    "records swapped": (swap, "order"),
    "date changed": (change_date, "changed"),
    "payload replaced, all digests recomputed": (change_payload, "changed"),
}
"""What is done to records, and the kind of finding that tells it."""


def rebuild_ledger(path: Path) -> None:
    """A ledger for the file as it stands, as its writer would have written it."""
    from archive.warc.repair import _entries

    told = ledger_of(path)
    begun = json.loads(told.read_bytes().splitlines()[0])
    told.unlink()
    book = ledger.begin(told, begun["warc"], begun["crawl"])
    found, _ = _entries(path)
    book.add((entry.told() for entry in found), len(found))
    book.close(path.stat().st_size)


def rebuild_chain(store: Path, key: Path | None, left_out: frozenset[int] = frozenset()) -> None:
    """All manifests anew, with the hashes and roots that files have now, signed by another key or by none."""
    from archive.custody.signing import read_key

    signer = None
    if key is not None:
        signer = read_key(key) if key.exists() else new_key(key)
    folder = store / "manifests"
    kept = [one for one in manifest.every(folder) if one.number not in left_out]
    hashes = {one.hash: "" for one in kept}
    for path in folder.iterdir():
        path.unlink()
    for one in kept:
        told = dict(one.told)
        for warc in told.get("warcs", []):
            close = ledger.closing(ledger_of(store / "warc" / warc["name"])) or {}
            warc.update({name: close[name] for name in ("length", "records", "root")})
        rest = {name: value for name, value in told.items() if name not in ("manifest", "number", "before")}
        hashes[one.hash] = manifest.add(folder, rest, signer).hash
    rows = DeltaTable(str(store / "tables/crawls")).to_pyarrow_table()
    column = pa.array([hashes.get(name, name) for name in rows.column("manifest_hash").to_pylist()], pa.string())
    overwrite(store, "crawls", rows.set_column(rows.schema.get_field_index("manifest_hash"), "manifest_hash", column))


def overwrite(store: Path, name: str, rows: pa.Table) -> None:
    """All rows of a table anew, by Delta's own means; whoever may write may lift `appendOnly` as well."""
    path = str(store / "tables" / name)
    table = DeltaTable(path)
    table.alter.set_table_properties({"delta.appendOnly": "false"})
    write_deltalake(path, rows, mode="overwrite", schema_mode="overwrite", partition_by=["month"])


def delete_row(store: Path, name: str) -> None:
    """One row, by Delta's own DELETE."""
    table = DeltaTable(str(store / "tables" / name))
    table.alter.set_table_properties({"delta.appendOnly": "false"})
    column = "record_id" if name != "events" else "article_id"
    value = table.to_pyarrow_table().column(column)[0].as_py()
    DeltaTable(str(store / "tables" / name)).delete(f"{column} = '{value}'")


def rewrite_parquet(store: Path, name: str, column: str, value: str) -> None:
    """One value of a Parquet file, in its place, past Delta."""
    path = min((store / "tables" / name).rglob("*.parquet"))
    rows = pq.read_table(path, partitioning=None)
    values = rows.column(column).to_pylist()
    values[0] = value
    changed = rows.set_column(
        rows.schema.get_field_index(column), rows.schema.field(column), pa.array(values, rows.schema.field(column).type)
    )
    pq.write_table(changed, path)


def remove_crawl(store: Path, number: int) -> frozenset[int]:
    """The crawl of a manifest: its rows, its captures; the number is for `rebuild_chain`."""
    one = manifest.read(store / "manifests", number)
    for warc in one.warcs:
        for path in (store / "warc").glob(f"{warc['name']}*"):
            path.unlink()
    for name in ("captures", "articles", "listings", "events", "gaps", "crawls"):
        rows = DeltaTable(str(store / "tables" / name)).to_pyarrow_table()
        kept = [value != one.told["snapshot_id"] for value in rows.column("snapshot_id").to_pylist()]
        overwrite(store, name, rows.filter(pa.array(kept)))
    return frozenset({number})


def digest(path: Path) -> str:
    """sha256 of a file in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def root_of(path: Path) -> str:
    """The root over a ledger's lines but its last."""
    tree = Tree()
    for line in ledger_of(path).read_bytes().splitlines()[:-1]:
        tree.add(line)
    return tree.root().hex()
