"""`README.md` of a release: a dataset card whose head catalogues read (Hugging Face's YAML), and whose body people do."""

from __future__ import annotations

import json
from collections.abc import Sequence

from archive.moment import iso
from archive.release.licence import FILE, hub
from archive.release.release import Release, Written

NAME = "README.md"

_SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M"))


def card(release: Release, tables: Sequence[Written], with_files: bool) -> str:
    """README.md of a release whose tables are written."""
    return "\n".join([*_head(release, tables), *_body(release, tables, with_files)]) + "\n"


def description(release: Release) -> str:
    """What the release is, in a sentence or two."""
    span = f", captured from {release.first} to {release.last}" if release.first else ""
    kept = f" Only captures from {release.limits.since} (Vietnam) on." if release.limits.since else ""
    seen = f" As the portals stood at {iso(release.as_of)}." if release.as_of else ""
    return (
        f"Articles, images, attached files and their history from {len(release.sources)} Vietnamese government "
        f"portal{'' if len(release.sources) == 1 else 's'}{span}. Every row names the WARC record that it was read from."
        f"{kept}{seen}"
    )


def _head(release: Release, tables: Sequence[Written]) -> list[str]:
    licence = hub(release.rights)
    out = ["---", f"pretty_name: {_text(release.title)}", "language:", "- vi", f"license: {licence}"]
    if licence == "other":
        out += ["license_name: as-stated", f"license_link: {FILE}"]
    out += ["size_categories:", f"- {_size(_rows(tables, 'articles'))}", "tags:", "- news", "- government", "- vietnam"]
    out += ["- web-archive", "configs:"]
    for written in tables:
        out += [f"- config_name: {written.content.name}", "  data_files:", "  - split: train"]
        out.append(f"    path: {written.content.path}")
        if written.content.name == "articles":
            out.append("  default: true")
    return [*out, "---", ""]


def _body(release: Release, tables: Sequence[Written], with_files: bool) -> list[str]:
    out = [f"# {release.title}", "", description(release), "", "## Tables", "", "| table | rows | a row is |"]
    out.append("|---|---:|---|")
    out += [f"| [{w.content.name}]({w.content.path}) | {w.rows} | {w.content.row} |" for w in tables]
    out += [
        "",
        "[DICTIONARY.md](DICTIONARY.md) has every column; [dictionary.csv](dictionary.csv) is the same for programs.",
    ]
    if with_files:
        out += [
            "",
            "`files/` has the images and attached files, each under the sha256 that `content_digest` gives; the table `files` "
            "has their paths. What a server had packed ends in `.gz` or the like and is as it was sent.",
        ]
    out += ["", "## What to know before counting", ""]
    out += [
        "- Times are UTC. `published_date` is a day in Vietnam, as the page tells it, and null where it tells none.",
        "- To count captures by day, say whose day: `fetch_time` is UTC, and seven hours behind Vietnam's clocks.",
        "- A version of an article is what the page said, not how it looked; an event lies between two captures.",
        "- What is withheld from release (captures with a `restriction`) is not here, nor what stands on it.",
    ]
    out += ["", "## Sources", ""]
    out += [f"- `{source.portal}`: {', '.join(source.addresses) or 'no page captured'}" for source in release.sources]
    out += ["", "## Rights", "", release.rights, "", "## To cite and to check", ""]
    by = f" Archived by {', '.join(release.operators)}." if release.operators else ""
    out.append(f"Snapshot `{release.snapshot}`, committed {iso(release.committed_at)}.{by}")
    out += [
        "",
        "`sha256sum -c SHA256SUMS` tells whether every file is what it was; `manifest.json` is the same for programs.",
    ]
    return out


def _size(rows: int) -> str:
    return next((name for limit, name in _SIZES if rows < limit), "10M<n<100M")


def _rows(tables: Sequence[Written], name: str) -> int:
    return sum(written.rows for written in tables if written.content.name == name)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a string of JSON is one of YAML
