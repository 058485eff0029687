"""`datapackage.json`: a release as the Data Package standard describes it (https://datapackage.org, version 2)."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pyarrow as pa

from archive.moment import iso
from archive.release.licence import FILE, identifier
from archive.release.release import Release, Written

NAME = "datapackage.json"

Json = dict[str, object]


def datapackage(release: Release, tables: Sequence[Written], description: str) -> str:
    """datapackage.json of a release whose tables are written."""
    package: Json = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"luutru-{release.snapshot.lower()}",
        "title": release.title,
        "description": description,
        "version": release.snapshot,
        "created": iso(release.committed_at),
        "licenses": [_licence(release.rights)],
        "sources": [
            {"title": source.portal, "path": address} for source in release.sources for address in source.addresses
        ],
        "resources": [_resource(written) for written in tables],
    }
    if release.operators:
        package["contributors"] = [{"title": name, "roles": ["creator"]} for name in release.operators]
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"


def _licence(rights: str) -> Json:
    name = identifier(rights)
    return {"name": name, "path": FILE} if name else {"path": FILE, "title": rights}


def _resource(written: Written) -> Json:
    content = written.content
    return {
        "name": content.name,
        "path": content.path,
        "type": "table",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "description": content.row,
        "bytes": written.entry.bytes,
        "hash": f"sha256:{written.entry.sha256}",
        "schema": {
            "fields": [
                {"name": column.name, "type": _type(column.type), "description": column.meaning}
                for column in content.columns
            ]
        },
    }


def _type(kind: pa.DataType) -> str:
    """The type of Table Schema that holds what Arrow's type does."""
    tests = (
        (pa.types.is_string, "string"),
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_integer, "integer"),
        (pa.types.is_floating, "number"),
        (pa.types.is_date, "date"),
        (pa.types.is_timestamp, "datetime"),
        (pa.types.is_list, "array"),
        (pa.types.is_struct, "object"),
    )
    return next((name for test, name in tests if test(kind)), "any")
